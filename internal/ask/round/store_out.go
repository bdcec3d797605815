package round

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"earshot/internal/base/fault"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
	"earshot/internal/school/roster"
)

// outOf counts, by group, those of its pupils today who opted out.
func (s Store) outOf(ctx context.Context, school string, groups, out []string) (map[string]int, error) {
	counts := map[string]int{}
	if len(out) == 0 || len(groups) == 0 {
		return counts, nil
	}
	var rows []roster.Membership
	err := s.db.Query(ctx).Where("school_id = ? AND role = ? AND ended_on = '' AND ? AND ?", school, roster.Pupil, s.db.In("group_id", groups), s.db.In("person_id", out)).Find(&rows).Error
	for _, m := range rows {
		counts[m.GroupID]++
	}
	return counts, err
}

// SetOut says which pupils opted out of a confidential or named round that is not open yet. When it opens they get what opens a
// reading task. Faults: Forbidden; Conflict round.not_draft.
func (s Store) SetOut(ctx context.Context, who access.Actor, id string, people []string) error {
	_, err := s.move(ctx, who, id, "out", []State{Draft}, func(_ Store, r *Round) error {
		if !r.Personal() {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		return r.setOut(people)
	})
	return err
}

// setOut writes into the plan of a round who opted out; nobody, once the round has slips, which say it until it settles.
func (r *Round) setOut(people []string) error {
	plan := r.Choices()
	if len(plan.Out) == 0 && len(people) == 0 {
		return nil
	}
	plan.Out = people
	text, err := json.Marshal(plan)
	r.Plan = string(text)
	return err
}

// Grow counts people who have come since a round opened: more in each unit they answer in and in those it is part of, and of
// these, reading, so many who opted out. Negative numbers of reading are those who answer after all.
func (s Store) Grow(ctx context.Context, who access.Actor, r Round, more, reading map[string]int) error {
	units, err := s.Units(ctx, r)
	if err != nil {
		return err
	}
	parent := map[string]string{}
	for _, u := range units {
		parent[u.ID] = u.ParentID
	}
	sum := map[string]int{}
	n := 0
	for unit, add := range more {
		n += add
		for ; unit != ""; unit = parent[unit] {
			sum[unit] += add
		}
	}
	for _, u := range units {
		if sum[u.ID] == 0 && reading[u.ID] == 0 {
			continue
		}
		// By what they are now, and not by what was read: two leaders may press at once.
		err := s.db.Write(ctx).Model(&Unit{}).Where("school_id = ? AND round_id = ? AND id = ?", r.SchoolID, r.ID, u.ID).
			Updates(map[string]any{"size": gorm.Expr("size + ?", sum[u.ID]), "reading": gorm.Expr("reading + ?", reading[u.ID])}).Error
		if err != nil {
			return err
		}
	}
	if n == 0 {
		return nil
	}
	return audit.Record(ctx, s.db, who, "round.newcomers", "round", r.ID, fmt.Sprint(n))
}
