package schedule

import (
	"context"
	"fmt"

	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/school/roster"
)

// unseen lists the trusts in which something has changed since their sums were last looked at: a school joined or left, or
// published a round. what is how that is noted afterwards. It is one query, however many schools there are.
func unseen(ctx context.Context, db *storage.DB) (trusts []roster.Trust, what map[string]string, err error) {
	var rows []struct {
		roster.Trust
		Ever, Gone, Rounds int64
	}
	err = db.Query(ctx).Model(&roster.Trust{}).Select("trusts.*, count(DISTINCT s.id) AS ever, count(DISTINCT CASE WHEN s.left_at IS NOT NULL THEN s.id END) AS gone, count(r.id) AS rounds").
		Joins("JOIN trust_schools AS s ON s.trust_id = trusts.id").
		Joins("LEFT JOIN rounds AS r ON r.school_id = s.school_id AND r.state = ? AND s.left_at IS NULL", round.Published).
		Group("trusts.id").Order("trusts.id").Find(&rows).Error
	what = map[string]string{}
	for _, row := range rows {
		if now := fmt.Sprintf("%d joined, %d left, %d rounds", row.Ever, row.Gone, row.Rounds); now != row.Seen {
			trusts, what[row.ID] = append(trusts, row.Trust), now
		}
	}
	return trusts, what, err
}

// published lists the published rounds of the schools that are in a trust now.
func published(ctx context.Context, db *storage.DB, trust string) (rounds []round.Round, err error) {
	err = db.Query(ctx).Where("state = ? AND school_id IN (?)", round.Published,
		db.Query(ctx).Model(&roster.TrustSchool{}).Select("school_id").Where("trust_id = ? AND left_at IS NULL", trust)).
		Order("published_at, id").Find(&rounds).Error
	return rounds, err
}
