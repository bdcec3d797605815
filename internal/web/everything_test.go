package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"earshot/internal/ask/round"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

func unitOf(id, parent, kind string) round.Unit {
	return round.Unit{ID: id, ParentID: parent, Kind: kind, Name: id, CellID: id}
}

// TestEverything asks every page and file for all it has, as everybody, over all rounds of a school. Whatever number is about
// people has to be in the release, true, for this reader, and neither one nor two; and all such numbers together, those of
// all readers, must not give away what one or two pupils of a class said, nor, in a round for learning and to any one reader,
// what somebody else's class said.
func TestEverything(t *testing.T) {
	e := newEverything(t, 1)
	e.trust()
	seen := e.walk(func(string) bool { return true })
	if e.union.read < 20 {
		t.Errorf("only %d sums of the trust were read", e.union.read)
	}
	for _, a := range e.rounds {
		e.solve(a, seen[a])
	}
	e.allHeard()
}

// The same for the tables alone, which hold every number, of other schools.
func TestEveryTable(t *testing.T) {
	for seed := range uint64(3) {
		e := newEverything(t, seed+2)
		seen := e.walk(func(url string) bool { return strings.HasSuffix(url, "/files/results.plain.csv") })
		for _, a := range e.rounds {
			e.solve(a, seen[a])
		}
	}
}

// elsewhere are pages with an id that have nothing to do with results: people, questions, texts, and answering.
var elsewhere = []string{"/set-up/:code", "/join/:code", "/people/", "/school/languages/", "/surveys/:id", "/concerns/", "/openings/", "/worries/:id", "/rounds/:id/named/:tie", "/a/:code", "/rounds/:id/preview", "/u/:token", "/c/:code/:door", "/digest/:token", "/static/*"}

// addresses are all addresses of a route. A route that this does not know how to fill fails the test: say here what its ids
// are.
func (e *everything) addresses(path string) (list []string) {
	for _, prefix := range elsewhere {
		if strings.HasPrefix(path, prefix) {
			return nil
		}
	}
	if acts, ok := e.acts(path); ok {
		return acts
	}
	list = []string{path}
	put := func(name string, values []string) {
		if !strings.Contains(path, name) {
			return
		}
		var out []string
		for _, url := range list {
			for _, v := range values {
				out = append(out, strings.Replace(url, name, v, 1))
			}
		}
		list = out
	}
	var gateways, endings []string
	for _, g := range e.Bank.Gateways {
		gateways = append(gateways, g.ID)
	}
	for _, ending := range []string{"plain.csv", "csv", "xlsx", "pptx", "html", "codebook.csv", "sps"} {
		endings = append(endings, "results."+ending)
	}
	if strings.HasPrefix(path, "/comments/:id") {
		list = nil
		for _, a := range e.rounds {
			list = append(list, strings.Replace(path, ":id", a.round.ID, 1))
		}
		var ids []string
		e.T.Helper()
		if err := e.DB.Query(context.Background()).Model(&safeguard.Comment{}).Limit(12).Pluck("id", &ids).Error; err != nil {
			e.T.Fatal(err)
		}
		put(":comment", ids)
		return list
	}
	if strings.Contains(path, "/rounds/:id") {
		list = nil
		for _, a := range e.rounds {
			one := []string{strings.Replace(path, ":id", a.round.ID, 1)}
			for name, ids := range map[string][]string{":unit": a.unitIDs(), ":question": a.questionIDs(), ":file": endings} {
				if strings.Contains(path, name) {
					var out []string
					for _, url := range one {
						for _, id := range ids {
							out = append(out, strings.Replace(url, name, id, 1))
						}
					}
					one = out
				}
			}
			if strings.HasSuffix(path, "/questions/:question") || strings.HasSuffix(path, "/words") {
				for _, url := range slices.Clone(one) {
					for _, u := range a.unitIDs() {
						one = append(one, url+"?unit="+u)
					}
				}
			}
			list = append(list, one...)
		}
	}
	put(":gateway", gateways)
	if ofTrust(path) {
		var wordings []string
		if e.union != nil {
			wordings = e.union.wordings
		}
		put(":wording", wordings)
		put(":file", []string{"sums.csv"})
		for _, url := range slices.Clone(list) {
			list = append(list, url+"?voice=pupils", url+"?voice=staff")
		}
	}
	if !strings.Contains(path, "/rounds/:id") {
		var codes []string
		for _, a := range e.rounds {
			codes = append(codes, a.round.Code)
		}
		put(":code", codes)
	}
	for _, url := range list {
		if strings.Contains(url, ":") || strings.Contains(url, "*") {
			e.T.Errorf("%s: this test does not know what the ids of this route are", path)
			return nil
		}
	}
	return list
}

func (a *asked) unitIDs() (ids []string) {
	for _, u := range a.units {
		ids = append(ids, u.ID)
	}
	return ids
}

func (a *asked) questionIDs() (ids []string) {
	for _, q := range a.doc.Questions() {
		ids = append(ids, q.ID)
	}
	return ids
}

// get asks for a page without a network.
func (e *everything) get(r reader, url string) (status int, kind, body string) {
	req := httptest.NewRequest("GET", url, nil)
	if r.cookie != "" {
		req.AddCookie(&http.Cookie{Name: page.SessionCookie, Value: r.cookie})
	}
	w := httptest.NewRecorder()
	e.web.Echo.ServeHTTP(w, req)
	return w.Code, w.Header().Get("Content-Type"), w.Body.String()
}

