package result

import (
	"math"

	"earshot/internal/ask/survey"
	"earshot/internal/show/stat"
)

// pairs correlates every question with the one that matters most.
type pairs struct {
	outcome *survey.Question
	list    []*pair
}

type pair struct {
	question survey.Question
	x, y     []float64
}

func newPairs(t *tally, outcome string) *pairs {
	p := &pairs{}
	q, ok := t.doc.Question(outcome)
	if !ok || !IsOutcome(t.doc, q) {
		return p
	}
	p.outcome = &q
	for _, tb := range t.tables {
		if q := tb.question; splits(tb) && q.HasOrder() && q.ID != outcome {
			p.list = append(p.list, &pair{question: q})
		}
	}
	return p
}

func (p *pairs) add(a survey.Answers) {
	if p.outcome == nil {
		return
	}
	y, ok := place(*p.outcome, a)
	if !ok {
		return
	}
	for _, one := range p.list {
		if x, ok := place(one.question, a); ok {
			one.x, one.y = append(one.x, x), append(one.y, y)
		}
	}
}

// place is where an answer stands among the options, turned so that favourable is high.
func place(q survey.Question, a survey.Answers) (float64, bool) {
	for _, id := range q.Counted(a[q.ID]) {
		if q.IsMissing(id) {
			return 0, false
		}
		for i, o := range q.Options {
			if o.ID == id {
				if q.IsFavourable(q.Options[0].ID) {
					i = -i
				}
				return float64(i), true
			}
		}
	}
	return 0, false
}

// Matter is how closely the answers to a question go with those to the one that matters most. Over how many people is not
// said: who answered both questions is a number of its own, and where everybody answered the one, it tells how many left
// out the other.
type Matter struct {
	Question string  `json:"question"`
	R        float64 `json:"r"` // Spearman's, to the nearest twentieth: no single answer moves it for certain
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
}

// matterLeast is how many answers a correlation is over, at least.
const matterLeast = 50

// matters are the questions of which the school's row is shown, in the order asked.
func (p *pairs) matters(decided map[string]told, school string) []Matter {
	var list []Matter
	for _, one := range p.list {
		row, ok := decided[one.question.ID].rows[school]
		if !ok || row.Hidden || len(one.x) < matterLeast {
			continue
		}
		r, interval := stat.SpearmanInterval(one.x, one.y)
		if !math.IsNaN(r + interval.Low + interval.High) {
			list = append(list, Matter{one.question.ID, math.Round(r*20) / 20, math.Floor(interval.Low*20) / 20, math.Ceil(interval.High*20) / 20})
		}
	}
	return list
}
