package roster

import (
	"cmp"
	"slices"
	"strings"

	"earshot/internal/base/storage"
)

// differ holds a list against what is stored. Its results never depend on the order of rows.
type differ struct {
	*work
	school string
	today  storage.Date
	ids    map[groupKey]string // what the list calls a group -> its id
	names  map[string]string   // group -> name
	in     map[string][]string // person -> groups they are in
	size   map[string]int      // group -> pupils in it
}

// groupKey is what a list calls a group.
type groupKey struct{ kind, subject, name string }

func keyOf(kind, subject, name string) groupKey {
	return groupKey{kind, strings.ToLower(subject), strings.ToLower(name)}
}

func (r ListRow) keys() []groupKey {
	var keys []groupKey
	if r.Form != "" {
		keys = append(keys, keyOf(Form, "", r.Form))
	}
	for _, c := range r.Classes {
		keys = append(keys, keyOf(Class, c.Subject, c.Name))
	}
	return keys
}

// wanted is a group as a list has it.
type wanted struct {
	Group
	key   groupKey
	mixed bool // its pupils are in several years
}

func wantedGroups(rows []ListRow) []wanted {
	found := map[groupKey]*wanted{}
	note := func(kind, subject, name, year string) {
		key := keyOf(kind, subject, name)
		w := found[key]
		if w == nil {
			w = &wanted{Group: Group{Kind: kind, Subject: subject, Name: name, Year: year}, key: key}
			found[key] = w
		}
		// Lists spell one name in several ways: the first in the alphabet is taken, whatever the order of rows.
		w.Name, w.Subject = min(w.Name, name), min(w.Subject, subject)
		w.mixed = w.mixed || w.Year != year
	}
	for _, r := range rows {
		if r.Form != "" {
			note(Form, "", r.Form, r.Year)
		}
		for _, c := range r.Classes {
			note(Class, c.Subject, c.Name, r.Year)
		}
	}
	list := make([]wanted, 0, len(found))
	for _, w := range found {
		if w.mixed || w.Year == "" {
			w.Year = YearOf(w.Name)
		}
		list = append(list, *w)
	}
	slices.SortFunc(list, func(a, b wanted) int {
		return cmp.Or(cmp.Compare(a.key.kind, b.key.kind), cmp.Compare(a.key.name, b.key.name), cmp.Compare(a.key.subject, b.key.subject))
	})
	return list
}

// resolve finds the group behind each name of the list, adopts what was pasted without names, and makes the rest.
func (d *differ) resolve(stored []Group, rows []ListRow) {
	d.ids = map[groupKey]string{}
	claimed := map[string]bool{}
	for _, g := range stored {
		d.names[g.ID] = g.Name
	}
	all := wantedGroups(rows)
	found := map[groupKey]Group{}
	// Names that fit exactly go first, so that a looser match never takes a group from the name it belongs to.
	for _, match := range []func(Group, wanted) bool{fits, fitsByName, fitsEnded} {
		for _, want := range all {
			if _, done := found[want.key]; done {
				continue
			}
			var fit []Group
			for _, g := range stored {
				if g.Kind == want.Kind && strings.EqualFold(g.Name, want.Name) && !claimed[g.ID] && match(g, want) {
					fit = append(fit, g)
				}
			}
			if len(fit) == 1 || len(fit) > 1 && fit[0].EndedOn != "" {
				found[want.key] = fit[0]
				claimed[fit[0].ID] = true
			}
		}
	}
	for _, want := range all {
		was, ok := found[want.key]
		g := was
		if !ok {
			g = want.Group
			g.SchoolID, g.ID = d.school, storage.NewID()
			d.names[g.ID] = g.Name
		}
		d.ids[want.key] = g.ID
		// Its pupils are known from now on, so a stated size has served.
		g.Size, g.Source, g.EndedOn = 0, PupilList, ""
		g.Subject, g.Year = cmp.Or(g.Subject, want.Subject), cmp.Or(want.Year, g.Year)
		if g != was {
			d.groups = append(d.groups, g)
		}
		if !ok || was.EndedOn != "" {
			d.plan.NewGroups = append(d.plan.NewGroups, g.Name)
		} else if g != was {
			d.plan.Regrouped++
		}
	}
}

func fits(g Group, want wanted) bool {
	return g.EndedOn == "" && strings.EqualFold(g.Subject, want.Subject)
}

func fitsByName(g Group, want wanted) bool {
	return g.EndedOn == "" && (g.Subject == "" || want.Subject == "")
}

