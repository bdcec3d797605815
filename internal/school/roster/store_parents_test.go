package roster_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"earshot/internal/base/fault"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

func parents(lines ...string) roster.ParentList {
	l := roster.ParentList{Hash: "abc"}
	for _, line := range lines { // pupil, key or -, name, address or -, and "no" if they must not be written to
		f := strings.Fields(line)
		row := roster.ParentRow{Pupil: f[0], Key: strings.Trim(f[1], "-"), Given: f[2], Family: f[3], Email: strings.Trim(f[4], "-"), MayAsk: len(f) == 5}
		l.Rows = append(l.Rows, row)
	}
	return l
}

// known says who is whose parent: "Ann Bell a@x: Bo 7A, Cy 9B".
func known(t *testing.T, s *testkit.School) string {
	t.Helper()
	families, err := roster.NewStore(s.DB).Families(ctx, s.School.SchoolID)
	testkit.Must(t, err)
	var all []string
	for _, f := range families {
		var children []string
		for _, c := range f.Children {
			children = append(children, c.Given+" "+c.Form)
		}
		all = append(all, fmt.Sprintf("%s %s: %s", f.Parent.Name(), f.Parent.Email, strings.Join(children, ", ")))
	}
	return strings.Join(all, "; ")
}

func applyParents(t *testing.T, s *testkit.School, l roster.ParentList, confirm ...roster.Confirm) roster.ParentPlan {
	t.Helper()
	c := roster.Confirm{}
	if len(confirm) > 0 {
		c = confirm[0]
	}
	plan, err := roster.NewStore(s.DB).ApplyParents(ctx, s.Head, l, c)
	testkit.Must(t, err)
	return plan
}

func TestParentsAndTheirChildren(t *testing.T) {
	s := testkit.NewSchool(t)
	apply(t, s, pupils("1 Bo Bell 7 7A", "2 Cy Bell 9 9B", "3 Di Carr 7 7A"))
	list := []string{"1 10 Ann Bell a@home.example", "2 10 Ann Bell a@home.example", "1 11 Dan Bell -", "3 - Eve Carr e@home.example", "3 - Fay Carr - no", "9 - Gil Hay g@home.example"}
	plan := applyParents(t, s, parents(list...))
	if len(plan.Added) != 4 || plan.NoEmail != 1 || plan.NotAsked != 1 || !slices.Equal(plan.Strangers, []string{"9"}) {
		t.Errorf("%+v", plan)
	}
	want := "Ann Bell a@home.example: Bo 7A, Cy 9B; Dan Bell : Bo 7A; Eve Carr e@home.example: Di 7A"
	if got := known(t, s); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	// The same list in another order changes nothing.
	slices.Reverse(list)
	if plan := applyParents(t, s, parents(list...)); plan.Changes() != 0 || plan.Unchanged != 4 {
		t.Errorf("again: %+v", plan)
	}
	// A pupil who leaves is nobody's child here; their parent without another child is not asked.
	apply(t, s, pupils("1 Bo Bell 7 7A", "2 Cy Bell 9 9B"))
	if got := known(t, s); strings.Contains(got, "Carr") {
		t.Errorf("a parent of nobody: %s", got)
	}
}

func TestAParentWhoseAddressChangesStaysTheSame(t *testing.T) {
	s := testkit.NewSchool(t)
	st := roster.NewStore(s.DB)
	apply(t, s, pupils("1 Bo Bell 7 7A", "2 Cy Bell 9 9B"))
	applyParents(t, s, parents("1 - Ann Bell a@home.example", "2 - Ann Bell a@home.example", "2 - Dan Bell d@home.example"))
	id := func(name string) string {
		families, err := st.Families(ctx, s.School.SchoolID)
		testkit.Must(t, err)
		for _, f := range families {
			if f.Parent.Given == name {
				return f.Parent.ID
			}
		}
		t.Fatalf("no %s: %s", name, known(t, s))
		return ""
	}
	ann, dan := id("Ann"), id("Dan")
	// Ann's address changes in the school's system; Dan's was mended by hand first, and then there.
	_, err := st.ChangeParentEmail(ctx, s.Head, dan, " D2@Home.example ")
	testkit.Must(t, err)
	plan := applyParents(t, s, parents("1 - Ann Bell new@home.example", "2 - Ann Bell new@home.example", "2 - Dan Bell d2@home.example"))
	if len(plan.Changed) != 1 || len(plan.Added)+len(plan.Left) != 0 || plan.Unchanged != 1 {
		t.Errorf("%+v", plan)
	}
	if id("Ann") != ann || id("Dan") != dan {
		t.Error("somebody became another person")
	}
	if plan := applyParents(t, s, parents("1 - Ann Bell new@home.example", "2 - Ann Bell new@home.example", "2 - Dan Bell d2@home.example")); plan.Changes() != 0 {
		t.Errorf("once more: %+v", plan)
	}
	for _, typed := range []string{"no address", "two@home.example, three@home.example"} {
		if _, err := st.ChangeParentEmail(ctx, s.Head, ann, typed); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", typed, err)
		}
	}
}

