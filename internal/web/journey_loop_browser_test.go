//go:build browser

package web_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/storage"
	"earshot/internal/exchange/surveyfile"
	"earshot/internal/listen/collecting"
	"earshot/internal/schedule"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"

	"github.com/chromedp/chromedp"
)

// loop is a school with a settled round, on its way to a reply, a pulse and the pack after next.
type loop struct {
	*server
	name     string // in pictures
	teacher  access.Actor
	governor access.Actor
	round    round.Round
	move     []string            // questions that the reply's promises should move
	say      func(int) [3]string // what the nth pupil of the pulse chooses: option ids
	people   int                 // who answer the pulse
	verdicts map[string][]string // by where they are read: sentences that have to stand there
}

// TestBrowserFromReplyToPulseToPack goes from a settled round to the reply, the promises, the same questions asked again and
// the pack that tells what became of them, as teacher, head, pupil and governor. One question moves, one does not, and of
// one it cannot be told.
func TestBrowserFromReplyToPulseToPack(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	l := loop{server: s, name: "loop", teacher: s.Staff("Lena Brandt", access.Teacher), governor: s.Staff("Ida Berg", access.Governor), people: 400,
		verdicts: map[string][]string{
			"results": {"Higher than last time", "1 moved, 1 stayed about the same, and of 1 it cannot be told"},
			"pack":    {"higher, 59% after 30%", "it has not moved", "whether it moved cannot be told"},
		}}
	var lines []string
	for i := range 14 {
		lines = append(lines, fmt.Sprintf("10/En%d 29", i+1))
	}
	groups := s.Classes("English", strings.Join(lines, ", "), l.teacher, s.Staff("Omar Said", access.Teacher), s.Staff("Priya Nair", access.Teacher), s.Staff("Jo Marsh", access.Teacher), s.Staff("Kit Odell", access.Teacher))
	f := s.Form(s.Survey("first_class"), groups)
	f.Plan.Readers = append(f.Plan.Readers, l.governor.Person)
	l.round = s.Open(f)
	doc := s.Doc(l.round)
	questions := doc.Questions()
	// Of a hundred so many say the better half: 30, then 59; 96 both times; 40, then 43.
	often := func(n, of int) string { return map[bool]string{true: "better", false: "worse"}[n%100 < of] }
	pick := func(q survey.Question, side string, n int) string {
		want := side == "better"
		var fit []string
		for _, o := range q.Options {
			if q.IsFavourable(o.ID) == want && !q.IsMissing(o.ID) {
				fit = append(fit, o.ID)
			}
		}
		return fit[n%len(fit)]
	}
	rng := rand.New(rand.NewPCG(5, 8))
	s.collect(l.round, l.people, func(n int) survey.Answers {
		answers := testkit.Choose(rng, doc)
		for i, of := range []int{30, 96, 40} {
			answers[questions[i].ID] = survey.Answer{State: survey.Answered, Options: []string{pick(questions[i], often(n, of), n)}}
		}
		return answers
	})
	l.round = s.settledNow(l.round)
	for i := range 3 {
		l.move = append(l.move, questions[i].ID)
	}
	l.say = func(n int) (said [3]string) {
		for i, of := range []int{59, 96, 43} {
			said[i] = pick(questions[i], often(n, of), n)
		}
		return said
	}
	l.walk(t)
}

