package rehearsal

import (
	"earshot/internal/ask/survey"
	"earshot/internal/base/storage"
)

// LessonTemplate is the survey of the demo school that the lesson "Unmask us" is about; LessonForm is the form.
const (
	LessonTemplate = "how_is_learning"
	LessonForm     = "8C"
	lessonDays     = 4 // on which its answers came
)

// Invented is one invented pupil with what they said.
type Invented struct {
	Name string
	Said survey.Answers
}

// Secret makes up once more what the pupils of a form of the demo school said, for those who took part. No database holds it:
// it is known again only because the same seed always makes up the same school.
func Secret(seed uint64, doc survey.Document, form string) (list []Invented) {
	m := model{seed: seed}
	t := everybody(m, storage.Date("2026-01-01")) // names do not depend on the day
	names := map[string]string{}
	for _, p := range t.intake.People {
		names[p.ID] = p.Name()
	}
	for _, room := range t.forms {
		if room.Name != form {
			continue
		}
		for _, n := range room.pupils {
			who := person{pupil, n}
			if _, comes := m.comes(LessonTemplate, who, room.asGroup(), lessonDays); comes {
				said, _ := m.answer(LessonTemplate, doc, who, room.asGroup())
				list = append(list, Invented{names[t.pupils[n]], said})
			}
		}
	}
	return list
}
