package web_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/storage"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/response"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/show/result"
	"earshot/internal/testkit"
)

// asked is a round of which the test knows everything: who said what, in which form or class.
type asked struct {
	name   string
	round  round.Round
	doc    survey.Document
	rel    result.Release
	units  []round.Unit
	owners map[string][]string
	said   map[string][]survey.Answers // by the unit in which the answer is counted
	fast   map[string][]bool           // beside it
}

// everything is a school with rounds of every sort and one person of every sort.
type everything struct {
	*server
	rng    *rand.Rand
	think  *rand.Rand // for guesses alone, so that asking for them changes no other answer
	rounds []*asked
	cast   []reader
	union  *union // the trust, where there is one
	done   acted
	words  voices
}

// reader is somebody who looks at all there is.
type reader struct {
	name   string
	who    access.Actor
	leads  bool
	named  bool // as a reader of the rounds, without leading
	cookie string
}

func newEverything(t *testing.T, seed uint64) *everything {
	t.Helper()
	e := &everything{server: newServer(t), rng: rand.New(rand.NewPCG(seed, 5)), think: rand.New(rand.NewPCG(seed, 29))}
	teach := make([]access.Actor, 5)
	for i, name := range []string{"Tess Vale", "Otto Reyes", "Una Moss", "Vera Lund"} {
		teach[i] = e.Staff(name, access.Teacher)
	}
	teach[4] = e.Staff("Lee Prior", access.Leader, access.Teacher)
	leader, governor := e.Staff("Sunita Rao", access.Leader), e.Staff("Gwen Abara", access.Governor)
	analyst := e.Staff("Tara Quist", access.TrustAnalyst)
	e.cast = []reader{{name: "nobody"}, {name: "the head", who: e.Head, leads: true}, {name: "a leader", who: leader, leads: true},
		{name: "a leader who teaches", who: teach[4], leads: true}, {name: "Tess", who: teach[0]}, {name: "Otto", who: teach[1]}, {name: "Una", who: teach[2]},
		{name: "a teacher of nobody here", who: e.Staff("Theo Brandt", access.Teacher)}, {name: "a governor", who: governor, named: true},
		{name: "an administrator", who: e.Staff("Ada Lowe", access.Administrator)}, {name: "a safeguarding lead", who: e.Staff("Sal Ortiz", access.SafeguardingLead)},
		{name: "a trust analyst", who: analyst}}
	readers := []string{e.Head.Person, governor.Person, analyst.Person} // naming an analyst gives them nothing of the school

	about := e.schoolSurvey()
	forms := e.Forms("7A 27, 7B 25, 7C 4, 8A 24, 8B 22, 8C 12")
	came := map[string]int{"7A": 24, "7B": 22, "7C": 3, "8A": 20, "8B": 18, "8C": 7}
	matters := e.outcome(about)
	// Twice the same, so that the second release holds figures of the first.
	for i, name := range []string{"the school, before", "the school"} {
		f := e.Form(about, forms)
		f.Plan.Readers, f.Plan.Outcome, f.Title = readers, matters, fmt.Sprint("Lessons and us ", i+1)
		e.run(name, f, came)
		came["7B"], came["8C"] = 21, 9
	}
	f := e.Form(e.classSurvey(), e.Classes("Maths", "7M1 26, 7M2 25, 7M3 24, 7M4 22, 8M1 23, 8M2 24, 8M3 21, 8M4 12, 8M5 20", teach[0], teach[1], teach[2], teach[3], teach[4]))
	f.Purpose, f.Plan.Readers = access.ForLearning, readers
	e.run("classes, for learning", f, map[string]int{"7M1": 24, "7M2": 22, "7M3": 21, "7M4": 17, "8M1": 21, "8M2": 20, "8M3": 19, "8M4": 3, "8M5": 18})
	english := e.classSurvey()
	f = e.Form(english, e.Classes("English", "7P 26, 7Q 25, 7R 6, 8P 24, 8Q 23", teach[0], teach[1], teach[4]))
	f.Plan.Readers, f.Plan.Outcome = readers, e.outcome(english)
	e.run("classes, for the school", f, map[string]int{"7P": 22, "7Q": 23, "7R": 5, "8P": 20, "8Q": 12})
	f = e.Form(e.Survey("first_home"), forms)
	f.Plan.Readers = readers
	e.run("parents", f, map[string]int{"Year 7": 31, "Year 8": 24})
	f = e.Form(e.Survey("working_here"), nil)
	f.Plan.Readers = readers
	for i := range 22 {
		f.Plan.People = append(f.Plan.People, e.Staff(fmt.Sprint("Colleague ", i), access.Teacher).Person)
	}
	e.run("staff", f, map[string]int{"Riverside School": 19})
	for i := range e.cast {
		if who := e.cast[i].who; who.SignedIn() {
			e.cast[i].cookie = e.as(who).Value
		}
	}
	e.act()
	return e
}

