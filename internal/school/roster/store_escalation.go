package roster

import (
	"context"
	"strings"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// Contact is somebody outside school whom adults call.
type Contact struct{ Name, Phone string }

// escalationMost is how much a school may write about whom to call.
const escalationMost = 2000

// contacts reads lines of a name and a number. ok is false where one has no number.
func contacts(text string) (list []Contact, ok bool) {
	ok = true
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		i := strings.LastIndex(line, ":")
		if i < 1 || !strings.ContainsAny(line[i:], "0123456789") {
			ok = false
			continue
		}
		list = append(list, Contact{strings.TrimSpace(line[:i]), strings.TrimSpace(line[i+1:])})
	}
	return list, ok
}

// WhoToCall lists those outside school whom adults call.
func (s School) WhoToCall() []Contact {
	list, _ := contacts(s.Escalation)
	return list
}

// CanEscalate says whether the school has written down whom to call: more than the numbers that everybody knows.
func (s School) CanEscalate() bool {
	list, ok := contacts(s.Escalation)
	for _, c := range list {
		digits := 0
		for _, r := range c.Phone {
			if r >= '0' && r <= '9' {
				digits++
			}
		}
		if ok && digits > 4 {
			return true
		}
	}
	return false
}

// SuggestedEscalation is what a school begins with: the numbers of its nation, and those to fill in for itself.
func SuggestedEscalation(nation string) string {
	return map[string]string{
		"england":          "Children’s social care: \nLocal authority designated officer, about an adult in school: \nPolice, in danger now: 999\nPolice, not urgent: 101\n",
		"wales":            "Children’s services: \nDesignated officer for safeguarding, about an adult in school: \nPolice, in danger now: 999\nPolice, not urgent: 101\n",
		"scotland":         "Children and families social work: \nEducation service, about an adult in school: \nPolice, in danger now: 999\nPolice, not urgent: 101\n",
		"northern_ireland": "Gateway children’s social services: \nEducation Authority child protection, about an adult in school: \nPolice, in danger now: 999\nPolice, not urgent: 101\n",
	}[nation]
}

// SaveEscalation stores whom to call. Faults: Invalid school.escalation, school.escalation_local, school.escalation_long.
func (s Store) SaveEscalation(ctx context.Context, who access.Actor, text string) error {
	if !access.Can(who, access.KeepCover, access.Object{School: who.School}) {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	if len(text) > escalationMost {
		return fault.Field("escalation", "school.escalation_long")
	}
	if _, ok := contacts(text); !ok {
		return fault.Field("escalation", "school.escalation")
	}
	if !(School{Escalation: text}).CanEscalate() {
		return fault.Field("escalation", "school.escalation_local")
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		if err := tx.Write(ctx).Model(&School{}).Where("school_id = ?", who.School).Update("escalation", text).Error; err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "school.escalation", "school", who.School, "")
	})
}