// TestBrowserTurkiyeFromSettledToPack does the same with real answers: of the 5,820 evaluations of the Turkiye data set every
// second one is the round, and the others are the pulse. Both are drawn from the same people, so nothing can have moved.
func TestBrowserTurkiyeFromSettledToPack(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	l := loop{server: s, name: "turkiye", governor: s.Staff("Ida Berg", access.Governor),
		verdicts: map[string][]string{"results": {"0 moved"}, "pack": {"Asked again ("}}}
	file, err := os.Open("../rehearsal/testdata/turkiye/responses.csv")
	testkit.Must(t, err)
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	testkit.Must(t, err)
	column := map[string]int{}
	for i, name := range records[0] {
		column[name] = i
	}
	halves, sizes := [2]map[string][][]string{{}, {}}, map[string]int{}
	for i, row := range records[1:] {
		course := "Course " + row[column["class"]]
		halves[i%2][course] = append(halves[i%2][course], row)
		sizes[course] = max(sizes[course], len(halves[i%2][course]))
	}
	var lines []roster.GroupLine
	for n := 1; n <= len(sizes); n++ {
		name := "Course " + strconv.Itoa(n)
		lines = append(lines, roster.GroupLine{Name: name, Year: strconv.Itoa(10 + n/8), Size: sizes[name] + 3, Subject: "Statistics"})
	}
	ro, ctx := roster.NewStore(s.DB), context.Background()
	groups, err := ro.SaveGroups(ctx, s.Head, roster.Class, lines)
	testkit.Must(t, err)
	for i, g := range groups {
		teacher := s.Staff(fmt.Sprintf("Teacher %c", 'A'+i), access.Teacher)
		testkit.Must(t, ro.Teach(ctx, s.Head, g.ID, []string{teacher.Person}))
		if i == 2 {
			l.teacher = teacher
		}
	}
	text, err := os.ReadFile("../exchange/surveyfile/testdata/turkiye.yaml")
	testkit.Must(t, err)
	doc, problems := surveyfile.Read(text, s.Bank)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	sv, err := survey.NewStore(s.DB).Add(ctx, s.Head, doc, "")
	testkit.Must(t, err)
	f := s.Form(sv, groups)
	f.Plan.Readers = append(f.Plan.Readers, l.governor.Person)
	l.round = s.Open(f)
	stored := 0
	for name, codes := range s.Slips(l.round) {
		for i, row := range halves[0][name] {
			answers := survey.Answers{}
			for q := 1; q <= 28; q++ {
				answers["q"+strconv.Itoa(q)] = survey.Answer{State: survey.Answered, Options: []string{row[column["Q"+strconv.Itoa(q)]]}}
			}
			s.submit(l.round, codes[i], answers)
			stored++
		}
	}
	if stored != 2910 {
		t.Fatalf("%d real answers", stored)
	}
	l.round = s.settledNow(l.round)
	l.move = []string{"q5", "q9", "q13"}
	var rest [][]string
	for n := 1; n <= len(sizes); n++ {
		rest = append(rest, halves[1]["Course "+strconv.Itoa(n)]...)
	}
	l.people = len(rest)
	l.say = func(n int) (said [3]string) {
		for i, q := range l.move {
			said[i] = rest[n][column[strings.ToUpper(q)]]
		}
		return said
	}
	l.walk(t)
}

// submit stores one answer.
func (s *server) submit(r round.Round, code string, answers survey.Answers) {
	s.T.Helper()
	out, err := s.collector.Submit(context.Background(), r, collecting.Sending{Code: code, Receipt: "receipt " + code, Answers: answers, Route: "own_device"})
	if err != nil || out != collecting.Stored {
		s.T.Errorf("an answer: %s, %v", out, err)
	}
}

// collect stores the answers of so many people, some at a time, and gives the slips that are left.
func (s *server) collect(r round.Round, people int, answers func(int) survey.Answers) (left []string) {
	s.T.Helper()
	var codes []string
	slips := s.Slips(r)
	units := s.units(r)
	for _, u := range units {
		if u.IsLeaf() {
			codes = append(codes, slips[u.Name][:u.Size]...)
		}
	}
	if people >= len(codes) {
		s.T.Fatalf("%d people and %d slips", people, len(codes))
	}
	var wg sync.WaitGroup
	for n := range people {
		given := answers(n)
		wg.Go(func() { s.submit(r, codes[n], given) })
		if n%64 == 63 {
			wg.Wait()
		}
	}
	wg.Wait()
	return codes[people:]
}

// settledNow closes and settles a round.
func (s *server) settledNow(r round.Round) round.Round {
	s.T.Helper()
	ctx := context.Background()
	_, err := s.Rounds().Close(ctx, s.Head, r.ID)
	testkit.Must(s.T, err)
	r, err = schedule.Settle(ctx, s.DB, s.Key, s.Bank, s.Head, r.ID)
	testkit.Must(s.T, err)
	return r
}

// ahead turns the clock by days and says the day that it then is.
func (l loop) ahead(days int) storage.Date {
	l.Clock.Forward(time.Duration(days) * 24 * time.Hour)
	return l.day(0)
}

func (l loop) day(ahead int) storage.Date {
	return storage.DateOf(l.DB.Now().AddDate(0, 0, ahead), time.UTC)
}

