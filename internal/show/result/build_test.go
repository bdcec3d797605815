package result

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/show/stat"
)

var someSizes = map[string][]int{"y7": {28, 27, 6, 3}, "y8": {24, 8}, "y9": {9, 7}, "y10": {30, 30, 30}, "y11": {4}}

func releases(t *testing.T, f func(m *made, rel Release)) {
	for seed := range uint64(3) {
		m := newMade(t, seed, round.AboutSchool, document(t, "first_say"), someSizes)
		f(m, m.release(t))
		m = newMade(t, seed, round.AboutClasses, document(t, "first_class"), someSizes)
		f(m, m.release(t))
	}
	m := newMade(t, 9, round.AboutSchool, document(t, "first_belong"), someSizes)
	f(m, m.release(t))
	m = newMade(t, 9, round.AboutSchool, document(t, "first_home"), someSizes)
	f(m, m.release(t))
}

// count says how many chose one of these options, how many gave a valid answer, and how many none.
func count(said []survey.Answers, q survey.Question, options []int) (x, valid, silent int) {
	for _, a := range said {
		answer := a[q.ID]
		if answer.State != survey.Answered {
			silent++
			continue
		}
		under := q.Counted(answer)
		if !q.IsMissing(under[0]) {
			valid++
		}
		if slices.ContainsFunc(options, func(o int) bool { return slices.Contains(under, q.Options[o].ID) }) {
			x++
		}
	}
	return x, valid, silent
}

func favourable(q survey.Question) (list []int) {
	for i, o := range q.Options {
		if q.IsFavourable(o.ID) {
			list = append(list, i)
		}
	}
	return list
}

func TestEveryPublishedNumberIsACountOfTheAnswers(t *testing.T) {
	folded, hidden, bands, several := 0, 0, 0, 0
	releases(t, func(m *made, rel Release) {
		for _, q := range rel.Questions {
			asked, _ := m.doc.Question(q.ID)
			rows := q.Rows
			if q.Public != nil {
				rows = append(slices.Clone(rows), *q.Public)
			}
			for _, row := range rows {
				said := m.in(row.Unit)
				g, _ := rel.Group(row.Unit)
				if !g.Shown || g.Answered != len(said) {
					t.Fatalf("%s for %s: shown %v, answered %d, counted %d", q.ID, g.Name, g.Shown, g.Answered, len(said))
				}
				said = slices.DeleteFunc(said, func(a survey.Answers) bool {
					return a[q.ID].State == survey.NotAsked || a[q.ID].State == survey.NotRelevant
				})
				if g.Answered != len(said) && q.Part == survey.AskedAll {
					t.Errorf("%s is asked of everybody, yet not", q.ID)
				}
				if q.Part == survey.AskedRouted || q.Part == survey.AskedChosen {
					g.Asked = 0 // nobody knows how many it would have concerned
				}
				if row.Hidden {
					hidden++
					if row.N != 0 || row.Bars != nil || row.Share != nil || row.Band != nil || row.NoAnswer != nil || row.Each != nil {
						t.Errorf("%s for %s is hidden and has numbers: %+v", q.ID, g.Name, row)
					}
					continue
				}
				if row.N != len(said) {
					t.Errorf("%s for %s: n is %d, counted %d", q.ID, g.Name, row.N, len(said))
				}
				_, valid, silent := count(said, asked, nil)
				if row.NoAnswer != nil && *row.NoAnswer != silent {
					t.Errorf("%s for %s: no answer %d, counted %d", q.ID, g.Name, *row.NoAnswer, silent)
				}
				for _, b := range row.Bars {
					x, _, _ := count(said, asked, b.Options)
					if b.NoAnswer {
						x += silent
					}
					if len(b.Options) > 1 {
						folded++
					}
					if x != b.Count {
						t.Errorf("%s for %s: bar %v is %d, counted %d", q.ID, g.Name, b.Options, b.Count, x)
					}
				}
				base := valid
				check := func(s *Share, options []int) {
					if s == nil {
						return
					}
					x, _, _ := count(said, asked, options)
					n := base
					if s.OfAll {
						n = len(said)
					}
					if s.X != x || s.N != n {
						t.Errorf("%s for %s: share %d of %d, counted %d of %d", q.ID, g.Name, s.X, s.N, x, n)
					}
					wantInterval(t, s, g)
				}
				checkBand := func(b *Band) {
					if b == nil {
						return
					}
					bands++
					x, _, _ := count(said, asked, b.Options)
					if 100*x < b.Low*b.N || 100*x > b.High*b.N {
						t.Errorf("%s for %s: %d of %d lies outside the band %d to %d", q.ID, g.Name, x, b.N, b.Low, b.High)
					}
				}
				check(row.Share, favourable(asked))
				checkBand(row.Band)
				if asked.IsSeveral() {
					base = len(said) - silent
				}
				for o, e := range row.Each {
					several++
					check(e.Share, []int{o})
					checkBand(e.Band)
				}
			}
		}
	})
	if folded == 0 || hidden == 0 || bands == 0 || several == 0 {
		t.Errorf("the answers exercise too little: %d folded, %d hidden, %d bands, %d of several", folded, hidden, bands, several)
	}
}

