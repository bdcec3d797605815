package result_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/schedule"
	"earshot/internal/school/roster"
	"earshot/internal/show/result"
	"earshot/internal/testkit"
)

// union is several schools in two trusts, whose rounds are published, and who join and leave as chance has it.
type union struct {
	t      *testing.T
	rng    *rand.Rand
	home   *testkit.School
	cast   []*testkit.School
	trusts []roster.Trust
	clock  schedule.Clock
	truth  map[string]result.Total // round -> its line
	seen   map[string][]saw        // trust -> all sums that were ever there
}

// saw is one sum as somebody saw it.
type saw struct {
	rounds []string
	x, n   int
}

const trustWording = "learn_s_ask"

func newUnion(t *testing.T, seed uint64, schools int) *union {
	t.Helper()
	ctx := context.Background()
	u := &union{t: t, rng: rand.New(rand.NewPCG(seed, 23)), home: testkit.NewSchool(t), truth: map[string]result.Total{}, seen: map[string][]saw{}}
	u.clock = schedule.Clock{DB: u.home.DB, Key: u.home.Key, Bank: u.home.Bank}
	u.cast = []*testkit.School{u.home}
	for i := 1; i < schools; i++ {
		u.cast = append(u.cast, testkit.FoundSchool(t, u.home.DB, u.home.Key, u.home.Clock, fmt.Sprint("School ", i)))
	}
	for _, name := range []string{"North", "South"} {
		made, err := roster.NewStore(u.home.DB).CreateTrust(ctx, name)
		testkit.Must(t, err)
		u.trusts = append(u.trusts, made)
	}
	for _, s := range u.cast {
		_, err := s.Rounds().SaveDraft(ctx, s.Head, "", s.Form(s.Survey("first_say"), s.Forms("9A 27")))
		testkit.Must(t, err)
	}
	return u
}

// publish gives a school one more published round, of which there is a line about the one wording.
func (u *union) publish(s *testkit.School, favourable, answered int) {
	u.t.Helper()
	ctx := context.Background()
	var r round.Round
	testkit.Must(u.t, s.DB.Query(ctx).Where("school_id = ?", s.School.SchoolID).Order("created_at").Take(&r).Error)
	now := s.DB.Now()
	r.ID, r.Code, r.State, r.ClosedAt, r.PublishedAt = fmt.Sprint("round", len(u.truth)), fmt.Sprint("C", len(u.truth)), round.Published, &now, &now
	testkit.Must(u.t, s.DB.Write(ctx).Create(&r).Error)
	item := u.home.Bank.Items[0]
	marker := result.Total{SchoolID: r.SchoolID, RoundID: r.ID, Voice: result.VoicePupils, Year: result.SchoolYear(now), Answered: answered, Asked: answered}
	line := marker
	line.QuestionID, line.Item, line.Wording, line.Favourable = "q1", item.ID, trustWording, favourable
	body, err := json.Marshal(result.Question{Item: item.ID, Wording: trustWording, Text: item.Text, Rows: []result.Row{{Unit: "trust", N: answered,
		Bars: []result.Bar{{Options: []int{0}, Count: answered - favourable}, {Options: []int{1}, Count: favourable}}}}})
	testkit.Must(u.t, err)
	line.Body = string(body)
	testkit.Must(u.t, s.DB.Write(ctx).Create(&[]result.Total{marker, line}).Error)
	u.truth[r.ID] = line
}

