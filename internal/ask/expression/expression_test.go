package expression

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
)

type example struct {
	It      string
	If      string
	Answers map[string]string
	Is      bool
	Value   *string
}

func examples(t *testing.T) []example {
	t.Helper()
	data, err := os.ReadFile("testdata/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []example
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestCases(t *testing.T) {
	for _, c := range examples(t) {
		t.Run(c.It, func(t *testing.T) {
			e, err := Parse(c.If)
			if err != nil {
				t.Fatal(err)
			}
			env := Env{Answer: func(q string) string { return c.Answers[q] }, Today: "2026-11-22",
				Label: func(q, o string) string { return "label " + o + " of " + q }}
			if got := e.Holds(env); got != c.Is {
				t.Errorf("%s is %v", c.If, got)
			}
			if c.Value != nil {
				if got := asText(e.Value(env)); got != *c.Value {
					t.Errorf("%s gives %q, not %q", c.If, got, *c.Value)
				}
			}
		})
	}
}

// Every function and operator stands in the table of cases, so that the device cannot lack one unnoticed.
func TestCasesUseEverything(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range examples(t) {
		e, err := Parse(c.If)
		if err != nil {
			t.Fatal(err)
		}
		e.root.walk(func(n node) { seen[n.kind] = true })
	}
	want := append(Functions(), slices.Concat(levels...)...)
	for _, name := range append(want, "neg", "ref", "text", "#") {
		if !seen[name] {
			t.Errorf("no case uses %s", name)
		}
	}
}

func TestMistakesSayWhereTheyAre(t *testing.T) {
	for text, want := range map[string]Error{
		"":                            {Key: Unfinished, At: 1},
		"${q1} =":                     {Key: Unfinished, At: 8},
		"${q1} = 'a":                  {Key: Unfinished, At: 9, Found: "'a"},
		"(${q1} = 'a'":                {Key: Unfinished, At: 13},
		"${q1} = ‘a’":                 {Key: Curly, At: 9, Found: "‘"},
		"${q1} == 'a'":                {Key: Unexpected, At: 8, Found: "="},
		"${q1} & 'a'":                 {Key: Unexpected, At: 7, Found: "&"},
		"q1 = 'a'":                    {Key: Unexpected, At: 1, Found: "q1"},
		"pulldata('a', 'b')":          {Key: UnknownFunction, At: 1, Found: "pulldata"},
		"é":                           {Key: Unexpected, At: 1, Found: "é"},
		"'é' = sum(1)":                {Key: UnknownFunction, At: 7, Found: "sum"},
		"selected(${q1})":             {Key: Arguments, At: 1, Found: "selected"},
		"true(1)":                     {Key: Arguments, At: 1, Found: "true"},
		"regex(${q1}, '(?=a)')":       {Key: BadPattern, At: 14, Found: "(?=a)"},
		"regex(${q1}, ${q2})":         {Key: BadPattern, At: 14, Found: "regex"},
		"regex(${q1}, '(?i)a')":       {Key: BadPattern, At: 14, Found: "(?i)a"},
		"regex(${q1}, '[[:alpha:]]')": {Key: BadPattern, At: 14, Found: "[[:alpha:]]"},
		`regex(${q1}, 'a\-b')`:        {Key: BadPattern, At: 14, Found: `a\-b`},
		"1 2":                         {Key: Unexpected, At: 3, Found: "2"},
		"selected(${q1} 'a')":         {Key: Unexpected, At: 16, Found: "'a'"[1:2]},
		"not(1,)":                     {Key: Unexpected, At: 7, Found: ")"},
		strings.Repeat("(", 50):       {Key: Deep, At: 32, Found: "("},
		strings.Repeat("-", 50) + "1": {Key: Deep},
		strings.Repeat("1", 2000):     {Key: Long, At: 1},
	} {
		_, err := Parse(text)
		var got *Error
		if !errors.As(err, &got) {
			t.Errorf("%q gives %v", text, err)
			continue
		}
		if got.Key != want.Key || want.At != 0 && (got.At != want.At || got.Found != want.Found) {
			t.Errorf("%q gives %+v, want %+v", text, *got, want)
		}
	}
}

func TestRefsAndChosen(t *testing.T) {
	e, err := Parse("selected(${a}, 'x') and (${b} = 'y' or 'z' != ${a}) and . > 1")
	if err != nil {
		t.Fatal(err)
	}
	if got := e.Refs(); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("refs %v", got)
	}
	if got := e.Chosen(); len(got) != 3 || got[0] != [2]string{"a", "x"} || got[2] != [2]string{"a", "z"} {
		t.Errorf("chosen %v", got)
	}
	if !e.UsesCurrent() {
		t.Error("the current answer is used")
	}
}

func TestTree(t *testing.T) {
	e, err := Parse("not(selected(${q1}, 'a')) or 1 < 2")
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(e)
	if want := `["or",["not",["selected",["ref","q1"],"a"]],["\u003c",1,2]]`; err != nil || string(got) != want {
		t.Errorf("%s %v", got, err)
	}
}

// FuzzParse: nothing that can be parsed fails when evaluated.
func FuzzParse(f *testing.F) {
	f.Add("selected(${q1}, 'a') and not(. > 3) or if(1, 2, regex('a', 'b'))")
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Parse(text)
		if err != nil {
			return
		}
		e.Value(Env{Answer: func(string) string { return "x" }})
	})
}

func TestParts(t *testing.T) {
	for text, want := range map[string]string{
		"${a} = 'x'": " ${a} = 'x'",
		"${a} = 'x' and (${b} > 2 and not(${c} = ''))":       "and ${a} = 'x' | ${b} > 2 | not(${c} = '')",
		"${a} = 'x' or ${b} > 2 and ${c} < -1":               "or ${a} = 'x' | (${b} > 2) and (${c} < -1)",
		"selected( ${ a } , \"it's\") or ${a} + 2 * 3 = 8.5": "or selected(${a}, \"it's\") | (${a} + (2 * 3)) = 8.5",
	} {
		e, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		joined, parts := e.Split()
		var all []string
		for _, p := range parts {
			if again, err := Parse(p.root.write()); err != nil || again.root.write() != p.root.write() {
				t.Errorf("%s: its part %s is read as %s, %v", text, p.root.write(), again.root.write(), err)
			}
			all = append(all, p.root.write())
		}
		if got := joined + " " + strings.Join(all, " | "); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
		if len(parts) > 1 && Join(joined, parts).Refs()[0] != "a" {
			t.Errorf("%s is joined to %s", text, Join(joined, parts))
		}
	}
	e, err := Parse("not(${a} > 50) and if(selected(${b}, 'x'), ${a} = ${b}, '7' != ${c})")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, p := range e.Comparisons() {
		all = append(all, p.String())
	}
	if got := strings.Join(all, " | "); got != "${a} > 50 | selected(${b}, 'x') | '7' != ${c}" {
		t.Error(got)
	}
	if got := e.Numbers(); !slices.Equal(got, []float64{50, 7}) {
		t.Error(got)
	}
}

// Every expression that the table knows says the same when it is written out again.
func TestWrittenOutAgain(t *testing.T) {
	for _, c := range examples(t) {
		e, err := Parse(c.If)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(e.root.write())
		if err != nil {
			t.Errorf("%s becomes %s: %v", c.If, e.root.write(), err)
			continue
		}
		env := Env{Answer: func(q string) string { return c.Answers[q] }, Today: "2026-11-22", Label: func(q, o string) string { return "label " + o + " of " + q }}
		if again.Holds(env) != c.Is {
			t.Errorf("%s becomes %s, which says something else", c.If, e.root.write())
		}
	}
}
