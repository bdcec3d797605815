package roster

import (
	"context"
	"strings"
	"time"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// Trust is several schools that read sums over all of them.
type Trust struct {
	ID        string `gorm:"primaryKey"`
	Name      string
	Seen      string // of which schools and rounds its sums were last looked at
	CreatedAt time.Time
}

// TrustSchool is that a school is, or was, in a trust.
type TrustSchool struct {
	TrustID  string `gorm:"primaryKey"`
	ID       string `gorm:"primaryKey"`
	SchoolID string
	JoinedAt time.Time
	LeftAt   *time.Time
}

// CreateTrust adds a trust without schools. Its caller has the machine; there is no actor above schools.
func (s Store) CreateTrust(ctx context.Context, name string) (Trust, error) {
	t := Trust{ID: storage.NewID(), Name: strings.TrimSpace(name), CreatedAt: s.db.Now()}
	if t.Name == "" || len(t.Name) > 120 {
		return Trust{}, fault.New(fault.Invalid, "trust.name")
	}
	err := s.db.Write(ctx).Create(&t).Error
	if err = storage.Fault(err, "fault.not_found"); fault.Is(err, fault.Conflict) {
		err = fault.New(fault.Conflict, "trust.exists", fault.Values{"Name": t.Name})
	}
	return t, err
}

// Trusts lists all trusts by name.
func (s Store) Trusts(ctx context.Context) (list []Trust, err error) {
	err = s.db.Query(ctx).Order("name, id").Find(&list).Error
	return list, err
}

// TrustByName finds a trust; NotFound trust.unknown without one.
func (s Store) TrustByName(ctx context.Context, name string) (t Trust, err error) {
	err = s.db.Query(ctx).Where("name = ?", strings.TrimSpace(name)).Take(&t).Error
	return t, storage.Fault(err, "trust.unknown")
}

// Trust finds a trust by its id.
func (s Store) Trust(ctx context.Context, id string) (t Trust, err error) {
	err = s.db.Query(ctx).Where("id = ?", id).Take(&t).Error
	return t, storage.Fault(err, "trust.unknown")
}

// TrustOf finds the trust that a school is in now; NotFound if it is in none.
func (s Store) TrustOf(ctx context.Context, school string) (t Trust, err error) {
	err = s.db.Query(ctx).Joins("JOIN trust_schools ON trust_schools.trust_id = trusts.id AND trust_schools.left_at IS NULL").
		Where("trust_schools.school_id = ?", school).Take(&t).Error
	return t, storage.Fault(err, "trust.none")
}

// TrustSchools lists the schools that are in a trust now, by name.
func (s Store) TrustSchools(ctx context.Context, trust string) (list []School, err error) {
	err = s.db.Query(ctx).Where("school_id IN (?)",
		s.db.Query(ctx).Model(&TrustSchool{}).Select("school_id").Where("trust_id = ? AND left_at IS NULL", trust)).
		Order("name, school_id").Find(&list).Error
	return list, err
}

// TrustHistory lists when the schools that are in a trust now were in this trust and in others, the earliest first.
func (s Store) TrustHistory(ctx context.Context, trust string) (list []TrustSchool, err error) {
	err = s.db.Query(ctx).Where("school_id IN (?)",
		s.db.Query(ctx).Model(&TrustSchool{}).Select("school_id").Where("trust_id = ? AND left_at IS NULL", trust)).
		Order("joined_at, id").Find(&list).Error
	return list, err
}

// JoinTrust puts the actor's school into a trust: its head's consent. Conflict when it is in one already.
func (s Store) JoinTrust(ctx context.Context, who access.Actor, trust string) error {
	if !access.Can(who, access.JoinTrust, access.Object{School: who.School}) {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		t, err := NewStore(tx).Trust(ctx, trust)
		if err != nil {
			return err
		}
		row := TrustSchool{TrustID: t.ID, ID: storage.NewID(), SchoolID: who.School, JoinedAt: tx.Now()}
		err = storage.Fault(tx.Write(ctx).Create(&row).Error, "fault.not_found")
		if fault.Is(err, fault.Conflict) {
			return fault.New(fault.Conflict, "trust.already")
		}
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "trust.join", "school", who.School, t.Name)
	})
}

// LeaveTrust takes the actor's school out of its trust. What was summed already stays summed.
func (s Store) LeaveTrust(ctx context.Context, who access.Actor) error {
	if !access.Can(who, access.JoinTrust, access.Object{School: who.School}) {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		t, err := NewStore(tx).TrustOf(ctx, who.School)
		if err != nil {
			return err
		}
		err = tx.Write(ctx).Model(&TrustSchool{}).Where("school_id = ? AND left_at IS NULL", who.School).Update("left_at", tx.Now()).Error
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "trust.leave", "school", who.School, t.Name)
	})
}

// SumsSeen notes of which schools and rounds a trust's sums were looked at.
func (s Store) SumsSeen(ctx context.Context, trust, what string) error {
	return s.db.Write(ctx).Model(&Trust{}).Where("id = ?", trust).Update("seen", what).Error
}
