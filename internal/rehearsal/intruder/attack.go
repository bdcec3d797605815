package intruder

import (
	"context"
	"math"
	"slices"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/school/access"
	"earshot/internal/show/result"
)

// seen is a round as one reader sees it, with the register beside it.
type seen struct {
	asked
	view  result.Viewed
	names []string // of the forms or sets in which anybody answered
	sizes [][2]int
	in    map[string][]int // unit -> places among the names
	of    map[int]int      // pupil -> place
	open  result.Viewed    // the public page
}

// look sees a round through the eyes of a reader, as the pages do.
func (s *school) look(ctx context.Context, a asked, who access.Actor, of func(pupil) string) (seen, error) {
	v := seen{asked: a, in: map[string][]int{}, of: map[int]int{}}
	rel, err := result.NewStore(s.DB, s.Key, s.Bank).Latest(ctx, s.head.School, a.round.ID)
	if err != nil {
		return v, err
	}
	owners, err := round.NewStore(s.DB, s.Key, s.Bank).UnitReaders(ctx, a.round)
	if err != nil {
		return v, err
	}
	v.view = result.View(rel, a.round, who, owners, s.DB.Now())
	v.open, _ = result.Public(rel, a.round)
	byID := map[string]round.Unit{}
	for _, u := range a.units {
		byID[u.ID] = u
	}
	for i, p := range s.pupils {
		if _, came := a.said[i]; !came {
			continue
		}
		name := of(p)
		at := slices.Index(v.names, name)
		if at < 0 {
			at = len(v.names)
			v.names, v.sizes = append(v.names, name), append(v.sizes, [2]int{})
			for u := byID[a.units[name].CellID]; u.ID != ""; u = byID[u.ParentID] {
				v.in[u.ID] = append(v.in[u.ID], at)
			}
		}
		v.of[i] = at
		v.sizes[at][p.side()]++
	}
	return v, nil
}

// smallest is the smallest unit around a group that a question is shown for, and the next around it.
func (v seen) smallest(id string, at int) (units []string) {
	sizes := map[string]int{}
	for _, q := range v.view.Questions {
		for _, row := range q.Rows {
			if q.ID == id && !row.Hidden && slices.Contains(v.in[row.Unit], at) {
				sizes[row.Unit] = len(v.in[row.Unit])
				units = append(units, row.Unit)
			}
		}
	}
	slices.SortStableFunc(units, func(a, b string) int { return sizes[a] - sizes[b] })
	return units
}

// asksAll are the questions that can be guessed at: with one answer, about anything but oneself.
func asksAll(doc survey.Document) (list []survey.Question) {
	for _, q := range doc.Questions() {
		if !q.DescribesOneself && !q.IsSeveral() && !q.Type.IsText() {
			list = append(list, q)
		}
	}
	return list
}

// guesser is one way of filling the table of a question.
type guesser struct {
	with string
	fill func(q survey.Question) *table
}

