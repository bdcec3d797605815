package figure

import (
	"math"
	"slices"
	"strconv"

	"earshot/internal/ask/round"
	"earshot/internal/base/words"
	"earshot/internal/show/result"
)

// Against is what a group's answers are compared with, by question. Both are made once for a page, because comparisons
// that are made together are judged together.
type Against struct {
	Rest map[string]result.Comparison // everybody else in the school
	Last map[string]result.Comparison // the same group, the last time the same words were asked
}

// Compare makes the comparisons of one group.
func Compare(view result.Viewed, unit string) Against {
	return Against{view.AgainstRest(unit), view.Since(unit)}
}

// Compared says how a question's share compares, and what a small group's is best thought to be.
func Compared(v words.Voice, view result.Viewed, q result.Question, g result.Group, a Against) (lines []string) {
	row, ok := q.Row(g.Unit)
	if !ok || row.Hidden {
		return nil
	}
	if guess := row.Guess; guess != nil && row.Share != nil {
		lines = append(lines, v.Say("figure.guess", words.V{"Count": row.Share.N, "Percent": whole(guess.Share), "Low": whole(guess.Low), "High": whole(guess.High)}))
	}
	if c, ok := a.Rest[q.ID]; ok {
		lines = append(lines, v.Say("figure.rest."+string(c.Verdict), said(c)))
	}
	if c, ok := a.Last[q.ID]; ok {
		values := said(c)
		values["Title"], values["When"] = lastTime(v, q, g.Unit)
		lines = append(lines, v.Say("figure.last."+string(c.Verdict), values))
	}
	return lines
}

// Brief says in one line what the answers to a question were and how they compare, for a report on paper.
func Brief(v words.Voice, view result.Viewed, q result.Question, g result.Group, a Against) string {
	row, _ := q.Row(g.Unit)
	if row.Hidden || row.Share == nil {
		return Question(v, view.Release, q, g).Sentence
	}
	key := "figure.brief"
	if row.Share.OfAll {
		key = "figure.brief_all"
	}
	lines := []string{v.Say(key, words.V{"X": row.Share.X, "N": row.Share.N, "Percent": percent(row.Share.X, row.Share.N), "Words": q.FavourableWords})}
	if guess := row.Guess; guess != nil {
		lines = append(lines, v.Say("figure.brief_guess", words.V{"Percent": whole(guess.Share), "Low": whole(guess.Low), "High": whole(guess.High)}))
	}
	if c, ok := a.Rest[q.ID]; ok && c.Verdict != result.CannotTell {
		lines = append(lines, v.Say("figure.brief_rest."+string(c.Verdict), said(c)))
	}
	if c, ok := a.Last[q.ID]; ok && c.Verdict != result.CannotTell {
		values := said(c)
		_, values["When"] = lastTime(v, q, g.Unit)
		lines = append(lines, v.Say("figure.brief_last."+string(c.Verdict), values))
	}
	return Join(lines...)
}

// said are the numbers of a comparison.
func said(c result.Comparison) words.V {
	return words.V{"Percent": percent(c.Share.X, c.Share.N), "Other": percent(c.To.X, c.To.N),
		"Low": points(c.Interval.Low), "High": points(c.Interval.High)}
}

// points is a difference between shares in whole points, with its sign.
func points(d float64) string {
	n := int(math.Round(100 * d))
	if n > 0 {
		return "+" + strconv.Itoa(n)
	}
	if n < 0 {
		return "−" + strconv.Itoa(-n)
	}
	return "0"
}

func whole(share float64) int { return int(math.Round(100 * share)) }

func lastTime(v words.Voice, q result.Question, unit string) (title, day string) {
	for _, b := range q.Before {
		if !b.Changed && slices.ContainsFunc(b.Rows, func(r result.BeforeRow) bool { return r.Unit == unit }) {
			return b.Title, month(v, b.Day)
		}
	}
	return "", ""
}

// month says a day of the form 2006-01-02 as the month of a year: enough to know the round again.
func month(v words.Voice, day string) string {
	if len(day) < 7 {
		return day
	}
	return v.Say("figure.month."+day[5:7], words.V{"Year": day[:4]})
}

