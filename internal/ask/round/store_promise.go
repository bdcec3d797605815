package round

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/survey"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/school/roster"

	"gorm.io/gorm/clause"
)

// pageRoute is the route of the page as it is served, before anybody knows whose device will show it.
const pageRoute = bank.AnyDevice

// Dates may move while a round is open, so the stored promise keeps their braces and the page fills them in.
var movable = []string{"close_date", "reply_date", "seal_date"}

// routes are all ways in which an answer may come, the page's first. A round can be answered by those that its mode and
// its audience allow.
var routes = []bank.Route{pageRoute, bank.SharedDevice, bank.AdultHelper, bank.Paper, bank.HandsUp}

// Routes lists the ways in which a round can be answered.
func (s Store) Routes(r Round) []bank.Route {
	return slices.DeleteFunc(slices.Clone(routes), func(route bank.Route) bool {
		return !s.bank.Possible(r.Audience, r.PromiseMode(), route)
	})
}

// makePromise puts the promise of a round together from its mode, its settings and the texts of the bank.
func (s Store) makePromise(r Round, snap Snapshot, doc survey.Document, route bank.Route, in Tongue) (bank.Promise, error) {
	values := map[string]string{
		"minutes": strconv.Itoa(doc.Minutes), "why": strings.TrimRight(r.Why, ".!… "), "k": strconv.Itoa(r.Least),
		"delete_date": in.Voice.Date(r.DeleteOn().Time(time.UTC)), "counts_date": in.Voice.Date(r.CountsUntil().Time(time.UTC)),
		"complaint_contact": snap.Complaints, "contact": snap.Complaints,
		"safeguarding_lead": snap.Lead.Name, "comment_reader": snap.commentReaders(in.Voice), "reply_place": r.ReplyPlace,
		"flags": snap.flagNames(in.Voice), "named_adults": snap.keyHolders(in.Voice), "named_readers": snap.namedReaders(in.Voice),
	}
	for _, brace := range movable {
		values[brace] = "{" + brace + "}"
	}
	return s.bank.Promise(bank.PromiseFor{Audience: r.Audience, Mode: r.PromiseMode(), Route: route, Tongue: in.Texts, Settings: bank.Settings{
		Comments: doc.HasText(),
		ByClass:  r.About == AboutClasses && doc.HasClassPages() && !snap.Small, Sensitive: doc.HasSensitive(), SchoolNetwork: true,
		SmallSchool: snap.Small, TwoPeople: r.Choices().Policy == "two", Flags: len(snap.Flags) > 0, Linked: r.Choices().Linked, Values: values,
	}})
}

// commentReaders are those who read what is written in boxes: whoever is there of the safeguarding team.
func (s Snapshot) commentReaders(v words.Voice) string {
	if len(s.Deputies) == 0 {
		return s.Lead.Name
	}
	list := []string{s.Lead.Name}
	for _, d := range s.Deputies[:len(s.Deputies)-1] {
		list = append(list, d.Name)
	}
	return v.Say("paper.or", words.V{"First": strings.Join(list, ", "), "Last": s.Deputies[len(s.Deputies)-1].Name})
}

// PreviewPromise is the promise a draft would make if it were opened now; of a round that has been open it is the one
// that was made.
func (s Store) PreviewPromise(ctx context.Context, r Round) (bank.Promise, error) {
	if r.State != Draft {
		return s.Promise(ctx, r, pageRoute)
	}
	ro := roster.NewStore(s.db)
	school, err := ro.School(ctx, r.SchoolID)
	if err != nil {
		return nil, err
	}
	doc, err := s.document(ctx, r)
	if err != nil {
		return nil, err
	}
	snap, err := s.snapshot(ctx, r, school, ro)
	if err != nil {
		return nil, err
	}
	if r.Personal() {
		if err := s.flags(ctx, r, school, &snap); err != nil {
			return nil, err
		}
		// Who holds keys is known once it opens; until then those are named who will have to.
		names := []string{snap.Lead.Name}
		for _, d := range snap.Deputies {
			names = append(names, d.Name)
		}
		for _, name := range append(names, snap.Complaints) {
			snap.Keys = append(snap.Keys, HeldKey{Name: name})
		}
	}
	promise, err := s.makePromise(r, snap, doc, pageRoute, English())
	for i := range promise {
		promise[i].Text = r.FillDates(promise[i].Text)
	}
	return promise, err
}

