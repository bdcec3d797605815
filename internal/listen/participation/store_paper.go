package participation

import (
	"context"
	"slices"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// PrintForPaper mints slips of paper in a round by e-mail, for those whom no mail reaches. They belong to nobody: whoever
// is on the list takes any of them. Printing again voids those that were printed before and leaves the mailed ones alone;
// it is refused once one of them is spent. Faults: Conflict slips.not_open, slips.begun, mail.no_paper;
// slips.personal in a confidential round, in which no slip belongs to nobody.
func (s Store) PrintForPaper(ctx context.Context, who access.Actor, r round.Round) ([]Sheet, error) {
	if !access.Can(who, access.RunRounds, access.Object{School: r.SchoolID}) {
		return nil, fault.New(fault.Forbidden, "fault.forbidden")
	}
	if r.Personal() {
		return nil, fault.New(fault.Conflict, "slips.personal")
	}
	if r.State != round.Open || !r.Mailed() {
		return nil, fault.New(fault.Conflict, "slips.not_open")
	}
	var sheets []Sheet
	err := s.db.InTx(ctx, func(tx *storage.DB) error {
		sheets = nil
		st := NewStore(tx, s.key)
		if _, err := st.rounds().Lock(ctx, r.SchoolID, r.ID); err != nil {
			return err
		}
		units, err := st.rounds().Units(ctx, r)
		if err != nil {
			return err
		}
		p, err := st.Post(ctx, r)
		if err != nil {
			return err
		}
		count := map[string]int{}
		for _, rec := range p.Paper() {
			for _, a := range rec.Asked {
				u, ok := round.UnitFor(units, a)
				if !ok {
					u = units[0]
				}
				count[u.ID]++
			}
		}
		paper, err := st.paper(ctx, r)
		if err != nil {
			return err
		}
		var rows []Slip
		for _, u := range units {
			n := count[u.ID]
			if n == 0 {
				continue
			}
			if slices.ContainsFunc(paper[u.ID], func(slip Slip) bool { return slip.Spent }) {
				return fault.New(fault.Conflict, "slips.begun", fault.Values{"Name": u.Name})
			}
			for _, slip := range paper[u.ID] {
				if err := tx.Write(ctx).Delete(&slip).Error; err != nil {
					return err
				}
			}
			sheet := Sheet{Unit: u}
			for i := range n + Spares(n) {
				code := seal.NewCode(CodeLength)
				slip := Slip{SchoolID: r.SchoolID, RoundID: r.ID, Hash: s.Hash(r.ID, code), UnitID: u.ID, Kind: ForPupil}
				if i < n {
					sheet.Slips = append(sheet.Slips, code)
				} else {
					slip.Kind = Spare
					sheet.Spares = append(sheet.Spares, code)
				}
				rows = append(rows, slip)
			}
			sheets = append(sheets, sheet)
		}
		if len(sheets) == 0 {
			return fault.New(fault.Conflict, "mail.no_paper")
		}
		Shuffle(rows)
		if err := tx.Write(ctx).CreateInBatches(&rows, 400).Error; err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "slips.print", "round", r.ID, "")
	})
	return sheets, err
}

// paper finds the slips of a round by e-mail that were printed, by unit: those that belong to no invitation and to none that may come.
func (s Store) paper(ctx context.Context, r round.Round) (map[string][]Slip, error) {
	var invitations []Invitation
	if err := s.db.Query(ctx).Where("school_id = ? AND round_id = ?", r.SchoolID, r.ID).Find(&invitations).Error; err != nil {
		return nil, err
	}
	mailed := map[string]bool{}
	for _, inv := range invitations {
		mailed[s.Hash(r.ID, s.code(r.ID, inv.ID))] = true
	}
	ready, err := s.ready(ctx, r.SchoolID, r.ID)
	if err != nil {
		return nil, err
	}
	var slips []Slip
	if err := s.db.Query(ctx).Where("school_id = ? AND round_id = ?", r.SchoolID, r.ID).Find(&slips).Error; err != nil {
		return nil, err
	}
	printed := map[string][]Slip{}
	for _, slip := range slips {
		if !mailed[slip.Hash] && !ready.hashes[slip.Hash] {
			printed[slip.UnitID] = append(printed[slip.UnitID], slip)
		}
	}
	return printed, nil
}

// PaperPrinted says whether slips of paper have been printed in a round by e-mail.
func (s Store) PaperPrinted(ctx context.Context, r round.Round) (bool, error) {
	paper, err := s.paper(ctx, r)
	return len(paper) > 0, err
}
