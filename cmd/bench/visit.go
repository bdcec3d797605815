package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/identity"
	"earshot/internal/web/page"
)

// visit is one page, asked for by somebody who has signed in.
type visit struct {
	url   string // without the server's address
	token string
}

// cost is what one request took: from asking until the last byte was here, and what the server says of it.
type cost struct {
	ms, statements, allocated float64 // allocated in kB
	body                      []byte
}

// costs are those of the same page many times.
type costs []cost

func (c costs) of(what func(cost) float64) []float64 {
	list := make([]float64, len(c))
	for i := range c {
		list[i] = what(c[i])
	}
	return list
}

func times(c cost) float64      { return c.ms }
func statements(c cost) float64 { return c.statements }
func memories(c cost) float64   { return c.allocated }

// p95 is what 95 in 100 stay under.
func p95(list []float64) float64 {
	list = slices.Sorted(slices.Values(list))
	return list[min(len(list)*95/100, len(list)-1)]
}

// visitor follows nobody elsewhere: a page for signing in is not what is measured.
var visitor = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// get visits a page of a server that counts.
func (v visit) get(ctx context.Context, server string) (cost, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, server+v.url, nil)
	if err != nil {
		return cost{}, err
	}
	req.AddCookie(&http.Cookie{Name: page.SessionCookie, Value: v.token})
	began := time.Now()
	res, err := visitor.Do(req)
	if err != nil {
		return cost{}, err
	}
	body, err := io.ReadAll(res.Body)
	took := time.Since(began)
	res.Body.Close()
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: status %d", v.url, res.StatusCode)
	}
	if err != nil {
		return cost{}, err
	}
	c := cost{ms: took.Seconds() * 1000, body: body}
	for header, to := range map[string]*float64{headerStatements: &c.statements, headerAllocated: &c.allocated} {
		if *to, err = strconv.ParseFloat(res.Header.Get(header), 64); err != nil {
			return c, fmt.Errorf("%s: %s: %w", v.url, header, err)
		}
	}
	c.allocated /= 1000
	return c, nil
}

// tour visits pages in turn, so many in all.
func tour(ctx context.Context, server string, pages []visit, n int) (list costs, err error) {
	for i := range n {
		c, err := pages[i%len(pages)].get(ctx, server)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

// classesSeen are how many classes of the first teacher are looked at.
const classesSeen = 2

// sights are the pages of one school that are measured, by name.
type sights map[string][]visit

// sightsOf are the pages of a school's newest rounds: of the classes of its first teacher, as that teacher; of the school,
// of one question and the workbook, as the head; of the trust, as its analyst.
func (b *builder) sightsOf(ctx context.Context, s *school) (sights, error) {
	token := func(who access.Actor) (string, error) {
		return identity.NewStore(b.db, b.key).StartSession(ctx, who.Account, who.School)
	}
	head, err := token(s.head)
	if err != nil {
		return nil, err
	}
	teacher, err := token(s.teachers[0])
	if err != nil {
		return nil, err
	}
	analyst, err := token(s.analyst)
	if err != nil {
		return nil, err
	}
	whole := "/rounds/" + s.newest(round.AboutSchool).ID
	found := sights{
		"home":     {{"/results", head}},
		"school":   {{whole + "/results", head}},
		"question": {{whole + "/questions/" + b.docs[round.AboutSchool].Questions()[0].ID, head}},
		"xlsx":     {{whole + "/results/files/results.xlsx", head}},
		"trust":    {{"/trust", analyst}},
	}
	classes := s.newest(round.AboutClasses)
	units, err := b.unitsOf(ctx, s, classes)
	for _, u := range units[:min(classesSeen, len(units))] {
		found["class"] = append(found["class"], visit{"/rounds/" + classes.ID + "/results/" + u.ID, teacher})
	}
	return found, err
}

// newest is the school's last round about something.
func (s *school) newest(of round.About) round.Round {
	for _, r := range slices.Backward(s.rounds) {
		if r.About == of {
			return r
		}
	}
	return round.Round{}
}

// unitsOf are the classes of a school's first teacher in a round.
func (b *builder) unitsOf(ctx context.Context, s *school, r round.Round) (mine []round.Unit, err error) {
	units, err := b.rounds().Units(ctx, r)
	if err != nil {
		return nil, err
	}
	owners, err := b.rounds().UnitReaders(ctx, r)
	for _, u := range units {
		if slices.Contains(owners[u.ID], s.teachers[0].Person) {
			mine = append(mine, u)
		}
	}
	return mine, err
}

// rest lets a database that was filled a moment ago come to itself.
func rest(ctx context.Context, db *storage.DB) error {
	if db.Kind() == storage.SQLite {
		return db.Write(ctx).Exec("PRAGMA wal_checkpoint(TRUNCATE)").Error
	}
	if err := db.Write(ctx).Exec("ANALYZE").Error; err != nil {
		return err
	}
	return db.Write(ctx).Exec("CHECKPOINT").Error
}