func (s *school) attack(ctx context.Context) (Report, error) {
	r := Report{Pupils: len(s.pupils), Forms: len(s.forms)}
	form, set := func(p pupil) string { return p.form }, func(p pupil) string { return p.set }
	now, err := s.look(ctx, s.now, s.head, form)
	if err != nil {
		return r, err
	}
	before, err := s.look(ctx, s.before, s.head, form)
	if err != nil {
		return r, err
	}
	one := func(v seen, splits bool) func(survey.Question) *table {
		return func(q survey.Question) *table {
			t := newTable(v.sizes, len(q.Options))
			view := v.view
			if !splits {
				view.Splits = nil
			}
			t.fit(reading(view, q.ID, v.doc, v.in, nil))
			return t
		}
	}
	all := func(q survey.Question) *table {
		t := newTable(now.sizes, len(q.Options))
		if len(before.sizes) == len(now.sizes) {
			t.lean(one(before, true)(q))
		}
		t.fit(reading(now.view, q.ID, now.doc, now.in, nil))
		return t
	}
	for _, g := range []guesser{{"differencing", one(now, false)}, {"and splits with the register", one(now, true)}, {"and the round before", all}} {
		r.Predictions = append(r.Predictions, s.predict("the head", now, nil, g))
	}
	r.Matches = append(r.Matches, s.match("the head", now, all))
	// In confidence: the school's list is the register, and those who read know it to the last name.
	confided, err := s.look(ctx, s.confided, s.head, form)
	if err != nil {
		return r, err
	}
	listed := guesser{"in confidence, by the school's list", func(q survey.Question) *table {
		t := newTable(confided.sizes, len(q.Options))
		if len(now.sizes) == len(confided.sizes) {
			t.lean(all(q))
		}
		t.fit(reading(confided.view, q.ID, confided.doc, confided.in, nil))
		return t
	}}
	r.Predictions = append(r.Predictions, s.predict("the head", confided, nil, listed))
	r.Matches = append(r.Matches, s.match("the head, in confidence", confided, listed.fill))
	for _, q := range asksAll(confided.doc) {
		r.Sure += newTable(confided.sizes, len(q.Options)).pinned(reading(confided.view, q.ID, confided.doc, confided.in, nil))
	}
	byMood, byOrder, err := s.matchWords(ctx, confided, listed.fill)
	if err != nil {
		return r, err
	}
	r.Matches = append(r.Matches, byMood, byOrder)
	for _, split := range confided.view.Splits {
		if split.Kind == result.SplitFlag {
			r.ByList += len(split.Rows)
		}
	}
	for _, q := range asksAll(now.doc) {
		r.Sure += newTable(now.sizes, len(q.Options)).pinned(reading(now.view, q.ID, now.doc, now.in, nil))
	}
	teacher := Prediction{Who: "every teacher", With: "own sets and the public page"}
	for _, who := range s.teachers {
		v, err := s.look(ctx, s.classes, who, set)
		if err != nil {
			return r, err
		}
		own := map[int]bool{}
		for _, unit := range v.view.Own {
			for _, at := range v.in[unit] {
				own[at] = true
			}
		}
		fill := func(q survey.Question) *table {
			t := newTable(v.sizes, len(q.Options))
			t.fit(append(reading(v.view, q.ID, v.doc, v.in, nil), reading(v.open, q.ID, v.doc, v.in, nil)...))
			return t
		}
		p := s.predict(teacher.Who, v, own, guesser{teacher.With, fill})
		teacher.Right, teacher.Of, teacher.Plain = teacher.Right+p.Right, teacher.Of+p.Of, teacher.Plain+p.Plain
		teacher.Gained, teacher.Lost = teacher.Gained+p.Gained, teacher.Lost+p.Lost
	}
	r.Predictions = append(r.Predictions, teacher)
	// Nothing hidden: girls and others of every form, answer by answer.
	open := func(q survey.Question) *table { return s.truth(now, q) }
	p := s.predict("where nothing is hidden", now, nil, guesser{"all counts by form and girls", open})
	p.NothingIsMeant = true
	m := s.match("where nothing is hidden", now, open)
	m.NothingIsMeant = true
	r.Predictions, r.Matches = append(r.Predictions, p), append(r.Matches, m)
	return r, nil
}

// truth is the table that nobody is shown.
func (s *school) truth(v seen, q survey.Question) *table {
	t := newTable(v.sizes, len(q.Options))
	for g := range t.people {
		for side := range 2 {
			clear(t.people[g][side])
		}
	}
	for i, answers := range v.said {
		t.people[v.of[i]][s.pupils[i].side()][said(q, answers)]++
	}
	return t
}

// said is the place of an answer among the options; the last place is none.
func said(q survey.Question, answers survey.Answers) int {
	for _, id := range q.Counted(answers[q.ID]) {
		return slices.IndexFunc(q.Options, func(o survey.Option) bool { return o.ID == id })
	}
	return len(q.Options)
}