func wantInterval(t *testing.T, s *Share, g Group) {
	t.Helper()
	want := stat.Wilson(float64(s.X), float64(s.N))
	if g.Population() > 0 {
		want, _, _ = stat.WilsonFinite(s.X, s.N, g.Asked)
	}
	if math.Abs(want.Low-s.Low)+math.Abs(want.High-s.High) > 1e-12 || s.Sampled != (g.Population() > 0) {
		t.Errorf("interval of %d of %d in %s is %v..%v, not %v", s.X, s.N, g.Name, s.Low, s.High, want)
	}
}

// A hidden group is there by name alone, and nothing small stands anywhere.
func TestReleaseHoldsNoSmallNumberAndNothingOfHiddenGroups(t *testing.T) {
	hiddenGroups := 0
	releases(t, func(_ *made, rel Release) {
		for _, g := range rel.Groups {
			if g.Shown {
				if g.Answered < rel.Least {
					t.Errorf("%s is shown with %d", g.Name, g.Answered)
				}
				continue
			}
			hiddenGroups++
			if g.Asked != 0 || g.Answered != 0 || g.Leaders || g.LeadersTeaching {
				t.Errorf("hidden %s tells %+v", g.Name, g)
			}
			for _, q := range rel.Questions {
				if _, ok := q.Row(g.Unit); ok {
					t.Errorf("%s has a row for hidden %s", q.ID, g.Name)
				}
			}
			for _, s := range rel.Sections {
				if _, ok := s.Row(g.Unit); ok {
					t.Errorf("%s has a sum for hidden %s", s.ID, g.Name)
				}
			}
		}
		small := func(n, least int) bool { return n > 0 && n < least }
		for _, q := range rel.Questions {
			for i, row := range append(slices.Clone(q.Rows), public(q)...) {
				least := 3
				if i == len(q.Rows) {
					least = 10
				}
				for _, b := range row.Bars {
					if small(b.Count, least) {
						t.Errorf("%s %s: a bar of %d", q.ID, row.Unit, b.Count)
					}
				}
				if row.NoAnswer != nil && small(*row.NoAnswer, least) {
					t.Errorf("%s %s: %d without an answer", q.ID, row.Unit, *row.NoAnswer)
				}
				shares := []*Share{row.Share}
				for _, e := range row.Each {
					shares = append(shares, e.Share)
				}
				for _, s := range shares {
					if s != nil && (small(s.X, least) || small(s.N-s.X, least)) {
						t.Errorf("%s %s: a share of %d of %d", q.ID, row.Unit, s.X, s.N)
					}
				}
			}
		}
	})
	if hiddenGroups == 0 {
		t.Error("no group was hidden")
	}
}

func public(q Question) []Row {
	if q.Public == nil {
		return nil
	}
	return []Row{*q.Public}
}

