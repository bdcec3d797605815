package rehearsal

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
	"earshot/internal/listen/response"
)

// model makes up answers; the page about it is the package comment. It is a pure function of its seed: the same seed,
// questions, groups and people always give the same answers, whatever else was asked before.
type model struct {
	seed  uint64
	shift map[string]float64 // by gateway, for a time when things were different
}

// person is somebody who answers, as far as the model knows them: "pupil 17", "parent 17".
type person struct {
	kind   string
	number int
}

func (p person) String() string { return fmt.Sprintf("%s %d", p.kind, p.number) }

// group is the form or class in which somebody answers.
type group struct {
	name string
	year int
}

// tendencies say how each gateway fares at Riverside, for pupils and for parents, on the scale of the logit: at 0 about
// three in eight answers are favourable, at 1 about three in five. Voice and stillness are its weak spots; belonging is
// its strength.
var tendencies = map[string]struct{ pupil, parent float64 }{
	"afl":    {0.55, 0.3},
	"l2l":    {0.4, 0.3},
	"voice":  {-0.6, 0.1},
	"curr":   {0.35, 0.8},
	"tech":   {0.6, 0.4},
	"guid":   {0.1, 0.2},
	"ment":   {0.75, 0.6},
	"org":    {0.4, 0.6},
	"work":   {0.45, 0.5},
	"belong": {0.95, 1.5},
	"well":   {-0.55, 0.1},
	"home":   {0.2, 0.75},
}

// strikingClass differs so much from the others that even a small school would notice: hardly calm enough to learn in,
// and full of pupils who help each other.
const strikingClass = "10En3"

var striking = map[string]float64{"org": -2.6, "ment": 2.8, "work": -0.9}

// inapplicable is how often an item does not apply to somebody, where that is not the usual few.
var inapplicable = map[string]float64{"voice_f_concern": 0.5, "voice_s_told": 0.12}

const (
	itemSpread   = 0.25
	yearSpread   = 0.15
	classSpread  = 0.2 // of a class in everything
	gateSpread   = 0.3 // of a class in one gateway
	personSpread = 0.8
	yearSlope    = -0.1 // older pupils are a little harder to please
	stretch      = 1.5  // between the thresholds of a scale

	rushing     = 0.04 // of people tap through
	leaving     = 0.08 // of people leave out a question in five
	leavingMuch = 0.2
	leavingFew  = 0.01
	unsure      = 0.05 // of answers are "I don't know" where that can be said
)

// rng is the source of chance for one thing alone, so that nothing depends on the order in which answers are made.
func (m model) rng(about ...any) *rand.Rand {
	h := fnv.New128a()
	fmt.Fprintln(h, m.seed)
	fmt.Fprintln(h, about...)
	sum := h.Sum(nil)
	var halves [2]uint64
	for i, b := range sum {
		halves[i/8] = halves[i/8]<<8 | uint64(b)
	}
	return rand.New(rand.NewPCG(halves[0], halves[1]))
}

func (m model) normal(about ...any) float64 { return m.rng(about...).NormFloat64() }

// rate is the share of a group that answers: most pupils of most classes, and far fewer parents.
func (m model) rate(kind string, g group) float64 {
	u := m.rng("rate", kind, g.name).Float64()
	switch kind {
	case parent:
		return 0.25 + 0.2*u
	case staffKind:
		return 0.75
	}
	return 0.7 + 0.27*u
}

// Kinds of people who answer.
const (
	pupil  = "pupil"
	parent = "parent"
)

// comes says whether somebody answers a round, and on which of its days.
func (m model) comes(title string, p person, g group, days int) (day int, comes bool) {
	r := m.rng("comes", title, p)
	return r.IntN(days), r.Float64() < m.rate(p.kind, g)
}

