package collecting_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/storage"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/envelope"
	"earshot/internal/listen/participation"
	"earshot/internal/listen/response"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// letters sends the invitations that wait and returns the link codes of each person, in the order of their letter.
func letters(s *testkit.School, r round.Round) map[string][]string {
	s.T.Helper()
	ctx := context.Background()
	st := participation.NewStore(s.DB, s.Key)
	codes := map[string][]string{}
	for {
		mails, err := st.TakeMails(ctx, 50)
		testkit.Must(s.T, err)
		if len(mails) == 0 {
			return codes
		}
		out, err := st.Letters(ctx, s.School, mails, "https://voice.example", s.Bank)
		testkit.Must(s.T, err)
		for _, o := range out {
			for _, link := range o.Letter.Links {
				_, code, _ := strings.Cut(link.URL, "#")
				codes[o.Mail.PersonID] = append(codes[o.Mail.PersonID], code)
			}
			testkit.Must(s.T, st.Done(ctx, o.Mail, o.Letter.Address, nil))
		}
	}
}

// TestDatabaseAdministratorAndParentsInConfidence plays somebody who owns the database of a confidential round that parents have
// answered by e-mail: nothing but the envelopes joins a parent or an invitation to a response, neither while it is open nor after it
// has settled, and the envelopes open to those whom the promise names alone.
func TestDatabaseAdministratorAndParentsInConfidence(t *testing.T) {
	for _, policy := range []envelope.Policy{envelope.One, envelope.Two} {
		t.Run(string(policy), func(t *testing.T) {
			s := testkit.NewSchool(t)
			ctx := context.Background()
			specs := testkit.ManyFamilies(88)
			for i := range 2 {
				specs = append(specs, fmt.Sprintf("Both B%d <b%d@home.example>: Kid K%d 7F, Kid L%d 9F", i, i, i, i))
			}
			groups := s.Families(append(specs, lateFamily)...)
			lead, deputy, head, chair := s.Holders()
			f := s.Personal(round.Confidential, "first_home", groups)
			f.Plan.Policy = string(policy)
			r := s.Open(f)
			if !r.Mailed() || r.PromiseMode() != "confidential" {
				t.Fatalf("a round for parents: by mail %v, promised as %s", r.Mailed(), r.PromiseMode())
			}
			_, err := participation.NewStore(s.DB, s.Key).Invite(ctx, s.Head, r, 2)
			testkit.Must(t, err)
			codes := letters(s, r)
			late, code := inviteLate(t, s, r)
			codes[late] = []string{code}
			var invited []participation.Invitation
			testkit.Must(t, s.DB.Query(ctx).Where("round_id = ?", r.ID).Find(&invited).Error)
			if len(codes) != 91 || len(invited) != 91 {
				t.Fatalf("%d people with links, %d invitations", len(codes), len(invited))
			}
			for _, inv := range invited {
				if inv.Slip != "" {
					t.Fatal("a table holds which slip an invitation stands for")
				}
			}

			c := collecting.NewCollector(s.DB, s.Key)
			t.Cleanup(c.Stop)
			rng := rand.New(rand.NewPCG(15, 6))
			doc := s.Doc(r)
			said, wrote := map[string]string{}, map[string]string{} // answers and words -> person
			var order []string
			families, err := roster.NewStore(s.DB).Families(ctx, r.SchoolID)
			testkit.Must(t, err)
			children := map[string]string{}
			last := slices.IndexFunc(families, func(f roster.Family) bool { return f.Parent.ID == late })
			families[0], families[last] = families[last], families[0] // so that they answer
			for i, fam := range families {
				var names []string
				for _, child := range fam.Children {
					names = append(names, child.Name()+" ("+child.Form+")")
				}
				children[fam.Parent.ID] = "parent or carer of " + strings.Join(names, ", ")
				if i >= 80 {
					continue // these do not answer
				}
				answers := testkit.Choose(rng, doc)
				text, err := answers.Encode()
				testkit.Must(t, err)
				if said[string(text)] != "" {
					t.Fatal("two equal answers: choose another seed")
				}
				words := fmt.Sprint("The newsletter is long, says number ", i)
				said[string(text)], wrote[words] = fam.Parent.ID, fam.Parent.ID
				order = append(order, string(text))
				out, err := c.Submit(ctx, r, collecting.Sending{Code: codes[fam.Parent.ID][0], Receipt: fmt.Sprint("r", i), Answers: answers, Route: "own_device",
					Remarks: []survey.Remark{{Question: "box", Words: words, Far: "exact"}}})
				if out != collecting.Stored || err != nil {
					t.Fatal(out, err)
				}
			}

			// While it is open no row has both a side of whoever answered and a side of what they said. (Whoever has the server's key as
			// well could join them, and the promise says so.)
			mine := map[string]bool{}
			for _, inv := range invited {
				mine[inv.ID], mine[inv.PersonID] = true, true
			}
			apart := func(tables ...string) {
				t.Helper()
				for _, table := range tables {
					var rows []map[string]any
					testkit.Must(t, s.DB.Query(ctx).Table(table).Find(&rows).Error)
					for _, row := range rows {
						for col, v := range row {
							if mine[fmt.Sprint(v)] {
								t.Fatalf("%s.%s names an invitation or a parent", table, col)
							}
						}
					}
				}
			}
			beside := []string{"inbox", "marks", "envelopes", "comments", "slips", "receipts", "tallies", "names", "followed", "responses"}
			apart(beside...)

			r = s.CloseAndSettle(r)
			apart(beside...)
			tables, err := s.DB.Columns(ctx)
			testkit.Must(t, err)
			for table := range tables {
				if table != "people" && table != "families" {
					apart(table)
				}
			}
			if s.DB.Kind() == storage.SQLite {
				var file string
				testkit.Must(t, s.DB.Query(ctx).Raw("SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&file).Error)
				for _, name := range []string{file, file + "-wal"} {
					data, _ := os.ReadFile(name)
					for _, inv := range invited {
						if strings.Contains(string(data), inv.ID) {
							t.Fatalf("%s holds an invitation", name[len(file):])
						}
					}
				}
			} else {
				for _, table := range []string{"marks", "envelopes", "responses", "comments", "slips", "receipts"} {
					var n int
					testkit.Must(t, s.DB.Query(ctx).Raw("SELECT count(DISTINCT xmin::text) FROM "+table+" WHERE round_id = ?", r.ID).Row().Scan(&n))
					if n != 1 {
						t.Errorf("%s was written by %d transactions: they tell an order", table, n)
					}
				}
			}
			var lie []string
			testkit.Must(t, s.DB.Query(ctx).Raw("SELECT r.answers FROM envelopes e JOIN marks m ON m.round_id = e.round_id AND m.tie = e.id JOIN responses r ON r.round_id = m.round_id AND r.id = m.id WHERE e.round_id = ?", r.ID).Scan(&lie).Error)
			var came []int
			for _, text := range lie {
				came = append(came, slices.Index(order, text))
			}
			if rho := rankCorrelation(came); len(came) != 80 || rho > 0.4 || rho < -0.4 {
				t.Errorf("%d envelopes follow the order of arrival: rho = %.2f", len(came), rho)
			}

			// The envelopes: of one length, and whose each is, to those who may know.
			var envelopes []envelope.Envelope
			testkit.Must(t, s.DB.Query(ctx).Where("round_id = ?", r.ID).Find(&envelopes).Error)
			by := map[string]envelope.Envelope{}
			for _, e := range envelopes {
				by[e.ID] = e
				if len(e.Body) != len(envelopes[0].Body) {
					t.Fatalf("envelopes of %d and %d characters", len(e.Body), len(envelopes[0].Body))
				}
			}
			if len(envelopes) != 160 {
				t.Fatalf("%d envelopes", len(envelopes))
			}
			inside := func(tie string, by map[string]envelope.Envelope) envelope.Inside {
				sealed := decoded(t, by[tie].Body)
				if policy == envelope.Two {
					if lead.Open(sealed) != nil {
						t.Fatal("the lead alone opens it")
					}
					sealed = chair.Open(sealed)
				} else if head.Open(sealed) != nil || chair.Open(sealed) != nil {
					t.Fatal("the head or the chair opens it, whom the promise does not name")
				}
				return s.Inside(deputy.Open(sealed))
			}
			marks, err := response.NewStore(s.DB).Marks(ctx, r.SchoolID, r.ID)
			testkit.Must(t, err)
			testkit.Must(t, response.NewStore(s.DB).Each(ctx, r.SchoolID, r.ID, func(row response.Response) error {
				in := inside(marks[row.ID].Tie, by)
				if in.Person != said[row.Answers] || in.Form != children[in.Person] || in.Kind != envelope.Answer || in.Name == "" {
					t.Fatalf("%+v is not whoever gave this answer", in)
				}
				return nil
			}))
			queue, err := safeguard.NewStore(s.DB, s.Key).Queue(ctx, safeguard.NewReader(lead.Actor, nil), r.ID)
			testkit.Must(t, err)
			for _, o := range queue {
				if in := inside(o.Tie, by); in.Person != wrote[o.Words] || in.Kind != envelope.Comment {
					t.Errorf("%q is said to be by %+v", o.Words, in)
				}
			}
			if len(queue) != 80 {
				t.Errorf("%d comments", len(queue))
			}
		})
	}
}