// tick lets the clock go, and keeps what can be read then.
func (u *union) tick() {
	u.t.Helper()
	ctx := context.Background()
	testkit.Must(u.t, u.clock.SumTrusts(ctx))
	var rows []result.StoredSum
	testkit.Must(u.t, u.home.DB.Query(ctx).Where("wording <> ''").Find(&rows).Error)
	for _, row := range rows {
		var counted map[string]string
		testkit.Must(u.t, json.Unmarshal([]byte(row.Counted), &counted))
		var sum result.TrustSum
		testkit.Must(u.t, json.Unmarshal([]byte(row.Body), &sum))
		s := saw{x: sum.Row().Share.X, n: sum.Row().Share.N}
		x, n := 0, 0
		for school, id := range counted {
			line := u.truth[id]
			if line.SchoolID != school {
				u.t.Fatalf("round %s is not of school %s", id, school)
			}
			x, n, s.rounds = x+line.Favourable, n+line.Answered, append(s.rounds, id)
		}
		slices.Sort(s.rounds)
		if x != s.x || n != s.n || sum.Schools != len(counted) {
			u.t.Fatalf("edition %d says %d of %d in %d schools; in truth it is %d of %d in %d", row.Edition, s.x, s.n, sum.Schools, x, n, len(counted))
		}
		if !slices.ContainsFunc(u.seen[row.TrustID], func(had saw) bool { return slices.Equal(had.rounds, s.rounds) }) {
			u.seen[row.TrustID] = append(u.seen[row.TrustID], s)
		}
	}
}

// reaches says whether somebody who knows some sums and all of their own school can work out a number that hangs on at most two
// other schools: the sum of the two, their difference, one of them. It asks whether the space spanned by what they know, with
// those schools' columns and their own taken away, is smaller than with their own taken away alone.
func reaches(sums []saw, truth map[string]result.Total, own string) (schools []string, leak bool) {
	var ids, names []string
	for id, line := range truth {
		ids = append(ids, id)
		if line.SchoolID != own && !slices.Contains(names, line.SchoolID) {
			names = append(names, line.SchoolID)
		}
	}
	slices.Sort(ids)
	slices.Sort(names)
	rank := func(without ...string) int {
		var rows [][]*big.Rat
		for _, s := range sums {
			row := []*big.Rat{}
			for _, id := range ids {
				if slices.Contains(without, truth[id].SchoolID) {
					continue
				}
				v := int64(0)
				if slices.Contains(s.rounds, id) {
					v = 1
				}
				row = append(row, big.NewRat(v, 1))
			}
			rows = append(rows, row)
		}
		return rankOf(rows)
	}
	all := rank(own)
	for i, a := range names {
		for _, b := range names[i:] {
			if rank(own, a, b) < all {
				return []string{a, b}, true
			}
		}
	}
	return nil, false
}

func rankOf(rows [][]*big.Rat) (rank int) {
	if len(rows) == 0 {
		return 0
	}
	for c := range rows[0] {
		pivot := slices.IndexFunc(rows[rank:], func(r []*big.Rat) bool { return r[c].Sign() != 0 })
		if pivot < 0 {
			continue
		}
		rows[rank], rows[rank+pivot] = rows[rank+pivot], rows[rank]
		for i := rank + 1; i < len(rows); i++ {
			if rows[i][c].Sign() == 0 {
				continue
			}
			f := new(big.Rat).Quo(rows[i][c], rows[rank][c])
			for j := range rows[i] {
				rows[i][j].Sub(rows[i][j], new(big.Rat).Mul(f, rows[rank][j]))
			}
		}
		if rank++; rank == len(rows) {
			break
		}
	}
	return rank
}

