// Package surveyfile carries a survey in and out as a file in the bank's own YAML shape.
package surveyfile

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/expression"
	"earshot/internal/ask/survey"
)

// MaxBytes is the largest survey file that is read: far more than a hundred questions need.
const MaxBytes = 1 << 20

// The mistakes of a survey file that a bank cannot have; the rest are the bank's and, in a good file, the document's.
const (
	TooBig       bank.Code = "too_big"
	OwnID        bank.Code = "own_id"
	ScaleOfBank  bank.Code = "scale_of_bank"
	ScaleUnused  bank.Code = "scale_unused"
	ItemUnused   bank.Code = "item_unused"
	NoSections   bank.Code = "no_sections"
	NotQuestions bank.Code = "empty_section"
)

var sentences = map[bank.Code]string{
	TooBig:       "The file is larger than {most} bytes. Split it into several surveys.",
	OwnID:        "The id {id} of a question of your own must begin with own_, so that it is never taken for one of the bank. Call it {want}.",
	ScaleOfBank:  "The bank has a scale {id} already. Leave this one out to use the bank’s, or give it another id.",
	ScaleUnused:  "No question uses the scale {id}. Use it, or take it out.",
	ItemUnused:   "No section asks {id}. Add it to the items of a section, or take it out.",
	NoSections:   "There are no sections, so nothing is asked. Add sections, each with a list of items.",
	NotQuestions: "This section asks nothing. Add items, or take the section out.",
}

var itemKeys = []string{"id", "gateway", "scale", "type", "at_most", "about", "short", "text", "note", "reverse", "favourable",
	"favourable_words", "sensitive", "describes_oneself", "guesses", "aloud", "min", "max", "bands", "show_if", "grid"}

// answers are the kinds of answer that type can name; without it, the scale decides between one of an order and one of a list.
var answers = []string{string(survey.TypeSeveral), string(survey.TypeRanking), string(survey.TypeNumber), string(survey.TypeText),
	string(survey.TypeLongText), string(survey.TypeNote)}

// Read makes a document of a survey file. If there are problems, the document is empty: half a survey is not what
// somebody wrote.
func Read(data []byte, b *bank.Bank) (survey.Document, bank.Problems) {
	if len(data) > MaxBytes {
		return survey.Document{}, bank.Problems{problem(0, "", TooBig, "most", strconv.Itoa(MaxBytes))}
	}
	src, root, ok := bank.ReadSource(data, "survey", "scales", "items", "sections", "choices", "rules")
	if !ok {
		return survey.Document{}, src.Problems()
	}
	r := reader{src: src, root: root, bank: b, scales: map[string]bank.Scale{}, items: map[string]survey.Own{}, used: map[string]bool{},
		rules: map[string]written{}}
	r.head()
	r.readScales()
	r.readItems()
	r.readSections()
	r.readRules()
	if found := src.Problems(); len(found) > 0 {
		return survey.Document{}, found
	}
	// What is left can only be wrong for a survey as a whole.
	r.checkDocument()
	if found := src.Problems(); len(found) > 0 {
		return survey.Document{}, found
	}
	return r.doc, nil
}

type reader struct {
	src    *bank.Source
	root   bank.Fields
	bank   *bank.Bank
	doc    survey.Document
	scales map[string]bank.Scale
	items  map[string]survey.Own
	used   map[string]bool    // paths of the scales and items that something asks for
	asked  []string           // the path of each question, in order
	rules  map[string]written // by the id of the question or section that is asked by it
	names  map[string]string  // id of a question -> its item
}

// written is a condition as it stands in the file, where questions go by their items.
type written struct{ path, text string }

func problem(line int, path string, code bank.Code, pairs ...string) bank.Problem {
	return bank.NewProblem(line, path, code, sentences[code], values(pairs))
}

func values(pairs []string) map[string]string {
	out := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		out[pairs[i]] = pairs[i+1]
	}
	return out
}

func (r *reader) report(path string, code bank.Code, pairs ...string) {
	r.src.Add(problem(r.src.Line(path), path, code, pairs...))
}

func (r *reader) head() {
	if !r.root.Has("survey") {
		r.root.Missing("survey")
		return
	}
	f := r.root.In("survey", "title", "audience", "language", "minutes", "intro")
	r.doc = survey.Document{
		Title: f.Need("title"), Audience: f.Need("audience"), Language: f.Need("language"), Minutes: f.Whole("minutes"), Intro: f.Text("intro"),
	}
	if !f.Has("minutes") {
		f.Missing("minutes")
	}
	if r.doc.Audience != "" && !bank.CanAnswer(r.doc.Audience) {
		var known []string
		for _, a := range r.bank.Audiences {
			if bank.CanAnswer(a.ID) {
				known = append(known, a.ID)
			}
		}
		f.Report("audience", bank.UnknownValue, map[string]string{"value": r.doc.Audience, "known": strings.Join(known, ", ")})
	}
}

