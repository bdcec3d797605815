package web_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/show/result"
	"earshot/internal/testkit"
)

// Everybody who answers in a class writes something in a box: words that stand nowhere else, so that wherever one of them
// is met, it is known whose they were and how far they may go.
type voices struct {
	made int
	far  map[string]safeguard.Far // what was written -> how far it may go
	told map[string]string        // what adults made of it -> what was written
	met  map[string]bool          // what was met where it may be
}

var mark = regexp.MustCompile(`(?:wrote|told)x\d+x`)

// box puts a box for words at the end of a survey.
func box(e *everything, doc *survey.Document, about bank.About) {
	e.T.Helper()
	p := doc.AddOwn("", survey.Own{Text: "What would help you to learn?", Short: "What would help", About: about, Type: survey.TypeLongText, Origin: survey.FromSchool})
	if len(p) > 0 {
		e.T.Fatal(p)
	}
}

// writes is what one person writes.
func (e *everything) writes(doc survey.Document) (list []survey.Remark) {
	for _, q := range doc.Questions() {
		if !q.Type.IsText() {
			continue
		}
		e.words.made++
		text := fmt.Sprintf("wrotex%dx", e.words.made)
		far := safeguard.Fars[e.words.made%3]
		if e.words.far == nil {
			e.words.far, e.words.told, e.words.met = map[string]safeguard.Far{}, map[string]string{}, map[string]bool{}
		}
		e.words.far[text] = far
		list = append(list, survey.Remark{Question: q.ID, Words: "More time, " + text + ".", Far: string(far)})
	}
	return list
}

// letGo is what the safeguarding lead does: reads everything, retells what is to be retold, lets go what may go, of every
// class but one.
func (e *everything) letGo(lead access.Actor, a *asked) {
	e.T.Helper()
	ctx := context.Background()
	st := safeguard.NewStore(e.DB, e.Key)
	reader := safeguard.Reader{Actor: lead}
	queue, err := st.Queue(ctx, reader, a.round.ID)
	testkit.Must(e.T, err)
	for i, o := range queue {
		_, err := st.ReadComment(ctx, reader, a.round.ID, o.ID)
		testkit.Must(e.T, err)
		if o.Far == safeguard.LeadOnly || i%9 == 0 {
			continue
		}
		d := safeguard.Decision{Release: true}
		if o.Far == safeguard.Retold {
			text := mark.FindString(o.Words)
			d.Told = "Somebody wants " + strings.Replace(text, "wrote", "told", 1) + "."
			e.words.told[mark.FindString(d.Told)] = text
		}
		_, err = st.Decide(ctx, reader, a.round.ID, o.ID, d)
		testkit.Must(e.T, err)
	}
	if len(queue) == 0 {
		return
	}
	gone, _, err := result.NewStore(e.DB, e.Key, e.Bank).Let(ctx, lead, a.round.ID)
	testkit.Must(e.T, err)
	if gone < disclosed {
		e.T.Errorf("%s: %d comments were let go", a.name, gone)
	}
}

const disclosed = 10

// heard fails where words stand that somebody has not let go to this reader.
func (e *everything) heard(url, body string, r reader) {
	if r.who.Is(access.SafeguardingLead) && strings.HasPrefix(url, "/comments/") {
		return
	}
	for _, text := range mark.FindAllString(body, -1) {
		if !e.may(r, text) {
			e.T.Errorf("%s as %s says %q (%s), which nobody let go to them", url, r.name, text, e.words.far[text])
			continue
		}
		e.words.met[text] = true
	}
}

// may says whether a reader may read certain words: those of quotes in groups whose figures they may see.
func (e *everything) may(r reader, text string) bool {
	if e.words.far[text] != safeguard.Exact && e.words.told[text] == "" {
		return false
	}
	for _, a := range e.rounds {
		view := result.View(a.rel, a.round, r.who, a.owners, e.DB.Now())
		quotes, err := result.NewStore(e.DB, e.Key, e.Bank).Quotes(context.Background(), view, a.round.SchoolID, a.round.ID)
		testkit.Must(e.T, err)
		for unit, of := range quotes {
			// What is said of one class is for those who teach it, and for nobody else where a round is for learning.
			if a.round.Purpose == access.ForLearning && len(a.owners[unit]) > 0 && !slices.Contains(a.owners[unit], r.who.Person) {
				e.T.Errorf("%s may read the words of a class of somebody else", r.name)
			}
			for _, list := range of {
				if slices.ContainsFunc(list, func(q result.Quote) bool { return strings.Contains(q.Words, text) }) {
					return true
				}
			}
		}
	}
	return false
}

// allHeard fails where words that somebody let go are met nowhere by anybody who may read them.
func (e *everything) allHeard() {
	e.T.Helper()
	quotes, lost := 0, 0
	var rows []result.Quote
	testkit.Must(e.T, e.DB.Query(context.Background()).Find(&rows).Error)
	for _, q := range rows {
		text := mark.FindString(q.Words)
		if !slices.ContainsFunc(e.cast, func(r reader) bool { return e.may(r, text) }) {
			continue // of a class of somebody who is not among the readers
		}
		if quotes++; !e.words.met[text] {
			e.T.Errorf("%q was let go, and nobody who may read it has met it", q.Words)
			lost++
		}
	}
	e.T.Logf("%d of %d comments that were let go may be read by somebody here, and %d are met nowhere", quotes, len(rows), lost)
	if quotes < 40 {
		e.T.Errorf("only %d comments may be read by anybody: the test looks in the wrong place", quotes)
	}
}
