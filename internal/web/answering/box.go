package answering

import (
	"context"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/listen/participation"
	"earshot/internal/school/roster"
)

// box says when somebody reads what is written in a box now, and takes the box away where nobody will. A page is drawn anew
// every few seconds, so that what it says of the time is true.
func (p Pages) box(ctx context.Context, d *answerPage, v words.Voice, r round.Round) error {
	school, err := p.Roster().School(ctx, r.SchoolID)
	if err != nil {
		return err
	}
	cover, err := p.Roster().Cover(ctx, school)
	if err != nil {
		return err
	}
	next, ok := reads(cover, participation.HoursOf(school), p.DB.Now())
	switch {
	case !ok:
		d.Promise.Box.Shut = v.Say("talk.box_shut", words.V{"Help": v.Say("help.label")})
	case next.After(p.DB.Now()):
		d.Promise.Box.Until = v.Say("talk.box_until", words.V{"When": moment(v, next)})
	}
	return nil
}

// longest is how long words may lie before somebody reads them. Where it would be longer there is no box.
const longest = 7 * 24 * time.Hour

// reads is the first moment from now on at which somebody of the safeguarding team is there to read.
func reads(cover roster.Cover, hours participation.Hours, now time.Time) (time.Time, bool) {
	at := hours.Next(now)
	for at.Sub(now) <= longest {
		day := storage.DateOf(at, hours.Zone)
		if len(cover.On(day)) > 0 {
			return at, true
		}
		next := at.In(hours.Zone)
		at = hours.Next(time.Date(next.Year(), next.Month(), next.Day()+1, 0, 0, 0, 0, hours.Zone))
	}
	return time.Time{}, false
}

// moment is a day and an hour in words.
func moment(v words.Voice, at time.Time) string {
	return v.Date(time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)) + ", " + at.Format("15:04")
}
