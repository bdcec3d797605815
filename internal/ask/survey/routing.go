package survey

import (
	"slices"
	"strconv"
	"strings"

	"earshot/internal/ask/expression"
)

// Part says why somebody may not have been asked a question.
type Part string

// The reasons, strongest first. A question may have several; results name the first that applies.
const (
	AskedAll    Part = ""
	AskedChosen Part = "chosen"  // it belongs to a topic that people choose
	AskedRouted Part = "routed"  // an earlier answer decides
	AskedDrawn  Part = "sampled" // chance decides, to ask less of each
)

// Part says why somebody may not be asked a question.
func (d Document) Part(q Question) Part {
	s, _ := d.sectionOf(q.ID)
	switch {
	case s.Choice != "":
		return AskedChosen
	case len(d.Conditions(q)) > 0:
		return AskedRouted
	case s.Ask > 0 && s.Ask < s.asks():
		return AskedDrawn
	}
	return AskedAll
}

// MayBeDrawnOut says whether a question may be left out for some by choice of topics or by chance.
func (d Document) MayBeDrawnOut(q Question) bool {
	s, ok := d.sectionOf(q.ID)
	return ok && (s.Choice != "" || s.Ask > 0 && s.Ask < s.asks())
}

// asks counts the questions of a section, without its notes.
func (s Section) asks() int {
	n := 0
	for _, q := range s.Questions {
		if q.Type != TypeNote {
			n++
		}
	}
	return n
}

func (d Document) sectionOf(question string) (Section, bool) {
	for _, s := range d.Sections {
		if slices.ContainsFunc(s.Questions, func(q Question) bool { return q.ID == question }) {
			return s, true
		}
	}
	return Section{}, false
}

// Conditions are the expressions that must hold for a question to be asked: its own and its section's. What does not
// parse is left out here; Problems reports it.
func (d Document) Conditions(q Question) []expression.Expression {
	s, _ := d.sectionOf(q.ID)
	var list []expression.Expression
	for _, text := range []string{s.ShowIf, q.ShowIf} {
		if e, err := expression.Parse(text); err == nil && strings.TrimSpace(text) != "" {
			list = append(list, e)
		}
	}
	return list
}

// Guards is what a question inherits from the questions that decide who is asked it.
type Guards struct {
	Sensitive bool // something sensitive shows through
	Oneself   bool // so does a description of oneself
	Chosen    bool // the people asked chose the topic
	// Tangled says that who is asked hangs on more than one answer to one question, so that the number asked is no
	// count of any table of its own.
	Tangled bool
	// By is the question that decides, and If the options of it (NoAnswer for none) with which this one is asked.
	// Empty when nothing decides, or when Tangled.
	By string
	If []string
}

// NoAnswer stands in Guards.If for a question that was left.
const NoAnswer = ""

// Guards says what decides who is asked a question.
func (d Document) Guards(q Question) Guards { return d.guards(q, map[string]bool{}) }

func (d Document) guards(q Question, seen map[string]bool) Guards {
	s, _ := d.sectionOf(q.ID)
	g := Guards{Sensitive: q.Sensitive != "", Oneself: q.DescribesOneself, Chosen: s.Choice != ""}
	conditions := d.Conditions(q)
	var refs []string
	for _, c := range conditions {
		for _, r := range c.Refs() {
			if !slices.Contains(refs, r) {
				refs = append(refs, r)
			}
		}
	}
	if len(conditions) == 0 || seen[q.ID] {
		return g
	}
	seen[q.ID] = true
	for _, id := range refs {
		by, ok := d.Question(id)
		if !ok {
			g.Tangled = true
			continue
		}
		from := d.guards(by, seen)
		g.Sensitive, g.Oneself, g.Chosen = g.Sensitive || from.Sensitive, g.Oneself || from.Oneself, g.Chosen || from.Chosen
		g.Tangled = g.Tangled || d.Part(by) != AskedAll || by.Type != TypeScale && by.Type != TypeSingle
		g.By = id
	}
	g.Tangled = g.Tangled || len(refs) != 1 || s.Choice != ""
	if g.Tangled {
		g.By = ""
		return g
	}
	by, _ := d.Question(g.By)
	for _, id := range append([]string{NoAnswer}, ids(by.Options)...) {
		env := expression.Env{Answer: func(string) string { return id }, Label: d.label}
		if !slices.ContainsFunc(conditions, func(c expression.Expression) bool { return !c.Holds(env) }) {
			g.If = append(g.If, id)
		}
	}
	return g
}

