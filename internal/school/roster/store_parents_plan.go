package roster

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"earshot/internal/base/storage"
)

// parentWork is a plan together with the rows that it would write.
type parentWork struct {
	plan   ParentPlan
	people []Person // to add or to change
	left   []string
	link   []Link // to add or to change
	unlink []Link
}

// wantedParent is a parent as a list has them, with all their children.
type wantedParent struct {
	row      ParentRow
	source   string
	children map[string]bool // pupil -> may ask
}

func fold(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

func (s Store) parentWork(ctx context.Context, school string, list ParentList) (parentWork, error) {
	w := parentWork{}
	var pupils, known []Person
	if err := s.db.Query(ctx).Where("school_id = ? AND source = ? AND kind = ? AND ended_on = ''", school, PupilList, Pupil).Find(&pupils).Error; err != nil {
		return w, err
	}
	if err := s.db.Query(ctx).Where("school_id = ? AND kind = ? AND source = ?", school, Parent, ParentsList).Find(&known).Error; err != nil {
		return w, err
	}
	var links []Link
	if err := s.db.Query(ctx).Where("school_id = ?", school).Find(&links).Error; err != nil {
		return w, err
	}
	byList, byID := map[string]Person{}, map[string]Person{}
	for _, p := range pupils {
		byList[p.SourceID], byID[p.ID] = p, p
	}
	held := map[string]bool{}
	for _, id := range list.Held {
		held[byList[id].ID] = true
	}
	delete(held, "")
	has := map[string]map[string]bool{} // parent -> pupil -> may ask
	for _, l := range links {
		if has[l.ParentID] == nil {
			has[l.ParentID] = map[string]bool{}
		}
		has[l.ParentID][l.PupilID] = l.MayAsk
	}
	wanted := w.wanted(list.Rows, byList)
	for _, id := range w.plan.Own {
		held[byList[id].ID] = true
	}
	found := match(wanted, known, has)
	names := func(children map[string]bool) string {
		var all []string
		for id := range children {
			if p, ok := byID[id]; ok {
				all = append(all, p.Name())
			}
		}
		slices.Sort(all)
		return strings.Join(all, ", ")
	}
	stays := map[string]bool{}
	for _, want := range wanted {
		was, isKnown := found[want.source]
		p := Person{SchoolID: school, ID: cmp.Or(was.ID, storage.NewID()), Kind: Parent, Given: want.row.Given, Family: want.row.Family,
			Email: want.row.Email, Source: ParentsList, SourceID: want.source}
		stays[p.ID] = true
		now := map[string]bool{}
		for pupil, may := range has[p.ID] {
			now[pupil] = may
			if _, listed := want.children[pupil]; listed || held[pupil] {
				continue
			}
			if _, onRoll := byID[pupil]; onRoll {
				w.unlink = append(w.unlink, Link{SchoolID: school, ParentID: p.ID, PupilID: pupil})
			} else {
				delete(now, pupil) // somebody who has left the school: the link rests
			}
		}
		then := map[string]bool{}
		for pupil := range held {
			if may, ok := now[pupil]; ok {
				then[pupil] = may
			}
		}
		for pupil, may := range want.children {
			then[pupil] = may
			if old, ok := has[p.ID][pupil]; !ok || old != may {
				w.link = append(w.link, Link{SchoolID: school, ParentID: p.ID, PupilID: pupil, MayAsk: may})
			}
		}
		w.count(p, then)
		line := PlanLine{ID: want.source, Name: p.Name(), From: parentLine(was, names(now)), To: parentLine(p, names(then))}
		same := was.Given == p.Given && was.Family == p.Family && was.Email == p.Email && sameChildren(now, then)
		switch {
		case !isKnown:
			line.From = ""
			w.plan.Added = append(w.plan.Added, line)
		case was.EndedOn != "":
			line.From = ""
			w.plan.Back = append(w.plan.Back, line)
		case !same:
			w.plan.Changed = append(w.plan.Changed, line)
		default:
			w.plan.Unchanged++
			if was.SourceID == p.SourceID {
				continue
			}
		}
		w.people = append(w.people, p)
	}
	for _, p := range known {
		if p.EndedOn != "" {
			continue
		}
		w.plan.Known++
		if stays[p.ID] {
			continue
		}
		kept := false
		for pupil := range has[p.ID] {
			kept = kept || held[pupil]
		}
		if kept {
			w.plan.Unchanged++
			continue
		}
		w.left = append(w.left, p.ID)
		w.plan.Left = append(w.plan.Left, PlanLine{ID: p.SourceID, Name: p.Name(), From: parentLine(p, names(has[p.ID]))})
	}
	for _, lines := range [][]PlanLine{w.plan.Added, w.plan.Changed, w.plan.Left, w.plan.Back} {
		slices.SortFunc(lines, func(a, b PlanLine) int {
			return cmp.Or(cmp.Compare(fold(a.Name), fold(b.Name)), cmp.Compare(a.ID, b.ID))
		})
	}
	return w, nil
}

// wanted brings the rows of one parent together. Rows of pupils that nobody knows are left out and reported, and so are
// those with the pupil's own name: a pupil list read as a list of parents would make pupils get mail, which must never be.
func (w *parentWork) wanted(rows []ParentRow, pupils map[string]Person) []wantedParent {
	at := map[string]int{}
	var list []wantedParent
	for _, row := range rows {
		pupil, ok := pupils[row.Pupil]
		if !ok {
			if !slices.Contains(w.plan.Strangers, row.Pupil) {
				w.plan.Strangers = append(w.plan.Strangers, row.Pupil)
			}
			continue
		}
		if fold(row.Name()) == fold(pupil.Name()) {
			w.plan.Own = append(w.plan.Own, row.Pupil)
			continue
		}
		i, there := at[row.source()]
		if !there {
			i = len(list)
			at[row.source()] = i
			list = append(list, wantedParent{row: row, source: row.source(), children: map[string]bool{}})
		}
		// One line that says not to write outweighs another that does not say so.
		if may, twice := list[i].children[pupil.ID]; !twice || may {
			list[i].children[pupil.ID] = row.MayAsk
		}
		if list[i].row.Email == "" {
			list[i].row.Email = row.Email
		}
	}
	slices.Sort(w.plan.Strangers)
	// The order of lines must make no difference.
	slices.SortFunc(list, func(a, b wantedParent) int { return cmp.Compare(a.source, b.source) })
	return list
}

// match finds who of the known parents each wanted one is: by the list's own id or address, by an address that was mended
// by hand, or by the same name for the same child.
func match(wanted []wantedParent, known []Person, has map[string]map[string]bool) map[string]Person {
	found, taken := map[string]Person{}, map[string]bool{}
	for _, fits := range []func(Person, wantedParent) bool{
		func(p Person, w wantedParent) bool { return p.SourceID == w.source },
		func(p Person, w wantedParent) bool { return p.EndedOn == "" && p.Email != "" && p.Email == w.row.Email },
		func(p Person, w wantedParent) bool {
			if p.EndedOn != "" || fold(p.Name()) != fold(w.row.Name()) {
				return false
			}
			for pupil := range w.children {
				if _, ok := has[p.ID][pupil]; ok {
					return true
				}
			}
			return false
		},
	} {
		for _, w := range wanted {
			if _, done := found[w.source]; done {
				continue
			}
			for _, p := range known {
				if !taken[p.ID] && fits(p, w) {
					found[w.source], taken[p.ID] = p, true
					break
				}
			}
		}
	}
	return found
}

func (w *parentWork) count(p Person, children map[string]bool) {
	asked := false
	for _, may := range children {
		asked = asked || may
	}
	if !asked {
		w.plan.NotAsked++
	} else if p.Email == "" {
		w.plan.NoEmail++
	}
}

func sameChildren(a, b map[string]bool) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if other, ok := b[k]; !ok || other != v {
			return false
		}
	}
	return true
}

// parentLine is what a preview says of a parent: their address and their children.
func parentLine(p Person, children string) string {
	return strings.Trim(p.Email+" · "+children, " ·")
}
