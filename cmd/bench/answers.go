package main

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"earshot/internal/ask/survey"
)

// crowd makes up what many people say to one questionnaire, written as the mover writes it. Most questions lean to their
// favourable end, some classes and some people more than others, so that there is something to tell apart and nearly
// everybody says something else.
type crowd struct {
	questions []said // in the order in which answers are written
}

// said is every answer that can be given to a question, as it is written.
type said struct {
	lean    float64  // on the scale of the logit
	options []string // from the least favourable to the most, if there is an order
	missing string   // such as "I don't know"; empty if that cannot be said
	skipped string
}

// How often people leave a question out or say that they don't know, and how much people and classes differ.
const (
	leavesOut   = 0.02
	notSure     = 0.04
	personsVary = 0.8
	classesVary = 0.3
)

func newCrowd(doc survey.Document) crowd {
	var c crowd
	questions := slices.Clone(doc.Questions())
	slices.SortFunc(questions, func(a, b survey.Question) int { return strings.Compare(a.ID, b.ID) })
	for i, q := range questions {
		s := said{lean: 0.6 * math.Sin(float64(3*i)), skipped: `"` + q.ID + `":"` + string(survey.Skipped) + `"`}
		good := 0 // where the favourable options lie
		for at, o := range q.Options {
			text := `"` + q.ID + `":["` + o.ID + `"]`
			if q.IsMissing(o.ID) {
				s.missing = text
				continue
			}
			s.options = append(s.options, text)
			if q.IsFavourable(o.ID) {
				good += 2*at - len(q.Options) + 1
			}
		}
		if good < 0 {
			slices.Reverse(s.options)
		}
		c.questions = append(c.questions, s)
	}
	return c
}

// class is how one class differs from others, question by question.
func (c crowd) class(rng *rand.Rand) []float64 {
	lean := make([]float64, len(c.questions))
	for i := range lean {
		lean[i] = classesVary * rng.NormFloat64()
	}
	return lean
}

// person is what one person of a class says.
func (c crowd) person(rng *rand.Rand, class []float64) string {
	var b strings.Builder
	b.WriteByte('{')
	own := personsVary * rng.NormFloat64()
	for i, q := range c.questions {
		if i > 0 {
			b.WriteByte(',')
		}
		switch u := rng.Float64(); {
		case u < leavesOut:
			b.WriteString(q.skipped)
		case u < leavesOut+notSure && q.missing != "":
			b.WriteString(q.missing)
		default:
			level := 1 / (1 + math.Exp(-(q.lean + class[i] + own + rng.NormFloat64())))
			b.WriteString(q.options[min(int(level*float64(len(q.options))), len(q.options)-1)])
		}
	}
	b.WriteByte('}')
	return b.String()
}
