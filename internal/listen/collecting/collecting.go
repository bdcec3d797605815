// Package collecting takes an answer in. It is the only place that sees a slip and an answer together, in memory, for
// as long as one transaction lasts.
package collecting

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/listen/participation"
	"earshot/internal/listen/response"
	"earshot/internal/listen/safeguard"
)

// Outcome is what became of a sending. Only Stored and Already mean that the answer is safe on disk.
type Outcome string

const (
	Stored      Outcome = "stored"
	Already     Outcome = "already"      // the same sending arrived before
	Spent       Outcome = "spent"        // the slip was used by another sending
	UnknownCode Outcome = "unknown_code" // no slip of this round
	Over        Outcome = "closed"       // the round has settled or was cancelled
	Reading     Outcome = "reading"      // a look-alike slip: thanked and used up like the others, and nothing kept that was sent
)

// Sending is one answer as it arrives.
type Sending struct {
	Code     string // as typed
	Receipt  string // random, made on the device; empty when the page had no script
	Answers  survey.Answers
	Remarks  []survey.Remark // what was written in boxes
	Pace     string
	Route    string // own_device, plain_form, shared_device, adult_helper or paper
	Language string // in which the page was read; counted for the whole round
	Link     string // made on a device from a personal card; 32 hex digits or nothing
}

// Collector gathers what arrives and stores it, many answers to a transaction.
type Collector struct {
	db    *storage.DB
	key   seal.Key
	queue chan *item
	zones sync.Map // round -> *time.Location: a round carries its zone inside a text, which takes long to read

	mu      sync.RWMutex
	stopped bool
	done    sync.WaitGroup
}

type item struct {
	school, round string
	mode          round.Mode
	slip, receipt string // hashes
	answers, pace string
	route, day    string
	language      string
	number, link  string // of a confidential or named round
	plain         bool   // the slip stands in for a receipt
	remarks       []survey.Remark
	outcome       Outcome
	err           error
	ready         chan struct{}
}

const (
	queueSize = 4096 // an answer more is told to come again in a few seconds
	batchSize = 256
	// patience is how long a device is kept waiting for the disk before it is told to come again, and how long one
	// transaction may take.
	patience = 10 * time.Second
)

// NewCollector starts collecting. Stop ends it after everything that was accepted is stored.
func NewCollector(db *storage.DB, key seal.Key) *Collector {
	c := &Collector{db: db, key: key, queue: make(chan *item, queueSize)}
	// SQLite has one writer. On PostgreSQL one committer can prepare its batch while another waits for the disk.
	workers := 1
	if db.Kind() == storage.Postgres {
		workers = 2
	}
	for range workers {
		c.done.Go(c.run)
	}
	return c
}

// Stop refuses what still comes, stores what is queued and returns when that is done.
func (c *Collector) Stop() {
	c.mu.Lock()
	if !c.stopped {
		c.stopped = true
		close(c.queue)
	}
	c.mu.Unlock()
	c.done.Wait()
}

// Submit stores one sending and returns when it is on disk. A fault Busy means: nothing was stored, try again.
func (c *Collector) Submit(ctx context.Context, r round.Round, s Sending) (Outcome, error) {
	if !r.Takes() {
		return Over, nil
	}
	it := &item{school: r.SchoolID, round: r.ID, mode: r.Mode, pace: s.Pace, route: s.Route, language: s.Language, remarks: s.Remarks, ready: make(chan struct{}),
		day: string(storage.DateOf(c.db.Now(), c.zone(r)))}
	if it.pace != response.Fast {
		it.pace = response.Usual
	}
	receipt, use := s.Receipt, "receipt"
	if r.Slips() {
		code, ok := seal.CleanCode(s.Code, participation.CodeLength)
		if !ok {
			return UnknownCode, nil
		}
		it.slip = participation.NewStore(c.db, c.key).Hash(r.ID, code)
		if receipt == "" {
			// Without script there is no number from the device: the slip stands in, so that a second press of Send is
			// known as the same sending.
			receipt, use, it.plain = code, "receipt of a plain form", true
		}
	}
	if receipt == "" || len(receipt) > 64 {
		return "", fault.New(fault.Invalid, "answer.receipt")
	}
	it.receipt = c.key.Hash(use, r.ID, receipt)
	text, err := s.Answers.Encode()
	if err != nil {
		return "", err
	}
	it.answers = string(text)
	if it.number = c.Number(r, s); it.number != "" && isLink(s.Link) {
		it.link = s.Link
	}
	if !c.enqueue(it) {
		return "", fault.New(fault.Busy, "fault.busy")
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	// An answer that is given up here may still be stored; the device asks again with the same receipt and is told so.
	select {
	case <-it.ready:
		return it.outcome, it.err
	case <-ctx.Done():
		return "", fault.New(fault.Busy, "fault.busy").Because(ctx.Err())
	case <-late.C:
		return "", fault.New(fault.Busy, "fault.busy").Because(errors.New("the database took too long"))
	}
}

// isLink says whether a text can be what a device makes of a personal card.
func isLink(s string) bool {
	return len(s) == 32 && strings.Trim(s, "0123456789abcdef") == ""
}

func (c *Collector) zone(r round.Round) *time.Location {
	if z, ok := c.zones.Load(r.ID); ok {
		return z.(*time.Location)
	}
	z := r.Zone()
	c.zones.Store(r.ID, z)
	return z
}

func (c *Collector) enqueue(it *item) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.stopped {
		return false
	}
	select {
	case c.queue <- it:
		return true
	default:
		return false
	}
}

