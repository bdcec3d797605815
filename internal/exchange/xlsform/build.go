package xlsform

import (
	"slices"
	"strconv"
	"strings"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
)

// origin is what stood where in a file: it lets the same file be written again.
type origin struct {
	rows   map[int]string // row of survey -> key of the line of the document that stands there
	names  map[string]string
	lists  map[string]string            // question -> name of its list
	option map[string]map[string]string // list -> option -> name of the choice
	scales map[string]bank.Scale        // list -> what it is
	// languages are those that have columns, whether or not anything stands in them
	languages []string
}

// build makes the document.
func (r *reader) build() {
	r.origin = origin{rows: map[int]string{}, names: map[string]string{}, lists: map[string]string{}, option: map[string]map[string]string{}, scales: map[string]bank.Scale{}}
	for _, language := range r.tongues {
		r.origin.languages = append(r.origin.languages, language.code)
	}
	for name, l := range r.lists {
		r.origin.option[name], r.origin.scales[name] = map[string]string{}, l.scale
		for _, c := range l.options {
			r.origin.option[name][c.id] = c.name
		}
	}
	r.frame()
	taken := map[string]bool{}
	for _, p := range r.parts {
		id := r.doc.AddSection(r.title(p), r.gateway(partSection, p.name))
		s := &r.doc.Sections[len(r.doc.Sections)-1]
		for _, g := range p.conds() {
			s.ShowIf = both(s.ShowIf, r.toDocument(g.cond))
		}
		s.Ask = r.factWhole(partSection, p.name, "ask")
		s.Choice = r.topic(p)
		if p.page > 0 {
			s.Text = r.survey.get(p.page, "label")
			r.say("page", "", s.Text, r.survey, p.page)
			r.origin.rows[p.page] = pageKey(id)
			r.origin.names[pageKey(id)] = r.survey.get(p.page, "name")
		}
		if p.group != nil && p.first {
			r.origin.rows[p.group.row], r.origin.rows[p.group.end] = sectionKey(id), endKey(sectionKey(id))
			r.origin.names[sectionKey(id)] = p.group.name
		} else {
			r.origin.names[outsideKey(id)] = p.name
		}
		for _, q := range p.asked {
			r.add(id, q, taken)
		}
	}
	if r.doc.Minutes == 0 {
		r.doc.Minutes = min(max(1, (len(r.doc.Questions())+2)/3), survey.MaxMinutes)
	}
	if _, said := r.facts[partSurvey+"/"]; !said && slices.ContainsFunc(r.asked, func(q *asked) bool { return q.kind != noted }) {
		p := r.at(nil, 0, "", noteAbout, notes[noteAbout], "about", strings.ReplaceAll(string(r.opt.About), "_", " "))
		r.notes = append(Problems{p}, r.notes...)
	}
}

// frame reads what stands around the questions: introduction, choices of topics.
func (r *reader) frame() {
	r.said = append(r.said, said{part: "title", text: r.doc.Title})
	if r.intro > 0 {
		r.doc.Intro = r.survey.get(r.intro, "label")
		r.say("intro", "", r.doc.Intro, r.survey, r.intro)
		r.origin.rows[r.intro], r.origin.names["intro"] = "intro", r.survey.get(r.intro, "name")
	}
	for _, row := range r.choice {
		name := r.survey.get(row, "name")
		c := survey.Choice{ID: r.doc.NextChoice(), Text: r.survey.get(row, "label"), Pick: r.factWhole(partChoice, name, "pick"), Draw: r.factWhole(partChoice, name, "draw")}
		r.doc.Choices = append(r.doc.Choices, c)
		r.say("choice", "", c.Text, r.survey, row)
		r.origin.rows[row], r.origin.names[choiceKey(c.ID)] = choiceKey(c.ID), name
	}
}

