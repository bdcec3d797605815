package roster

import (
	"context"
	"encoding/json"
	"maps"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// SaveCalendar stores a school's calendar and how many minutes a term it asks people for.
func (s Store) SaveCalendar(ctx context.Context, who access.Actor, c Calendar, minutes int) error {
	if !access.Can(who, access.ManageSchool, access.Object{School: who.School}) {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	fields := map[string]fault.Problem{}
	if minutes < AskingLeast || minutes > AskingMost {
		fields["minutes"] = fault.Problem{Key: "calendar.minutes", Values: fault.Values{"Least": AskingLeast, "Most": AskingMost}}
	}
	maps.Copy(fields, c.problems())
	if err := fault.Fields(fields); err != nil {
		return err
	}
	body, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		err := tx.Write(ctx).Model(&School{}).Where("school_id = ?", who.School).Updates(map[string]any{"calendar": string(body), "asking_minutes": minutes}).Error
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "school.calendar", "school", who.School, "")
	})
}
