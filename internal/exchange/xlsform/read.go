// Package xlsform carries a survey in and out as an XLSForm: a workbook with the sheets survey, choices and settings, as
// ODK, Kobo and others use them. What XLSForm has no place for stands in two sheets of our own, _voice and _scales, which
// those pass over. docs/decisions/0021-xlsform.md says what is read, what is refused and what is only kept.
package xlsform

import (
	"slices"
	"strings"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
)

// Options are what somebody says beside a file that does not say it itself.
type Options struct {
	Audience string     // who will answer
	About    bank.About // what its questions are about; empty: the school, so that no class is shown alone
	Title    string     // for a form without one, such as the name of its file
}

// Form is what was read.
type Form struct {
	Document survey.Document
	// Translations are drafts: language -> key of survey.Words -> text.
	Translations map[string]map[string]string
	Notes        Problems // what somebody should know, though nothing keeps the form from being used
}

// Read makes a survey of a workbook. If there are problems the form is empty, and they say all that is wrong at once.
func Read(data []byte, b *bank.Bank, o Options) (Form, Problems) {
	sheets, problems := open(data)
	if len(problems) > 0 {
		return Form{}, problems
	}
	r := newReader(sheets, b, o)
	form, problems := r.read()
	if len(problems) > 0 {
		return Form{}, problems
	}
	r.keep(&form)
	return form, nil
}

// reader reads one workbook and remembers what stood where.
type reader struct {
	bank            *bank.Bank
	opt             Options
	sheets          []sheet
	problems, notes Problems

	survey, choices, settings, voice, scales *table

	def     tongue   // the language the form is written in
	tongues []tongue // the others that Earshot asks in

	facts map[string]int   // part/name of _voice -> row
	about map[string]int   // list -> row of _scales
	lists map[string]*list // by name
	names map[string]named // everything that has a name in survey

	asked   []*asked // questions and notes, in order
	parts   []*part
	choice  []int // rows of the texts over choices of topics
	intro   int   // row of the introduction
	outside int   // parts outside groups so far
	doc     survey.Document
	said    []said
	origin  origin
}

// named is what a name of the form stands for.
type named struct {
	row  int
	kind string // question, group, silent, or part of the frame
	ask  *asked
}

// said is a text with its translations: row is where it stands.
type said struct {
	part, around, text string
	t                  *table
	row                int
}

func newReader(sheets []sheet, b *bank.Bank, o Options) *reader {
	if o.About == "" {
		o.About = bank.AboutSchool
	}
	return &reader{bank: b, opt: o, sheets: sheets, facts: map[string]int{}, about: map[string]int{}, lists: map[string]*list{}, names: map[string]named{}}
}

func (r *reader) read() (Form, Problems) {
	if !r.findSheets() {
		return Form{}, r.problems
	}
	r.languages()
	r.readVoice()
	r.readSettings()
	r.readChoices()
	r.walk()
	r.unused()
	if len(r.problems) == 0 {
		r.rules()
	}
	if len(r.problems) == 0 {
		r.build()
	}
	if len(r.problems) == 0 {
		r.checkDocument()
	}
	form := Form{}
	if len(r.problems) == 0 {
		form = Form{Document: r.doc, Translations: r.translate()}
	}
	r.sort()
	if len(r.problems) > 0 {
		return Form{}, r.problems
	}
	form.Notes = r.notes
	return form, nil
}

// sort puts problems and notes in the order of the sheets and their rows.
func (r *reader) sort() {
	order := func(p Problem) int {
		return slices.IndexFunc(r.sheets, func(s sheet) bool { return s.name == p.Sheet })
	}
	for _, list := range []Problems{r.problems, r.notes} {
		slices.SortStableFunc(list, func(a, b Problem) int {
			if n := order(a) - order(b); n != 0 {
				return n
			}
			return a.Row - b.Row
		})
	}
}

// ours are the sheets that mean something, and refused those that ask for what Earshot does not do.
var (
	ours    = []string{"survey", "choices", "settings", "_voice", "_scales"}
	refused = []string{"entities", "external_choices", "osm"}
)

