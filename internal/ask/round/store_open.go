package round

import (
	"context"
	"slices"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
)

// Personal is what a round needs whose answers belong to somebody. The packages that know it stand above this one.
type Personal struct {
	// Keys are those its sealed names can be opened with; a fault where there are not enough.
	Keys func(tx *storage.DB, r Round) ([]HeldKey, error)
	// Invite gives everybody in its units a slip of their own.
	Invite func(tx *storage.DB, r Round, units []Unit) error
}

// Open opens a draft: it takes the snapshot of units, sizes and readers, writes the promise down with its hash, and
// from here on neither can change. with is needed for confidential and named rounds alone.
func (s Store) Open(ctx context.Context, who access.Actor, id string, with ...Personal) (Round, error) {
	return s.move(ctx, who, id, "open", []State{Draft}, func(st Store, r *Round) error {
		now := st.db.Now()
		if !r.ClosesAt.After(now) {
			return fault.Field("closes_at", "round.closes_at")
		}
		ro := roster.NewStore(st.db)
		school, err := ro.School(ctx, r.SchoolID)
		if err != nil {
			return err
		}
		if quiet, ok := school.Days().QuietIn(storage.DateOf(now, school.Zone()), storage.DateOf(r.ClosesAt, school.Zone())); ok {
			return fault.New(fault.Conflict, "calendar.quiet_open", quietValues(quiet))
		}
		doc, err := st.document(ctx, *r)
		if err != nil {
			return err
		}
		if school.IsSmall() && r.About == AboutClasses {
			return fault.Field("about", "round.small_classes")
		}
		if p := doc.CanOpenWith(r.Audience, pageRoute); len(p) > 0 {
			return fault.New(fault.Conflict, p[0].Key, fault.Values(anyMap(p[0].Values)))
		}
		if (bank.IsPupils(r.Audience) || doc.HasText()) && !school.CanEscalate() {
			return fault.New(fault.Conflict, "round.no_escalation")
		}
		if doc.HasText() {
			cover, err := ro.Cover(ctx, school)
			if err != nil {
				return err
			}
			// Answers arrive until the round settles, so somebody has to be there until then.
			if day, gap := cover.Gap(storage.DateOf(now, school.Zone()), storage.DateOf(r.ClosesAt.Add(Grace), school.Zone())); gap {
				return fault.New(fault.Conflict, "cover.gap", fault.Values{"Date": SayDate(day)})
			}
		}
		snap, err := st.snapshot(ctx, *r, school, ro)
		if err != nil {
			return err
		}
		if r.Personal() {
			if err := st.personal(ctx, *r, school, &snap, with); err != nil {
				return err
			}
		}
		r.Snapshot, r.State, r.OpenedAt = snap.Encode(), Open, &now
		if isAdults(r.Audience) && r.Slips() {
			err = st.openAdults(ctx, *r, school)
		} else {
			err = st.openUnits(ctx, *r, school, ro)
		}
		if err != nil {
			return err
		}
		if r.PromiseHash, err = st.writePromise(ctx, *r, doc); err != nil {
			return err
		}
		if r.Personal() {
			units, err := st.Units(ctx, *r)
			if err != nil {
				return err
			}
			if err := with[0].Invite(st.db, *r, units); err != nil {
				return err
			}
			if err := r.setOut(nil); err != nil {
				return err
			}
		}
		return identity.NewStore(st.db, st.key).ListRound(ctx, r.Code, r.SchoolID, r.ID)
	})
}

func quietValues(q roster.Span) fault.Values {
	return fault.Values{"Name": q.Name, "First": SayDate(q.First), "Last": SayDate(q.Last)}
}

func anyMap(m map[string]string) map[string]any {
	out := map[string]any{}
	for k, v := range m {
		out[k] = v
	}
	return out
}

func (s Store) document(ctx context.Context, r Round) (survey.Document, error) {
	v, err := survey.NewStore(s.db).Version(ctx, r.SchoolID, r.SurveyID, r.Version)
	if err != nil {
		return survey.Document{}, err
	}
	return v.Doc()
}

