package storage_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"gorm.io/gorm"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/testkit"
)

func TestMigrateTwiceChangesNothing(t *testing.T) {
	db := testkit.DB(t)
	applied, err := db.Migrate(context.Background())
	if err != nil || len(applied) != 0 {
		t.Fatalf("second run applied %v, %v", applied, err)
	}
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	ctx := context.Background()
	db := testkit.DB(t)
	if err := db.Write(ctx).Exec("INSERT INTO migrations (version_id, is_applied) VALUES (9999, true)").Error; err != nil {
		t.Fatal(err)
	}
	_, err := db.Migrate(ctx)
	if f, ok := fault.Of(err); !ok || f.Key != "storage.newer" {
		t.Fatalf("got %v", err)
	}
}

func TestTransactionRollsBackAndNests(t *testing.T) {
	ctx := context.Background()
	db := testkit.DB(t)
	stop := errors.New("stop")
	err := db.InTx(ctx, func(tx *storage.DB) error {
		return tx.InTx(ctx, func(inner *storage.DB) error {
			if err := inner.Write(ctx).Exec("INSERT INTO accounts (id, email, name, password, created_at) VALUES ('a','a@b','A','', ?)", tx.Now()).Error; err != nil {
				return err
			}
			return stop
		})
	})
	if !errors.Is(err, stop) {
		t.Fatal(err)
	}
	var n int64
	db.Query(ctx).Table("accounts").Count(&n)
	if n != 0 {
		t.Fatalf("%d rows survived a rollback", n)
	}
}

func TestFaultsAreTheSameOnBothDatabases(t *testing.T) {
	ctx := context.Background()
	db := testkit.DB(t)
	add := func() error {
		return db.Write(ctx).Exec("INSERT INTO accounts (id, email, name, password, created_at) VALUES (?,'a@b','A','', ?)", storage.NewID(), db.Now()).Error
	}
	if err := add(); err != nil {
		t.Fatal(err)
	}
	if err := storage.Fault(add(), "x"); !fault.Is(err, fault.Conflict) {
		t.Errorf("duplicate: %v", err)
	}
	if err := storage.Fault(gorm.ErrRecordNotFound, "x"); !fault.Is(err, fault.NotFound) {
		t.Errorf("none: %v", err)
	}
	err := db.Write(ctx).Exec("INSERT INTO sessions (token_hash, account_id, school_id, started_at, seen_at, ends_at) VALUES ('t','nobody','s',?,?,?)", db.Now(), db.Now(), db.Now()).Error
	if !errors.Is(err, gorm.ErrForeignKeyViolated) {
		t.Errorf("foreign key: %v", err)
	}
}

func TestTimesComeBackAsTheyWere(t *testing.T) {
	ctx := context.Background()
	db := testkit.DB(t)
	at := time.Date(2026, 11, 22, 13, 14, 15, 123456000, time.FixedZone("there", 3*3600))
	if err := db.Write(ctx).Exec("INSERT INTO accounts (id, email, name, password, created_at) VALUES ('a','a@b','A','', ?)", at).Error; err != nil {
		t.Fatal(err)
	}
	var row struct{ CreatedAt time.Time }
	if err := db.Query(ctx).Table("accounts").Take(&row).Error; err != nil {
		t.Fatal(err)
	}
	if !row.CreatedAt.Equal(at) {
		t.Errorf("wrote %v, read %v", at, row.CreatedAt)
	}
	var n int64
	db.Query(ctx).Table("accounts").Where("created_at < ?", at.Add(time.Second).UTC()).Count(&n)
	if n != 1 {
		t.Error("times do not compare across zones")
	}
}

func TestUnreachableDatabaseIsOneClearFault(t *testing.T) {
	_, err := storage.Open(context.Background(), storage.Options{URL: "postgres://nobody@127.0.0.1:1/none?connect_timeout=1"})
	if f, ok := fault.Of(err); !ok || f.Key != "storage.unreachable" {
		t.Fatalf("got %v", err)
	}
	_, err = storage.Open(context.Background(), storage.Options{File: filepath.Join("/dev/null", "x", "earshot.db")})
	if f, ok := fault.Of(err); !ok || f.Key != "storage.folder" {
		t.Fatalf("got %v", err)
	}
}

func TestIDsAreLongAndDiffer(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		id := storage.NewID()
		if len(id) != 26 || seen[id] {
			t.Fatal(id)
		}
		seen[id] = true
	}
}

func TestShapes(t *testing.T) {
	for n := range 70 {
		list := make([]string, n)
		for i := range list {
			list[i] = string(rune('a' + i))
		}
		padded := storage.Padded(list)
		if n > 0 && (len(padded)&(len(padded)-1) != 0 || len(padded) >= 2*n && n > 1 || padded[len(padded)-1] != list[n-1]) || n == 0 && len(padded) != 0 {
			t.Errorf("%d values padded to %d", n, len(padded))
		}
	}
}
