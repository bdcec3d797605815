package survey

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Words is one piece of a document that a reader sees, to be put into another language.
type Words struct {
	Key   string // made of the words themselves: changed words are another piece, and not translated yet
	Place string // where it stands first: "q3", "s1", or empty for the whole
	Part  string // "title", "intro", "text", "grid", "option", "section", "page", "choice"
	Text  string
}

// Words lists everything in a document that a reader sees, each piece once. The labels of a scale are one piece each for
// all questions with the same scale: a label can read otherwise in another language beside other labels.
func (d Document) Words() []Words {
	var list []Words
	d.eachWord(func(w Words, _ *string) {
		for _, have := range list {
			if have.Key == w.Key {
				return
			}
		}
		list = append(list, w)
	})
	return list
}

// In puts a document into another language with the words of a translation, by key, and of Said. missing counts the pieces it lacks,
// each once however often it stands, and they stay as they are. The wordings keep their ids: a translation is the same question.
func (d Document) In(language string, said map[string]string) (translated Document, missing int) {
	// Everything that changes is copied: the document is shared.
	said = d.Said(language, said)
	out := d
	out.Language = language
	out.Sections = append([]Section{}, d.Sections...)
	out.Choices = append([]Choice(nil), d.Choices...)
	for i := range out.Sections {
		s := &out.Sections[i]
		s.Questions = append([]Question{}, s.Questions...)
		for j := range s.Questions {
			s.Questions[j].Options = append([]Option(nil), s.Questions[j].Options...)
		}
	}
	lacks := map[string]bool{}
	out.eachWord(func(w Words, at *string) {
		if text := strings.TrimSpace(said[w.Key]); text != "" {
			*at = text
		} else {
			lacks[w.Key] = true
		}
	})
	return out, len(lacks)
}

func (d *Document) eachWord(f func(Words, *string)) {
	piece := func(place, part, around string, at *string) {
		if strings.TrimSpace(*at) != "" {
			sum := sha256.Sum256([]byte(part + "\x00" + around + "\x00" + *at))
			f(Words{Key: hex.EncodeToString(sum[:8]), Place: place, Part: part, Text: *at}, at)
		}
	}
	piece("", "title", "", &d.Title)
	piece("", "intro", "", &d.Intro)
	for i := range d.Choices {
		piece(d.Choices[i].ID, "choice", "", &d.Choices[i].Text)
	}
	for i := range d.Sections {
		s := &d.Sections[i]
		piece(s.ID, "section", "", &s.Title)
		piece(s.ID, "page", "", &s.Text)
		for j := range s.Questions {
			q := &s.Questions[j]
			piece(q.ID, "grid", "", &q.Grid)
			piece(q.ID, "text", "", &q.Text)
			var labels []string
			for _, o := range q.Options {
				labels = append(labels, o.Label)
			}
			around := strings.Join(labels, "\x00")
			for k := range q.Options {
				if q.Type != TypeNumber { // bands are not shown to those who answer
					piece(q.ID, "option", around, &q.Options[k].Label)
				}
			}
		}
	}
}
