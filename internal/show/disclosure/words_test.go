package disclosure_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"earshot/internal/show/disclosure"
)

func TestGather(t *testing.T) {
	parent := map[string]string{"7A": "7", "7B": "7", "7C": "7", "8A": "8", "7": "all", "8": "all"}
	always := func(string, []string) bool { return true }
	for _, c := range []struct {
		wrote map[string]int
		may   func(string, []string) bool
		want  map[string]string
	}{
		{map[string]int{"7A": 12, "7B": 6, "7C": 5, "8A": 3}, always, map[string]string{"7A": "7A", "7B": "7", "7C": "7"}}, // the three of 8A wait
		{map[string]int{"7A": 12, "7B": 6, "7C": 3, "8A": 3}, always, map[string]string{"7A": "7A", "7B": "all", "7C": "all", "8A": "all"}},
		{map[string]int{"7A": 9}, always, map[string]string{}},
		{map[string]int{"7A": 12, "7B": 1}, func(g string, _ []string) bool { return g != "7A" }, map[string]string{"7A": "7", "7B": "7"}},
		{map[string]int{"7": 10, "7A": 2}, always, map[string]string{"7": "7", "7A": "7"}},
		{nil, always, map[string]string{}},
	} {
		if got := disclosure.Gather(c.wrote, parent, c.may); fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%v: %v, want %v", c.wrote, got, c.want)
		}
	}
}

// Whatever is written where, no group shows the words of fewer than ten, nothing is shown outside its own groups, and what
// waits could not be shown.
func TestGatherShowsNobodyAlone(t *testing.T) {
	parent := map[string]string{"7": "all", "8": "all"}
	for i := range 8 {
		parent[fmt.Sprint("c", i)] = []string{"7", "8"}[i%2]
	}
	rapid.Check(t, func(t *rapid.T) {
		wrote := map[string]int{}
		for i := range 8 {
			wrote[fmt.Sprint("c", i)] = rapid.IntRange(0, 14).Draw(t, "n")
		}
		refused := rapid.SampledFrom([]string{"", "7", "c1", "c2"}).Draw(t, "refused")
		shown := disclosure.Gather(wrote, parent, func(g string, _ []string) bool { return g != refused })
		in, waits := map[string]int{}, 0
		for place, n := range wrote {
			group, ok := shown[place]
			if !ok {
				waits += n
				continue
			}
			in[group] += n
			up := place
			for up != group && up != "" {
				up = parent[up]
			}
			if up != group || group == refused {
				t.Fatalf("%s is shown in %s", place, group)
			}
		}
		for group, n := range in {
			if n < disclosure.WordsLeast {
				t.Fatalf("%s shows %d of %v", group, n, wrote)
			}
		}
		if waits >= disclosure.WordsLeast {
			t.Fatalf("%d wait of %v: %v", waits, wrote, shown)
		}
	})
}
