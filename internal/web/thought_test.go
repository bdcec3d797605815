package web_test

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/act/action"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
	"earshot/internal/schedule"
	"earshot/internal/school/access"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
	"earshot/internal/testkit"
)

// view is what somebody may see of a round.
func (s *server) view(r round.Round, who access.Actor) result.Viewed {
	s.T.Helper()
	ctx := context.Background()
	rel, err := result.NewStore(s.DB, s.Key, s.Bank).Latest(ctx, r.SchoolID, r.ID)
	testkit.Must(s.T, err)
	owners, err := s.Rounds().UnitReaders(ctx, r)
	testkit.Must(s.T, err)
	return result.View(rel, r, who, owners, s.DB.Now())
}

// both is a survey about a class, lessons and the school, with guesses at these questions.
func (s *server) both(guessed ...string) survey.Survey {
	s.T.Helper()
	doc, _, problems := survey.FromItems(s.Bank, "Class and school", "pupil_11_16", []string{"afl_c_goal", "l2l_c_mistake", "afl_s_next", "voice_s_heard", "org_c_calm"})
	for _, q := range guessed {
		problems = append(problems, doc.AddGuess(s.Bank, q, "")...)
	}
	if len(problems) > 0 {
		s.T.Fatal(problems)
	}
	sv, err := survey.NewStore(s.DB).Add(context.Background(), s.Head, doc, "")
	testkit.Must(s.T, err)
	return sv
}

