package result

import (
	"cmp"
	"math"
	"slices"

	"earshot/internal/ask/survey"
	"earshot/internal/show/disclosure"
	"earshot/internal/show/stat"
)

// Verdict is what may be said of two shares beside each other.
type Verdict string

// The verdicts.
const (
	Higher     Verdict = "higher"
	Lower      Verdict = "lower"
	Same       Verdict = "same"   // whatever the difference is, it is under SamePoints
	CannotTell Verdict = "unsure" // it may be either, or nothing
)

// SamePoints is the difference, as a share, under which two groups are about the same.
const SamePoints = 0.05

// certain is how likely a difference called real may be a chance one, over a family of comparisons (Benjamini-Hochberg).
const certain = 0.05

// Comparison is one share against another.
type Comparison struct {
	Verdict    Verdict
	Share, To  Share
	Difference float64       // Share less To, -1..1
	Interval   stat.Interval // of the difference, 95%
	p          float64
}

// beside is a share and how many people it stands for; 0 where that is not known.
type beside struct {
	Share
	population int
}

// effective is the number of answers that n of so many people are worth: infinitely many when all of them answered.
func (b beside) effective() float64 {
	n, size := float64(b.N), float64(b.population)
	switch {
	case !b.Sampled || b.population < b.N:
		return n
	case b.Census || b.population == b.N:
		return math.Inf(1)
	}
	return n * (size - 1) / (size - n)
}

// between compares two shares over different people. ok is false where one of them is over nobody, or one counts those
// without an answer and the other does not.
func between(a, b beside) (c Comparison, ok bool) {
	if a.N <= 0 || b.N <= 0 || a.OfAll != b.OfAll {
		return c, false
	}
	p1, p2 := float64(a.X)/float64(a.N), float64(b.X)/float64(b.N)
	c = Comparison{Share: a.Share, To: b.Share, Difference: p1 - p2}
	c.Interval = stat.NewcombeOf(p1, stat.Interval{Low: a.Low, High: a.High}, p2, stat.Interval{Low: b.Low, High: b.High})
	n1, n2 := a.effective(), b.effective()
	both := (p1*math.Min(n1, 1e12) + p2*math.Min(n2, 1e12)) / (math.Min(n1, 1e12) + math.Min(n2, 1e12))
	switch error := math.Sqrt(both * (1 - both) * (1/n1 + 1/n2)); {
	case p1 == p2:
		c.p = 1
	case error == 0:
		c.p = 0
	default:
		c.p = math.Erfc(math.Abs(p1-p2) / error / math.Sqrt2)
	}
	return c, true
}

// judge gives a family of comparisons their verdicts.
func judge(family []*Comparison) {
	p := make([]float64, len(family))
	for i, c := range family {
		p[i] = c.p
	}
	for i, adjusted := range stat.BenjaminiHochberg(p) {
		c := family[i]
		switch {
		case c.Interval.Low > -SamePoints && c.Interval.High < SamePoints:
			c.Verdict = Same
		case adjusted < certain && c.Interval.Low > 0:
			c.Verdict = Higher
		case adjusted < certain && c.Interval.High < 0:
			c.Verdict = Lower
		default:
			c.Verdict = CannotTell
		}
	}
}

// comparable is the population behind a group's share: not known where an answer or a choice decided who was asked.
func (q Question) population(g Group) int {
	if q.Part == survey.AskedChosen || q.Part == survey.AskedRouted {
		return 0
	}
	return g.Population()
}

// AgainstRest compares a group with everybody else in the school, by question. It says nothing where the reader does not
// see the school, and of questions that a share is shown of in one of the two only.
func (v Viewed) AgainstRest(unit string) map[string]Comparison {
	school := v.School()
	g, ok := v.Group(unit)
	if !ok || !v.Sees(school.Unit) || unit == school.Unit {
		return nil
	}
	all := map[string]*Comparison{}
	var family []*Comparison
	for _, q := range v.Questions {
		mine, ok1 := q.Row(unit)
		whole, ok2 := q.Row(school.Unit)
		if !ok1 || !ok2 || q.Several || mine.Share == nil || whole.Share == nil {
			continue
		}
		rest, ok := less(beside{*whole.Share, q.population(school)}, beside{*mine.Share, q.population(g)})
		if !ok {
			continue
		}
		if c, ok := between(beside{*mine.Share, q.population(g)}, rest); ok {
			all[q.ID] = &c
			family = append(family, &c)
		}
	}
	judge(family)
	return values(all)
}

// less takes a group's share from the school's. It says nothing of one or two people, or of all but one or two.
func less(whole, part beside) (beside, bool) {
	if whole.OfAll != part.OfAll {
		return beside{}, false
	}
	rest := beside{Share: Share{X: whole.X - part.X, N: whole.N - part.N, OfAll: whole.OfAll}}
	if whole.population > 0 && part.population > 0 {
		rest.population = whole.population - part.population
	}
	few := func(n int) bool { return n > 0 && n < disclosure.LeastBar }
	if rest.X < 0 || rest.X > rest.N || rest.N < careful || few(rest.X) || few(rest.N-rest.X) {
		return beside{}, false
	}
	rest.fill()
	return rest, true
}

