package web_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"earshot/internal/ask/round"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/show/result"
	"earshot/internal/testkit"
)

// union is a trust of this school and four others, and all that may be read of it.
type union struct {
	wordings []string
	pairs    map[[2]int]bool // "x of n"
	others   []string        // ids of the other schools and their rounds, which stand nowhere
	read     int             // sums that were read
}

// trust puts the school into a trust with others that ask some of the same, and works out from all their releases what may be
// read of it: sums over four schools or more.
func (e *everything) trust() {
	e.T.Helper()
	ctx := context.Background()
	t, err := roster.NewStore(e.DB).CreateTrust(ctx, "Northfield Trust")
	testkit.Must(e.T, err)
	e.union = &union{pairs: map[[2]int]bool{}}
	testkit.Must(e.T, roster.NewStore(e.DB).JoinTrust(ctx, e.Head, t.ID))
	rounds := []round.Round{}
	for _, a := range e.rounds {
		if a.rel.Purpose == access.ForSchool && !a.rel.Open {
			rounds = append(rounds, a.round)
		}
	}
	for i, name := range []string{"Ashdown", "Birchwood", "Coverdale", "Denholm"} {
		other := testkit.FoundSchool(e.T, e.DB, e.Key, e.Clock, name+" School")
		testkit.Must(e.T, roster.NewStore(e.DB).JoinTrust(ctx, other.Head, t.ID))
		e.union.others = append(e.union.others, other.School.SchoolID)
		r := other.Publish(e.collector, "first_say", uint64(i))
		rounds, e.union.others = append(rounds, r), append(e.union.others, r.ID)
	}
	testkit.Must(e.T, e.SumTrusts())
	for i := range e.cast { // days have gone by
		if who := e.cast[i].who; who.SignedIn() {
			e.cast[i].cookie = e.as(who).Value
		}
	}
	type total struct{ schools, x, n int }
	sums, first := map[string]total{}, map[string]bool{}
	for _, r := range rounds { // in the order in which they were published
		rel, err := result.NewStore(e.DB, e.Key, e.Bank).Latest(ctx, r.SchoolID, r.ID)
		testkit.Must(e.T, err)
		for _, q := range rel.Questions {
			row, ok := q.Row(rel.School().Unit)
			if !ok || row.Share == nil || row.Share.OfAll || first[q.Wording+r.SchoolID] {
				continue
			}
			first[q.Wording+r.SchoolID] = true
			was := sums[q.Wording]
			sums[q.Wording] = total{was.schools + 1, was.x + row.Share.X, was.n + row.Share.N}
		}
	}
	for wording, sum := range sums {
		e.union.wordings = append(e.union.wordings, wording) // asking for those without a sum must give nothing
		if sum.schools >= result.TrustSchools {
			e.union.pairs[[2]int{sum.x, sum.n}] = true
		}
	}
	if len(e.union.pairs) < 3 {
		e.T.Fatalf("only %d sums: the test looks at nothing", len(e.union.pairs))
	}
}

// ofTrust says whether an address is the trust's.
func ofTrust(url string) bool {
	return strings.HasPrefix(url, "/trust") || strings.HasPrefix(url, "/api/v1/trust")
}

// trustRead reads what somebody is shown of the trust: sums that the test has worked out itself, to those who may read them.
func (e *everything) trustRead(url, kind, body string, r reader) {
	bad := func(what string, detail any) { e.T.Errorf("%s as %s: %s: %v", url, r.name, what, detail) }
	if !r.who.Is(access.TrustAnalyst, access.Head, access.Leader, access.Governor) {
		bad("not for them", "")
	}
	for _, id := range e.union.others {
		if strings.Contains(body, id) {
			bad("the id of a school or of its round", id)
		}
	}
	switch {
	case strings.Contains(kind, "csv"):
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
		testkit.Must(e.T, err)
		for _, row := range rows[1:] {
			e.trustPair(url, row[9]+" of "+row[8], r)
		}
	case strings.Contains(kind, "json"):
		var got struct{ Sums []result.TrustSum }
		testkit.Must(e.T, json.Unmarshal([]byte(body), &got))
		for _, sum := range got.Sums {
			e.trustPair(url, fmt.Sprintf("%d of %d", sum.Row().Share.X, sum.Row().Share.N), r)
			all := 0
			for _, b := range sum.Row().Bars {
				if all += b.Count; b.Count < 3 {
					bad("a small bar", b)
				}
			}
			if len(sum.Row().Bars) > 0 && all != sum.Row().N {
				bad("bars that do not add up", sum.Row())
			}
			if len(sum.Question.Rows) != 1 || sum.Question.Public != nil || sum.Question.Before != nil {
				bad("rows that are not the sum's", sum.Question)
			}
		}
	default:
		text := strings.ReplaceAll(tags.ReplaceAllString(body, " "), "\u00a0", " ")
		for _, m := range ofPairs.FindAllString(text, -1) {
			e.trustPair(url, m, r)
		}
		for _, m := range numCell.FindAllStringSubmatch(body, -1) {
			if n, _ := strconv.Atoi(m[1]); n < 3 {
				bad("a small number", m[1])
			}
		}
	}
}

func (e *everything) trustPair(url, said string, r reader) {
	var x, n int
	if _, err := fmt.Sscanf(said, "%d of %d", &x, &n); err != nil || !e.union.pairs[[2]int{x, n}] {
		e.T.Errorf("%s as %s says %q, which is no sum over enough schools", url, r.name, said)
	}
	e.union.read++
}
