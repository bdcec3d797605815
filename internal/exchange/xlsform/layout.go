package xlsform

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/expression"
	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
)

// line is a row of a sheet as the document has it: texts by the keys of headers.
type line struct {
	key   string // of what stands there, the same as long as it is the same thing
	cells map[string]string
}

// plan is a document laid out in sheets.
type plan struct {
	survey, choices []line
	settings        map[string]string
	voice, scales   [][]string
	languages       []string // codes
}

// The keys of lines that are no questions; those have their ids.
func sectionKey(id string) string { return "section " + id }
func outsideKey(id string) string { return "outside " + id }
func pageKey(id string) string    { return "page " + id }
func choiceKey(id string) string  { return "choice " + id }
func gridKey(first string) string { return "grid " + first }
func endKey(of string) string     { return "end of " + of }

// layer lays a document out.
type layer struct {
	plan
	flat    bool
	d       survey.Document
	bank    *bank.Bank
	from    origin                       // names to keep
	said    map[string]map[string]string // translations
	keys    map[[3]string]string
	missing map[string]bool   // language and text, said once
	names   map[string]bool   // taken in survey
	nameOf  map[string]string // key -> name
	lists   map[string]string // what a list says -> its name
	listOf  map[string]string // question -> list
	done    map[string]bool   // lists that are laid out
	base    map[string]bank.Scale
}

// lay lays out a document with its translations; names that a file gave are kept. Flat makes a group of every section, also of
// those that stood in none.
func lay(d survey.Document, said map[string]map[string]string, b *bank.Bank, from origin, flat bool) plan {
	l := &layer{flat: flat, d: d, bank: b, from: from, said: said, keys: wordKeys(d), missing: map[string]bool{}, names: map[string]bool{}, nameOf: map[string]string{},
		lists: map[string]string{}, listOf: map[string]string{}, done: map[string]bool{}}
	l.chooseLanguages()
	l.said = map[string]map[string]string{}
	for _, code := range l.languages {
		l.said[code] = d.Said(code, said[code])
	}
	l.chooseNames()
	l.voice = append(l.voice, slices.Clone(voiceColumns))
	l.scales = append(l.scales, slices.Clone(scaleColumns))
	l.fact(partSurvey, "", map[string]string{"audience": d.Audience, "language": d.Language, "minutes": strconv.Itoa(d.Minutes)})
	l.setSettings()
	if d.Intro != "" {
		l.row("intro", l.nameOf["intro"], "note", "", l.labels("intro", "", d.Intro))
		l.fact(partIntro, l.nameOf["intro"], nil)
	}
	written := map[string]bool{}
	for _, s := range d.Sections {
		if s.Choice != "" && !written[s.Choice] {
			written[s.Choice] = true
			l.topics(s.Choice)
		}
		l.section(s, l.isOutside(s))
	}
	l.restScales()
	for _, code := range l.languages {
		for _, text := range slices.Sorted(maps.Keys(l.missing)) {
			if language, words, _ := strings.Cut(text, " "); language == code {
				l.fact(partUntranslated, code, map[string]string{"text": words})
			}
		}
	}
	return l.plan
}

// chooseLanguages takes the languages in which at least one piece of the document is said.
func (l *layer) chooseLanguages() {
	here := map[string]bool{}
	for _, key := range l.keys {
		here[key] = true
	}
	for _, language := range words.Languages() {
		if slices.Contains(l.from.languages, language.Code) {
			l.languages = append(l.languages, language.Code)
			continue
		}
		for key, text := range l.said[language.Code] {
			if here[key] && strings.TrimSpace(text) != "" {
				l.languages = append(l.languages, language.Code)
				break
			}
		}
	}
}

// chooseNames gives everything a name: that of the file it came from, or one made of what it is.
func (l *layer) chooseNames() {
	type want struct{ key, name string }
	var all []want
	all = append(all, want{"intro", "intro"})
	for i, c := range l.d.Choices {
		all = append(all, want{choiceKey(c.ID), "choice_" + strconv.Itoa(i+1)})
	}
	grids := 0
	for i, s := range l.d.Sections {
		part := "part_" + strconv.Itoa(i+1)
		all = append(all, want{sectionKey(s.ID), part}, want{pageKey(s.ID), part + "_page"})
		for _, q := range s.Questions {
			grids++
			all = append(all, want{q.ID, q.Item}, want{gridKey(q.ID), "grid_" + strconv.Itoa(grids)})
		}
	}
	for _, name := range l.from.names {
		l.names[name] = true
	}
	for _, w := range all {
		name, kept := l.from.names[w.key]
		for n := 1; !kept && (name == "" || l.names[name]); n++ {
			if name = w.name; n > 1 {
				name += "_" + strconv.Itoa(n)
			}
		}
		l.nameOf[w.key], l.names[name] = name, true
	}
}

// isOutside says whether a section is to stand outside groups, as in the file it came from.
func (l *layer) isOutside(s survey.Section) bool {
	_, outside := l.from.names[outsideKey(s.ID)]
	return outside && !l.flat || len(l.d.Sections) == 1 && s.Title == ""
}

func (l *layer) fact(part, name string, values map[string]string) {
	row := make([]string, len(voiceColumns))
	row[0], row[1] = part, name
	for k, v := range values {
		row[slices.Index(voiceColumns, k)] = v
	}
	l.voice = append(l.voice, row)
}

// labels are the words of a piece in every language: where a translation is missing, as they stand in the document.
func (l *layer) labels(part, around, text string) map[string]string {
	cells := map[string]string{"label": text}
	if text == "" {
		return cells
	}
	key := l.keys[[3]string{part, around, text}]
	for _, code := range l.languages {
		t := strings.TrimSpace(l.said[code][key])
		if t == "" {
			t = text
			l.missing[code+" "+text] = true
		}
		cells["label::"+code] = t
	}
	return cells
}

