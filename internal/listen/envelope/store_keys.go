package envelope

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"slices"

	"earshot/internal/ask/round"
	"earshot/internal/base/fault"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
	"earshot/internal/school/roster"
)

func mayHold(who access.Actor) error {
	if !access.Can(who, access.HoldKeys, access.Object{School: who.School}) || GroupOf(who) == "" {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	return nil
}

// ToldAsChair says whether somebody is the chair of governors and can be told by mail.
func (k KeyOf) ToldAsChair() bool { return k.Person.Is(access.Chair) && k.Person.Email != "" }

// Holders lists who may hold a key today, the safeguarding team first, and the key each of them has.
func (s Store) Holders(ctx context.Context, school string) ([]KeyOf, error) {
	ro := roster.NewStore(s.db)
	set, err := ro.School(ctx, school)
	if err != nil {
		return nil, err
	}
	staff, err := ro.StaffList(ctx, school)
	if err != nil {
		return nil, err
	}
	var keys []Holder
	if err := s.db.Query(ctx).Where("school_id = ? AND ended_on = ''", school).Find(&keys).Error; err != nil {
		return nil, err
	}
	term, _ := set.Days().Term(storage.DateOf(s.db.Now(), set.Zone()))
	var list []KeyOf
	for _, m := range staff {
		k := KeyOf{Person: m, Group: groupOf(m.Is)}
		if k.Group == "" {
			continue
		}
		if i := slices.IndexFunc(keys, func(h Holder) bool { return h.PersonID == m.ID }); i >= 0 {
			k.Key = &keys[i]
			k.Due = k.Key.ProvedOn < term.First
		}
		list = append(list, k)
	}
	slices.SortStableFunc(list, func(a, b KeyOf) int { return cmp.Compare(a.Group, b.Group) })
	return list, nil
}

// Present are the keys that envelopes of a round are sealed to: of those who held one when it opened, as the promise says, and
// still hold one of the roles. A key that was made since counts once its holder has been told of and what is sealed has been
// sealed anew: else whoever appoints people could appoint somebody to read. A group in which nobody is left falls back to all
// keys that the round opened with, so that no answer is lost and no name stands open.
func (s Store) Present(ctx context.Context, r round.Round) (Keys, error) {
	now, err := s.present(ctx, r.SchoolID)
	if err != nil {
		return Keys{}, err
	}
	var keys Keys
	for _, k := range r.AtOpening().Keys {
		own, list := &keys.Safeguarding, now.Safeguarding
		if k.Group == string(Second) {
			own, list = &keys.Second, now.Second
		}
		if key := (Key{ID: k.ID, Recipient: k.Recipient}); slices.Contains(list, key) {
			*own = append(*own, key)
		}
	}
	for _, k := range r.AtOpening().Keys {
		key := Key{ID: k.ID, Recipient: k.Recipient}
		if k.Group == string(Second) && !slices.ContainsFunc(keys.Second, func(have Key) bool { return slices.Contains(now.Second, have) }) {
			keys.Second = append(keys.Second, key)
		}
		if k.Group == string(Safeguarding) && !slices.ContainsFunc(keys.Safeguarding, func(have Key) bool { return slices.Contains(now.Safeguarding, have) }) {
			keys.Safeguarding = append(keys.Safeguarding, key)
		}
	}
	return keys, nil
}

func (s Store) present(ctx context.Context, school string) (keys Keys, err error) {
	list, err := s.Holders(ctx, school)
	for _, k := range list {
		switch {
		case k.Key == nil:
		case k.Group == Safeguarding:
			keys.Safeguarding = append(keys.Safeguarding, Key{k.Key.ID, k.Key.Recipient})
		default:
			keys.Second = append(keys.Second, Key{k.Key.ID, k.Key.Recipient})
		}
	}
	return keys, err
}

// Ready says whether a round with a policy may open: two of each group that is needed hold a key, and each of these has been
// tried in this term. It returns the keys, for the round to keep. The promise says
// that the chair of governors is told of every opening, so there has to be one who can be. Faults: Conflict key.too_few,
// key.no_chair, key.unproved.
func (s Store) Ready(ctx context.Context, school string, p Policy) (Keys, error) {
	keys, err := s.present(ctx, school)
	if err != nil {
		return keys, err
	}
	if !keys.Enough(p) {
		return keys, fault.New(fault.Conflict, "key.too_few", fault.Values{"Policy": string(p)})
	}
	list, err := s.Holders(ctx, school)
	if err == nil && !slices.ContainsFunc(list, KeyOf.ToldAsChair) {
		return keys, fault.New(fault.Conflict, "key.no_chair")
	}
	for _, k := range list {
		if k.Key != nil && k.Due && (k.Group == Safeguarding || p == Two) {
			return keys, fault.New(fault.Conflict, "key.unproved", fault.Values{"Name": k.Person.Name()})
		}
	}
	return keys, err
}

// AddKey notes the public half of a key that was made in its holder's browser; an older key of theirs ends. Faults: Forbidden;
// Invalid key.recipient.
func (s Store) AddKey(ctx context.Context, who access.Actor, recipient string) (Holder, error) {
	if err := mayHold(who); err != nil {
		return Holder{}, err
	}
	clean, err := seal.Recipient(recipient)
	if err != nil {
		return Holder{}, err
	}
	today := s.today(ctx, who.School)
	h := Holder{SchoolID: who.School, ID: storage.NewID(), PersonID: who.Person, Recipient: clean, MadeOn: today}
	err = s.db.InTx(ctx, func(tx *storage.DB) error {
		err := tx.Write(ctx).Model(&Holder{}).Where("school_id = ? AND person_id = ? AND ended_on = ''", who.School, who.Person).Updates(map[string]any{"ended_on": today, "trial": ""}).Error
		if err != nil {
			return err
		}
		if err := tx.Write(ctx).Create(&h).Error; err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "key.make", "key", h.ID, "")
	})
	return h, err
}

