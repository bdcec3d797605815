package rehearsal

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"

	"earshot/internal/act/action"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
)

// staffKind is the third voice in the model.
const staffKind = "staff"

// staffRoom is the one group in which staff answer.
var staffRoom = group{name: "staff", year: 9}

// guesses is how many of the teachers guess what pupils will say: about every third.
const guesses = 3

// teachers are the ids of all who teach, in the order of the staff list.
func (b *builder) teachers(ctx context.Context) (ids []string, err error) {
	staff, err := roster.NewStore(b.DB).StaffList(ctx, b.head.School)
	for _, m := range staff {
		if m.Is(access.Teacher) {
			ids = append(ids, m.ID)
		}
	}
	return ids, err
}

// collectStaff lets the staff answer a round of theirs.
func (b *builder) collectStaff(ctx context.Context, p plan, r round.Round, doc survey.Document) error {
	units, err := b.rounds().Units(ctx, r)
	if err != nil {
		return err
	}
	sheets, err := participation.NewStore(b.DB, b.Key).Print(ctx, b.head, r, units)
	if err != nil {
		return err
	}
	b.Clock.PutBack(at(p.opens, 12, 0))
	var sendings []collecting.Sending
	for _, s := range sheets {
		for n, code := range s.Slips[:min(s.Unit.Size, len(s.Slips))] {
			who := person{staffKind, n}
			if _, comes := b.model.comes(p.template, who, staffRoom, 1); comes {
				answers, pace := b.model.answer(p.template, doc, who, staffRoom)
				sendings = append(sendings, collecting.Sending{Code: code, Receipt: rand.Text(), Answers: answers, Pace: pace, Route: "own_device"})
			}
		}
	}
	return b.send(ctx, r, sendings)
}

// guess lets some of the teachers say, before a round is published, what they think that pupils say: a little better than
// pupils do, as staff mostly think.
func (b *builder) guess(ctx context.Context, r round.Round, doc survey.Document) error {
	ids, err := b.teachers(ctx)
	if err != nil {
		return err
	}
	st := action.NewStore(b.DB, b.Key, b.Bank)
	for i, id := range ids {
		if i%guesses != 0 {
			continue
		}
		guessed := map[string]string{}
		for _, q := range doc.Questions() {
			if _, ok := b.Bank.Mirror(q.Item); !ok || !q.HasOrder() || q.Sensitive != "" {
				continue
			}
			scale := scored(q)
			at := b.model.rng("guess", q.Item, i).NormFloat64()*0.8 + 0.68*float64(len(scale)-1)
			option, _ := q.Option(scale[max(0, min(len(scale)-1, int(at+.5)))])
			guessed[q.ID] = option.Label
		}
		teacher := access.Actor{Account: "demo " + id, Person: id, School: b.head.School, Roles: []access.Role{access.Teacher}}
		if err := st.Give(ctx, teacher, r, guessed); err != nil {
			return fmt.Errorf("guesses: %w", err)
		}
	}
	return nil
}

// agree notes what the first teacher and their classes said, while the round was open, would be good enough: so many in a
// hundred by item.
func (b *builder) agree(ctx context.Context, r round.Round, doc survey.Document, enough map[string]int) error {
	owners, err := b.rounds().UnitReaders(ctx, r)
	if err != nil {
		return err
	}
	id := b.town.cast[firstTeacher].ID
	teacher := access.Actor{Account: "demo " + id, Person: id, School: b.head.School, Roles: []access.Role{access.Teacher}}
	n := action.Note{Enough: map[string]int{}}
	for _, q := range doc.Questions() {
		if share := enough[q.Item]; share > 0 {
			n.Enough[q.ID] = share
		}
	}
	for unit, teachers := range owners {
		if slices.Contains(teachers, id) {
			if err := action.NewStore(b.DB, b.Key, b.Bank).Keep(ctx, teacher, r, unit, n); err != nil {
				return fmt.Errorf("good enough: %w", err)
			}
		}
	}
	return nil
}

// readers are the head, the leaders and, where they are named, the governors.
func (b *builder) readers(ctx context.Context, governors bool) ([]string, error) {
	staff, err := roster.NewStore(b.DB).StaffList(ctx, b.head.School)
	var ids []string
	for _, m := range staff {
		if m.Is(access.Head) || m.Is(access.Leader) || governors && m.Is(access.Governor) {
			ids = append(ids, m.ID)
		}
	}
	return ids, err
}
