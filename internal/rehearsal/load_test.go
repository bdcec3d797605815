package rehearsal_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/listen/collecting"
	"earshot/internal/rehearsal"
	"earshot/internal/testkit"
	"earshot/internal/web"
	"earshot/internal/web/page"
)

func loadSchool(t *testing.T, people int) (rehearsal.LoadSchool, []*rehearsal.Pupil) {
	t.Helper()
	b, err := bank.Load()
	testkit.Must(t, err)
	s, err := rehearsal.FoundLoadSchool(context.Background(), testkit.DB(t), testkit.Key(t), b, people)
	testkit.Must(t, err)
	pupils, err := rehearsal.Pupils(s.Doc, s.Codes, 1)
	testkit.Must(t, err)
	return s, pupils
}

func TestLoadMakesTheWholeJourneyAndChecksEveryAnswer(t *testing.T) {
	ctx := context.Background()
	s, pupils := loadSchool(t, 70)
	collector := collecting.NewCollector(s.DB, s.Key)
	defer collector.Stop()
	built, err := web.New(&page.Kit{DB: s.DB, Key: s.Key, Bank: s.Bank, Collector: collector, BaseURL: "http://x", Log: slog.New(slog.DiscardHandler)}, web.Options{})
	testkit.Must(t, err)
	paths := map[string]int{}
	counted := make(chan string, 10000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		counted <- r.Method + " " + r.URL.Path
		built.Echo.ServeHTTP(w, r)
	}))
	defer server.Close()
	r, err := rehearsal.Load(ctx, rehearsal.LoadOptions{URL: server.URL, Clients: 7, Warm: true}, s.Round.Code, pupils)
	testkit.Must(t, err)
	close(counted)
	for path := range counted {
		if strings.HasPrefix(path, "GET /static/") {
			path = "GET /static/"
		}
		paths[path]++
	}
	at := "/a/" + s.Round.Code
	if paths["GET "+at] != 70 || paths["POST "+at+"/task"] != 70 || paths["POST "+at] != 70 || paths["GET /healthz"] != 7 {
		t.Errorf("asked for %v", paths)
	}
	if paths["GET /static/"] != 7*(r.FirstView.Requests-1) || r.FirstView.Requests < 2 || r.FirstView.Bytes < 5000 {
		t.Errorf("%d files for 7 devices, first view %+v", paths["GET /static/"], r.FirstView)
	}
	v, err := s.Verify(ctx, pupils)
	testkit.Must(t, err)
	if r.Stored != 70 || !v.OK() || v.Stored != 70 || v.Acknowledged != 70 {
		t.Errorf("%+v %+v", r, v)
	}

	// What the check is for: one answer gone, one stored twice, one that nobody sent, one slip given back.
	spoil := func(statement string, spoilt func(rehearsal.Verdict) bool) {
		t.Helper()
		testkit.Must(t, s.DB.Write(ctx).Exec(statement).Error)
		v, err := s.Verify(ctx, pupils)
		testkit.Must(t, err)
		if v.OK() || !spoilt(v) {
			t.Errorf("%s: %+v", statement, v)
		}
	}
	spoil("DELETE FROM inbox WHERE id = (SELECT min(id) FROM inbox)", func(v rehearsal.Verdict) bool { return v.Lost == 1 })
	spoil("INSERT INTO inbox SELECT school_id, round_id, 'another', cell_id, answers, pace FROM inbox WHERE id = (SELECT max(id) FROM inbox)",
		func(v rehearsal.Verdict) bool { return v.Double == 1 })
	spoil("UPDATE inbox SET answers = '{}' WHERE id = 'another'", func(v rehearsal.Verdict) bool { return v.Strange == 1 })
	spoil("DELETE FROM inbox WHERE id = 'another'", func(v rehearsal.Verdict) bool { return v.Stored == 69 && v.Spent == 70 })
}

func TestLoadKeepsAwayFromSchools(t *testing.T) {
	s := testkit.NewSchool(t)
	if _, err := rehearsal.FoundLoadSchool(context.Background(), s.DB, s.Key, s.Bank, 10); !errors.Is(err, rehearsal.ErrNotForLoad) {
		t.Errorf("made-up answers in a school: %v", err)
	}
	load, _ := loadSchool(t, 10)
	first := load.Round.ID
	again, err := rehearsal.FoundLoadSchool(context.Background(), load.DB, load.Key, load.Bank, 40)
	testkit.Must(t, err)
	if again.Round.ID == first || len(again.Codes) != 40 || again.Head.School != load.Head.School {
		t.Errorf("a second time in the same school: %+v", again)
	}
}

func TestPupilsSayDifferentThingsAndTheSameEachTime(t *testing.T) {
	s, pupils := loadSchool(t, 300)
	again, err := rehearsal.Pupils(s.Doc, s.Codes, 1)
	testkit.Must(t, err)
	said := map[string]bool{}
	for i, p := range pupils {
		if p.Answers != again[i].Answers || p.Receipt != again[i].Receipt {
			t.Fatalf("pupil %d changes their mind", i)
		}
		said[p.Answers] = true
	}
	if len(said) != 300 {
		t.Errorf("%d of 300 pupils say something of their own", len(said))
	}
}

func TestServersFarAwayAnswerLater(t *testing.T) {
	near := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(strings.Repeat("far ", 20_000)))
	}))
	defer near.Close()
	const rtt = 60 * time.Millisecond
	client := rehearsal.FarClient(rtt)
	for range 3 {
		began := time.Now()
		resp, err := client.Get(near.URL)
		testkit.Must(t, err)
		body := make([]byte, 100_000)
		n := 0
		for err == nil {
			var m int
			m, err = resp.Body.Read(body[n:])
			n += m
		}
		resp.Body.Close()
		if n != 80_000 {
			t.Errorf("%d bytes arrived", n)
		}
		if took := time.Since(began); took < rtt {
			t.Errorf("there and back in %v", took)
		}
	}
}