// walk goes round once.
func (l loop) walk(t *testing.T) {
	l.sixMinutes(t)
	for l.DB.Now().Before(l.round.LeadersFrom()) {
		l.ahead(1)
	}
	l.replied(t)
	first := l.packed(t, "Autumn")
	frozen := l.readPack(t, first, true)
	if strings.Contains(frozen, "Asked again (") {
		t.Error("the first pack tells of a pulse that nobody has been asked")
	}
	l.ahead(20)
	l.seenTo(t)
	pulse := l.askedAgain(t)
	l.heardAgain(t, pulse)
	second := l.packed(t, "Spring")
	told := l.readPack(t, second, false)
	for _, want := range append(l.verdicts["pack"], "The pack before this one: Autumn", "It has been done every Friday.") {
		if !strings.Contains(told, want) {
			t.Errorf("the next pack does not say %q:\n%s", want, told)
		}
	}
	again := l.signedIn(t, l.governor)
	again.Go(first)
	if plain(again.Text()) != frozen {
		t.Error("the first pack has changed")
	}
}

// plain is a text without what the width of a window changes.
func plain(text string) string { return strings.Join(strings.Fields(text), " ") }

// sixMinutes is the teacher's part: guess, look, write something down.
func (l loop) sixMinutes(t *testing.T) {
	v := l.signedIn(t, l.teacher, testkit.Size(360, 740))
	v.Go("/")
	v.press("Guess three, then look")
	v.says("Who else can see it: nobody until")
	v.press("Guess three, then look")
	testkit.Eval[bool](v.Tab, `document.querySelectorAll(".choices input")[1].click(), true`)
	v.press("Look")
	v.says("You guessed", "They said")
	v.look(l.name + "-teacher-reveal")
	for testkit.Eval[bool](v.Tab, `[...document.querySelectorAll("main .button")].some((e) => e.textContent.trim() === "Next")`) {
		v.press("Next")
	}
	v.press("What I make of it")
	v.fill("try", "Ten minutes every Friday.")
	v.press("Keep")
	v.look(l.name + "-teacher-journal")
}

// replied is the head's: three answers, one of them a no, each with the question that it should move; and the pupils'.
func (l loop) replied(t *testing.T) {
	head := l.signedIn(t, l.Head)
	head.Go("/")
	head.says("The results are ready for you")
	head.Go("/replies")
	head.press(l.round.Title)
	answer := func(kind, question, heard string, fill map[string]string) {
		head.press("Add an answer")
		head.fill("question", question)
		head.choose(kind)
		head.fill("heard", heard)
		for name, text := range fill {
			head.fill(name, text)
		}
		head.press("Keep")
	}
	due := string(l.day(20))
	answer("We are trying it", l.move[0], "Work comes back too late.", map[string]string{"doing": "Books come back on Fridays.", "owner": l.teacher.Person, "due": due})
	answer("We do it together", l.move[1], "We want to help to plan.", map[string]string{"pupils": "Two of each class meet the leaders.", "staff": "Each subject changes one unit.", "owner": l.Head.Person, "due": due})
	answer("We are trying it", l.move[2], "It is too loud to think.", map[string]string{"doing": "A quiet table in each room.", "owner": l.Head.Person, "due": due})
	answer("No", "", "A longer lunch.", map[string]string{"doing": "The buses cannot wait."})
	head.fill("opening", "Thank you. We have read what you said.")
	head.fill("last_heard", "work comes back too late")
	head.fill("last_did", "books come back on Fridays")
	head.fill("last_wont", "a longer lunch: the buses cannot wait")
	head.press("Keep")
	head.press("Publish the reply")
	head.look(l.name + "-reply-published")
	pupil := l.visit(t, testkit.Size(360, 740))
	pupil.Go("/r/" + l.round.Code)
	pupil.says("Work comes back too late.", "Books come back on Fridays.", "The buses cannot wait.", l.teacher.Name)
	pupil.look(l.name + "-reply-pupil")
}

// packed makes a pack of the newest round and gives its address.
func (l loop) packed(t *testing.T, title string) string {
	head := l.signedIn(t, l.Head)
	head.Go("/packs")
	head.fill("title", title)
	head.press("Look at it first")
	head.press("Make the pack")
	head.look(l.name + "-pack-" + title)
	return testkit.Eval[string](head.Tab, "location.pathname")
}