func (r *reader) readScales() {
	for _, f := range r.root.Each("scales", bank.ScaleKeys...) {
		s := f.Scale()
		if _, taken := r.bank.Scale(s.ID); taken {
			r.report(f.At("id"), ScaleOfBank, "id", s.ID)
			continue
		}
		if _, taken := r.scales[s.ID]; taken {
			f.Report("id", bank.DuplicateID, map[string]string{"id": s.ID})
		}
		r.scales[s.ID] = s
	}
}

func (r *reader) readItems() {
	for _, f := range r.root.Each("items", itemKeys...) {
		id := f.ID()
		own := survey.Own{
			Item: id, Text: f.Need("text"), Short: f.Text("short"), Note: f.Text("note"), About: bank.About(f.Text("about")),
			Sensitive: f.Text("sensitive"), Gateway: f.Text("gateway"), Origin: survey.FromFile, Reverse: f.Yes("reverse"),
			DescribesOneself: f.Yes("describes_oneself"), Favourable: f.Texts("favourable"), FavourableWords: f.Text("favourable_words"),
			Aloud: f.Yes("aloud"), Guesses: f.Text("guesses"), AtMost: f.Whole("at_most"), ShowIf: f.Text("show_if"), Grid: f.Text("grid"),
		}
		if id != "" && !strings.HasPrefix(id, survey.OwnPrefix) {
			r.report(f.At("id"), OwnID, "id", id, "want", survey.OwnPrefix+id)
		}
		if _, taken := r.items[id]; taken {
			f.Report("id", bank.DuplicateID, map[string]string{"id": id})
		}
		if f.Text("type") != string(survey.TypeNote) {
			f.CheckAbout(own.About)
		}
		f.CheckSensitive(own.Sensitive)
		if _, ok := r.bank.Gateway(own.Gateway); !ok && own.Gateway != "" {
			f.Report("gateway", bank.UnknownGateway, map[string]string{"id": own.Gateway})
		}
		r.kind(f, &own)
		r.items[id] = own
	}
	unused(r, "scales/", r.scales, ScaleUnused)
}

// kind reads how an item is answered.
func (r *reader) kind(f bank.Fields, own *survey.Own) {
	kind := f.Text("type")
	if kind != "" && !slices.Contains(answers, kind) {
		f.Report("type", bank.UnknownValue, map[string]string{"value": kind, "known": strings.Join(answers, ", ")})
		return
	}
	switch own.Type = survey.Type(kind); own.Type {
	case survey.TypeNumber:
		own.Min, own.Max = f.Whole("min"), f.Whole("max")
		for _, from := range f.Texts("bands") {
			n, err := strconv.Atoi(from)
			if err != nil {
				f.Report("bands", bank.UnknownValue, map[string]string{"value": from, "known": "whole numbers"})
				return
			}
			own.Bands = append(own.Bands, n)
		}
		return
	case survey.TypeText, survey.TypeLongText, survey.TypeNote:
		return
	}
	name := f.Need("scale")
	scale, ok := r.scales[name]
	if !ok {
		scale, ok = r.bank.Scale(name)
	}
	r.used["scales/"+name] = true
	switch {
	case name == "":
		return
	case !ok:
		f.Report("scale", bank.UnknownScale, map[string]string{"id": name})
		return
	case own.Favourable != nil || own.FavourableWords != "":
		f.Favourable(scale, own.Favourable, own.FavourableWords)
	}
	if own.Reverse && own.Favourable == nil {
		f.Report("reverse", bank.ReverseAlone, nil)
	}
	own.Scale = scale
}

func (r *reader) readSections() {
	sections := r.root.Each("sections", "title", "gateway", "items", "text", "show_if", "ask", "topic_of")
	if len(sections) == 0 {
		r.report("sections", NoSections)
	}
	for _, f := range sections {
		gateway := f.Text("gateway")
		if _, ok := r.bank.Gateway(gateway); !ok && gateway != "" {
			f.Report("gateway", bank.UnknownGateway, map[string]string{"id": gateway})
		}
		section := r.doc.AddSection(f.Text("title"), gateway)
		r.rules[section] = written{f.At("show_if"), f.Text("show_if")}
		s := &r.doc.Sections[len(r.doc.Sections)-1]
		s.Text, s.ShowIf, s.Ask, s.Choice = f.Text("text"), f.Text("show_if"), f.Whole("ask"), f.Text("topic_of")
		items := f.Texts("items")
		if len(items) == 0 {
			r.report(f.At("items"), NotQuestions)
		}
		for n, id := range items {
			r.ask(section, id, fmt.Sprintf("%s/%d", f.At("items"), n+1))
		}
	}
	unused(r, "items/", r.items, ItemUnused)
}

