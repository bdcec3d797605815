package disclosure_test

import (
	"testing"

	"earshot/internal/show/disclosure"

	"pgregory.net/rapid"
)

// The page for pupils adds nothing to the one for staff, and both together
// withstand what each does.
func TestTwoReleasesTogether(t *testing.T) {
	shown := 0
	rapid.Check(t, func(t *rapid.T) {
		q := questionYear(t, 1, 2, 4, 5, 30, 4)
		q.Least = 0
		staff, _, err := disclosure.What(q)
		if err != nil {
			t.Fatal(err)
		}
		q.Least, q.Within = 10, staff
		pupils, report, err := disclosure.What(q)
		if err != nil {
			t.Fatal(err)
		}
		shown += report.GroupsKept
		checkPublished(t, q, pupils, false)
		r := &rational{}
		for _, f := range facts(q, staff) {
			if f.low == f.high {
				r.insert(vector(q, f.cells, f.columns))
			}
		}
		for _, f := range facts(q, pupils) {
			if f.low == f.high && !r.contains(vector(q, f.cells, f.columns)) {
				t.Fatalf("%v: pupils see more than staff: %+v", q.Counts, f)
			}
		}
		q.Least, q.Within = 0, nil
		q.Groups = append(append([]disclosure.Group(nil), q.Groups...), q.Groups...)
		checkPublished(t, q, append(append([]disclosure.Row(nil), staff...), pupils...), true)
	})
	t.Logf("groups on pupils' pages: %d", shown)
}