// Document is what a round asks.
func (s Store) Document(ctx context.Context, r Round) (survey.Document, error) {
	return s.document(ctx, r)
}

func (s Store) snapshot(ctx context.Context, r Round, school roster.School, ro roster.Store) (Snapshot, error) {
	snap, err := s.whoReads(ctx, r, school, ro)
	// No round without somebody to go to: children tell such things when they are asked how they are.
	if err == nil && (snap.Lead.Name == "" || len(snap.Deputies) == 0) {
		return snap, fault.New(fault.Conflict, "round.no_lead")
	}
	return snap, err
}

func (s Store) whoReads(ctx context.Context, r Round, school roster.School, ro roster.Store) (Snapshot, error) {
	snap := Snapshot{School: school.Name, Nation: school.Nation, Helplines: school.Helplines, Small: school.IsSmall(),
		Invented: school.Invented, Zone: school.TimeZone, Holidays: school.Days().Holidays}
	staff, err := ro.StaffList(ctx, r.SchoolID)
	if err != nil {
		return snap, err
	}
	for _, id := range r.Choices().Readers {
		i := slices.IndexFunc(staff, func(m roster.StaffMember) bool { return m.ID == id })
		if i < 0 {
			return snap, fault.Field("readers", "round.reader_gone")
		}
		role := ""
		if len(staff[i].Held) > 0 {
			role = staff[i].Held[0].Role
		}
		snap.Readers = append(snap.Readers, Reader{Person: id, Name: staff[i].Name(), Role: role})
	}
	for _, m := range staff {
		helper := Helper{Name: m.Name(), Place: m.Place()}
		if m.Is(access.Head) && snap.Complaints == "" {
			snap.Complaints = m.Name()
		}
		switch {
		case m.Is(access.SafeguardingLead) && snap.Lead.Name == "":
			snap.Lead = helper
		case m.Is(access.SafeguardingLead) || m.Is(access.SafeguardingDeputy):
			snap.Deputies = append(snap.Deputies, helper)
		}
	}
	return snap, nil
}

// openUnits writes the one partition of a round: the school, its years, and the forms or classes that were chosen. In
// a small school the leaves are two phases. An open link has the school alone, since nobody's class is known.
func (s Store) openUnits(ctx context.Context, r Round, school roster.School, ro roster.Store) error {
	plan := r.Choices()
	kind := map[About]string{AboutSchool: roster.Form, AboutClasses: roster.Class}[r.About]
	all, err := ro.Groups(ctx, r.SchoolID, kind)
	if err != nil {
		return err
	}
	sizes, err := ro.Sizes(ctx, r.SchoolID)
	if err != nil {
		return err
	}
	teachers, err := ro.Teachers(ctx, r.SchoolID)
	if err != nil {
		return err
	}
	reading := plan.Reading
	if r.Personal() {
		if reading, err = s.outOf(ctx, r.SchoolID, plan.Groups, plan.Out); err != nil {
			return err
		}
	}
	var chosen []roster.Group
	for _, g := range all {
		if slices.Contains(plan.Groups, g.ID) {
			chosen = append(chosen, g)
		}
	}
	if len(chosen) != len(plan.Groups) && r.Slips() {
		return fault.Field("groups", "round.group_gone")
	}
	root := Unit{SchoolID: r.SchoolID, RoundID: r.ID, ID: storage.NewID(), Kind: UnitSchool, Name: school.Name}
	units := []Unit{root}
	var readers []UnitReader
	if r.Slips() {
		for _, g := range chosen {
			if sizes[g.ID] == 0 {
				return fault.Field("groups", "round.group_empty", fault.Values{"Name": g.Name})
			}
			if r.About == AboutClasses && g.Subject == "" {
				return fault.Field("groups", "round.no_subject", fault.Values{"Name": g.Name})
			}
			if r.About == AboutClasses && g.Subject != chosen[0].Subject {
				return fault.Field("groups", "round.one_subject")
			}
			if n := reading[g.ID]; n < 0 || n >= sizes[g.ID] {
				return fault.Field("groups", "round.reading", fault.Values{"Name": g.Name})
			}
		}
		// Two slips for one pupil would be two votes, and two classes of one pupil a fingerprint.
		twice, err := ro.InTwo(ctx, r.SchoolID, plan.Groups)
		if err != nil {
			return err
		}
		if len(twice) > 0 {
			return fault.Field("groups", "round.overlap", fault.Values{"First": twice[0], "Second": twice[1]})
		}
		if school.IsSmall() {
			units = append(units, phases(root, chosen, sizes, reading)...)
		} else {
			units = append(units, years(root, chosen, sizes, reading)...)
		}
		for i := range units {
			u := &units[i]
			u.Position = i
			if u.IsLeaf() {
				units[0].Size += u.Size
			}
			if u.Kind != UnitClass {
				continue
			}
			if len(teachers[u.GroupID]) == 0 && r.Purpose == access.ForLearning {
				return fault.Field("groups", "round.no_teacher", fault.Values{"Name": u.Name})
			}
			for _, t := range teachers[u.GroupID] {
				readers = append(readers, UnitReader{SchoolID: r.SchoolID, RoundID: r.ID, UnitID: u.ID, PersonID: t.ID, Name: t.Name()})
			}
		}
	}
	if err := s.db.Write(ctx).CreateInBatches(&units, 200).Error; err != nil {
		return err
	}
	if len(readers) == 0 {
		return nil
	}
	return s.db.Write(ctx).CreateInBatches(&readers, 200).Error
}