func fitsEnded(g Group, want wanted) bool {
	return g.EndedOn != "" && strings.EqualFold(g.Subject, want.Subject)
}

// compare sorts everybody into added, changed, moved, left, back and unchanged.
func (d *differ) compare(people []Person, rows []ListRow, held map[string]bool) {
	known := map[string]Person{}
	for _, p := range people {
		known[p.SourceID] = p
		if p.EndedOn == "" {
			d.plan.OnRoll++
		}
	}
	listed := map[string]bool{}
	for _, row := range rows {
		listed[row.ID] = true
		d.row(known, row)
	}
	for _, p := range people {
		if p.EndedOn != "" || listed[p.SourceID] || held[p.SourceID] {
			if held[p.SourceID] && p.EndedOn == "" {
				d.plan.Unchanged++
			}
			continue
		}
		d.left = append(d.left, p.ID)
		d.plan.Left = append(d.plan.Left, PlanLine{ID: p.SourceID, Name: p.Name(), Year: p.Year, From: d.groupNames(d.in[p.ID])})
		for _, g := range d.in[p.ID] {
			d.size[g]--
		}
	}
	for _, lines := range [][]PlanLine{d.plan.Added, d.plan.Changed, d.plan.Moved, d.plan.Left, d.plan.Back} {
		slices.SortFunc(lines, func(a, b PlanLine) int {
			return cmp.Or(CompareYears(a.Year, b.Year), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
		})
	}
}

func (d *differ) row(known map[string]Person, row ListRow) {
	was, isKnown := known[row.ID]
	p := Person{SchoolID: d.school, ID: was.ID, Kind: Pupil, Given: row.Given, Family: row.Family, Year: row.Year,
		Source: PupilList, SourceID: row.ID, RowHash: row.hash()}
	if !isKnown {
		p.ID = storage.NewID()
	}
	now := d.in[p.ID]
	var want []string
	for _, key := range row.keys() {
		if id := d.ids[key]; !slices.Contains(want, id) {
			want = append(want, id)
		}
	}
	moved := false
	for _, g := range want {
		if !slices.Contains(now, g) {
			moved = true
			d.size[g]++
			d.joining = append(d.joining, Membership{SchoolID: d.school, GroupID: g, PersonID: p.ID, Role: Pupil, BeganOn: d.today})
		}
	}
	for _, g := range now {
		if !slices.Contains(want, g) {
			moved = true
			d.size[g]--
			d.leaving[g] = append(d.leaving[g], p.ID)
		}
	}
	line := PlanLine{ID: row.ID, Name: p.Name(), Year: p.Year, From: d.groupNames(now), To: d.groupNames(want)}
	switch {
	case !isKnown:
		d.plan.Added = append(d.plan.Added, line)
	case was.EndedOn != "":
		d.plan.Back = append(d.plan.Back, line)
	case moved:
		d.plan.Moved = append(d.plan.Moved, line)
	case was.Given != p.Given || was.Family != p.Family || was.Year != p.Year:
		line.From, line.To = nameAndYear(was), nameAndYear(p)
		d.plan.Changed = append(d.plan.Changed, line)
	default:
		d.plan.Unchanged++
		if was.RowHash == p.RowHash {
			return
		}
	}
	d.people = append(d.people, p)
}

func nameAndYear(p Person) string {
	if p.Year == "" {
		return p.Name()
	}
	return p.Name() + ", " + p.Year
}

func (d *differ) groupNames(ids []string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = d.names[id]
	}
	slices.SortFunc(names, CompareNames)
	return strings.Join(names, ", ")
}

// endGroups ends the forms and classes that nobody is in any more, and names those among them that an open round
// still asks.
func (d *differ) endGroups(stored []Group, before map[string]int, asked []string) {
	for _, g := range stored {
		if g.EndedOn != "" || before[g.ID] == 0 || d.size[g.ID] > 0 {
			continue
		}
		if slices.Contains(asked, g.ID) {
			d.plan.Emptied = append(d.plan.Emptied, g.Name)
		}
		if g.Source == PupilList {
			d.ending = append(d.ending, g.ID)
			d.plan.Ending = append(d.plan.Ending, g.Name)
		}
	}
	slices.SortFunc(d.plan.Emptied, CompareNames)
	slices.SortFunc(d.plan.Ending, CompareNames)
	slices.SortFunc(d.plan.NewGroups, CompareNames)
}
