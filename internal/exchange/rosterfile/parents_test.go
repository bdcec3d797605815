package rosterfile_test

import (
	"fmt"
	"strings"
	"testing"

	"earshot/internal/exchange/rosterfile"
)

// told writes the rows of a list, one a line: pupil, name, address, and whether they may be asked.
func told(l rosterfile.ParentList) string {
	var b strings.Builder
	for _, r := range l.Rows {
		fmt.Fprintf(&b, "%s|%s|%s|%s|%t\n", r.Pupil, r.Name(), r.Email, r.Key, r.MayAsk)
	}
	return b.String()
}

func found(problems []rosterfile.Problem) string {
	var all []string
	for _, p := range problems {
		all = append(all, fmt.Sprintf("%s %s %d", p.Severity, p.Code, p.Line))
	}
	return strings.Join(all, ", ")
}

func TestParentsInTheShapesSchoolsHave(t *testing.T) {
	for _, c := range []struct{ name, file, want string }{
		{"one line a parent",
			"Pupil ID,Contact ID,Forename,Surname,Email,Priority,Parental Responsibility,Court Order\n" +
				"1,c1,Ann,Bell,Ann@Home.example,1,Y,\n1,c2,Dan,Bell,,3,N,\n1,c3,Eve,Cole,e@home.example,1,Y,Yes\n2,c4,Fay,Dunn,f@home.example,4,Y,N\n",
			"1|Ann Bell|ann@home.example|c1|true\n1|Dan Bell||c2|false\n1|Eve Cole|e@home.example|c3|false\n2|Fay Dunn|f@home.example|c4|true\n"},
		{"a pupil list with parents in columns",
			"MIS ID,Forename,Surname,Year,Reg Group,Email,Parent 1 Name,Parent 1 Email,Parent 2 Name,Parent 2 Email\n" +
				"1,Bo,Bell,7,7A,bo@school.example,\"Bell, Ann\",a@home.example,Dan Bell,\n2,Cy,Carr,9,9B,cy@school.example,,,,\n",
			"1|Ann Bell|a@home.example||true\n1|Dan Bell|||true\n"},
		{"numbers at the end, and no names",
			"Adno;Parent Email 1;Parent Email 2\n1;a@home.example;b@home.example\n",
			"1||a@home.example||true\n1||b@home.example||true\n"},
		{"contacts by name",
			"Student ID\tContact1 Forename\tContact1 Surname\tContact1 Email Address\tContact1 Priority\tContact2 Forename\tContact2 Surname\tContact2 Email Address\tContact2 Priority\n" +
				"1\tAnn\tBell\ta@home.example\t1\tGil\tHay\tg@home.example\t4\n",
			"1|Ann Bell|a@home.example||true\n1|Gil Hay|g@home.example||false\n"},
		{"mother and father",
			"id,Mother's name,Mother's e-mail,Father's name,Father's e-mail,Mother tongue\n1,Ann Bell,a@home.example,Dan Bell,d@home.example,Polish\n",
			"1|Ann Bell|a@home.example||true\n1|Dan Bell|d@home.example||true\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			list, problems := rosterfile.ReadParents("parents.csv", []byte(c.file), nil)
			if got := told(list); got != c.want {
				t.Errorf("%s\nwant\n%s\n%s", got, c.want, found(problems))
			}
		})
	}
}

// A pupil list without parents has nothing to offer: a pupil's own name and address are never taken.
func TestAPupilListIsNoListOfParents(t *testing.T) {
	list, problems := rosterfile.ReadParents("pupils.csv", []byte("MIS ID,Year,Reg Group,Email\n1,7,7A,bo@school.example\n"), nil)
	if len(list.Rows) != 0 || !rosterfile.Stops(problems) {
		t.Errorf("%v %s", list.Rows, found(problems))
	}
}

func TestParentsOnLinesThatCannotBeRead(t *testing.T) {
	file := "Pupil ID,Name,Email\n1,Ann Bell,not an address\n2,Dan Bell\n,Eve Carr,e@home.example\n3,\"Gil \"Hay,g@home.example\n4,,\n5,Ivy Jay,i@home.example\n"
	list, problems := rosterfile.ReadParents("parents.csv", []byte(file), nil)
	if got := told(list); got != "1|Ann Bell|||true\n5|Ivy Jay|i@home.example||true\n" {
		t.Error(got)
	}
	if got := found(problems); got != "warn V05 2, skip R01 3, skip V01 4, skip R01 5" {
		t.Error(got)
	}
	if strings.Join(list.Held, " ") != "2 3" {
		t.Errorf("held: %v", list.Held)
	}
	for _, p := range problems {
		if strings.Contains(p.Value, "address") || strings.Contains(p.Value, "Bell") {
			t.Errorf("a problem names somebody: %+v", p)
		}
	}
}

func TestParentColumnsByHand(t *testing.T) {
	m := rosterfile.ParentMapping{Pupil: 2, Blocks: []map[rosterfile.ParentField]int{{rosterfile.ParentEmail: 0, rosterfile.ParentName: 1, rosterfile.ParentBarred: 77}}}
	list, problems := rosterfile.ReadParents("parents.csv", []byte("A,B,C\na@home.example,Ann Bell,1\n"), &m)
	if told(list) != "1|Ann Bell|a@home.example||true\n" {
		t.Errorf("%s %s", told(list), found(problems))
	}
	for name, file := range map[string]string{"nothing": "", "a workbook": "PK\x03\x04", "no pupil": "Parent,Email\nAnn Bell,a@home.example\n", "no parent": "Pupil ID,Phone\n1,2\n"} {
		if list, problems := rosterfile.ReadParents("x.csv", []byte(file), nil); !rosterfile.Stops(problems) || len(list.Rows) > 0 {
			t.Errorf("%s: %s", name, found(problems))
		}
	}
}
