package xlsform

import (
	"slices"
	"strconv"
	"strings"

	"earshot/internal/ask/bank"
)

// voiceColumns are those of _voice, which says of a row of survey, by its name, what XLSForm has no column for.
var voiceColumns = []string{"part", "name", "item", "wording", "about", "sensitive", "describes_oneself", "guesses", "aloud", "gateway", "short", "note",
	"reverse", "favourable", "favourable_words", "bands", "places", "ask", "topic_of", "pick", "draw", "audience", "language", "minutes", "text"}

// scaleColumns are those of _scales, which says how the choices of a list belong together.
var scaleColumns = []string{"list_name", "kind", "favourable_words"}

// The parts of a form that _voice tells apart.
const (
	partSurvey       = "survey"       // the whole
	partTitle        = "title"        // its title in another language, which is the name
	partIntro        = "intro"        // a note that is the introduction
	partChoice       = "choice"       // a note over a choice of topics
	partPage         = "page"         // a note that is a page of its own before a part
	partSection      = "section"      // a group, or the questions outside groups: outside_1
	partQuestion     = "question"     //
	partUntranslated = "untranslated" // a text that stands in the language of the form for want of a translation
)

var voiceParts = []string{partSurvey, partTitle, partIntro, partChoice, partPage, partSection, partQuestion, partUntranslated}

// readVoice finds the rows of our own sheets.
func (r *reader) readVoice() {
	for row := 2; row <= r.voice.last(); row++ {
		part, name := r.voice.get(row, "part"), r.voice.get(row, "name")
		if part == "" && r.voice.blank(row) {
			continue
		}
		if !slices.Contains(voiceParts, part) {
			r.report(r.voice, row, "part", valueUnknown, "value", part, "known", strings.Join(voiceParts, ", "))
			continue
		}
		if part == partUntranslated {
			name += "/" + r.voice.get(row, "text")
		}
		r.facts[part+"/"+name] = row
	}
	for row := 2; row <= r.scales.last(); row++ {
		if name := r.scales.get(row, "list_name"); name != "" {
			r.about[name] = row
			if kind := bank.Kind(r.scales.get(row, "kind")); kind != "" && !slices.Contains(bank.Kinds(), kind) {
				r.report(r.scales, row, "kind", valueUnknown, "value", string(kind), "known", join(bank.Kinds()))
			}
		}
	}
}

// fact is what _voice says of something; empty if it says nothing.
func (r *reader) fact(part, name, column string) string {
	row, ok := r.facts[part+"/"+name]
	if !ok {
		return ""
	}
	return r.voice.get(row, column)
}

// factWhole reads a whole number; 0 if there is none.
func (r *reader) factWhole(part, name, column string) int {
	text := r.fact(part, name, column)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		r.report(r.voice, r.facts[part+"/"+name], column, wholeNumber, "value", text)
	}
	return n
}

// factOf reads one of a few values; anything else is reported.
func (r *reader) factOf(part, name, column string, known []string) string {
	v := r.fact(part, name, column)
	if v != "" && !slices.Contains(known, v) {
		r.report(r.voice, r.facts[part+"/"+name], column, valueUnknown, "value", v, "known", strings.Join(known, ", "))
	}
	return v
}

func (r *reader) gateway(part, name string) string {
	var known []string
	for _, g := range r.bank.Gateways {
		known = append(known, g.ID)
	}
	return r.factOf(part, name, "gateway", known)
}

func join[T ~string](list []T) string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = string(v)
	}
	return strings.Join(texts, ", ")
}

func isYes(text string) bool {
	return slices.Contains([]string{"yes", "true", "true()", "1", "x"}, strings.ToLower(strings.TrimSpace(text)))
}

// readSettings reads what the form says of itself.
func (r *reader) readSettings() {
	title := r.settings.get(2, "form_title")
	if title == "" {
		title = r.settings.get(2, "form_id")
	}
	if title == "" {
		title = r.opt.Title
	}
	if isYes(r.settings.get(2, "allow_choice_duplicates")) {
		r.report(r.settings, 2, "allow_choice_duplicates", choicesAllowed)
	}
	r.doc.Title, r.doc.Language = title, r.def.code
	// Headers have no more than the language, because others know no codes with a country.
	if exact := r.fact(partSurvey, "", "language"); strings.HasPrefix(exact, r.def.code+"-") {
		r.doc.Language = exact
	}
	var answerers []string
	for _, a := range r.bank.Audiences {
		if bank.CanAnswer(a.ID) {
			answerers = append(answerers, a.ID)
		}
	}
	r.doc.Audience = r.factOf(partSurvey, "", "audience", answerers)
	if r.doc.Audience == "" {
		r.doc.Audience = r.opt.Audience
	}
	if !bank.CanAnswer(r.doc.Audience) {
		r.problems = append(r.problems, Problem{Code: audienceNone, Message: sentences[audienceNone]})
	}
	r.doc.Minutes = r.factWhole(partSurvey, "", "minutes")
}