// sight is what one reader found of one round.
type sight struct {
	*asked
	reader reader
	units  map[string]bool // whose figures are the reader's
	own    map[string]bool // classes of the reader's own
	facts  map[fact]bool
	tables map[string]string // address of a file without its ending -> its plain table
	pairs  map[[2]int]bool   // "x of n" that may be said
	counts map[int]bool      // numbers that may stand in a table
}

// walk looks at everything as everybody.
func (e *everything) walk(wanted func(url string) bool) map[*asked][]*sight {
	seen := map[*asked][]*sight{}
	asked, shown := 0, 0
	for _, r := range e.cast {
		mine := map[string]*sight{}
		for _, a := range e.rounds {
			s := newSight(e, a, r)
			seen[a], mine[a.round.ID], mine[a.round.Code] = append(seen[a], s), s, s
		}
		for _, route := range e.web.Routes {
			if route.Method != http.MethodGet {
				continue
			}
			for _, url := range e.addresses(route.Path) {
				if !wanted(url) {
					continue
				}
				asked++
				status, kind, body := e.get(r, url)
				if status >= 500 {
					e.T.Errorf("%s: %s: %d", r.name, url, status)
				}
				if status != http.StatusOK {
					continue
				}
				shown++
				e.heard(url, body, r)
				if ofTrust(url) {
					e.trustRead(url, kind, body, r)
					continue
				}
				var about []*sight
				for id, s := range mine {
					if strings.Contains(url, id) || e.roundOf(url) == id {
						about = []*sight{s}
					}
				}
				if about == nil {
					for _, s := range seen {
						about = append(about, s[len(s)-1])
					}
				}
				e.read(url, kind, body, about)
			}
		}
	}
	e.T.Logf("%d addresses asked, %d of them shown", asked, shown)
	if 20*shown < asked {
		e.T.Error("hardly anything is shown: the test looks in the wrong place")
	}
	return seen
}

// solve puts together what was read of a round.
func (e *everything) solve(a *asked, sights []*sight) {
	pooled := map[fact]bool{}
	for _, s := range sights {
		for f := range s.facts {
			pooled[f] = true
		}
	}
	// The public page has no table of its own to take away; what it may say is in the release, and the walk saw that it says
	// no more.
	for _, q := range a.rel.Questions {
		if asked, ok := a.doc.Question(q.ID); ok && q.Public != nil && !q.Several {
			for _, b := range q.Public.Bars {
				f := fact{q.ID, a.rel.School().Unit, "", -1, 0, b.Count}
				for _, o := range b.Options {
					f.set |= 1 << o
				}
				if b.NoAnswer {
					f.set |= 1 << len(asked.Options)
				}
				pooled[f] = true
			}
		}
	}
	if len(pooled) < 25 {
		e.T.Errorf("%s: only %d figures were read", a.name, len(pooled))
	}
	secrets := 0
	for _, q := range a.doc.Questions() {
		if q.Type.IsText() {
			continue
		}
		options := []int{-1}
		if q.IsSeveral() {
			options = nil
			for o := range q.Options {
				options = append(options, o)
			}
		}
		for _, o := range options {
			at := newAtoms(a, q, o, a.split())
			at.learn(about(pooled, q.ID, o))
			for _, leak := range at.givesAway() {
				e.T.Errorf("LEAK in %s, %q: %s", a.name, q.Text, leak)
			}
			if a.round.Purpose != access.ForLearning {
				continue
			}
			for _, s := range sights {
				secrets += e.otherClasses(a, s, newAtoms(a, q, o, nil), about(s.facts, q.ID, o))
			}
		}
	}
	if a.round.Purpose == access.ForLearning && secrets < 100 {
		e.T.Errorf("%s: only %d figures of other people's classes were looked for", a.name, secrets)
	}
}

func about(facts map[fact]bool, question string, option int) (list []fact) {
	for f := range facts {
		if f.question == question && f.option == option {
			list = append(list, f)
		}
	}
	slices.SortFunc(list, func(a, b fact) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return list
}

// otherClasses looks for figures of single classes, and of all classes of one teacher, in what one reader knows who does not
// teach them.
func (e *everything) otherClasses(a *asked, s *sight, at *atoms, facts []fact) (looked int) {
	at.learn(facts)
	sets := map[string][]string{}
	for cell := range a.said {
		if s.own[cell] || len(a.owners[cell]) == 0 {
			continue
		}
		sets[cell] = []string{cell}
		for _, teacher := range a.owners[cell] {
			sets["all of "+teacher] = append(sets["all of "+teacher], cell)
		}
	}
	for name, cells := range sets {
		for set := uint64(1); set < 1<<(at.places-1)-1; set++ {
			v, partial := make([]uint64, len(at.counts)), false
			for i := range v {
				if slices.Contains(cells, at.cells[at.cellsOf[i]]) && set>>at.at[i]&1 == 1 {
					v[i] = 1
				}
			}
			for _, cell := range cells {
				partial = partial || at.partial(slices.Index(at.cells, cell), -1, set)
			}
			if !at.someone(v) || !partial {
				continue
			}
			if looked++; at.knows(v) {
				e.T.Errorf("LEAK in %s: %s can work out how many of %s gave the answers %b", a.name, s.reader.name, name, set)
			}
		}
	}
	return looked
}
