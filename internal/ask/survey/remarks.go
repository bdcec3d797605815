package survey

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Remark is what somebody wrote in a box. It is held apart from their answers from the moment it arrives.
type Remark struct {
	Question string
	Words    string
	Far      string // how far the words may go, as ticked under the box; empty: nothing was
}

// How many characters a box takes.
const (
	MostFew  = 200  // of a question for a few words
	MostLong = 2000 // of one for as many as one likes
)

// FarField is the field that says how far the words of a question may go.
func FarField(question string) string { return question + "_far" }

// Wrote takes what was written from a form, of the questions that somebody was asked. answers are what Read made of the
// same form.
func (d Document) Wrote(get func(name string) []string, answers Answers) (list []Remark, problems []Problem) {
	var c check
	for n, q := range d.Questions() {
		if !q.Type.IsText() || answers[q.ID].State != Skipped {
			continue
		}
		words := wrote(get(q.ID))
		if words == "" {
			continue
		}
		most := MostLong
		if q.Type == TypeText {
			most = MostFew
		}
		if utf8.RuneCountInString(words) > most {
			c.place = place(n, q)
			c.add(AnswerLong, "most", strconv.Itoa(most))
			continue
		}
		list = append(list, Remark{Question: q.ID, Words: words, Far: strings.Join(get(FarField(q.ID)), "")})
	}
	return list, c.found
}

// HasText says whether a survey has a box to write in.
func (d Document) HasText() bool { return d.Boxes() > 0 }

// Boxes is how many boxes to write in a survey has.
func (d Document) Boxes() (n int) {
	for _, q := range d.Questions() {
		if q.Type.IsText() {
			n++
		}
	}
	return n
}

func wrote(values []string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.Join(values, "\n"), "\r\n", "\n"))
}
