package authoring

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"earshot/internal/act/action"
	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/listen/envelope"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

type homePage struct {
	page.Base
	Greeting string
	Next     nextStep
	Rounds   []roundLine
	First    bool // nothing has been asked yet
	Leads    bool
	Screens  []page.Link // of open rounds, for whoever is in the room
	Guesses  []page.Link // rounds in which staff may guess what pupils say
	Own      bool        // keeps a journal, and may show something to a colleague
	Names    []page.Link // what was asked for of sealed names, that the reader should know of
	Talk     int         // how many want to talk, and nobody has read it
}

// nextStep is the one thing to do next.
type nextStep struct {
	Title string
	Text  string
	Link  page.Link
	first bool // it goes before what is promised
}

// soon is how many days before its day a promise comes to the first page.
const soon = 10

// promised is what this person has promised to those who were asked: a reply, if they lead, or something to see to.
// urgent says that its day has passed.
func (p Pages) promised(c echo.Context, who access.Actor) (next nextStep, urgent bool, err error) {
	ctx, st := c.Request().Context(), action.NewStore(p.DB, p.Key, p.Bank)
	now, zone := p.DB.Now(), page.School(c).Zone()
	today, near := storage.DateOf(now, zone), storage.DateOf(now.AddDate(0, 0, soon), zone)
	if access.Can(who, access.RunRounds, access.Object{School: who.School}) {
		owed, err := st.Replies(ctx, who)
		if err != nil {
			return next, false, err
		}
		for _, o := range owed {
			if o.PublishedAt != nil || !o.Late(today) && (o.ReplyBy > near || now.Before(o.LeadersFrom())) {
				continue
			}
			next = nextStep{Title: "Reply: " + o.Title, Text: "Those who answered are owed a reply by " + round.SayDate(o.ReplyBy) + ".", Link: page.Link{Text: "Write the reply", URL: "/replies/" + o.ID + "/edit"}}
			if o.Late(today) {
				next.Text = "The reply was due by " + round.SayDate(o.ReplyBy) + ". The page that everybody can read says that it is late."
			}
			return next, o.Late(today), nil
		}
	}
	mine, _, err := st.Actions(ctx, who)
	for _, a := range mine {
		if a.Open() && a.Due != "" && a.Due <= near {
			next = nextStep{Title: "Something to see to", Text: "“" + a.Heard + "” You see to it by " + round.SayDate(a.Due) + ".", Link: page.Link{Text: "Say how far it has come", URL: "/actions/" + a.ID}}
			return next, a.Overdue(today), err
		}
	}
	return next, false, err
}

type roundLine struct {
	Title string
	URL   string
	State string
	Hint  string
}

var homeTemplate = page.New("authoring/home", "base", homePage{})

