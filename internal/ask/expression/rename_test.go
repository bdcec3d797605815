package expression

import "testing"

func TestRenamed(t *testing.T) {
	names := map[string]string{"lunch": "q1", "queue": "q2"}
	ref := func(name string) string {
		if to, ok := names[name]; ok {
			return to
		}
		return name
	}
	option := func(question, answer string) string {
		if question == "lunch" && answer == "Yes" {
			return "yes"
		}
		return answer
	}
	for text, want := range map[string]string{
		"selected( ${ lunch },'Yes')  and ${queue}>3": "selected( ${q1},'yes')  and ${q2}>3",
		`"Yes" = /data/day/lunch or ../queue = 4`:     `"yes" = ${q1} or ${q2} = 4`,
		"${queue} = 'Yes' or ${other} != ''":          "${q2} = 'Yes' or ${other} != ''",
		"contains(${lunch}, 'Yes')":                   "contains(${q1}, 'Yes')",
		"'été' = ${lunch} and ./lunch = 'Yes'":        "'été' = ${q1} and ${q1} = 'yes'",
	} {
		e, err := Parse(text)
		if err != nil {
			t.Fatal(text, err)
		}
		got := e.Renamed(ref, option)
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
		if _, err := Parse(got); err != nil {
			t.Errorf("%s cannot be read: %v", got, err)
		}
	}
}