func ids(options []Option) []string {
	list := make([]string, len(options))
	for i, o := range options {
		list[i] = o.ID
	}
	return list
}

func (d Document) label(question, option string) string {
	q, _ := d.Question(question)
	o, _ := q.Option(option)
	return o.Label
}

// route drops what does not belong: answers to questions that an earlier answer rules out become not relevant, in the
// order in which questions are asked, so that what was dropped decides nothing any more.
func (d Document) route(a Answers, today string) {
	env := expression.Env{Today: today, Label: d.label, Answer: func(id string) string {
		answer := a[id]
		if answer.State != Answered {
			return ""
		}
		if answer.Number != nil {
			return strconv.Itoa(*answer.Number)
		}
		return strings.Join(answer.Options, " ")
	}}
	for _, q := range d.Questions() {
		if a[q.ID].State == NotAsked {
			continue
		}
		if slices.ContainsFunc(d.Conditions(q), func(c expression.Expression) bool { return !c.Holds(env) }) {
			a[q.ID] = Answer{State: NotRelevant}
		}
	}
}

// Shortest and longest ways through a survey, in questions a person is asked.
func (d Document) Asks() (least, most int) {
	topics := map[string][]int{}
	for _, s := range d.Sections {
		n := s.asks()
		if s.Ask > 0 && s.Ask < n {
			n = s.Ask
		}
		if s.Choice != "" {
			topics[s.Choice] = append(topics[s.Choice], n)
			continue
		}
		most += n
		if s.ShowIf == "" {
			for _, q := range s.Questions {
				if q.Type != TypeNote && q.ShowIf == "" {
					least++
				}
			}
			if s.Ask > 0 && s.Ask < s.asks() {
				least -= s.asks() - s.Ask
			}
		}
	}
	for _, c := range d.Choices {
		sizes := topics[c.ID]
		slices.Sort(sizes)
		n := min(c.Pick+c.Draw, len(sizes))
		for i := range n {
			least += sizes[i]
			most += sizes[len(sizes)-1-i]
		}
	}
	return max(least, 0), most
}

// The keys of what can be wrong with routing, topics and grids.
const (
	RouteBroken   = "route_broken"   // the expression cannot be read
	RouteUnknown  = "route_unknown"  // it names a question that is not there
	RouteLater    = "route_later"    // it looks at itself or at something that is asked later
	RouteWords    = "route_words"    // it looks at somebody's own words, or at a note
	RouteOption   = "route_option"   // it compares with an option that the question does not have
	RouteCurrent  = "route_current"  // "." belongs into a constraint
	RouteNever    = "route_never"    // it holds after no answer at all
	RouteFunction = "route_function" // today or the words of an option: these hang on the day or the language
	ChoiceID      = "choice_id"      //
	ChoiceText    = "choice_text"    //
	ChoiceFew     = "choice_few"     // fewer topics than are asked, so that there is no choice
	ChoiceApart   = "choice_apart"   // its topics do not stand together
	ChoiceUnknown = "choice_unknown" // a section belongs to a choice that is not there
	ChoiceShowIf  = "choice_show_if" // a topic that may fall away cannot be offered
	AskOut        = "section_ask"    //
	GridApart     = "grid_apart"     // the questions of a grid differ in their options, or are one alone
	NumberRange   = "number_range"   //
	NumberBands   = "number_bands"   //
	NoteFields    = "note_fields"    //
)

// routing checks conditions, topics and samples.
func (d Document) routing(c *check) {
	before, wrong := map[string]Question{}, map[string]bool{}
	n := 0
	for si, s := range d.Sections {
		c.place = s.place(si)
		if !d.condition(c, s.ShowIf, before) || !d.together(c, s, Question{}, wrong) {
			wrong[s.ID] = true
		}
		if s.Ask < 0 || s.Ask > s.asks() {
			c.add(AskOut, "ask", strconv.Itoa(s.Ask), "have", strconv.Itoa(s.asks()))
		}
		c.words("section_text", s.Text, maxIntro)
		for _, q := range s.Questions {
			c.place = place(n, q)
			if q.Type != TypeNote {
				n++
			}
			if !d.condition(c, q.ShowIf, before) || !d.together(c, s, q, wrong) {
				wrong[q.ID] = true
			}
			before[q.ID] = q
		}
		d.grids(c, s)
	}
	c.place = nil
	d.topics(c)
}