// answer makes up what one person says to a survey, and how fast.
func (m model) answer(title string, doc survey.Document, p person, g group) (survey.Answers, string) {
	r := m.rng("answer", title, p)
	rushes, leaves := r.Float64() < rushing, leavingFew
	if r.Float64() < leaving {
		leaves = leavingMuch
	}
	same, disposition := r.Float64(), personSpread*m.normal("disposition", p)
	answers, pace := survey.Answers{}, response.Usual
	if rushes {
		pace = response.Fast
	}
	for _, q := range doc.Questions() {
		scored := scored(q)
		if q.Type.IsText() {
			answers[q.ID] = survey.Answer{State: survey.Skipped} // what is written goes its own way
			continue
		}
		if q.Guesses != "" {
			answers[q.ID] = m.guessOfClass(q, p, g)
			continue
		}
		gone, missing := r.Float64() < leaves, r.Float64()
		noise := logistic(r.Float64())
		var option string
		switch {
		case rushes: // one finger, one place
			option = scored[int(same*float64(len(scored)))]
		case gone:
			answers[q.ID] = survey.Answer{State: survey.Skipped}
			continue
		case len(q.Missing) > 0 && missing < chanceOfMissing(q):
			option = q.Missing[0]
		case !q.HasOrder() && len(q.Favourable) == 0:
			option = m.pick(q, scored, r)
		case q.Kind == bank.Ideal:
			// The middle is best: the better things are, the closer to it people answer, on either side.
			lean := 0.5 * m.normal("lean", q.Item, g.name)
			pull := 0.7 * math.Exp(-0.25*m.level(q, p, g, disposition))
			option = place(scored, lean+noise*min(pull, 2))
		default:
			level := m.level(q, p, g, disposition)
			if lowIsGood(q) {
				level = -level
			}
			option = place(scored, level+noise)
		}
		answers[q.ID] = survey.Answer{State: survey.Answered, Options: []string{option}}
	}
	return answers, pace
}

// guessOfClass is what a pupil thinks of their class: most think that others feel safer and bolder than they dare to believe
// of them, so guesses lie lower than what is said. It has a chance of its own, so that a guess changes no other answer.
func (m model) guessOfClass(q survey.Question, p person, g group) survey.Answer {
	r := m.rng("guess of class", q.Item, p)
	level := -1.3 + 0.5*m.level(q, p, g, 0)
	return survey.Answer{State: survey.Answered, Options: []string{place(scored(q), level+0.7*logistic(r.Float64()))}}
}

// level is how well a question stands with one person in one group, on the scale of the logit.
func (m model) level(q survey.Question, p person, g group, disposition float64) float64 {
	t := tendencies[q.Gateway]
	level := t.pupil
	if p.kind == parent {
		level = t.parent
	}
	level += itemSpread * m.normal("item", q.Item)
	level += yearSlope*float64(g.year-9) + yearSpread*m.normal("year", g.year, q.Gateway)
	level += classSpread*m.normal("class", g.name) + gateSpread*m.normal("class", g.name, q.Gateway)
	if g.name == strikingClass {
		level += striking[q.Gateway]
	}
	return level + m.shift[q.Gateway] + disposition
}

func logistic(u float64) float64 {
	u = min(max(u, 1e-6), 1-1e-6)
	return math.Log(u / (1 - u))
}

// place finds the option in whose interval a level falls: thresholds lie where chance alone would divide people evenly,
// stretched towards the middle as people's answers are.
func place(options []string, level float64) string {
	k := len(options)
	for j := 1; j < k; j++ {
		if level < stretch*logistic(float64(j)/float64(k)) {
			return options[j-1]
		}
	}
	return options[k-1]
}

// pick chooses among options that have no order, some of them dearer to people than others.
func (m model) pick(q survey.Question, options []string, r *rand.Rand) string {
	total, weights := 0.0, make([]float64, len(options))
	for i, o := range options {
		weights[i] = math.Exp(0.6 * m.normal("option", q.Item, o))
		total += weights[i]
	}
	x := r.Float64() * total
	for i, w := range weights {
		if x -= w; x < 0 {
			return options[i]
		}
	}
	return options[len(options)-1]
}

// scored lists the options of a question that stand for an answer, in order.
func scored(q survey.Question) []string {
	var ids []string
	for _, o := range q.Options {
		if !q.IsMissing(o.ID) {
			ids = append(ids, o.ID)
		}
	}
	return ids
}

// lowIsGood says whether the favourable options stand at the low end.
func lowIsGood(q survey.Question) bool {
	ids := scored(q)
	sum, n := 0, 0
	for i, id := range ids {
		if slices.Contains(q.Favourable, id) {
			sum, n = sum+2*i, n+1
		}
	}
	return n > 0 && sum < n*(len(ids)-1)
}

func chanceOfMissing(q survey.Question) float64 {
	if p, ok := inapplicable[q.Item]; ok {
		return p
	}
	return unsure
}
