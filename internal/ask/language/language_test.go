package language_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/language"
	"earshot/internal/base/fault"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
	"earshot/internal/testkit"
)

var ctx = context.Background()

func theBank(t *testing.T) *bank.Bank {
	t.Helper()
	b, err := bank.Load()
	testkit.Must(t, err)
	return b
}

func find(texts []language.Text, name string) (language.Text, bool) {
	i := slices.IndexFunc(texts, func(t language.Text) bool { return slices.Contains(t.Names, name) })
	if i < 0 {
		return language.Text{}, false
	}
	return texts[i], true
}

// What has to be read is written out here, apart from the code, so that a changed list cannot let one through unread.
func TestEverythingAboutSafetyIsRead(t *testing.T) {
	b := theBank(t)
	for _, l := range words.Languages()[1:] {
		texts := language.Texts(b, l.Code)
		for _, text := range b.ForAnswering() {
			if _, ok := find(texts, text.ID); !ok {
				t.Errorf("%s: %s of the bank is not read", l.Code, text.ID)
			}
		}
		for name := range words.English().Sentences() {
			group, _, _ := strings.Cut(name, ".")
			must := slices.Contains([]string{"help", "helpline", "talk", "stored", "keep", "kiosk", "helper"}, group) && !strings.HasSuffix(name, ".phone") ||
				slices.Contains([]string{"public.small", "wall.small"}, name) // what is kept back from those who read the figures
			if _, ok := find(texts, name); must && !ok {
				t.Errorf("%s: %s is not read", l.Code, name)
			}
		}
		seen := map[string]bool{}
		for _, text := range texts {
			if text.English == "" || text.Said == "" || !slices.Contains(language.Sections(), text.Section) {
				t.Errorf("%s: %+v", l.Code, text)
			}
			for _, name := range text.Names {
				if seen[name] {
					t.Errorf("%s: %s is read twice", l.Code, name)
				}
				seen[name] = true
			}
		}
		if _, ok := find(texts, "helpline.england.1.phone"); ok {
			t.Error("a phone number can be retyped")
		}
	}
	if language.Texts(b, "en") != nil || language.Texts(b, "xx") != nil {
		t.Error("there is something to read in English, or in a language that is not there")
	}
	// The same sentence for three nations is read once.
	if text, _ := find(language.Texts(b, "pl"), "helpline.england.1.when"); !slices.Contains(text.Names, "helpline.scotland.1.when") {
		t.Errorf("names %v", text.Names)
	}
}

func TestChangesSinceAReading(t *testing.T) {
	one := language.Text{Names: []string{"help.a", "help.b"}, English: "A", Said: "a"}
	two := language.Text{Names: []string{"help.c"}, English: "C", Said: "c"}
	read := language.Prints([]language.Text{one, two})
	if c := language.Since(read, []language.Text{two, one}); c.Any() {
		t.Errorf("in another order: %+v", c)
	}
	english, said, more := one, one, one
	english.English, said.Said, more.Names = "A!", "a!", []string{"help.a", "help.b", "help.d"}
	for name, c := range map[string]struct {
		now                  []language.Text
		isNew, changed, gone int
	}{
		"the English":      {[]language.Text{english, two}, 0, 1, 0},
		"the translation":  {[]language.Text{said, two}, 0, 1, 0},
		"one more place":   {[]language.Text{more, two}, 1, 0, 0},
		"one is gone":      {[]language.Text{one}, 0, 0, 1},
		"all are replaced": {[]language.Text{{Names: []string{"help.x"}, English: "X", Said: "x"}}, 1, 0, 3},
	} {
		got := language.Since(read, c.now)
		if len(got.New) != c.isNew || len(got.Changed) != c.changed || got.Gone != c.gone || !got.Any() {
			t.Errorf("%s: %+v", name, got)
		}
		if language.Hash(c.now) == language.Hash([]language.Text{one, two}) {
			t.Errorf("%s: the hash is the same", name)
		}
	}
}

