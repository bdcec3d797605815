package bank_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"earshot/internal/ask/bank"

	"github.com/google/go-cmp/cmp"
)

var values = map[string]string{
	"minutes": "4", "why": "we want lessons to work for everyone", "k": "5", "named_adults": "Mrs Khan and Mr Lee",
	"named_readers": "Ms Okafor", "safeguarding_lead": "Mrs Khan", "comment_reader": "Mrs Khan", "contact": "the school office",
	"close_date": "12 May", "delete_date": "31 July 2028", "counts_date": "31 July 2034", "complaint_contact": "the school office",
	"seal_date": "31 July 2026", "flags": "free school meals and English as an additional language",
}

var everything = bank.Settings{Comments: true, ByClass: true, Sensitive: true, SchoolNetwork: true, SmallSchool: true, Flags: true, Linked: true, Values: values}

// each calls f for every audience, mode and route that a round can have.
func each(b *bank.Bank, f func(p bank.PromiseFor)) {
	for _, a := range b.Audiences {
		for _, m := range b.PromisePlan.Modes {
			for _, r := range b.PromisePlan.Routes {
				if b.Possible(a.ID, m, r) {
					f(bank.PromiseFor{Audience: a.ID, Mode: m, Route: r, Settings: everything})
				}
			}
		}
	}
}

// eachPolicy is each, for both ways in which a sealed name may be opened.
func eachPolicy(b *bank.Bank, f func(p bank.PromiseFor)) {
	each(b, func(p bank.PromiseFor) {
		for _, two := range []bool{false, true} {
			p.Settings.TwoPeople = two
			f(p)
		}
	})
}

// What must be said is written out here, apart from the file, so that a line under absent cannot take it away unseen.
func TestNothingIsLeftUnsaid(t *testing.T) {
	b := load(t)
	n := 0
	eachPolicy(b, func(p bank.PromiseFor) {
		n++
		p.Settings.SmallSchool = false // so that private stands
		got, err := b.Promise(p)
		if err != nil {
			t.Fatalf("%s, %s, %s: %v", p.Audience, p.Mode, p.Route, err)
		}
		var parts []string
		for _, part := range got {
			if part.Text == "" || strings.ContainsAny(part.Text, "{}") {
				t.Errorf("%s, %s, %s: %+v", p.Audience, p.Mode, p.Route, part)
			}
			if slices.Contains(parts, part.Part) {
				t.Errorf("%s, %s, %s: %s is said twice", p.Audience, p.Mode, p.Route, part.Part)
			}
			parts = append(parts, part.Part)
		}
		must := []string{"open", "route", "group", "marks", "leave", "hurt", "send", "say_no", "deleted", "unhappy"}
		if p.Route != bank.HandsUp {
			must = append(must, "mode", "writing", "read")
		}
		if p.Mode == bank.Confidential {
			must = append(must, "waiting", "sealed", "flags", "linked")
			if p.Audience != bank.Staff {
				must = append(must, "worries")
			}
		}
		if (p.Mode == bank.Anonymous || p.Mode == bank.Mailed) && p.Route != bank.Paper && p.Route != bank.HandsUp {
			must = append(must, "waiting")
		}
		if p.Mode != bank.OpenLink {
			must = append(must, "private", "all_same")
			if bank.IsPupils(p.Audience) {
				must = append(must, "first")
			}
		}
		for _, part := range must {
			if !slices.Contains(parts, part) {
				t.Errorf("%s, %s, %s: nothing is said about %s", p.Audience, p.Mode, p.Route, part)
			}
		}
	})
	// Four groups of pupils: anonymous by six routes; confidential, named and an open link by the four with a screen. Two of
	// adults: anonymous and mailed by five, and the same three by four. All twice: one person opens a sealed name, or two.
	if want := 2 * (4*(6+3*4) + 2*(2*5+3*4)); n != want {
		t.Errorf("%d combinations, want %d", n, want)
	}
}