func TestGroupsEachQuestionIsShownFor(t *testing.T) {
	levels := func(rel Release, q Question) string {
		kinds := map[string]bool{}
		for _, r := range q.Rows {
			g, _ := rel.Group(r.Unit)
			kinds[g.Kind] = true
		}
		var list []string
		for k := range kinds {
			list = append(list, k)
		}
		slices.Sort(list)
		return strings.Join(list, " ")
	}
	sizes := map[string][]int{"y7": {30, 30}, "y8": {30, 30}}
	m := newMade(t, 1, round.AboutSchool, document(t, "first_belong"), sizes)
	rel := m.release(t)
	for _, q := range rel.Questions {
		asked, _ := m.doc.Question(q.ID)
		if q.Part != survey.AskedAll {
			continue // TestTheNumberAskedTellsNothingNew
		}
		want := "form school year"
		if asked.Sensitive != "" || asked.DescribesOneself {
			want = "school year"
		}
		if got := levels(rel, q); got != want {
			t.Errorf("%s (%s, sensitive %q) is shown for %s, want %s", q.Short, q.About, asked.Sensitive, got, want)
		}
	}
	m = newMade(t, 1, round.AboutClasses, document(t, "first_class"), sizes)
	rel = m.release(t)
	for _, q := range rel.Questions {
		if q.Part != survey.AskedAll {
			continue
		}
		want := "school year"
		if q.About == bank.AboutThisClass && !q.Sensitive {
			want = "class school year"
		}
		if got := levels(rel, q); got != want {
			t.Errorf("%s (%s) is shown for %s, want %s", q.Short, q.About, got, want)
		}
	}
	doc := document(t, "first_belong")
	doc.Audience = bank.Staff
	m = newMade(t, 1, round.AboutSchool, doc, sizes)
	if rel = m.release(t); len(rel.Groups) != 1 {
		t.Errorf("a staff round has %d groups", len(rel.Groups))
	}
	doc.Audience = bank.Pupils5to7
	m = newMade(t, 1, round.AboutSchool, doc, sizes)
	rel = m.release(t)
	for _, q := range rel.Questions {
		if got := levels(rel, q); q.Sensitive && got != "school" {
			t.Errorf("%s of children of 5 to 7 is shown for %s", q.Short, got)
		}
	}
}

func TestSectionsAddUpReleasedHeadlines(t *testing.T) {
	m := newMade(t, 3, round.AboutSchool, document(t, "first_say"), someSizes)
	rel := m.release(t)
	if len(rel.Sections) == 0 {
		t.Fatal("no sections")
	}
	parts, left := 0, 0
	for _, s := range rel.Sections {
		of := func(unit string) (list []string, x, n int) {
			for _, q := range rel.Questions {
				gw, _ := m.bank.Gateway(q.Gateway)
				if q.Gateway != s.ID && gw.Group != s.ID {
					continue
				}
				if r, ok := q.Row(unit); ok && r.Share != nil && !r.Share.OfAll {
					list, x, n = append(list, q.ID), x+r.Share.X, n+r.Share.N
				}
			}
			return list, x, n
		}
		whole, _, _ := of("school")
		for _, g := range rel.Groups {
			list, x, n := of(g.Unit)
			row, ok := s.Row(g.Unit)
			// A group that cannot show one of the school's questions has no sum: it would be of something else.
			if want := len(list) > 0 && slices.Equal(list, whole); ok != want {
				t.Errorf("%s for %s of %v, the school of %v: shown %v", s.Name, g.Unit, list, whole, ok)
			}
			if !ok {
				left += len(list)
				continue
			}
			parts++
			if x != row.X || n != row.N || len(list) != row.Items || row.Items*2 < row.Of {
				t.Errorf("%s for %s: %+v, counted %d of %d over %v", s.Name, row.Unit, row, x, n, list)
			}
		}
		if s.Public != nil && s.Public.Items != len(whole) {
			t.Errorf("%s in public is of %d questions, the school's of %d", s.Name, s.Public.Items, len(whole))
		}
	}
	if parts == 0 || left == 0 {
		t.Errorf("nothing was tried: %d sums, %d shares without one", parts, left)
	}
	if voice := slices.IndexFunc(rel.Sections, func(s Section) bool { return s.ID == "voice" }); voice < 0 || rel.Sections[voice].Whole {
		t.Errorf("voice has six questions and is no section: %+v", rel.Sections)
	}
}

