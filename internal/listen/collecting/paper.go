package collecting

import (
	"context"

	"earshot/internal/ask/round"
	"earshot/internal/base/seal"
	"earshot/internal/listen/participation"
	"earshot/internal/listen/response"
)

// TypingKeys are pressed for the options of a question when a sheet is typed in, and printed beside its boxes: as many as
// a question may have options.
const TypingKeys = "123456789abcdefghijk"

// UnitOf is the unit that a code belongs to, so that nobody types in what their own class has written, and whether the
// code has been used; empty for a code that is none of this round. It spends nothing.
func (c *Collector) UnitOf(ctx context.Context, r round.Round, typed string) (unit string, spent bool, err error) {
	code, ok := seal.CleanCode(typed, participation.CodeLength)
	if !ok {
		return "", false, nil
	}
	st := participation.NewStore(c.db, c.key)
	hash := st.Hash(r.ID, code)
	slips, err := st.Look(ctx, r.SchoolID, r.ID, []string{hash})
	return slips[hash].UnitID, slips[hash].Spent, err
}

// Checked counts a sheet that was typed twice: how many answers were compared and how many had come out differently. It
// says how well the typing of the whole round may be trusted.
func (c *Collector) Checked(ctx context.Context, r round.Round, compared, different int) error {
	rows := []response.Tally{{SchoolID: r.SchoolID, RoundID: r.ID, Kind: "typed twice", Name: "answers", Count: compared},
		{SchoolID: r.SchoolID, RoundID: r.ID, Kind: "typed twice", Name: "different", Count: different},
		{SchoolID: r.SchoolID, RoundID: r.ID, Kind: "typed twice", Name: "sheets", Count: 1}}
	return response.NewStore(c.db).Count(ctx, rows)
}

// Twice says how the sheets came out that were typed twice.
type Twice struct{ Sheets, Answers, Different int }

// TypedTwice reads what Checked has counted in a round.
func (c *Collector) TypedTwice(ctx context.Context, r round.Round) (Twice, error) {
	rows, err := response.NewStore(c.db).Tallies(ctx, r.SchoolID, r.ID)
	var t Twice
	for _, row := range rows {
		if row.Kind != "typed twice" {
			continue
		}
		switch row.Name {
		case "sheets":
			t.Sheets = row.Count
		case "answers":
			t.Answers = row.Count
		case "different":
			t.Different = row.Count
		}
	}
	return t, err
}
