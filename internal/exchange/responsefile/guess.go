package responsefile

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
)

// Guess proposes what the columns of a table are. docs are one survey in all its languages, the first being the one it was
// written in. Every value is named, so that a person can see and correct what is taken for what; a value that is not there
// was not understood.
func Guess(t Table, docs []survey.Document) Mapping {
	m := Mapping{Questions: map[string]Source{}}
	taken := map[int]bool{}
	for _, q := range docs[0].Questions() {
		if q.Type.IsText() {
			continue
		}
		if at := byHeading(t, q.ID, docs, taken); at >= 0 {
			m.Questions[q.ID], taken[at] = Source{Column: t.Columns[at].Heading}, true
		}
	}
	m.byValues(t, docs, taken)
	m.groups(t, docs[0], taken)
	m.Answers(t, docs, nil)
	return m
}

// byHeading finds the one column whose heading names a question; -1 for none, or several.
func byHeading(t Table, id string, docs []survey.Document, taken map[int]bool) int {
	names := map[string]bool{fold(id): true}
	for i, d := range docs {
		q, _ := d.Question(id)
		if i == 0 {
			names[fold(q.Item)], names[fold(q.Wording)] = true, true
		}
		names[fold(q.Text)], names[fold(q.Short)] = true, true
		if q.Grid != "" {
			names[fold(q.Grid+" "+q.Text)] = true // Google Forms: "How often ... [The teacher helps]"
		}
	}
	delete(names, "")
	find := func(fits func(heading string) bool) int {
		found := -1
		for i, c := range t.Columns {
			if taken[i] || c.Kind != Usable || !fits(c.Heading) {
				continue
			}
			if found >= 0 || c.Twice {
				return -1
			}
			found = i
		}
		return found
	}
	if at := find(func(h string) bool { return names[fold(h)] }); at >= 0 {
		return at
	}
	if at := find(func(h string) bool { return names[fold(bare(h))] }); at >= 0 {
		return at
	}
	return find(func(h string) bool {
		folded := fold(bare(h))
		for name := range names {
			// Questions differ in a word or a letter, and such a one is another question: only long ones are taken so.
			if d, ok := apart(folded, name); ok && len(name) > 25 && d <= 3 {
				return true
			}
		}
		return false
	})
}

// bare takes from a heading what programs put around a question: "Q3. Text", "3) Text", "G1Q2[SQ001]. Text", "Grid [Text]".
func bare(heading string) string {
	if open := strings.LastIndex(heading, "["); open > 0 && strings.HasSuffix(heading, "]") {
		return heading[open+1 : len(heading)-1]
	}
	code, text, ok := strings.Cut(heading, " ")
	if ok && len(code) <= 20 && strings.ContainsAny(code[len(code)-1:], ".):-") || ok && strings.ContainsAny(code, "0123456789") && len(code) <= 5 {
		return strings.TrimLeft(text, "-–—.: ")
	}
	return heading
}

// byValues gives the last question without a column the last column whose values are all its options' words.
func (m *Mapping) byValues(t Table, docs []survey.Document, taken map[int]bool) {
	var open []survey.Question
	for _, q := range docs[0].Questions() {
		if _, ok := m.Questions[q.ID]; !ok && q.Type.HasOptions() && !q.IsSeveral() {
			open = append(open, q)
		}
	}
	type fit struct{ question, column int }
	var fits []fit
	for i, q := range open {
		s := scaleOf(q.ID, docs)
		for j, c := range t.Columns {
			if taken[j] || c.Kind != Usable {
				continue
			}
			words := 0
			all := !slices.ContainsFunc(c.Values, func(v string) bool {
				_, h := s.option(v)
				_, isNumber := number(v)
				if h == exactly && !isNumber {
					words++
				}
				return (h != exactly || isNumber) && !usuallyMissing(v)
			})
			if all && words >= 2 {
				fits = append(fits, fit{i, j})
			}
		}
	}
	if len(fits) == 1 {
		m.Questions[open[fits[0].question].ID], taken[fits[0].column] = Source{Column: t.Columns[fits[0].column].Heading}, true
	}
}