func (p Pages) home(c echo.Context, who access.Actor) error {
	rounds, err := p.Rounds().List(c.Request().Context(), who)
	if err != nil {
		return err
	}
	d := homePage{Base: p.NewBase(c, "Home"), Greeting: "Hello, " + who.Name, Leads: access.Can(who, access.RunRounds, access.Object{School: who.School})}
	if who.OnlyAnalyst() {
		d.Next = nextStep{Title: "The trust", Text: "You read what was said in the trust’s schools, added up. Nothing of a single school is shown to you.",
			Link: page.Link{Text: "Read the sums", URL: "/trust"}}
		return homeTemplate.Send(c, http.StatusOK, d)
	}
	if d.Names, err = p.namesWaiting(c, who); err != nil {
		return err
	}
	if who.Is(access.Chair) && !access.Can(who, access.BrowseBank, access.Object{School: who.School}) {
		if d.Talk, err = safeguard.NewStore(p.DB, p.Key).Waiting(c.Request().Context(), who); err != nil {
			return err
		}
		d.Next = nextStep{Title: "Chair of governors", Text: "You read what pupils want nobody in school to read, and what was made for governors.",
			Link: page.Link{Text: "Read it", URL: "/concerns"}}
		return homeTemplate.Send(c, http.StatusOK, d)
	}
	if !access.Can(who, access.BrowseBank, access.Object{School: who.School}) {
		d.Next = nextStep{Title: "People and settings", Text: "Your account looks after people and settings. What pupils say is not shown to you.",
			Link: page.Link{Text: "See the people", URL: "/people"}}
		return homeTemplate.Send(c, http.StatusOK, d)
	}
	replies, err := action.NewStore(p.DB, p.Key, p.Bank).Replies(c.Request().Context(), who)
	if err != nil {
		return err
	}
	for _, r := range rounds {
		line := p.roundLine(c, r)
		for _, o := range replies {
			if o.ID == r.ID && o.PublishedAt != nil {
				line.Hint = "The school replied on " + day(c, *o.PublishedAt)
			}
		}
		d.Rounds = append(d.Rounds, line)
	}
	open, err := p.Rounds().Opened(c.Request().Context(), who.School)
	if err != nil {
		return err
	}
	if d.Own = who.Is(access.Head, access.Leader, access.Teacher, access.SafeguardingLead, access.SafeguardingDeputy); d.Own {
		if d.Guesses, err = p.toGuess(c, who, rounds, open); err != nil {
			return err
		}
	}
	if who.Is(access.Teacher) && !d.Leads {
		for _, r := range open {
			if !slices.ContainsFunc(rounds, func(have round.Round) bool { return have.ID == r.ID }) {
				d.Screens = append(d.Screens, page.Link{Text: r.Title, URL: "/rounds/" + r.ID + "/screen"})
			}
		}
	}
	d.First = len(rounds) == 0
	next, urgent, err := p.promised(c, who)
	if err != nil {
		return err
	}
	if d.Talk, err = safeguard.NewStore(p.DB, p.Key).Waiting(c.Request().Context(), who); err != nil {
		return err
	}
	if d.Next, err = p.nextStep(c, who, rounds); err != nil {
		return err
	}
	if urgent || next.Title != "" && !d.Next.first {
		d.Next = next
	}
	return homeTemplate.Send(c, http.StatusOK, d)
}

// namesWaiting are openings of sealed names that the reader should know of: those that wait for them, and what was asked in the
// last day by somebody else.
func (p Pages) namesWaiting(c echo.Context, who access.Actor) (list []page.Link, err error) {
	if !access.Can(who, access.HoldKeys, access.Object{School: who.School}) {
		return nil, nil
	}
	all, err := envelope.NewStore(p.DB, p.Key).Openings(c.Request().Context(), who)
	for _, o := range all {
		link := page.Link{URL: "/openings/" + o.ID}
		waits := o.Policy == envelope.Two && o.Kind != envelope.All && o.AgreedBy == ""
		switch mine := o.AskedBy == who.Person; {
		case !p.DB.Now().Before(o.Until):
			continue
		case mine && o.Refused != "":
			link.Text = "The name you asked for stays sealed. Read why."
		case mine && o.AgreedAt != nil && o.OpenedAt == nil:
			link.Text = map[bool]string{false: "Your second person has agreed. Open the name.", true: "The name you asked for is sealed to you now. Open it."}[o.ForChair()]
		case o.ForChair() && o.AgreedAt != nil:
			continue
		case mine && o.ForChair() && o.Turn() == envelope.Peel:
			link.Text = "The name you asked for needs you first: take off the outer seal."
		case o.ForChair() && !mine && o.Refused == "":
			link.Text = "The chair of governors asks you to open a sealed name for them. Read why."
		case mine || o.Refused != "":
			continue
		case o.Kind == envelope.All:
			link.Text = o.Asked + " seals names anew. Read why."
		case waits && envelope.GroupOf(who) == envelope.Second:
			link.Text = o.Asked + " asks for a sealed name, and waits for you. Read why."
		default:
			link.Text = o.Asked + " asked for a sealed name. Read why."
		}
		list = append(list, link)
	}
	return list, err
}

// toGuess are the pupils' rounds about the school for whose staff's picture the actor can still guess.
func (p Pages) toGuess(c echo.Context, who access.Actor, lists ...[]round.Round) (links []page.Link, err error) {
	st := action.NewStore(p.DB, p.Key, p.Bank)
	for _, r := range slices.Concat(lists...) {
		link := page.Link{Text: r.Title, URL: "/rounds/" + r.ID + "/guess"}
		if !guessed(r) || slices.Contains(links, link) {
			continue
		}
		gave, err := st.Gave(c.Request().Context(), who, r)
		if err != nil {
			return nil, err
		}
		if !gave {
			links = append(links, link)
		}
	}
	return links, nil
}

