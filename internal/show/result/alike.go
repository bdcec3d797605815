package result

import (
	"slices"

	"earshot/internal/ask/survey"
	"earshot/internal/show/disclosure"
	"earshot/internal/show/stat"
)

// alike counts favourable answers by how people describe themselves, in each cell; in a round where nobody was asked to,
// by how they answered the question that matters most.
//
// Whoever has a class list knows how many girls are in each class, and how a class answered a question is shown; so such a
// split is not the same as one that nobody can know: with the sizes of classes by description (K) at hand, what is shown of classes and what is shown of descriptions
// have to fit together. Only one number a question is shown for each description: how many of all of them gave a
// favourable answer. Sums and differences then tell nothing of a class: a combination of class figures, such numbers and K
// that does not depend on the description is one of class figures and the school's. And by the theorem of Gale (1957),
// people can be put into descriptions and answers for given numbers of favourable answers by class, F, and by description,
// G, exactly if for every set P of descriptions G(P) is at most the sum over classes of min(F, K(P)). Where that holds with
// slackMoves to spare it still holds for every table that disclosure's alibis lead to, as these move no more people.
type alike struct {
	kind     string
	question *survey.Question
	sides    []Part             // with their labels; the last is everybody else
	place    map[string]int     // option -> side
	sizes    [][]int            // cells x sides
	good     map[string][][]int // question -> cells x sides
	ask      []survey.Question
}

// slackMoves is at least how many people an alibi of disclosure moves at a time.
const slackMoves = 12

// mostSides bounds the sets of sides that are looked at.
const mostSides = 10

func newAlike(t *tally, outcome string) *alike {
	s := &alike{good: map[string][][]int{}, place: map[string]int{}}
	for _, q := range t.doc.Questions() {
		if q.DescribesOneself && q.Type == survey.TypeSingle && t.doc.Part(q) == survey.AskedAll && len(q.Options) < mostSides {
			s.kind, s.question = SplitSelf, &q
			for _, o := range q.Options {
				if !q.IsMissing(o.ID) {
					s.place[o.ID] = len(s.sides)
					s.sides = append(s.sides, Part{ID: o.ID, Label: o.Label})
				}
			}
			break
		}
	}
	// Only one of the two: what is shown by both could be crossed.
	if q, ok := t.doc.Question(outcome); ok && s.question == nil && IsOutcome(t.doc, q) {
		s.kind, s.question, s.sides = SplitOutcome, &q, []Part{{ID: PartFavourable}}
		for _, o := range q.Favourable {
			s.place[o] = 0
		}
	}
	if s.question == nil {
		return s
	}
	s.sides = append(s.sides, Part{ID: PartOther})
	table := func() [][]int {
		rows := make([][]int, len(t.cells))
		for i := range rows {
			rows[i] = make([]int, len(s.sides))
		}
		return rows
	}
	s.sizes = table()
	for _, tb := range t.tables {
		if splits(tb) && tb.question.ID != s.question.ID {
			s.ask = append(s.ask, tb.question)
			s.good[tb.question.ID] = table()
		}
	}
	return s
}

func (s *alike) add(cell int, a survey.Answers) {
	if s.question == nil {
		return
	}
	side := len(s.sides) - 1
	for _, id := range s.question.Counted(a[s.question.ID]) {
		if at, ok := s.place[id]; ok {
			side = at
		}
	}
	s.sizes[cell][side]++
	for _, q := range s.ask {
		for _, id := range q.Counted(a[q.ID]) {
			if q.IsFavourable(id) {
				s.good[q.ID][cell][side]++
			}
		}
	}
}