// schoolSurvey asks how people describe themselves, follows up on an answer, lets people choose topics, and lets them
// choose several answers.
func (e *everything) schoolSurvey() survey.Survey {
	e.T.Helper()
	doc, _, problems := survey.FromTemplate(e.Bank, "first_say")
	if len(problems) > 0 {
		e.T.Fatal(problems)
	}
	clubs := bank.Scale{ID: "clubs", Kind: bank.Choice, Options: []bank.Option{{ID: "a", Label: "Art"}, {ID: "b", Label: "Football"}, {ID: "c", Label: "Chess"}, {ID: "none", Label: "None"}}}
	self := bank.Scale{ID: "who", Kind: bank.Choice, Options: []bank.Option{{ID: "g", Label: "A girl"}, {ID: "b", Label: "A boy"}, {ID: "no", Label: "I would rather not say"}}, Missing: []string{"no"}}
	often := bank.Scale{ID: "often", Kind: bank.Unipolar, Favourable: []string{"o", "a"}, FavourableWords: "often or always",
		Options: []bank.Option{{ID: "n", Value: 1, Label: "Never"}, {ID: "s", Value: 2, Label: "Sometimes"}, {ID: "o", Value: 3, Label: "Often"}, {ID: "a", Value: 4, Label: "Always"}}}
	add := func(section string, own survey.Own) string {
		own.Short, own.Origin = own.Text, survey.FromSchool
		if own.About == "" {
			own.About = bank.AboutSchool
		}
		if p := doc.AddOwn(section, own); len(p) > 0 {
			e.T.Fatal(p)
		}
		all := doc.Questions()
		for _, s := range doc.Sections {
			if s.ID == section && section != "" {
				all = s.Questions
			}
		}
		return all[len(all)-1].ID
	}
	add("", survey.Own{Text: "Which clubs do you go to?", Scale: clubs, Type: survey.TypeSeveral})
	add("", survey.Own{Text: "I am ...", Scale: self, About: bank.AboutMe, DescribesOneself: true})
	if doc.Sections[0].Title == "" {
		doc.Sections[0].Title = "Having a say"
	}
	second := doc.AddSection("Lunch", "")
	by := add(second, survey.Own{Text: "How often do you eat at school?", Scale: often})
	add(second, survey.Own{Text: "Would a longer break help?", Scale: often, ShowIf: "${" + by + "} = 'n'"})
	add(second, survey.Own{Text: "Is lunch good?", Scale: often, ShowIf: "${" + by + "} = 'o' or ${" + by + "} = 'a'"})
	doc.Choices = []survey.Choice{{ID: "c1", Text: "Choose", Pick: 1}}
	for _, topic := range []string{"Sports", "Arts"} {
		id := doc.AddSection(topic, "")
		doc.Sections[len(doc.Sections)-1].Choice = "c1"
		add(id, survey.Own{Text: topic + ": how often?", Scale: often})
	}
	box(e, &doc, bank.AboutSchool)
	if p := doc.Problems(); len(p) > 0 {
		e.T.Fatal(p)
	}
	sv, err := survey.NewStore(e.DB).Add(context.Background(), e.Head, doc, "")
	testkit.Must(e.T, err)
	return sv
}