var unitHeadings = map[string]string{
	"class": round.UnitClass, "class name": round.UnitClass, "teaching group": round.UnitClass, "teaching class": round.UnitClass, "set": round.UnitClass, "course": round.UnitClass,
	"your class": round.UnitClass, "which class are you in": round.UnitClass, "klasse": round.UnitClass, "classe": round.UnitClass, "clase": round.UnitClass, "klasa": round.UnitClass, "sınıf": round.UnitClass,
	"form": round.UnitForm, "form group": round.UnitForm, "tutor group": round.UnitForm, "reg": round.UnitForm, "reg group": round.UnitForm, "registration": round.UnitForm, "registration group": round.UnitForm,
	"your form": round.UnitForm, "homeroom": round.UnitForm,
}

var yearHeadings = []string{"year", "year group", "nc year", "school year", "your year", "yr", "grade", "grade level", "jahrgang", "année", "curso", "which year are you in"}

// groups finds the columns with the class and the year.
func (m *Mapping) groups(t Table, doc survey.Document, taken map[int]bool) {
	var units, years []int
	for i, c := range t.Columns {
		if taken[i] || c.Kind != Usable || len(c.Values) > MaxGroups {
			continue
		}
		h := fold(c.Heading)
		if unitHeadings[h] != "" && !looksLikePeople(t, c) {
			units = append(units, i)
		}
		if slices.Contains(yearHeadings, h) && len(c.Values) <= 20 {
			years = append(years, i)
		}
	}
	// Two such columns: somebody has to say which.
	if len(units) == 1 {
		c := t.Columns[units[0]]
		m.Unit = &Unit{Column: c.Heading, Kind: unitHeadings[fold(c.Heading)]}
		if asksAboutClass(doc) {
			m.Unit.Kind = round.UnitClass
		}
	}
	switch {
	case len(years) != 1:
	case m.Unit == nil && len(units) == 0 && !asksAboutClass(doc):
		m.Unit = &Unit{Column: t.Columns[years[0]].Heading, Kind: round.UnitYear}
	default:
		m.Year = t.Columns[years[0]].Heading
	}
	if m.Unit != nil {
		m.yearsFromNames(t)
	}
}

// yearsFromNames takes the year from names such as 9A where every class has one.
func (m *Mapping) yearsFromNames(t Table) {
	if m.Unit.Kind == round.UnitYear || m.Year != "" {
		return
	}
	c, _ := t.Column(m.Unit.Column)
	years := map[string]string{}
	for _, value := range c.Values {
		name, _ := m.Unit.name(value)
		if years[name] = YearFromName(name); years[name] == "" && !slices.Contains(missing, fold(value)) {
			return
		}
	}
	m.Unit.Years = years
}

func asksAboutClass(doc survey.Document) bool {
	return slices.ContainsFunc(doc.Questions(), func(q survey.Question) bool { return q.About == "this_class" })
}

// looksLikePeople says whether a column has so many values that they tell people apart and not classes.
func looksLikePeople(t Table, c Column) bool { return t.Rows() >= 20 && len(c.Values)*2 > t.Rows() }

// Scale is the options that some questions share, with every value that stands in their columns.
type Scale struct {
	Key       string
	Questions []string
	Options   []survey.Option
	Several   bool
	Number    bool
	Split     string
	Values    []Value
}

// Value is what stands in the file for an option.
type Value struct {
	Text   string
	Count  int    // how often
	Option string // an option's id, or empty for no answer
	Known  bool   // somebody has said so, or it could be guessed
	How    string // "words", "number", "spelling", "missing"; empty where somebody has said so, or nobody
}

// Scales puts the questions of a mapping together by their options, with the values that stand in their columns. said,
// if it knows a value of a scale, is what somebody says about it.
func (m Mapping) Scales(t Table, docs []survey.Document, said func(scale, value string) (option string, ok bool)) []Scale {
	var list []Scale
	at := map[string]int{}
	of := map[string]scale{}
	counts := map[string]map[string]int{}
	for _, q := range docs[0].Questions() {
		src, ok := m.Questions[q.ID]
		c, found := t.Column(src.Column)
		if !ok || !found || c.Kind != Usable {
			continue
		}
		s := scaleOf(q.ID, docs)
		key := s.key()
		i, known := at[key]
		if !known {
			i = len(list)
			at[key], of[key], counts[key] = i, s, map[string]int{}
			list = append(list, Scale{Key: key, Options: s.options, Several: s.several, Number: s.number, Split: src.Split})
		}
		list[i].Questions = append(list[i].Questions, q.ID)
		n, _ := c.tally()
		for v, text := range c.Values {
			counts[key][text] += n[v]
		}
	}
	for i := range list {
		l := &list[i]
		s := of[l.Key]
		values := counts[l.Key]
		if l.Several {
			if l.Split == "" {
				l.Split = s.guessSplit(slices.Sorted(maps.Keys(values)))
			}
			values = s.parts(values, l.Split)
		}
		l.Values = s.guess(values)
		if said == nil {
			continue
		}
		for j := range l.Values {
			if option, ok := said(l.Key, l.Values[j].Text); ok {
				l.Values[j].Known, l.Values[j].Option, l.Values[j].How = option != Unsaid, option, ""
			}
		}
	}
	return list
}