func TestFits(t *testing.T) {
	spoken := language.Text{Names: []string{"helper.silent"}, English: "Go to {{.Lead}} today.", Said: "x"}
	promise := language.Text{Names: []string{"p_open_7_10"}, English: "Why we ask: {why}.", Said: "x"}
	for sentence, fits := range map[string]bool{"Ask {{.Lead}}": true, "Ask": false, "Ask {{.Lead}} {{.Lead}}": false, "Ask {{.Lead}": false, "{{.Lead}} {n}": false} {
		if spoken.Fits(sentence) != fits {
			t.Errorf("%q: %v", sentence, !fits)
		}
	}
	for sentence, fits := range map[string]bool{"{why}!": true, "why": false, "{why} {k}": false, "{why": false} {
		if promise.Fits(sentence) != fits {
			t.Errorf("%q: %v", sentence, !fits)
		}
	}
}

// form is a form that approves a language as it is.
func form(b *bank.Bank, code string) language.Form {
	f := language.Form{Reader: "Ewa Nowak", Role: "speaks it at home, teaching assistant", Named: true, ReadAll: true, Hash: language.Hash(language.Texts(b, code)), Written: map[string]string{}}
	for _, t := range language.Texts(b, code) {
		f.Written[t.Name()] = t.Said
	}
	return f
}

func TestALanguageIsOfferedOnceASpeakerHasReadIt(t *testing.T) {
	s := testkit.NewSchool(t)
	st := language.NewStore(s.DB, s.Bank)
	other := testkit.FoundSchool(t, s.DB, s.Key, s.Clock, "Hillside School")
	approved := func(school string, want ...string) {
		t.Helper()
		got, err := st.Approved(ctx, school)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("approved %v, %v, want %v", got, err, want)
		}
	}
	approved(s.School.SchoolID)
	f := form(s.Bank, "pl")
	f.Written["thanks_5_7"], f.Written["helpline.england.1.when"] = "Dzięki!", "za darmo"
	testkit.Must(t, st.Save(ctx, s.Head, "pl", language.Draft, f))
	approved(s.School.SchoolID)
	testkit.Must(t, st.Save(ctx, s.Head, "pl", language.Approved, f))
	testkit.Must(t, st.Save(ctx, s.Head, "cy", language.Approved, form(s.Bank, "cy")))
	approved(s.School.SchoolID, "cy", "pl")
	approved(other.School.SchoolID)

	spoken, err := st.Spoken(ctx, s.School.SchoolID)
	testkit.Must(t, err)
	pl := spoken[1]
	if got := pl.Voice.Say("helpline.scotland.1.when"); got != "za darmo" || pl.Dir != "ltr" || pl.Tag != "pl" {
		t.Errorf("the school's correction: %q, %+v", got, pl.Language)
	}
	if got, _ := pl.Texts.Text("thanks_5_7"); got != "Dzięki!" {
		t.Errorf("the school's correction of the bank: %q", got)
	}
	readings, err := st.Readings(ctx, s.School.SchoolID)
	testkit.Must(t, err)
	if len(readings) != 2 || len(readings[1].Corrected()) != 1+len(mustFind(t, s.Bank, "helpline.england.1.when").Names) {
		t.Errorf("%d readings; corrections %v", len(readings), readings[1].Corrected())
	}
	entries, err := audit.Recent(ctx, s.DB, s.Head, 10)
	testkit.Must(t, err)
	if !slices.ContainsFunc(entries, func(e audit.Entry) bool {
		return e.Kind == "school" && e.Action == "language.approved" && e.Note == "Polish, Ewa Nowak"
	}) {
		t.Errorf("the trail has %+v", entries)
	}

	// A draft beside what is approved changes nothing until it is approved.
	f.Written["thanks_5_7"] = "Bardzo dziękujemy!"
	testkit.Must(t, st.Save(ctx, s.Head, "pl", language.Draft, f))
	spoken, _ = st.Spoken(ctx, s.School.SchoolID)
	if got, _ := spoken[1].Texts.Text("thanks_5_7"); got != "Dzięki!" {
		t.Errorf("a draft is said: %q", got)
	}
	testkit.Must(t, st.TakeBack(ctx, s.Head, "pl"))
	approved(s.School.SchoolID, "cy")
	readings, _ = st.Readings(ctx, s.School.SchoolID)
	if len(readings) != 2 || readings[1].State != language.Draft || readings[1].Corrected()["thanks_5_7"] != "Bardzo dziękujemy!" {
		t.Errorf("taking back lost the draft: %+v", readings)
	}
}