// classSurvey is about a class, which also guesses itself.
func (e *everything) classSurvey() survey.Survey {
	e.T.Helper()
	doc, _, problems := survey.FromTemplate(e.Bank, "first_class")
	for _, q := range []string{"q3", "q7"} {
		problems = append(problems, doc.AddGuess(e.Bank, q, "")...)
	}
	box(e, &doc, bank.AboutThisClass)
	if len(problems) > 0 {
		e.T.Fatal(problems)
	}
	sv, err := survey.NewStore(e.DB).Add(context.Background(), e.Head, doc, "")
	testkit.Must(e.T, err)
	return sv
}

// outcome is the first question that may matter most.
func (e *everything) outcome(sv survey.Survey) string {
	e.T.Helper()
	doc, err := survey.Decode([]byte(sv.Document))
	testkit.Must(e.T, err)
	for _, q := range doc.Questions() {
		if result.IsOutcome(doc, q) {
			return q.ID
		}
	}
	e.T.Fatal("no question can matter most")
	return ""
}

// run takes a round from its draft to what is published of it. came is how many answer, by unit.
func (e *everything) run(name string, f round.Form, came map[string]int) {
	e.T.Helper()
	ctx := context.Background()
	f.ClosesAt, f.ReplyBy = e.DB.Now().AddDate(0, 0, 7), storage.DateOf(e.DB.Now().AddDate(0, 0, 30), time.UTC)
	r := e.Open(f)
	a := &asked{name: name, doc: e.Doc(r), said: map[string][]survey.Answers{}, fast: map[string][]bool{}}
	codes, in := e.Slips(r), map[string][]survey.Answers{}
	quick := map[string][]bool{}
	for _, unit := range slices.Sorted(keys(came)) {
		lean, girls := 0.5+2*e.rng.Float64(), 0.2+0.6*e.rng.Float64()
		for i, code := range codes[unit][:came[unit]] {
			answers, fast := e.draw(a.doc, lean, girls), e.rng.IntN(6) == 0
			pace := response.Usual
			if fast {
				pace = response.Fast
			}
			out, err := e.collector.Submit(ctx, r, collecting.Sending{Code: code, Receipt: fmt.Sprint(name, unit, i), Answers: answers, Pace: pace, Route: "own_device", Remarks: e.writes(a.doc)})
			if err != nil || out != collecting.Stored {
				e.T.Fatalf("%s, %s: %s, %v", name, unit, out, err)
			}
			in[unit], quick[unit] = append(in[unit], answers), append(quick[unit], fast)
		}
	}
	e.Clock.Forward(2 * time.Hour)
	r = e.CloseAndSettle(r)
	var err error
	a.rel, err = result.NewStore(e.DB, e.Key, e.Bank).Make(ctx, r.SchoolID, r.ID)
	testkit.Must(e.T, err)
	e.Clock.Forward(7 * 24 * time.Hour)
	a.round, err = e.Rounds().Publish(ctx, e.Head, r.ID)
	testkit.Must(e.T, err)
	a.units, err = e.Rounds().Units(ctx, r)
	testkit.Must(e.T, err)
	a.owners, err = e.Rounds().UnitReaders(ctx, r)
	testkit.Must(e.T, err)
	for _, u := range a.units {
		if len(in[u.Name]) > 0 {
			a.said[u.CellID] = append(a.said[u.CellID], in[u.Name]...)
			a.fast[u.CellID] = append(a.fast[u.CellID], quick[u.Name]...)
		}
	}
	e.rounds = append(e.rounds, a)
	for _, reader := range e.cast {
		if reader.who.Is(access.SafeguardingLead) {
			e.letGo(reader.who, a)
		}
	}
}

