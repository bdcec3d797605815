package action

import (
	"context"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
)

// AskingMost is how many minutes a term people are asked for before somebody has to say why more.
const AskingMost = 20

// long is from how many minutes on a survey is no pulse, and a reply that is owed speaks against it.
const long = 3

// Against is what speaks against asking: replies that the same people are still owed, and the minutes that they have been
// asked for this term.
type Against struct {
	Owed    []Owed
	Asked   int // minutes of rounds opened this term
	Minutes int // of the survey
}

// TooMuch says whether it is more than a term has.
func (a Against) TooMuch() bool { return a.Asked+a.Minutes > AskingMost }

// Any says whether somebody has to say why they ask all the same.
func (a Against) Any() bool { return len(a.Owed) > 0 || a.TooMuch() }

// Against looks at what speaks against asking a survey of some groups now.
func (s Store) Against(ctx context.Context, who access.Actor, doc survey.Document, groups []string, zone *time.Location) (a Against, err error) {
	a.Minutes = doc.Minutes
	all, err := s.Replies(ctx, who)
	if err != nil {
		return a, err
	}
	for _, o := range all {
		if o.PublishedAt == nil && Voice(o.Audience) == Voice(doc.Audience) && doc.Minutes >= long {
			a.Owed = append(a.Owed, o)
		}
	}
	a.Asked, err = s.askedThisTerm(ctx, who, doc, groups, zone)
	return a, err
}

// term is the first day of the term that a day lies in, as terms are in Britain: autumn, spring and summer.
func term(t time.Time) time.Time {
	month := time.September
	switch {
	case t.Month() < time.April:
		month = time.January
	case t.Month() < time.September:
		month = time.April
	}
	return time.Date(t.Year(), month, 1, 0, 0, 0, 0, t.Location())
}

// askedThisTerm is the most minutes that somebody in the groups' years has been asked for this term, by rounds of the same
// voice that were opened.
func (s Store) askedThisTerm(ctx context.Context, who access.Actor, doc survey.Document, groups []string, zone *time.Location) (int, error) {
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
	from, minutes := term(s.db.Now().In(zone)), map[string]int{}
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
func (s Store) MayOpen(ctx context.Context, who access.Actor, r round.Round, zone *time.Location) error {
	if r.Choices().Despite == "" {
		doc, err := s.rounds().Document(ctx, r)
		if err != nil {
			return err
		}
		// Looked at when the draft was made; much may have been asked since.
		if a, err := s.Against(ctx, who, doc, r.Choices().Groups, zone); err != nil {
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