// EndKey ends a key: nothing is sealed to it from now on. Its holder may, and those whom MayEnd names. Fault: NotFound.
func (s Store) EndKey(ctx context.Context, who access.Actor, id string) error {
	if err := mayHold(who); err != nil {
		return err
	}
	today := s.today(ctx, who.School)
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		holders, err := Store{tx, s.key}.Holders(ctx, who.School)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(holders, func(k KeyOf) bool { return k.Key != nil && k.Key.ID == id })
		if i < 0 || !holders[i].MayEnd(who) {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		err = tx.Write(ctx).Model(&Holder{}).Where("school_id = ? AND id = ?", who.School, id).
			Updates(map[string]any{"ended_on": today, "ended_by": who.Person, "trial": ""}).Error
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "key.end", "key", id, "")
	})
}

// MayEnd says whether somebody may end a key: its holder; a lead, who is not head; and the head, but not the chair's, since what is
// about the head is sealed to it.
func (k KeyOf) MayEnd(who access.Actor) bool {
	lead := who.Is(access.SafeguardingLead) && !who.Is(access.Head)
	return who.Person == k.Person.ID || k.Person.Is(access.Chair) && lead || !k.Person.Is(access.Chair) && who.Is(access.Head)
}

// Secret says whether the key of a chair of governors is none of somebody's business: a chair needs one as soon as something is
// written to them alone, and that nobody else may see.
func (k KeyOf) Secret(who access.Actor) bool {
	return k.Person.Is(access.Chair) && who.Person != k.Person.ID && !(who.Is(access.SafeguardingLead) && !who.Is(access.Head))
}

// ChairKeys are the ids of all keys of those who chair the governors or have done so.
func (s Store) ChairKeys(ctx context.Context, school string) (map[string]bool, error) {
	chairs, err := roster.NewStore(s.db).EverChairs(ctx, school)
	if err != nil || len(chairs) == 0 {
		return nil, err
	}
	var ids []string
	err = s.db.Query(ctx).Model(&Holder{}).Where("school_id = ? AND person_id IN ?", school, chairs).Pluck("id", &ids).Error
	by := map[string]bool{}
	for _, id := range ids {
		by[id] = true
	}
	return by, err
}

