package collecting_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/envelope"
	"earshot/internal/listen/participation"
	"earshot/internal/listen/response"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

func pupilsOf(s *testkit.School) []roster.Person {
	people, err := roster.NewStore(s.DB).Pupils(context.Background(), s.School.SchoolID)
	testkit.Must(s.T, err)
	return people
}

// A confidential round opens only where two of each group that is needed hold a key that they have tried.
func TestConfidentialRoundNeedsKeys(t *testing.T) {
	s := testkit.NewSchool(t)
	groups := s.Pupils(map[string]int{"7A": 30, "7B": 30, "8A": 30, "8B": 30, "9A": 30})
	ctx := context.Background()
	draft := func(policy string) round.Round {
		f := s.Personal(round.Confidential, "first_say", groups)
		f.Plan.Policy = policy
		r, err := s.Rounds().SaveDraft(ctx, s.Head, "", f)
		testkit.Must(t, err)
		return r
	}
	open := func(policy string) error {
		_, err := collecting.Open(ctx, s.DB, s.Key, s.Bank, s.Head, draft(policy).ID)
		return err
	}
	if f, _ := fault.Of(open("one")); f == nil || f.Key != "key.too_few" {
		t.Errorf("without keys: %v", f)
	}
	lead, _, _, _ := s.Holders()
	if err := open("one"); err != nil {
		t.Errorf("with keys: %v", err)
	}
	if err := open("two"); err != nil {
		t.Errorf("with keys of both groups: %v", err)
	}
	// A new term asks for a new trial.
	s.Clock.Forward(150 * 24 * time.Hour)
	if f, _ := fault.Of(open("one")); f == nil || f.Key != "key.unproved" {
		t.Errorf("with keys nobody has tried this term: %v", f)
	}
	testkit.Must(t, envelope.NewStore(s.DB, s.Key).EndKey(ctx, lead.Actor, keyID(s, lead)))
	if f, _ := fault.Of(open("one")); f == nil || f.Key != "key.too_few" {
		t.Errorf("with one key left: %v", f)
	}
	// Nobody opens one without the packages that know of keys and invitations.
	if _, err := s.Rounds().Open(ctx, s.Head, draft("one").ID); err == nil {
		t.Error("a confidential round opened without anybody having looked at keys")
	}
}

func keyID(s *testkit.School, h testkit.Holder) string {
	list, err := envelope.NewStore(s.DB, s.Key).Holders(context.Background(), s.School.SchoolID)
	testkit.Must(s.T, err)
	for _, k := range list {
		if k.Person.ID == h.Person && k.Key != nil {
			return k.Key.ID
		}
	}
	s.T.Fatal("no key")
	return ""
}

