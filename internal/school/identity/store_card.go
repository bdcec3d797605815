package identity

import (
	"context"
	"slices"

	"earshot/internal/base/storage"
)

// CardKind is how pupils' own cards are listed in the directory.
const CardKind = "card"

// ListCards makes pupils findable by the codes on their cards: code -> person. Cards that these people had open nothing any
// more. Call it inside the transaction that keeps the cards.
func (s Store) ListCards(ctx context.Context, school string, codes map[string]string) error {
	var rows []Directory
	var people []string
	for code, person := range codes {
		rows = append(rows, Directory{Hash: s.hashOf(CardKind, code), Kind: CardKind, SchoolID: school, Target: person})
		people = append(people, person)
	}
	if len(rows) == 0 {
		return nil
	}
	for part := range slices.Chunk(people, 400) {
		if err := s.db.Write(ctx).Where("kind = ? AND school_id = ? AND target IN ?", CardKind, school, storage.Padded(part)).Delete(&Directory{}).Error; err != nil {
			return err
		}
	}
	// A map gives them in an order of its own, so no order of rows tells whose a code is.
	return s.db.Write(ctx).CreateInBatches(&rows, 400).Error
}