// SideBySide is one question for the groups inside a group, in the order of the round; never in an order of merit. ok is
// false where fewer than two can be shown. Only shares of the same people are side by side: of those who answered, or of all
// who took part. A round for learning has none: its classes are nobody's to compare.
func SideBySide(v words.Voice, view result.Viewed, q result.Question, g result.Group) (f Figure, ok bool) {
	row, shown := q.Row(g.Unit)
	if !shown || row.Share == nil || q.Several {
		return f, false
	}
	f = Figure{ID: "groups-" + q.ID, Title: v.Say("figure.beside.title"), Dots: &Dots{Line: percent(row.Share.X, row.Share.N), LineLabel: g.Name}}
	f.Table = Table{Caption: f.Title, Head: []string{v.Say("figure.head.group"), v.Say("figure.head.share"), v.Say("figure.head.range"), v.Say("figure.head.people")}}
	var units, hidden, other, silent []string
	for _, one := range view.Rates {
		if one.Parent != g.Unit {
			continue
		}
		r, ok := q.Row(one.Unit)
		ok = ok && view.Sees(one.Unit)
		switch heading := (Cell{Text: one.Name, Heading: true}); {
		case one.Nobody:
			silent = append(silent, one.Name)
		case !ok || r.Share == nil:
			hidden = append(hidden, one.Name)
			cell := Cell{Text: v.Say("figure.hidden.short"), Hidden: true}
			if ok && r.Band != nil {
				cell = Cell{Text: sayBand(v, r.Band), Number: true}
			}
			f.Table.Rows = append(f.Table.Rows, []Cell{heading, cell, {}, {}})
		case r.Share.OfAll != row.Share.OfAll:
			other = append(other, one.Name)
			f.Table.Rows = append(f.Table.Rows, []Cell{heading, {Text: sayPercent(v, percent(r.Share.X, r.Share.N)), Number: true}, {}, of(v, *r.Share)})
		default:
			units = append(units, one.Unit)
			f.addDot(v, one.Name, *r.Share, r.Guess)
		}
	}
	if len(f.Dots.Rows) < 2 {
		return Figure{}, false
	}
	f.Sentence = apart(v, view, q, g, units, len(hidden)+len(other) > 0)
	f.Doubt = v.Say("figure.beside.doubt")
	base := "figure.beside.of_all"
	if row.Share.OfAll {
		base = "figure.beside.of_answers"
	}
	say := func(key string, names []string) string {
		return when(len(names) > 0, v.Say(key, words.V{"Groups": List(v, names)}))
	}
	f.Note = Join(say("figure.beside.hidden."+who(view.Audience), hidden), say(base, other), say("figure.beside.silent", silent),
		when(f.guesses(), v.Say("figure.beside.guess")))
	return f, true
}

// of says how many of how many a share is of, and of whom where these are not those who answered.
func of(v words.Voice, s result.Share) Cell {
	key := "figure.of"
	if s.OfAll {
		key = "figure.of_all"
	}
	return Cell{Text: v.Say(key, words.V{"X": s.X, "N": s.N}), Number: true}
}

// addDot adds a share to the picture and to the table; with a best guess, that is what the picture shows.
func (f *Figure) addDot(v words.Voice, label string, s result.Share, guess *result.Guess) {
	p := percent(s.X, s.N)
	d := Dot{Label: label, Percent: p, Low: whole(s.Low), High: whole(s.High)}
	cells := []Cell{{Text: label, Heading: true}, {Text: sayPercent(v, p), Number: true}, {Number: true}, of(v, s)}
	cells[2].Text = v.Say("figure.range", words.V{"Low": d.Low, "High": d.High})
	if s.Census {
		d.Low, d.High = p, p
		cells[2].Text = v.Say("figure.exact")
	}
	d.Text = v.Say("figure.dot", words.V{"Label": label, "Percent": p, "Range": cells[2].Text})
	if guess != nil {
		d.Percent, d.Low, d.High, d.Guess = whole(guess.Share), whole(guess.Low), whole(guess.High), true
		d.Text = v.Say("figure.dot_guess", words.V{"Label": label, "Percent": d.Percent, "Low": d.Low, "High": d.High, "Own": p})
	}
	f.Dots.Rows = append(f.Dots.Rows, d)
	f.Table.Rows = append(f.Table.Rows, cells)
}

func (f *Figure) guesses() bool {
	return slices.ContainsFunc(f.Dots.Rows, func(d Dot) bool { return d.Guess })
}

// apart says between what the groups lie, by what was said in them, and whether they can be told apart. some is true where
// there are groups besides these.
func apart(v words.Voice, view result.Viewed, q result.Question, g result.Group, units []string, some bool) string {
	low, high := 101, -1
	for _, unit := range units {
		row, _ := q.Row(unit)
		p := percent(row.Share.X, row.Share.N)
		low, high = min(low, p), max(high, p)
	}
	key := "figure.beside.between"
	if row, _ := q.Row(g.Unit); row.Share.OfAll {
		key = "figure.beside.between_all"
	}
	groups := v.Say("figure.beside.groups", words.V{"Group": g.Name})
	if some {
		groups = v.Say("figure.beside.some_groups", words.V{"Group": g.Name})
	}
	sentence := v.Say(key, words.V{"Low": low, "High": high, "Words": q.FavourableWords, "Groups": groups})
	switch told, ok := view.Apart(q, units); {
	case !ok:
		return sentence
	case told.Ends == result.Same:
		return Join(sentence, v.Say("figure.beside.same"))
	case told.Ends == result.Higher:
		return Join(sentence, v.Say("figure.beside.apart"))
	case !told.Any:
		return Join(sentence, v.Say("figure.beside.alike"))
	default:
		return Join(sentence, v.Say("figure.beside.some"))
	}
}