// topic is the choice that a part is a topic of.
func (r *reader) topic(p *part) string {
	name := r.fact(partSection, p.name, "topic_of")
	if name == "" {
		return ""
	}
	for _, c := range r.doc.Choices {
		if r.origin.names[choiceKey(c.ID)] == name {
			return c.ID
		}
	}
	var known []string
	for _, c := range r.doc.Choices {
		known = append(known, r.origin.names[choiceKey(c.ID)])
	}
	r.report(r.voice, r.facts[partSection+"/"+p.name], "topic_of", valueUnknown, "value", name, "known", strings.Join(known, ", "))
	return ""
}

// title is the label of the group that a part stands in; where there is none, and there are other parts, that of the form.
func (r *reader) title(p *part) string {
	for g := p.group; g != nil; g = g.parent {
		if g.label != "" {
			r.say("section", "", g.label, r.survey, g.row)
			if !p.first || g != p.group {
				r.note(r.survey, p.row, "", noteTitled, "title", g.label)
			}
			return g.label
		}
	}
	if len(r.parts) == 1 {
		return ""
	}
	r.note(r.survey, p.row, "", noteTitled, "title", r.doc.Title)
	r.said = append(r.said, said{part: "section", text: r.doc.Title})
	return r.doc.Title
}

// add adds a question or note to the document.
func (r *reader) add(section string, q *asked, taken map[string]bool) {
	t := r.survey
	fact := func(column string) string { return r.fact(partQuestion, q.name, column) }
	own := survey.Own{Text: q.text, Origin: survey.FromFile, ShowIf: r.toDocument(q.cond)}
	r.say("text", "", q.text, t, q.row)
	r.origin.rows[q.row], r.origin.names[q.id] = q.id, q.name
	q.item = r.item(q, fact("item"), taken)
	own.Item = q.item
	if q.kind == noted {
		own.Type = survey.TypeNote
		if !strings.HasPrefix(own.Item, survey.OwnPrefix) {
			own.Item = survey.OwnPrefix + own.Item
		}
		r.found(q, r.doc.AddOwn(section, own))
		return
	}
	if q.grid != nil {
		own.Grid = q.grid.label
		if _, ok := r.origin.names[gridKey(q.id)]; !ok && r.origin.rows[q.grid.row] == "" {
			r.origin.rows[q.grid.row], r.origin.rows[q.grid.end] = gridKey(q.id), endKey(gridKey(q.id))
			r.origin.names[gridKey(q.id)] = q.grid.name
			r.say("grid", "", q.grid.label, t, q.grid.row)
		}
	}
	own.Short, own.Note, own.FavourableWords = fact("short"), fact("note"), fact("favourable_words")
	own.About = bank.About(r.factOf(partQuestion, q.name, "about", texts(bank.Abouts())))
	if own.About == "" {
		own.About = r.opt.About
	}
	own.Sensitive, own.Gateway = r.factOf(partQuestion, q.name, "sensitive", bank.Sensitivities()), r.gateway(partQuestion, q.name)
	own.Guesses = fact("guesses")
	own.DescribesOneself, own.Aloud, own.Reverse = isYes(fact("describes_oneself")), isYes(fact("aloud")), isYes(fact("reverse"))
	for _, name := range strings.Fields(fact("favourable")) {
		own.Favourable = append(own.Favourable, q.list.optionID(name))
	}
	r.answered(q, &own)
	if !strings.HasPrefix(own.Item, survey.OwnPrefix) && r.fromBank(section, q, own) {
		return
	}
	if !strings.HasPrefix(own.Item, survey.OwnPrefix) {
		r.note(t, q.row, "label", noteWords, "item", own.Item)
		own.Item = r.free(own.Item, taken)
	}
	r.found(q, r.doc.AddOwn(section, own))
}

