package collecting

import (
	"context"

	"earshot/internal/ask/round"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/listen/participation"
	"earshot/internal/listen/response"
)

// A reading task, behind the slip of somebody who opted out, behaves like the survey to the last: it is used up by Send, known when it is
// sent again, and taken back with a number. Nothing that was sent with it is kept.

// receiptFor is the receipt of a sending with this slip. Without script it is made of the slip; that of a reading task is another,
// so that whoever is asked after all can still send an answer.
func (c *Collector) receiptFor(it *item, slip participation.Slip) string {
	if it.plain && slip.Kind == participation.Reading {
		return c.key.Hash("receipt of a reading task", it.receipt)
	}
	return it.receipt
}

// read notes that a reading task was sent: what taking it back needs, and nothing of what was sent. It goes when the round settles.
func (p *personal) read(it *item, receipt string) error {
	b := backing{Slip: it.slip, Receipt: receipt, Plain: it.plain, Reading: true}
	return p.mark(response.Mark{ID: waitingID(p.key, p.round.ID, it.number), Tie: storage.NewID()}, b, it.number)
}

// readAgain makes the slip of a reading task good again, as if an answer had been taken back.
func readAgain(ctx context.Context, tx *storage.DB, key seal.Key, r round.Round, id string, b backing) error {
	if err := dropMark(ctx, tx, r.SchoolID, r.ID, id); err != nil {
		return storage.Fault(err, "back.no_number")
	}
	if b.Plain {
		if err := response.NewStore(tx).ForgetReceipt(ctx, r.SchoolID, r.ID, b.Receipt); err != nil {
			return err
		}
	}
	return participation.NewStore(tx, key).UnspendReading(ctx, r.SchoolID, r.ID, b.Slip)
}
