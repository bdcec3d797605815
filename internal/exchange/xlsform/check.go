package xlsform

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"earshot/internal/ask/survey"
)

// documentSentences says a document's problems to somebody who wrote a form.
var documentSentences = map[string]string{
	survey.OtherAudience:     "The question {item} of the bank is for {audience}, but this survey is for {for}. Choose one for them.",
	survey.ItemTwice:         "The question {item} is asked twice. Ask it once.",
	survey.LeftOutText:       "The question {item} of the bank asks for written words, and nobody is there yet to read them first. Leave it out.",
	survey.TitleEmpty:        "The form has no title, which those who answer see. Write form_title in the sheet settings.",
	survey.TooLong:           "The {what} has more than {most} characters. Shorten it.",
	survey.StrangeCharacters: "The {what} has characters that cannot be shown. Type it again.",
	survey.LanguageUnknown:   "{language} is no language code. Write one in brackets, such as English (en).",
	survey.MinutesOut:        "A survey takes from 1 to {most} minutes. Change minutes.",
	survey.NoQuestions:       "Nothing is asked. Add rows with questions.",
	survey.ManyQuestions:     "There are {have} questions; at most {most} can be asked. Take some out.",
	survey.ManyOneself:       "{have} questions ask people to describe themselves. At most {most} may, because more would point at a person.",
	survey.SectionTitle:      "This group has no label. Write one.",
	survey.SectionEmpty:      "This group asks nothing. Add a question, or take it out.",
	survey.QuestionShort:     "The question has no words for charts. Write them in the column short of the sheet _voice.",
	survey.QuestionOneself:   "A question that asks people to describe themselves is about me. Change about in the sheet _voice.",
	survey.QuestionKind:      "A question that is answered by {type} cannot have a list of the kind {kind}. Change the kind in the sheet _scales.",
	survey.QuestionAloud:     "aloud is for questions about school or me that are not sensitive and do not ask people to describe themselves. Clear it in the sheet _voice.",
	survey.FewOptions:        "The list has fewer than two choices that count. Add one.",
	survey.ManyOptions:       "The list has {have} choices; at most {most} can be offered. Take some out.",
	survey.OptionLabel:       "Two choices of the list have the label {label}. Give each its own.",
	survey.SeveralFew:        "There are fewer than three choices, so several answers would give each other away. Use select_one.",
	survey.AtMostOut:         "Between {least} and {most} choices can be taken, not {at_most}. Change the constraint, or places in the sheet _voice.",
	survey.FavourableNone:    "No choice of the list is favourable. Write yes in the column favourable of the sheet choices.",
	survey.FavourableWords:   "It does not say how to call the favourable answers. Write favourable_words in the sheet _scales.",
	survey.FavourableUnknown: "{option} is called favourable, but is no choice of the list that counts. Correct it.",
	survey.RouteNever:        "The condition {part} can never be true, whatever is answered. Compare with an answer, or with a number, that can be given.",
	survey.RouteWords:        "The condition {expression} looks at words or a note. Choose a question with answers.",
	survey.RouteOption:       "The condition {expression} looks for the answer {option}, which is not there. There are: {known}.",
	survey.RouteFunction:     "The condition uses {function}, which hangs on the day or on the language. Leave it out.",
	survey.RouteCurrent:      "The condition has a full stop for the answer being given. Name a question instead.",
	survey.RouteBroken:       "The condition {expression} cannot be used together with those of the groups around it. Make it shorter.",
	survey.RouteLater:        "The condition {expression} looks at something that is asked at the same place or later. Only earlier answers can decide.",
	survey.GuessMany:         "{have} questions ask for a guess at the class. Have at most {most}.",
	survey.GuessWho:          "Only pupils of seven and older can be asked to guess their class. Clear guesses in the sheet _voice.",
	survey.GuessNothing:      "guesses in the sheet _voice names {item}, which is not asked. Name the item of a question just before.",
	survey.GuessOf:           "{item} cannot be guessed. A guess needs a question about this_class that has favourable answers and is not sensitive.",
	survey.GuessPlace:        "A guess has to come straight after the question that it guesses, {item}. Move one of the two.",
	survey.GuessAsked:        "A guess has to be asked of everybody who is asked {item}, and of nobody else. Give both the same relevant.",
	survey.GuessAnswers:      "A guess is answered with the choices hardly, few, half, most and nearly, in this order, about this_class.",
	survey.ChoiceID:          "A choice of topics stands twice. Keep one.",
	survey.ChoiceText:        "This choice of topics has no words. Write a label.",
	survey.ChoiceFew:         "There are {have} topics and {asked} are asked. In the sheet _voice, let pick and draw come to at least one, and fewer than there are.",
	survey.ChoiceApart:       "The topics of one choice have to stand together.",
	survey.ChoiceUnknown:     "There is no choice of topics {choice}. Correct topic_of in the sheet _voice.",
	survey.ChoiceShowIf:      "A topic of a choice cannot have a condition. Clear relevant.",
	survey.AskOut:            "ask is {ask}, and the group has {have} questions. In the sheet _voice, ask from 1 to {have}, or clear it.",
	survey.GridApart:         "The questions of one table-list need a label of their own over them and the same choices, two or more.",
	survey.NumberRange:       "The least number is {min} and the largest {max}. The first has to be smaller, by less than a million.",
	survey.NumberBands:       "bands in the sheet _voice have to go up from {min} and stay under {max}.",
	survey.NoteFields:        "A note has words and nothing else.",
	survey.QuestionText:      "There are no words to read. Write a label.",
	survey.OptionValue:       "The choices of the list are not in the order of their scores. Put the lowest first.",
}

