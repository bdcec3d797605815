package envelope

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// Resealing is one envelope on its way from the keys it is sealed to, to those of everybody who holds one now.
type Resealing struct {
	Round    string   `json:"round"`
	Envelope string   `json:"envelope"`
	Body     []byte   `json:"body"`            // what the browser opens, and what it gives back
	Peel     bool     `json:"peel,omitempty"`  // only the outer seal is to be taken off
	Inner    []string `json:"inner,omitempty"` // what is opened is sealed to these
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
// leaves for this actor.
//
// Whoever is given them could read them, so it is written down like any other opening and the same people are told. Only what
// is sealed to the actor's present key is given: nobody gets at names by making a second key and keeping the first.
func (s Store) NextStale(ctx context.Context, who access.Actor, n int) (next []Resealing, left int, err error) {
	if err := mayHold(who); err != nil {
		return nil, 0, err
	}
	err = s.db.InTx(ctx, func(tx *storage.DB) error {
		next, left = nil, 0
		st := Store{tx, s.key}
		list, policies, keys, err := st.mineStale(ctx, who)
		if err != nil {
			return err
		}
		for _, e := range some(list, n) {
			if err := st.noteAll(ctx, who, e.RoundID); err != nil {
				return err
			}
			r := Resealing{Round: e.RoundID, Envelope: e.ID, Inner: recipients(keys.Safeguarding)}
			text := e.Body
			switch {
			case policies[e.RoundID] == Two && e.Peeled == "":
				r = Resealing{Round: e.RoundID, Envelope: e.ID, Peel: true}
			case policies[e.RoundID] == Two:
				text = e.Peeled
			}
			if r.Body, err = decode(text); err != nil {
				return err
			}
			next = append(next, r)
		}
		left = len(list) - len(next)
		return nil
	})
	return next, left, err
}

// CanReseal says how many envelopes the actor's browser can bring a step further, and in how many of them that is to take the
// outer seal off. It hands nothing out.
func (s Store) CanReseal(ctx context.Context, who access.Actor) (n, peel int, err error) {
	list, policies, _, err := s.mineStale(ctx, who)
	for _, e := range list {
		if policies[e.RoundID] == Two && e.Peeled == "" {
			peel++
		}
	}
	return len(list), peel, err
}

// mineStale lists the stale envelopes whose next step is the actor's.
func (s Store) mineStale(ctx context.Context, who access.Actor) ([]Envelope, map[string]Policy, Keys, error) {
	mine, err := s.mine(ctx, who)
	if fault.Is(err, fault.Conflict) { // they have no key
		return nil, nil, Keys{}, nil
	} else if err != nil {
		return nil, nil, Keys{}, err
	}
	list, policies, keys, err := s.stale(ctx, who.School)
	group := GroupOf(who)
	list = slices.DeleteFunc(list, func(e Envelope) bool {
		if !slices.Contains(strings.Fields(e.Keys), mine.ID) {
			return true
		}
		if policies[e.RoundID] == Two {
			return (group == Second) != (e.Peeled == "")
		}
		return group != Safeguarding
	})
	return list, policies, keys, err
}

// Reseal takes what a browser made of NextStale: what is under an outer seal, as it was; or what is sealed anew to the
// safeguarding team, which the server puts under a new outer seal where there is one. Faults: Forbidden; Invalid opening.inner.
func (s Store) Reseal(ctx context.Context, who access.Actor, done []Resealing) error {
	if err := mayHold(who); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		st := Store{tx, s.key}
		list, policies, keys, err := st.mineStale(ctx, who)
		if err != nil {
			return err
		}
		n := 0
		for _, d := range done {
			i := slices.IndexFunc(list, func(e Envelope) bool { return e.RoundID == d.Round && e.ID == d.Envelope })
			if i < 0 {
				continue // somebody else was quicker
			}
			e, two := list[i], policies[list[i].RoundID] == Two
			if !looksSealed(d.Body) || two && e.Peeled == "" && hashOf(d.Body) != e.InnerHash {
				return fault.New(fault.Invalid, "opening.inner")
			}
			if two && e.Peeled == "" {
				e.Peeled = encode(d.Body)
			} else {
				closed, err := keys.close(policies[e.RoundID], d.Body)
				if err != nil {
					return err
				}
				e.Body, e.Keys, e.InnerHash, e.Peeled = closed.Body, closed.Keys, closed.InnerHash, ""
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
