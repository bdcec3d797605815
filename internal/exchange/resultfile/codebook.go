package resultfile

import (
	"strconv"

	"earshot/internal/show/result"
)

// Codebook says what the table's questions, answers and columns mean, one line an answer.
func Codebook(view result.Viewed) [][]string {
	rows := [][]string{{"question", "item", "wording", "text", "about", "gateway", "kind", "reversed", "asked", "answer", "label", "favourable", "no part of the base"}}
	for _, q := range view.Questions {
		asked := "everybody"
		switch {
		case q.Part != "":
			asked = string(q.Part)
		}
		for i, o := range q.Options {
			rows = append(rows, []string{q.ID, q.Item, q.Wording, q.Text, string(q.About), q.Gateway, string(q.Kind), yes(q.Reverse), asked,
				strconv.Itoa(i + 1), o.Label, yes(o.Favourable), yes(o.Missing)})
		}
	}
	rows = append(rows, nil, []string{"column", "meaning"})
	for _, c := range columns {
		rows = append(rows, []string{c[0], c[1]})
	}
	return rows
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

// columns explains the table.
var columns = [][2]string{
	{"group", "the school, a year, a form or a class; or a part of the school (kind: pace, outcome, self)"},
	{"asked, answered", "how many people of the group were asked, and answered; empty where that is not shown"},
	{"line", "what the line is: rate, section (answers added up, not people), share, sentence, answer, best guess, rest of the school, last time, correlation, hands, hidden"},
	{"answer", "the scale's words for a share; the label of an answer; the verdict of a comparison: higher, lower, same (the whole range of the difference within five points), unsure (cannot be told)"},
	{"people, of", "how many of how many (for a part of the school by kind outcome or self: of all who took part); in a comparison those it is compared with"},
	{"percent", "the share; of a correlation Spearman's r"},
	{"low, high", "95% interval: Wilson's with a correction for the number asked, if that is known (none for parts of the school); of a comparison Newcombe's interval of the difference in points (last time without the correction); of a best guess the empirical Bayes interval"},
	{"note", "what has to be said beside the number"},
}
