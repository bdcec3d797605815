// Package schedule does what is due: it closes rounds on their last day, settles them after their grace, makes their
// releases, draws their charts, reminds those who have not answered, sends the mail that waits, and deletes what was promised
// to be deleted.
package schedule

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"earshot/internal/act/action"
	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/mail"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/envelope"
	"earshot/internal/listen/participation"
	"earshot/internal/listen/response"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
	"earshot/internal/school/identity"
	"earshot/internal/show/chart"
	"earshot/internal/show/result"
)

// Kinds of jobs; the target is a round, unless it says otherwise.
const (
	closeRound   = "round.close"
	settleRound  = "round.settle"
	releaseRound = "round.release"
	scrubRound   = "round.scrub"
	scrubPurged  = "round.scrub_purged"
	purgeAnswers = "round.purge_answers"
	purgeCounts  = "round.purge_counts"
	purgeNames   = "round.purge_names" // sealed names, on the day that was promised
	forgetPeeled = "envelope.peeled"   // the target is a day
	remindFirst  = "mail.remind_1"
	remindLast   = "mail.remind_2"
	drawCharts   = "round.charts"
	dealComments = "round.comments" // the target is a round and a day
	sendDigests  = "mail.digest"    // the target is the Monday of a week
)

// Clock does what is due, for all schools of a database.
type Clock struct {
	DB      *storage.DB
	Key     seal.Key
	Bank    *bank.Bank
	Log     *slog.Logger
	Mail    mail.Sender   // nil: no mail is sent
	Charts  *chart.Engine // nil: no charts are drawn
	BaseURL string        // of the links in mails, without a slash at the end
}

