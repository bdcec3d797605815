package action

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// Pack is what governors were shown at one meeting: a copy that never changes.
type Pack struct {
	SchoolID string `gorm:"primaryKey"`
	ID       string `gorm:"primaryKey"`
	Title    string
	Body     string // JSON, as whoever made it drew it
	Hash     string // SHA-256 of the body
	Rounds   string // JSON of []string
	MadeBy   string
	MadeAt   time.Time
	Follows  string // JSON of []Followed: what the next pack comes back to

	WithdrawnAt      *time.Time
	WithdrawnBy      string
	WithdrawnBecause string
}

// Followed is a question that a pack named to work on, as the next pack comes back to it.
type Followed struct {
	Round string `json:"round"`
	Trend string `json:"trend"` // its words, as questions are followed over time
	Text  string `json:"text"`
	Then  string `json:"then"` // its share, in the words of the pack
}

// Followed reads what the next pack comes back to.
func (p Pack) Followed() []Followed {
	var list []Followed
	_ = json.Unmarshal([]byte(p.Follows), &list) // written by this package; empty in old packs
	return list
}

// RoundIDs are the rounds it tells of.
func (p Pack) RoundIDs() []string {
	var ids []string
	_ = json.Unmarshal([]byte(p.Rounds), &ids) // written by this package
	return ids
}

// PackForm is what a pack is made from.
type PackForm struct {
	Title   string
	Rounds  []string
	Follows []Followed
	Body    []byte // as it is drawn
}

// Problems says what is still missing before a pack can be made; nil if nothing is.
func (f *PackForm) Problems() error {
	f.Title = strings.TrimSpace(f.Title)
	if f.Title == "" || len([]rune(f.Title)) > 120 {
		return fault.Field("title", "action.pack_title")
	}
	if len(f.Rounds) == 0 {
		return fault.Field("rounds", "action.pack_rounds")
	}
	return nil
}

// Freeze keeps a pack for good.
func (s Store) Freeze(ctx context.Context, who access.Actor, f PackForm) (Pack, error) {
	if err := mayReply(who); err != nil {
		return Pack{}, err
	}
	if err := f.Problems(); err != nil {
		return Pack{}, err
	}
	names, err := json.Marshal(f.Rounds)
	if err != nil {
		return Pack{}, err
	}
	follows, err := json.Marshal(f.Follows)
	if err != nil {
		return Pack{}, err
	}
	hash := sha256.Sum256(f.Body)
	p := Pack{SchoolID: who.School, ID: storage.NewID(), Title: f.Title, Body: string(f.Body), Hash: hex.EncodeToString(hash[:]), Rounds: string(names), Follows: string(follows), MadeBy: who.Name, MadeAt: s.db.Now()}
	return p, s.db.InTx(ctx, func(tx *storage.DB) error {
		if err := tx.Write(ctx).Create(&p).Error; err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "pack.freeze", "pack", p.ID, "")
	})
}

// Withdraw says of a pack that it should not be used any more, and why. The copy stays, and says so: what governors were
// shown cannot be made undone.
func (s Store) Withdraw(ctx context.Context, who access.Actor, id, because string) error {
	if err := mayReply(who); err != nil {
		return err
	}
	because = strings.Join(strings.Fields(because), " ")
	if n := len([]rune(because)); n == 0 || n > 300 {
		return fault.Field("because", "action.pack_because")
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		done := tx.Write(ctx).Model(&Pack{}).Where("school_id = ? AND id = ? AND withdrawn_at IS NULL", who.School, id).
			Updates(map[string]any{"withdrawn_at": tx.Now(), "withdrawn_by": who.Name, "withdrawn_because": because})
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return fault.New(fault.Conflict, "action.pack_withdrawn")
		}
		return audit.Record(ctx, tx, who, "pack.withdraw", "pack", id, "")
	})
}

// Packs lists the packs of the actor's school, the newest first, without their bodies. Leaders and governors may.
func (s Store) Packs(ctx context.Context, who access.Actor) ([]Pack, error) {
	if !access.Can(who, access.ReadPacks, access.Object{School: who.School}) {
		return nil, fault.New(fault.Forbidden, "fault.forbidden")
	}
	var all []Pack
	err := s.db.Query(ctx).Select("school_id, id, title, hash, rounds, made_by, made_at, follows, withdrawn_at, withdrawn_by, withdrawn_because").Where("school_id = ?", who.School).Order("made_at DESC, id").Find(&all).Error
	return all, err
}

// Pack reads one. A body that is not as it was when it was made is an error: governors never read a changed copy.
func (s Store) Pack(ctx context.Context, who access.Actor, id string) (Pack, error) {
	if !access.Can(who, access.ReadPacks, access.Object{School: who.School}) {
		return Pack{}, fault.New(fault.Forbidden, "fault.forbidden")
	}
	var p Pack
	if err := s.db.Query(ctx).Where("school_id = ? AND id = ?", who.School, id).Take(&p).Error; err != nil {
		return p, storage.Fault(err, "fault.not_found")
	}
	if hash := sha256.Sum256([]byte(p.Body)); hex.EncodeToString(hash[:]) != p.Hash {
		return p, fmt.Errorf("pack %s is not as it was made", p.ID)
	}
	return p, nil
}
