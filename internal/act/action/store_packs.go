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
}

// Freeze keeps a pack for good.
func (s Store) Freeze(ctx context.Context, who access.Actor, title string, rounds []string, body []byte) (Pack, error) {
	if err := mayReply(who); err != nil {
		return Pack{}, err
	}
	title = strings.TrimSpace(title)
	if title == "" || len([]rune(title)) > 120 {
		return Pack{}, fault.Field("title", "action.pack_title")
	}
	if len(rounds) == 0 {
		return Pack{}, fault.Field("rounds", "action.pack_rounds")
	}
	names, err := json.Marshal(rounds)
	if err != nil {
		return Pack{}, err
	}
	hash := sha256.Sum256(body)
	p := Pack{SchoolID: who.School, ID: storage.NewID(), Title: title, Body: string(body), Hash: hex.EncodeToString(hash[:]), Rounds: string(names), MadeBy: who.Name, MadeAt: s.db.Now()}
	return p, s.db.InTx(ctx, func(tx *storage.DB) error {
		if err := tx.Write(ctx).Create(&p).Error; err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "pack.freeze", "pack", p.ID, "")
	})
}

// Packs lists the packs of the actor's school, the newest first, without their bodies. Leaders and governors may.
func (s Store) Packs(ctx context.Context, who access.Actor) ([]Pack, error) {
	if !access.Can(who, access.ReadPacks, access.Object{School: who.School}) {
		return nil, fault.New(fault.Forbidden, "fault.forbidden")
	}
	var all []Pack
	err := s.db.Query(ctx).Select("school_id, id, title, hash, rounds, made_by, made_at").Where("school_id = ?", who.School).Order("made_at DESC, id").Find(&all).Error
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
