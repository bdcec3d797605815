package chart_test

import (
	"context"
	"strconv"
	"testing"

	"earshot/internal/show/chart"
	"earshot/internal/testkit"
)

func TestStore(t *testing.T) {
	s := testkit.NewSchool(t)
	ctx := context.Background()
	store := chart.NewStore(s.DB)
	list := append(chart.Drawings(figures["bars"], "1"), chart.Drawings(figures["likert"], "1")...)
	missing, err := store.Missing(ctx, s.School.SchoolID, append(list, list...))
	testkit.Must(t, err)
	if len(missing) != 4 {
		t.Fatalf("%d missing of 4", len(missing))
	}
	testkit.Must(t, store.Keep(ctx, s.School.SchoolID, map[string]string{list[0].Hash: "<svg>é</svg>", list[1].Hash: "b"}))
	testkit.Must(t, store.Keep(ctx, s.School.SchoolID, map[string]string{list[0].Hash: "another"})) // another server was slower
	found, err := store.Find(ctx, s.School.SchoolID, []string{list[0].Hash, list[1].Hash, list[2].Hash})
	testkit.Must(t, err)
	if len(found) != 2 || found[list[0].Hash] != "<svg>é</svg>" {
		t.Errorf("%v", found)
	}
	if missing, err = store.Missing(ctx, s.School.SchoolID, list); err != nil || len(missing) != 2 || missing[0].Hash != list[2].Hash {
		t.Errorf("%d missing, %v", len(missing), err)
	}
	if found, err = store.Find(ctx, "another school", []string{list[0].Hash}); err != nil || len(found) != 0 {
		t.Errorf("another school finds %v, %v", found, err)
	}
	if found, err = store.Find(ctx, s.School.SchoolID, nil); err != nil || len(found) != 0 {
		t.Errorf("%v, %v", found, err)
	}
	many := map[string]string{}
	for i := range 700 { // more than one statement takes
		many[strconv.Itoa(i)] = "c"
	}
	testkit.Must(t, store.Keep(ctx, s.School.SchoolID, many))
	testkit.Must(t, store.Forget(ctx, s.School.SchoolID))
	if missing, err = store.Missing(ctx, s.School.SchoolID, list); err != nil || len(missing) != 4 {
		t.Errorf("after forgetting %d are missing, %v", len(missing), err)
	}
}