func mustFind(t *testing.T, b *bank.Bank, name string) language.Text {
	t.Helper()
	text, ok := find(language.Texts(b, "pl"), name)
	if !ok {
		t.Fatal(name)
	}
	return text
}

// An update changes a text: what was read is not what would be shown.
func TestAReadingOfOtherTextsDoesNotHold(t *testing.T) {
	s := testkit.NewSchool(t)
	st := language.NewStore(s.DB, s.Bank)
	testkit.Must(t, st.Save(ctx, s.Head, "pl", language.Approved, form(s.Bank, "pl")))
	readings, err := st.Readings(ctx, s.School.SchoolID)
	testkit.Must(t, err)
	texts := language.Texts(s.Bank, "pl")
	if !readings[0].Holds(texts) || readings[0].Since(texts).Any() {
		t.Error("a reading of these very texts does not hold")
	}
	changed := slices.Clone(texts)
	changed[3].English += " And more."
	if readings[0].Holds(changed) || len(readings[0].Since(changed).Changed) != 1 {
		t.Error("a reading holds though the English has changed")
	}
	testkit.Must(t, s.DB.Write(ctx).Model(&language.Reading{}).Where("school_id = ?", s.School.SchoolID).Update("hash", "older").Error)
	if got, err := st.Approved(ctx, s.School.SchoolID); len(got) > 0 || err != nil {
		t.Errorf("offered: %v, %v", got, err)
	}
}

func TestWhatApprovingAsksFor(t *testing.T) {
	s := testkit.NewSchool(t)
	st := language.NewStore(s.DB, s.Bank)
	long := strings.Repeat("x", 2000)
	for name, c := range map[string]struct {
		change func(*language.Form)
		field  string
		draft  bool // a draft is refused as well
	}{
		"no name":         {func(f *language.Form) { f.Reader = " " }, "reader", false},
		"a long name":     {func(f *language.Form) { f.Reader = long }, "reader", true},
		"no role":         {func(f *language.Form) { f.Role = "" }, "role", false},
		"not named":       {func(f *language.Form) { f.Named = false }, "named", false},
		"not read":        {func(f *language.Form) { f.ReadAll = false }, "read_all", false},
		"empty":           {func(f *language.Form) { f.Written["help.label"] = "" }, "help.label", true},
		"too long":        {func(f *language.Form) { f.Written["help.label"] = long }, "help.label", true},
		"a gap is lost":   {func(f *language.Form) { f.Written["helper.silent"] = "Nic" }, "helper.silent", true},
		"a brace is lost": {func(f *language.Form) { f.Written["p_open_7_10"] = "Nic" }, "p_open_7_10", true},
	} {
		for _, state := range []language.State{language.Approved, language.Draft} {
			f := form(s.Bank, "pl")
			c.change(&f)
			err := st.Save(ctx, s.Head, "pl", state, f)
			fl, _ := fault.Of(err)
			refused := fl != nil && fl.Fields[c.field].Key != ""
			if refused != (state == language.Approved || c.draft) {
				t.Errorf("%s, %s: %v", name, state, err)
			}
			if fl != nil && !words.English().Has(fl.Fields[c.field].Key) {
				t.Errorf("%s: no sentence for %q", name, fl.Fields[c.field].Key)
			}
		}
	}
	f := form(s.Bank, "pl")
	f.Hash = "of older texts"
	if err := st.Save(ctx, s.Head, "pl", language.Approved, f); !fault.Is(err, fault.Conflict) {
		t.Errorf("texts that were not read: %v", err)
	}
	for _, role := range access.Roles {
		err := st.Save(ctx, s.Staff("Sam "+string(role), role), "pl", language.Approved, form(s.Bank, "pl"))
		if may := role == access.Head || role == access.Leader; (err == nil) != may {
			t.Errorf("%s: %v", role, err)
		}
	}
	if err := st.Save(ctx, s.Head, "en", language.Approved, f); !fault.Is(err, fault.NotFound) {
		t.Errorf("English: %v", err)
	}
	if err := st.TakeBack(ctx, s.Staff("Sam", access.Teacher), "pl"); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a teacher takes a language back: %v", err)
	}
}
