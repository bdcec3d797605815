// Package envelope keeps whose an answer or a comment is, in rounds that are not anonymous: sealed to keys whose private halves
// have never been on this server, or, in rounds that said so plainly, as a name in a table of its own.
package envelope

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
)

// Policy says who can find out whose an answer is. It is printed in the promise and cannot be changed once a round is open.
type Policy string

const (
	// One: the safeguarding lead or a deputy, alone, in an emergency. A second person is told at once.
	One Policy = "one"
	// Two: one of the safeguarding team and one of the head and the chair, together, always.
	Two Policy = "two"
)

// Group is who holds a key.
type Group string

const (
	Safeguarding Group = "safeguarding" // the lead and the deputies
	Second       Group = "second"       // the head and the chair of governors
)

// groupRoles are the roles of each group.
var groupRoles = map[Group][]access.Role{
	Safeguarding: {access.SafeguardingLead, access.SafeguardingDeputy},
	Second:       {access.Head, access.Chair},
}

// groupOf is the group somebody belongs to; empty for everybody else. Who is in both is of the safeguarding team: nobody is
// their own second person.
func groupOf(is func(access.Role) bool) Group {
	for _, g := range []Group{Safeguarding, Second} {
		if slices.ContainsFunc(groupRoles[g], is) {
			return g
		}
	}
	return ""
}

// GroupOf is the group an actor belongs to; empty for everybody who holds no key.
func GroupOf(who access.Actor) Group {
	return groupOf(func(r access.Role) bool { return who.Is(r) })
}

// Envelope is whose an answer or a comment is, as it lies in the database.
type Envelope struct {
	SchoolID  string `gorm:"primaryKey"`
	RoundID   string `gorm:"primaryKey"`
	ID        string `gorm:"primaryKey"` // the tie of a response or a comment
	Body      string // age, base64
	Keys      string // ids of the keys it is sealed to
	InnerHash string // of what is under the outer seal
	Peeled    string // without its outer seal, while it is being sealed anew
}

// Name is whose an answer or a comment is, in a round that said plainly that names are kept.
type Name struct {
	SchoolID string `gorm:"primaryKey"`
	RoundID  string `gorm:"primaryKey"`
	ID       string `gorm:"primaryKey"`
	PersonID string
}

// Kinds of what an envelope belongs to.
const (
	Answer  = "answer"
	Comment = "comment"
	Concern = "concern" // the copy of a comment that went to those who deal with concerns
	// All is no envelope in particular: somebody's browser was given many, to seal them anew.
	All = "all"
)

// Inside is what stands in an envelope.
type Inside struct {
	V      int    `json:"v"`
	Round  string `json:"round"` // its title
	Kind   string `json:"kind"`
	ID     string `json:"id"` // of the envelope, so that no other can be put in its place
	Person string `json:"person"`
	Name   string `json:"name"`
	Form   string `json:"form"` // of a pupil; of a parent, whose parent they are; of staff, that they are
	Mark   string `json:"mark"` // SHA-256 of what was answered or written, hex
}

// Every envelope of a round is of one length: neither a long name nor many children may show. It is a multiple of insideSize, in
// bytes, with room for the longest name and form and all that is not text; whoever's are longer have them cut.
const (
	insideSize = 1024
	nameMost   = 180
	formMost   = 300
	restMost   = 260
)