// Whose an answer is stands in its envelope, and only those whom the promise names can open that; what lies in the database
// before and after settling joins no pupil to what they said.
func TestConfidentialAnswers(t *testing.T) {
	for _, policy := range []envelope.Policy{envelope.One, envelope.Two} {
		t.Run(string(policy), func(t *testing.T) {
			s := testkit.NewSchool(t)
			groups := s.Pupils(map[string]int{"7A": 30, "7B": 30, "8A": 30, "8B": 30})
			lead, deputy, head, chair := s.Holders()
			ctx := context.Background()
			f := s.Personal(round.Confidential, "first_say", groups)
			f.Plan.Policy, f.Plan.Linked = string(policy), true
			r := s.Open(f)
			c := collecting.NewCollector(s.DB, s.Key)
			t.Cleanup(c.Stop)
			doc, rng := s.Doc(r), rand.New(rand.NewPCG(4, 5))
			said := map[string]string{} // answers -> person
			people := pupilsOf(s)
			var order []string
			for i, p := range people[:100] {
				answers := testkit.Choose(rng, doc)
				text, _ := answers.Encode()
				if said[string(text)] != "" {
					t.Fatal("two equal answers: choose another seed")
				}
				said[string(text)] = p.ID
				order = append(order, string(text))
				out, err := c.Submit(ctx, r, collecting.Sending{Code: s.SlipOf(r, p), Receipt: fmt.Sprint("device", i), Answers: answers, Route: "own_device", Link: fmt.Sprintf("%032x", i),
					Remarks: []survey.Remark{{Question: "box", Words: fmt.Sprint("I write this as pupil number ", i), Far: "exact"}}})
				if out != collecting.Stored || err != nil {
					t.Fatal(out, err)
				}
			}
			r = s.CloseAndSettle(r)

			responses := response.NewStore(s.DB)
			marks, err := responses.Marks(ctx, r.SchoolID, r.ID)
			testkit.Must(t, err)
			var envelopes []envelope.Envelope
			testkit.Must(t, s.DB.Query(ctx).Where("round_id = ?", r.ID).Find(&envelopes).Error)
			if len(marks) != 100 || len(envelopes) != 200 {
				t.Fatalf("%d marks, %d envelopes", len(marks), len(envelopes))
			}
			by := map[string]envelope.Envelope{}
			for _, e := range envelopes {
				by[e.ID] = e
			}
			n := 0
			testkit.Must(t, responses.Each(ctx, r.SchoolID, r.ID, func(row response.Response) error {
				m := marks[row.ID]
				sealed := decoded(t, by[m.Tie].Body)
				if m.Link != "" || m.Back != "" {
					t.Errorf("mark %+v", m)
				}
				inner := sealed
				if policy == envelope.Two {
					for _, alone := range []testkit.Holder{lead, deputy} {
						if alone.Open(sealed) != nil {
							t.Fatal("one person alone opens it")
						}
					}
					if inner = head.Open(sealed); inner == nil || bytes.Contains(inner, []byte("Pupil")) {
						t.Fatal("the second person sees more than another seal")
					}
					if !bytes.Equal(chair.Open(sealed)[:10], inner[:10]) {
						t.Error("the chair cannot take the outer seal off")
					}
				} else if head.Open(sealed) != nil || chair.Open(sealed) != nil {
					t.Error("the head or the chair opens it, whom the promise does not name")
				}
				in := s.Inside(deputy.Open(inner))
				if in.Person != said[row.Answers] || in.ID != m.Tie || in.Kind != envelope.Answer || in.Mark != envelope.MarkOf(row.Answers) || !strings.HasPrefix(in.Name, "Pupil ") {
					t.Fatalf("%+v is not whoever gave this answer", in)
				}
				n++
				return nil
			}))
			if n != 100 {
				t.Fatalf("%d responses", n)
			}
			queue, err := safeguard.NewStore(s.DB, s.Key).Queue(ctx, safeguard.NewReader(lead.Actor, nil), r.ID)
			testkit.Must(t, err)
			for _, o := range queue {
				inner := decoded(t, by[o.Tie].Body)
				if policy == envelope.Two {
					inner = chair.Open(inner)
				}
				in := s.Inside(lead.Open(inner))
				if want := "I write this as pupil number " + fmt.Sprint(slices.IndexFunc(people, func(p roster.Person) bool { return p.ID == in.Person })); o.Words != want || in.Kind != envelope.Comment {
					t.Errorf("%q is said to be by %+v", o.Words, in)
				}
			}

			// The administrator: no pupil's id or name stands beside anything, no row's making orders the envelopes.
			tables := []string{"marks", "envelopes", "responses", "comments", "slips", "receipts"}
			for _, table := range tables {
				columns := "*"
				if s.DB.Kind() == storage.Postgres {
					columns = "*, xmin::text AS xmin"
				}
				var rows []map[string]any
				testkit.Must(t, s.DB.Query(ctx).Raw("SELECT "+columns+" FROM "+table+" WHERE round_id = ?", r.ID).Find(&rows).Error)
				made := map[string]bool{}
				for _, row := range rows {
					made[fmt.Sprint(row["xmin"])] = true
					for _, p := range people[:100] {
						if text := fmt.Sprint(row); strings.Contains(text, p.ID) || strings.Contains(text, p.Family) {
							t.Fatalf("%s names a pupil", table)
						}
					}
				}
				if len(made) != 1 {
					t.Errorf("%s was written by %d transactions: they tell an order", table, len(made))
				}
			}
			var lie []string
			testkit.Must(t, s.DB.Query(ctx).Raw("SELECT r.answers FROM envelopes e JOIN marks m ON m.round_id = e.round_id AND m.tie = e.id JOIN responses r ON r.round_id = m.round_id AND r.id = m.id WHERE e.round_id = ?", r.ID).Scan(&lie).Error)
			var came []int
			for _, text := range lie {
				came = append(came, slices.Index(order, text))
			}
			if rho := rankCorrelation(came); len(came) != 100 || rho > 0.4 || rho < -0.4 {
				t.Errorf("%d envelopes follow the order of arrival: rho = %.2f", len(came), rho)
			}
			var left int64
			s.DB.Query(ctx).Table("invitations").Where("round_id = ?", r.ID).Count(&left)
			if left != 0 {
				t.Error("who held which slip is still known")
			}
			// What is left of names goes on its day, and the answers stay.
			testkit.Must(t, envelope.NewStore(s.DB, s.Key).Purge(ctx, r.SchoolID, r.ID))
			if n, _ := envelope.NewStore(s.DB, s.Key).Count(ctx, r.SchoolID, r.ID); n != 0 {
				t.Error("sealed names are left")
			}
		})
	}
}

