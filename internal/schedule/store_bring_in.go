package schedule

import (
	"context"

	"earshot/internal/base/storage"
	"earshot/internal/show/chart"
	"earshot/internal/show/result"
)

// dropReleases deletes what was worked out of a round, and the charts that show it.
func dropReleases(ctx context.Context, tx *storage.DB, school, id string) error {
	if err := tx.Write(ctx).Where("school_id = ? AND round_id = ?", school, id).Delete(&result.Stored{}).Error; err != nil {
		return err
	}
	if err := result.ForgetTotals(ctx, tx, school, id); err != nil {
		return err
	}
	return chart.NewStore(tx).Forget(ctx, school)
}
