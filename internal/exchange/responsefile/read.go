package responsefile

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/school/roster"
)

// Row is one answer, and in which group it was given.
type Row struct {
	Group   string // a name of Reading.Groups; empty for none
	Answers survey.Answers
}

// Group is a class, form or year of the file.
type Group struct {
	Value   string // in the file; of several values by the same name, the first
	Name    string
	Year    string // as rosters write it: R, 7, ...; empty where nobody said
	Size    int    // how many were asked; 0 where nobody said
	Answers int
}

// Count is how often each option of a question was chosen.
type Count struct {
	Question survey.Question
	Column   string
	Options  []int // in the order of the question's options; of a number, of its bands
	None     int   // gave no answer
	Other    int   // were not asked, because of an earlier answer
}

// Reading is what a file would bring in.
type Reading struct {
	Doc     survey.Document // what was asked: the survey without the questions that the file has no answers to
	Without []string        // those questions
	Rows    []Row
	Groups  []Group
	Counts  []Count
	Blank   int // rows without any answer to these questions: they are left out
	Astray  int // rows without a class: they count in the school alone
}

// Apply reads the answers of a table. docs are one survey in all its languages, the first being the one it was written in;
// asked is the day, YYYY-MM-DD, for conditions that look at the date. Nothing is read of columns that the mapping does not
// name. If a problem stops it, there are no rows.
func Apply(t Table, m Mapping, docs []survey.Document, asked string) (Reading, []Problem) {
	a := &applying{table: t, mapping: m, docs: docs}
	a.questions()
	a.unit()
	if !Stops(a.list) {
		a.rows(asked)
	}
	list := a.take()
	if Stops(list) {
		a.Rows = nil
	}
	return a.Reading, list
}

// source is a question's column with what each of its values stands for.
type source struct {
	question survey.Question
	column   Column
	meaning  [][]string // by value: what a form would send
}

type applying struct {
	Reading
	problems
	table   Table
	mapping Mapping
	docs    []survey.Document
	sources []source
	names   []string // by value of the class's column
	class   *Column
	years   *Column
}

// column finds a column that a mapping names.
func (a *applying) column(heading, what string) (Column, bool) {
	c, ok := a.table.Column(heading)
	switch {
	case !ok:
		a.add(Stop, 0, heading, "no_column", fault.Values{"Name": shorten(heading), "What": what})
	case c.Twice && !strings.HasSuffix(heading, ")"):
		a.add(Stop, 0, heading, "which", fault.Values{"Name": shorten(heading), "What": what})
	case c.Kind == Usable:
		return c, true
	default:
		a.add(Stop, 0, heading, "not_"+string(c.Kind), fault.Values{"Name": shorten(heading), "What": what})
	}
	return c, false
}

// questions finds out what was asked and where the answers stand.
func (a *applying) questions() {
	doc := a.docs[0]
	byColumn := map[string]string{}
	for _, q := range doc.Questions() {
		src, ok := a.mapping.Questions[q.ID]
		if !ok {
			a.Without = append(a.Without, q.ID)
			continue
		}
		c, ok := a.column(src.Column, q.Short)
		if !ok {
			continue
		}
		if other, used := byColumn[c.Heading]; used {
			a.add(Stop, 0, c.Heading, "used_twice", fault.Values{"First": other, "Second": q.Short})
			continue
		}
		byColumn[c.Heading] = q.Short
		if q.Type.IsText() {
			a.add(Stop, 0, c.Heading, "own_words", fault.Values{"Question": q.Short})
			continue
		}
		a.sources = append(a.sources, a.source(q, src, c))
	}
	known := doc.Questions()
	for id := range a.mapping.Questions {
		if !slices.ContainsFunc(known, func(q survey.Question) bool { return q.ID == id }) {
			a.add(Stop, 0, "", "no_question", fault.Values{"Question": id})
		}
	}
	if len(a.sources) == 0 && !Stops(a.list) {
		a.add(Stop, 0, "", "nothing")
	}
	for _, heading := range []string{a.mapping.Year, a.unitColumn()} {
		if other, used := byColumn[heading]; used {
			a.add(Stop, 0, heading, "used_for_class", fault.Values{"Question": other})
		}
	}
	var wrong []survey.Problem
	if a.Doc, wrong = doc.Less(a.Without); len(wrong) > 0 {
		for _, p := range wrong {
			a.add(Stop, 0, "", "decides", fault.Values{"Question": p.Values["short"], "Where": p.Values["where"]})
		}
	}
	if len(a.Doc.Choices) > 0 || slices.ContainsFunc(a.Doc.Sections, func(s survey.Section) bool { return s.Ask > 0 }) {
		a.add(Stop, 0, "", "drawn")
	}
}