// predict names an answer for every pupil who gave one, and holds it against the plain guess. only are the groups whose
// pupils are guessed at; nil is all.
func (s *school) predict(who string, v seen, only map[int]bool, by guesser) Prediction {
	p := Prediction{Who: who, With: by.with}
	for _, q := range asksAll(v.doc) {
		t := by.fill(q)
		plain := make([]int, len(v.names))
		for at := range v.names {
			near := newTable(v.sizes, len(q.Options))
			near.fit(reading(v.open, q.ID, v.doc, v.in, nil))
			// The larger group first, then the smaller: the last that is fitted holds.
			units := v.smallest(q.ID, at)
			for i := min(len(units), 2) - 1; i >= 0; i-- {
				near.fit(reading(v.view, q.ID, v.doc, v.in, units[i:i+1]))
			}
			sum := make([]float64, near.wide)
			for side := range 2 {
				for o, n := range near.people[at][side] {
					sum[o] += n
				}
			}
			plain[at] = best(sum)
		}
		for i, answers := range v.said {
			truth, at := said(q, answers), v.of[i]
			if truth == len(q.Options) || only != nil && !only[at] {
				continue
			}
			named, easy := best(t.chance(at, s.pupils[i].side())) == truth, plain[at] == truth
			p.Of++
			if named {
				p.Right++
			}
			if easy {
				p.Plain++
			}
			switch {
			case named && !easy:
				p.Gained++
			case easy && !named:
				p.Lost++
			}
		}
	}
	return p
}

// match deals the rows of each form, in random order and without what pupils said about themselves, out to its pupils, as
// well as the tables let the intruder.
func (s *school) match(who string, v seen, fill func(survey.Question) *table) Match {
	m := Match{Who: who, Chance: float64(len(v.names))}
	questions := asksAll(v.doc)
	tables := make([]*table, len(questions))
	for i, q := range questions {
		tables[i] = fill(q)
	}
	for at := range v.names {
		var pupils []int
		for i := range s.pupils {
			if _, came := v.said[i]; came && v.of[i] == at {
				pupils = append(pupils, i)
			}
		}
		rows := slices.Clone(pupils)
		s.rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		s.rng.Shuffle(len(pupils), func(i, j int) { pupils[i], pupils[j] = pupils[j], pupils[i] })
		cost := make([][]float64, len(pupils))
		for i, p := range pupils {
			cost[i] = make([]float64, len(rows))
			for j, row := range rows {
				for n, q := range questions {
					cost[i][j] -= math.Log(max(1e-4, tables[n].chance(at, s.pupils[p].side())[said(q, v.said[row])]))
				}
			}
		}
		for i, j := range assign(cost) {
			m.Of++
			if rows[j] == pupils[i] {
				m.Right++
			}
		}
	}
	return m
}

// assign gives every line one column so that the sum of the costs is least (Kuhn 1955, in the form with potentials).
func assign(cost [][]float64) []int {
	n := len(cost)
	u, v, line, way := make([]float64, n+1), make([]float64, n+1), make([]int, n+1), make([]int, n+1)
	for i := 1; i <= n; i++ {
		line[0] = i
		at := 0
		least, used := make([]float64, n+1), make([]bool, n+1)
		for j := range least {
			least[j] = math.Inf(1)
		}
		for line[at] != 0 {
			used[at] = true
			delta, next := math.Inf(1), 0
			for j := 1; j <= n; j++ {
				if used[j] {
					continue
				}
				if c := cost[line[at]-1][j-1] - u[line[at]] - v[j]; c < least[j] {
					least[j], way[j] = c, at
				}
				if least[j] < delta {
					delta, next = least[j], j
				}
			}
			for j := 0; j <= n; j++ {
				if used[j] {
					u[line[j]] += delta
					v[j] -= delta
				} else {
					least[j] -= delta
				}
			}
			at = next
		}
		for at != 0 {
			line[at], at = line[way[at]], way[at]
		}
	}
	out := make([]int, n)
	for j := 1; j <= n; j++ {
		out[line[j]-1] = j - 1
	}
	return out
}