// TestSumsOfATrustPointAtNoSchool lets schools publish, join, leave and change trusts for some terms, keeps every sum that could
// ever be read, and solves: nobody, with all they saw of both trusts and with their own school's numbers, can work out
// anything about one or two other schools.
func TestSumsOfATrustPointAtNoSchool(t *testing.T) {
	sums := 0
	for seed := range uint64(4) {
		u := newUnion(t, seed, 16)
		ctx := context.Background()
		in := make([]int, len(u.cast)) // 0 for none, else which trust
		for range 130 {
			i := u.rng.IntN(len(u.cast))
			s := u.cast[i]
			ro := roster.NewStore(s.DB)
			switch what := u.rng.IntN(10); {
			case what < 5:
				n := 60 + u.rng.IntN(160)
				u.publish(s, 3+u.rng.IntN(n-5), n)
			case in[i] == 0:
				in[i] = 1 + u.rng.IntN(6)/5
				testkit.Must(t, ro.JoinTrust(ctx, s.Head, u.trusts[in[i]-1].ID))
			case what == 9:
				in[i] = 0
				testkit.Must(t, ro.LeaveTrust(ctx, s.Head))
			}
			u.home.Clock.Forward(time.Duration(u.rng.IntN(120)) * time.Hour)
			u.tick()
		}
		var everything []saw
		for _, list := range u.seen {
			everything = append(everything, list...)
		}
		sums += len(everything)
		for _, s := range u.cast {
			if schools, leak := reaches(everything, u.truth, s.School.SchoolID); leak {
				t.Errorf("seed %d: the head of %s can work something out about %v alone", seed, s.School.Name, schools)
			}
		}
	}
	if sums < 12 {
		t.Errorf("only %d sums were made: the test looks at nothing", sums)
	}
	t.Logf("%d sums", sums)
}