func TestPromiseIsNeverCalledAnonymousWhenItIsNot(t *testing.T) {
	b := load(t)
	eachPolicy(b, func(p bank.PromiseFor) {
		got, _ := b.Promise(p)
		for _, part := range got {
			says := strings.Contains(strings.ToLower(part.Text), "anonymous")
			denies := strings.Contains(part.Text, "not anonymous")
			if says && !denies && p.Mode != bank.Anonymous {
				t.Errorf("%s, %s, %s says %q", p.Audience, p.Mode, p.Route, part.Text)
			}
		}
	})
}

// Where a link belongs to a person, the first page says what the school can see of it.
func TestPromiseOfAMailedSlip(t *testing.T) {
	b := load(t)
	for _, audience := range []string{bank.Parents, bank.Staff} {
		for _, route := range []bank.Route{bank.OwnDevice, bank.SharedDevice, bank.AnyDevice, bank.AdultHelper} {
			got, err := b.Promise(bank.PromiseFor{Audience: audience, Mode: bank.Mailed, Route: route, Settings: everything})
			if err != nil {
				t.Fatal(err)
			}
			first, more := "", ""
			for _, p := range got.Shown(bank.ShowFirst) {
				first += p.Text
			}
			for _, p := range got.Shown(bank.ShowMore) {
				more += p.Text
			}
			if !strings.Contains(first, "the school can see that you answered, but never what you said") || strings.Contains(first, "anonymous") {
				t.Errorf("%s, %s: %s", audience, route, first)
			}
			if !strings.Contains(more, "could match them to your link or code") {
				t.Errorf("%s, %s: %s", audience, route, more)
			}
		}
	}
}

// Who can find out whose answers they are stands on the first page, and no policy says what only the other keeps.
func TestPromiseSaysWhoCanOpenASealedName(t *testing.T) {
	b := load(t)
	for _, c := range []struct {
		audience string
		one, two []string // what each first page says; the other must not
	}{
		{bank.Pupils11to16, []string{"Mrs Khan or a deputy can unlock it alone", "A second person is told at once, and the chair of governors within a day"},
			[]string{"only two people together can unlock it", "(Mrs Khan and Mr Lee)"}},
		{bank.Pupils7to10, []string{"Mrs Khan or a grown-up who helps them can look"}, []string{"two grown-ups together can look: Mrs Khan and Mr Lee"}},
		{bank.Pupils5to7, []string{"Mrs Khan or their team can look"}, []string{"Two grown-ups can look"}},
		{bank.Parents, []string{"Mrs Khan or a deputy can unlock it alone", "A second person is told at once"}, []string{"only two people together can unlock it"}},
		{bank.Staff, []string{"Mrs Khan or a deputy can unlock it alone", "A second person is told at once"}, []string{"only two people together can unlock it"}},
	} {
		for _, two := range []bool{false, true} {
			p := bank.PromiseFor{Audience: c.audience, Mode: bank.Confidential, Route: bank.AnyDevice, Settings: everything}
			p.Settings.TwoPeople = two
			got, err := b.Promise(p)
			if err != nil {
				t.Fatal(err)
			}
			first := ""
			for _, part := range got.Shown(bank.ShowFirst) {
				first += part.Text + " "
			}
			says, not := c.one, c.two
			if two {
				says, not = c.two, c.one
			}
			for _, s := range says {
				if !strings.Contains(first, s) {
					t.Errorf("%s, two people %v: %q is not in %q", c.audience, two, s, first)
				}
			}
			for _, s := range not {
				if strings.Contains(first, s) {
					t.Errorf("%s, two people %v: %q is in %q", c.audience, two, s, first)
				}
			}
		}
	}
}