func (a *applying) unitColumn() string {
	if a.mapping.Unit == nil {
		return ""
	}
	return a.mapping.Unit.Column
}

// ownWords is from how many values on that mean nothing a column is somebody's own words.
const ownWords = 25

// source finds out what each value of a question's column stands for.
func (a *applying) source(q survey.Question, src Source, c Column) source {
	s := source{question: q, column: c, meaning: make([][]string, len(c.Values))}
	sc := scaleOf(q.ID, a.docs)
	count, first := c.tally()
	var unknown problems
	for i, value := range c.Values {
		parts := []string{value}
		if sc.several && src.Split != "" {
			if _, whole := src.Values[value]; !whole {
				parts = sc.cut(value, src.Split)
			}
		}
		for _, part := range parts {
			option, ok := a.meaning(sc, src, part)
			if !ok {
				unknown.add(Stop, a.table.Lines[first[i]], c.Heading, "value", fault.Values{"Value": shorten(part), "Question": q.Short, "Count": count[i]})
			} else if option != "" {
				s.meaning[i] = append(s.meaning[i], option)
			}
		}
	}
	for value, option := range src.Values {
		if _, ok := q.Option(option); option != "" && !ok && !sc.number {
			unknown.add(Stop, 0, c.Heading, "no_option", fault.Values{"Value": shorten(value), "Option": shorten(option), "Question": q.Short})
		}
	}
	if len(unknown.list) > ownWords {
		a.add(Stop, 0, c.Heading, "not_words", fault.Values{"Name": shorten(c.Heading), "What": q.Short})
	} else {
		a.list = append(a.list, unknown.list...)
	}
	return s
}

// meaning is what a form would send for a value; empty for no answer.
func (a *applying) meaning(sc scale, src Source, value string) (string, bool) {
	if option, ok := src.Values[value]; ok {
		return option, true
	}
	if slices.Contains(a.mapping.NoAnswer, value) {
		return "", true
	}
	if sc.number {
		if n, ok := number(value); ok && n >= sc.min && n <= sc.max {
			return strconv.Itoa(n), true
		}
	}
	if src.Only {
		return "", false
	}
	if option, h := sc.option(value); h == exactly || h == byNumber {
		return option, true
	}
	if a.mapping.NoAnswer == nil && usuallyMissing(value) {
		return "", true
	}
	return "", false
}

// unit finds out which groups there are.
func (a *applying) unit() {
	if a.mapping.Year != "" {
		if c, ok := a.column(a.mapping.Year, ""); ok {
			a.years = &c
		}
	}
	u := a.mapping.Unit
	if u == nil {
		return
	}
	c, ok := a.column(u.Column, "")
	if !ok {
		return
	}
	if len(c.Values) > MaxGroups || looksLikePeople(a.table, c) {
		a.add(Stop, 0, c.Heading, "people", fault.Values{"Have": len(c.Values), "Most": MaxGroups})
		return
	}
	a.class = &c
	_, first := c.tally()
	for i, value := range c.Values {
		name, ok := u.name(value)
		if u.Kind == round.UnitYear {
			name = Year(name)
		}
		switch {
		case slices.Contains(a.mapping.NoAnswer, value) && u.Values[value] == "" || a.mapping.NoAnswer == nil && slices.Contains(missing, fold(value)) && u.Values[value] == "":
			name, ok = "", true
		case !ok || name == "":
			a.add(Stop, a.table.Lines[first[i]], c.Heading, "class_value", fault.Values{"Value": shorten(value)})
		case len([]rune(name)) > 60 || survey.IsStrange(name) || anEmail.MatchString(name):
			a.add(Stop, a.table.Lines[first[i]], c.Heading, "class_name", fault.Values{"Value": shorten(value)})
		}
		a.names = append(a.names, name)
	}
	for name, size := range u.Sizes {
		if size < 0 || size > 100_000 {
			a.add(Stop, 0, c.Heading, "size", fault.Values{"Name": name})
		}
	}
}