// fill adds the interval.
func (b *beside) fill() {
	if b.population >= b.N && b.population > 0 {
		if interval, census, err := stat.WilsonFinite(b.X, b.N, b.population); err == nil {
			b.Low, b.High, b.Census, b.Sampled = interval.Low, interval.High, census, true
			return
		}
	}
	interval := stat.Wilson(float64(b.X), float64(b.N))
	b.Low, b.High = interval.Low, interval.High
}

// plainly is a share with the interval and the worth of so many answers and no more, whoever else was asked. How many were
// asked says who was missed, and nothing of how the same people would answer on another day: even a class that all answered
// is not the same twice.
func plainly(s Share) beside {
	b := beside{Share: Share{X: s.X, N: s.N, OfAll: s.OfAll}}
	b.fill()
	return b
}

// Plain is the range of a share beside those of other times: without a correction for the number asked.
func (s Share) Plain() stat.Interval {
	b := plainly(s)
	return stat.Interval{Low: b.Low, High: b.High}
}

// Since compares a group with itself the last time the same words were asked, by question: as two samples of days, without a
// correction for the number asked.
func (v Viewed) Since(unit string) map[string]Comparison {
	if !v.Sees(unit) {
		return nil
	}
	all := map[string]*Comparison{}
	var family []*Comparison
	for _, q := range v.Questions {
		row, ok := q.Row(unit)
		if !ok || row.Share == nil {
			continue
		}
		last, ok := q.last(unit)
		if !ok {
			continue
		}
		if c, ok := between(plainly(*row.Share), plainly(last.Share)); ok {
			all[q.ID] = &c
			family = append(family, &c)
		}
	}
	judge(family)
	return values(all)
}

// last is a group's share the last time the same words were asked.
func (q Question) last(unit string) (BeforeRow, bool) {
	for _, b := range q.Before {
		if b.Changed {
			continue
		}
		for _, r := range b.Rows {
			if r.Unit == unit {
				return r, true
			}
		}
	}
	return BeforeRow{}, false
}

// Apart is what may be said of several groups' shares of one question, beside each other.
type Apart struct {
	Ends Verdict // of the highest share against the lowest
	Any  bool    // two of them, whichever, are higher and lower
}

// Apart compares each of the groups with each other. ok is false for fewer than two, and where their shares are not of the
// same people: of those who answered, or of all who took part.
func (v Viewed) Apart(q Question, units []string) (a Apart, ok bool) {
	var list []beside
	for _, unit := range units {
		g, seen := v.Group(unit)
		row, shown := q.Row(unit)
		if !seen || !shown || row.Share == nil {
			return a, false
		}
		list = append(list, beside{*row.Share, q.population(g)})
	}
	if len(list) < 2 {
		return a, false
	}
	slices.SortStableFunc(list, func(a, b beside) int { return cmp.Compare(a.X*b.N, b.X*a.N) })
	var family []*Comparison
	for i, one := range list {
		for _, other := range list[:i] {
			c, ok := between(one, other)
			if !ok {
				return a, false
			}
			family = append(family, &c)
		}
	}
	judge(family)
	for _, c := range family {
		a.Any = a.Any || c.Verdict == Higher || c.Verdict == Lower
	}
	n := len(list) - 1
	a.Ends = family[n*(n-1)/2].Verdict // the last with the first
	return a, true
}

// Whole is the school's share of a question as a split counts it, over all its parts. ok is false where a part is not shown.
func (s Split) Whole(question string) (whole Share, ok bool) {
	for _, row := range s.Rows {
		if row.Question != question {
			continue
		}
		for _, p := range row.Shares {
			if p == nil {
				return Share{}, false
			}
			whole.X, whole.N, whole.OfAll = whole.X+p.Share.X, whole.N+p.Share.N, p.Share.OfAll
		}
	}
	return whole, whole.N > 0
}

// Compared compares each part of a split with the other parts together, by question; nil for a part that cannot be.
func (s Split) Compared() map[string][]*Comparison {
	all := map[string][]*Comparison{}
	var family []*Comparison
	for _, row := range s.Rows {
		list := make([]*Comparison, len(row.Shares))
		for i, mine := range row.Shares {
			rest := beside{}
			for j, other := range row.Shares {
				if other == nil || j == i || mine == nil || other.Share.OfAll != mine.Share.OfAll {
					continue
				}
				rest.X, rest.N, rest.OfAll = rest.X+other.Share.X, rest.N+other.Share.N, mine.Share.OfAll
			}
			if mine == nil || rest.N == 0 {
				continue
			}
			rest.fill()
			if c, ok := between(beside{mine.Share, 0}, rest); ok {
				list[i] = &c
				family = append(family, &c)
			}
		}
		all[row.Question] = list
	}
	judge(family)
	return all
}

func values(of map[string]*Comparison) map[string]Comparison {
	plain := map[string]Comparison{}
	for k, c := range of {
		plain[k] = *c
	}
	return plain
}