func TestConfidentialPromiseDependsOnFlagsAndCards(t *testing.T) {
	b := load(t)
	p := bank.PromiseFor{Audience: bank.Pupils11to16, Mode: bank.Confidential, Route: bank.AnyDevice, Settings: bank.Settings{Values: values}}
	parts := func() (list []string) {
		got, err := b.Promise(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range got {
			if part.Part == "sealed" || part.Part == "flags" || part.Part == "linked" {
				list = append(list, part.Part)
			}
		}
		return list
	}
	if got := parts(); !slices.Equal(got, []string{"sealed"}) {
		t.Errorf("without flags and cards: %v", got)
	}
	p.Settings.Flags = true
	if got := parts(); !slices.Equal(got, []string{"sealed", "flags"}) {
		t.Errorf("with flags: %v", got)
	}
	p.Settings.Linked = true
	if got := parts(); !slices.Equal(got, []string{"sealed", "flags", "linked"}) {
		t.Errorf("with flags and cards: %v", got)
	}
	needs, err := b.PromiseNeeds(p)
	if want := []string{"safeguarding_lead", "k", "close_date", "seal_date", "flags", "minutes"}; err != nil || slices.ContainsFunc(want, func(brace string) bool { return !slices.Contains(needs, brace) }) {
		t.Errorf("needs %v, %v; want all of %v", needs, err, want)
	}
}

func TestSettingsLeaveOutWhatIsUntrue(t *testing.T) {
	b := load(t)
	plain := bank.PromiseFor{Audience: bank.Pupils11to16, Mode: bank.Anonymous, Route: bank.AnyDevice, Settings: bank.Settings{Values: values}}
	for _, c := range []struct {
		name string
		set  func(s *bank.Settings)
		more []string // parts that this setting adds
	}{
		{"comments", func(s *bank.Settings) { s.Comments = true }, []string{"writing", "words_ask", "words_lead", "words_retold", "words_exact", "read", "hurt"}},
		{"by class", func(s *bank.Settings) { s.ByClass = true }, []string{"first", "all_same"}},
		{"sensitive", func(s *bank.Settings) { s.Sensitive = true }, []string{"private"}},
		{"school network", func(s *bank.Settings) { s.SchoolNetwork = true }, []string{"filter"}},
		{"small school", func(s *bank.Settings) { s.SmallSchool = true }, []string{"small"}},
		{"small school with something sensitive", func(s *bank.Settings) { s.SmallSchool, s.Sensitive = true, true }, []string{"small"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			without, err := b.Promise(plain)
			if err != nil {
				t.Fatal(err)
			}
			p := plain
			c.set(&p.Settings)
			with, err := b.Promise(p)
			if err != nil {
				t.Fatal(err)
			}
			var more []string
			for _, part := range with {
				if !slices.Contains(without, part) {
					more = append(more, part.Part)
				}
			}
			if diff := cmp.Diff(c.more, more); diff != "" {
				t.Error(diff)
			}
			if with.Hash() == without.Hash() {
				t.Error("two promises have one hash")
			}
		})
	}
}

func TestHandsUpStillTellsAboutDanger(t *testing.T) {
	b := load(t)
	p := bank.PromiseFor{Audience: bank.Pupils7to10, Mode: bank.Anonymous, Route: bank.HandsUp, Settings: bank.Settings{Values: values}}
	got, err := b.Promise(p)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(got, func(v bank.Part) bool { return v.Part == "hurt" }) {
		t.Error("without comments, hands up says nothing about danger")
	}
}

func TestPromiseOfALessonIsThatOf11to16(t *testing.T) {
	b := load(t)
	p := bank.PromiseFor{Audience: bank.Pupils11to16, Mode: bank.Anonymous, Route: bank.OwnDevice, Settings: everything}
	want, _ := b.Promise(p)
	p.Audience = bank.PupilsLesson
	got, err := b.Promise(p)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestPromiseNeedsItsValues(t *testing.T) {
	b := load(t)
	p := bank.PromiseFor{Audience: bank.Pupils11to16, Mode: bank.Anonymous, Route: bank.AnyDevice}
	needs, err := b.PromiseNeeds(p)
	if diff := cmp.Diff([]string{"minutes", "why", "k", "delete_date", "counts_date", "complaint_contact"}, needs); diff != "" || err != nil {
		t.Error(diff, err)
	}
	_, err = b.Promise(p)
	var missing bank.MissingValues
	if !errors.As(err, &missing) || !slices.Equal(missing, needs) {
		t.Errorf("error %v, want all of %v", err, needs)
	}
	p.Settings.Values = map[string]string{}
	for _, n := range needs {
		p.Settings.Values[n] = values[n]
	}
	if _, err := b.Promise(p); err != nil {
		t.Error(err)
	}
	p.Settings.Values["why"] = " "
	if _, err := b.Promise(p); err == nil {
		t.Error("a blank reason is enough")
	}
	p.Settings.Values["why"] = "{k}"
	if got, _ := b.Promise(p); !strings.Contains(got[0].Text, "ask: {k}.") {
		t.Errorf("a value was taken for a brace: %q", got[0].Text)
	}
}

func TestNoPromiseWithoutARound(t *testing.T) {
	b := load(t)
	for _, p := range []bank.PromiseFor{
		{Audience: bank.Pupils11to16, Mode: bank.OpenLink, Route: bank.Paper},
		{Audience: bank.Pupils11to16, Mode: bank.Confidential, Route: bank.Paper},
		{Audience: bank.Pupils7to10, Mode: bank.Named, Route: bank.HandsUp},
		{Audience: bank.Parents, Mode: bank.Confidential, Route: bank.Paper},
		{Audience: bank.Parents, Mode: bank.Anonymous, Route: bank.HandsUp},
		{Audience: bank.Pupils11to16, Mode: bank.Mailed, Route: bank.OwnDevice},
		{Audience: bank.PupilsLesson, Mode: bank.Mailed, Route: bank.AnyDevice},
		{Audience: bank.TeacherMirror, Mode: bank.Anonymous, Route: bank.OwnDevice},
		{Audience: "nobody", Mode: bank.Anonymous, Route: bank.OwnDevice},
		{Audience: bank.Staff, Mode: "secret", Route: bank.OwnDevice},
		{Audience: bank.Staff, Mode: bank.Named, Route: "pigeon"},
	} {
		if got, err := b.Promise(p); err == nil || got != nil {
			t.Errorf("%+v is promised %v", p, got)
		}
		if _, err := b.PromiseNeeds(p); err == nil {
			t.Errorf("%+v needs no values", p)
		}
	}
}

// A first page that is too long is not read. Nothing about who can see a name may hide under "More", so the two modes that
// lock a name away or keep it say other things there; adults are allowed a little more in them.
func TestFirstPageIsShort(t *testing.T) {
	b := load(t)
	limit := map[string][2]int{
		bank.Pupils11to16: {80, 80}, bank.PupilsLesson: {80, 80}, bank.Pupils7to10: {40, 40}, bank.Pupils5to7: {20, 20},
		bank.Parents: {120, 130}, bank.Staff: {120, 130},
	}
	eachPolicy(b, func(p bank.PromiseFor) {
		got, _ := b.Promise(p)
		words := 0
		for _, part := range got.Shown(bank.ShowFirst) {
			words += len(strings.Fields(part.Text))
		}
		most := limit[p.Audience][0]
		if p.Mode == bank.Confidential || p.Mode == bank.Named {
			most = limit[p.Audience][1]
		}
		if words > most {
			t.Errorf("%s, %s, %s: %d words on the first page, at most %d", p.Audience, p.Mode, p.Route, words, most)
		}
	})
}

func TestHash(t *testing.T) {
	b := load(t)
	p := bank.PromiseFor{Audience: bank.Parents, Mode: bank.Anonymous, Route: bank.AnyDevice, Settings: everything}
	one, _ := b.Promise(p)
	two, _ := b.Promise(p)
	if one.Hash() != two.Hash() || len(one.Hash()) != 64 {
		t.Errorf("hashes %s and %s", one.Hash(), two.Hash())
	}
	two[0].Show = bank.ShowMore
	if one.Hash() == two.Hash() {
		t.Error("where a part is read makes no difference to the hash")
	}
	// A part that ends where another begins must not be taken for one longer part.
	a := bank.Promise{{Part: "a", Text: "b"}, {Part: "c"}}
	c := bank.Promise{{Part: "a", Text: "bc"}}
	if a.Hash() == c.Hash() {
		t.Error("parts run into one another")
	}
}