func keys(m map[string]int) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// draw answers as a device does. A lean above one draws answers to the first options, so that some are rare.
func (e *everything) draw(doc survey.Document, lean, girls float64) survey.Answers {
	form := map[string][]string{survey.DrawnOut: {" "}}
	for _, q := range doc.Questions() {
		if q.Type.IsText() {
			continue // what is written goes its own way
		}
		if q.Guesses != "" {
			if e.think.IntN(16) > 0 {
				form[q.ID] = []string{q.Options[e.think.IntN(len(q.Options))].ID}
			}
			continue
		}
		if e.rng.IntN(16) == 0 {
			continue
		}
		pick := func() string {
			x := e.rng.Float64()
			if lean > 1 {
				x *= e.rng.Float64()
			}
			return q.Options[min(int(x*float64(len(q.Options))), len(q.Options)-1)].ID
		}
		form[q.ID] = []string{pick()}
		switch other := pick(); {
		case q.DescribesOneself && e.rng.Float64() < girls:
			form[q.ID] = []string{q.Options[0].ID}
		case q.DescribesOneself:
			form[q.ID] = []string{q.Options[1+e.rng.IntN(8)/7].ID}
		case q.IsSeveral() && other != form[q.ID][0]:
			form[q.ID] = append(form[q.ID], other)
		}
	}
	for _, c := range doc.Choices {
		var topics []survey.Section
		for _, s := range doc.Sections {
			if s.Choice == c.ID {
				topics = append(topics, s)
			}
		}
		out := topics[e.rng.IntN(len(topics))]
		for _, q := range out.Questions {
			form[survey.DrawnOut] = append(form[survey.DrawnOut], q.ID)
		}
	}
	a, problems := doc.Read(func(name string) []string { return form[name] }, "2026-11-22")
	if problems = append(problems, doc.Check(a)...); len(problems) > 0 {
		e.T.Fatal(problems)
	}
	return a
}

// in lists what was said in a group: by people who are counted in it or in a unit inside it.
func (a *asked) in(group string) (list []survey.Answers) {
	for _, cell := range a.cells(group) {
		list = append(list, a.said[cell]...)
	}
	return list
}

// cells are the units inside a group in which answers are counted, in order.
func (a *asked) cells(group string) (list []string) {
	parent := map[string]string{}
	for _, u := range a.units {
		parent[u.ID] = u.ParentID
	}
	for _, u := range a.units {
		for at := u.ID; at != "" && len(a.said[u.ID]) > 0; at = parent[at] {
			if at == group {
				list = append(list, u.ID)
				break
			}
		}
	}
	return list
}

func (a *asked) unit(name string) round.Unit {
	for _, u := range a.units {
		if u.Name == name {
			return u
		}
	}
	return round.Unit{}
}

// mySet is what a reader may see of a round, decided here once more and without result.View: groups whose figures are
// theirs, and those of them that are their own classes, of which only what is about the class is theirs.
func (r reader) mySet(a *asked) (units map[string]bool, own map[string]bool) {
	units, own = map[string]bool{}, map[string]bool{}
	teaches := false
	for _, people := range a.owners {
		teaches = teaches || r.who.SignedIn() && slices.Contains(people, r.who.Person)
	}
	for _, g := range a.rel.Groups {
		if r.who.SignedIn() && g.Kind == roster.Class && slices.Contains(a.owners[g.Unit], r.who.Person) {
			own[g.Unit] = true
		}
		wide := g.Kind != round.UnitForm && g.Kind != round.UnitClass
		switch {
		case !g.Shown || !r.leads && !r.named:
		case a.round.Purpose == access.ForSchool:
			units[g.Unit] = r.leads || wide
		case wide && teaches:
			units[g.Unit] = g.LeadersTeaching
		case wide:
			units[g.Unit] = g.Leaders
		}
	}
	return units, own
}