func (l *layer) row(key, name, kind, relevant string, cells map[string]string) {
	cells["name"], cells["type"], cells["relevant"] = name, kind, l.toFile(relevant)
	l.survey = append(l.survey, line{key, cells})
}

// toFile puts the names of the file into a condition.
func (l *layer) toFile(text string) string {
	e, err := expression.Parse(text)
	if err != nil || text == "" {
		return text
	}
	return e.Renamed(func(id string) string {
		if name := l.nameOf[id]; name != "" {
			return name
		}
		return id
	}, func(question, option string) string { return l.optionName(l.listOf[question], option) })
}

func (l *layer) optionName(list, option string) string {
	if name := l.from.option[list][option]; name != "" {
		return name
	}
	return option
}

func (l *layer) setSettings() {
	language := headerFor(l.d.Language)
	l.settings = map[string]string{"form_title": l.d.Title, "form_id": slug(l.d.Title), "version": l.d.Hash()[:12], "default_language": language}
	for code, text := range l.labels("title", "", l.d.Title) {
		if _, code, ok := strings.Cut(code, "::"); ok {
			if !l.missing[code+" "+l.d.Title] {
				l.fact(partTitle, code, map[string]string{"text": text})
			}
		}
	}
	slices.SortFunc(l.voice[2:], func(a, b []string) int { return strings.Compare(a[1], b[1]) })
}

var notInSlug = regexp.MustCompile(`[^a-z0-9]+`)

func slug(title string) string {
	if s := strings.Trim(notInSlug.ReplaceAllString(strings.ToLower(title), "_"), "_"); s != "" {
		return cut(s, 60)
	}
	return "survey"
}

// topics writes the words over a choice of topics.
func (l *layer) topics(id string) {
	for _, c := range l.d.Choices {
		if name := l.nameOf[choiceKey(id)]; c.ID == id {
			l.row(choiceKey(id), name, "note", "", l.labels("choice", "", c.Text))
			l.fact(partChoice, name, map[string]string{"pick": strconv.Itoa(c.Pick), "draw": strconv.Itoa(c.Draw)})
		}
	}
}

func (l *layer) section(s survey.Section, outside bool) {
	name := l.nameOf[sectionKey(s.ID)]
	if outside {
		if name = l.from.names[outsideKey(s.ID)]; name == "" {
			name = "outside_1"
		}
	}
	facts := map[string]string{"gateway": s.Gateway}
	if s.Ask > 0 {
		facts["ask"] = strconv.Itoa(s.Ask)
	}
	if s.Choice != "" {
		facts["topic_of"] = l.nameOf[choiceKey(s.Choice)]
	}
	if s.Gateway != "" || len(facts) > 1 {
		l.fact(partSection, name, facts)
	}
	if !outside {
		l.row(sectionKey(s.ID), name, "begin_group", s.ShowIf, l.labels("section", "", s.Title))
	}
	if s.Text != "" {
		l.row(pageKey(s.ID), l.nameOf[pageKey(s.ID)], "note", "", l.labels("page", "", s.Text))
		l.fact(partPage, l.nameOf[pageKey(s.ID)], nil)
	}
	for i := 0; i < len(s.Questions); {
		q := s.Questions[i]
		end := i + 1
		for q.Grid != "" && end < len(s.Questions) && s.Questions[end].Grid == q.Grid {
			end++
		}
		if q.Grid != "" {
			cells := l.labels("grid", "", q.Grid)
			cells["appearance"] = "table-list"
			l.row(gridKey(q.ID), l.nameOf[gridKey(q.ID)], "begin_group", q.ShowIf, cells)
		}
		for _, q := range s.Questions[i:end] {
			l.question(q)
		}
		if q.Grid != "" {
			l.end(gridKey(q.ID))
		}
		i = end
	}
	if !outside {
		l.end(sectionKey(s.ID))
	}
}

func (l *layer) end(of string) {
	l.survey = append(l.survey, line{endKey(of), map[string]string{"type": "end_group"}})
}

func (l *layer) question(q survey.Question) {
	cells := l.labels("text", "", q.Text)
	kind, relevant := "", q.ShowIf
	facts := map[string]string{"item": q.Item, "wording": q.Wording, "about": string(q.About), "sensitive": q.Sensitive, "gateway": q.Gateway, "short": q.Short,
		"note": q.Note, "describes_oneself": yes(q.DescribesOneself), "guesses": q.Guesses, "aloud": yes(q.Aloud), "reverse": yes(q.Reverse)}
	switch q.Type {
	case survey.TypeNote:
		kind, facts = "note", map[string]string{"item": q.Item}
	case survey.TypeText:
		kind = "text"
	case survey.TypeLongText:
		kind, cells["appearance"] = "text", "multiline"
	case survey.TypeNumber:
		kind, cells["constraint"] = "integer", ". >= "+strconv.Itoa(q.Min)+" and . <= "+strconv.Itoa(q.Max)
		facts["favourable"], facts["favourable_words"] = strings.Join(q.Favourable, " "), q.FavourableWords
		var from []string
		for _, o := range q.Options[1:] {
			from = append(from, strconv.Itoa(o.From))
		}
		facts["bands"] = strings.Join(from, " ")
	default:
		kind = l.choose(q, cells, facts)
	}
	if q.Grid != "" {
		relevant = ""
		delete(cells, "appearance")
	}
	l.row(q.ID, l.nameOf[q.ID], kind, relevant, cells)
	l.fact(partQuestion, l.nameOf[q.ID], facts)
}

func yes(v bool) string {
	if v {
		return "yes"
	}
	return ""
}