// readRules reads the choices of topics, and when questions of the bank are asked. Then the conditions, which name
// questions by their items in a file, get the numbers of this document.
func (r *reader) readRules() {
	for _, f := range r.root.Each("choices", "id", "text", "pick", "draw") {
		r.doc.Choices = append(r.doc.Choices, survey.Choice{ID: f.ID(), Text: f.Need("text"), Pick: f.Whole("pick"), Draw: f.Whole("draw")})
	}
	numbers := map[string]string{}
	r.names = map[string]string{}
	for i := range r.doc.Sections {
		for _, q := range r.doc.Sections[i].Questions {
			numbers[q.Item], r.names[q.ID] = q.ID, q.Item
			r.rules[q.ID] = written{"items/" + q.Item + "/show_if", q.ShowIf}
		}
	}
	for _, f := range r.root.Each("rules", "item", "show_if", "grid") {
		item := f.Need("item")
		if numbers[item] == "" && item != "" {
			f.Report("item", bank.UnknownValue, map[string]string{"value": item, "known": "the items of the sections"})
		}
		for i := range r.doc.Sections {
			for j := range r.doc.Sections[i].Questions {
				if q := &r.doc.Sections[i].Questions[j]; q.Item == item && item != "" {
					q.ShowIf, q.Grid = f.Text("show_if"), f.Text("grid")
					r.rules[q.ID] = written{f.At("show_if"), q.ShowIf}
					q.Wording = q.MakeWording()
				}
			}
		}
	}
	for i := range r.doc.Sections {
		s := &r.doc.Sections[i]
		s.ShowIf = rename(s.ShowIf, numbers)
		for j := range s.Questions {
			s.Questions[j].ShowIf = rename(s.Questions[j].ShowIf, numbers)
		}
	}
}

var reference = regexp.MustCompile(`\$\{\s*([A-Za-z_][A-Za-z0-9_.-]*)\s*\}`)

// rename puts other names into the references of an expression; a name that is not known stays, to be found as wrong.
func rename(text string, names map[string]string) string {
	return reference.ReplaceAllStringFunc(text, func(ref string) string {
		name := reference.FindStringSubmatch(ref)[1]
		if to, ok := names[name]; ok {
			name = to
		}
		return "${" + name + "}"
	})
}

func unused[T any](r *reader, under string, all map[string]T, code bank.Code) {
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if !r.used[under+id] && id != "" {
			r.report(under+id, code, "id", id)
		}
	}
}

func (r *reader) ask(section, id, path string) {
	var found []survey.Problem
	if own, ok := r.items[id]; ok {
		path = "items/" + id
		r.used[path] = true
		found = r.doc.AddOwn(section, own)
	} else {
		found = r.doc.AddItem(r.bank, section, id)
	}
	for _, p := range found {
		// One wrong audience is one mistake, not one for each question.
		if p.Key != survey.OtherAudience || bank.CanAnswer(r.doc.Audience) {
			r.survey(path, p)
		}
	}
	if len(found) == 0 {
		r.asked = append(r.asked, path)
	}
}

// checkDocument asks of the whole what a survey made on a page is asked too.
func (r *reader) checkDocument() {
	paths := map[string]string{}
	n := 0
	for _, s := range r.doc.Sections {
		for _, q := range s.Questions {
			paths[q.ID] = r.asked[n]
			n++
		}
	}
	for _, p := range r.doc.Problems() {
		path := "survey"
		if q, ok := paths[p.Values["question"]]; ok {
			path = q
		} else if n := p.Values["section"]; n != "" {
			path = "sections/" + n
		} else if n := p.Values["choice"]; n != "" {
			path = "choices/" + n
		} else if key := headKey(p); key != "" {
			path = "survey/" + key
		}
		r.survey(r.asWritten(path, p))
	}
}

// asWritten puts a condition back as the file has it, with the path of its own line, and the names of the file's items.
func (r *reader) asWritten(path string, p survey.Problem) (string, survey.Problem) {
	if p.Values["expression"] == "" {
		if p.Key == survey.NumberRange && strings.HasPrefix(path, "items/") {
			path += "/min"
		}
		return path, p
	}
	of := p.Values["question"]
	if of == "" {
		n, _ := strconv.Atoi(p.Values["section"])
		of = r.doc.Sections[n-1].ID
	}
	rule := r.rules[of]
	values := maps.Clone(p.Values)
	values["expression"], values["part"], values["near"] = rule.text, rename(values["part"], r.names), "its end"
	if p.Values["part"] == p.Values["expression"] {
		values["part"] = rule.text
	}
	if name, ok := r.names[values["ref"]]; ok {
		values["ref"] = name
	}
	var bad *expression.Error
	if _, err := expression.Parse(rule.text); errors.As(err, &bad) {
		if rest := []rune(rule.text); bad.At <= len(rest) && bad.Key != expression.Unfinished {
			values["near"] = "“" + string(rest[bad.At-1:min(bad.At+19, len(rest))]) + "”"
		}
	}
	return rule.path, survey.Problem{Key: p.Key, Values: values}
}

// headKey is the key of survey that a problem of the whole document belongs to.
func headKey(p survey.Problem) string {
	switch p.Key {
	case survey.LanguageUnknown:
		return "language"
	case survey.MinutesOut:
		return "minutes"
	}
	return p.Values["what"]
}

// survey reports a document's problem at a path, in the words for a file.
func (r *reader) survey(path string, p survey.Problem) {
	sentence, ok := documentSentences[p.Key]
	if !ok { // kept from happening by a test
		sentence = "This will not do (" + p.Key + ")."
	}
	r.src.Add(bank.NewProblem(r.src.Line(path), path, bank.Code(p.Key), sentence, p.Values))
}
