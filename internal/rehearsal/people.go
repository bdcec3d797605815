package rehearsal

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
)

// SchoolName is the demo school's name.
const SchoolName = "Riverside School"

// member is somebody of the fixed cast.
type member struct {
	name     string
	roles    []access.Role
	place    string
	email    string // empty: they cannot sign in
	password string
}

// cast are the people with a part to play. Their passwords are printed by the demo and open invented things alone.
var cast = []member{
	{name: "Amara Okafor", roles: []access.Role{access.Head}, email: "head@riverside.example", password: "riverside demo head words"},
	{name: "Martin Ellwood", roles: []access.Role{access.Leader}, email: "leader@riverside.example", password: "riverside demo leader words"},
	{name: "Sunita Rao", roles: []access.Role{access.Leader}},
	{name: "Gwen Treharne", roles: []access.Role{access.Leader}},
	{name: "Ruth Lindqvist", roles: []access.Role{access.SafeguardingLead}, place: "Room 4", email: "safeguarding@riverside.example", password: "riverside demo safeguarding words"},
	{name: "Dai Pritchard", roles: []access.Role{access.SafeguardingDeputy, access.Teacher}, place: "Science office", email: "deputy@riverside.example", password: "riverside demo deputy words"},
	{name: "Colette Braithwaite", roles: []access.Role{access.Administrator}, email: "office@riverside.example", password: "riverside demo office words"},
	{name: "Winston Achterberg", roles: []access.Role{access.Governor}, email: "governor@riverside.example", password: "riverside demo governor words"},
	{name: "Hannah Osgood", roles: []access.Role{access.Teacher}, email: "teacher@riverside.example", password: "riverside demo teacher words"},
	{name: "Jerome Tulloch", roles: []access.Role{access.Teacher}, email: "teacher2@riverside.example", password: "riverside demo second words"},
	{name: "Cora Vandermeer", roles: []access.Role{access.Chair}, email: "chair@riverside.example", password: "riverside demo chair words"},
}

// Some of the cast, by their place in it.
const (
	lead          = 4
	deputy        = 5
	firstTeacher  = 8
	secondTeacher = 9
)

const (
	firstYear, lastYear = 7, 11
	formLetters         = "ABCDEF"
	perSubject          = 7 // classes of a subject in a year, the last of them tiny
)

// room is a form or class with the numbers of its pupils.
type room struct {
	roster.Group
	pupils []int
}

// asGroup is the room as the model knows it.
func (r room) asGroup() group {
	year, _ := strconv.Atoi(r.Year)
	return group{r.Name, year}
}

// town is everybody at Riverside and where they belong.
type town struct {
	intake  roster.Intake
	pupils  []string // their ids; a pupil's number is the place in this list
	forms   []room
	english []room // years 9 and 10
	science []room // year 9
	cast    []roster.Person
}

