package rehearsal

import (
	"context"

	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
)

// theHead finds the head of the demo school that the database holds.
func theHead(ctx context.Context, db *storage.DB) (access.Actor, error) {
	var schools []roster.School
	if err := db.Query(ctx).Find(&schools).Error; err != nil {
		return access.Actor{}, err
	}
	if len(schools) != 1 || !schools[0].Invented || schools[0].Name != SchoolName {
		return access.Actor{}, ErrOtherSchool
	}
	var accounts []identity.Account
	if err := db.Query(ctx).Where("email = ?", cast[0].email).Find(&accounts).Error; err != nil {
		return access.Actor{}, err
	}
	if len(accounts) == 0 {
		return access.Actor{}, ErrHalfBuilt
	}
	return roster.NewStore(db).Actor(ctx, accounts[0].ID, schools[0].SchoolID)
}
