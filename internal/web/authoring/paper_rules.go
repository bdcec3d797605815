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
	rules, ok := doc.Rules(rule)
	if !ok {
		return said
	}
	var sentences []string
	for _, one := range rules {
		if len(one) == 1 {
			sentences = append(sentences, onlyIfRule(v, one[0], numbers))
			continue
		}
		var items []string
		for _, r := range one {
			items = append(items, oneOf(v, r, numbers))
		}
		sentences = append(sentences, v.Say("paper.if_one_of", words.V{"List": strings.Join(items, "; ")}))
	}
	whole := strings.Join(sentences, " ") // sentences that each say "only if" hold together
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
	}
	if from, to := r.Runs[0][0], r.Runs[0][1]; len(r.Runs) == 1 && from < to {
		if to == r.Question.Max {
			values["Than"] = from - 1
			return key("paper.if_more", "paper.if_not_more")
		}
		if from == r.Question.Min {
			values["Than"] = to + 1
			return key("paper.if_less", "paper.if_not_less")
		}
	}
	values["Numbers"] = numbersOf(v, r)
	return key("paper.if_number", "paper.if_not_number")
}

// oneOf says one rule of several of which one is enough.
func oneOf(v words.Voice, r survey.Rule, numbers map[string]int) string {
	values := words.V{"Number": numbers[r.Question.ID]}
	if r.Left {
		if r.Not {
			return v.Say("paper.if_item_answered", values)
		}
		return v.Say("paper.if_item_left", values)
	}
	values["Answers"] = answersOf(v, r)
	if r.Question.Type == survey.TypeNumber {
		values["Answers"] = numbersOf(v, r)
	}
	if r.Not {
		return v.Say("paper.if_item_not", values)
	}
	return v.Say("paper.if_item", values)
}

// numbersOf names the numbers of a rule: 0–2 or 10.
func numbersOf(v words.Voice, r survey.Rule) string {
	var runs []string
	for _, run := range r.Runs {
		if run[0] == run[1] {
			runs = append(runs, strconv.Itoa(run[0]))
		} else {
			runs = append(runs, strconv.Itoa(run[0])+"–"+strconv.Itoa(run[1]))
		}
	}
	return listed(v, runs, "paper.or")
}

// answersOf names the answers of a rule: “Often” or “Always”, or where all of them have to be chosen “Art” and also “Music”.
func answersOf(v words.Voice, r survey.Rule) string {
	var labels []string
	marks := marksOf(v)
	for _, id := range r.Options {
		o, _ := r.Question.Option(id)
		labels = append(labels, marks[0]+o.Label+marks[1])
	}
	if r.All {
		return listed(v, labels, "paper.and")
	}
	return listed(v, labels, "paper.or")
}

// listed puts the last of some behind its word, and marks between the others.
func listed(v words.Voice, some []string, last string) string {
	n := len(some) - 1
	if n < 1 {
		return strings.Join(some, "")
	}
	return v.Say(last, words.V{"First": strings.Join(some[:n], marksOf(v)[2]), "Last": some[n]})
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
