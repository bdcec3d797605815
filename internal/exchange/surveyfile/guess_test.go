package surveyfile

import (
	"strings"
	"testing"

	"earshot/internal/ask/survey"

	"github.com/google/go-cmp/cmp"
)

const guessed = `survey: {title: "Our class", audience: pupil_11_16, language: en-GB, minutes: 2}
items:
  - {id: own_others, scale: how_many, about: this_class, guesses: l2l_c_mistake, text: "How many of your class said often?"}
sections:
  - items: [l2l_c_mistake, own_others, org_c_calm]
`

func TestAGuessGoesOutAndComesBack(t *testing.T) {
	d, problems := Read([]byte(guessed), loadBank(t))
	if problems != nil {
		t.Fatal(problems)
	}
	if q := d.Questions()[1]; q.Guesses != "l2l_c_mistake" || q.Type != survey.TypeScale {
		t.Fatalf("%+v", q)
	}
	data, err := Write(d)
	if err != nil {
		t.Fatal(err)
	}
	back, problems := Read(data, loadBank(t))
	if diff := cmp.Diff(d, back); problems != nil || diff != "" {
		t.Errorf("%v %s", problems, diff)
	}
	for _, c := range []struct{ from, to, said string }{
		{"[l2l_c_mistake, own_others, org_c_calm]", "[own_others, l2l_c_mistake, org_c_calm]", "straight after the item that it guesses, l2l_c_mistake"},
		{"guesses: l2l_c_mistake", "guesses: afl_c_goal", "afl_c_goal, which no section asks"},
		{"how_many", "freq5", "on the scale how_many"},
	} {
		_, problems := Read([]byte(strings.Replace(guessed, c.from, c.to, 1)), loadBank(t))
		if len(problems) != 1 || !strings.Contains(problems[0].Message, c.said) || problems[0].Line != 3 {
			t.Errorf("%s: %v", c.to, problems)
		}
	}
}