func decoded(t *testing.T, text string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(text)
	testkit.Must(t, err)
	return b
}

// With the number that was shown after Send an answer can be taken back, and its slip is good again; what may be a danger stays.
func TestTakingBack(t *testing.T) {
	for _, mode := range []round.Mode{round.Confidential, round.Named} {
		s := testkit.NewSchool(t)
		groups := s.Pupils(map[string]int{"7A": 30, "7B": 30, "8A": 30, "8B": 30})
		lead, _, _, _ := s.Holders()
		ctx := context.Background()
		r := s.Open(s.Personal(mode, "first_say", groups))
		c := collecting.NewCollector(s.DB, s.Key)
		t.Cleanup(c.Stop)
		rng := rand.New(rand.NewPCG(6, 7))
		doc, people := s.Doc(r), pupilsOf(s)
		send := func(i int, words string) (collecting.Sending, collecting.Outcome) {
			sending := collecting.Sending{Code: s.SlipOf(r, people[i]), Receipt: fmt.Sprint("device", i), Answers: testkit.Choose(rng, doc), Route: "own_device", Language: "en"}
			if words != "" {
				sending.Remarks = []survey.Remark{{Question: "box", Words: words}, {Question: "other", Words: "The bins are full."}}
			}
			out, err := c.Submit(ctx, r, sending)
			testkit.Must(t, err)
			return sending, out
		}
		for i := range 6 {
			send(i, "Lunch is short.")
		}
		mine, _ := send(7, "He hits me every night and I want to die.")
		number := c.Number(r, mine)
		count := func(table string) (n int64) {
			testkit.Must(t, s.DB.Query(ctx).Table(table).Where("round_id = ?", r.ID).Count(&n).Error)
			return n
		}
		for _, wrong := range []string{"", "000000000000", number[1:] + "0", c.Number(r, collecting.Sending{Receipt: "device6"})} {
			if err := collecting.TakeBack(ctx, s.DB, s.Key, r, wrong); !fault.Is(err, fault.NotFound) {
				t.Errorf("a wrong number: %v", err)
			}
		}
		table := map[round.Mode]string{round.Confidential: "envelopes", round.Named: "names"}[mode]
		if count("inbox") != 7 || count("marks") != 7 || count(table) != 21 || count("comments") != 14 {
			t.Fatalf("%s: %d waiting, %d ties, %d comments", mode, count("inbox"), count(table), count("comments"))
		}
		testkit.Must(t, collecting.TakeBack(ctx, s.DB, s.Key, r, strings.ToLower(number[:4]+" "+number[4:])))
		// Six others have an answer and two comments each; the urgent one keeps the way to whoever wrote it.
		if count("inbox") != 6 || count("marks") != 6 || count(table) != 19 || count("comments") != 12 {
			t.Errorf("%s: %d waiting, %d marks, %d ties, %d comments", mode, count("inbox"), count("marks"), count(table), count("comments"))
		}
		var tally int
		testkit.Must(t, s.DB.Query(ctx).Raw("SELECT count FROM tallies WHERE round_id = ? AND kind = 'route'", r.ID).Scan(&tally).Error)
		if tally != 6 {
			t.Errorf("%d counted by route", tally)
		}
		if err := collecting.TakeBack(ctx, s.DB, s.Key, r, number); !fault.Is(err, fault.NotFound) {
			t.Errorf("taken back twice: %v", err)
		}
		concerns, err := safeguard.NewStore(s.DB, s.Key).List(ctx, lead.Actor)
		testkit.Must(t, err)
		if len(concerns) != 1 {
			t.Fatalf("%d concerns", len(concerns))
		}
		if _, said, err := safeguard.NewStore(s.DB, s.Key).Open(ctx, lead.Actor, concerns[0].ID); err != nil || said.Tie == "" {
			t.Errorf("the concern has lost the way to whoever wrote it: %v", err)
		}
		// What waits elsewhere to be sent again stays gone; whoever answers anew has a new receipt.
		if out, err := c.Submit(ctx, r, mine); out != collecting.Already || err != nil || count("inbox") != 6 {
			t.Errorf("the same sending again: %s, %v, %d waiting", out, err, count("inbox"))
		}
		again := collecting.Sending{Code: mine.Code, Receipt: "a new page", Answers: testkit.Choose(rng, doc), Route: "own_device"}
		if out, err := c.Submit(ctx, r, again); out != collecting.Stored || err != nil {
			t.Errorf("answering anew: %s, %v", out, err)
		}
		r = s.CloseAndSettle(r)
		if err := collecting.TakeBack(ctx, s.DB, s.Key, r, c.Number(r, again)); !fault.Is(err, fault.Conflict) {
			t.Errorf("after settling: %v", err)
		}
	}
}

