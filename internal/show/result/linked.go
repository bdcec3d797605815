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
// in both, and nothing else joins the two.
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

// linkedTo compares with the newest earlier round that kept the cards' numbers and whose answers are still there.
func (s Store) linkedTo(ctx context.Context, r round.Round, doc survey.Document, past []earlier) ([]Linked, error) {
	if r.Mode != round.Confidential || !r.Choices().Linked {
		return nil, nil
	}
	for _, e := range past {
		if e.round.Mode != round.Confidential || !e.round.Choices().Linked {
			continue
		}
		was, err := round.NewStore(s.db, s.key, s.bank).Document(ctx, e.round)
		if err != nil {
			return nil, err
		}
		now, err := s.byLink(ctx, r)
		if err != nil {
			return nil, err
		}
		then, err := s.byLink(ctx, e.round)
		if err != nil || len(then) == 0 {
			return nil, err
		}
		list := linked(doc, was, now, then)
		for i := range list {
			list[i].Round, list[i].Title, list[i].Day = e.round.ID, e.round.Title, string(storage.DateOf(*e.round.ClosedAt, e.round.Zone()))
		}
		return list, nil
	}
	return nil, nil
}

// byLink reads the answers of a round by the number of a card. Those without one have a key of their own, which nothing meets.
// A number that came twice is a card that was lent, and counts as none.
func (s Store) byLink(ctx context.Context, r round.Round) (map[string]survey.Answers, error) {
	st := response.NewStore(s.db)
	marks, err := st.Marks(ctx, r.SchoolID, r.ID)
	if err != nil {
		return nil, err
	}
	times := map[string]int{}
	for _, m := range marks {
		times[m.Link]++
	}
	by := map[string]survey.Answers{}
	err = st.Each(ctx, r.SchoolID, r.ID, func(row response.Response) error {
		answers, err := survey.DecodeAnswers([]byte(row.Answers))
		key := marks[row.ID].Link
		if key == "" || times[key] > 1 {
			key = "response " + row.ID
		}
		by[key] = answers
		return err
	})
	return by, err
}

// linked compares question by question, by wording.
func linked(doc, was survey.Document, now, then map[string]survey.Answers) (list []Linked) {
	var p []float64
	for _, q := range doc.Questions() {
		old, ok := sameQuestion(was, q)
		if !ok || doc.Part(q) != survey.AskedAll || was.Part(old) != survey.AskedAll || q.IsSeveral() || q.DescribesOneself || q.Guesses != "" || len(q.Favourable) == 0 {
			continue
		}
		var pairs []pairOf
		var onlyNow, onlyThen []bool
		for key, a := range now {
			good, said := favours(q, a)
			if before, met := then[key]; met {
				if was, saidThen := favours(old, before); said && saidThen {
					pairs = append(pairs, pairOf{was, good})
					continue
				}
			}
			if said {
				onlyNow = append(onlyNow, good)
			}
		}
		for key, a := range then {
			good, said := favours(old, a)
			if after, met := now[key]; met && said {
				if _, saidNow := favours(q, after); saidNow {
					continue
				}
			}
			if said {
				onlyThen = append(onlyThen, good)
			}
		}
		if l, chance, ok := linkedOne(q.ID, pairs, onlyNow, onlyThen); ok {
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

func sameQuestion(was survey.Document, q survey.Question) (survey.Question, bool) {
	for _, old := range was.Questions() {
		if old.Trend() == q.Trend() {
			return old, true
		}
	}
	return survey.Question{}, false
}

// favours says whether somebody's answer is a favourable one; said is false where they gave none that counts.
func favours(q survey.Question, a survey.Answers) (good, said bool) {
	for _, id := range q.Counted(a[q.ID]) {
		if !q.IsMissing(id) {
			good, said = good || q.IsFavourable(id), true
		}
	}
	return good, said
}

// linkedOne decides one question. p is that of the exact test of those who changed sides (McNemar 1947).
func linkedOne(id string, pairs []pairOf, onlyNow, onlyThen []bool) (l Linked, p float64, ok bool) {
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
	for _, rest := range [][]bool{onlyNow, onlyThen} {
		good := 0
		for _, g := range rest {
			if g {
				good++
			}
		}
		if len(rest) > 0 && (good < careful || len(rest)-good < careful) {
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
