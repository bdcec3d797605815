package main

import (
	"context"
	"errors"
	"maps"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/show/chart"
	shown "earshot/internal/show/figure"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
)

// illustrated are the figures with charts on the pages of sightsOf, by page.
type illustrated map[string][]shown.Figure

func (b *builder) view(ctx context.Context, r round.Round, who access.Actor) (v result.Viewed, err error) {
	rel, err := result.NewStore(b.db, b.key, b.bank).Latest(ctx, r.SchoolID, r.ID)
	if err != nil {
		return v, err
	}
	owners, err := b.rounds().UnitReaders(ctx, r)
	return result.View(rel, r, who, owners, b.db.Now()), err
}

// figuresOf are the figures that the measured pages of a school show.
func (b *builder) figuresOf(ctx context.Context, s *school) (illustrated, error) {
	v, list := words.English(), illustrated{}
	add := func(name string) func(f shown.Figure, ok bool) {
		return func(f shown.Figure, ok bool) {
			if ok {
				list[name] = append(list[name], f)
			}
		}
	}
	group := func(name string, view result.Viewed, g result.Group) {
		add(name)(shown.Sections(v, view, g))
		for _, q := range view.For(g.Unit) {
			add(name)(shown.Question(v, view.Release, q, g), true)
		}
	}
	classes := s.newest(round.AboutClasses)
	view, err := b.view(ctx, classes, s.teachers[0])
	if err != nil {
		return nil, err
	}
	for _, unit := range view.Own[:min(classesSeen, len(view.Own))] {
		g, _ := view.Group(unit)
		group("class", view, g)
	}
	whole := s.newest(round.AboutSchool)
	if view, err = b.view(ctx, whole, s.head); err != nil {
		return nil, err
	}
	all := view.School()
	group("school", view, all)
	add("school")(shown.Matters(v, view))
	add("school")(shown.Quality(v, view))
	add("heat_map")(shown.HeatMap(v, view))
	q := view.Questions[0]
	add("question")(shown.SideBySide(v, view, q, all))
	add("question")(shown.OverTime(v, view, q, all, chart.Month(whole), shown.Compare(view, all.Unit)))
	for _, split := range view.Splits {
		add("question")(shown.Parted(v, view, split, split.Compared(), q))
	}
	return list, nil
}

// drawn are the charts of this run, by hash: what schools say on one database they say on the other.
var drawn = map[string]string{}

// draw draws the charts of some figures, keeps them as the job that draws charts keeps them, and says how many there were
// and how long they took.
func (b *builder) draw(ctx context.Context, s *school, figures []shown.Figure) (n int, took time.Duration, err error) {
	kept := map[string]string{}
	var list []chart.Drawing
	for _, f := range figures {
		for _, d := range chart.Drawings(f, page.Charts().Version()) {
			if svg, ok := drawn[d.Hash]; ok {
				kept[d.Hash] = svg
			} else {
				list = append(list, d)
			}
		}
	}
	began := time.Now()
	made, err := page.Drawn(ctx, list)
	took = time.Since(began)
	if err != nil {
		return 0, 0, err
	}
	maps.Copy(drawn, made)
	maps.Copy(kept, made)
	return len(made), took, chart.NewStore(b.db).Keep(ctx, s.head.School, kept)
}

// heat times the making of a heat map, chart option and table, from what a head may see. Its chart was drawn before.
// squares are those that may be shown.
func (b *builder) heat(view result.Viewed) (c cost, squares int, err error) {
	bytes, began := allocated(), time.Now()
	f, ok := shown.HeatMap(words.English(), view)
	made := page.NewFigure(f)
	c = cost{ms: time.Since(began).Seconds() * 1000}
	c.allocated = float64(allocated()-bytes) / 1000
	if !ok || made.Option == "" {
		return c, 0, errors.New("there is no heat map")
	}
	return c, len(f.Heat.Cells), nil
}
