package authoring

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
)

// longestRule is how many characters of conditions somebody with a sheet of paper reads; beyond it they decide for
// themselves what fits.
const longestRule = 240

// onlyIf says when something is to be answered, with the numbers that questions have on the sheet; empty if always. What
// cannot be said in a few words is left to the reader.
func onlyIf(v words.Voice, doc survey.Document, rule string, numbers map[string]int) string {
	if strings.TrimSpace(rule) == "" {
		return ""
	}
	said := v.Say("paper.only_if")
	rules, any, ok := doc.Rules(rule)
	if !ok {
		return said
	}
	var parts []string
	for _, r := range rules {
		if any {
			parts = append(parts, oneOf(v, r, numbers))
		} else {
			parts = append(parts, onlyIfRule(v, r, numbers))
		}
		if parts[len(parts)-1] == "" {
			return said
		}
	}
	// Sentences that each say "only if" hold together.
	whole := strings.Join(parts, " ")
	if any {
		whole = v.Say("paper.if_one_of", words.V{"List": strings.Join(parts, "; ")})
	}
	if utf8.RuneCountInString(whole) > longestRule {
		return said
	}
	return whole
}

// onlyIfRule says one rule as a sentence.
func onlyIfRule(v words.Voice, r survey.Rule, numbers map[string]int) string {
	values := words.V{"Number": numbers[r.Question.ID]}
	key := func(yes, no string) string {
		if r.Not {
			return v.Say(no, values)
		}
		return v.Say(yes, values)
	}
	switch {
	case r.Left:
		return key("paper.if_left", "paper.if_answered")
	case r.Question.Type != survey.TypeNumber:
		values["Answers"] = answersOf(v, r)
		return key("paper.if_answers", "paper.if_not_answers")
	case r.To == r.Question.Max && r.From < r.To:
		values["Than"] = r.From - 1
		return key("paper.if_more", "paper.if_not_more")
	case r.From == r.Question.Min && r.From < r.To:
		values["Than"] = r.To + 1
		return key("paper.if_less", "paper.if_not_less")
	}
	values["Numbers"] = numbersOf(r)
	return key("paper.if_number", "paper.if_not_number")
}

// oneOf says one rule of several of which one is enough; empty where it takes more words.
func oneOf(v words.Voice, r survey.Rule, numbers map[string]int) string {
	if r.Not || r.Left {
		return ""
	}
	values := words.V{"Number": numbers[r.Question.ID], "Answers": answersOf(v, r)}
	if r.Question.Type == survey.TypeNumber {
		values["Answers"] = numbersOf(r)
	}
	return v.Say("paper.if_item", values)
}

func numbersOf(r survey.Rule) string {
	if r.From == r.To {
		return strconv.Itoa(r.From)
	}
	return strconv.Itoa(r.From) + "–" + strconv.Itoa(r.To)
}

// answersOf names the answers of a rule: “Often” or “Always”.
func answersOf(v words.Voice, r survey.Rule) string {
	said, marks := "", marksOf(v)
	for i, id := range r.Options {
		o, _ := r.Question.Option(id)
		label := marks[0] + o.Label + marks[1]
		switch {
		case i == 0:
			said = label
		case i == len(r.Options)-1:
			said = v.Say("paper.or", words.V{"First": said, "Last": label})
		default:
			said += marks[2] + label
		}
	}
	return said
}

// marksOf are the quotation marks of a language, and what stands between two things of a list.
func marksOf(v words.Voice) [3]string {
	lang, _, _ := strings.Cut(v.Lang, "-")
	switch lang {
	case "pl", "ro":
		return [3]string{"„", "”", ", "}
	case "fr":
		return [3]string{"«\u00a0", "\u00a0»", ", "}
	case "uk":
		return [3]string{"«", "»", ", "}
	case "ar":
		return [3]string{"«", "»", "، "}
	case "ur":
		return [3]string{"”", "“", "، "}
	}
	return [3]string{"“", "”", ", "}
}
