package result

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
	"earshot/internal/show/disclosure"
)

// Quote is what somebody wrote, let go by an adult who read it, in the group in which at least ten wrote.
type Quote struct {
	SchoolID   string `gorm:"primaryKey"`
	RoundID    string `gorm:"primaryKey"`
	ID         string `gorm:"primaryKey"` // random, so that the order says nothing
	QuestionID string
	UnitID     string // the group it is shown in: a class, a year or the school, and no other
	Words      string
	Retold     bool // an adult's words for what was written
}

// teachersLeast is how many teachers' classes words about this class have to come from before anybody else reads them, in a
// round for learning. It is one more than for sums, so that no teacher among the readers can take out their own.
const teachersLeast = 4

// Let hands the comments of a round that adults have let go to those who may read its results: all that can be shown with
// nine others at least, at once and in no order. It says how many went, and how many have to wait.
func (s Store) Let(ctx context.Context, who access.Actor, roundID string) (gone, waiting int, err error) {
	if !access.Can(who, access.ReadComments, access.Object{School: who.School}) {
		return 0, 0, fault.New(fault.Forbidden, "fault.forbidden")
	}
	err = s.db.InTx(ctx, func(tx *storage.DB) error {
		rounds := round.NewStore(tx, s.key, s.bank)
		r, err := rounds.Lock(ctx, who.School, roundID)
		if err != nil {
			return err
		}
		if !r.HasResults() {
			return fault.New(fault.Conflict, "comment.not_settled")
		}
		held := safeguard.NewStore(tx, s.key)
		ready, err := held.ReadyToGo(ctx, who.School, roundID)
		if err != nil {
			return err
		}
		units, err := rounds.Units(ctx, r)
		if err != nil {
			return err
		}
		teach, err := rounds.UnitReaders(ctx, r)
		if err != nil {
			return err
		}
		doc, err := rounds.Document(ctx, r)
		if err != nil {
			return err
		}
		var quotes []Quote
		var ids []string
		for _, q := range doc.Questions() {
			of := slices.DeleteFunc(slices.Clone(ready), func(o safeguard.Opened) bool { return o.Question != q.ID })
			for i, unit := range placed(r, q, units, teach, of) {
				if unit == "" {
					waiting++
					continue
				}
				ids = append(ids, of[i].ID)
				quotes = append(quotes, Quote{SchoolID: who.School, RoundID: roundID, ID: storage.NewID(), QuestionID: q.ID, UnitID: unit,
					Words: of[i].Told, Retold: of[i].Far != safeguard.Exact || of[i].Told != of[i].Words})
			}
		}
		if gone = len(quotes); gone == 0 {
			return nil
		}
		slices.SortFunc(quotes, func(a, b Quote) int { return strings.Compare(a.ID, b.ID) })
		if err := tx.Write(ctx).CreateInBatches(&quotes, 200).Error; err != nil {
			return err
		}
		if err := held.Gone(ctx, who.School, roundID, ids); err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "comments.release", "round", roundID, "")
	})
	return gone, waiting, err
}

// placed says in which group each comment on a question is shown; empty: it has to wait.
func placed(r round.Round, q survey.Question, units []round.Unit, teach map[string][]string, of []safeguard.Opened) []string {
	parent := map[string]string{}
	kind := map[string]string{}
	root := ""
	for _, u := range units {
		parent[u.ID], kind[u.ID] = u.ParentID, u.Kind
		if u.ParentID == "" {
			root = u.ID
		}
	}
	// Only words about this class may be a class's; everything else, and what is sensitive, begins at the year.
	begins := func(unit string) string {
		if _, known := parent[unit]; !known {
			unit = root
		}
		if r.About == round.AboutClasses && q.About == bank.AboutThisClass && q.Sensitive == "" || kind[unit] != round.UnitClass && kind[unit] != round.UnitForm {
			return unit
		}
		return cmp.Or(parent[unit], unit)
	}
	wrote := map[string]int{}
	for _, o := range of {
		wrote[begins(o.Unit)]++
	}
	may := func(group string, places []string) bool {
		if r.Purpose != access.ForLearning || r.About != round.AboutClasses || kind[group] == round.UnitClass {
			return true
		}
		teachers := map[string]bool{}
		for _, o := range of {
			if slices.Contains(places, begins(o.Unit)) {
				for _, person := range teach[o.Unit] {
					teachers[person] = true
				}
			}
		}
		return len(teachers) >= teachersLeast
	}
	shown := disclosure.Gather(wrote, parent, may)
	list := make([]string, len(of))
	for i, o := range of {
		list[i] = shown[begins(o.Unit)]
	}
	return list
}

// Quotes lists what was written in the groups that a reader may see figures of, by group and question.
func (s Store) Quotes(ctx context.Context, v Viewed, school, roundID string) (map[string]map[string][]Quote, error) {
	var rows []Quote
	if err := s.db.Query(ctx).Where("school_id = ? AND round_id = ?", school, roundID).Order("id").Find(&rows).Error; err != nil {
		return nil, err
	}
	of := map[string]map[string][]Quote{}
	for _, q := range rows {
		if g, ok := v.Group(q.UnitID); !ok || !g.Shown {
			continue
		}
		if of[q.UnitID] == nil {
			of[q.UnitID] = map[string][]Quote{}
		}
		of[q.UnitID][q.QuestionID] = append(of[q.UnitID][q.QuestionID], q)
	}
	return of, nil
}

// PurgeQuotes deletes them, with the comments they were.
func (s Store) PurgeQuotes(ctx context.Context, school, roundID string) error {
	return s.db.Write(ctx).Where("school_id = ? AND round_id = ?", school, roundID).Delete(&Quote{}).Error
}
