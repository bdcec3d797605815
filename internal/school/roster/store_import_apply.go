package roster

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm/clause"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// batch is how many rows one statement carries.
const batch = 400

// Apply does what Plan says, in one transaction with its audit row. Faults: Invalid import.brake on the field leavers
// when more than one in ten would leave and the number was not typed; Conflict import.asked when a group of an open
// round would lose all its pupils; Conflict import.changed when the plan is not the one that was confirmed.
func (s Store) Apply(ctx context.Context, who access.Actor, list List, asked []string, confirm Confirm) (Report, error) {
	if !access.Can(who, access.ManagePeople, access.Object{School: who.School}) {
		return Report{}, fault.New(fault.Forbidden, "fault.forbidden")
	}
	var report Report
	err := s.db.InTx(ctx, func(tx *storage.DB) error {
		// Two imports at once would each add the same pupils. The weaker lock leaves answers alone meanwhile.
		var school School
		err := tx.Write(ctx).Clauses(clause.Locking{Strength: "NO KEY UPDATE"}).Where("school_id = ?", who.School).Take(&school).Error
		if err != nil {
			return storage.Fault(err, "fault.not_found")
		}
		st := NewStore(tx)
		w, err := st.work(ctx, who, list, asked)
		if err != nil {
			return err
		}
		if err := w.plan.agreed(confirm); err != nil {
			return err
		}
		if err := st.write(ctx, who.School, w); err != nil {
			return err
		}
		report = w.plan.Report()
		note := fmt.Sprintf("added %d, changed %d, moved %d, left %d, back %d, unchanged %d, sha256 %s",
			report.Added, report.Changed, report.Moved, report.Left, report.Back, report.Unchanged, list.Hash)
		return audit.Record(ctx, tx, who, "people.import", "people", PupilList, note)
	})
	return report, err
}

func (p Plan) agreed(c Confirm) error {
	switch {
	case len(p.Emptied) > 0:
		return fault.New(fault.Conflict, "import.asked", fault.Values{"Names": strings.Join(p.Emptied, ", ")})
	case c.Plan != "" && c.Plan != p.Fingerprint():
		return fault.New(fault.Conflict, "import.changed")
	case p.Braked() && c.Leavers != len(p.Left):
		return fault.Field("leavers", "import.brake", fault.Values{"Count": len(p.Left), "Roll": p.OnRoll})
	}
	return nil
}

func (s Store) write(ctx context.Context, school string, w work) error {
	today := storage.DateOf(s.db.Now(), time.UTC)
	if len(w.groups) > 0 {
		err := s.db.Write(ctx).Clauses(clause.OnConflict{Columns: ownKey,
			DoUpdates: clause.AssignmentColumns([]string{"year", "subject", "size", "source", "ended_on"})}).CreateInBatches(&w.groups, batch).Error
		if err != nil {
			return err
		}
	}
	if len(w.people) > 0 {
		err := s.db.Write(ctx).Clauses(clause.OnConflict{Columns: ownKey,
			DoUpdates: clause.AssignmentColumns([]string{"given", "family", "year", "row_hash", "ended_on"})}).CreateInBatches(&w.people, batch).Error
		if err != nil {
			return err
		}
	}
	for group, people := range w.leaving {
		err := s.db.Write(ctx).Model(&Membership{}).
			Where("school_id = ? AND group_id = ? AND role = ? AND ended_on = '' AND person_id IN ?", school, group, Pupil, people).
			Update("ended_on", today).Error
		if err != nil {
			return err
		}
	}
	if len(w.joining) > 0 {
		// Somebody who left a class this morning and is back in it has a row of today already.
		err := s.db.Write(ctx).Clauses(clause.OnConflict{Columns: membershipKey, DoUpdates: clause.Assignments(map[string]any{"ended_on": ""})}).
			CreateInBatches(&w.joining, batch).Error
		if err != nil {
			return err
		}
	}
	if err := s.endPeople(ctx, school, w.left, today); err != nil {
		return err
	}
	return s.endGroups(ctx, school, w.ending, today)
}

var ownKey = []clause.Column{{Name: "school_id"}, {Name: "id"}}
