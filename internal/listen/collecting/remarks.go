package collecting

import (
	"context"

	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
)

// hold keeps what was written in boxes apart, in the transaction that stores the answers it came with. Until the round
// settles and the tables are written anew, the database could be asked which came together; from then on nothing tells.
func hold(ctx context.Context, tx *storage.DB, key seal.Key, school, roundID string, remarks []safeguard.Remark) error {
	adults, err := Adults(ctx, tx, school)
	if err != nil {
		return err
	}
	return safeguard.NewStore(tx, key).Hold(ctx, school, roundID, remarks, adults)
}

// Adults are those who would read something that cannot wait.
func Adults(ctx context.Context, tx *storage.DB, school string) (a safeguard.Adults, err error) {
	people := roster.NewStore(tx)
	for role, add := range map[access.Role]func(roster.StaffMember){
		access.SafeguardingLead:   func(m roster.StaffMember) { a.Leads = append(a.Leads, m.Name()) },
		access.SafeguardingDeputy: func(m roster.StaffMember) { a.Leads = append(a.Leads, m.Name()) },
		access.Head:               func(m roster.StaffMember) { a.Head = append(a.Head, m.Name()) },
		access.Chair:              func(m roster.StaffMember) { a.Chair = a.Chair || m.Email != "" },
	} {
		holders, err := people.Holders(ctx, school, role)
		if err != nil {
			return a, err
		}
		for _, m := range holders {
			add(m)
		}
	}
	return a, nil
}