// everybody makes the school's people and groups; since is the day they all began.
func everybody(m model, since storage.Date) *town {
	t := &town{}
	rng := m.rng("people")
	names := newNamer(rng)
	for _, c := range cast {
		i := strings.LastIndex(c.name, " ")
		kind := roster.Staff
		if slices.Contains(c.roles, access.Governor) || slices.Contains(c.roles, access.Chair) {
			kind = roster.Governor
		}
		t.cast = append(t.cast, t.staff(roster.Person{Kind: kind, Given: c.name[:i], Family: c.name[i+1:], Email: c.email}, c.roles, c.place, since))
	}
	tutors := []roster.Person{t.cast[firstTeacher], t.cast[secondTeacher], t.cast[deputy]}
	for len(tutors) < (lastYear-firstYear+1)*len(formLetters) {
		given, family := names.next()
		tutors = append(tutors, t.staff(roster.Person{Kind: roster.Staff, Given: given, Family: family}, []access.Role{access.Teacher}, "", since))
	}
	years := map[int][]int{} // pupils by year
	for year := firstYear; year <= lastYear; year++ {
		sizes := []int{31, 31, 31, 31, 30, 27 + rng.IntN(3)}
		rng.Shuffle(len(sizes), func(i, j int) { sizes[i], sizes[j] = sizes[j], sizes[i] })
		for i, letter := range formLetters {
			f := room{Group: roster.Group{Kind: roster.Form, Name: fmt.Sprintf("%d%c", year, letter), Year: strconv.Itoa(year)}}
			for range sizes[i] {
				given, family := names.next()
				p := roster.Person{ID: storage.NewID(), Kind: roster.Pupil, Given: given, Family: family, Year: f.Year}
				t.intake.People = append(t.intake.People, p)
				f.pupils = append(f.pupils, len(t.pupils))
				t.pupils = append(t.pupils, p.ID)
			}
			years[year] = append(years[year], f.pupils...)
			t.forms = append(t.forms, f)
		}
	}
	shuffle := func(pupils []int) []int { // sets are not forms
		pupils = slices.Clone(pupils)
		rng.Shuffle(len(pupils), func(i, j int) { pupils[i], pupils[j] = pupils[j], pupils[i] })
		return pupils
	}
	t.english = append(classes("English", "En", 9, 5, shuffle(years[9])), classes("English", "En", 10, 6, shuffle(years[10]))...)
	t.science = classes("Science", "Sc", 9, 4, shuffle(years[9]))

	for i := range t.forms {
		t.settle(&t.forms[i], tutors[(i+17)%len(tutors)], since)
	}
	for i := range t.english {
		// Each teacher of English has one class in both years, never the same set: 9En1 and 10En7, 9En2 and 10En1, ...
		set := i
		if i >= perSubject {
			set = (i + 1) % perSubject
		}
		t.settle(&t.english[i], englishTeacher(tutors, set), since)
	}
	for i := range t.science {
		t.settle(&t.science[i], tutors[[]int{2, 9, 10, 11}[i%4]], since)
	}
	return t
}

// englishTeacher picks the teacher of a set, so that the first teacher of the cast has the striking class and the second
// one of the tiny ones.
func englishTeacher(tutors []roster.Person, set int) roster.Person {
	return tutors[[]int{1, 3, 4, 0, 5, 6, 7}[set]]
}

// classes deals pupils into the classes of one subject and year: the last one, for pupils who need more help, is tiny.
func classes(subject, short string, year, tiny int, pupils []int) []room {
	rooms := make([]room, perSubject)
	for i := range rooms {
		rooms[i].Group = roster.Group{Kind: roster.Class, Name: fmt.Sprintf("%d%s%d", year, short, i+1), Year: strconv.Itoa(year), Subject: subject}
	}
	last := &rooms[perSubject-1]
	last.pupils = pupils[:tiny]
	for i, p := range pupils[tiny:] {
		r := &rooms[i%(perSubject-1)]
		r.pupils = append(r.pupils, p)
	}
	return rooms
}

// staff adds a member of staff with roles.
func (t *town) staff(p roster.Person, roles []access.Role, place string, since storage.Date) roster.Person {
	p.ID = storage.NewID()
	t.intake.People = append(t.intake.People, p)
	for _, role := range roles {
		a := roster.Appointment{PersonID: p.ID, Role: string(role), BeginsOn: since}
		if role == access.SafeguardingLead || role == access.SafeguardingDeputy {
			a.Place = place
		}
		t.intake.Appointments = append(t.intake.Appointments, a)
	}
	return p
}

// settle puts a room's pupils and its teacher in it.
func (t *town) settle(r *room, teacher roster.Person, since storage.Date) {
	r.ID, r.Source = storage.NewID(), "demo"
	t.intake.Groups = append(t.intake.Groups, r.Group)
	add := func(id, role string) {
		t.intake.Memberships = append(t.intake.Memberships, roster.Membership{GroupID: r.ID, PersonID: id, Role: role, BeganOn: since})
	}
	add(teacher.ID, "teacher")
	for _, n := range r.pupils {
		add(t.pupils[n], roster.Pupil)
	}
}
