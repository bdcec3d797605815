package participation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"earshot/internal/base/storage"
	"earshot/internal/listen/participation"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// People who are invited after the others take slips that lie ready. Where there are too few, everything is written anew; links that
// went out keep leading where they led, and what was used stays used.
func TestSlipsLieReadyForThoseInvitedLater(t *testing.T) {
	s := testkit.NewSchool(t)
	specs := slices.Clone(families)
	for i := range 8 {
		specs = append(specs, fmt.Sprintf("Late L%d: Kid K%d 9A", i, i))
	}
	r := s.Open(s.MailForm("first_home", s.Families(specs...)))
	st := store(s)
	invite := func(want int) map[string]string {
		t.Helper()
		n, err := st.Invite(ctx, s.Head, r, 2)
		if n != want || err != nil {
			t.Fatalf("%d invited, %v", n, err)
		}
		codes := map[string]string{}
		for who, links := range take(t, s, nil) {
			_, code, _ := strings.Cut(links[0], "#")
			codes[who] = code
		}
		return codes
	}
	rows := func() (hashes []string) {
		t.Helper()
		testkit.Must(t, s.DB.Query(ctx).Model(&participation.Slip{}).Where("round_id = ?", r.ID).Order("hash").Pluck("hash", &hashes).Error)
		return hashes
	}
	found := func(codes map[string]string) (spent, good int) {
		t.Helper()
		for _, code := range codes {
			hash := st.Hash(r.ID, code)
			slips, err := st.Look(ctx, r.SchoolID, r.ID, []string{hash})
			testkit.Must(t, err)
			if slip, ok := slips[hash]; ok && slip.Spent {
				spent++
			} else if ok {
				good++
			}
		}
		return spent, good
	}
	late := func(from, to int) {
		t.Helper()
		all, err := roster.NewStore(s.DB).Families(ctx, r.SchoolID)
		testkit.Must(t, err)
		for _, f := range all {
			var n int
			if _, err := fmt.Sscanf(f.Parent.Family, "L%d", &n); err == nil && n >= from && n < to {
				_, err := roster.NewStore(s.DB).ChangeParentEmail(ctx, s.Head, f.Parent.ID, fmt.Sprintf("late%d@home.example", n))
				testkit.Must(t, err)
			}
		}
	}
	unspent := func(want int) {
		t.Helper()
		if n, err := st.Unspent(ctx, r.SchoolID, r.ID); n != want || err != nil {
			t.Errorf("%d have not answered, want %d; %v", n, want, err)
		}
	}

	codes := invite(3)
	unspent(3)
	before := rows()
	for who, code := range codes {
		if strings.HasPrefix(who, "ann") {
			_, err := st.Spend(ctx, r.SchoolID, r.ID, []string{st.Hash(r.ID, code)})
			testkit.Must(t, err)
		}
	}
	late(0, 2)
	for who, code := range invite(2) {
		codes[who] = code
	}
	unspent(4)
	if after := rows(); !slices.Equal(before, after) {
		t.Errorf("%d slips became %d", len(before), len(after))
	}
	late(2, 8) // more than lie ready
	for who, code := range invite(6) {
		codes[who] = code
	}
	unspent(10)
	if after := rows(); len(after) <= len(before) {
		t.Errorf("%d slips became %d", len(before), len(after))
	}
	if spent, good := found(codes); len(codes) != 11 || spent != 1 || good != 10 {
		t.Errorf("%d links, %d used, %d good", len(codes), spent, good)
	}
	if s.DB.Kind() == storage.Postgres {
		for _, table := range []string{"slips", "invitations"} {
			var n int
			testkit.Must(t, s.DB.Query(ctx).Raw("SELECT count(DISTINCT xmin::text) FROM "+table+" WHERE round_id = ?", r.ID).Row().Scan(&n))
			if n != 1 {
				t.Errorf("%s was written by %d transactions: they tell who came late", table, n)
			}
		}
	}
}