// Run looks every few seconds until ctx ends.
func (c Clock) Run(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	// A mail server may take its time, and so do charts; rounds open and close meanwhile.
	var beside sync.WaitGroup
	defer beside.Wait()
	beside.Go(func() { c.deliver(ctx, every) })
	beside.Go(func() { c.illustrate(ctx, every) })
	for {
		if err := c.Tick(ctx); err != nil && ctx.Err() == nil {
			c.Log.Error("schedule", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Tick notes what the rounds need and does what is due. It may run on several servers at once: each job is leased.
func (c Clock) Tick(ctx context.Context) error {
	if err := c.note(ctx); err != nil {
		return err
	}
	for range 100 { // a bound, so that one bad job cannot hold a tick for ever
		j, ok, err := take(ctx, c.DB, "kind NOT IN ?", []string{drawCharts, sendDigests})
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if err := c.do(ctx, j); err != nil {
			// It is tried again when its lease runs out, each time a little later.
			c.Log.Error("job failed", "kind", j.Kind, "school", j.SchoolID, "target", j.Target, "tries", j.Tries, "error", err)
			continue
		}
		if err := finish(ctx, c.DB, j); err != nil {
			return err
		}
	}
	return c.SumTrusts(ctx)
}

// note writes a job for every change a round is waiting for. A job that is there already moves with its round: a round
// that was extended closes later.
func (c Clock) note(ctx context.Context) error {
	rounds, err := waiting(ctx, c.DB)
	if err != nil {
		return err
	}
	if err := c.noteReminders(ctx, rounds); err != nil {
		return err
	}
	for _, r := range rounds {
		zone := r.Zone()
		var kind string
		var due time.Time
		switch r.State {
		case round.Open:
			kind, due = closeRound, r.ClosesAt
		case round.Closed:
			kind, due = settleRound, r.SettlesAt()
		case round.Cancelled:
			if r.BroughtIn() { // withdrawn: what was deleted are responses
				kind, due = scrubPurged, *r.CancelledAt
				break
			}
			if r.OpenedAt == nil {
				continue
			}
			kind, due = scrubRound, *r.CancelledAt
		default:
			if err := set(ctx, c.DB, r.SchoolID, scrubRound, r.ID, *r.SettledAt); err != nil {
				return err
			}
			if err := set(ctx, c.DB, r.SchoolID, scrubPurged, r.ID, r.DeleteOn().Time(zone).Add(time.Minute)); err != nil {
				return err
			}
			if err := set(ctx, c.DB, r.SchoolID, releaseRound, r.ID, *r.SettledAt); err != nil {
				return err
			}
			if err := set(ctx, c.DB, r.SchoolID, purgeCounts, r.ID, r.CountsUntil().Time(zone)); err != nil {
				return err
			}
			kind, due = purgeAnswers, r.DeleteOn().Time(zone)
		}
		if err := set(ctx, c.DB, r.SchoolID, kind, r.ID, due); err != nil {
			return err
		}
	}
	if err := c.noteComments(ctx); err != nil {
		return err
	}
	if err := c.noteEnvelopes(ctx, rounds); err != nil {
		return err
	}
	return identity.NewStore(c.DB, c.Key).PurgeSessions(ctx)
}

func (c Clock) do(ctx context.Context, j Job) error {
	who := access.Clock(j.SchoolID)
	var err error
	switch j.Kind {
	case closeRound:
		_, err = round.NewStore(c.DB, c.Key, c.Bank).Close(ctx, who, j.Target)
	case settleRound:
		_, err = Settle(ctx, c.DB, c.Key, c.Bank, who, j.Target)
	case releaseRound:
		_, err = result.NewStore(c.DB, c.Key, c.Bank).Make(ctx, j.SchoolID, j.Target)
	case scrubRound:
		err = collecting.Scrub(ctx, c.DB)
	case scrubPurged:
		err = collecting.ScrubPurged(ctx, c.DB)
	case dealComments:
		err = c.dealComments(ctx, j)
	case purgeAnswers:
		err = c.purge(ctx, who, j.Target)
	case purgeNames:
		err = c.purgeNames(ctx, who, j.Target)
	case forgetPeeled:
		err = envelope.NewStore(c.DB, c.Key).ForgetPeeled(ctx, j.SchoolID)
	case purgeCounts:
		err = purgeReleases(ctx, c.DB, who, j.Target)
	case remindFirst, remindLast:
		err = c.remind(ctx, who, j)
	}
	if fault.Is(err, fault.Conflict) {
		return nil // somebody has done it already, or the round went another way
	}
	return err
}

// purge deletes the answers of a round on the day that was promised; its group totals stay until their own day.
func (c Clock) purge(ctx context.Context, who access.Actor, id string) error {
	return c.DB.InTx(ctx, func(tx *storage.DB) error {
		if _, err := response.NewStore(tx).Purge(ctx, who.School, id); err != nil {
			return err
		}
		if err := participation.NewStore(tx, c.Key).Forget(ctx, who.School, id); err != nil {
			return err
		}
		if err := safeguard.NewStore(tx, c.Key).PurgeComments(ctx, who.School, id); err != nil {
			return err
		}
		if err := envelope.NewStore(tx, c.Key).ForgetReasons(ctx, who.School, id); err != nil {
			return err
		}
		if err := envelope.NewStore(tx, c.Key).Purge(ctx, who.School, id); err != nil {
			return err
		}
		if err := result.NewStore(tx, c.Key, c.Bank).PurgeQuotes(ctx, who.School, id); err != nil {
			return err
		}
		if err := action.NewStore(tx, c.Key, c.Bank).Purge(ctx, who.School, id); err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "round.purge", "round", id, "")
	})
}

// Settle settles a round, wipes what it deleted out of the files and makes the release. What fails after the first
// step, because somebody reads the file or the machine stops, the clock makes up: each has a job of its own. It goes on
// when the one who asked for it has gone away.
func Settle(ctx context.Context, db *storage.DB, key seal.Key, b *bank.Bank, who access.Actor, id string) (round.Round, error) {
	ctx = context.WithoutCancel(ctx)
	r, err := collecting.Settle(ctx, db, key, b, who, id)
	if err != nil {
		return r, err
	}
	wipe, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	_ = collecting.Scrub(wipe, db) // if it cannot be done now, its job does it
	_, err = result.NewStore(db, key, b).Make(ctx, who.School, id)
	if r.Personal() {
		_ = collecting.Scrub(wipe, db) // what the school's lists say stood beside responses until now
	}
	return r, err
}
