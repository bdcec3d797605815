package result_test

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"earshot/internal/base/fault"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/response"
	"earshot/internal/show/result"
	"earshot/internal/testkit"
)

func TestReleaseIsMadeOnceAndOutlivesTheAnswers(t *testing.T) {
	ctx := context.Background()
	s := testkit.NewSchool(t)
	r := s.Open(s.Form(s.Survey("first_say"), s.Forms("9A 12, 9B 14, 10A 9, 10B 6")))
	c := collecting.NewCollector(s.DB, s.Key)
	t.Cleanup(c.Stop)
	rng := rand.New(rand.NewPCG(3, 4))
	codes := s.Slips(r)
	for unit, n := range map[string]int{"9A": 11, "9B": 12, "10A": 8, "10B": 2} {
		s.Answer(c, r, codes[unit], n, rng)
	}
	st := result.NewStore(s.DB, s.Key, s.Bank)
	if _, err := st.Make(ctx, r.SchoolID, r.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("a release of an open round: %v", err)
	}
	if _, err := st.Latest(ctx, r.SchoolID, r.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("a release that nobody made: %v", err)
	}
	r = s.CloseAndSettle(r)
	var ids []string
	testkit.Must(t, response.NewStore(s.DB).Each(ctx, r.SchoolID, r.ID, func(row response.Response) error {
		ids = append(ids, row.ID)
		return nil
	}))
	first, err := st.Make(ctx, r.SchoolID, r.ID)
	testkit.Must(t, err)
	again, err := st.Make(ctx, r.SchoolID, r.ID)
	testkit.Must(t, err)
	if first.ID == "" || again.ID != first.ID {
		t.Errorf("made twice: %s and %s", first.ID, again.ID)
	}
	if g := first.School(); !g.Shown || g.Answered != 33 || g.Asked != 41 || g.Rate != result.ThreeQuarters {
		t.Errorf("the school is %+v", g)
	}
	if _, err := response.NewStore(s.DB).Purge(ctx, r.SchoolID, r.ID); err != nil {
		t.Fatal(err)
	}
	read, err := st.Latest(ctx, r.SchoolID, r.ID)
	testkit.Must(t, err)
	was, _ := json.Marshal(first)
	is, _ := json.Marshal(read)
	if string(was) != string(is) || read.ID != first.ID || read.MadeAt.IsZero() {
		t.Error("the release that is read is not the one that was made")
	}
	for _, id := range ids {
		if strings.Contains(string(is), id) {
			t.Fatal("the release names a response")
		}
	}
	var rows []result.Stored
	testkit.Must(t, s.DB.Query(ctx).Find(&rows).Error)
	if len(rows) != 1 || strings.Contains(rows[0].Body, s.Head.Person) {
		t.Errorf("%d releases are stored, or one names a person", len(rows))
	}
	if _, err := st.Latest(ctx, "another", r.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("another school reads it: %v", err)
	}
}
