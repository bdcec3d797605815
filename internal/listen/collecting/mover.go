package collecting

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/listen/participation"
	"earshot/internal/listen/response"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// JoinLeast is the fewest responses a cell may hold: with fewer, the slips a class has spent and the responses in its
// cell would point at each other.
const JoinLeast = 5

// Settle empties the inbox of a closed round: every answer becomes a response with a new random id, in random order,
// in one transaction; then the deleted rows are scrubbed from the files. From here on nothing stored joins a slip to a
// response. A round settles by the clock after its grace, or earlier when a leader says so.
func Settle(ctx context.Context, db *storage.DB, key seal.Key, b *bank.Bank, who access.Actor, id string) (round.Round, error) {
	if !access.Can(who, access.RunRounds, access.Object{School: who.School}) {
		return round.Round{}, fault.New(fault.Forbidden, "fault.forbidden")
	}
	var r round.Round
	err := db.InTx(ctx, func(tx *storage.DB) error {
		rounds := round.NewStore(tx, key, b)
		var err error
		if r, err = rounds.Lock(ctx, who.School, id); err != nil {
			return err
		}
		if r.State != round.Closed {
			return fault.New(fault.Conflict, "round.state.settle", fault.Values{"State": string(r.State)})
		}
		if who.IsClock() && tx.Now().Before(r.SettlesAt()) {
			return fault.New(fault.Conflict, "round.state.settle", fault.Values{"State": string(r.State)})
		}
		units, err := rounds.Units(ctx, r)
		if err != nil {
			return err
		}
		n, err := move(ctx, tx, key, rounds, r, units)
		if err != nil {
			return err
		}
		if err := rounds.MarkSettled(ctx, &r); err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "round.settle", "round", r.ID, fmt.Sprintf("%d responses", n))
	})
	if err != nil {
		return r, err
	}
	return r, db.Vacuum(ctx, "inbox", "slips", "receipts")
}

func move(ctx context.Context, tx *storage.DB, key seal.Key, rounds round.Store, r round.Round, units []round.Unit) (int, error) {
	st := response.NewStore(tx)
	waiting, err := st.Inbox(ctx, r.SchoolID, r.ID)
	if err != nil {
		return 0, err
	}
	answered := map[string]int{}
	for _, w := range waiting {
		answered[w.CellID]++
	}
	cells := Cells(units, answered)
	rows := make([]response.Response, len(waiting))
	for i, w := range waiting {
		rows[i] = response.Response{SchoolID: w.SchoolID, RoundID: w.RoundID, ID: storage.NewID(),
			CellID: cells[w.CellID], Answers: w.Answers, Pace: w.Pace}
	}
	participation.Shuffle(rows)
	if err := st.Move(ctx, r.SchoolID, r.ID, rows); err != nil {
		return 0, err
	}
	if err := st.RewriteReceipts(ctx, r.SchoolID, r.ID, participation.Shuffle[response.Receipt]); err != nil {
		return 0, err
	}
	slips := participation.NewStore(tx, key)
	if len(waiting) < JoinLeast {
		// So few in the whole round that any slip and any response would be a pair: the slips go.
		err = slips.Forget(ctx, r.SchoolID, r.ID)
	} else {
		err = slips.Rewrite(ctx, r.SchoolID, r.ID)
	}
	if err != nil {
		return 0, err
	}
	if len(waiting) < JoinLeast {
		clear(answered)
	}
	return len(waiting), rounds.CountUnits(ctx, r, answered, cells)
}

// Cells decides in which unit each unit's answers are counted, so that no cell holds one to four. A unit with fewer
// than five answers goes to its parent's cell. Where the parent's cell would then itself hold fewer than five, the next
// smallest brother or sister joins it, and so on; and what is still too small in a year goes up to the school in the
// same way. Only a round with fewer than five answers altogether leaves a smaller cell.
func Cells(units []round.Unit, answered map[string]int) map[string]string {
	cell := map[string]string{}
	children := map[string][]round.Unit{}
	root := ""
	for _, u := range units {
		cell[u.ID] = u.ID
		children[u.ParentID] = append(children[u.ParentID], u)
		if u.ParentID == "" {
			root = u.ID
		}
	}
	holds := func(id string) int {
		n := 0
		for unit, c := range cell {
			if c == id {
				n += answered[unit]
			}
		}
		return n
	}
	// into moves the whole cell of one unit into another.
	into := func(from, to string) {
		for unit, c := range cell {
			if c == from {
				cell[unit] = to
			}
		}
	}
	lift := func(parent string) {
		kids := slices.Clone(children[parent])
		slices.SortStableFunc(kids, func(a, b round.Unit) int {
			return cmp.Or(cmp.Compare(holds(a.ID), holds(b.ID)), cmp.Compare(a.Position, b.Position))
		})
		for _, k := range kids {
			n := holds(k.ID)
			if n == 0 || cell[k.ID] != k.ID {
				continue
			}
			if have := holds(parent); n < JoinLeast || (have > 0 && have < JoinLeast) {
				into(k.ID, parent)
			}
		}
	}
	for _, u := range units {
		if u.ParentID == root && len(children[u.ID]) > 0 {
			lift(u.ID)
		}
	}
	if root == "" {
		return cell
	}
	// A year whose own cell is still too small has nothing left below it to take in: it goes up, and so, if the
	// school's cell stays too small, does the next smallest cell of any kind.
	for _, u := range units {
		if u.ParentID == root {
			if n := holds(u.ID); n > 0 && n < JoinLeast {
				into(u.ID, root)
			}
		}
	}
	for {
		have := holds(root)
		if have == 0 || have >= JoinLeast {
			return cell
		}
		next, least := "", 0
		for _, u := range units {
			if n := holds(u.ID); u.ID != root && n > 0 && (next == "" || n < least) {
				next, least = u.ID, n
			}
		}
		if next == "" {
			return cell
		}
		into(next, root)
	}
}