// readPack is the governor's: sign in, guess first, read. It gives what the pack says.
func (l loop) readPack(t *testing.T, pack string, guess bool) string {
	v := l.visit(t, testkit.Size(360, 740))
	v.Go(pack)
	v.signIn(l.governor)
	if !strings.Contains(v.Where(), pack) {
		v.Go(pack)
	}
	if guess {
		v.press("Guess three first")
		testkit.Eval[bool](v.Tab, `document.querySelectorAll(".choices input")[0].click(), true`)
		v.press("Look")
		v.says("You guessed", "They said")
		v.look(l.name + "-governor-reveal")
		v.Go(pack)
		if strings.Contains(v.Text(), "Guess three first") {
			t.Error("a governor who has looked is asked to guess")
		}
	}
	v.look(l.name + "-governor-pack")
	return plain(v.Text())
}

// seenTo is the teacher's again, who sees to one of the promises.
func (l loop) seenTo(t *testing.T) {
	v := l.signedIn(t, l.teacher)
	v.Go("/")
	v.says("Guess", "Rounds")
	v.Go("/actions")
	v.press("Books come back on Fridays.")
	v.choose("Done")
	v.fill("became", "It has been done every Friday.")
	v.press("Keep")
}

// askedAgain is the head's: the same questions to the same groups.
func (l loop) askedAgain(t *testing.T) round.Round {
	ctx := context.Background()
	head := l.signedIn(t, l.Head)
	head.Go("/actions")
	head.press("Books come back on Fridays.")
	head.says("Did it help?")
	head.press("Ask it again")
	head.says("Prepare a round")
	head.fill("title", "Did it help?")
	head.fill("why", "we want to know whether it helped")
	head.fill("may_change", "Whether we go on with it.")
	testkit.Eval[bool](head.Tab, `[...document.querySelectorAll("#groups input, #readers input")].forEach((e) => { if (!e.checked) { e.click(); } }), true`)
	head.choose("For the school")
	head.fill("closes_at", string(l.day(5)))
	head.fill("reply_by", string(l.day(20)))
	head.look(l.name + "-pulse-draft")
	head.press("Next: check and open")
	head.press("Open the round")
	head.look(l.name + "-pulse-open")
	id := strings.TrimPrefix(testkit.Eval[string](head.Tab, "location.pathname"), "/rounds/")
	pulse, err := l.Rounds().ByID(ctx, l.round.SchoolID, id)
	testkit.Must(t, err)
	asked := l.Doc(pulse).Questions()
	if len(asked) != 3 {
		t.Fatalf("the pulse asks %d questions", len(asked))
	}
	before := l.Doc(l.round)
	for i, q := range asked {
		if was, _ := before.Question(l.move[i]); was.Text != q.Text {
			t.Errorf("the pulse asks %q where the round asked %q", q.Text, was.Text)
		}
	}
	return pulse
}

// heardAgain is the pupils' and, once they have answered, the head's: what moved, what did not, what cannot be told.
func (l loop) heardAgain(t *testing.T, pulse round.Round) {
	asked := l.Doc(pulse).Questions()
	left := l.collect(pulse, l.people, func(n int) survey.Answers {
		answers := survey.Answers{}
		for i, option := range l.say(n) {
			answers[asked[i].ID] = survey.Answer{State: survey.Answered, Options: []string{option}}
		}
		return answers
	})
	phone := visitor{testkit.Open(t, l.http.URL), l.server}
	phone.Go("/a/" + pulse.Code + "#" + left[0])
	phone.WaitFor(`document.forms[0].classList.contains("ready")`)
	phone.says("work comes back too late", "books come back on Fridays", "a longer lunch: the buses cannot wait")
	phone.Shot(l.name+"-pupil-last", false)
	for range 12 {
		if testkit.Eval[bool](phone.Tab, `document.getElementById("send").checkVisibility()`) {
			break
		}
		testkit.Eval[bool](phone.Tab, `(() => { const l = [...document.querySelectorAll(".step label")].find((l) => l.checkVisibility() && l.control.type === "radio"); if (l) { l.click(); } return true; })()`)
		phone.Do(chromedp.Tap(chromedp.CSS("#next")))
	}
	phone.Do(chromedp.Tap(chromedp.CSS("#send")))
	phone.WaitFor(`document.body.innerText.includes("Thank you")`)
	l.ahead(1)
	pulse = l.settledNow(pulse)
	for l.DB.Now().Before(pulse.LeadersFrom()) {
		l.ahead(1)
	}
	head := l.signedIn(t, l.Head)
	head.Go("/rounds/" + pulse.ID)
	head.press("Publish to everyone who was named")
	head.press("See the results")
	head.says(l.verdicts["results"]...)
	head.look(l.name + "-pulse-results")
}