// guessed says whether staff may guess now what pupils say in a round: until it is published.
func guessed(r round.Round) bool {
	return bank.IsPupils(r.Audience) && r.About == round.AboutSchool && !r.BroughtIn() && (r.State == round.Open || r.State == round.Closed || r.State == round.Settled)
}

func (p Pages) roundLine(c echo.Context, r round.Round) roundLine {
	line := roundLine{Title: r.Title, URL: "/rounds/" + r.ID, State: stateName(c, r.State)}
	switch r.State {
	case round.Open:
		line.Hint = "Closes on " + day(c, r.ClosesAt)
	case round.Closed:
		line.Hint = "Late answers still arrive. Results from " + dayAndHour(c, r.SettlesAt())
	case round.Settled, round.Published:
		line.Hint = "The school owes its reply by " + round.SayDate(r.ReplyBy)
	case round.Cancelled:
		line.Hint = r.CancelReason
	}
	return line
}

// nextStep picks what matters most to this person now.
func (p Pages) nextStep(c echo.Context, who access.Actor, rounds []round.Round) (nextStep, error) {
	step, found, err := p.toRead(c, who, rounds)
	if err != nil || found {
		return step, err
	}
	return p.nextRound(c, who, rounds)
}

// toRead is what waits to be read by those who read for others: comments, and a pack that was made for governors.
func (p Pages) toRead(c echo.Context, who access.Actor, rounds []round.Round) (step nextStep, found bool, err error) {
	ctx := c.Request().Context()
	if access.Can(who, access.ReadComments, access.Object{School: who.School}) {
		counts, err := safeguard.NewStore(p.DB, p.Key).Counts(ctx, who.School)
		if err != nil {
			return step, false, err
		}
		for _, r := range rounds {
			if counts[r.ID].Held == 0 {
				continue
			}
			// Some of them may name this reader, or come from a class of theirs.
			teach, err := p.Rounds().UnitReaders(ctx, r)
			if err != nil {
				return step, false, err
			}
			n, err := safeguard.NewStore(p.DB, p.Key).ToRead(ctx, safeguard.NewReader(who, teach), r.ID)
			if err != nil {
				return step, false, err
			}
			if n > 0 {
				return nextStep{fmt.Sprintf("%d comments to read", n), fmt.Sprintf("Written in “%s”. Those that an adult should see sooner come first; reading them takes about %d minutes.", r.Title, safeguard.Minutes(n)),
					page.Link{Text: "Read them", URL: "/comments/" + r.ID}, true}, true, nil
			}
		}
	}
	if who.Is(access.Governor, access.Chair) {
		packs, err := action.NewStore(p.DB, p.Key, p.Bank).Packs(ctx, who)
		if err != nil {
			return step, false, err
		}
		for _, k := range packs {
			if k.WithdrawnAt == nil && p.DB.Now().Sub(k.MadeAt) < packIsNew {
				return nextStep{k.Title, "A pack was made for governors on " + day(c, k.MadeAt) + ". It says what pupils were asked, what they said, and what the school does about it.",
					page.Link{Text: "Read the pack", URL: "/packs/" + k.ID}, true}, true, nil
			}
		}
	}
	return step, false, nil
}

// packIsNew is how long a pack comes first for those it was made for.
const packIsNew = 60 * 24 * time.Hour

// teaches says whether somebody has a class of their own in a round.
func (p Pages) teaches(c echo.Context, who access.Actor, r round.Round) (bool, error) {
	teach, err := p.Rounds().UnitReaders(c.Request().Context(), r)
	for _, people := range teach {
		if slices.Contains(people, who.Person) {
			return true, err
		}
	}
	return false, err
}

