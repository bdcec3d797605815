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
	"earshot/internal/base/storage"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/participation"
	"earshot/internal/school/roster"
	"earshot/internal/testkit"
)

// lateFamily is a parent whose address is found when the others have been invited.
const lateFamily = "Zoe Zand: Kid Zand 7F"

// inviteLate invites that parent alone and returns who they are and the code of their link. Somebody who owns the database and not the
// server's key, and has kept a copy from before, looks on: slips are as they were, to the row, so that the new invitation has
// nothing beside it.
func inviteLate(t *testing.T, s *testkit.School, r round.Round) (person, code string) {
	t.Helper()
	ctx := context.Background()
	columns := "hash, unit_id, kind, spent"
	if s.DB.Kind() == storage.Postgres {
		columns += ", xmin::text AS xmin, ctid::text AS ctid"
	}
	slips := func() (rows []map[string]any) {
		testkit.Must(t, s.DB.Query(ctx).Raw("SELECT "+columns+" FROM slips WHERE round_id = ? ORDER BY hash", r.ID).Find(&rows).Error)
		return rows
	}
	families, err := roster.NewStore(s.DB).Families(ctx, r.SchoolID)
	testkit.Must(t, err)
	for _, f := range families {
		if f.Parent.Given == "Zoe" {
			person = f.Parent.ID
		}
	}
	// Not by hand on a page, after which the trail would name whose address was changed.
	testkit.Must(t, s.DB.Write(ctx).Model(&roster.Person{}).Where("school_id = ? AND id = ?", r.SchoolID, person).Update("email", "zoe@home.example").Error)
	before := slips()
	if n, err := participation.NewStore(s.DB, s.Key).Invite(ctx, s.Head, r, 2); n != 1 || err != nil {
		t.Fatalf("%d invited late, %v", n, err)
	}
	if after := slips(); len(before) < 90 || fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("a late invitation changed the slips: %d before, %d after", len(before), len(after))
	}
	codes := letters(s, r)[person]
	if len(codes) != 1 {
		t.Fatalf("%d links", len(codes))
	}
	return person, codes[0]
}

