package identity

import "context"

// Receipts are sixteen digits, of which somebody who has the database and the key could try many: each try has to cost them
// more than one at a password.
const (
	receiptMemory = 48 * 1024 // KiB
	receiptTime   = 3
)

// Making a receipt has a lane of its own, so that those who try digits can hold up nobody who writes; neither holds up those
// who sign in. One try at a time, a few a second, is also all the throttle that sixteen digits need, and it locks nobody
// out (docs/decisions/0033-the-way-back.md).
var (
	makingReceipts = lane{make(chan struct{}, 1), make(chan struct{}, 20)}
	tryingReceipts = lane{make(chan struct{}, 1), make(chan struct{}, 20)}
)

// Stretch turns the digits of a receipt into a key. made says whether the receipt is new; the other is somebody who typed
// it. Faults: Busy.
func Stretch(ctx context.Context, digits string, salt []byte, made bool) ([]byte, error) {
	l := tryingReceipts
	if made {
		l = makingReceipts
	}
	return l.derive(ctx, digits, salt, receiptMemory, receiptTime, argonThreads)
}

// ThreadKind is the kind of code that opens a thread. What it is made of is no code that anybody types, but derived from it.
const ThreadKind = "thread"

// ListThread makes a thread findable by what is derived from its receipt.
func (s Store) ListThread(ctx context.Context, derived, school, thread string) error {
	return s.db.Write(ctx).Create(&Directory{Hash: s.hashOf(ThreadKind, derived), Kind: ThreadKind, SchoolID: school, Target: thread}).Error
}
