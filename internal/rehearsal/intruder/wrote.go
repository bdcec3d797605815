package intruder

import (
	"context"
	"math"
	"slices"
	"strings"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
	"earshot/internal/listen/safeguard"
	"earshot/internal/show/result"
)

// writes is the share of pupils who write in a box.
const writes = 0.5

// fillers tell one comment from another, and nothing about whoever wrote it: how a person writes gives them away to those who
// know their style, which the promise says and no program can take back.
var fillers = strings.Fields("again always early often maybe mostly really rather seldom sometimes though today usually very yesterday")

// box adds a question that is answered in words.
func box(doc *survey.Document) []survey.Problem {
	return doc.AddOwn("", survey.Own{Text: "What else should we know?", Short: "Else", About: bank.AboutSchool, Origin: survey.FromSchool, Type: survey.TypeLongText})
}

// remark is what a pupil writes, if they do: whether lessons are good or hard for them, which goes with all that they answer.
func (s *school) remark(doc survey.Document, i int) []survey.Remark {
	for _, q := range doc.Questions() {
		if !q.Type.IsText() || s.rng.Float64() > writes {
			continue
		}
		for {
			text := "Lessons are " + map[bool]string{true: "good", false: "hard"}[s.pupils[i].pleased > 0]
			for range 4 {
				text += " " + fillers[s.rng.IntN(len(fillers))]
			}
			if _, taken := s.wrote[text]; !taken {
				s.wrote[text] = i
				return []survey.Remark{{Question: q.ID, Words: text, Far: string(safeguard.Exact)}}
			}
		}
	}
	return nil
}

// let lets all that was written go to staff, as a reader who holds nothing back would.
func (s *school) let(ctx context.Context, roundID string) error {
	st, reader := safeguard.NewStore(s.DB, s.Key), safeguard.NewReader(s.deputy, nil)
	queue, err := st.Queue(ctx, reader, roundID)
	if err != nil {
		return err
	}
	for _, o := range queue {
		if _, err := st.Decide(ctx, reader, roundID, o.ID, safeguard.Decision{Release: true}); err != nil {
			return err
		}
	}
	_, _, err = result.NewStore(s.DB, s.Key, s.Bank).Let(ctx, s.deputy, roundID)
	return err
}

// matchWords deals what was written out to the pupils of the groups it stands in: as well as moods fit what the tables say of each
// pupil, and in the order in which it stands.
func (s *school) matchWords(ctx context.Context, v seen, fill func(survey.Question) *table) (byMood, byOrder Match, err error) {
	byMood, byOrder = Match{Who: "words, by their mood"}, Match{Who: "words, by their order"}
	quotes, err := result.NewStore(s.DB, s.Key, s.Bank).Quotes(ctx, v.view, s.head.School, v.round.ID)
	if err != nil {
		return byMood, byOrder, err
	}
	glad := s.glad(v, fill)
	for unit, questions := range quotes {
		var pupils []int
		for i := range s.pupils {
			if _, came := v.said[i]; came && slices.Contains(v.in[unit], v.of[i]) {
				pupils = append(pupils, i)
			}
		}
		for _, list := range questions {
			if len(list) == 0 || len(list) > len(pupils) {
				continue
			}
			cost := make([][]float64, len(pupils))
			for line := range pupils { // lines beyond the list are nobody's words, and cost nothing
				cost[line] = make([]float64, len(pupils))
				for j, p := range pupils {
					if line < len(list) {
						g := min(max(glad[p], 0.02), 0.98)
						if !strings.Contains(list[line].Words, "good") {
							g = 1 - g
						}
						cost[line][j] = -math.Log(g) + 1e-6*s.rng.Float64() // those alike are told apart by nothing
					}
				}
			}
			for line, j := range assign(cost) {
				if line >= len(list) {
					continue
				}
				whose := s.wrote[list[line].Words]
				byMood.Of, byOrder.Of = byMood.Of+1, byOrder.Of+1
				if pupils[j] == whose {
					byMood.Right++
				}
				if pupils[line*len(pupils)/len(list)] == whose {
					byOrder.Right++
				}
			}
			byMood.Chance += float64(len(list)) / float64(len(pupils))
		}
	}
	byOrder.Chance = byMood.Chance
	return byMood, byOrder, nil
}

// glad is how likely each pupil is to give favourable answers, as far as the tables say.
func (s *school) glad(v seen, fill func(survey.Question) *table) map[int]float64 {
	sum, n := map[int]float64{}, 0
	for _, q := range asksAll(v.doc) {
		good := favourable(q)
		if good == 0 {
			continue
		}
		t := fill(q)
		n++
		for i := range v.said {
			for o, p := range t.chance(v.of[i], s.pupils[i].side()) {
				if good>>o&1 == 1 {
					sum[i] += p
				}
			}
		}
	}
	for i := range sum {
		sum[i] /= float64(n)
	}
	return sum
}