// In a named round those whom the promise names, and the safeguarding team, see who said what, and nobody else does.
func TestNamedAnswers(t *testing.T) {
	s := testkit.NewSchool(t)
	groups := s.Pupils(map[string]int{"7A": 30, "7B": 30, "8A": 30, "8B": 30})
	lead, _, _, chair := s.Holders()
	ctx := context.Background()
	r := s.Open(s.Personal(round.Named, "first_say", groups))
	c := collecting.NewCollector(s.DB, s.Key)
	t.Cleanup(c.Stop)
	doc, rng := s.Doc(r), rand.New(rand.NewPCG(1, 2))
	said := map[string]string{}
	for i, p := range pupilsOf(s)[:20] {
		answers := testkit.Choose(rng, doc)
		text, _ := answers.Encode()
		said[p.ID] = string(text)
		if out, err := c.Submit(ctx, r, collecting.Sending{Code: s.SlipOf(r, p), Receipt: fmt.Sprint(i), Answers: answers}); out != collecting.Stored || err != nil {
			t.Fatal(out, err)
		}
	}
	r = s.CloseAndSettle(r)
	st := envelope.NewStore(s.DB, s.Key)
	marks, err := response.NewStore(s.DB).Marks(ctx, r.SchoolID, r.ID)
	testkit.Must(t, err)
	for _, who := range []testkit.Holder{{Actor: s.Head}} {
		people, err := st.People(ctx, who.Actor, r)
		testkit.Must(t, err)
		n := 0
		testkit.Must(t, response.NewStore(s.DB).Each(ctx, r.SchoolID, r.ID, func(row response.Response) error {
			if p := people[marks[row.ID].Tie]; said[p.ID] == row.Answers {
				n++
			}
			return nil
		}))
		if n != 20 {
			t.Errorf("%s sees whose %d of 20 answers are", who.Name, n)
		}
	}
	if _, ok, err := st.Writer(ctx, lead.Actor, r, slices.Collect(maps.Values(marks))[0].Tie); !ok || err != nil {
		t.Errorf("whoever reads comments does not see who wrote them: %v", err)
	}
	for _, who := range []testkit.Holder{lead, chair, {Actor: s.Staff("Theo Brandt", "teacher")}, {Actor: s.Staff("Lea Ode", "leader")}} {
		if _, err := st.People(ctx, who.Actor, r); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", who.Name, err)
		}
	}
}