// answered says how a question is answered.
func (r *reader) answered(q *asked, own *survey.Own) {
	switch q.kind {
	case number, slider:
		own.Type, own.Min, own.Max = survey.TypeNumber, q.min, q.max
		for _, from := range strings.Fields(r.fact(partQuestion, q.name, "bands")) {
			n, err := strconv.Atoi(from)
			if err != nil {
				r.report(r.voice, r.facts[partQuestion+"/"+q.name], "bands", wholeNumber, "value", from)
				return
			}
			own.Bands = append(own.Bands, n)
		}
	case written:
		own.Type = r.textType(q)
	default:
		own.Scale = q.list.scale
		r.origin.lists[q.id] = q.list.name
		r.chosen(q, own)
	}
}

// chosen keeps the translations of the choices, and takes the order out of a list for questions with several answers.
func (r *reader) chosen(q *asked, own *survey.Own) {
	around := labelsOf(own.Scale.Options)
	for i, c := range q.list.options {
		r.say("option", around, own.Scale.Options[i].Label, r.choices, c.row)
		if c.name != c.id {
			r.note(r.choices, c.row, "name", noteNamed, "name", c.name, "id", c.id)
		}
	}
	if q.kind == selectOne {
		return
	}
	own.Scale.Kind, own.Scale.Favourable, own.Scale.FavourableWords = bank.Choice, nil, ""
	own.Scale.Options = slices.Clone(own.Scale.Options)
	for i := range own.Scale.Options {
		own.Scale.Options[i].Value = 0
	}
	if own.Type, own.AtMost = survey.TypeSeveral, q.most; q.kind == ranked {
		own.Type, own.AtMost = survey.TypeRanking, r.factWhole(partQuestion, q.name, "places")
		if own.AtMost == 0 {
			r.note(r.survey, q.row, "type", noteRank, "places", strconv.Itoa(max(2, min(3, len(own.Scale.Options)-1))))
		}
	}
}

func labelsOf(options []bank.Option) string {
	var labels []string
	for _, o := range options {
		labels = append(labels, o.Label)
	}
	return strings.Join(labels, "\x00")
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// item is the id of a question: that of _voice if it can be one, and otherwise made of its name.
func (r *reader) item(q *asked, said string, taken map[string]bool) string {
	if _, ok := r.bank.Item(said); said != "" && !taken[said] && (ok && q.kind != noted || strings.HasPrefix(said, survey.OwnPrefix) && bank.IsID(said)) {
		taken[said] = true
		return said
	}
	name := q.name
	if strings.HasPrefix(name, survey.OwnPrefix) && bank.IsID(name) {
		name = strings.TrimPrefix(name, survey.OwnPrefix)
	}
	return r.free(idOf(name), taken)
}

// free is an item of one's own that nothing else has.
func (r *reader) free(id string, taken map[string]bool) string {
	if id == "" {
		id = "question"
	}
	for n, want := 1, survey.OwnPrefix+cut(id, 56); ; n++ {
		if n > 1 {
			want = survey.OwnPrefix + cut(id, 52) + "_" + strconv.Itoa(n)
		}
		if !taken[want] {
			taken[want] = true
			return want
		}
	}
}

// fromBank adds a question as the bank has it, if the file has the same words and choices.
func (r *reader) fromBank(section string, q *asked, own survey.Own) bool {
	read := survey.Document{Audience: r.doc.Audience}
	read.AddOwn("", own)
	theirs := survey.Document{Audience: r.doc.Audience}
	if found := theirs.AddItem(r.bank, "", own.Item); len(found) > 0 {
		r.found(q, found)
		return true
	}
	same := theirs.Sections[0].Questions[0]
	same.Grid = own.Grid
	if same.MakeWording() != read.Sections[0].Questions[0].MakeWording() {
		return false
	}
	r.found(q, r.doc.AddItem(r.bank, section, own.Item))
	list := r.doc.Sections[len(r.doc.Sections)-1].Questions
	last := &list[len(list)-1]
	last.ShowIf, last.Grid = own.ShowIf, own.Grid
	last.Wording = last.MakeWording()
	return true
}

// say keeps a text, to look for its translations.
func (r *reader) say(part, around, text string, t *table, row int) {
	r.said = append(r.said, said{part, around, text, t, row})
}
