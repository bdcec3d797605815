package improving

import (
	"context"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/school/access"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
)

// beginPage leads somebody to what was said about their classes, the one thing to do next first.
type beginPage struct {
	page.Base
	Next   *classLine
	Later  []classLine
	Wider  []classLine // years and the school: lessons and the school are guessed as such
	Done   []classLine
	Before []classLine // while there are no results
	Opens  string
}

type classLine struct {
	Name   string
	Text   string
	Seen   string // who else can see it
	URL    string
	Link   string
	Enough string // address of what was agreed with the class to be good enough, if anything was
}

var beginTemplate = page.New("improving/begin", "base", beginPage{})

// sight is what the actor may see of a round: their own view, and what everybody may see of the whole school.
type sight struct {
	round.Round
	view   result.Viewed
	public result.Viewed
	made   bool
	open   bool // public is there
}

// sees reads what the actor may see. A round whose figures are public is no secret to any member of staff.
func (p Pages) sees(ctx context.Context, who access.Actor, id string) (s sight, err error) {
	s.Round, s.view, s.made, err = p.Look(ctx, who, id)
	if fault.Is(err, fault.NotFound) && access.Can(who, access.BrowseBank, access.Object{School: who.School}) {
		r, found := p.Rounds().ByID(ctx, who.School, id)
		if found != nil || r.State != round.Published {
			return s, err
		}
		s.Round, err = r, nil
	}
	if err != nil || s.State != round.Published || s.view.Whole {
		return s, err
	}
	rel, err := result.NewStore(p.DB, p.Key, p.Bank).Latest(ctx, s.SchoolID, s.ID)
	if fault.Is(err, fault.NotFound) {
		return s, nil
	} else if err != nil {
		return s, err
	}
	s.public, s.open = result.Public(rel, s.Round)
	s.made = s.made || s.open
	return s, nil
}

// of is the view in which a group is seen, if it is.
func (s sight) of(unit string) (result.Viewed, result.Group, bool) {
	for _, v := range []result.Viewed{s.view, s.public} {
		if g, ok := v.Group(unit); ok && g.Shown && len(v.For(unit)) > 0 {
			return v, g, true
		}
	}
	return result.Viewed{}, result.Group{}, false
}

// wider are the years of the actor's classes and the school, as far as they are seen and hold anything to guess beyond the
// classes themselves.
func (s sight) wider() (units []string) {
	if s.About != round.AboutClasses {
		return nil
	}
	add := func(unit string) {
		v, _, ok := s.of(unit)
		more := func(q result.Question) bool { return q.About != bank.AboutThisClass }
		if ok && !slices.Contains(units, unit) && slices.ContainsFunc(guessable(v, unit), more) {
			units = append(units, unit)
		}
	}
	for _, own := range s.view.Own {
		g, _ := s.view.Group(own)
		add(g.Parent)
	}
	add(s.view.School().Unit)
	add(s.public.School().Unit)
	return units
}

// mine finds a group whose answers the actor may see: one of their own classes, a year or the school that they may read, or
// the school as everybody sees it.
func (p Pages) mine(ctx context.Context, who access.Actor, id, unit string) (round.Round, result.Viewed, result.Group, error) {
	s, err := p.sees(ctx, who, id)
	if err != nil {
		return s.Round, s.view, result.Group{}, err
	}
	view, g, ok := s.of(unit)
	if !s.made || !ok {
		return s.Round, s.view, g, notFound()
	}
	return s.Round, view, g, nil
}

func lookURL(r round.Round, unit string) string { return "/rounds/" + r.ID + "/look/" + unit }

// results is where all figures of a group stand for somebody who sees it in a view.
func (p Pages) results(r round.Round, view result.Viewed, g result.Group) string {
	if g.Kind == round.UnitSchool && len(view.Groups) == 1 && r.State == round.Published {
		return "/r/" + r.Code // it may be all they see
	}
	return "/rounds/" + r.ID + "/results/" + g.Unit
}

