package result

import (
	"context"
	"math"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/storage"
	"earshot/internal/listen/response"
	"earshot/internal/show/stat"
)

// Linked is how the same pupils answered a question now and in an earlier confidential round. Their cards make the same number
// in both; of each answer one bit is kept by a hash of that and of the wording, and nothing else joins the two.
//
// It is of the whole school alone. How many they are is rounded down to tens and shares are whole per cents, so that nobody can
// take these pupils from the school's own figures and see what is left; and there are at least ten in each of the four
// ways to answer twice, and among those who answered only once, on either side, in both rounds.
type Linked struct {
	Question string `json:"question"`
	Round    string `json:"round"`
	Title    string `json:"title"`
	Day      string `json:"day"`
	People   int    `json:"people"` // rounded down to tens
	// Both, Became, Ceased and Neither are in per cent: favourable both times, now and not then, then and not now, never.
	Both    int     `json:"both"`
	Became  int     `json:"became"`
	Ceased  int     `json:"ceased"`
	Neither int     `json:"neither"`
	Verdict Verdict `json:"verdict"` // of those who changed sides: more came than went (Higher), fewer (Lower), or CannotTell
}

// leastLinked is how many pupils must have answered both times.
const leastLinked = 50

// pairOf is what one pupil said to one question, twice.
type pairOf struct{ then, now bool }

// tallied is how a question was answered in a round: favourable answers, and all that count.
type tallied struct{ good, of int }

// linkedTo compares with the newest earlier round that followed cards and whose answers are still there.
func (s Store) linkedTo(ctx context.Context, r round.Round, doc survey.Document, past []earlier) ([]Linked, error) {
	if r.Mode != round.Confidential || !r.Choices().Linked {
		return nil, nil
	}
	st := response.NewStore(s.db)
	for _, e := range past {
		if e.round.Mode != round.Confidential || !e.round.Choices().Linked {
			continue
		}
		was, err := round.NewStore(s.db, s.key, s.bank).Document(ctx, e.round)
		if err != nil {
			return nil, err
		}
		now, err := st.FollowedIn(ctx, r.SchoolID, r.ID)
		if err != nil {
			return nil, err
		}
		then, err := st.FollowedIn(ctx, r.SchoolID, e.round.ID)
		if err != nil || len(then) == 0 {
			return nil, err
		}
		nowAll, err := s.tallied(ctx, r, doc)
		if err != nil {
			return nil, err
		}
		thenAll, err := s.tallied(ctx, e.round, was)
		if err != nil {
			return nil, err
		}
		list := linked(doc, now, then, nowAll, thenAll)
		for i := range list {
			list[i].Round, list[i].Title, list[i].Day = e.round.ID, e.round.Title, string(storage.DateOf(*e.round.ClosedAt, e.round.Zone()))
		}
		return list, nil
	}
	return nil, nil
}

// tallied counts the answers of a round by wording.
func (s Store) tallied(ctx context.Context, r round.Round, doc survey.Document) (map[string]tallied, error) {
	by := map[string]tallied{}
	err := response.NewStore(s.db).Each(ctx, r.SchoolID, r.ID, func(row response.Response) error {
		answers, err := survey.DecodeAnswers([]byte(row.Answers))
		for _, q := range doc.Questions() {
			if good, said := q.Favours(answers[q.ID]); said && q.CanFollow(doc) {
				t := by[q.Trend()]
				t.of++
				if good {
					t.good++
				}
				by[q.Trend()] = t
			}
		}
		return err
	})
	return by, err
}

// linked compares question by question, by wording. now and then are what is followed: wording -> hash -> a favourable answer;
// nowAll and thenAll count everybody's answers.
func linked(doc survey.Document, now, then map[string]map[string]bool, nowAll, thenAll map[string]tallied) (list []Linked) {
	var p []float64
	for _, q := range doc.Questions() {
		wording := q.Trend()
		if !q.CanFollow(doc) || then[wording] == nil || thenAll[wording].of == 0 {
			continue
		}
		var pairs []pairOf
		restNow, restThen := nowAll[wording], thenAll[wording]
		for hash, good := range now[wording] {
			if was, met := then[wording][hash]; met {
				pairs = append(pairs, pairOf{was, good})
				restNow, restThen = restNow.without(good), restThen.without(was)
			}
		}
		if l, chance, ok := linkedOne(q.ID, pairs, restNow, restThen); ok {
			list, p = append(list, l), append(p, chance)
		}
	}
	for i, adjusted := range stat.BenjaminiHochberg(p) {
		list[i].Verdict = CannotTell
		if adjusted < certain {
			list[i].Verdict = Higher
			if list[i].Ceased > list[i].Became {
				list[i].Verdict = Lower
			}
		}
	}
	return list
}

func (t tallied) without(good bool) tallied {
	t.of--
	if good {
		t.good--
	}
	return t
}

// linkedOne decides one question. p is that of the exact test of those who changed sides (McNemar 1947).
func linkedOne(id string, pairs []pairOf, onceNow, onceThen tallied) (l Linked, p float64, ok bool) {
	n := len(pairs)
	count := map[pairOf]int{}
	var before, after []float64
	for _, x := range pairs {
		count[x]++
		before, after = append(before, number01(x.then)), append(after, number01(x.now))
	}
	for _, then := range []bool{true, false} {
		for _, now := range []bool{true, false} {
			if count[pairOf{then, now}] < careful {
				return l, 0, false
			}
		}
	}
	for _, rest := range []tallied{onceNow, onceThen} {
		if rest.of > 0 && (rest.good < careful || rest.of-rest.good < careful) {
			return l, 0, false
		}
	}
	if n < leastLinked {
		return l, 0, false
	}
	per := func(x pairOf) int { return int(math.Round(100 * float64(count[x]) / float64(n))) }
	l = Linked{Question: id, People: n / 10 * 10, Both: per(pairOf{true, true}), Became: per(pairOf{false, true}), Ceased: per(pairOf{true, false}), Neither: per(pairOf{false, false})}
	return l, stat.McNemarOf(before, after, 1).Exact, true
}

func number01(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
