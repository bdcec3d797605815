package improving

import (
	"context"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"earshot/internal/act/action"
	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/exchange/slides"
	"earshot/internal/school/access"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
)

// voiceNames name the three voices.
var voiceNames = []struct {
	name string
	of   func(audience string) bool
}{
	{"Pupils", bank.IsPupils}, {"Parents and carers", func(a string) bool { return a == bank.Parents }}, {"Staff", func(a string) bool { return a == bank.Staff }},
}

// board gathers what a pack is made of: from those of the chosen rounds that the actor may see
// the school's figures of. follows is what the next pack comes back to.
func (p Pages) board(c echo.Context, who access.Actor, chosen []string) (in slides.Board, follows []action.Followed, err error) {
	ctx, v, zone := c.Request().Context(), page.Voice(c), page.School(c).Zone()
	today := storage.DateOf(p.DB.Now(), zone)
	in = slides.Board{School: page.School(c).Name, Made: v.Date(today.Time(time.UTC))}
	rounds, err := p.published(ctx, who)
	if err != nil {
		return in, nil, err
	}
	again := again{p, rounds, map[string]result.Viewed{}}
	var ids []string
	for _, voice := range voiceNames {
		for _, r := range rounds {
			if !slices.Contains(chosen, r.ID) || !voice.of(r.Audience) {
				continue
			}
			view, ok, err := again.view(ctx, r)
			if err != nil {
				return in, nil, err
			}
			if !ok {
				continue
			}
			ids, follows = append(ids, r.ID), append(follows, toFollow(v, r, view)...)
			wrote, err := p.wrote(ctx, r, view)
			if err != nil {
				return in, nil, err
			}
			in.Voices = append(in.Voices, slides.Voice{Wrote: wrote, Round: r.ID, Name: voice.name, Title: r.Title, When: "Published on " + day(r, *r.PublishedAt) + ".", Why: r.Why, May: r.MayChange, View: view})
			if bank.IsPupils(r.Audience) && in.Staff.N == 0 {
				if in.Staff, err = p.staffPicture(ctx, r, view); err != nil {
					return in, nil, err
				}
			}
		}
	}
	if in.Before, in.Now, in.Owed, err = p.promised(ctx, v, who, ids, today, again); err != nil {
		return in, nil, err
	}
	packs, err := p.store().Packs(ctx, who)
	if err != nil {
		return in, nil, err
	}
	if i := slices.IndexFunc(packs, func(k action.Pack) bool { return k.WithdrawnAt == nil }); i >= 0 {
		in.Last = v.Say("board.last", words.V{"Title": packs[i].Title, "Date": v.Date(storage.DateOf(packs[i].MadeAt, zone).Time(time.UTC))})
		in.Became, err = again.became(ctx, v, packs[i].Followed())
	}
	return in, follows, err
}

// wrote is what people wrote about, question by question, as far as a view goes. Questions without a theme are left out.
func (p Pages) wrote(ctx context.Context, r round.Round, view result.Viewed) (list []slides.Wrote, err error) {
	heard, err := result.NewStore(p.DB, p.Key, p.Bank).Heard(ctx, view, r)
	for _, h := range heard {
		w := slides.Wrote{Question: h.Text, Count: len(h.Quotes), Aid: h.Reading.IsAid()}
		for _, t := range h.Reading.Themes {
			w.Themes = append(w.Themes, slides.Theme{Name: t.Name, People: t.Writers})
		}
		if len(w.Themes) > 0 {
			list = append(list, w)
		}
	}
	return list, err
}

// staffPicture is what the staff guessed of a round.
func (p Pages) staffPicture(ctx context.Context, r round.Round, view result.Viewed) (slides.StaffPicture, error) {
	n, tenths, err := p.store().StaffPicture(ctx, r, func(question, option string) bool {
		for _, q := range view.Questions {
			for _, o := range q.Options {
				if q.ID == question && o.Label == option {
					return o.Favourable
				}
			}
		}
		return false
	})
	return slides.StaffPicture{N: n, Tenths: tenths}, err
}

// promised gathers what replies have promised: those to the rounds of the pack, and those before them; and what is owed.
func (p Pages) promised(ctx context.Context, v words.Voice, who access.Actor, ids []string, today storage.Date, again again) (before, now []slides.Promise, owed []string, err error) {
	all, err := p.store().Replies(ctx, who)
	if err != nil {
		return nil, nil, nil, err
	}
	voices := map[string]bool{}
	for _, o := range all {
		if slices.Contains(ids, o.ID) {
			voices[action.Voice(o.Audience)] = true
		}
	}
	for _, o := range all {
		if !voices[action.Voice(o.Audience)] {
			continue
		}
		w, err := p.store().Shown(ctx, o.Round)
		if err != nil {
			return nil, nil, nil, err
		}
		if o.PublishedAt == nil {
			line := o.Title + ": " + action.Say(v, o.Round, w, action.ReplyLanguage{}, today).State
			owed = append(owed, line)
		}
		doc, err := p.Rounds().Document(ctx, o.Round)
		if err != nil {
			return nil, nil, nil, err
		}
		for _, a := range w.Actions {
			promise := slides.Promise{Heard: a.Heard, Does: a.Doing, Became: a.Became}
			if a.Answer == action.Together {
				promise.Does = figure.Join(v.Say("reply.pupils."+map[bool]string{true: "pupils", false: "adults"}[bank.IsPupils(o.Audience)]), a.Pupils, v.Say("reply.staff"), a.Staff)
			}
			if a.OwnerName != "" && !a.Answer.Refuses() {
				promise.Who = v.Say("board.who_only", words.V{"Name": a.OwnerName})
				if a.Due != "" {
					promise.Who = v.Say("board.who_by", words.V{"Name": a.OwnerName, "Date": v.Date(a.Due.Time(time.UTC))})
				}
			}
			state := "board.state." + string(a.State)
			if a.Overdue(today) {
				state = "board.state.late"
			}
			if !a.Answer.Refuses() {
				promise.State = v.Say(state)
			} else {
				promise.Does = v.Say("reply.is."+string(a.Answer)) + ": " + promise.Does
			}
			if q, ok := doc.Question(a.QuestionID); ok {
				if promise.Moved, err = again.moved(ctx, v, o.Round, a.QuestionID); err != nil {
					return nil, nil, nil, err
				}
				promise.Moves = v.Say("board.moves", words.V{"Text": q.Text})
			}
			if slices.Contains(ids, o.ID) {
				now = append(now, promise)
			} else {
				before = append(before, promise)
			}
		}
	}
	return before, now, owed, nil
}