// writePromise stores what is promised on every route and returns the hash of the page's.
func (s Store) writePromise(ctx context.Context, r Round, doc survey.Document) (string, error) {
	var rows []Promise
	for _, route := range s.Routes(r) {
		promise, err := s.makePromise(r, r.AtOpening(), doc, route, English())
		if err != nil {
			return "", fmt.Errorf("promise on the route %s: %w", route, err)
		}
		parts, err := json.Marshal(promise)
		if err != nil {
			return "", err
		}
		rows = append(rows, Promise{SchoolID: r.SchoolID, RoundID: r.ID, Route: string(route), Hash: promise.Hash(), Parts: string(parts)})
	}
	return rows[0].Hash, s.db.Write(ctx).Create(&rows).Error
}

// Promise reads what is promised on a route as it was frozen when the round opened, with today's dates in it. NotFound
// for a route by which the round cannot be answered.
func (s Store) Promise(ctx context.Context, r Round, route bank.Route) (bank.Promise, error) {
	var row Promise
	err := s.db.Query(ctx).Where("school_id = ? AND round_id = ? AND route = ?", r.SchoolID, r.ID, string(route)).Take(&row).Error
	if err != nil {
		return nil, storage.Fault(err, "fault.not_found")
	}
	var promise bank.Promise
	if err := json.Unmarshal([]byte(row.Parts), &promise); err != nil {
		return nil, fmt.Errorf("promise of round %s: %w", r.ID, err)
	}
	for i := range promise {
		promise[i].Text = r.FillDates(promise[i].Text)
	}
	return promise, nil
}

// Tongue is a language to promise in: its voice, and the texts of the bank as somebody at the school has read them.
type Tongue struct {
	Voice words.Voice
	Texts bank.Tongue
}

// English is the bank's own language.
func English() Tongue { return Tongue{Voice: words.English()} }

// PromiseIn is what a round that has been open promises on a route, in another language. It says the same as the frozen
// promise, from the same settings. Each wording that has been shown is kept, so that it can be proved what was promised
// also when a speaker has corrected a sentence since.
func (s Store) PromiseIn(ctx context.Context, r Round, route bank.Route, in Tongue) (bank.Promise, error) {
	if in.Texts.Lang == "" {
		return s.Promise(ctx, r, route)
	}
	doc, err := s.document(ctx, r)
	if err != nil {
		return nil, err
	}
	promise, err := s.makePromise(r, r.AtOpening(), doc, route, in)
	if err != nil {
		return nil, err
	}
	parts, err := json.Marshal(promise)
	if err != nil {
		return nil, err
	}
	hash := promise.Hash()
	row := Promise{SchoolID: r.SchoolID, RoundID: r.ID, Route: string(route) + "/" + in.Texts.Lang + "/" + hash[:12], Hash: hash, Parts: string(parts)}
	var have []string
	err = s.db.Query(ctx).Model(&Promise{}).Where("school_id = ? AND round_id = ? AND route = ?", row.SchoolID, row.RoundID, row.Route).Pluck("hash", &have).Error
	if err == nil && len(have) == 0 {
		err = s.db.Write(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error
	}
	dates := map[string]string{"close_date": in.Voice.Date(storage.DateOf(r.ClosesAt, r.Zone()).Time(time.UTC)), "reply_date": in.Voice.Date(r.ReplyBy.Time(time.UTC)),
		"seal_date": in.Voice.Date(r.UnsealOn().Time(time.UTC)), "reply_place": r.ReplyPlace}
	for i := range promise {
		promise[i].Text = in.Texts.Fill(promise[i].Text, dates)
	}
	return promise, err
}

// FillDates puts the round's dates and place of reply into a text of the bank.
func (r Round) FillDates(text string) string {
	return bank.Fill(text, map[string]string{
		"close_date": SayDate(storage.DateOf(r.ClosesAt, r.Zone())), "reply_date": SayDate(r.ReplyBy), "reply_place": r.ReplyPlace,
		"seal_date": SayDate(r.UnsealOn()),
	})
}

// SayDate is a date as people say it.
func SayDate(d storage.Date) string {
	t := d.Time(time.UTC)
	if t.IsZero() {
		return ""
	}
	return t.Format("2 January 2006")
}
