package action

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"gorm.io/gorm/clause"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// Agreement is a school's word on how it uses what it hears about teaching, as its head signed it.
type Agreement struct {
	SchoolID string `gorm:"primaryKey"`
	Hash     string `gorm:"primaryKey"`
	Words    string
	SignedBy string
	SignedAt time.Time
}

// AgreementLines are the sentences of the page, in their order.
func AgreementLines() (lines []string) {
	v := words.English()
	for _, key := range []string{"first", "never", "sums", "guess", "share", "reply", "ask", "worry"} {
		lines = append(lines, v.Say("agreement."+key))
	}
	return lines
}

func agreementHash() string {
	sum := sha256.Sum256([]byte(strings.Join(AgreementLines(), "\n")))
	return hex.EncodeToString(sum[:])
}

// Agreement reads what the head of a school has signed; ok is false while nobody has signed the page as it reads now.
func (s Store) Agreement(ctx context.Context, school string) (a Agreement, ok bool, err error) {
	var rows []Agreement
	err = s.db.Query(ctx).Where("school_id = ? AND hash = ?", school, agreementHash()).Find(&rows).Error
	if len(rows) == 0 {
		return a, false, err
	}
	return rows[0], true, err
}

// Sign is the head's signature.
func (s Store) Sign(ctx context.Context, who access.Actor) error {
	if !who.Is(access.Head) || !who.SignedIn() {
		return fault.New(fault.Forbidden, "agreement.head")
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		row := Agreement{SchoolID: who.School, Hash: agreementHash(), Words: strings.Join(AgreementLines(), "\n"), SignedBy: who.Name, SignedAt: tx.Now()}
		if err := tx.Write(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "agreement.sign", "school", who.School, "")
	})
}
