package rehearsal

import (
	"context"
	_ "embed"
	"fmt"
	"math/rand/v2"

	"gopkg.in/yaml.v3"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
	"earshot/internal/show/result"
)

//go:embed words.yaml
var wordsFile []byte

// writer makes up what people write in boxes.
type writer struct {
	texts []string
	rng   *rand.Rand
	next  int
}

func newWriter(seed uint64) (*writer, error) {
	w := &writer{rng: rand.New(rand.NewPCG(seed, 41))}
	err := yaml.Unmarshal(wordsFile, &w.texts)
	return w, err
}

// write is what one person leaves in the boxes of a survey: one in three writes something.
func (w *writer) write(doc survey.Document) (list []survey.Remark) {
	for _, q := range doc.Questions() {
		if !q.Type.IsText() || w.rng.IntN(3) > 0 {
			continue
		}
		far := safeguard.Fars[[]int{0, 1, 1, 2, 2, 2, 2, 2}[w.rng.IntN(8)]]
		list = append(list, survey.Remark{Question: q.ID, Words: w.texts[w.next%len(w.texts)], Far: string(far)})
		w.next++
	}
	return list
}

// readWords is what the safeguarding lead has done since: most of what was written is read, and what may go to staff has gone.
func (b *builder) readWords(ctx context.Context, r round.Round) error {
	people := roster.NewStore(b.DB)
	leads, err := people.Holders(ctx, r.SchoolID, access.SafeguardingLead)
	if err != nil || len(leads) == 0 {
		return err
	}
	lead := access.Actor{Person: leads[0].ID, School: r.SchoolID, Name: leads[0].Name(), Roles: []access.Role{access.SafeguardingLead}}
	if leads[0].AccountID != nil {
		lead.Account = *leads[0].AccountID
	}
	reader, st := safeguard.Reader{Actor: lead}, safeguard.NewStore(b.DB, b.Key)
	queue, err := st.Queue(ctx, reader, r.ID)
	if err != nil {
		return err
	}
	for i, o := range queue {
		if i < unread {
			continue // the first of the queue are there to try
		}
		if _, err := st.ReadComment(ctx, reader, r.ID, o.ID); err != nil {
			return err
		}
		d := safeguard.Decision{Release: o.Far == safeguard.Exact, Told: o.Words}
		if _, err := st.Decide(ctx, reader, r.ID, o.ID, d); err != nil {
			return err
		}
	}
	if _, _, err = result.NewStore(b.DB, b.Key, b.Bank).Let(ctx, lead, r.ID); err != nil {
		return fmt.Errorf("let go: %w", err)
	}
	return nil
}

// unread is how many comments the demo's lead has left to read.
const unread = 9