// OverTime follows one question in a group, and in the school beside it, through the rounds before. ok is false without
// an earlier one.
func OverTime(v words.Voice, view result.Viewed, q result.Question, g result.Group, now string, a Against) (f Figure, ok bool) {
	row, shown := q.Row(g.Unit)
	if !shown || row.Share == nil || len(q.Before) == 0 {
		return f, false
	}
	f = Figure{ID: "time-" + q.ID, Title: v.Say("figure.time.title"), Slope: &Slope{BreakLabel: v.Say("figure.time.break")}, Doubt: v.Say("figure.time.doubt")}
	f.Table = Table{Caption: f.Title, Head: []string{v.Say("figure.head.when"), v.Say("figure.head.group"), v.Say("figure.head.share"), v.Say("figure.head.range")}}
	for _, b := range slices.Backward(q.Before) {
		f.Slope.Times = append(f.Slope.Times, month(v, b.Day))
	}
	f.Slope.Times = append(f.Slope.Times, now)
	groups := []result.Group{g}
	if school := view.School(); g.Kind != round.UnitSchool && view.Sees(school.Unit) {
		groups = append(groups, school)
	}
	changed := false
	for _, group := range groups {
		line := SlopeLine{Label: group.Name}
		gap := false
		for i, b := range slices.Backward(q.Before) {
			at := len(q.Before) - 1 - i
			for _, r := range b.Rows {
				if r.Unit == group.Unit {
					line.Points = append(line.Points, f.point(v, group.Name, at, r.Share, gap && !b.Changed || b.Changed))
				}
			}
			gap, changed = b.Changed, changed || b.Changed
		}
		if r, ok := q.Row(group.Unit); ok && r.Share != nil {
			line.Points = append(line.Points, f.point(v, group.Name, len(q.Before), *r.Share, gap))
		}
		if len(line.Points) > 1 {
			f.Slope.Lines = append(f.Slope.Lines, line)
		}
	}
	if len(f.Slope.Lines) == 0 {
		return Figure{}, false
	}
	f.Sentence = v.Say("figure.time.broken")
	if c, ok := a.Last[q.ID]; ok {
		values := said(c)
		values["Title"], values["When"] = lastTime(v, q, g.Unit)
		f.Sentence = v.Say("figure.last."+string(c.Verdict), values)
	}
	f.Note = when(changed, v.Say("figure.time.changed"))
	return f, true
}

func (f *Figure) point(v words.Voice, group string, at int, s result.Share, gap bool) SlopePoint {
	chance := s.Plain()
	p := SlopePoint{Time: at, Percent: percent(s.X, s.N), Low: whole(chance.Low), High: whole(chance.High), Break: gap}
	between := v.Say("figure.range", words.V{"Low": p.Low, "High": p.High})
	p.Text = v.Say("figure.dot", words.V{"Label": group + ", " + f.Slope.Times[at], "Percent": p.Percent, "Range": between})
	f.Table.Rows = append(f.Table.Rows, []Cell{{Text: f.Slope.Times[at], Heading: true}, {Text: group}, {Text: sayPercent(v, p.Percent), Number: true}, {Text: between, Number: true}})
	return p
}

// Changes are what moved since last time in one group, what stayed, and how much cannot be told.
type Changes struct {
	Up, Down     []Standing
	Same, Unsure int
	When         string // of the last time; the newest of several
}

// Changed sorts the questions of a group by how they moved, in the order asked.
func Changed(v words.Voice, view result.Viewed, unit string, last map[string]result.Comparison) (c Changes) {
	newest := ""
	for _, q := range view.For(unit) {
		moved, ok := last[q.ID]
		if !ok {
			continue
		}
		for _, b := range q.Before {
			if !b.Changed && b.Day > newest {
				newest, c.When = b.Day, month(v, b.Day)
			}
		}
		line := Standing{q.Text, v.Say("figure.moved", said(moved))}
		switch moved.Verdict {
		case result.Higher:
			c.Up = append(c.Up, line)
		case result.Lower:
			c.Down = append(c.Down, line)
		case result.Same:
			c.Same++
		default:
			c.Unsure++
		}
	}
	return c
}

// Say counts what moved in one sentence.
func (c Changes) Say(v words.Voice) string {
	key := "figure.changed"
	if c.Unsure == 0 {
		key = "figure.changed_sure"
	}
	return v.Say(key, words.V{"When": c.When, "Moved": len(c.Up) + len(c.Down), "Same": c.Same, "Unsure": c.Unsure})
}

// Unsure says of how many questions the share is known only roughly: within twenty points or worse.
func Unsure(v words.Voice, view result.Viewed, g result.Group) string {
	wide, all := 0, 0
	for _, q := range view.For(g.Unit) {
		row, _ := q.Row(g.Unit)
		if row.Share == nil {
			continue
		}
		all++
		if row.Share.High-row.Share.Low > 0.2 {
			wide++
		}
	}
	if wide == 0 {
		return ""
	}
	return v.Say("figure.wide", words.V{"Count": wide, "N": all})
}