// Unsaid stands for a value of which somebody has not said what it is.
const Unsaid = "?"

// Answers fills in what the values of all questions stand for, as Scales says, and that nothing else may stand there.
func (m *Mapping) Answers(t Table, docs []survey.Document, said func(scale, value string) (option string, ok bool)) []Scale {
	list := m.Scales(t, docs, said)
	for _, s := range list {
		for _, id := range s.Questions {
			src := m.Questions[id]
			c, _ := t.Column(src.Column)
			src.Split, src.Only, src.Values = s.Split, true, map[string]string{}
			for _, v := range s.Values {
				if v.Known && (s.Several || slices.Contains(c.Values, v.Text)) {
					src.Values[v.Text] = v.Option
				}
			}
			m.Questions[id] = src
		}
	}
	return list
}

// guess says what each value of some columns stands for, the options first, in their order.
func (s scale) guess(values map[string]int) []Value {
	var list []Value
	zero, last, words := false, false, false
	most := 0
	for _, o := range s.options {
		most = max(most, o.Value)
	}
	for text, count := range values {
		v := Value{Text: text, Count: count}
		n, isNumber := number(text)
		option, h := s.option(text)
		switch {
		case s.number && isNumber && n >= s.min && n <= s.max:
			continue // stands for itself
		case h == exactly:
			v.Option, v.Known, v.How = option, true, "words"
		case h == byNumber:
			v.Option, v.Known, v.How = option, true, "number"
		case h == bySpelling:
			v.Option, v.Known, v.How = option, true, "spelling"
		case usuallyMissing(text):
			v.Known, v.How = true, "missing"
		}
		words = words || v.Known && v.Option != "" && !isNumber
		zero = zero || isNumber && n == 0 && v.How == "missing"
		last = last || isNumber && n == most
		list = append(list, v)
	}
	if zero && !last && !words && !s.number {
		// Either 0 is no answer and nobody chose the last option, or the numbers begin at 0: only a person knows.
		for i := range list {
			if _, isNumber := number(list[i].Text); isNumber && list[i].How != "words" {
				list[i].Known, list[i].Option, list[i].How = false, "", ""
			}
		}
	}
	place := func(v Value) int {
		if i := slices.IndexFunc(s.options, func(o survey.Option) bool { return o.ID == v.Option }); i >= 0 {
			return i
		}
		return len(s.options)
	}
	slices.SortFunc(list, func(a, b Value) int { return cmp.Or(place(a)-place(b), compareTexts(a.Text, b.Text)) })
	return list
}

// compareTexts puts numbers in their order, and before words.
func compareTexts(a, b string) int {
	x, first := number(a)
	y, second := number(b)
	switch {
	case first && second:
		return cmp.Or(x-y, cmp.Compare(a, b))
	case first:
		return -1
	case second:
		return 1
	}
	return cmp.Compare(a, b)
}

// Splits are the signs that programs put between several choices in one cell.
var Splits = []string{";", ",", "|"}

func (s scale) guessSplit(values []string) string {
	best, most := Splits[0], -1
	for _, sign := range Splits {
		known := 0
		for _, v := range values {
			for _, part := range s.cut(v, sign) {
				if _, h := s.option(part); h != notAtAll {
					known++
				} else {
					known -= 2
				}
			}
		}
		if known > most {
			best, most = sign, known
		}
	}
	return best
}

func (s scale) parts(values map[string]int, sign string) map[string]int {
	parts := map[string]int{}
	for v, n := range values {
		for _, part := range s.cut(v, sign) {
			parts[part] += n
		}
	}
	return parts
}