func TestSameAnswersGiveTheSameRelease(t *testing.T) {
	text := func() string {
		m := newMade(t, 5, round.AboutClasses, document(t, "first_class"), someSizes)
		b, _ := json.Marshal(m.release(t))
		return string(b)
	}
	if first, second := text(), text(); first != second {
		t.Error("two releases of the same answers differ")
	}
}

func TestRateOf(t *testing.T) {
	for _, c := range []struct {
		answered, asked int
		want            Rate
	}{{0, 0, ""}, {0, 20, UnderHalf}, {9, 20, UnderHalf}, {10, 20, Half}, {14, 20, Half}, {15, 20, ThreeQuarters}, {17, 20, ThreeQuarters}, {18, 20, NineTenths}, {22, 20, NineTenths}} {
		if got := RateOf(c.answered, c.asked); got != c.want {
			t.Errorf("%d of %d: %q, want %q", c.answered, c.asked, got, c.want)
		}
	}
}

// The number asked a question is a count of the answers that decided it, so it is shown only where those answers' own
// bars tell it already.
func TestTheNumberAskedTellsNothingNew(t *testing.T) {
	parts, rows := map[survey.Part]int{}, 0
	releases(t, func(m *made, rel Release) {
		of := map[string]Question{}
		for _, q := range rel.Questions {
			of[q.ID] = q
		}
		// Everybody answers equally many topics, so all of a choice are told of a group, or none.
		topics := map[string]int{}
		for _, q := range rel.Questions {
			for _, row := range q.Rows {
				if q.Part == survey.AskedChosen {
					topics[row.Unit]++
				}
			}
		}
		for unit, n := range topics {
			if n != 3 {
				t.Errorf("%d of 3 topics are told of %s", n, unit)
			}
		}
		for _, q := range rel.Questions {
			asked, _ := m.doc.Question(q.ID)
			g := m.doc.Guards(asked)
			for _, row := range q.Rows {
				if row.Hidden {
					continue
				}
				parts[q.Part]++
				group, _ := rel.Group(row.Unit)
				if (g.Chosen || g.Tangled) && group.IsLeaf() || g.Tangled && group.Kind != round.UnitSchool {
					t.Errorf("%s (%s) is shown for %s", asked.Text, q.Part, group.Name)
				}
				if g.By == "" {
					continue
				}
				rows++
				by := of[g.By]
				deciding, _ := m.doc.Question(g.By)
				from, ok := by.Row(row.Unit)
				if !ok || from.Hidden {
					t.Fatalf("%s is shown for %s, and what decides it is not", asked.Text, group.Name)
				}
				// Put together from published bars alone.
				sum := 0
				for _, b := range from.Bars {
					inside, outside := 0, 0
					for _, o := range b.Options {
						if slices.Contains(g.If, deciding.Options[o].ID) {
							inside++
						} else {
							outside++
						}
					}
					if b.NoAnswer {
						outside++
					}
					if inside > 0 && outside > 0 {
						t.Errorf("%s for %s: the bar %v of what decides mixes both sides", asked.Text, group.Name, b.Options)
					}
					if inside > 0 {
						sum += b.Count
					}
				}
				if sum != row.N {
					t.Errorf("%s for %s: %d asked, and the bars of what decides give %d", asked.Text, group.Name, row.N, sum)
				}
			}
		}
	})
	for _, p := range []survey.Part{survey.AskedAll, survey.AskedChosen, survey.AskedRouted, survey.AskedDrawn} {
		if parts[p] == 0 {
			t.Errorf("no row is of the part %q", p)
		}
	}
	if rows == 0 {
		t.Error("no routed question is shown at all")
	}
}