// rows reads row by row.
func (a *applying) rows(asked string) {
	for _, s := range a.sources {
		a.Counts = append(a.Counts, Count{Question: s.question, Column: s.column.Heading, Options: make([]int, len(s.question.Options))})
	}
	groups := map[string]*Group{}
	var order []*Group
	for row := range a.table.Lines {
		answers, any := a.answers(row, asked)
		if len(a.list) > mostProblems {
			return
		}
		if !any {
			a.Blank++
			continue
		}
		r := Row{Answers: answers}
		if a.class != nil && a.class.Cells[row] > 0 {
			r.Group = a.names[a.class.Cells[row]-1]
		}
		switch g := groups[r.Group]; {
		case a.class == nil:
		case r.Group == "":
			a.Astray++
		case g == nil:
			g = &Group{Value: a.class.Value(row), Name: r.Group, Size: a.mapping.Unit.Sizes[r.Group], Year: a.mapping.Unit.Years[r.Group]}
			if g.Year == "" && a.years != nil {
				g.Year = Year(a.years.Value(row))
			} else if g.Year != "" {
				g.Year = Year(g.Year)
			}
			groups[r.Group] = g
			order = append(order, g)
			g.Answers++
		default:
			g.Answers++
			if a.years != nil && a.mapping.Unit.Years[r.Group] == "" && Year(a.years.Value(row)) != g.Year {
				a.add(Stop, a.table.Lines[row], a.mapping.Year, "two_years", fault.Values{"Name": g.Name})
			}
		}
		a.Rows = append(a.Rows, r)
	}
	for _, g := range order {
		if g.Size > 0 && g.Size < g.Answers {
			a.add(Stop, 0, a.class.Heading, "too_many", fault.Values{"Name": g.Name, "Size": g.Size, "Answers": g.Answers})
		}
		a.Groups = append(a.Groups, *g)
	}
	if a.mapping.Asked > 0 && a.mapping.Asked < len(a.Rows) {
		a.add(Stop, 0, "", "too_many_all", fault.Values{"Size": a.mapping.Asked, "Answers": len(a.Rows)})
	}
	slices.SortFunc(a.Groups, func(x, y Group) int {
		return cmp.Or(roster.CompareYears(x.Year, y.Year), roster.CompareNames(x.Name, y.Name))
	})
	if a.Blank > 0 {
		a.add(Info, 0, "", "blank", fault.Values{"Count": a.Blank})
	}
	if a.Astray > 0 {
		a.add(Info, 0, a.class.Heading, "astray", fault.Values{"Count": a.Astray})
	}
}

// answers reads one row; any is false where nothing is answered in it.
func (a *applying) answers(row int, asked string) (answers survey.Answers, any bool) {
	said := map[string][]string{}
	for _, s := range a.sources {
		if cell := s.column.Cells[row]; cell > 0 && len(s.meaning[cell-1]) > 0 {
			said[s.question.ID] = s.meaning[cell-1]
		}
	}
	answers, wrong := a.Doc.Read(func(id string) []string { return said[id] }, asked)
	if len(wrong) > 0 {
		heading := ""
		for _, s := range a.sources {
			if s.question.ID == wrong[0].Values["question"] {
				heading = s.column.Heading
			}
		}
		key := "answer"
		if wrong[0].Key == survey.AnswerTooMany {
			key = "answer_many"
		}
		a.add(Stop, a.table.Lines[row], heading, key, fault.Values{"Most": wrong[0].Values["most"]})
		return nil, true
	}
	for i, s := range a.sources {
		answer, n := answers[s.question.ID], &a.Counts[i]
		if len(said[s.question.ID]) > 0 && answer.State != survey.Answered {
			a.add(Stop, a.table.Lines[row], s.column.Heading, "ruled_out", fault.Values{"Question": s.question.Short})
		}
		any = any || answer.State == survey.Answered
		switch answer.State {
		case survey.Answered:
			for _, id := range s.question.Counted(answer) {
				n.Options[slices.IndexFunc(s.question.Options, func(o survey.Option) bool { return o.ID == id })]++
			}
		case survey.Skipped:
			n.None++
		default:
			n.Other++
		}
	}
	if !any { // such a row is left out, so it is not counted either
		for i, s := range a.sources {
			switch answers[s.question.ID].State {
			case survey.Skipped:
				a.Counts[i].None--
			default:
				a.Counts[i].Other--
			}
		}
	}
	return answers, any
}
