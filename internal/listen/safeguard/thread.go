package safeguard

import (
	"crypto/rand"
	"math/big"
	"strings"
)

// Thread is the way back to somebody who wrote: what an adult answers is sealed to its public half. Several may lead back to
// one concern, where a page was sent twice because its answer got lost.
type Thread struct {
	SchoolID  string `gorm:"primaryKey"`
	ID        string `gorm:"primaryKey"` // random
	ConcernID string
	Public    string
}

// ThreadReply is what an adult answered, as it lies in the database.
type ThreadReply struct {
	SchoolID string `gorm:"primaryKey"`
	ThreadID string `gorm:"primaryKey"`
	Place    int    `gorm:"primaryKey;autoIncrement:false"` // the first is 1
	Body     string // sealed, base64
}

// Reply is what is in it.
type Reply struct {
	By   string `json:"by"`
	On   string `json:"on"`
	Text string `json:"text"`
}

// Back is what whoever holds a receipt sees: how far their message has come, and what adults answered. What they wrote
// themselves is not in it, so that nobody who finds the digits reads it.
type Back struct {
	SchoolID string
	State    State
	Since    int // messages they sent after the first
	Replies  []Reply
}

// ReceiptDigits is how long a receipt is: too many to guess, and few enough to write down.
const ReceiptDigits = 16

// NewReceipt makes one.
func NewReceipt() string {
	n, err := rand.Int(rand.Reader, new(big.Int).Exp(big.NewInt(10), big.NewInt(ReceiptDigits), nil))
	if err != nil {
		panic(err) // the system has no randomness: nothing is safe then
	}
	digits := n.String()
	return strings.Repeat("0", ReceiptDigits-len(digits)) + digits
}

// zeros are the digits nought of the scripts that pages are in.
var zeros = []rune{'0', '٠', '۰', '০', '੦'}

// CleanReceipt reads digits as they were typed, in groups or not, in the digits of any language; ok is false when they are no
// receipt.
func CleanReceipt(typed string) (digits string, ok bool) {
	var b strings.Builder
next:
	for _, r := range typed {
		for _, zero := range zeros {
			if r >= zero && r <= zero+9 {
				b.WriteByte(byte('0' + r - zero))
				continue next
			}
		}
		if !strings.ContainsRune(" -.\u00a0\u2009\u2011\u2013\u2066\u2067\u2068\u2069\u200e\u200f\t\r\n", r) {
			return "", false
		}
	}
	return b.String(), b.Len() == ReceiptDigits
}

// InFours writes a receipt in groups of four.
func InFours(digits string) string {
	var parts []string
	for i := 0; i+4 <= len(digits); i += 4 {
		parts = append(parts, digits[i:i+4])
	}
	return strings.Join(parts, " ")
}