// TestAGuessIsAddedOnThePage: with a button beside the question; twice is enough.
func TestAGuessIsAddedOnThePage(t *testing.T) {
	s := newServer(t)
	sv := s.both()
	page := "/surveys/" + sv.ID
	if body := s.open(s.Head, page); strings.Count(body, `value="guess q`) != 3 {
		t.Errorf("it is offered for %d questions", strings.Count(body, `value="guess q`))
	}
	for _, q := range []string{"q2", "q5"} {
		if res, body := s.do("POST", page, s.as(s.Head), url.Values{"title": {"Class and school"}, "minutes": {"3"}, "do": {"guess " + q}}); res.StatusCode >= 400 {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
	}
	body := unescaped(s.open(s.Head, page))
	if !strings.Contains(body, "How many in this class do you think said “Often” or “Almost always”?") || !strings.Contains(body, "a guess at “OK to make mistakes”") || strings.Contains(body, `value="guess q`) || strings.Contains(body, "Not ready") {
		t.Error("the page after two guesses")
	}
	if body = unescaped(s.open(s.Head, page+"/preview")); !strings.Contains(body, "Nearly everyone") {
		t.Error("the preview does not ask for the guess")
	}
	if body = unescaped(s.open(s.Head, page+"/languages/pl")); !strings.Contains(body, "Prawie nikt") {
		t.Error("the scale does not stand in Polish")
	}
	if res, body := s.do("POST", page, s.as(s.Head), url.Values{"title": {"Class and school"}, "minutes": {"3"}, "do": {"guess q3"}}); res.StatusCode != http.StatusConflict || !strings.Contains(unescaped(body), "nobody can guess how many said so") {
		t.Errorf("lessons: %d", res.StatusCode)
	}
	if res, _ := s.do("POST", page, s.as(s.Head), url.Values{"title": {"Class and school"}, "minutes": {"3"}, "do": {"remove q2"}}); res.StatusCode >= 400 {
		t.Fatal(res.StatusCode)
	}
	if body = unescaped(s.open(s.Head, page)); !strings.Contains(body, "a guess at a question that is not asked here any more") {
		t.Error("it is not said that the guess is at nothing")
	}
}

var chosen = regexp.MustCompile(`<option value="([0-9]+)" selected>`)

// TestGoodEnoughIsAgreedBeforeThereAreResults: with a class while it answers, for its teacher alone, until the round settles.
func TestGoodEnoughIsAgreedBeforeThereAreResults(t *testing.T) {
	s := newServer(t)
	ctx := context.Background()
	lena, olu := s.Staff("Lena Brandt", access.Teacher), s.Staff("Olu Ade", access.Teacher)
	f := s.Form(s.both(), append(s.Classes("English", "10/En1 26", lena), s.Classes("English", "10/En2 27", olu)...))
	r := s.Open(f)
	units, err := s.Rounds().Units(ctx, r)
	testkit.Must(t, err)
	unit := ""
	for _, u := range units {
		if u.Name == "10/En1" {
			unit = u.ID
		}
	}
	page := "/rounds/" + r.ID + "/look/" + unit + "/enough"
	if body := s.open(lena, "/rounds/"+r.ID+"/look"); !strings.Contains(body, page) || strings.Contains(body, "10/En2") {
		t.Errorf("it is not offered while the round is open: %s", body)
	}
	body := s.open(lena, page)
	if strings.Count(body, `name="enough-q`) != 3 { // this class, not lessons nor the school
		t.Errorf("%d questions", strings.Count(body, `name="enough-q`))
	}
	for _, other := range []access.Actor{olu, s.Head, s.Staff("Ada Min", access.Administrator)} {
		for _, method := range []string{"GET", "POST"} {
			if res, _ := s.do(method, page, s.as(other), url.Values{"enough-q1": {"3"}}); res.StatusCode != http.StatusNotFound && res.StatusCode != http.StatusForbidden {
				t.Errorf("%s %s: %d", other.Name, method, res.StatusCode)
			}
		}
	}
	if res, body := s.do("POST", page, s.as(lena), url.Values{"enough-q1": {"11"}}); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "Choose from one to ten in ten.") {
		t.Errorf("eleven in ten: %d", res.StatusCode)
	}
	s.do("POST", page, s.as(lena), url.Values{"enough-q1": {"7"}, "enough-q2": {""}, "enough-q99": {"3"}})
	st := action.NewStore(s.DB, s.Key, s.Bank)
	n, err := st.Note(ctx, lena, r, unit)
	if testkit.Must(t, err); len(n.Enough) != 1 || n.Enough["q1"] != 70 {
		t.Errorf("%v is kept", n.Enough)
	}
	if m := chosen.FindStringSubmatch(s.open(lena, page)); m == nil || m[1] != "7" {
		t.Errorf("the page shows %v", m)
	}
	due := r.ClosesAt.Add(round.Grace).In(r.Zone()).Format("Monday 2 January")
	for _, path := range []string{page, "/rounds/" + r.ID + "/look"} {
		if body := s.open(lena, path); !strings.Contains(body, "due on "+due) {
			t.Errorf("%s does not say that there are results on %s:\n%s", path, due, body)
		}
	}

	// From settling on it stays as it is, whether or not anybody has looked.
	r = s.settled(r, 5)
	if body := s.open(lena, page); strings.Contains(body, `name="enough-q`) || !strings.Contains(body, "7 in ten say") {
		t.Errorf("it can be changed once there are results:\n%s", body)
	}
	if body := s.open(lena, "/rounds/"+r.ID+"/look"); !strings.Contains(body, page) || !strings.Contains(body, "See what you agreed on") {
		t.Errorf("what was agreed cannot be found:\n%s", body)
	}
	if res, _ := s.do("POST", page, s.as(lena), url.Values{"enough-q1": {"1"}}); res.StatusCode != http.StatusConflict {
		t.Errorf("changed before looking, with results there: %d", res.StatusCode)
	}
	if res, _ := s.do("POST", "/rounds/"+r.ID+"/look/"+unit, s.as(lena), url.Values{"q2": {"Often"}}); res.StatusCode >= 400 {
		t.Fatal(res.StatusCode)
	}
	if res, body := s.do("POST", page, s.as(lena), url.Values{"enough-q1": {"1"}}); res.StatusCode != http.StatusConflict || !strings.Contains(unescaped(body), "so what was agreed stays") || !strings.Contains(body, "7 in ten say") {
		t.Errorf("after looking: %d", res.StatusCode)
	}
	view := s.view(r, lena)
	g, _ := view.Group(unit)
	lines := figure.Enough(words.English(), view.For(unit)[0], g, 7)
	if len(lines) != 3 {
		t.Fatalf("%q", lines)
	}
	all := s.open(lena, "/rounds/"+r.ID+"/look/"+unit+"?n=1") + s.open(lena, "/rounds/"+r.ID+"/look/"+unit+"?n=2")
	if !strings.Contains(all, strings.Join(lines, " ")) {
		t.Errorf("the page does not say %q", lines)
	}
	if wall := s.open(lena, "/rounds/"+r.ID+"/look/"+unit+"/wall"); !strings.Contains(wall, "We said: 7 in 10 would be good enough.") {
		t.Error("the screen for the class does not say it")
	}
	if file := s.open(lena, "/journal/file"); !strings.Contains(file, "We said beforehand: 7 in ten would be good enough.") {
		t.Error("the journal does not say it")
	}
}