// cut shortens a text until it is encoded in at most so many bytes.
func cut(text string, most int) string {
	fits := func(s string) bool {
		encoded, err := json.Marshal(s)
		return err == nil && len(encoded) <= most
	}
	if fits(text) {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 && !fits(string(runes)+"…") {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

// MarkOf is the mark of what somebody answered or wrote.
func MarkOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// padded writes it down in the length of its round, which its title alone decides.
func (i Inside) padded() ([]byte, error) {
	i.Name, i.Form = cut(i.Name, nameMost), cut(i.Form, formMost)
	title, err := json.Marshal(i.Round)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(i)
	if err != nil {
		return nil, err
	}
	size := (len(title) + nameMost + formMost + restMost + insideSize - 1) / insideSize * insideSize
	if len(text) > size {
		return nil, fmt.Errorf("envelope: %d bytes do not fit into %d", len(text), size)
	}
	return append(text, strings.Repeat(" ", size-len(text))...), nil
}

// Holder is the public half of a key and whose it is.
type Holder struct {
	SchoolID  string `gorm:"primaryKey"`
	ID        string `gorm:"primaryKey"`
	PersonID  string
	Recipient string
	MadeOn    storage.Date
	ProvedOn  storage.Date // when its holder last opened something with it
	EndedOn   storage.Date
	EndedBy   string // their row in the school; empty where a newer key of its holder ended it
	Told      bool   // its holder knows that somebody else ended it
	Trial     string // hash of what is in the trial they are to open now
}

// TableName is the table keys live in.
func (Holder) TableName() string { return "key_holders" }

// KeyOf is somebody who may hold a key, and the one they have.
type KeyOf struct {
	Person roster.StaffMember
	Group  Group
	Key    *Holder
	Due    bool // they have not opened anything with it this term
}

// Keys are the present keys of a school, to which envelopes are sealed.
type Keys struct {
	Safeguarding []Key `json:"safeguarding,omitempty"`
	Second       []Key `json:"second,omitempty"`
}

// Key is one of them.
type Key struct {
	ID        string `json:"id"`
	Recipient string `json:"recipient"`
}

func recipients(keys []Key) (list []string) {
	for _, k := range keys {
		list = append(list, k.Recipient)
	}
	return list
}

// ids names the keys an envelope of a policy is sealed to, sorted.
func (k Keys) ids(p Policy) string {
	var list []string
	for _, key := range k.Safeguarding {
		list = append(list, key.ID)
	}
	if p == Two {
		for _, key := range k.Second {
			list = append(list, key.ID)
		}
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// Enough says whether the keys can carry a policy: two in each group that is needed, so that one lost key loses nothing.
func (k Keys) Enough(p Policy) bool {
	return len(k.Safeguarding) >= 2 && (p != Two || len(k.Second) >= 2)
}

// Seal closes an envelope: to the safeguarding team, and, where two people are always needed, that again to the other group.
func (k Keys) Seal(p Policy, i Inside) (e Envelope, err error) {
	text, err := i.padded()
	if err != nil {
		return e, err
	}
	inner, err := seal.ToAge(recipients(k.Safeguarding), text)
	if err != nil {
		return e, err
	}
	return k.close(p, inner)
}

// close puts what is sealed to the safeguarding team under the outer seal, where a policy has one.
func (k Keys) close(p Policy, inner []byte) (e Envelope, err error) {
	e = Envelope{Body: encode(inner), Keys: k.ids(p)}
	if p != Two {
		return e, nil
	}
	body, err := seal.ToAge(recipients(k.Second), inner)
	e.Body, e.InnerHash = encode(body), hashOf(inner)
	return e, err
}

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Opening is somebody's wish to know whose an answer or a comment is.
type Opening struct {
	SchoolID   string `gorm:"primaryKey"`
	ID         string `gorm:"primaryKey"`
	RoundID    string
	EnvelopeID string
	Kind       string
	Category   string
	Reason     string
	PastHead   bool // it is about the head, who neither sees nor decides it
	AskedBy    string
	AskedAt    time.Time
	Until      time.Time
	AgreedBy   string
	AgreedAt   *time.Time
	Refused    string
	InnerBody  string
	OpenedAt   *time.Time
	Told       int
	Policy     Policy `gorm:"-"` // of its round
	Asked      string `gorm:"-"` // names, for pages
	Agreed     string `gorm:"-"`
}

// How far telling others has come.
const (
	ToldSecond = 1 << iota
	ToldChair
	ToldAsker // that a second person has agreed, or has not
)

// OpenFor is how long an opening holds.
const OpenFor = 24 * time.Hour

// Categories are why somebody may want to know, as pages list them.
var Categories = []string{"danger", "hurt", "self", "other"}

// Over says whether nothing is handed out for it any more.
func (o Opening) Over(now time.Time) bool { return o.Refused != "" || !now.Before(o.Until) }