// begin lists the actor's classes in a round, and what else of it they can guess and look at.
func (p Pages) begin(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	s, err := p.sees(ctx, who, c.Param("id"))
	if err != nil {
		return err
	}
	d := beginPage{Base: p.NewBase(c, s.Title)}
	d.Crumbs = []page.Link{{Text: "Rounds", URL: "/rounds"}, {Text: s.Title, Here: true}}
	if !s.made {
		return p.before(c, who, s.Round, d)
	}
	units, wider := s.view.Own, s.wider()
	if len(units) == 0 {
		for _, v := range []result.Viewed{s.view, s.public} {
			if g := v.School(); len(units) == 0 && v.Sees(g.Unit) {
				units, wider = []string{g.Unit}, nil
			}
		}
	}
	if len(units)+len(wider) == 0 {
		return c.Redirect(http.StatusSeeOther, "/rounds/"+s.ID+"/results")
	}
	for _, unit := range units {
		if err := p.classLine(c, who, s, unit, &d, false); err != nil {
			return err
		}
	}
	for _, unit := range wider {
		if err := p.classLine(c, who, s, unit, &d, true); err != nil {
			return err
		}
	}
	if d.Next == nil && len(d.Later)+len(d.Wider) == 0 && len(d.Done) == 1 && d.Done[0].URL != "" {
		return c.Redirect(http.StatusSeeOther, d.Done[0].URL)
	}
	return beginTemplate.Send(c, http.StatusOK, d)
}

// classLine puts a group where it belongs on the page: what to do next, later, or done.
func (p Pages) classLine(c echo.Context, who access.Actor, s sight, unit string, d *beginPage, wider bool) error {
	ctx, v := c.Request().Context(), page.Voice(c)
	view, g, ok := s.of(unit)
	if !ok {
		view = s.view
		g, _ = view.Group(unit)
	}
	line := classLine{Name: g.Called(), Text: figure.Rate(v, view.Release, g), URL: lookURL(s.Round, unit)}
	if wider {
		line.Name += ": lessons and the school"
	}
	var err error
	if line.Seen, err = p.seen(ctx, s.Round, g); err != nil {
		return err
	}
	n, err := p.store().Note(ctx, who, s.Round, unit)
	if err != nil {
		return err
	}
	if len(n.Enough) > 0 {
		line.Enough = line.URL + "/enough"
	}
	switch {
	case !ok:
		line.URL, line.Text = "", figure.Hidden(v, view.Release)
		d.Done = append(d.Done, line)
	case len(n.Journal) > 0:
		line.Link = "Go on with your journal"
		line.URL += "/journal"
		d.Done = append(d.Done, line)
	case wider:
		d.Wider = append(d.Wider, line)
	case d.Next == nil:
		line.Link = map[bool]string{false: "Guess three, then look", true: "Go on"}[n.Looked]
		d.Next = &line
	default:
		d.Later = append(d.Later, line)
	}
	return nil
}

const agreedLink = "See what you agreed on"

// before is the page while there are no results: what would be good enough can be agreed with a class.
func (p Pages) before(c echo.Context, who access.Actor, r round.Round, d beginPage) error {
	ctx := c.Request().Context()
	mine, err := p.taught(ctx, who, r)
	if err != nil {
		return err
	}
	_, any, err := p.agreeable(ctx, r)
	if err != nil {
		return err
	}
	if len(mine) == 0 || !any {
		return c.Redirect(http.StatusSeeOther, "/rounds/"+r.ID+"/results")
	}
	for _, u := range mine {
		n, err := p.store().Note(ctx, who, r, u.ID)
		if err != nil {
			return err
		}
		line := classLine{Name: u.Name, URL: lookURL(r, u.ID) + "/enough", Link: "Agree with the class what would be good enough"}
		if len(n.Enough) > 0 || !canAgree(r) {
			line.Link = agreedLink
		}
		d.Before = append(d.Before, line)
	}
	d.Opens = "Results are due on " + resultsDue(r) + ". You see those of your own classes first."
	return beginTemplate.Send(c, http.StatusOK, d)
}

// seen says who else can see the figures of a group, and from when.
func (p Pages) seen(ctx context.Context, r round.Round, g result.Group) (string, error) {
	owners, err := p.Rounds().UnitReaders(ctx, r)
	switch {
	case err != nil || g.Kind != round.UnitClass:
		return "", err
	case r.Purpose != access.ForLearning && r.LeadersFrom().After(p.DB.Now()):
		return "Who else can see it: nobody until " + r.LeadersFrom().In(r.Zone()).Format("Monday 2 January") + ", then leaders.", nil
	case r.Purpose != access.ForLearning:
		return "Leaders can see it too.", nil
	case len(owners[g.Unit]) > 1:
		return "Who else can see it: only those who teach this class with you.", nil
	}
	return "Who else can see it: nobody.", nil
}
