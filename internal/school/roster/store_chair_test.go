package roster_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// Those who chaired before anybody wrote down since when go on as they did.
func TestChairsFromBefore(t *testing.T) {
	s := testkit.NewSchool(t)
	ctx := context.Background()
	chair := s.Staff("Cora Byrne", access.Chair)
	testkit.Must(t, s.DB.Write(ctx).Exec("DELETE FROM chairings").Error)
	actor := func() access.Actor {
		t.Helper()
		who, err := roster.NewStore(s.DB).Actor(ctx, chair.Account, chair.School)
		testkit.Must(t, err)
		return who
	}
	if actor().ChairFrom.IsZero() {
		t.Error("a chair of whom nothing is written down reads all")
	}
	text, err := os.ReadFile("../../base/storage/migrations/0024_chair.sql")
	testkit.Must(t, err)
	_, insert, _ := strings.Cut(string(text), "INSERT INTO chairings")
	insert, _, _ = strings.Cut(insert, ";")
	testkit.Must(t, s.DB.Write(ctx).Exec("INSERT INTO chairings"+insert).Error)
	if from := actor().ChairFrom; !from.IsZero() {
		t.Errorf("a chair from before reads from %v", from)
	}
	due, err := roster.NewStore(s.DB).ChairingsToTell(ctx)
	testkit.Must(t, err)
	if len(due) > 0 {
		t.Errorf("somebody is told of %+v", due)
	}
}