func (d Document) topics(c *check) {
	known := map[string]Choice{}
	for n, ch := range d.Choices {
		c.place = []string{"choice", strconv.Itoa(n + 1)}
		if !choiceID.MatchString(ch.ID) || known[ch.ID].ID != "" {
			c.add(ChoiceID)
		}
		known[ch.ID] = ch
		if strings.TrimSpace(ch.Text) == "" {
			c.add(ChoiceText)
		}
		c.words("choice", ch.Text, maxText)
		first, last, have := -1, -1, 0
		for i, s := range d.Sections {
			if s.Choice == ch.ID {
				if first < 0 {
					first = i
				}
				last, have = i, have+1
				if s.ShowIf != "" {
					c.add(ChoiceShowIf, "title", s.Title, "where", s.where(i))
				}
			}
		}
		if ch.Pick < 0 || ch.Draw < 0 || ch.Pick+ch.Draw < 1 || ch.Pick+ch.Draw >= have {
			c.add(ChoiceFew, "have", strconv.Itoa(have), "asked", strconv.Itoa(ch.Pick+ch.Draw))
		}
		if have > 0 && last-first+1 != have {
			c.add(ChoiceApart)
		}
	}
	for n, s := range d.Sections {
		c.place = s.place(n)
		if _, ok := known[s.Choice]; s.Choice != "" && !ok {
			c.add(ChoiceUnknown, "choice", s.Choice)
		}
	}
	c.place = nil
}

// grids checks that the questions of a grid stand together and offer the same.
func (d Document) grids(c *check, s Section) {
	seen := map[string]bool{}
	for i := 0; i < len(s.Questions); {
		q := s.Questions[i]
		end := i + 1
		for q.Grid != "" && end < len(s.Questions) && s.Questions[end].Grid == q.Grid {
			end++
		}
		if q.Grid != "" {
			c.place = []string{"question", q.ID, "short", q.Short, "where", q.where()}
			alike := end-i > 1 && !seen[q.Grid] && (q.Type == TypeScale || q.Type == TypeSingle)
			for _, other := range s.Questions[i+1 : end] {
				alike = alike && other.Type == q.Type && slices.Equal(other.Options, q.Options) && other.ShowIf == q.ShowIf
			}
			if !alike {
				c.add(GridApart, "grid", q.Grid)
			}
			c.words("grid", q.Grid, maxText)
			seen[q.Grid] = true
		}
		i = end
	}
}

// number checks the bounds of a number and the bands it is counted in.
func (c *check) number(q Question) bool {
	if q.Min >= q.Max || q.Max-q.Min > 1_000_000 {
		c.add(NumberRange, "min", strconv.Itoa(q.Min), "max", strconv.Itoa(q.Max))
		return false
	}
	good := len(q.Options) >= 2 && q.Options[0].From == q.Min
	for i := 1; i < len(q.Options) && good; i++ {
		good = q.Options[i].From > q.Options[i-1].From && q.Options[i].From <= q.Max
	}
	if !good {
		c.add(NumberBands, "min", strconv.Itoa(q.Min), "max", strconv.Itoa(q.Max))
	}
	return good
}

// Bands are the options a number is counted in: at most five of about the same width, unless cuts say where each but
// the first begins.
func Bands(least, most int, cuts ...int) []Option {
	if len(cuts) == 0 {
		width := (most - least + 5) / 5
		for from := least + width; from <= most; from += width {
			cuts = append(cuts, from)
		}
	}
	starts := append([]int{least}, cuts...)
	var list []Option
	for i, from := range starts {
		to := most
		if i+1 < len(starts) {
			to = starts[i+1] - 1
		}
		label := strconv.Itoa(from) + "–" + strconv.Itoa(to)
		if from == to {
			label = strconv.Itoa(from)
		}
		list = append(list, Option{ID: "b" + strconv.Itoa(i+1), Value: i + 1, Label: label, From: from})
	}
	return list
}

// band is the option that a number is counted under.
func (q Question) band(n int) string {
	id := ""
	for _, o := range q.Options {
		if n >= o.From {
			id = o.ID
		}
	}
	return id
}

// Counted lists the options under which an answer is counted.
func (q Question) Counted(a Answer) []string {
	switch {
	case a.State != Answered || q.Type.IsText():
		return nil
	case q.Type == TypeNumber:
		return []string{q.band(*a.Number)}
	case q.Type == TypeRanking:
		return a.Options[:min(len(a.Options), q.AtMost)]
	}
	return a.Options
}
