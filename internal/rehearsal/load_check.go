package rehearsal

import (
	"context"
	"fmt"
	"strings"

	"earshot/internal/base/storage"
	"earshot/internal/listen/participation"
	"earshot/internal/listen/response"
)

// Verdict compares what was acknowledged with what is stored.
type Verdict struct {
	Acknowledged int `json:"acknowledged"`
	Stored       int `json:"stored"` // answers in the round; more than were acknowledged if some did not hear of it
	Lost         int `json:"lost"`   // acknowledged and not there
	Double       int `json:"double"` // there more than once
	Strange      int `json:"strange"`
	Spent        int `json:"spent"`    // slips
	Receipts     int `json:"receipts"` // kept
}

// OK says whether everything acknowledged is stored exactly once and nothing else happened.
func (v Verdict) OK() bool {
	return v.Lost == 0 && v.Double == 0 && v.Strange == 0 && v.Spent == v.Stored && v.Receipts == v.Stored && v.Stored >= v.Acknowledged
}

// String is the verdict for people.
func (v Verdict) String() string {
	if v.OK() {
		s := fmt.Sprintf("checked: all %d acknowledged answers are stored exactly once, and %d slips are spent", v.Acknowledged, v.Spent)
		if more := v.Stored - v.Acknowledged; more > 0 {
			s += fmt.Sprintf("; %d more are stored whose pupils had not heard of it", more)
		}
		return s + "\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "CHECK FAILED: of %d acknowledged answers %d are lost; %d stored more than once, %d stored that nobody sent; %d answers, %d spent slips, %d receipts\n",
		v.Acknowledged, v.Lost, v.Double, v.Strange, v.Stored, v.Spent, v.Receipts)
	return b.String()
}

// Verify reads the whole round as it is at one moment and compares it with what its pupils were told. All who answered
// the round must be among them.
func (s LoadSchool) Verify(ctx context.Context, pupils []*Pupil) (Verdict, error) {
	var v Verdict
	there := map[string]int{}
	err := s.DB.Snapshot(ctx, func(tx *storage.DB) error {
		st := response.NewStore(tx)
		waiting, err := st.Inbox(ctx, s.Round.SchoolID, s.Round.ID)
		if err != nil {
			return err
		}
		for _, w := range waiting {
			there[w.Answers]++
		}
		err = st.Each(ctx, s.Round.SchoolID, s.Round.ID, func(r response.Response) error {
			there[r.Answers]++
			return nil
		})
		if err != nil {
			return err
		}
		rates, err := participation.NewStore(tx, s.Key).Rates(ctx, s.Round.SchoolID, s.Round.ID)
		if err != nil {
			return err
		}
		for _, r := range rates {
			v.Spent += r.Spent
		}
		v.Receipts, err = receipts(ctx, tx, s.Round.SchoolID, s.Round.ID)
		return err
	})
	for _, n := range there {
		v.Stored += n
		if n > 1 {
			v.Double++
		}
	}
	for _, p := range pupils {
		n := there[p.Answers]
		delete(there, p.Answers)
		if p.Safe {
			v.Acknowledged++
			if n == 0 {
				v.Lost++
			}
		}
	}
	v.Strange = len(there)
	return v, err
}
