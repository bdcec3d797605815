package protecting

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/listen/envelope"
	"earshot/internal/listen/response"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// behind is what can be known of who wrote or ticked something: nothing in an anonymous round.
type behind struct {
	Name   string      // in a named round, for those who may see it
	Ask    string      // where whoever keeps children safe asks for the sealed name
	Past   bool        // there is a sealed name, and the reader cannot ask for it: it went to somebody past them
	Others bool        // there is a sealed name, and others than the reader can ask for it
	Sole   bool        // the reader is the chair, whom somebody of the safeguarding team opens it for
	Asked  []page.Link // who has asked for it before
}

// whose looks behind a tie as far as its round and the reader allow.
func (p Pages) whose(ctx context.Context, who access.Actor, roundID, tie, kind string) (w behind, err error) {
	if tie == "" {
		return w, nil
	}
	r, err := p.Rounds().ByID(ctx, who.School, roundID)
	if err != nil {
		return w, err
	}
	st := envelope.NewStore(p.DB, p.Key)
	if r.Mode == round.Named {
		person, ok, err := st.Writer(ctx, who, r, tie)
		if ok {
			w.Name = person.Name()
		}
		return w, err
	}
	has, err := st.Has(ctx, who.School, roundID, tie)
	if err != nil || !has {
		return w, err
	}
	if access.Can(who, access.HoldKeys, access.Object{School: who.School}) {
		all, err := st.Openings(ctx, who)
		if err != nil {
			return w, err
		}
		for _, o := range all {
			if o.RoundID == roundID && o.EnvelopeID == tie {
				done := map[bool]string{true: " opened the name on ", false: " asked for the name on "}[o.OpenedAt != nil]
				w.Asked = append(w.Asked, page.Link{Text: o.Asked + done + o.AskedAt.In(r.Zone()).Format("Monday 2 January at 15:04"), URL: "/openings/" + o.ID})
			}
		}
	}
	if !access.Can(who, access.OpenEnvelopes, access.Object{School: who.School}) {
		w.Others = true
		return w, nil
	}
	stands, err := p.stands(ctx, who, envelope.Request{Round: roundID, Envelope: tie, Kind: kind})
	if stands {
		w.Ask = "/openings/new?" + url.Values{"round": {roundID}, "envelope": {tie}, "kind": {kind}}.Encode()
	}
	w.Past = !stands
	return w, err
}

// stands says whether somebody sees what they ask a name for: an answer that may need somebody, or a comment or a concern that they
// read and that went to nobody past them.
func (p Pages) stands(ctx context.Context, who access.Actor, q envelope.Request) (bool, error) {
	r, err := p.Rounds().ByID(ctx, who.School, q.Round)
	if err != nil {
		return false, err
	}
	if q.Kind == envelope.Answer {
		if !r.Worries() || !r.HasResults() {
			return false, nil
		}
		list, _, err := p.worried(ctx, r)
		return slices.ContainsFunc(list, func(w worried) bool { return w.tie == q.Envelope }), err
	}
	teach, err := p.Rounds().UnitReaders(ctx, r)
	if err != nil {
		return false, err
	}
	return p.store().Stands(ctx, safeguard.NewReader(who, teach), q.Round, q.Envelope)
}

// hasKeys says whether keys matter to a school at all: a confidential round is prepared or was asked, or somebody has a key.
// Schools that never ask in confidence never meet them.
func (p Pages) hasKeys(c echo.Context, who access.Actor) (bool, error) {
	ctx := c.Request().Context()
	if !access.Can(who, access.HoldKeys, access.Object{School: who.School}) {
		return false, nil
	}
	holders, err := envelope.NewStore(p.DB, p.Key).Holders(ctx, who.School)
	if err != nil || slices.ContainsFunc(holders, func(k envelope.KeyOf) bool { return k.Key != nil }) {
		return err == nil, err
	}
	return p.Rounds().AnyConfidential(ctx, who.School)
}

// worriesPage lists answers of a confidential round that may mean that somebody is in danger: to questions about safety,
// bullying, home and how somebody feels, the ones furthest from what one would wish.
type worriesPage struct {
	page.Base
	People []worried
	Waits  bool // the round has not settled
	Gone   bool // its sealed names have been deleted
	None   bool // nothing was asked that could say so
}

type worried struct {
	Said []saidLine
	Ask  string
	tie  string
}

type saidLine struct{ Question, Answer string }

var worriesTemplate = page.New("protecting/worries", "base", worriesPage{})

func (p Pages) worries(c echo.Context, who access.Actor) error {
	ctx := c.Request().Context()
	r, err := p.Rounds().Find(ctx, who, c.Param("id"))
	if err != nil {
		return err
	}
	if !r.Worries() {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	d := worriesPage{Base: p.NewBase(c, "Answers that may need somebody"), Waits: !r.HasResults()}
	d.Crumbs = []page.Link{{Text: "Rounds", URL: "/rounds"}, {Text: r.Title, URL: "/rounds/" + r.ID}, {Text: d.Title, Here: true}}
	if d.Waits {
		return worriesTemplate.Send(c, http.StatusOK, d)
	}
	left, err := envelope.NewStore(p.DB, p.Key).Count(ctx, r.SchoolID, r.ID)
	if err != nil {
		return err
	}
	if d.Gone = left == 0; d.Gone {
		return worriesTemplate.Send(c, http.StatusOK, d)
	}
	if d.People, d.None, err = p.worried(ctx, r); err != nil {
		return err
	}
	return worriesTemplate.Send(c, http.StatusOK, d)
}

// worried lists those whose answers may mean that they are in danger; none says that nothing was asked that could say so.
func (p Pages) worried(ctx context.Context, r round.Round) (people []worried, none bool, err error) {
	doc, err := p.Rounds().Document(ctx, r)
	if err != nil {
		return nil, false, err
	}
	none = !slices.ContainsFunc(doc.Questions(), func(q survey.Question) bool { return q.Worst() != "" })
	responses := response.NewStore(p.DB)
	marks, err := responses.Marks(ctx, r.SchoolID, r.ID)
	if err != nil {
		return nil, none, err
	}
	err = responses.Each(ctx, r.SchoolID, r.ID, func(row response.Response) error {
		answers, err := survey.DecodeAnswers([]byte(row.Answers))
		if err != nil {
			return err
		}
		one := worried{tie: marks[row.ID].Tie, Ask: "/openings/new?" + url.Values{"round": {r.ID}, "envelope": {marks[row.ID].Tie}, "kind": {envelope.Answer}}.Encode()}
		for _, q := range doc.Questions() {
			id := q.Worst()
			if id == "" || !slices.Contains(answers[q.ID].Options, id) {
				continue
			}
			for _, o := range q.Options {
				if o.ID == id {
					one.Said = append(one.Said, saidLine{q.Text, o.Label})
				}
			}
		}
		if len(one.Said) > 0 {
			people = append(people, one)
		}
		return nil
	})
	// Those who said most of it come first; among equals the order is that of random ids, and says nothing.
	slices.SortFunc(people, func(a, b worried) int {
		if len(a.Said) != len(b.Said) {
			return len(b.Said) - len(a.Said)
		}
		return strings.Compare(a.Ask, b.Ask)
	})
	return people, none, err
}
