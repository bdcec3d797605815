package result_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/show/result"
	"earshot/internal/testkit"
)

// TestWordsGoWhereTenWrote lets comments of a round for learning go, and looks where they can be read and by whom.
func TestWordsGoWhereTenWrote(t *testing.T) {
	s := testkit.NewSchool(t)
	ctx := context.Background()
	lead := s.Staff("Ruth Moss", access.SafeguardingLead)
	var teach []access.Actor
	for _, name := range []string{"Ann Marsh", "Bob Hill", "Cy Lake", "Di Field", "Ed Wood"} {
		teach = append(teach, s.Staff(name, access.Teacher))
	}
	doc, _, problems := survey.FromItems(s.Bank, "Maths and you", bank.Pupils11to16, []string{"afl_c_goal"})
	problems = append(problems, doc.AddItem(s.Bank, "", "voice_c_open_help")...)
	if problems = append(problems, doc.AddItem(s.Bank, "", "voice_s_open_change")...); len(problems) > 0 {
		t.Fatal(problems)
	}
	sv, err := survey.NewStore(s.DB).Add(ctx, s.Head, doc, "")
	testkit.Must(t, err)
	f := s.Form(sv, s.Classes("Maths", "7M1 26, 7M2 26, 7M3 26, 7M4 26, 7M5 26", teach...))
	f.Purpose = access.ForLearning
	r := s.Open(f)
	c := collecting.NewCollector(s.DB, s.Key)
	t.Cleanup(c.Stop)
	codes, n := s.Slips(r), 0
	// 7M1 writes enough for itself; of the others each writes a few.
	for unit, writers := range map[string]int{"7M1": 12, "7M2": 4, "7M3": 3, "7M4": 2, "7M5": 2} {
		for i, code := range codes[unit][:20] {
			send := collecting.Sending{Code: code, Receipt: fmt.Sprint(unit, i), Route: "own_device", Language: "en",
				Answers: survey.Answers{"q1": {State: survey.Answered, Options: []string{doc.Questions()[0].Options[i%3].ID}}, "q2": {State: survey.Skipped}, "q3": {State: survey.Skipped}}}
			if i < writers {
				n++
				send.Remarks = []survey.Remark{{Question: "q2", Words: fmt.Sprint("More time, ", unit, " ", n), Far: "exact"}}
				if i < 1 {
					send.Remarks = append(send.Remarks, survey.Remark{Question: "q3", Words: "A longer lunch.", Far: "exact"})
				}
			}
			if out, err := c.Submit(ctx, r, send); err != nil || out != collecting.Stored {
				t.Fatal(out, err)
			}
		}
	}
	results, held := result.NewStore(s.DB, s.Key, s.Bank), safeguard.NewStore(s.DB, s.Key)
	if _, _, err := results.Let(ctx, lead, r.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("before it has settled: %v", err)
	}
	r = s.CloseAndSettle(r)
	rel, err := results.Make(ctx, r.SchoolID, r.ID)
	testkit.Must(t, err)
	reader := safeguard.Reader{Actor: lead}
	queue, err := held.Queue(ctx, reader, r.ID)
	testkit.Must(t, err)
	letOf := func(some func(safeguard.Opened) bool) {
		for _, o := range queue {
			if some(o) {
				_, err := held.Decide(ctx, reader, r.ID, o.ID, safeguard.Decision{Release: true})
				testkit.Must(t, err)
			}
		}
	}
	for role := range map[access.Role]bool{access.Head: true, access.Leader: true, access.Teacher: true, access.Administrator: true} {
		if _, _, err := results.Let(ctx, s.Staff("Some "+string(role), role), r.ID); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s lets words go: %v", role, err)
		}
	}
	letOf(func(safeguard.Opened) bool { return true })
	gone, waiting, err := results.Let(ctx, lead, r.ID)
	// 7M1's twelve are its own; the eleven of the others come from four teachers and go to the year; five about the school wait.
	if err != nil || gone != 23 || waiting != 5 {
		t.Errorf("%d went, %d wait, %v", gone, waiting, err)
	}
	if again, waiting, err := results.Let(ctx, lead, r.ID); err != nil || again != 0 || waiting != 5 {
		t.Errorf("again: %d, %d, %v", again, waiting, err)
	}
	units, err := s.Rounds().Units(ctx, r)
	testkit.Must(t, err)
	id := map[string]string{}
	for _, u := range units {
		id[u.Name] = u.ID
	}
	owners, err := s.Rounds().UnitReaders(ctx, r)
	testkit.Must(t, err)
	see := func(who access.Actor, after time.Duration) map[string]int {
		of, err := results.Quotes(ctx, result.View(rel, r, who, owners, s.DB.Now().Add(after)), r.SchoolID, r.ID)
		testkit.Must(t, err)
		seen := map[string]int{}
		for _, u := range units {
			for _, list := range of[u.ID] {
				seen[u.Name] += len(list)
			}
		}
		return seen
	}
	if got := see(teach[0], 0); got["7M1"] != 12 || len(got) != 1 {
		t.Errorf("the teacher of 7M1 reads %v", got)
	}
	if got := see(teach[1], 0); len(got) != 0 {
		t.Errorf("the teacher of 7M2 reads %v", got)
	}
	if got := see(s.Head, 0); len(got) != 0 {
		t.Errorf("the head reads before the teachers have had their days: %v", got)
	}
	if got := see(s.Head, 30*24*time.Hour); got["7M1"] != 0 || got["Year 7"] != 11 {
		t.Errorf("the head reads %v", got)
	}
	testkit.Must(t, results.PurgeQuotes(ctx, r.SchoolID, r.ID))
	if got := see(teach[0], 0); len(got) != 0 {
		t.Errorf("after the day of deletion: %v", got)
	}
}
