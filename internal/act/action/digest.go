package action

import (
	"context"
	"slices"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
)

// Waiting is one thing that waits for somebody: a sentence without a figure or a pupil's name, and where it is.
type Waiting struct {
	Text string
	Path string
}

// ahead is how long before its day something comes into a digest.
const ahead = 14 * 24 * time.Hour

// Waits lists what waits for somebody: replies that are owed and when, what they see to, packs to read, results that were
// opened to them since a moment. It asks for nothing that they may not read, and not whether they have read it: that
// nobody knows. zone is the school's.
func (s Store) Waits(ctx context.Context, who access.Actor, zone *time.Location, since time.Time) (list []Waiting, err error) {
	v, now := words.English(), s.db.Now()
	today, near := storage.DateOf(now, zone), storage.DateOf(now.Add(ahead), zone)
	add := func(key, path string, values words.V) {
		list = append(list, Waiting{v.Say("digest."+key, values), path})
	}
	late := func(due storage.Date) string {
		if due < today {
			return "_late"
		}
		return ""
	}
	replied := map[string]bool{}
	if mayReply(who) == nil {
		owed, err := s.Replies(ctx, who)
		if err != nil {
			return nil, err
		}
		for _, o := range owed {
			if o.PublishedAt != nil || o.OnTrial(now) || now.Before(o.LeadersFrom()) || o.ReplyBy > near {
				continue
			}
			replied[o.ID] = true
			add("reply"+late(o.ReplyBy), "/replies/"+o.ID+"/edit", words.V{"Title": o.Title, "Date": round.SayDate(o.ReplyBy)})
		}
	}
	mine, _, err := s.Actions(ctx, who)
	if err != nil {
		return nil, err
	}
	for _, a := range mine {
		if !a.Open() || a.Due == "" || a.Due > near {
			continue
		}
		r, err := s.rounds().ByID(ctx, who.School, a.RoundID)
		if err != nil {
			return nil, err
		}
		add("action"+late(a.Due), "/actions/"+a.ID, words.V{"Title": r.Title, "Date": round.SayDate(a.Due)})
	}
	rounds, err := s.rounds().List(ctx, who)
	if err != nil {
		return nil, err
	}
	for _, r := range rounds {
		if !r.HasResults() || r.OnTrial(now) || r.SettledAt == nil {
			continue
		}
		owners, err := s.rounds().UnitReaders(ctx, r)
		if err != nil {
			return nil, err
		}
		teaches := false
		for _, people := range owners {
			teaches = teaches || slices.Contains(people, who.Person)
		}
		lately := func(t time.Time) bool { return !t.Before(since) && !t.After(now) }
		named := slices.ContainsFunc(r.AtOpening().Readers, func(n round.Reader) bool { return n.Person == who.Person })
		switch {
		case teaches && lately(*r.SettledAt):
			add("class", "/rounds/"+r.ID+"/look", words.V{"Title": r.Title})
		case replied[r.ID]:
		case mayReply(who) == nil && lately(r.LeadersFrom()):
			add("results", "/rounds/"+r.ID+"/results", words.V{"Title": r.Title})
		case named && mayReply(who) != nil && r.PublishedAt != nil && lately(*r.PublishedAt):
			add("published", "/rounds/"+r.ID+"/results", words.V{"Title": r.Title})
		}
	}
	if !access.Can(who, access.ReadPacks, access.Object{School: who.School}) {
		return list, nil
	}
	packs, err := s.Packs(ctx, who)
	for _, k := range packs {
		switch {
		case k.WithdrawnAt != nil && !k.WithdrawnAt.Before(since):
			add("withdrawn", "/packs/"+k.ID, words.V{"Title": k.Title})
		case k.WithdrawnAt == nil && !k.MadeAt.Before(since):
			add("pack", "/packs/"+k.ID, words.V{"Title": k.Title})
		}
	}
	return list, err
}
