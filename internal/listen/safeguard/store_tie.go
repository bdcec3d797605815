package safeguard

import "context"

// Tied is what was written where a name is tied to: a comment of the round, or a concern that came from one; ok is false where
// neither is there any more. It is for comparing with what the name's envelope says it belongs to, and nobody is shown it.
func (s Store) Tied(ctx context.Context, school, roundID, tie string) (text string, ok bool, err error) {
	comments, err := s.all(ctx, school, roundID)
	if err != nil {
		return "", false, err
	}
	for _, c := range comments {
		w, err := s.unlockComment(c)
		if err != nil || w.Tie == tie {
			return w.Words, err == nil, err
		}
	}
	var concerns []Concern
	if err := s.db.Query(ctx).Where("school_id = ?", school).Find(&concerns).Error; err != nil {
		return "", false, err
	}
	for _, c := range concerns {
		said, err := s.unlock(c)
		if err != nil || said.Round == roundID && said.Tie == tie {
			return said.Words, err == nil, err
		}
	}
	return "", false, nil
}