// Nothing that may be a pupil's own address is ever kept: neither from a list nor by hand.
func TestAPupilNeverHasAnAddress(t *testing.T) {
	s := testkit.NewSchool(t)
	st := roster.NewStore(s.DB)
	apply(t, s, pupils("1 Bo Bell 7 7A", "2 Cy Bell 9 9B"))
	plan := applyParents(t, s, parents("1 - Bo Bell bo@school.example", "2 - CY Bell cy@school.example"))
	if len(plan.Added) != 0 || !slices.Equal(plan.Own, []string{"1", "2"}) {
		t.Errorf("%+v", plan)
	}
	people, err := st.Pupils(ctx, s.School.SchoolID)
	testkit.Must(t, err)
	if _, err := st.ChangeParentEmail(ctx, s.Head, people[0].ID, "bo@school.example"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a pupil gets an address by hand: %v", err)
	}
	if _, err := st.ChangeParentEmail(ctx, s.Head, s.Lead.ID, "ruth@school.example"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a member of staff is taken for a parent: %v", err)
	}
	// A parent who came before stays, while the line is in doubt.
	applyParents(t, s, parents("1 - Ann Bell a@home.example"))
	if plan := applyParents(t, s, parents("1 - Bo Bell bo@school.example")); len(plan.Left) != 0 {
		t.Errorf("a line with the pupil's own name took their parent off: %+v", plan)
	}
}

func TestBrakesOfAParentsList(t *testing.T) {
	s := testkit.NewSchool(t)
	st := roster.NewStore(s.DB)
	apply(t, s, pupils("1 Bo Bell 7 7A", "2 Cy Carr 9 9B"))
	full := parents("1 - Ann Bell a@home.example", "2 - Eve Carr e@home.example")
	applyParents(t, s, full)
	part := parents("1 - Ann Bell a@home.example")
	_, err := st.ApplyParents(ctx, s.Head, part, roster.Confirm{})
	if f, ok := fault.Of(err); !ok || f.Fields["leavers"].Key != "parents.brake" {
		t.Errorf("half of the parents go without a word: %v", err)
	}
	held := part
	held.Held = []string{"2"}
	if plan := applyParents(t, s, held); len(plan.Left) != 0 || plan.Unchanged != 2 {
		t.Errorf("a line that cannot be read: %+v", plan)
	}
	shown, err := st.PlanParents(ctx, s.Head, part)
	testkit.Must(t, err)
	if plan := applyParents(t, s, part, roster.Confirm{Leavers: 1, Plan: shown.Fingerprint()}); len(plan.Left) != 1 {
		t.Errorf("%+v", plan)
	}
	if _, err := st.ApplyParents(ctx, s.Head, full, roster.Confirm{Plan: shown.Fingerprint()}); !fault.Is(err, fault.Conflict) {
		t.Errorf("another list than the one shown: %v", err)
	}
	if plan := applyParents(t, s, full); len(plan.Back) != 1 || known(t, s) != "Ann Bell a@home.example: Bo 7A; Eve Carr e@home.example: Cy 9B" {
		t.Errorf("back: %+v %s", plan, known(t, s))
	}
	if _, err := st.ApplyParents(ctx, s.Staff("Lena Brandt", access.Teacher), full, roster.Confirm{}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a teacher brings a list: %v", err)
	}
}

// A teacher may have a child at the school.
func TestAParentWhoTeaches(t *testing.T) {
	s := testkit.NewSchool(t)
	st := roster.NewStore(s.DB)
	apply(t, s, pupils("1 Bo Bell 7 7A"))
	applyParents(t, s, parents("1 - Ann Bell ann@school.example"))
	p, err := st.AddStaff(ctx, s.Head, roster.StaffForm{Name: "Ann Bell", Email: "ann@school.example", Roles: []access.Role{access.Teacher}})
	testkit.Must(t, err)
	if p.Kind != roster.Staff || known(t, s) != "Ann Bell ann@school.example: Bo 7A" {
		t.Errorf("%+v %s", p, known(t, s))
	}
}
