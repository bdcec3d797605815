package action

import (
	"context"
	"slices"
	"strings"

	"gorm.io/gorm/clause"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// Progress is how far an action has come, in its owner's words.
type Progress struct {
	State  State
	Became string
	Steps  []Step
}

// Report stores how far an action has come. Its owner may, and leaders.
func (s Store) Report(ctx context.Context, who access.Actor, id string, p Progress) (Action, error) {
	var a Action
	err := s.db.InTx(ctx, func(tx *storage.DB) error {
		err := tx.Write(ctx).Clauses(clause.Locking{Strength: "UPDATE"}).Where("school_id = ? AND id = ?", who.School, id).Take(&a).Error
		if err != nil {
			return storage.Fault(err, "fault.not_found")
		}
		if a.OwnerID != who.Person && mayReply(who) != nil {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		fields := map[string]fault.Problem{}
		if p.Became = strings.TrimSpace(p.Became); len([]rune(p.Became)) > maxWords {
			fields["became"] = fault.Problem{Key: "action.long", Values: fault.Values{"Most": maxWords}}
		}
		if !slices.Contains(States, p.State) {
			fields["state"] = fault.Problem{Key: "action.state"}
		} else if p.State == Dropped && p.Became == "" {
			fields["became"] = fault.Problem{Key: "action.dropped"}
		}
		steps := []Step{}
		for _, step := range p.Steps {
			if step.Text = strings.TrimSpace(step.Text); step.Text == "" {
				continue
			}
			if len([]rune(step.Text)) > maxWords {
				fields["steps"] = fault.Problem{Key: "action.long", Values: fault.Values{"Most": maxWords}}
			}
			steps = append(steps, step)
		}
		if len(steps) > maxSteps {
			fields["steps"] = fault.Problem{Key: "action.steps", Values: fault.Values{"Most": maxSteps}}
		}
		if err := fault.Fields(fields); err != nil {
			return err
		}
		if a.Became != p.Became {
			a.ChangedAt = tx.Now()
		}
		a = a.WithSteps(steps)
		a.State, a.Became = p.State, p.Became
		if err := tx.Write(ctx).Save(&a).Error; err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "action.report", "action", a.ID, string(a.State))
	})
	return a, err
}

// Find reads one action with its round, for its owner and for leaders.
func (s Store) Find(ctx context.Context, who access.Actor, id string) (Action, round.Round, error) {
	var a Action
	if err := s.db.Query(ctx).Where("school_id = ? AND id = ?", who.School, id).Take(&a).Error; err != nil {
		return a, round.Round{}, storage.Fault(err, "fault.not_found")
	}
	if a.OwnerID != who.Person && mayReply(who) != nil {
		return Action{}, round.Round{}, fault.New(fault.NotFound, "fault.not_found")
	}
	r, err := s.rounds().ByID(ctx, who.School, a.RoundID)
	return a, r, err
}

// Actions lists what somebody sees to, and for leaders what anybody does: what is open first, by its day. Refusals are
// answers and nothing to do.
func (s Store) Actions(ctx context.Context, who access.Actor) (mine, others []Action, err error) {
	var all []Action
	err = s.db.Query(ctx).Where("school_id = ? AND answer NOT IN ?", who.School, []Answer{NotNow, No}).Find(&all).Error
	slices.SortFunc(all, func(a, b Action) int {
		switch {
		case a.Open() != b.Open():
			if a.Open() {
				return -1
			}
			return 1
		case a.Due != b.Due:
			return strings.Compare(string(a.Due), string(b.Due))
		}
		return strings.Compare(a.ID, b.ID)
	})
	for _, a := range all {
		if a.OwnerID == who.Person {
			mine = append(mine, a)
		} else if mayReply(who) == nil {
			others = append(others, a)
		}
	}
	return mine, others, err
}
