package collecting_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/participation"
	"earshot/internal/listen/response"
	"earshot/internal/testkit"
)

func openRound(t *testing.T) (*testkit.School, *collecting.Collector, round.Round, map[string][]string) {
	s := testkit.NewSchool(t)
	groups := s.Forms("9A 12, 9B 14, 10A 9")
	r := s.Open(s.Form(s.Survey("first_say"), groups))
	c := collecting.NewCollector(s.DB, s.Key)
	t.Cleanup(c.Stop)
	return s, c, r, s.Slips(r)
}

func send(t *testing.T, s *testkit.School, c *collecting.Collector, r round.Round, code, receipt string) collecting.Outcome {
	t.Helper()
	out, err := c.Submit(context.Background(), r, collecting.Sending{Code: code, Receipt: receipt, Answers: testkit.Choose(rand.New(rand.NewPCG(1, 2)), s.Doc(r)), Route: "own_device"})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestEachOutcome(t *testing.T) {
	s, c, r, codes := openRound(t)
	code := codes["9A"][0]
	steps := []struct {
		name, code, receipt string
		want                collecting.Outcome
	}{
		{"first", code, "r1", collecting.Stored},
		{"double tap", code, "r1", collecting.Already},
		{"same slip, another device", code, "r2", collecting.Spent},
		{"same slip, no script", code, "", collecting.Spent},
		{"no such code", "ABCDEFGH1234", "r3", collecting.UnknownCode},
		{"not a code", "hello", "r4", collecting.UnknownCode},
		{"no script", codes["9A"][1], "", collecting.Stored},
		{"no script, pressed twice", codes["9A"][1], "", collecting.Already},
		{"typed with dashes and small letters", dashes(codes["9A"][2]), "r5", collecting.Stored},
	}
	for _, st := range steps {
		if got := send(t, s, c, r, st.code, st.receipt); got != st.want {
			t.Errorf("%s: %s, want %s", st.name, got, st.want)
		}
	}
	if n, _ := response.NewStore(s.DB).Waits(context.Background(), r.SchoolID, r.ID); n != 3 {
		t.Errorf("%d answers wait, want 3", n)
	}
}

func dashes(code string) string {
	return code[:4] + "-" + string(code[4]|32) + code[5:8] + " " + code[8:]
}

func TestLateAnswersArriveUntilSettled(t *testing.T) {
	s, c, r, codes := openRound(t)
	ctx := context.Background()
	s.Answer(c, r, codes["9A"], 6, rand.New(rand.NewPCG(3, 4)))
	closed, err := s.Rounds().Close(ctx, s.Head, r.ID)
	testkit.Must(t, err)
	if got := send(t, s, c, closed, codes["9B"][0], "late"); got != collecting.Stored {
		t.Errorf("after closing: %s", got)
	}
	settled, err := collecting.Settle(ctx, s.DB, s.Key, s.Bank, s.Head, r.ID)
	testkit.Must(t, err)
	if got := send(t, s, c, settled, codes["9B"][1], "too late"); got != collecting.Over {
		t.Errorf("after settling: %s", got)
	}
	// A server that still believes the round is open finds out in the transaction, and a device that only missed the
	// answer is told that its own is safe.
	if got := send(t, s, c, closed, codes["9B"][1], "too late"); got != collecting.Over {
		t.Errorf("stale state: %s", got)
	}
	if got := send(t, s, c, closed, codes["9B"][0], "late"); got != collecting.Already {
		t.Errorf("known receipt after settling: %s", got)
	}
}

func TestReadingSlipsKeepNothing(t *testing.T) {
	s := testkit.NewSchool(t)
	groups := s.Forms("9A 12")
	f := s.Form(s.Survey("first_say"), groups)
	f.Plan.Reading = map[string]int{groups[0].ID: 3}
	r := s.Open(f)
	c := collecting.NewCollector(s.DB, s.Key)
	t.Cleanup(c.Stop)
	reading := 0
	for i, code := range s.Slips(r)["9A"] {
		look, err := c.Look(context.Background(), r, code)
		testkit.Must(t, err)
		is := look == collecting.Reading
		out := send(t, s, c, r, code, fmt.Sprint("r", i))
		if is != (out == collecting.Reading) {
			t.Errorf("asked: %v, sent: %s", is, out)
		}
		if is {
			reading++
		}
		// Whoever tries the slip again learns nothing either.
		if again, known := send(t, s, c, r, code, "another"), send(t, s, c, r, code, fmt.Sprint("r", i)); again != collecting.Spent || known != collecting.Already {
			t.Errorf("opens a reading task: %v; sent again: %s and %s", is, again, known)
		}
		if look, err := c.Look(context.Background(), r, code); look != collecting.Spent || err != nil {
			t.Errorf("opens a reading task: %v; looked at again: %s, %v", is, look, err)
		}
	}
	rates, err := participation.NewStore(s.DB, s.Key).Rates(context.Background(), r.SchoolID, r.ID)
	testkit.Must(t, err)
	spent := 0
	for _, rate := range rates {
		spent += rate.Spent
	}
	if spent != 9 {
		t.Errorf("%d slips count as used", spent)
	}
	if n, _ := response.NewStore(s.DB).Waits(context.Background(), r.SchoolID, r.ID); reading != 3 || n != 9 {
		t.Errorf("%d reading slips, %d answers", reading, n)
	}
}

func TestFiftyIdenticalSendsStoreOne(t *testing.T) {
	s, c, r, codes := openRound(t)
	var wg sync.WaitGroup
	outcomes := make(chan collecting.Outcome, 60)
	answers := testkit.Choose(rand.New(rand.NewPCG(1, 2)), s.Doc(r))
	for i := range 60 {
		wg.Go(func() {
			receipt := "same"
			if i >= 50 {
				receipt = fmt.Sprint("other", i)
			}
			out, err := c.Submit(context.Background(), r, collecting.Sending{Code: codes["9A"][0], Receipt: receipt, Answers: answers, Route: "own_device"})
			if err != nil {
				t.Error(err)
			}
			outcomes <- out
		})
	}
	wg.Wait()
	close(outcomes)
	count := map[collecting.Outcome]int{}
	for o := range outcomes {
		count[o]++
	}
	if count[collecting.Stored] != 1 || count[collecting.Stored]+count[collecting.Already]+count[collecting.Spent] != 60 {
		t.Errorf("outcomes %v", count)
	}
	if n, _ := response.NewStore(s.DB).Waits(context.Background(), r.SchoolID, r.ID); n != 1 {
		t.Errorf("%d answers wait", n)
	}
}

func TestTwoServersNeverDouble(t *testing.T) {
	s, c, r, codes := openRound(t)
	other := collecting.NewCollector(s.DB, s.Key)
	t.Cleanup(other.Stop)
	answers := testkit.Choose(rand.New(rand.NewPCG(1, 2)), s.Doc(r))
	var wg sync.WaitGroup
	for _, code := range codes["9A"] {
		for i, server := range []*collecting.Collector{c, other} {
			wg.Go(func() {
				for range 5 { // a device that is told to come again does
					_, err := server.Submit(context.Background(), r, collecting.Sending{Code: code, Receipt: fmt.Sprint(code, i), Answers: answers, Route: "own_device"})
					if err == nil {
						return
					}
					time.Sleep(20 * time.Millisecond)
				}
				t.Error("never stored")
			})
		}
	}
	wg.Wait()
	if n, _ := response.NewStore(s.DB).Waits(context.Background(), r.SchoolID, r.ID); n != 12 {
		t.Errorf("%d answers wait, want 12", n)
	}
}

func TestOneBadAnswerFailsAlone(t *testing.T) {
	s, c, r, codes := openRound(t)
	bad := r
	bad.ID = "no-such-round"
	var wg sync.WaitGroup
	errs := make([]error, 12)
	answers := testkit.Choose(rand.New(rand.NewPCG(1, 2)), s.Doc(r))
	for i := range errs {
		wg.Go(func() {
			to := r
			if i == 5 {
				to = bad
			}
			_, errs[i] = c.Submit(context.Background(), to, collecting.Sending{Code: codes["9A"][i], Receipt: fmt.Sprint(i), Answers: answers, Route: "own_device"})
		})
	}
	wg.Wait()
	for i, err := range errs {
		if (err != nil) != (i == 5) {
			t.Errorf("sending %d: %v", i, err)
		}
	}
}

func TestStopStoresWhatWasAccepted(t *testing.T) {
	s, _, r, codes := openRound(t)
	c := collecting.NewCollector(s.DB, s.Key)
	answers := testkit.Choose(rand.New(rand.NewPCG(1, 2)), s.Doc(r))
	var wg sync.WaitGroup
	var mu sync.Mutex
	stored := 0
	for i, code := range codes["9B"] {
		wg.Go(func() {
			out, err := c.Submit(context.Background(), r, collecting.Sending{Code: code, Receipt: fmt.Sprint(i), Answers: answers, Route: "own_device"})
			if err == nil && out == collecting.Stored {
				mu.Lock()
				stored++
				mu.Unlock()
			}
		})
	}
	c.Stop()
	wg.Wait()
	if n, _ := response.NewStore(s.DB).Waits(context.Background(), r.SchoolID, r.ID); n != stored {
		t.Errorf("%d acknowledged, %d stored", stored, n)
	}
	if _, err := c.Submit(context.Background(), r, collecting.Sending{Code: codes["9A"][0], Receipt: "x", Answers: answers}); err == nil {
		t.Error("a stopped collector took an answer")
	}
}

func TestAnswersSurviveMoving(t *testing.T) {
	s, c, r, codes := openRound(t)
	doc := s.Doc(r)
	rng := rand.New(rand.NewPCG(5, 6))
	want := map[string]int{}
	for unit, n := range map[string]int{"9A": 10, "9B": 3, "10A": 7} {
		for i, code := range codes[unit][:n] {
			answers := testkit.Choose(rng, doc)
			text, err := answers.Encode()
			testkit.Must(t, err)
			want[string(text)]++
			if out, err := c.Submit(context.Background(), r, collecting.Sending{Code: code, Receipt: fmt.Sprint(unit, i), Answers: answers, Route: "own_device"}); out != collecting.Stored || err != nil {
				t.Fatal(out, err)
			}
		}
	}
	r = s.CloseAndSettle(r)
	got := map[string]int{}
	cells := map[string]int{}
	testkit.Must(t, response.NewStore(s.DB).Each(context.Background(), r.SchoolID, r.ID, func(row response.Response) error {
		if _, err := survey.DecodeAnswers([]byte(row.Answers)); err != nil {
			return err
		}
		got[row.Answers]++
		cells[row.CellID]++
		return nil
	}))
	if len(got) != len(want) {
		t.Errorf("%d kinds of answers came out, %d went in", len(got), len(want))
	}
	for a, n := range want {
		if got[a] != n {
			t.Errorf("an answer went in %d times and came out %d times", n, got[a])
		}
	}
	units, err := s.Rounds().Units(context.Background(), r)
	testkit.Must(t, err)
	for _, u := range units {
		// 9B's three go to the year; three alone there would be three slips and three responses, so 9A joins them.
		want := map[string]int{"Year 9": 13, "10A": 7}[u.Name]
		if cells[u.ID] != want {
			t.Errorf("cell %s holds %d, want %d", u.Name, cells[u.ID], want)
		}
	}
	if n, _ := response.NewStore(s.DB).Waits(context.Background(), r.SchoolID, r.ID); n != 0 {
		t.Errorf("%d answers left in the inbox", n)
	}
}

func TestClockSettlesOnlyAfterTheGrace(t *testing.T) {
	s, c, r, codes := openRound(t)
	s.Answer(c, r, codes["9A"], 6, rand.New(rand.NewPCG(3, 4)))
	_, err := s.Rounds().Close(context.Background(), s.Head, r.ID)
	testkit.Must(t, err)
	clock := clockActor(s)
	if _, err := collecting.Settle(context.Background(), s.DB, s.Key, s.Bank, clock, r.ID); err == nil {
		t.Error("settled before its time")
	}
	s.Clock.Forward(round.Grace + time.Minute)
	if _, err := collecting.Settle(context.Background(), s.DB, s.Key, s.Bank, clock, r.ID); err != nil {
		t.Error(err)
	}
}

// TestCellsHoldFiveOrNone tries random rounds: every cell that holds anything holds at least five, unless the whole
// round has fewer; nobody is lost; a unit's answers stay in the unit, its year or the school.
func TestCellsHoldFiveOrNone(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		units := []round.Unit{{ID: "school", Kind: round.UnitSchool}}
		answered := map[string]int{}
		total := 0
		for y := range rapid.IntRange(1, 5).Draw(rt, "years") {
			year := fmt.Sprint("y", y)
			units = append(units, round.Unit{ID: year, ParentID: "school", Kind: round.UnitYear, Position: len(units)})
			for f := range rapid.IntRange(1, 5).Draw(rt, "forms") {
				id := fmt.Sprint(year, "f", f)
				units = append(units, round.Unit{ID: id, ParentID: year, Kind: round.UnitForm, Position: len(units)})
				answered[id] = rapid.OneOf(rapid.IntRange(0, 6), rapid.IntRange(0, 30)).Draw(rt, id)
				total += answered[id]
			}
		}
		cells := collecting.Cells(units, answered)
		parent := map[string]string{}
		for _, u := range units {
			parent[u.ID] = u.ParentID
		}
		holds := map[string]int{}
		for _, u := range units {
			cell := cells[u.ID]
			holds[cell] += answered[u.ID]
			if cell != u.ID && cell != parent[u.ID] && cell != "school" {
				rt.Fatalf("%s went to %s", u.ID, cell)
			}
		}
		sum := 0
		for cell, n := range holds {
			sum += n
			if n > 0 && n < collecting.JoinLeast && total >= collecting.JoinLeast {
				rt.Fatalf("cell %s holds %d of %d: %v", cell, n, total, cells)
			}
		}
		if sum != total {
			rt.Fatalf("%d of %d answers have a cell", sum, total)
		}
		// A year goes to the school whole or not at all, so a year that is shown counts all of its classes.
		for _, u := range units {
			if p := parent[u.ID]; p != "" && p != "school" && answered[u.ID] > 0 && (cells[u.ID] == "school") != (cells[p] == "school") {
				rt.Fatalf("%s is counted in %s and its year in %s", u.ID, cells[u.ID], cells[p])
			}
		}
	})
}

