package web_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"earshot/internal/act/action"
	"earshot/internal/base/storage"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
	"earshot/internal/testkit"
	"earshot/internal/web/page"
)

// acted is what the school has done with what was said.
type acted struct {
	actions []string // ids
	packs   []string
	of      map[string]string // action -> its round's id
}

// act writes and publishes a reply to every round, lets everybody guess what they may look at, and makes a pack of every
// published round.
func (e *everything) act() {
	e.T.Helper()
	ctx := context.Background()
	st := action.NewStore(e.DB, e.Key, e.Bank)
	e.done = acted{of: map[string]string{}}
	form := url.Values{"title": {"Governors"}}
	for _, a := range e.rounds {
		r := a.round
		made, err := st.SaveAction(ctx, e.Head, r, "", action.Form{Answer: action.Trying, Heard: "Something.", Doing: "Something else.", OwnerID: e.Head.Person, Due: storage.DateOf(e.DB.Now().AddDate(0, 0, 9), r.Zone())})
		testkit.Must(e.T, err)
		testkit.Must(e.T, st.Publish(ctx, e.Head, r))
		e.done.actions, e.done.of[made.ID] = append(e.done.actions, made.ID), r.ID
		form.Add("rounds", r.ID)
		for _, reader := range e.cast {
			if !reader.who.SignedIn() {
				continue
			}
			view := result.View(a.rel, r, reader.who, a.owners, e.DB.Now())
			for _, g := range view.Groups {
				n := action.Note{Looked: true, Guesses: map[string]string{}, Enough: map[string]int{}}
				for _, q := range view.For(g.Unit) {
					n.Enough[q.ID] = 70
					if figure.Guessable(q) {
						n.Guesses[q.ID] = q.Options[0].Label
					}
				}
				testkit.Must(e.T, st.Keep(ctx, reader.who, r, g.Unit, n))
			}
		}
	}
	for _, reader := range e.cast {
		if reader.who.Account == e.Head.Account {
			if res, body := e.do("POST", "/packs", &http.Cookie{Name: page.SessionCookie, Value: reader.cookie}, form); res.StatusCode != http.StatusSeeOther {
				e.T.Fatalf("no pack: %d\n%s", res.StatusCode, body)
			}
		}
	}
	packs, err := st.Packs(ctx, e.Head)
	testkit.Must(e.T, err)
	for _, k := range packs {
		e.done.packs = append(e.done.packs, k.ID)
		var rounds []string
		testkit.Must(e.T, json.Unmarshal([]byte(k.Rounds), &rounds))
		if len(rounds) < 4 {
			e.T.Errorf("a pack of %d rounds tells too little to be a test", len(rounds))
		}
	}
}

// acts fills in the addresses of what was done; ok is false for every other route.
func (e *everything) acts(path string) (list []string, ok bool) {
	fill := func(list []string, name string, ids []string) (out []string) {
		for _, address := range list {
			for _, id := range ids {
				out = append(out, strings.Replace(address, name, id, 1))
			}
		}
		return out
	}
	switch {
	case strings.HasPrefix(path, "/replies/:id"):
		for _, a := range e.rounds {
			one := []string{strings.Replace(path, ":id", a.round.ID, 1)}
			if strings.Contains(path, ":action") {
				one = fill(one, ":action", e.done.actions)
			}
			if strings.Contains(path, ":language") {
				one = fill(one, ":language", []string{"pl"})
			}
			list = append(list, one...)
			if strings.HasSuffix(path, "/new") {
				for _, q := range a.questionIDs() {
					list = append(list, one[0]+"?question="+q)
				}
			}
		}
		return list, true
	case strings.HasPrefix(path, "/actions/:id"):
		return fill([]string{path}, ":id", e.done.actions), true
	case strings.HasPrefix(path, "/packs/:id"):
		return fill(fill([]string{path}, ":id", e.done.packs), ":file", []string{"pack.html", "pack.pptx"}), true
	case path == "/rounds/:id/look/:unit":
		for _, a := range e.rounds {
			for _, n := range []string{"", "?n=2"} {
				for _, unit := range a.unitIDs() {
					list = append(list, "/rounds/"+a.round.ID+"/look/"+unit+n)
				}
			}
		}
		return list, true
	}
	return nil, false
}

// roundOf is the round that an address of something done belongs to; empty if it names the round itself, or several.
func (e *everything) roundOf(address string) string {
	for id, of := range e.done.of {
		if slices.Contains(strings.Split(address, "/"), id) {
			return of
		}
	}
	return ""
}
