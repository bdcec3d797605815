package roster_test

import (
	"slices"
	"testing"

	"earshot/internal/school/roster"
)

func TestGroupsAsPeopleTypeThem(t *testing.T) {
	for text, want := range map[string][]roster.GroupLine{
		"9A 27, 9B 28":                 {{Name: "9A", Year: "9", Size: 27}, {Name: "9B", Year: "9", Size: 28}},
		"9A 27\n9B 28\n":               {{Name: "9A", Year: "9", Size: 27}, {Name: "9B", Year: "9", Size: 28}},
		"10x/Ma1: 24 pupils; R Elm 30": {{Name: "10x/Ma1", Year: "10", Size: 24}, {Name: "R Elm", Year: "R", Size: 30}},
		"Year 7 Blue (26)":             {{Name: "Year 7 Blue", Year: "7", Size: 26}},
		"  9A   27 ,, ":                {{Name: "9A", Year: "9", Size: 27}},
		"Elm 20":                       {{Name: "Elm", Size: 20}},
	} {
		got, problems := roster.ParseGroups(text)
		if !slices.Equal(got, want) || len(problems) > 0 {
			t.Errorf("%q: %+v, %v", text, got, problems)
		}
	}
	for text, want := range map[string]string{"9A": "groups.unread", "9A 0": "groups.size", "9A 27, 9a 3": "groups.twice", "9A 9999": "groups.unread"} {
		if _, problems := roster.ParseGroups(text); len(problems) != 1 || problems[0].Key != want {
			t.Errorf("%q: %v, want %s", text, problems, want)
		}
	}
}

func TestOrderOfGroups(t *testing.T) {
	groups := []roster.Group{{Name: "10B", Year: "10"}, {Name: "9A", Year: "9"}, {Name: "10A", Year: "10"}, {Name: "R Elm", Year: "R"}, {Name: "9-2", Year: "9"}, {Name: "9-10", Year: "9"}, {Name: "Choir"}}
	roster.SortGroups(groups)
	var names []string
	for _, g := range groups {
		names = append(names, g.Name)
	}
	if want := []string{"R Elm", "9-2", "9-10", "9A", "10A", "10B", "Choir"}; !slices.Equal(names, want) {
		t.Errorf("%v, want %v", names, want)
	}
}
