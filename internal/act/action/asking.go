package action

import (
	"context"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
)

// long is from how many minutes on a survey is no pulse, and a reply that is owed speaks against it.
const long = 3

// Against is what speaks against asking: replies that the same people are still owed, and the minutes that they have been
// asked for this term.
type Against struct {
	Owed     []Owed
	Asked    int         // minutes of rounds opened this term
	Minutes  int         // of the survey
	Most     int         // minutes that the school asks for in a term
	Term     roster.Span // the term that is meant
	OwnTerms bool        // the school has set it; otherwise terms go by months, as in Britain
}

// TooMuch says whether it is more than a term has.
func (a Against) TooMuch() bool { return a.Asked+a.Minutes > a.Most }

// Any says whether somebody has to say why they ask all the same.
func (a Against) Any() bool { return len(a.Owed) > 0 || a.TooMuch() }

// Against looks at what speaks against asking a survey of some groups now.
func (s Store) Against(ctx context.Context, who access.Actor, doc survey.Document, groups []string) (a Against, err error) {
	school, err := roster.NewStore(s.db).School(ctx, who.School)
	if err != nil {
		return a, err
	}
	a.Minutes, a.Most = doc.Minutes, school.Asking()
	a.Term, a.OwnTerms = school.Days().Term(storage.DateOf(s.db.Now(), school.Zone()))
	all, err := s.Replies(ctx, who)
	if err != nil {
		return a, err
	}
	for _, o := range all {
		if o.PublishedAt == nil && Voice(o.Audience) == Voice(doc.Audience) && doc.Minutes >= long {
			a.Owed = append(a.Owed, o)
		}
	}
	a.Asked, err = s.askedSince(ctx, who, doc, groups, a.Term.First.Time(school.Zone()))
	return a, err
}

// askedSince is the most minutes that somebody in the groups' years has been asked for since a moment, by rounds of the same
// voice that were opened.
func (s Store) askedSince(ctx context.Context, who access.Actor, doc survey.Document, groups []string, from time.Time) (int, error) {
	rounds, err := s.rounds().List(ctx, who)
	if err != nil {
		return 0, err
	}
	list, err := roster.NewStore(s.db).Groups(ctx, who.School, "")
	if err != nil {
		return 0, err
	}
	yearOf := map[string]string{}
	for _, g := range list {
		yearOf[g.ID] = g.Year
	}
	years := map[string]bool{}
	for _, id := range groups {
		years[yearOf[id]] = true
	}
	minutes := map[string]int{}
	for _, r := range rounds {
		if r.OpenedAt == nil || r.State == round.Cancelled || r.OpenedAt.Before(from) || Voice(r.Audience) != Voice(doc.Audience) {
			continue
		}
		asked, err := s.rounds().Document(ctx, r)
		if err != nil {
			return 0, err
		}
		touched := map[string]bool{}
		for _, id := range r.Choices().Groups {
			if year := yearOf[id]; years[year] || !bank.IsPupils(doc.Audience) {
				touched[year] = true
			}
		}
		for year := range touched {
			minutes[year] += asked.Minutes
		}
	}
	most := 0
	for _, n := range minutes {
		most = max(most, n)
	}
	return most, nil
}

// MayOpen refuses to open a round for learning before the head has signed how the school uses what it hears, and any round
// that something speaks against and nobody has said why.
func (s Store) MayOpen(ctx context.Context, who access.Actor, r round.Round) error {
	if r.Choices().Despite == "" {
		doc, err := s.rounds().Document(ctx, r)
		if err != nil {
			return err
		}
		// Looked at when the draft was made; much may have been asked since.
		if a, err := s.Against(ctx, who, doc, r.Choices().Groups); err != nil {
			return err
		} else if a.Any() {
			return fault.New(fault.Conflict, "asking.why")
		}
	}
	if r.Purpose != access.ForLearning {
		return nil
	}
	_, ok, err := s.Agreement(ctx, who.School)
	if err == nil && !ok {
		err = fault.New(fault.Conflict, "agreement.unsigned")
	}
	return err
}