// found reports what a document says of a question as it is added.
func (r *reader) found(q *asked, problems []survey.Problem) {
	for _, p := range problems {
		r.problems = append(r.problems, r.of(p, q.row, "name"))
	}
}

// of is a problem of the document at a row of survey.
func (r *reader) of(p survey.Problem, row int, column string) Problem {
	pairs := []string{}
	for _, k := range slices.Sorted(maps.Keys(r.asWritten(p.Values))) {
		pairs = append(pairs, k, r.asWritten(p.Values)[k])
	}
	return r.at(r.survey, row, column, p.Key, documentSentences[p.Key], pairs...)
}

// asWritten puts the names of the file in the place of the document's.
func (r *reader) asWritten(values map[string]string) map[string]string {
	out := maps.Clone(values)
	for _, k := range []string{"expression", "part"} {
		for _, q := range slices.Backward(r.asked) { // q12 before q1
			out[k] = strings.ReplaceAll(out[k], "${"+q.id+"}", "${"+q.name+"}")
		}
	}
	return out
}

// checkDocument asks of the whole what a survey made on a page is asked too.
func (r *reader) checkDocument() {
	for _, p := range r.doc.Problems() {
		row, column := 0, ""
		switch q, s, c := p.Values["question"], p.Values["section"], p.Values["choice"]; {
		case q != "":
			i := slices.IndexFunc(r.asked, func(a *asked) bool { return a.id == q })
			row, column = r.asked[i].row, columnOf(p)
			if column == "relevant" && r.asked[i].grid != nil {
				row = r.asked[i].grid.row
			}
		case s != "":
			n, _ := strconv.Atoi(s)
			part := r.parts[n-1]
			if row, column = part.row, columnOf(p); part.group != nil {
				row = part.group.row
			}
		case c != "" && len(r.choice) > 0:
			n, _ := strconv.Atoi(c)
			row = r.choice[n-1]
		case p.Values["what"] == "intro":
			row, column = r.intro, "label"
		}
		if found := r.of(p, row, column); !r.problems.has(found) {
			r.problems = append(r.problems, found)
		}
	}
}

// columnOf is the column that a problem of a question is about.
func columnOf(p survey.Problem) string {
	switch {
	case strings.HasPrefix(p.Key, "route_"):
		return "relevant"
	case p.Key == survey.NumberRange || p.Key == survey.AtMostOut:
		return "constraint"
	case p.Values["what"] == "text" || p.Values["what"] == "section" || p.Values["what"] == "section_text":
		return "label"
	case strings.HasPrefix(p.Key, "question_option") || p.Key == survey.FewOptions || p.Key == survey.ManyOptions || p.Key == survey.SeveralFew || p.Values["what"] == "label":
		return "type"
	}
	return ""
}

// maxTranslated is the longest that a translation may be; the store of translations takes no more.
const maxTranslated = 2000

// translate gathers the translations, by the keys that the survey keeps them under.
func (r *reader) translate() map[string]map[string]string {
	keys := wordKeys(r.doc)
	out := map[string]map[string]string{}
	for _, language := range r.tongues {
		words := map[string]string{}
		for _, s := range r.said {
			text, column := "", "label::"+language.code
			if s.part == "title" || s.t == nil {
				text = r.fact(partTitle, language.code, "text")
			} else {
				text = s.t.get(s.row, column)
			}
			_, put := r.facts[partUntranslated+"/"+language.code+"/"+strings.TrimSpace(s.text)]
			key := keys[[3]string{s.part, s.around, s.text}]
			switch {
			case text == "" || key == "" || put && text == strings.TrimSpace(s.text):
				continue
			case utf8.RuneCountInString(text) > maxTranslated:
				r.report(s.t, s.row, column, translationLong, "most", strconv.Itoa(maxTranslated))
				continue
			case survey.IsStrange(text) || !utf8.ValidString(text):
				r.report(s.t, s.row, column, translationOdd)
				continue
			case words[key] != "" && words[key] != text:
				r.note(s.t, s.row, column, noteTwoWays, "words", s.text, "language", language.text)
				continue
			}
			words[key] = text
		}
		if len(words) > 0 {
			out[language.code] = words
		}
	}
	return out
}

// wordKeys finds the key of a piece of a document by its part, what stands around it, and its text.
func wordKeys(d survey.Document) map[[3]string]string {
	keys := map[[3]string]string{}
	for _, w := range d.Words() {
		around := ""
		if w.Part == "option" {
			q, _ := d.Question(w.Place)
			around = optionLabels(q)
		}
		keys[[3]string{w.Part, around, w.Text}] = w.Key
	}
	return keys
}

func optionLabels(q survey.Question) string {
	var labels []string
	for _, o := range q.Options {
		labels = append(labels, o.Label)
	}
	return strings.Join(labels, "\x00")
}