// nextRound picks the round that matters most to this person now.
func (p Pages) nextRound(c echo.Context, who access.Actor, rounds []round.Round) (nextStep, error) {
	now := p.DB.Now()
	own := map[string]bool{}
	for _, r := range rounds {
		if r.About != round.AboutClasses {
			continue
		}
		mine, err := p.teaches(c, who, r)
		if err != nil {
			return nextStep{}, err
		}
		own[r.ID] = mine
	}
	return p.stepOf(c, who, rounds, own, now), nil
}

func (p Pages) stepOf(c echo.Context, who access.Actor, rounds []round.Round, own map[string]bool, now time.Time) nextStep {
	leads := access.Can(who, access.RunRounds, access.Object{School: who.School})
	find := func(ok func(round.Round) bool) (round.Round, bool) {
		i := slices.IndexFunc(rounds, ok)
		if i < 0 {
			return round.Round{}, false
		}
		return rounds[i], true
	}
	if !leads {
		if r, ok := find(func(r round.Round) bool { return r.HasResults() && !r.OnTrial(now) && own[r.ID] }); ok {
			return nextStep{r.Title, "What your class said is ready. You see it before anybody else does, and nobody can see whether you have looked.",
				page.Link{Text: "Guess three, then look", URL: "/rounds/" + r.ID + "/look"}, true}
		}
		if r, ok := find(func(r round.Round) bool {
			return own[r.ID] && (r.State == round.Open || r.State == round.Closed)
		}); ok {
			return nextStep{r.Title, "Your class is being asked. Before anybody has seen a result, you can agree with it what would be good enough.",
				page.Link{Text: "What would be good enough?", URL: "/rounds/" + r.ID + "/look"}, false}
		}
		if r, ok := find(func(r round.Round) bool { return r.State == round.Open }); ok {
			return nextStep{r.Title, "This round is open. The screen for the room shows pupils where to type their code.",
				page.Link{Text: "Open the screen for the room", URL: "/rounds/" + r.ID + "/screen"}, false}
		}
		if !who.Is(access.Teacher) {
			if r, ok := find(func(r round.Round) bool {
				return r.State == round.Published && access.Can(who, access.ReadWhole, r.Object(now))
			}); ok {
				return nextStep{r.Title, "What was said is published, and you were named to read it.", page.Link{Text: "Read what was said", URL: "/rounds/" + r.ID + "/results"}, false}
			}
			return nextStep{"Nothing to do", "When a round you were named to read is published, it appears here.", page.Link{Text: "Browse the question bank", URL: "/bank"}, false}
		}
		return nextStep{"Nothing to do", "When your class has been asked, what they said appears here first.", page.Link{Text: "Browse the question bank", URL: "/bank"}, false}
	}
	if r, ok := find(func(r round.Round) bool { return r.State == round.Draft }); ok {
		return nextStep{r.Title, "This round is ready to be checked and opened.", page.Link{Text: "Go on with it", URL: "/rounds/" + r.ID}, true}
	}
	if r, ok := find(func(r round.Round) bool { return r.State == round.Settled && !now.Before(r.LeadersFrom()) }); ok {
		return nextStep{r.Title, "The results are ready for you, and pupils are owed a reply by " + round.SayDate(r.ReplyBy) + ".",
			page.Link{Text: "Read what was said", URL: "/rounds/" + r.ID + "/results"}, true}
	}
	if r, ok := find(func(r round.Round) bool { return r.State == round.Open }); ok {
		return nextStep{r.Title, "People are answering. It closes on " + day(c, r.ClosesAt) + ".", page.Link{Text: "See how it is going", URL: "/rounds/" + r.ID}, true}
	}
	if len(rounds) == 0 {
		return nextStep{"Ask your first questions", "Four questions of each kind are ready. You need no pupil's name, only how many are in each class.",
			page.Link{Text: "Start", URL: "/start"}, false}
	}
	if r, ok := find(func(r round.Round) bool { return r.State == round.Settled }); ok {
		return nextStep{r.Title, "The results open to leaders on " + day(c, r.LeadersFrom()) + ", three school days after the round settled.", page.Link{Text: "See the round", URL: "/rounds/" + r.ID}, false}
	}
	return nextStep{"Ask again", "Nothing is open at the moment.", page.Link{Text: "Prepare a round", URL: "/rounds/new"}, false}
}
