package envelope

import (
	"context"
	"fmt"
	"slices"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// Resealing is one envelope on its way from the keys it is sealed to, to those of everybody who holds one now.
type Resealing struct {
	Round    string   `json:"round"`
	Envelope string   `json:"envelope"`
	Body     []byte   `json:"body"`           // what the browser opens, and what it gives back
	Peel     bool     `json:"peel,omitempty"` // only the outer seal is to be taken off
	Inner    []string `json:"inner,omitempty"`
	Outer    []string `json:"outer,omitempty"` // where two are needed: what is sealed to Inner is sealed to these again
}

// stale lists the envelopes of a school that are not sealed to all present keys, with the policy of their rounds. Envelopes of a
// policy in whose groups nobody holds a key stay as they are: there is nothing to seal them to.
func (s Store) stale(ctx context.Context, school string) (list []Envelope, policies map[string]Policy, keys Keys, err error) {
	if keys, err = s.present(ctx, school); err != nil {
		return nil, nil, keys, err
	}
	var rows []struct{ RoundID, Keys string }
	err = s.db.Query(ctx).Model(&Envelope{}).Select("round_id, keys").Where("school_id = ?", school).Group("round_id, keys").Find(&rows).Error
	if err != nil {
		return nil, nil, keys, err
	}
	policies = map[string]Policy{}
	for _, row := range rows {
		p, ok := policies[row.RoundID]
		if !ok {
			r, err := s.rounds().ByID(ctx, school, row.RoundID)
			if err != nil {
				return nil, nil, keys, err
			}
			p = PolicyOf(r)
			policies[row.RoundID] = p
		}
		if row.Keys == keys.ids(p) || len(keys.Safeguarding) == 0 || p == Two && len(keys.Second) == 0 {
			continue
		}
		var some []Envelope
		if err := s.db.Query(ctx).Where("school_id = ? AND round_id = ? AND keys = ?", school, row.RoundID, row.Keys).Find(&some).Error; err != nil {
			return nil, nil, keys, err
		}
		list = append(list, some...)
	}
	return list, policies, keys, nil
}

// Stale is how many sealed names are not sealed to everybody who holds a key now.
func (s Store) Stale(ctx context.Context, school string) (int, error) {
	list, _, _, err := s.stale(ctx, school)
	return len(list), err
}

// NextStale gives up to n envelopes that the actor's browser can bring a step further: the safeguarding team opens them and
// seals them anew; where two are needed, somebody of the other group takes the outer seal off first. left says how many that
// leaves for this actor. Envelopes that the actor's key cannot open are given too; their browser leaves them out.
func (s Store) NextStale(ctx context.Context, who access.Actor, n int) (next []Resealing, left int, err error) {
	if err := mayHold(who); err != nil {
		return nil, 0, err
	}
	list, policies, keys, err := s.stale(ctx, who.School)
	if err != nil {
		return nil, 0, err
	}
	group := GroupOf(who)
	list = slices.DeleteFunc(list, func(e Envelope) bool {
		if policies[e.RoundID] == Two {
			return (group == Second) != (e.Peeled == "")
		}
		return group != Safeguarding
	})
	for _, e := range some(list, n) {
		r := Resealing{Round: e.RoundID, Envelope: e.ID, Inner: recipients(keys.Safeguarding)}
		text := e.Body
		if policies[e.RoundID] == Two {
			if r.Outer = recipients(keys.Second); group == Second {
				r = Resealing{Round: e.RoundID, Envelope: e.ID, Peel: true}
			} else {
				text = e.Peeled
			}
		}
		if r.Body, err = decode(text); err != nil {
			return nil, 0, err
		}
		next = append(next, r)
	}
	return next, len(list) - len(next), nil
}

// Reseal takes what a browser made of NextStale. Faults: Forbidden; Invalid opening.inner.
func (s Store) Reseal(ctx context.Context, who access.Actor, done []Resealing) error {
	if err := mayHold(who); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		st := Store{tx, s.key}
		stale, policies, keys, err := st.stale(ctx, who.School)
		if err != nil {
			return err
		}
		n := 0
		for _, d := range done {
			i := slices.IndexFunc(stale, func(e Envelope) bool { return e.RoundID == d.Round && e.ID == d.Envelope })
			if i < 0 {
				continue // somebody else was quicker
			}
			if !looksSealed(d.Body) {
				return fault.New(fault.Invalid, "opening.inner")
			}
			e := stale[i]
			two := policies[e.RoundID] == Two
			switch {
			case two && GroupOf(who) == Second && e.Peeled == "":
				e.Peeled = encode(d.Body)
			case GroupOf(who) == Safeguarding && (!two || e.Peeled != ""):
				e.Body, e.Keys, e.Peeled = encode(d.Body), keys.ids(policies[e.RoundID]), ""
			default:
				return fault.New(fault.Forbidden, "fault.forbidden")
			}
			if err := tx.Write(ctx).Save(&e).Error; err != nil {
				return err
			}
			n++
		}
		if n == 0 {
			return nil
		}
		return audit.Record(ctx, tx, who, "envelope.reseal", "school", who.School, fmt.Sprint(n))
	})
}

// ForgetPeeled takes away what was peeled and not sealed anew within its day.
func (s Store) ForgetPeeled(ctx context.Context, school string) error {
	return s.db.Write(ctx).Model(&Envelope{}).Where("school_id = ? AND peeled <> ''", school).Update("peeled", "").Error
}

// Peeled lists the schools in which an outer seal is off.
func (s Store) Peeled(ctx context.Context) (schools []string, err error) {
	err = s.db.Query(ctx).Model(&Envelope{}).Where("peeled <> ''").Distinct("school_id").Pluck("school_id", &schools).Error
	return schools, err
}
