package collecting

import (
	"context"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/listen/envelope"
	"earshot/internal/listen/participation"
	"earshot/internal/listen/response"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// Settle empties the inbox of a closed round: every answer becomes a response with a new random id, in random order,
// in one transaction. Scrub then wipes the deleted rows out of the files, and from there on nothing stored joins a slip
// to a response. A round settles by the clock after its grace, or earlier when a leader says so.
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
		if r.Personal() && tx.Now().Before(r.ClosesAt) {
			return fault.New(fault.Conflict, "round.settle_promised", fault.Values{"Date": round.SayDate(storage.DateOf(r.ClosesAt, r.Zone()))})
		}
		units, err := rounds.Units(ctx, r)
		if err != nil {
			return err
		}
		_, err = move(ctx, tx, key, rounds, r, units)
		if err != nil {
			return err
		}
		if err := rounds.MarkSettled(ctx, &r); err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "round.settle", "round", r.ID, "")
	})
	return r, err
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
	now := make(map[string]string, len(waiting)) // id in the inbox -> id of the response
	for i, w := range waiting {
		rows[i] = response.Response{SchoolID: w.SchoolID, RoundID: w.RoundID, ID: storage.NewID(),
			CellID: cells[w.CellID], Answers: w.Answers, Pace: w.Pace}
		now[w.ID] = rows[i].ID
	}
	participation.Shuffle(rows)
	if err := st.Move(ctx, r.SchoolID, r.ID, rows); err != nil {
		return 0, err
	}
	if r.Personal() {
		if err := follow(ctx, tx, rounds, r, waiting); err != nil {
			return 0, err
		}
		if err := st.MoveMarks(ctx, r.SchoolID, r.ID, now); err != nil {
			return 0, err
		}
		if err := envelope.NewStore(tx, key).Rewrite(ctx, r.SchoolID, r.ID, participation.ShuffleN); err != nil {
			return 0, err
		}
	}
	if err := safeguard.NewStore(tx, key).Rewrite(ctx, r.SchoolID, r.ID, cells); err != nil {
		return 0, err
	}
	if err := st.RewriteReceipts(ctx, r.SchoolID, r.ID, participation.Shuffle[response.Receipt]); err != nil {
		return 0, err
	}
	slips := participation.NewStore(tx, key)
	// Whom mailed slips belong to has served: after this nobody can tell who answered, let alone what.
	if err := slips.ForgetPeople(ctx, r.SchoolID, r.ID); err != nil {
		return 0, err
	}
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

// Cancel ends a round for good. Its slips and the answers that wait go in the same transaction; Scrub wipes them.
func Cancel(ctx context.Context, db *storage.DB, key seal.Key, b *bank.Bank, who access.Actor, id, reason string) (round.Round, error) {
	return round.NewStore(db, key, b).Cancel(ctx, who, id, reason, func(tx *storage.DB, r round.Round) error {
		if err := participation.NewStore(tx, key).Forget(ctx, r.SchoolID, r.ID); err != nil {
			return err
		}
		if err := safeguard.NewStore(tx, key).PurgeComments(ctx, r.SchoolID, r.ID); err != nil {
			return err
		}
		// Sealed names stay until their day: a message that somebody may be in danger keeps its way to whoever wrote it.
		if err := response.NewStore(tx).DropMarks(ctx, r.SchoolID, r.ID); err != nil {
			return err
		}
		return response.NewStore(tx).DropInbox(ctx, r.SchoolID, r.ID)
	})
}

// Scrub wipes what settling or cancelling deleted out of the database's files. It is Busy while somebody else has the
// file open for reading, and has to be run again until it succeeds.
func Scrub(ctx context.Context, db *storage.DB) error {
	return db.Vacuum(ctx, "rounds", "inbox", "slips", "receipts", "invitations", "mails", "comments", "marks", "envelopes", "names")
}

// ScrubPurged is Scrub after answers were deleted for good. On PostgreSQL it rewrites the whole table of responses, which
// settling has no need of.
func ScrubPurged(ctx context.Context, db *storage.DB) error {
	return db.Vacuum(ctx, "inbox", "slips", "receipts", "invitations", "mails", "comments", "quotes", "responses", "marks", "envelopes", "names")
}