func TestReprintVoidsUnspentSlipsAndStopsAtTheFirstSpent(t *testing.T) {
	s, c, r, codes := openRound(t)
	again := s.Slips(r)
	if got := send(t, s, c, r, codes["9A"][0], "old"); got != collecting.UnknownCode {
		t.Errorf("a slip printed before: %s", got)
	}
	if got := send(t, s, c, r, again["9A"][0], "new"); got != collecting.Stored {
		t.Errorf("a slip printed now: %s", got)
	}
	units, err := s.Rounds().Units(context.Background(), r)
	testkit.Must(t, err)
	if _, err := participation.NewStore(s.DB, s.Key).Print(context.Background(), s.Head, r, units); err == nil {
		t.Error("a class that has begun to answer was printed again")
	}
}

func TestLookSpendsNothingAndTellsTheTruth(t *testing.T) {
	s, c, r, codes := openRound(t)
	look := func(code string) collecting.Outcome {
		t.Helper()
		out, err := c.Look(context.Background(), r, code)
		testkit.Must(t, err)
		return out
	}
	for range 3 {
		if got := look(codes["9A"][0]); got != collecting.Stored {
			t.Errorf("a good slip: %s", got)
		}
	}
	if got := send(t, s, c, r, codes["9A"][0], "r"); got != collecting.Stored {
		t.Errorf("looking spent it: %s", got)
	}
	if got := look(codes["9A"][0]); got != collecting.Spent {
		t.Errorf("a used slip: %s", got)
	}
	if got := look("ABCDEFGH1234"); got != collecting.UnknownCode {
		t.Errorf("no slip: %s", got)
	}
}

