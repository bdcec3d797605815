package collecting_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/response"
	"earshot/internal/testkit"
)

// A file that may grow no further fails as one does on a full disk. (The soak tries it on a real one, where it may mount
// one.)
func TestFullDiskKeepsWhatWasTakenAndTakesTheRestLater(t *testing.T) {
	s := testkit.NewSchool(t)
	if s.DB.Kind() != storage.SQLite {
		t.Skip("PostgreSQL has no limit on its pages; the soak fills its disk")
	}
	ctx := context.Background()
	r := s.Open(s.Form(s.Survey("how_is_learning"), s.Forms("9A 200, 9B 200")))
	slips := s.Slips(r)
	codes := append(slips["9A"], slips["9B"]...)
	c := collecting.NewCollector(s.DB, s.Key)
	defer c.Stop()
	doc, rng := s.Doc(r), rand.New(rand.NewPCG(4, 4))
	send := func(i int) (collecting.Outcome, error) {
		return c.Submit(ctx, r, collecting.Sending{Code: codes[i], Receipt: fmt.Sprint("receipt-", i), Answers: testkit.Choose(rng, doc), Route: "own_device"})
	}
	limit := func(pages int) {
		testkit.Must(t, s.DB.Write(ctx).Exec(fmt.Sprintf("PRAGMA max_page_count = %d", pages)).Error)
	}
	stored := func() int {
		n, err := response.NewStore(s.DB).Waits(ctx, r.SchoolID, r.ID)
		testkit.Must(t, err)
		return n
	}
	limit(1) // SQLite takes that as: no page more than there are
	taken := 0
	for i := range codes {
		out, err := send(i)
		if err != nil {
			if !fault.Is(err, fault.Busy) {
				t.Fatalf("a full disk is %v, want Busy", err)
			}
			break
		}
		if out != collecting.Stored {
			t.Fatal(out)
		}
		taken++
	}
	if taken == 0 || taken == len(codes) {
		t.Fatalf("%d of %d were taken: the disk was never full, or always", taken, len(codes))
	}
	if n := stored(); n != taken {
		t.Fatalf("%d acknowledged, %d stored", taken, n)
	}
	limit(1 << 20)
	for i := taken; i < len(codes); i++ {
		if out, err := send(i); out != collecting.Stored || err != nil {
			t.Fatalf("with room again: %s, %v", out, err)
		}
	}
	if out, err := send(0); out != collecting.Already || err != nil {
		t.Errorf("the first once more: %s, %v", out, err)
	}
	if n := stored(); n != len(codes) {
		t.Errorf("%d of %d are stored", n, len(codes))
	}
}
