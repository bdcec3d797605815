package survey

import (
	"slices"
	"strconv"
)

// mostPulse is how many questions a pulse asks again: more is a survey.
const mostPulse = 3

// Pulse is a short survey that asks some questions of this one again, in the same words, so that it can be seen whether
// they moved. Questions keep their wordings; the conditions under which they were asked fall away.
func (d Document) Pulse(title string, questions []string) Document {
	out := Document{Title: title, Audience: d.Audience, Language: d.Language, Sections: []Section{{ID: "s1"}}}
	for _, q := range d.Questions() {
		if len(out.Sections[0].Questions) < mostPulse && slices.Contains(questions, q.ID) && q.Guesses == "" {
			q.ID, q.ShowIf, q.Grid = "q"+strconv.Itoa(len(out.Sections[0].Questions)+1), "", ""
			out.Sections[0].Questions = append(out.Sections[0].Questions, q)
		}
	}
	out.Minutes = minutes(len(out.Sections[0].Questions))
	return out
}