// Numbers that are used at the same time by many give each answer back once: nobody gets a second vote.
func TestTakingBackAtOnce(t *testing.T) {
	s := testkit.NewSchool(t)
	groups := s.Pupils(map[string]int{"7A": 30, "7B": 30, "8A": 30, "8B": 30})
	ctx := context.Background()
	r := s.Open(s.Personal(round.Named, "first_say", groups))
	c := collecting.NewCollector(s.DB, s.Key)
	t.Cleanup(c.Stop)
	doc, rng := s.Doc(r), rand.New(rand.NewPCG(6, 7))
	var numbers, slips []string
	for i, p := range pupilsOf(s)[:20] {
		sending := collecting.Sending{Code: s.SlipOf(r, p), Receipt: fmt.Sprint("device", i), Answers: testkit.Choose(rng, doc)}
		if out, err := c.Submit(ctx, r, sending); out != collecting.Stored || err != nil {
			t.Fatal(out, err)
		}
		numbers, slips = append(numbers, c.Number(r, sending)), append(slips, sending.Code)
	}
	empty := testkit.Choose(rng, doc)
	var gone atomic.Int64
	var all sync.WaitGroup
	for i, number := range numbers {
		for n := range 4 {
			all.Go(func() {
				if err := collecting.TakeBack(ctx, s.DB, s.Key, r, number); err == nil {
					gone.Add(1)
				}
				_, _ = c.Submit(ctx, r, collecting.Sending{Code: slips[i], Receipt: fmt.Sprint("again", i, n), Answers: empty})
			})
		}
	}
	all.Wait()
	var waiting, names, spent int64
	s.DB.Query(ctx).Table("inbox").Where("round_id = ?", r.ID).Count(&waiting)
	s.DB.Query(ctx).Table("names").Where("round_id = ?", r.ID).Count(&names)
	s.DB.Query(ctx).Table("slips").Where("round_id = ? AND spent", r.ID).Count(&spent)
	if waiting > 20 || waiting != spent || names != waiting || gone.Load() != 20 {
		t.Errorf("%d answers, %d names, %d slips spent, %d taken back", waiting, names, spent, gone.Load())
	}
}

// Lists that change while a round is open change nothing of it, and whoever has left keeps the name that may be needed.
func TestConfidentialKeepsWhatItOpenedWith(t *testing.T) {
	s := testkit.NewSchool(t)
	groups := s.Pupils(map[string]int{"7A": 30, "7B": 30, "8A": 30, "8B": 30})
	lead, _, _, _ := s.Holders()
	ctx := context.Background()
	ro := roster.NewStore(s.DB)
	flag, err := ro.SaveFlag(ctx, s.Head, "", "Help", "7A-1\n7A-2")
	testkit.Must(t, err)
	f := s.Personal(round.Confidential, "first_say", groups)
	f.Plan.Flags = []string{flag.ID}
	r := s.Open(f)
	_, err = ro.SaveFlag(ctx, s.Head, flag.ID, "Help", "7A-3")
	testkit.Must(t, err)
	c := collecting.NewCollector(s.DB, s.Key)
	t.Cleanup(c.Stop)
	people := pupilsOf(s)
	gone := slices.IndexFunc(people, func(p roster.Person) bool { return p.SourceID == "7A-2" })
	slip := s.SlipOf(r, people[gone])
	testkit.Must(t, s.DB.Write(ctx).Model(&roster.Person{}).Where("id = ?", people[gone].ID).Update("ended_on", "2026-10-05").Error)
	doc, rng := s.Doc(r), rand.New(rand.NewPCG(1, 9))
	for i, p := range people[:40] {
		code := slip
		if i != gone {
			code = s.SlipOf(r, p)
		}
		if out, err := c.Submit(ctx, r, collecting.Sending{Code: code, Receipt: fmt.Sprint(i), Answers: testkit.Choose(rng, doc)}); out != collecting.Stored || err != nil {
			t.Fatal(out, err)
		}
	}
	marks, err := response.NewStore(s.DB).Marks(ctx, r.SchoolID, r.ID)
	testkit.Must(t, err)
	var flagged []string
	for _, m := range marks {
		var e envelope.Envelope
		testkit.Must(t, s.DB.Query(ctx).Where("id = ?", m.Tie).Take(&e).Error)
		in := s.Inside(lead.Open(decoded(t, e.Body)))
		if in.Name == "" {
			t.Error("an envelope without a name")
		}
		if m.Flags != "" {
			flagged = append(flagged, in.Name)
		}
	}
	slices.Sort(flagged)
	if fmt.Sprint(flagged) != "[Pupil 7A-1 Pupil 7A-2]" {
		t.Errorf("flagged are %v", flagged)
	}
}

