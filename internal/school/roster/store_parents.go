package roster

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// ParentsList is the source of parents who came from a list.
const ParentsList = "parents list"

// ParentList is a list of parents and carers that has been read and checked. Like a pupil list it is the whole truth:
// whoever came from an earlier list and is not in this one has left.
type ParentList struct {
	Hash string // SHA-256 of the file, for the audit trail
	Rows []ParentRow
	Held []string // pupils, as the pupil list calls them, on lines that cannot be used: their parents stay as they are
}

// ParentRow is one parent of one pupil.
type ParentRow struct {
	Key    string // the id the list gives them; empty if it gives none
	Given  string
	Family string
	Email  string // folded; empty if there is none
	Pupil  string // the pupil's id, as the pupil list has it
	MayAsk bool   // false: they must not be written to about this child
}

// Name is the parent's name as it is said.
func (r ParentRow) Name() string { return Person{Given: r.Given, Family: r.Family}.Name() }

// source is how a row's person is known again. Without an id and without an address nothing ties two rows together but a
// name, and a name alone is no proof: such a parent belongs to one pupil.
func (r ParentRow) source() string {
	switch {
	case r.Key != "":
		return "id " + r.Key
	case r.Email != "":
		return "mail " + r.Email
	}
	return "pupil " + r.Pupil + " " + fold(r.Name())
}

// ParentPlan is what a list of parents would change, with names for the person who has to confirm it.
type ParentPlan struct {
	Added     []PlanLine
	Changed   []PlanLine // name, address or children
	Left      []PlanLine
	Back      []PlanLine
	Unchanged int
	Known     int      // parents of earlier lists who are there now
	NoEmail   int      // parents in the list without an address
	NotAsked  int      // parents who must not be written to about any child
	Strangers []string // pupils' ids that no pupil on the roll has
	Own       []string // pupils' ids on lines with the pupil's own name: those might be the pupil's own address
}

// Braked says whether so many would leave that somebody has to type the number.
func (p ParentPlan) Braked() bool { return len(p.Left)*10 > p.Known }

// Changes is how many parents would be touched.
func (p ParentPlan) Changes() int { return len(p.Added) + len(p.Changed) + len(p.Left) + len(p.Back) }

// Fingerprint is the same for two plans that would do the same.
func (p ParentPlan) Fingerprint() string {
	h := sha256.New()
	for i, lines := range [][]PlanLine{p.Added, p.Changed, p.Left, p.Back} {
		for _, l := range lines {
			fmt.Fprintf(h, "%d\x00%s\x00%s\x00%s\x00%s\x01", i, l.ID, l.Name, l.From, l.To)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// PlanParents works out what a list of parents would change and writes nothing.
func (s Store) PlanParents(ctx context.Context, who access.Actor, list ParentList) (ParentPlan, error) {
	if !access.Can(who, access.ManagePeople, access.Object{School: who.School}) {
		return ParentPlan{}, fault.New(fault.Forbidden, "fault.forbidden")
	}
	w, err := s.parentWork(ctx, who.School, list)
	return w.plan, err
}

// ApplyParents does what PlanParents says, in one transaction with its audit row. Faults: Invalid parents.brake on the
// field leavers when more than one in ten would leave and the number was not typed; Conflict import.changed when the plan
// is not the one that was confirmed.
func (s Store) ApplyParents(ctx context.Context, who access.Actor, list ParentList, confirm Confirm) (ParentPlan, error) {
	if !access.Can(who, access.ManagePeople, access.Object{School: who.School}) {
		return ParentPlan{}, fault.New(fault.Forbidden, "fault.forbidden")
	}
	var plan ParentPlan
	err := s.db.InTx(ctx, func(tx *storage.DB) error {
		// Two imports at once would each add the same people.
		var school School
		err := tx.Write(ctx).Clauses(clause.Locking{Strength: "NO KEY UPDATE"}).Where("school_id = ?", who.School).Take(&school).Error
		if err != nil {
			return storage.Fault(err, "fault.not_found")
		}
		st := NewStore(tx)
		w, err := st.parentWork(ctx, who.School, list)
		if err != nil {
			return err
		}
		plan = w.plan
		switch {
		case confirm.Plan != "" && confirm.Plan != plan.Fingerprint():
			return fault.New(fault.Conflict, "import.changed")
		case plan.Braked() && confirm.Leavers != len(plan.Left):
			return fault.Field("leavers", "parents.brake", fault.Values{"Count": len(plan.Left), "Known": plan.Known})
		}
		if err := st.writeParents(ctx, who.School, w); err != nil {
			return err
		}
		note := fmt.Sprintf("added %d, changed %d, left %d, back %d, unchanged %d, sha256 %s",
			len(plan.Added), len(plan.Changed), len(plan.Left), len(plan.Back), plan.Unchanged, list.Hash)
		return audit.Record(ctx, tx, who, "parents.import", "parents", ParentsList, note)
	})
	return plan, err
}

func (s Store) writeParents(ctx context.Context, school string, w parentWork) error {
	if len(w.people) > 0 {
		err := s.db.Write(ctx).Clauses(clause.OnConflict{Columns: ownKey,
			DoUpdates: clause.AssignmentColumns([]string{"given", "family", "email", "source_id", "ended_on"})}).CreateInBatches(&w.people, batch).Error
		if err != nil {
			return err
		}
	}
	for _, l := range w.unlink {
		if err := s.db.Write(ctx).Delete(&l).Error; err != nil {
			return err
		}
	}
	if len(w.link) > 0 {
		key := []clause.Column{{Name: "school_id"}, {Name: "parent_id"}, {Name: "pupil_id"}}
		err := s.db.Write(ctx).Clauses(clause.OnConflict{Columns: key, DoUpdates: clause.AssignmentColumns([]string{"may_ask"})}).
			CreateInBatches(&w.link, batch).Error
		if err != nil {
			return err
		}
	}
	return s.endPeople(ctx, school, w.left, storage.DateOf(s.db.Now(), time.UTC))
}