// The solver itself must find what there is to find.
func TestTheSolverFindsASchool(t *testing.T) {
	truth := map[string]result.Total{}
	for _, id := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		truth[id] = result.Total{SchoolID: id}
	}
	of := func(ids ...string) saw { return saw{rounds: ids} }
	for _, c := range []struct {
		name string
		sums []saw
		own  string
		want bool
	}{
		{"one sum of four", []saw{of("a", "b", "c", "d")}, "a", false},
		{"one sum of three, one is one's own", []saw{of("a", "b", "c")}, "a", true},
		{"one more school came", []saw{of("a", "b", "c", "d"), of("a", "b", "c", "d", "e")}, "a", true},
		{"three more came, one is one's own", []saw{of("a", "b", "c", "d"), of("a", "b", "c", "d", "e", "f", "g")}, "e", true},
		{"four more came", []saw{of("a", "b", "c", "d"), of("a", "b", "c", "d", "e", "f", "g", "h")}, "e", false},
		{"counted in two trusts", []saw{of("a", "b", "c", "d"), of("a", "b", "c", "e")}, "a", true},
	} {
		if _, got := reaches(c.sums, truth, c.own); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// A sum waits for four schools, for enough people beside the largest, and for four more; what is counted stays counted.
func TestWhenASumIsMade(t *testing.T) {
	ctx := context.Background()
	u := newUnion(t, 9, 10)
	trust := u.trusts[0].ID
	results := result.NewStore(u.home.DB, u.home.Key, u.home.Bank)
	year := result.SchoolYear(u.home.DB.Now())
	join := func(s *testkit.School) { testkit.Must(t, roster.NewStore(s.DB).JoinTrust(ctx, s.Head, trust)) }
	expect := func(what string, schools, edition, x, n int) {
		t.Helper()
		u.home.Clock.Forward(time.Hour)
		u.tick()
		list, err := results.TrustSums(ctx, trust, result.VoicePupils, year)
		testkit.Must(t, err)
		if schools == 0 {
			if len(list) > 0 {
				t.Errorf("%s: there is a sum of %d schools", what, list[0].Schools)
			}
			return
		}
		if len(list) != 1 {
			t.Fatalf("%s: %d sums", what, len(list))
		}
		if s := list[0]; s.Schools != schools || s.Edition != edition || s.Row().Share.X != x || s.Row().Share.N != n {
			t.Errorf("%s: %d schools, edition %d, %d of %d", what, s.Schools, s.Edition, s.Row().Share.X, s.Row().Share.N)
		}
	}
	for _, s := range u.cast[:3] {
		join(s)
		u.publish(s, 20, 50)
	}
	expect("three schools", 0, 0, 0, 0)
	u.publish(u.cast[3], 30, 50)
	expect("the fourth has not joined", 0, 0, 0, 0)
	join(u.cast[3])
	expect("four", 4, 1, 90, 200)
	u.publish(u.cast[0], 10, 40)
	expect("one asks again in the year", 4, 1, 90, 200)
	for _, s := range u.cast[4:7] {
		join(s)
		u.publish(s, 10, 20)
	}
	expect("three more", 4, 1, 90, 200)
	testkit.Must(t, roster.NewStore(u.home.DB).LeaveTrust(ctx, u.cast[1].Head))
	join(u.cast[7])
	u.publish(u.cast[7], 100, 2000)
	expect("four more, of which one is nearly all", 4, 1, 90, 200)
	join(u.cast[8])
	u.publish(u.cast[8], 100, 600)
	expect("two are nearly all", 4, 1, 90, 200)
	join(u.cast[9])
	u.publish(u.cast[9], 100, 500)
	expect("six more; who left stays counted", 10, 2, 420, 3360)
	list, err := results.TrustSums(ctx, trust, result.VoicePupils, year)
	testkit.Must(t, err)
	// Shares: 0.05, 0.17, 0.2, 0.4, 0.4, 0.4, 0.5, 0.5, 0.5, 0.6.
	if m := list[0].Middle; m == nil || m.Low != 20 || m.High != 50 {
		t.Errorf("the middle half is %+v", m)
	}
	bars := list[0].Row().Bars
	if len(bars) != 2 || bars[0].Count != 2940 || bars[1].Count != 420 {
		t.Errorf("bars: %+v", bars)
	}
	// The answers of one school are alike, so the interval is wider than that of as many answers by chance.
	if s := list[0].Row().Share; s.High-s.Low < 0.1 || s.Low > 0.125 || s.High < 0.125 {
		t.Errorf("the interval is %v to %v", s.Low, s.High)
	}
	took, err := results.TrustTook(ctx, trust)
	testkit.Must(t, err)
	if len(took) != 1 || took[0].Answered != 3360 || len(took[0].Schools) != 10 {
		t.Errorf("took part: %+v", took)
	}
}

// Three schools that go from one trust to another take no round with them that the first has counted: the two sums would tell
// the fourth of the one from the fourth of the other.
func TestARoundCountsForOneTrust(t *testing.T) {
	ctx := context.Background()
	u := newUnion(t, 11, 8)
	join := func(s *testkit.School, trust int) {
		testkit.Must(t, roster.NewStore(s.DB).JoinTrust(ctx, s.Head, u.trusts[trust].ID))
	}
	for i, s := range u.cast[:4] {
		join(s, 0)
		u.publish(s, 20+i, 50)
	}
	u.publish(u.cast[4], 30, 60) // in no trust yet
	u.home.Clock.Forward(time.Hour)
	u.tick()
	for _, s := range u.cast[:3] {
		testkit.Must(t, roster.NewStore(s.DB).LeaveTrust(ctx, s.Head))
		join(s, 1)
	}
	join(u.cast[4], 1)
	u.home.Clock.Forward(time.Hour)
	u.tick()
	if len(u.seen[u.trusts[0].ID]) != 1 || len(u.seen[u.trusts[1].ID]) != 0 {
		t.Fatalf("sums: %v", u.seen)
	}
	// What was published before the first trust of all counts for it, and so does what they publish now.
	for _, s := range u.cast[:3] {
		u.publish(s, 25, 70)
	}
	u.home.Clock.Forward(time.Hour)
	u.tick()
	if got := u.seen[u.trusts[1].ID]; len(got) != 1 || got[0].n != 270 || got[0].x != 105 {
		t.Errorf("the second trust's sums: %v", got)
	}
	if _, leak := reaches(append(slices.Clone(u.seen[u.trusts[0].ID]), u.seen[u.trusts[1].ID]...), u.truth, u.cast[0].School.SchoolID); leak {
		t.Error("the two sums tell one school from another")
	}
}