// A reading task behaves like the survey to the last: the same outcomes, a number that takes it back, and once more. Nothing of it is
// left after settling.
func TestReadingTaskBehavesLikeTheSurvey(t *testing.T) {
	s := testkit.NewSchool(t)
	groups := s.Pupils(map[string]int{"7A": 12})
	ctx := context.Background()
	r := s.Open(s.Personal(round.Named, "first_say", groups))
	people := pupilsOf(s)
	st := participation.NewStore(s.DB, s.Key)
	testkit.Must(t, st.SetOut(ctx, s.Head, r, []string{people[0].ID}))
	c := collecting.NewCollector(s.DB, s.Key)
	t.Cleanup(c.Stop)
	answers := testkit.Choose(rand.New(rand.NewPCG(4, 8)), s.Doc(r))
	// A reading task and a survey, with a receipt from a script and without.
	for _, receipt := range []string{"device", ""} {
		var seen [2][]string
		for i, p := range people[:2] {
			code, first := s.SlipOf(r, p), receipt
			if first != "" {
				first += p.ID
			}
			note := func(what any) { seen[i] = append(seen[i], fmt.Sprint(what)) }
			send := func(receipt string) collecting.Sending {
				sending := collecting.Sending{Code: code, Receipt: receipt, Answers: answers, Route: "own_device"}
				out, err := c.Submit(ctx, r, sending)
				if out == collecting.Reading {
					out = collecting.Stored // this alone differs, and no screen says it
				}
				note(fmt.Sprint(out, err))
				return sending
			}
			sending := send(first)
			number := c.Number(r, sending)
			note(len(number))
			send(first)
			send("another " + p.ID)
			waiting, err := st.OpenFor(ctx, r.SchoolID, p.ID)
			testkit.Must(t, err)
			note(len(waiting))
			note(collecting.TakeBack(ctx, s.DB, s.Key, r, number))
			note(collecting.TakeBack(ctx, s.DB, s.Key, r, number))
			waiting, err = st.OpenFor(ctx, r.SchoolID, p.ID)
			testkit.Must(t, err)
			note(len(waiting))
			send(first) // what a device sends again stays taken back; without script it counts
			if receipt == "" {
				note(collecting.TakeBack(ctx, s.DB, s.Key, r, number))
			}
		}
		if !slices.Equal(seen[0], seen[1]) {
			t.Errorf("receipt %q: the reading task\n%q, the survey\n%q", receipt, seen[0], seen[1])
		}
	}
	for _, p := range people[:7] {
		if out, err := c.Submit(ctx, r, collecting.Sending{Code: s.SlipOf(r, p), Receipt: "last" + p.ID, Answers: answers, Route: "own_device"}); out != collecting.Stored && out != collecting.Reading || err != nil {
			t.Fatal(out, err)
		}
	}
	r = s.CloseAndSettle(r)
	n := map[string]int64{}
	for _, table := range []string{"responses", "marks", "names", "inbox"} {
		var rows int64
		testkit.Must(t, s.DB.Query(ctx).Table(table).Where("round_id = ?", r.ID).Count(&rows).Error)
		n[table] = rows
	}
	if fmt.Sprint(n) != "map[inbox:0 marks:6 names:6 responses:6]" {
		t.Errorf("after settling: %v", n)
	}
	units, err := s.Rounds().Units(ctx, r)
	testkit.Must(t, err)
	for _, u := range units {
		if u.Name == "7A" && u.Answered != 6 {
			t.Errorf("%d answered", u.Answered)
		}
	}
}