func (r *reader) findSheets() bool {
	found := map[string]sheet{}
	for _, s := range r.sheets {
		name := strings.ToLower(strings.TrimSpace(s.name))
		if _, twice := found[name]; twice && slices.Contains(ours, name) {
			r.problems = append(r.problems, Problem{Sheet: quoted(s.name), Code: sheetTwice, Message: say(sentences[sheetTwice], "sheet", name)})
		}
		if slices.Contains(refused, name) && len(s.rows) > 1 {
			r.problems = append(r.problems, Problem{Sheet: quoted(s.name), Code: sheetRefused, Message: say(sentences[sheetRefused], "sheet", s.name)})
		}
		found[name] = s
	}
	get := func(name string, names map[string]string) *table {
		if s, ok := found[name]; ok {
			return newTable(s, names)
		}
		return nil
	}
	r.survey, r.choices, r.settings = get("survey", surveyNames), get("choices", choiceNames), get("settings", settingNames)
	r.voice, r.scales = get("_voice", nil), get("_scales", nil)
	if r.survey == nil {
		if near := r.near("survey"); near != "" {
			r.problems = append(r.problems, Problem{Code: sheetNear, Message: say(sentences[sheetNear], "sheet", "survey", "near", near)})
		} else {
			r.problems = append(r.problems, Problem{Code: sheetMissing, Message: say(sentences[sheetMissing], "sheet", "survey")})
		}
		return false
	}
	if near := r.near("settings"); r.settings == nil && near != "" {
		r.notes = append(r.notes, Problem{Code: noteNear, Message: say(notes[noteNear], "sheet", "settings", "near", near)})
	}
	whole := true
	for _, need := range []string{"type", "name"} {
		if _, ok := r.survey.column(need); !ok {
			r.report(r.survey, 1, "", columnMissing, "column", need)
			whole = false
		}
	}
	return whole
}

// near is a sheet that is called almost so; empty if there is none.
func (r *reader) near(name string) string {
	for _, s := range r.sheets {
		have := strings.ToLower(strings.TrimSpace(s.name))
		if !slices.Contains(ours, have) && !strings.HasPrefix(have, "_") && len(have) < 40 && distance(have, name) <= 2 {
			return s.name
		}
	}
	return ""
}

// distance is how many letters have to be changed, added or taken out to make one word of another.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := before
			if a[i] != b[j] {
				cost++
			}
			before = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// languages finds the language the form is written in, and gives the columns of the others their codes.
func (r *reader) languages() {
	var all []string
	bare := false
	for _, t := range []*table{r.survey, r.choices} {
		if t == nil {
			continue
		}
		for _, h := range t.headers {
			if h.base == "label" && h.language != "" && !slices.Contains(all, h.language) {
				all = append(all, h.language)
			}
			bare = bare || h.base == "label" && h.language == "" && t == r.survey
		}
	}
	want := r.settings.get(2, "default_language")
	r.def = tongue{want, codeOf(want)}
	same := func(language string) bool {
		return strings.EqualFold(language, r.def.text) || r.def.code != "" && codeOf(language) == r.def.code
	}
	switch i := slices.IndexFunc(all, same); {
	case want != "" && i >= 0:
		r.def = tongue{all[i], codeOf(all[i])}
	case want == "" && (bare || len(all) == 0):
		r.def = tongue{"", r.bank.Language}
	case len(all) > 0 && !bare:
		r.def = tongue{all[0], codeOf(all[0])}
	}
	if r.def.code == "" {
		r.problems = append(r.problems, Problem{Sheet: r.survey.sheet, Code: languageNone, Message: say(sentences[languageNone], "language", r.def.text)})
		r.def.code = r.bank.Language // to go on looking for mistakes
	}
	for _, t := range []*table{r.survey, r.choices} {
		if t != nil {
			r.headers(t)
		}
	}
}

func (r *reader) headers(t *table) {
	seen := map[string]bool{}
	for i := range t.headers {
		h := &t.headers[i]
		if strings.TrimSpace(h.text) == "" {
			h.key = ""
			continue
		}
		if h.language != "" {
			code := codeOf(h.language)
			l, asks := words.Find(code)
			switch {
			case strings.EqualFold(h.language, r.def.text) || code == r.def.code && code != "":
				h.key = h.base
			case asks && l.Code != "en":
				h.key = h.base + "::" + l.Code
				if h.base == "label" && !slices.ContainsFunc(r.tongues, func(o tongue) bool { return o.code == l.Code }) {
					r.tongues = append(r.tongues, tongue{h.language, l.Code})
				}
			default:
				h.key = ""
				code := noteLanguage
				if asks {
					code = noteEnglish
				}
				if h.base == "label" {
					r.notes = append(r.notes, Problem{Sheet: t.sheet, Row: 1, Column: i + 1, Header: quoted(h.text), Code: code, Message: say(notes[code], "language", h.language)})
				}
			}
		} else if slices.Contains(spoken, h.base) && r.def.text != "" {
			if slices.ContainsFunc(t.headers, func(o header) bool { return o.base == h.base && strings.EqualFold(o.language, r.def.text) }) {
				h.key = "" // the column with the language goes before
			} else if h.base == "label" {
				r.notes = append(r.notes, Problem{Sheet: t.sheet, Row: 1, Column: i + 1, Header: quoted(h.text), Code: noteBare, Message: say(notes[noteBare], "language", r.def.text)})
			}
		}
		if h.key != "" && seen[h.key] {
			r.report(t, 1, h.key, columnTwice, "column", h.key)
		}
		seen[h.key] = true
	}
}