// TestDatabaseAdministratorAndMailedSlips plays somebody who owns the database and the server's key after a round by
// e-mail has settled, who ran the mail server and so knows every parent's link, and who watched in which order people
// answered. They know who holds which slip: it must not lead them to what anybody said. Then they lose the mail server's
// copies, and not even who answered can be told.
func TestDatabaseAdministratorAndMailedSlips(t *testing.T) {
	s := testkit.NewSchool(t)
	ctx := context.Background()
	specs := testkit.ManyFamilies(90)
	for i := range 4 { // parents of children in two years: too few for a cell of their own
		specs = append(specs, fmt.Sprintf("Both B%d <b%d@home.example>: Kid K%d 7F, Kid L%d 9F", i, i, i, i))
	}
	specs = append(specs, lateFamily)
	r := s.Open(s.MailForm("first_home", s.Families(specs...)))
	st := participation.NewStore(s.DB, s.Key)
	_, err := st.Invite(ctx, s.Head, r, 2)
	testkit.Must(t, err)
	holder := map[string]string{} // slip -> person
	var codes []string
	invitations := map[string]string{}
	for {
		mails, err := st.TakeMails(ctx, 50)
		testkit.Must(t, err)
		if len(mails) == 0 {
			break
		}
		out, err := st.Letters(ctx, s.School, mails, "https://voice.example", s.Bank)
		testkit.Must(t, err)
		for _, o := range out {
			_, code, _ := strings.Cut(o.Letter.Links[0].URL, "#")
			codes = append(codes, code)
			holder[st.Hash(r.ID, code)] = o.Mail.PersonID
			testkit.Must(t, st.Done(ctx, o.Mail, o.Letter.Address, nil))
		}
	}
	var rows []participation.Invitation
	testkit.Must(t, s.DB.Query(ctx).Where("round_id = ?", r.ID).Find(&rows).Error)
	for _, inv := range rows {
		invitations[inv.ID] = inv.PersonID
	}
	if len(codes) != 94 || len(invitations) != 94 {
		t.Fatalf("%d codes, %d invitations", len(codes), len(invitations))
	}

	late, code := inviteLate(t, s, r)
	holder[st.Hash(r.ID, code)] = late
	codes = append([]string{code}, codes...)

	// Before settling: the two sides share no value but the round and the unit.
	c := collecting.NewCollector(s.DB, s.Key)
	t.Cleanup(c.Stop)
	rng := rand.New(rand.NewPCG(5, 6))
	doc := s.Doc(r)
	place, said := map[string]int{}, map[string]string{} // answers -> order of arrival, and whose they are
	for i, code := range codes[:80] {
		answers := testkit.Choose(rng, doc)
		text, err := answers.Encode()
		testkit.Must(t, err)
		if _, twice := place[string(text)]; twice {
			t.Fatal("two equal answers: choose another seed")
		}
		place[string(text)], said[string(text)] = i, holder[st.Hash(r.ID, code)]
		out, err := c.Submit(ctx, r, collecting.Sending{Code: code, Receipt: fmt.Sprint("r", i), Answers: answers, Route: "own_device"})
		if out != collecting.Stored || err != nil {
			t.Fatal(out, err)
		}
	}
	r = s.CloseAndSettle(r)

	// 1. Nobody's name stands beside the round any more: a parent is on the roster, and nowhere else.
	families, err := roster.NewStore(s.DB).Families(ctx, r.SchoolID)
	testkit.Must(t, err)
	people := map[string]bool{}
	for _, f := range families {
		people[f.Parent.ID] = true
	}
	tables, err := s.DB.Columns(ctx)
	testkit.Must(t, err)
	for table := range tables {
		var found []map[string]any
		testkit.Must(t, s.DB.Query(ctx).Table(table).Find(&found).Error)
		for _, row := range found {
			for col, v := range row {
				text := fmt.Sprint(v)
				if people[text] && table != "people" && table != "families" {
					t.Fatalf("%s.%s names a parent after settling", table, col)
				}
				if _, ok := invitations[text]; ok {
					t.Fatalf("%s.%s holds an invitation after settling", table, col)
				}
			}
		}
	}

	// 2. Nor in the files: with an invitation and the key somebody could make the slip again.
	if s.DB.Kind() == storage.SQLite {
		var file string
		testkit.Must(t, s.DB.Query(ctx).Raw("SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&file).Error)
		for _, name := range []string{file, file + "-wal"} {
			data, err := os.ReadFile(name)
			if err != nil {
				continue
			}
			for id := range invitations {
				if strings.Contains(string(data), id) {
					t.Fatalf("%s holds an invitation", name[len(file):])
				}
			}
		}
	}

	// 3. Knowing whose slip is whose, no order leads from slips to responses: laid side by side they agree with what was
	// said no better than chance, within one cell as within all.
	type response struct{ Answers, CellID string }
	type slip struct {
		Hash, UnitID string
		Spent        bool
	}
	orders := []string{"", "ORDER BY 1"}
	if s.DB.Kind() == storage.Postgres {
		orders = append(orders, "ORDER BY ctid")
		for _, table := range []string{"slips", "responses", "receipts"} {
			var n int
			testkit.Must(t, s.DB.Query(ctx).Raw("SELECT count(DISTINCT xmin::text) FROM "+table+" WHERE round_id = ?", r.ID).Row().Scan(&n))
			if n != 1 {
				t.Errorf("%s was written by %d transactions: they tell an order", table, n)
			}
		}
	}
	for _, a := range orders {
		for _, b := range orders {
			var responses []response
			var slips []slip
			byID, byHash := strings.Replace(a, "1", "id", 1), strings.Replace(b, "1", "hash", 1)
			testkit.Must(t, s.DB.Query(ctx).Raw("SELECT answers, cell_id FROM responses WHERE round_id = ? "+byID, r.ID).Scan(&responses).Error)
			testkit.Must(t, s.DB.Query(ctx).Raw("SELECT hash, unit_id, spent FROM slips WHERE round_id = ? "+byHash, r.ID).Scan(&slips).Error)
			if len(responses) != 80 || len(slips) != 94+6*participation.Ready(0) {
				t.Fatalf("%d responses, %d slips", len(responses), len(slips))
			}
			slips = slices.DeleteFunc(slips, func(sl slip) bool { return !sl.Spent })
			hits := 0
			var ranks []int
			for i, resp := range responses {
				ranks = append(ranks, place[resp.Answers])
				if said[resp.Answers] == holder[slips[i].Hash] {
					hits++
				}
			}
			if hits > 6 { // one is expected; seven happen once in a hundred thousand times
				t.Errorf("%q beside %q: %d of 80 responses lie where their slips lie", a, b, hits)
			}
			if rho := rankCorrelation(ranks); rho > 0.4 || rho < -0.4 {
				t.Errorf("responses %q follow the order of arrival: %.2f", a, rho)
			}
		}
	}

	// 4. No cell is so small that its slips and its responses are pairs; the four of two years went elsewhere.
	cells := map[string]int{}
	var all []response
	testkit.Must(t, s.DB.Query(ctx).Raw("SELECT answers, cell_id FROM responses WHERE round_id = ?", r.ID).Scan(&all).Error)
	for _, resp := range all {
		cells[resp.CellID]++
	}
	for id, n := range cells {
		if n < collecting.JoinLeast {
			t.Errorf("the cell %s holds %d", id, n)
		}
	}
}
