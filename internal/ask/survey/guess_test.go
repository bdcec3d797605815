package survey_test

import (
	"slices"
	"strings"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
	"earshot/internal/base/words"

	"github.com/google/go-cmp/cmp"
)

// guessing is a survey of which two questions are guessed.
func guessing(t *testing.T) survey.Document {
	t.Helper()
	d := template(t, "first_class")
	for _, item := range []string{"l2l_c_mistake", "org_c_calm"} {
		i := slices.IndexFunc(d.Questions(), func(q survey.Question) bool { return q.Item == item })
		if p := d.AddGuess(loadBank(t), d.Questions()[i].ID, ""); p != nil {
			t.Fatal(p)
		}
	}
	return d
}

// at changes the question with this item.
func at(d *survey.Document, item string, change func(*survey.Question)) {
	for i := range d.Sections {
		for j := range d.Sections[i].Questions {
			if q := &d.Sections[i].Questions[j]; q.Item == item {
				change(q)
				q.Wording = q.MakeWording()
			}
		}
	}
}

func TestAGuessComesStraightAfterWhatItGuesses(t *testing.T) {
	d := guessing(t)
	if p := d.CanOpenWith(d.Audience, bank.AnyDevice, bank.Paper); p != nil {
		t.Fatal(p)
	}
	asked := d.Questions()
	i := slices.IndexFunc(asked, func(q survey.Question) bool { return q.Guesses == "l2l_c_mistake" })
	if i < 1 || asked[i-1].Item != "l2l_c_mistake" {
		t.Fatalf("it stands at %d", i)
	}
	g := asked[i]
	if g.Text != "How many in this class do you think said “Often” or “Almost always”?" || g.Item != "own_guess_l2l_c_mistake" || d.ShownBy(g) != survey.ByClass || g.CanBeGuessed() {
		t.Errorf("%+v", g)
	}
	if of, ok := d.Guessed(g); !ok || of.ID != asked[i-1].ID {
		t.Errorf("it guesses %q", of.ID)
	}
	back, err := survey.Decode(d.Encode())
	if diff := cmp.Diff(d, back); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	// After a whole grid, which cannot be parted.
	grid := template(t, "first_class")
	at(&grid, "afl_c_next", func(q *survey.Question) { q.Grid = "How often" })
	at(&grid, "l2l_c_mistake", func(q *survey.Question) { q.Grid = "How often" })
	grid.AddGuess(loadBank(t), "q2", "")
	if p := grid.Problems(); p != nil || grid.Questions()[3].Guesses != "afl_c_next" {
		t.Errorf("%v", p)
	}
	// Asking again what should have moved asks for no guess.
	if p := d.Pulse("Again", []string{asked[i-1].ID, g.ID}); len(p.Questions()) != 1 || p.Problems() != nil {
		t.Errorf("%+v", p.Questions())
	}
}

func TestWhatIsWrongWithAGuess(t *testing.T) {
	mistake := "own_guess_l2l_c_mistake"
	for want, change := range map[string]func(*survey.Document){
		survey.GuessNothing: func(d *survey.Document) { at(d, mistake, func(q *survey.Question) { q.Guesses = "org_c_nothing" }) },
		survey.GuessPlace:   func(d *survey.Document) { s := d.Sections[0].Questions; s[2], s[3] = s[3], s[2] },
		survey.GuessAsked:   func(d *survey.Document) { at(d, mistake, func(q *survey.Question) { q.ShowIf = "${q1} = 'fully'" }) },
		survey.GuessAnswers: func(d *survey.Document) {
			at(d, mistake, func(q *survey.Question) { q.Options = q.Options[:4]; q.Favourable = []string{"most"} })
		},
		survey.GuessOf: func(d *survey.Document) {
			at(d, "l2l_c_mistake", func(q *survey.Question) { q.Sensitive = "wellbeing" })
		},
		survey.GuessWho:  func(d *survey.Document) { d.Audience = bank.Parents },
		survey.GuessMany: func(d *survey.Document) { d.AddGuess(loadBank(t), "q1", "") },
	} {
		d := guessing(t)
		d.Sections[0].Questions = slices.Clone(d.Sections[0].Questions)
		change(&d)
		found := d.Problems()
		i := slices.IndexFunc(found, func(p survey.Problem) bool { return p.Key == want })
		if i < 0 {
			t.Errorf("%s is not found, but %v", want, found)
			continue
		}
		v := words.V{}
		for k, text := range found[i].Values {
			v[k] = text
		}
		if said := words.English().Say(want, v); strings.Contains(said, "<no value>") || strings.Contains(said, "[") {
			t.Errorf("%s is said as %q", want, said)
		}
	}
	for _, c := range []struct{ template, item, want string }{
		{"first_say", "voice_s_asked", survey.GuessOf},      // about the school
		{"first_class", "own_nothing", survey.GuessNothing}, // not there
	} {
		d := template(t, c.template)
		id := "q99"
		for _, q := range d.Questions() {
			if q.Item == c.item {
				id = q.ID
			}
		}
		if p := d.AddGuess(loadBank(t), id, ""); len(p) != 1 || p[0].Key != c.want {
			t.Errorf("%s: %v", c.item, p)
		}
	}
	d := guessing(t)
	if p := d.AddGuess(loadBank(t), "q3", ""); len(p) != 1 || p[0].Key != survey.ItemTwice {
		t.Errorf("twice: %v", p)
	}
}