// run is the committer: it takes whatever has arrived, up to a batch, and stores it in one transaction. While one
// transaction waits for the disk the next batch gathers by itself, so no timer is needed.
func (c *Collector) run() {
	for first := range c.queue {
		batch := []*item{first}
	gather:
		for len(batch) < batchSize {
			select {
			case it, open := <-c.queue:
				if !open {
					break gather
				}
				batch = append(batch, it)
			default:
				break gather
			}
		}
		c.commit(batch)
	}
}

func (c *Collector) commit(batch []*item) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	// One transaction touches one school.
	bySchool := map[string][]*item{}
	for _, it := range batch {
		bySchool[it.school] = append(bySchool[it.school], it)
	}
	for _, items := range bySchool {
		err := c.store(ctx, items)
		if errors.Is(err, errQuicker) {
			err = c.store(ctx, items)
		}
		switch {
		case err == nil:
		case len(items) == 1 || storage.Away(err):
			// Where the database takes nothing at all, asking for each would only keep everybody waiting.
			for _, it := range items {
				it.err = err
			}
		default:
			// One bad answer must not take the others with it.
			for _, it := range items {
				it.err = c.store(ctx, []*item{it})
			}
		}
		for _, it := range items {
			if it.err != nil {
				it.outcome = ""
				if _, known := fault.Of(it.err); !known {
					it.err = fault.New(fault.Busy, "fault.busy").Because(it.err)
				}
			}
			close(it.ready)
		}
	}
}

// errQuicker: another server spent one of the slips between our looking and our spending.
var errQuicker = errors.New("another server was quicker")

// store puts the items of one school into the database in one transaction.
func (c *Collector) store(ctx context.Context, items []*item) error {
	outcomes := make([]Outcome, len(items))
	err := c.db.InTx(ctx, func(tx *storage.DB) error {
		byRound := map[string][]int{}
		for i, it := range items {
			byRound[it.round] = append(byRound[it.round], i)
		}
		st := response.NewStore(tx)
		tallies := map[response.Tally]int{}
		for roundID, of := range byRound {
			state, root, err := roundNow(ctx, tx, items[of[0]].school, roundID)
			if err != nil {
				return err
			}
			decided, spend, err := c.decide(ctx, tx, items, of, state, root)
			if err != nil {
				return err
			}
			var receipts []string
			var waiting []response.Waiting
			var remarks []safeguard.Remark
			var own *personal
			if len(spend) > 0 && items[of[0]].number != "" {
				if own, err = startPersonal(ctx, tx, c.key, items[of[0]].school, roundID, spend); err != nil {
					return err
				}
			}
			for i, d := range decided {
				outcomes[i] = d.outcome
				if d.outcome != Stored && d.outcome != Reading {
					continue
				}
				it := items[i]
				receipts = append(receipts, d.receipt)
				if d.outcome == Reading {
					if own != nil {
						if err := own.read(it, d.receipt); err != nil {
							return err
						}
					}
					continue
				}
				id := storage.NewID()
				if own != nil {
					var said []safeguard.Remark
					if id, said, err = own.keep(it, d.cell); err != nil {
						return err
					}
					remarks = append(remarks, said...)
				}
				waiting = append(waiting, response.Waiting{SchoolID: it.school, RoundID: it.round, ID: id,
					CellID: d.cell, Answers: it.answers, Pace: it.pace})
				tallies[response.Tally{SchoolID: it.school, RoundID: it.round, Kind: "day", Name: it.day}]++
				tallies[response.Tally{SchoolID: it.school, RoundID: it.round, Kind: "route", Name: it.route}]++
				for _, m := range it.remarks {
					if own != nil {
						break // kept above, each with its own way to a name
					}
					remarks = append(remarks, safeguard.Remark{Question: m.Question, Words: m.Words, Far: safeguard.FarOf(m.Far), Unit: d.cell, Language: it.language})
				}
				if it.language != "" {
					tallies[response.Tally{SchoolID: it.school, RoundID: it.round, Kind: "language", Name: it.language}]++
				}
			}
			if len(spend) > 0 {
				n, err := participation.NewStore(tx, c.key).Spend(ctx, items[of[0]].school, roundID, spend)
				if err != nil {
					return err
				}
				if n != len(spend) {
					return errQuicker
				}
			}
			if len(receipts) > 0 {
				if err := st.Take(ctx, items[of[0]].school, roundID, receipts, waiting); err != nil {
					return err
				}
			}
			if own != nil {
				if err := own.store(ctx); err != nil {
					return err
				}
			}
			if len(remarks) > 0 {
				if err := hold(ctx, tx, c.key, items[of[0]].school, roundID, remarks); err != nil {
					return err
				}
			}
		}
		return st.Count(ctx, sorted(tallies))
	})
	if err != nil {
		return err
	}
	for i, it := range items {
		it.outcome, it.err = outcomes[i], nil
	}
	return nil
}
