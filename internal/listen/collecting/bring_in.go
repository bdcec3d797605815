package collecting

import (
	"context"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/listen/participation"
	"earshot/internal/listen/response"
	"earshot/internal/school/access"
)

// Given is one answer that was collected elsewhere.
type Given struct {
	Group   string // a name of round.Brought.Groups; empty: known of the school alone
	Answers survey.Answers
}

// BringIn makes a settled round of answers that were collected elsewhere, in one transaction: all of them or none. They
// are stored as settling stores them, each with a new random id, in random order and with nothing else, and a group with
// fewer than five is counted in what is larger. Who answered was never known here, so there are no slips and no receipts.
func BringIn(ctx context.Context, db *storage.DB, key seal.Key, b *bank.Bank, who access.Actor, f round.Brought, given []Given) (round.Round, error) {
	if !access.Can(who, access.RunRounds, access.Object{School: who.School}) {
		return round.Round{}, fault.New(fault.Forbidden, "fault.forbidden")
	}
	if len(given) < JoinLeast {
		return round.Round{}, fault.New(fault.Invalid, "bring_in.few", fault.Values{"Least": JoinLeast})
	}
	var r round.Round
	err := db.InTx(ctx, func(tx *storage.DB) error {
		rounds := round.NewStore(tx, key, b)
		var units []round.Unit
		var of map[string]string
		var err error
		if r, units, of, err = rounds.BringIn(ctx, who, f); err != nil {
			return err
		}
		doc, err := rounds.Document(ctx, r)
		if err != nil {
			return err
		}
		answered := map[string]int{}
		rows := make([]response.Response, len(given))
		for i, g := range given {
			unit, ok := of[g.Group]
			if !ok {
				return fault.New(fault.Invalid, "bring_in.no_group", fault.Values{"Name": g.Group})
			}
			if p := doc.Check(g.Answers); len(p) > 0 {
				return fault.New(fault.Invalid, p[0].Key, values(p[0].Values))
			}
			text, err := g.Answers.Encode()
			if err != nil {
				return err
			}
			answered[unit]++
			rows[i] = response.Response{SchoolID: r.SchoolID, RoundID: r.ID, ID: storage.NewID(), CellID: unit, Answers: string(text), Pace: response.Usual}
		}
		if err := fits(units, answered, len(given)); err != nil {
			return err
		}
		cells := Cells(units, answered)
		for i := range rows {
			rows[i].CellID = cells[rows[i].CellID]
		}
		participation.Shuffle(rows)
		if err := response.NewStore(tx).Add(ctx, rows); err != nil {
			return err
		}
		if err := rounds.CountUnits(ctx, r, answered, cells); err != nil {
			return err
		}
		return rounds.MarkSettled(ctx, &r)
	})
	return r, err
}

// fits refuses a number of people asked that is smaller than that of answers.
func fits(units []round.Unit, answered map[string]int, all int) error {
	for _, u := range units {
		n := answered[u.ID]
		if u.Kind == round.UnitSchool {
			n = all
		}
		if u.Size > 0 && u.Size < n {
			return fault.Field("size", "bring_in.size", fault.Values{"Name": u.Name, "Size": u.Size, "Answers": n})
		}
	}
	return nil
}

func values(m map[string]string) fault.Values {
	out := fault.Values{}
	for k, v := range m {
		out[k] = v
	}
	return out
}