// settled lets most answer an open round, and settles it.
func (s *server) settled(r round.Round, seed uint64) round.Round {
	s.T.Helper()
	rng := rand.New(rand.NewPCG(seed, seed))
	for _, codes := range s.Slips(r) {
		s.Answer(s.collector, r, codes, len(codes)-len(codes)/9, rng)
	}
	_, err := s.Rounds().Close(context.Background(), s.Head, r.ID)
	testkit.Must(s.T, err)
	r, err = schedule.Settle(context.Background(), s.DB, s.Key, s.Bank, s.Head, r.ID)
	testkit.Must(s.T, err)
	return r
}

// TestLessonsAndTheSchoolAreGuessedAsSuch: by year for those who may read years, for the whole school for everybody once it
// is published, and never by class.
func TestLessonsAndTheSchoolAreGuessedAsSuch(t *testing.T) {
	s := newServer(t)
	ctx := context.Background()
	lena, olu, mo := s.Staff("Lena Brandt", access.Teacher), s.Staff("Olu Ade", access.Teacher), s.Staff("Mo Lee", access.Teacher)
	classes := append(s.Classes("English", "10/En1 26, 11/En1 25", lena), s.Classes("English", "10/En2 27, 11/En2 24", olu)...)
	f := s.Form(s.both("q2"), append(classes, s.Classes("English", "10/En3 27, 11/En3 28", mo)...))
	f.Plan.Readers = append(f.Plan.Readers, lena.Person)
	r := s.heard(f, 6)
	units, err := s.Rounds().Units(ctx, r)
	testkit.Must(t, err)
	id := map[string]string{}
	for _, u := range units {
		id[u.Name] = u.ID
		if u.Kind == round.UnitSchool {
			id["school"] = u.ID
		}
	}
	look := func(unit string) string { return "/rounds/" + r.ID + "/look/" + unit }
	names := func(unit string, who access.Actor) []string {
		body := s.open(who, look(unit)+"?all=1")
		var list []string
		for _, m := range regexp.MustCompile(`id="(q[0-9]+)"`).FindAllStringSubmatch(body, -1) {
			list = append(list, m[1])
		}
		slices.Sort(list)
		return list
	}
	if got := names(id["10/En1"], lena); !slices.Equal(got, []string{"q1", "q2", "q5"}) {
		t.Errorf("of the class are guessed %v", got)
	}
	// Until the round is published nobody but leaders may read more than their classes, and those wait.
	for _, who := range []access.Actor{lena, olu} {
		for _, unit := range []string{id["Year 10"], id["school"]} {
			if res, _ := s.do("GET", look(unit), s.as(who), nil); res.StatusCode != http.StatusNotFound {
				t.Errorf("%s sees %s: %d", who.Name, unit, res.StatusCode)
			}
		}
		if body := s.open(who, "/rounds/"+r.ID+"/look"); strings.Contains(body, "Beyond your class") {
			t.Errorf("%s is offered more", who.Name)
		}
	}
	s.Clock.Forward(8 * 24 * time.Hour)
	r, err = s.Rounds().Publish(ctx, s.Head, r.ID)
	testkit.Must(t, err)
	// Lena was named to read the round: she guesses the years of her classes, and lessons and the school alone.
	body := s.open(lena, "/rounds/"+r.ID+"/look")
	for _, unit := range []string{"Year 10", "Year 11", "school"} {
		if !strings.Contains(body, look(id[unit])) {
			t.Errorf("Lena is not offered %s", unit)
		}
		if got := names(id[unit], lena); !slices.Equal(got, []string{"q3", "q4"}) {
			t.Errorf("of %s are guessed %v", unit, got)
		}
	}
	s.do("POST", look(id["Year 10"]), s.as(lena), url.Values{"q3": {"Often"}})
	if body := s.open(lena, look(id["Year 10"])+"?n=1"); !strings.Contains(body, "You guessed") || !strings.Contains(body, "In Year 10,") {
		t.Error("the year's answer does not stand beside the guess")
	}
	// Olu was not: what everybody may read of the school is all there is for him.
	body = s.open(olu, "/rounds/"+r.ID+"/look")
	if !strings.Contains(body, look(id["school"])) || strings.Contains(body, look(id["Year 10"])) {
		t.Error("Olu is not offered the school alone")
	}
	if res, _ := s.do("GET", look(id["Year 10"]), s.as(olu), nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("Olu sees the year: %d", res.StatusCode)
	}
	if res, _ := s.do("GET", look(id["10/En1"]), s.as(olu), nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("Olu sees another's class: %d", res.StatusCode)
	}
	if got := names(id["school"], olu); !slices.Equal(got, []string{"q3", "q4"}) {
		t.Errorf("of the school Olu guesses %v", got)
	}
	s.do("POST", look(id["school"]), s.as(olu), url.Values{"q4": {"Very well"}})
	if body := s.open(olu, look(id["school"])+"?n=1"); !strings.Contains(body, "You guessed") {
		t.Error("the school's answer does not stand beside the guess")
	}
	if file := s.open(olu, "/journal/file"); !strings.Contains(file, "I guessed “Very well”.") {
		t.Error("the guess is not in the journal")
	}
	// What pupils thought of themselves stands beside what they are: for the school on the page that everybody reads, for a
	// class on its teacher's page and on its screen.
	of := func(who access.Actor, unit string) []string {
		view := s.view(r, who)
		g, _ := view.Group(unit)
		var lines []string
		for _, t := range figure.Thoughts(words.English(), view, g) {
			lines = append(lines, t.Lines()...)
		}
		return lines
	}
	says := func(where, body string, lines []string) {
		for _, line := range lines {
			if !strings.Contains(unescaped(body), line) {
				t.Errorf("%s does not say %q", where, line)
			}
		}
	}
	_, body = s.do("GET", "/r/"+r.Code, nil, nil)
	rel, err := result.NewStore(s.DB, s.Key, s.Bank).Latest(ctx, r.SchoolID, r.ID)
	testkit.Must(t, err)
	everybody, ok := result.Public(rel, r)
	var whole []string
	for _, thought := range figure.Thoughts(words.English(), everybody, everybody.School()) {
		whole = append(whole, thought.Lines()...)
	}
	if says("the public page", body, whole); !ok || len(whole) != 3 {
		t.Errorf("of the school: %v %q", ok, whole)
	}
	told := 0
	for _, who := range []access.Actor{lena, olu, mo} {
		for _, unit := range s.view(r, who).Own {
			lines := of(who, unit)
			told += len(lines) / 3
			says("the screen for the class", s.open(who, look(unit)+"/wall"), lines)
			says("the class's page", s.open(who, "/rounds/"+r.ID+"/results/"+unit), []string{"How many in this class do you think said"})
		}
	}
	if told == 0 {
		t.Error("no class is told what it thought of itself")
	}
	// Somebody who has nothing to do with the round may guess the school too, and nobody from outside.
	if got := names(id["school"], s.Staff("Ida Ray", access.Teacher)); len(got) != 2 {
		t.Errorf("another teacher guesses %v", got)
	}
	if res, _ := s.do("GET", look(id["school"]), s.as(s.Staff("Ada Min", access.Administrator)), nil); res.StatusCode == http.StatusOK {
		t.Error("an administrator guesses")
	}
}