func TestDayAndRouteAreCountedForTheRoundAlone(t *testing.T) {
	s, c, r, codes := openRound(t)
	s.Answer(c, r, codes["9A"], 7, rand.New(rand.NewPCG(3, 4)))
	send(t, s, c, r, codes["9A"][0], "again") // spent: counts nowhere
	tallies, err := response.NewStore(s.DB).Tallies(context.Background(), r.SchoolID, r.ID)
	testkit.Must(t, err)
	got := map[string]int{}
	for _, tally := range tallies {
		got[tally.Kind+" "+tally.Name] = tally.Count
	}
	if len(got) != 2 || got["day 2026-10-05"] != 7 || got["route own_device"] != 7 {
		t.Errorf("tallies %v", got)
	}
}

func TestCancellingLeavesNoAnswerAndNoSlip(t *testing.T) {
	s, c, r, codes := openRound(t)
	ctx := context.Background()
	s.Answer(c, r, codes["9A"], 7, rand.New(rand.NewPCG(3, 4)))
	if _, err := collecting.Cancel(ctx, s.DB, s.Key, s.Bank, s.Head, r.ID, ""); err == nil {
		t.Error("cancelled without a reason")
	}
	cancelled, err := collecting.Cancel(ctx, s.DB, s.Key, s.Bank, s.Head, r.ID, "the wrong survey")
	testkit.Must(t, err)
	waits, err := response.NewStore(s.DB).Waits(ctx, r.SchoolID, r.ID)
	testkit.Must(t, err)
	rates, err := participation.NewStore(s.DB, s.Key).Rates(ctx, r.SchoolID, r.ID)
	testkit.Must(t, err)
	if waits != 0 || len(rates) != 0 {
		t.Errorf("%d answers and slips of %d classes are left", waits, len(rates))
	}
	if got := send(t, s, c, cancelled, codes["9B"][0], "late"); got != collecting.Over {
		t.Errorf("after cancelling: %s", got)
	}
}