// split shows the descriptions with enough people, for every question of which each of them, and all the others together,
// have enough people on either side.
func (s *alike) split(decided map[string]told, school string) Split {
	out := Split{Kind: s.kind}
	if s.question == nil {
		return out
	}
	out.Question = s.question.ID
	people := sum(s.sizes)
	everybody := make([]int, len(people))
	for i := range everybody {
		everybody[i] = i
	}
	groups := []disclosure.Group{{Key: school, Atoms: everybody}}
	for i, side := range s.sides[:len(s.sides)-1] {
		groups = append(groups, disclosure.Group{Key: side.ID, Atoms: []int{i}, Min: careful})
	}
	var sides []int
	for i, v := range disclosure.Who(people, groups, disclosure.LeastPeople) {
		if i > 0 && v.Shown {
			sides = append(sides, groups[i].Atoms[0])
		}
	}
	var ask []survey.Question
	for _, q := range s.ask {
		if row, ok := decided[q.ID].rows[school]; ok && !row.Hidden && row.Share.Known {
			ask = append(ask, q)
		}
	}
	sides, ask = s.best(sides, ask, people)
	if len(ask) == 0 {
		return out
	}
	rest := 0
	for side, n := range people {
		if slices.Contains(sides, side) {
			out.Parts = append(out.Parts, Part{ID: s.sides[side].ID, Label: s.sides[side].Label, N: n})
		} else {
			rest += n
		}
	}
	if rest > 0 {
		out.Parts = append(out.Parts, Part{ID: PartOther, N: rest})
	}
	for _, q := range ask {
		line, good, x := SplitRow{Question: q.ID}, sum(s.good[q.ID]), 0
		for side, n := range people {
			if slices.Contains(sides, side) {
				line.Shares = append(line.Shares, partShare(good[side], n))
			} else {
				x += good[side]
			}
		}
		if rest > 0 {
			line.Shares = append(line.Shares, partShare(x, rest))
		}
		out.Rows = append(out.Rows, line)
	}
	return out
}

func partShare(x, n int) *PartShare {
	interval := stat.Wilson(float64(x), float64(n))
	return &PartShare{Share: Share{X: x, N: n, OfAll: true, Low: interval.Low, High: interval.High}}
}

// best leaves out the smallest sides, which then count among all others, until at least half of the questions can be
// shown; failing that it takes what shows most.
func (s *alike) best(sides []int, ask []survey.Question, people []int) (kept []int, shown []survey.Question) {
	for sides := slices.Clone(sides); len(sides) > 0; {
		var fit []survey.Question
		for _, q := range ask {
			if s.fits(q.ID, sides) {
				fit = append(fit, q)
			}
		}
		if len(fit) > len(shown) {
			kept, shown = slices.Clone(sides), fit
		}
		if 2*len(fit) >= len(ask) {
			break
		}
		least := slices.MinFunc(sides, func(a, b int) int { return people[a] - people[b] })
		sides = slices.DeleteFunc(sides, func(side int) bool { return side == least })
	}
	return kept, shown
}

// fits says whether a question may be shown by these sides.
func (s *alike) fits(question string, sides []int) bool {
	people, good := sum(s.sizes), sum(s.good[question])
	restN, restX := 0, 0
	for i := range people {
		restN, restX = restN+people[i], restX+good[i]
	}
	enough := func(x, n int) bool { return x >= careful && n-x >= careful }
	for _, side := range sides {
		if !enough(good[side], people[side]) {
			return false
		}
		restN, restX = restN-people[side], restX-good[side]
	}
	if restN > 0 && !enough(restX, restN) {
		return false
	}
	// The sides that are not shown are one side to whoever reads.
	parts := make([][]int, 0, len(sides)+1)
	var hidden []int
	for i := range people {
		shown := false
		for _, side := range sides {
			shown = shown || i == side
		}
		if !shown {
			hidden = append(hidden, i)
		}
	}
	for _, side := range sides {
		parts = append(parts, []int{side})
	}
	if parts = append(parts, hidden); len(parts) > mostSides {
		return false
	}
	for set := 1; set < 1<<len(parts)-1; set++ {
		var members []int
		for p, part := range parts {
			if set>>p&1 == 1 {
				members = append(members, part...)
			}
		}
		in, room, n := 0, 0, 0
		for c := range s.sizes {
			size, all, cell := 0, 0, 0
			for _, side := range members {
				size += s.sizes[c][side]
				in += s.good[question][c][side]
			}
			for side := range s.sizes[c] {
				all += s.good[question][c][side]
				cell += s.sizes[c][side]
			}
			room += min(all, size)
			n += size
		}
		if n > 0 && in+slackMoves > room {
			return false
		}
	}
	return true
}

// sum adds up the rows of a table.
func sum(rows [][]int) []int {
	if len(rows) == 0 {
		return nil
	}
	total := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, n := range row {
			total[i] += n
		}
	}
	return total
}
