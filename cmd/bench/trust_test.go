package main

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"testing"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/listen/response"
	"earshot/internal/school/roster"
	"earshot/internal/show/result"
	"earshot/internal/testkit"
)

func testBuilder(t *testing.T) *builder {
	t.Helper()
	clock := &clock{}
	loaded, err := bank.Load()
	testkit.Must(t, err)
	b, err := newBuilder(testkit.DBAt(t, clock.now), clock, testkit.Key(t), loaded)
	testkit.Must(t, err)
	return b
}

// What is put into the database is what a person can have said, letter for letter as it would have been stored.
func TestMadeUpAnswersAreWrittenAsRealOnes(t *testing.T) {
	b := testBuilder(t)
	rng := rand.New(rand.NewPCG(1, 2))
	for about, doc := range b.docs {
		if len(doc.Questions()) != questions {
			t.Errorf("about %s: %d questions", about, len(doc.Questions()))
		}
		crowd := newCrowd(doc)
		class := crowd.class(rng)
		different, skipped := map[string]bool{}, 0
		for range 300 {
			text := crowd.person(rng, class)
			answers, err := survey.DecodeAnswers([]byte(text))
			testkit.Must(t, err)
			if p := doc.Check(answers); len(p) > 0 {
				t.Fatalf("%v: %s", p, text)
			}
			again, err := answers.Encode()
			testkit.Must(t, err)
			if string(again) != text {
				t.Fatalf("written as\n%s\nand not as\n%s", text, again)
			}
			different[text] = true
			for _, a := range answers {
				if a.State == survey.Skipped {
					skipped++
				}
			}
		}
		if len(different) < 290 || skipped == 0 {
			t.Errorf("about %s: %d of 300 say something else, %d answers left out", about, len(different), skipped)
		}
	}
}

func TestBuilderMakesSchoolsWithPublishedRoundsAndATrustOfThem(t *testing.T) {
	ctx := context.Background()
	b := testBuilder(t)
	of := size{forms: 5, pupils: 26, answer: 24, rounds: 3}
	schools, err := b.build(ctx, 5, of)
	testkit.Must(t, err)
	trust, err := roster.NewStore(b.db).CreateTrust(ctx, "Test Trust")
	testkit.Must(t, err)
	for _, s := range schools {
		testkit.Must(t, roster.NewStore(b.db).JoinTrust(ctx, s.head, trust.ID))
		if len(s.rounds) != of.rounds || len(s.forms) != of.forms || len(s.classes) != of.forms || len(s.teachers) != teachersFor(of.forms) {
			t.Fatalf("%d rounds, %d forms, %d classes, %d teachers", len(s.rounds), len(s.forms), len(s.classes), len(s.teachers))
		}
		stored := 0
		for n, r := range s.rounds {
			inCell := map[string]int{}
			testkit.Must(t, response.NewStore(b.db).Each(ctx, r.SchoolID, r.ID, func(row response.Response) error {
				stored++
				inCell[row.CellID]++
				return nil
			}))
			if len(inCell) != of.forms || r.State != round.Published || r.About != about(n, of.rounds) {
				t.Errorf("round %d: %s, about %s, %d cells", n, r.State, r.About, len(inCell))
			}
			for cell, people := range inCell {
				if people != of.answer {
					t.Errorf("round %d: %d answers in cell %s", n, people, cell)
				}
			}
			rel, err := result.NewStore(b.db, b.key, b.bank).Latest(ctx, r.SchoolID, r.ID)
			testkit.Must(t, err)
			if g := rel.School(); len(rel.Questions) != questions || g.Answered != of.forms*of.answer || g.Asked != of.forms*of.pupils {
				t.Errorf("round %d: %d questions, %d of %d", n, len(rel.Questions), g.Answered, g.Asked)
			}
		}
		if stored != of.responses() {
			t.Errorf("%d responses, not %d", stored, of.responses())
		}
	}
	testkit.Must(t, b.sumTrusts(ctx))
	took, err := result.NewStore(b.db, b.key, b.bank).TrustTook(ctx, trust.ID)
	testkit.Must(t, err)
	if len(took) == 0 || len(took[0].Schools) != len(schools) {
		t.Errorf("summed: %+v", took)
	}
}

// Everybody sees the pages that are measured for them, and what a page costs stands in its headers.
func TestServerCountsWhatPagesAsk(t *testing.T) {
	ctx := context.Background()
	b := testBuilder(t)
	schools, err := b.build(ctx, 1, size{forms: 5, pupils: 26, answer: 24, rounds: 3})
	testkit.Must(t, err)
	handler, end, err := counting(b.db, b.key, "http://x")
	testkit.Must(t, err)
	defer end()
	server := httptest.NewServer(handler)
	defer server.Close()
	pages, err := b.sightsOf(ctx, schools[0])
	testkit.Must(t, err)
	figures, err := b.figuresOf(ctx, schools[0])
	testkit.Must(t, err)
	for name, list := range pages {
		if len(list) == 0 {
			t.Fatalf("%s: no page", name)
		}
		first, err := list[0].get(ctx, server.URL)
		testkit.Must(t, err)
		again, err := list[0].get(ctx, server.URL)
		testkit.Must(t, err)
		if again.statements < 2 || again.statements > first.statements || again.allocated <= 0 || len(again.body) == 0 {
			t.Errorf("%s: %v and then %v statements, %v kB, %d bytes", name, first.statements, again.statements, again.allocated, len(again.body))
		}
	}
	for _, name := range []string{"class", "school", "question", "heat_map"} {
		if len(figures[name]) == 0 {
			t.Errorf("%s: no figure", name)
		}
	}
	nobody := visit{url: pages["school"][0].url, token: "nobody"}
	if _, err := nobody.get(ctx, server.URL); err == nil {
		t.Error("somebody who has not signed in sees a school's results")
	}
	res, err := http.Get(server.URL + "/healthz")
	testkit.Must(t, err)
	res.Body.Close()
	if res.Header.Get(headerStatements) != "0" {
		t.Errorf("a page that asks nothing: %q statements", res.Header.Get(headerStatements))
	}
}