func leaf(root Unit, g roster.Group, kind string, size int) Unit {
	u := root
	u.ID, u.Kind, u.Name, u.Subject, u.GroupID, u.Size = storage.NewID(), kind, g.Name, g.Subject, g.ID, size
	return u
}

func years(root Unit, groups []roster.Group, sizes, reading map[string]int) []Unit {
	var units []Unit
	year := -1
	for _, g := range groups { // sorted by year
		if year < 0 || units[year].Subject != g.Year {
			y := root
			y.ID, y.ParentID, y.Kind, y.Name = storage.NewID(), root.ID, UnitYear, YearName(g.Year)
			y.Subject = g.Year // tells years apart while they are built
			units = append(units, y)
			year = len(units) - 1
		}
		u := leaf(root, g, g.Kind, sizes[g.ID])
		u.ParentID, u.Reading = units[year].ID, reading[g.ID]
		units[year].Size += u.Size
		units = append(units, u)
	}
	for i := range units {
		if units[i].Kind == UnitYear {
			units[i].Subject = ""
		}
	}
	return units
}

// YearName is how a year is called on a page.
func YearName(year string) string {
	v := words.English()
	switch year {
	case "":
		return v.Say("year.none")
	case "R":
		return v.Say("year.reception")
	case "N1", "N2":
		return v.Say("year.nursery")
	}
	return v.Say("year.name", words.V{"Year": year})
}

// phases splits a small school into a younger and an older half of about the same size, cut between two years.
func phases(root Unit, groups []roster.Group, sizes, reading map[string]int) []Unit {
	total, best, bestGap := 0, 0, 1<<30
	for _, g := range groups {
		total += sizes[g.ID]
	}
	sum := 0
	for i, g := range groups {
		sum += sizes[g.ID]
		last := i == len(groups)-1
		if (last || groups[i+1].Year != g.Year) && !last {
			if gap := max(2*sum-total, total-2*sum); gap < bestGap {
				best, bestGap = i+1, gap
			}
		}
	}
	var units []Unit
	for _, part := range [][]roster.Group{groups[:best], groups[best:]} {
		if len(part) == 0 {
			continue
		}
		u := root
		u.ID, u.ParentID, u.Kind = storage.NewID(), root.ID, UnitPhase
		first, last := part[0].Year, part[len(part)-1].Year
		u.Name = YearName(first)
		if first != last {
			u.Name = words.English().Say("year.range", words.V{"First": YearName(first), "Last": YearName(last)})
		}
		for _, g := range part {
			u.Size += sizes[g.ID]
			u.Reading += reading[g.ID]
		}
		units = append(units, u)
	}
	return units
}
