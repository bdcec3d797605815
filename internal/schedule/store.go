package schedule

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
	"earshot/internal/school/roster"
	"earshot/internal/show/chart"
	"earshot/internal/show/result"
)

// Job is one thing to do for one round, once.
type Job struct {
	SchoolID   string `gorm:"primaryKey"`
	ID         string `gorm:"primaryKey"`
	Kind       string
	Target     string
	DueAt      time.Time
	TakenUntil *time.Time
	Tries      int
	DoneAt     *time.Time
}

// waiting lists the rounds that something will happen to by itself.
func waiting(ctx context.Context, db *storage.DB) ([]round.Round, error) {
	var rounds []round.Round
	err := db.Query(ctx).Where("state IN ?", []round.State{round.Open, round.Closed, round.Settled, round.Published, round.Cancelled}).Find(&rounds).Error
	return rounds, err
}

// set notes a job, or moves one that is not done yet.
func set(ctx context.Context, db *storage.DB, school, kind, target string, due time.Time) error {
	var have []Job
	err := db.Query(ctx).Where("school_id = ? AND kind = ? AND target = ?", school, kind, target).Limit(1).Find(&have).Error
	if err != nil || len(have) == 1 && (have[0].DoneAt != nil || have[0].DueAt.Equal(due)) {
		return err
	}
	j := Job{SchoolID: school, ID: storage.NewID(), Kind: kind, Target: target, DueAt: due.UTC()}
	return db.Write(ctx).Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "school_id"}, {Name: "kind"}, {Name: "target"}},
		DoUpdates: clause.Assignments(map[string]any{"due_at": due.UTC(), "taken_until": nil}),
	}).Create(&j).Error
}

// withoutJob lists the schools that have no job of a kind and a target yet.
func withoutJob(ctx context.Context, db *storage.DB, kind, target string) (schools []roster.School, err error) {
	noted := db.Query(ctx).Model(&Job{}).Select("school_id").Where("kind = ? AND target = ?", kind, target)
	err = db.Query(ctx).Where("school_id NOT IN (?)", noted).Find(&schools).Error
	return schools, err
}

// reopen notes a job that has to be done again, though it was done before.
func reopen(ctx context.Context, db *storage.DB, school, kind, target string) error {
	now := db.Now()
	j := Job{SchoolID: school, ID: storage.NewID(), Kind: kind, Target: target, DueAt: now}
	return db.Write(ctx).Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "school_id"}, {Name: "kind"}, {Name: "target"}},
		Where:     clause.Where{Exprs: []clause.Expression{clause.Expr{SQL: "jobs.done_at IS NOT NULL"}}},
		DoUpdates: clause.Assignments(map[string]any{"due_at": now, "done_at": nil, "taken_until": nil, "tries": 0}),
	}).Create(&j).Error
}

// renew keeps a job leased that takes longer than it may be expected to.
func renew(ctx context.Context, db *storage.DB, j Job) error {
	return db.Write(ctx).Model(&Job{}).Where("school_id = ? AND id = ?", j.SchoolID, j.ID).Update("taken_until", db.Now().Add(2*time.Minute)).Error
}

// take leases the job that has been due longest, of those whose kind a condition names.
func take(ctx context.Context, db *storage.DB, which string, kinds any) (Job, bool, error) {
	now := db.Now()
	var due []Job
	free := "due_at <= ? AND done_at IS NULL AND (taken_until IS NULL OR taken_until < ?)"
	if err := db.Query(ctx).Where(free, now, now).Where(which, kinds).Order("due_at, id").Limit(1).Find(&due).Error; err != nil || len(due) == 0 {
		return Job{}, false, err
	}
	j := due[0]
	j.Tries++
	lease := now.Add(time.Minute * time.Duration(min(60, 1<<min(j.Tries, 6))))
	res := db.Write(ctx).Model(&Job{}).Where("school_id = ? AND id = ? AND "+free, j.SchoolID, j.ID, now, now).
		Updates(map[string]any{"taken_until": lease, "tries": gorm.Expr("tries + 1")})
	return j, res.RowsAffected == 1, res.Error
}

// finish marks a job done.
func finish(ctx context.Context, db *storage.DB, j Job) error {
	return db.Write(ctx).Model(&Job{}).Where("school_id = ? AND id = ?", j.SchoolID, j.ID).Update("done_at", db.Now()).Error
}

// purgeReleases deletes the group totals of a round on the day that was promised, and the charts that show them. Charts of
// the school's other rounds are drawn again, since a later one may show an earlier round's share.
func purgeReleases(ctx context.Context, db *storage.DB, who access.Actor, id string) error {
	return db.InTx(ctx, func(tx *storage.DB) error {
		if err := tx.Write(ctx).Where("school_id = ? AND round_id = ?", who.School, id).Delete(&result.Stored{}).Error; err != nil {
			return err
		}
		if err := result.ForgetTotals(ctx, tx, who.School, id); err != nil {
			return err
		}
		if err := chart.NewStore(tx).Forget(ctx, who.School); err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "round.purge_counts", "round", id, "")
	})
}

// release is a release as the drawing of charts knows it.
type release struct{ SchoolID, RoundID, ID string }

// releases lists all releases, those of one school together.
func releases(ctx context.Context, db *storage.DB) (list []release, err error) {
	err = db.Query(ctx).Model(&result.Stored{}).Select("school_id", "round_id", "id").Order("school_id, made_at, id").Find(&list).Error
	return list, err
}
