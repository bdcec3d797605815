package rehearsal

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"strings"

	"earshot/internal/base/storage"
	"earshot/internal/listen/response"
	"earshot/internal/school/access"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
)

// theHead finds the head of the invented school that the database holds, by the school's name and the head's e-mail.
// ErrOtherSchool if it holds anything else, ErrHalfBuilt if there is a school and no head.
func theHead(ctx context.Context, db *storage.DB, school, email string) (access.Actor, error) {
	var schools []roster.School
	if err := db.Query(ctx).Find(&schools).Error; err != nil {
		return access.Actor{}, err
	}
	if len(schools) != 1 || !schools[0].Invented || schools[0].Name != school {
		return access.Actor{}, ErrOtherSchool
	}
	var accounts []identity.Account
	if err := db.Query(ctx).Where("email = ?", email).Find(&accounts).Error; err != nil {
		return access.Actor{}, err
	}
	if len(accounts) == 0 {
		return access.Actor{}, ErrHalfBuilt
	}
	return roster.NewStore(db).Actor(ctx, accounts[0].ID, schools[0].SchoolID)
}

// receipts counts the receipts of a round.
func receipts(ctx context.Context, db *storage.DB, school, roundID string) (int, error) {
	var n int64
	err := db.Query(ctx).Model(&response.Receipt{}).Where("school_id = ? AND round_id = ?", school, roundID).Count(&n).Error
	return int(n), err
}

// OwnSchema makes a schema on a PostgreSQL server for made-up things alone, and gives the address of the database with
// that schema in it. drop removes the schema and all that is in it.
func OwnSchema(ctx context.Context, server string) (address string, drop func() error, err error) {
	u, err := url.Parse(server)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return "", nil, errors.New("the address of the database has to look like postgres://user:password@host/name")
	}
	db, err := storage.Open(ctx, storage.Options{URL: server})
	if err != nil {
		return "", nil, err
	}
	name := "rehearsal_" + strings.ToLower(rand.Text()[:12])
	if err := db.Write(ctx).Exec("CREATE SCHEMA " + name).Error; err != nil {
		return "", nil, errors.Join(err, db.Close())
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String(), func() error {
		return errors.Join(db.Write(context.WithoutCancel(ctx)).Exec("DROP SCHEMA "+name+" CASCADE").Error, db.Close())
	}, nil
}
