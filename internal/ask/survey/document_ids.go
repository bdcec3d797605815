package survey

import (
	"slices"
	"strconv"
	"strings"
)

// numberOf is the number in an id such as q12; 0 if there is none.
func numberOf(id, prefix string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(id, prefix))
	if err != nil || !strings.HasPrefix(id, prefix) {
		return 0
	}
	return n
}

// highest are the highest numbers of what is there.
func (d Document) highest() Last {
	var h Last
	for _, s := range d.Sections {
		h.Section = max(h.Section, numberOf(s.ID, "s"))
		for _, q := range s.Questions {
			h.Question = max(h.Question, numberOf(q.ID, "q"))
		}
	}
	for _, c := range d.Choices {
		h.Choice = max(h.Choice, numberOf(c.ID, "c"))
	}
	return h
}

// given are the highest numbers that were ever given, those of what was taken out among them.
func (d Document) given() Last {
	h := d.highest()
	if d.Last != nil {
		h = Last{max(h.Question, d.Last.Question), max(h.Section, d.Last.Section), max(h.Choice, d.Last.Choice)}
	}
	return h
}

func (d Document) nextQuestion() string { return "q" + strconv.Itoa(d.given().Question+1) }

// NextChoice is the id that the next choice of topics gets: one that none ever had.
func (d Document) NextChoice() string { return "c" + strconv.Itoa(d.given().Choice+1) }

// forget runs f, which takes something out, and keeps in mind which ids are gone. Nothing is kept of an id with a higher
// one still there, so that documents with the same history encode alike.
func (d *Document) forget(f func()) {
	before := d.given()
	f()
	after := d.highest()
	var last Last
	if before.Question > after.Question {
		last.Question = before.Question
	}
	if before.Section > after.Section {
		last.Section = before.Section
	}
	if before.Choice > after.Choice {
		last.Choice = before.Choice
	}
	if d.Last = nil; last != (Last{}) {
		d.Last = &last
	}
}

// AddSection adds an empty section at the end and returns its id.
func (d *Document) AddSection(title, gateway string) string {
	id := "s" + strconv.Itoa(d.given().Section+1)
	d.Sections = append(d.Sections, Section{ID: id, Title: title, Gateway: gateway})
	d.forget(func() {})
	return id
}

// RemoveSection takes an empty section out. It says whether there was such a section.
func (d *Document) RemoveSection(id string) bool {
	before := len(d.Sections)
	d.forget(func() {
		d.Sections = slices.DeleteFunc(slices.Clone(d.Sections), func(s Section) bool { return s.ID == id && len(s.Questions) == 0 })
	})
	return len(d.Sections) < before
}

// SetChoices puts these choices of topics in the place of those that are there.
func (d *Document) SetChoices(choices []Choice) { d.forget(func() { d.Choices = choices }) }

// Remove takes a question out, and its section if nothing else is in it. It says whether there was such a question. A rule
// that names it is left as it is, and then broken: see Deciding.
func (d *Document) Remove(question string) bool {
	for i := range d.Sections {
		s := &d.Sections[i]
		for j := range s.Questions {
			if s.Questions[j].ID != question {
				continue
			}
			d.forget(func() {
				s.Questions = append(append([]Question{}, s.Questions[:j]...), s.Questions[j+1:]...)
				if len(s.Questions) == 0 && len(d.Sections) > 1 {
					d.Sections = append(append([]Section{}, d.Sections[:i]...), d.Sections[i+1:]...)
				}
			})
			return true
		}
	}
	return false
}

// Deciding says for which questions and sections a question decides whether they are asked: one problem for each. While
// there are any it cannot be taken out.
func (d Document) Deciding(question string) []Problem {
	q, ok := d.Question(question)
	if !ok {
		return nil
	}
	var found []Problem
	names := func(text, where string) {
		if slices.Contains(refs(text), question) {
			found = append(found, Problem{QuestionDecides, map[string]string{"question": q.ID, "short": q.called(), "where": where}})
		}
	}
	for n, s := range d.Sections {
		names(s.ShowIf, s.where(n))
		for _, other := range s.Questions {
			names(other.ShowIf, other.where())
		}
	}
	return found
}

// called is the short text of a question; a note has only its words.
func (q Question) called() string {
	if q.Short != "" {
		return q.Short
	}
	return shorten(q.Text)
}

// where names a question in a sentence about it.
func (q Question) where() string {
	if q.called() == "" {
		return "A question without words (" + q.ID + ")"
	}
	return "“" + q.called() + "”"
}

// where names a section, the nth from 0, in a sentence about it.
func (s Section) where(n int) string {
	if strings.TrimSpace(s.Title) == "" {
		return "Part " + strconv.Itoa(n+1) + ", without a title"
	}
	return "The part “" + s.Title + "”"
}