// TestAGuessIsAskedInEveryLanguage: once somebody has put the question that is guessed into a language, its guess needs no
// words of the school's own there.
func TestAGuessIsAskedInEveryLanguage(t *testing.T) {
	d := guessing(t)
	for _, l := range words.Languages()[1:] {
		said := map[string]string{}
		for _, w := range d.Words() {
			if q, _ := d.Question(w.Place); q.Guesses == "" {
				said[w.Key] = "«" + w.Text + "»"
			}
		}
		translated, missing := d.In(l.Code, said)
		if missing > 0 {
			t.Errorf("%s: %d pieces are missing", l.Code, missing)
		}
		i := slices.IndexFunc(translated.Questions(), func(q survey.Question) bool { return q.Guesses == "l2l_c_mistake" })
		g := translated.Questions()[i]
		if !strings.Contains(g.Text, "«Often»") || !strings.Contains(g.Text, "«Almost always»") || strings.Contains(g.Text, "How many") || g.Options[2].Label == "About half" || g.Wording != d.Questions()[i].Wording {
			t.Errorf("%s: %q %q", l.Code, g.Text, g.Options[2].Label)
		}
		// What the school says itself comes first.
		for _, w := range d.Words() {
			if w.Place == g.ID && w.Part == "text" {
				said[w.Key] = "Own words?"
			}
		}
		if translated, _ = d.In(l.Code, said); translated.Questions()[i].Text != "Own words?" {
			t.Errorf("%s: %q", l.Code, translated.Questions()[i].Text)
		}
	}
	// In other words than the usual ones it has to be translated like any question.
	own := template(t, "first_class")
	own.AddGuess(loadBank(t), "q3", "And the others?")
	said := map[string]string{}
	for _, w := range own.Words() {
		if w.Text != "And the others?" {
			said[w.Key] = "«" + w.Text + "»"
		}
	}
	if _, missing := own.In("pl", said); missing != 1 {
		t.Errorf("%d are missing", missing)
	}
	polish := template(t, "first_class")
	polish.Language = "pl"
	polish.AddGuess(loadBank(t), "q3", "")
	if q := polish.Questions()[3]; q.Options[2].Label != "Około połowy" || !strings.HasPrefix(q.Text, "Jak myślisz") || polish.Problems() != nil {
		t.Errorf("%+v %v", q, polish.Problems())
	}
}

func TestTheScaleOfGuesses(t *testing.T) {
	s, ok := loadBank(t).Scale(survey.GuessScale)
	if !ok || !slices.Equal(s.OptionIDs(), survey.GuessOptions) {
		t.Fatalf("%v", s.OptionIDs())
	}
	next := 0
	for i, o := range s.Options {
		if said := words.English().Say("guess.scale." + o.ID); said != o.Label {
			t.Errorf("%q is called %q in words", o.Label, said)
		}
		from, to := survey.GuessTenths(i)
		if from != next || to < from {
			t.Errorf("%s is %d to %d tenths", o.ID, from, to)
		}
		next = to + 1
	}
	if next != 11 {
		t.Errorf("the scale ends at %d", next-1)
	}
}
