package identity

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"gorm.io/gorm/clause"
)

// hashOf is how a code is listed in the directory. The code of a round stands in its public address and is no secret,
// so it is found without the key, also in a database that was restored without it.
func (s Store) hashOf(kind, code string) string {
	code = strings.ToLower(code)
	if kind == "round" {
		sum := sha256.Sum256([]byte("round " + code))
		return hex.EncodeToString(sum[:])
	}
	return s.key.Hash(kind, code)
}

// KeyChanged says whether the key differs from the one this database was first used with: printed slips and links that
// were handed out are dead then. The first call notes the key's fingerprint.
func (s Store) KeyChanged(ctx context.Context) (bool, error) {
	var have []Directory
	if err := s.db.Write(ctx).Where("kind = 'key'").Limit(1).Find(&have).Error; err != nil {
		return false, err
	}
	print := s.key.Hash("fingerprint")
	if len(have) == 1 {
		return have[0].Hash != print, nil
	}
	return false, s.db.Write(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&Directory{Hash: print, Kind: "key"}).Error
}