// NeedsSecond says whether the keys of the head and the chair matter to a school now: a round in which two people are always needed
// is prepared or asked, or there are names that are sealed twice.
func (s Store) NeedsSecond(ctx context.Context, school string) (bool, error) {
	var rounds []round.Round
	err := s.db.Query(ctx).Where("school_id = ? AND mode = ? AND state IN ?", school, round.Confidential, []round.State{round.Draft, round.Open, round.Closed}).Find(&rounds).Error
	if err != nil || slices.ContainsFunc(rounds, func(r round.Round) bool { return PolicyOf(r) == Two }) {
		return err == nil, err
	}
	var n int64
	err = s.db.Query(ctx).Model(&Envelope{}).Where("school_id = ? AND inner_hash <> ''", school).Count(&n).Error
	return n > 0, err
}

// EndedKeys lists keys, of all schools, that somebody else has ended and whose holders have not been told.
func (s Store) EndedKeys(ctx context.Context) ([]Holder, error) {
	var list []Holder
	err := s.db.Query(ctx).Where("ended_by <> '' AND ended_by <> person_id AND told = ?", false).Order("school_id, id").Limit(100).Find(&list).Error
	return list, err
}

// ToldEnded notes that the holder of a key that somebody else has ended knows of it.
func (s Store) ToldEnded(ctx context.Context, h Holder) error {
	return s.db.Write(ctx).Model(&Holder{}).Where("school_id = ? AND id = ?", h.SchoolID, h.ID).Update("told", true).Error
}

func (s Store) today(ctx context.Context, school string) storage.Date {
	set, err := roster.NewStore(s.db).School(ctx, school)
	if err != nil {
		return storage.DateOf(s.db.Now(), storage.Zone(""))
	}
	return storage.DateOf(s.db.Now(), set.Zone())
}

// mine is the present key of an actor. Fault: Conflict key.none.
func (s Store) mine(ctx context.Context, who access.Actor) (Holder, error) {
	if err := mayHold(who); err != nil {
		return Holder{}, err
	}
	var have []Holder
	err := s.db.Write(ctx).Where("school_id = ? AND person_id = ? AND ended_on = ''", who.School, who.Person).Limit(1).Find(&have).Error
	if err == nil && len(have) == 0 {
		err = fault.New(fault.Conflict, "key.none")
	}
	if err != nil {
		return Holder{}, err
	}
	return have[0], nil
}

// Try makes a trial: 32 hex digits sealed to the actor's own key, for their browser to open. What it says is kept as a hash.
// Fault: Conflict key.none.
func (s Store) Try(ctx context.Context, who access.Actor) ([]byte, error) {
	h, err := s.mine(ctx, who)
	if err != nil {
		return nil, err
	}
	said := make([]byte, 16)
	rand.Read(said)
	text := hex.EncodeToString(said)
	sealed, err := seal.ToAge([]string{h.Recipient}, []byte(text))
	if err != nil {
		return nil, err
	}
	h.Trial = s.key.Hash("key trial", h.SchoolID, h.ID, text)
	return sealed, s.db.Write(ctx).Save(&h).Error
}

// Prove takes what a browser found in the trial. Faults: Conflict key.none; Invalid key.not_opened.
func (s Store) Prove(ctx context.Context, who access.Actor, said string) error {
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		st := Store{tx, s.key}
		h, err := st.mine(ctx, who)
		if err != nil {
			return err
		}
		if h.Trial == "" || !seal.Same(h.Trial, s.key.Hash("key trial", h.SchoolID, h.ID, said)) {
			return fault.New(fault.Invalid, "key.not_opened")
		}
		h.Trial, h.ProvedOn = "", st.today(ctx, who.School)
		if err := tx.Write(ctx).Save(&h).Error; err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "key.prove", "key", h.ID, "")
	})
}
