package envelope

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm/clause"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
	"earshot/internal/school/roster"
)

// Request is what somebody says who wants to know whose an answer or a comment is.
type Request struct {
	Round, Envelope string
	Kind            string // answer, comment, concern
	Category        string // one of Categories
	Reason          string
	PastHead        bool // it is about the head, who neither sees nor decides it
}

// reasonMost is the longest reason, in characters.
const reasonMost = 1000

// Ask opens the way to one envelope, and writes down who asked and why. Under the policy of one, whoever asks may open it from
// now on for a day, and others are told; under that of two, somebody of the other group has to agree first. Faults: Forbidden;
// NotFound; Invalid opening.category, opening.reason; Conflict opening.asked, if the same is asked for already.
func (s Store) Ask(ctx context.Context, who access.Actor, q Request) (Opening, error) {
	if !access.Can(who, access.OpenEnvelopes, access.Object{School: who.School}) || GroupOf(who) != Safeguarding {
		return Opening{}, fault.New(fault.Forbidden, "fault.forbidden")
	}
	fields := map[string]fault.Problem{}
	q.Reason = strings.TrimSpace(strings.ReplaceAll(q.Reason, "\r\n", "\n"))
	if !slices.Contains(Categories, q.Category) {
		fields["category"] = fault.Problem{Key: "opening.category"}
	}
	if n := utf8.RuneCountInString(q.Reason); n < 10 || n > reasonMost {
		fields["reason"] = fault.Problem{Key: "opening.reason"}
	}
	if !slices.Contains([]string{Answer, Comment, Concern}, q.Kind) {
		return Opening{}, fault.New(fault.NotFound, "fault.not_found")
	}
	if err := fault.Fields(fields); err != nil {
		return Opening{}, err
	}
	now := s.db.Now()
	o := Opening{SchoolID: who.School, ID: storage.NewID(), RoundID: q.Round, EnvelopeID: q.Envelope, Kind: q.Kind, Category: q.Category,
		Reason: q.Reason, PastHead: q.PastHead, AskedBy: who.Person, AskedAt: now, Until: now.Add(OpenFor)}
	err := s.db.InTx(ctx, func(tx *storage.DB) error {
		st := Store{tx, s.key}
		if _, err := st.envelope(ctx, who.School, q.Round, q.Envelope); err != nil {
			return err
		}
		var on int64
		err := tx.Write(ctx).Model(&Opening{}).Where("school_id = ? AND round_id = ? AND envelope_id = ? AND asked_by = ? AND until > ? AND refused = ''",
			who.School, q.Round, q.Envelope, who.Person, now).Count(&on).Error
		if err != nil {
			return err
		}
		if on > 0 {
			return fault.New(fault.Conflict, "opening.asked")
		}
		// What the chair asked for is for the chair alone, also for whom they asked to open it.
		if err := tx.Write(ctx).Model(&Opening{}).Where("school_id = ? AND round_id = ? AND envelope_id = ? AND category = ?", who.School, q.Round, q.Envelope, forChair).Count(&on).Error; err != nil {
			return err
		}
		if on > 0 {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		if err := tx.Write(ctx).Create(&o).Error; err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "opening.ask", "opening", o.ID, "")
	})
	return o, err
}

func (s Store) envelope(ctx context.Context, school, roundID, id string) (Envelope, error) {
	var e Envelope
	err := s.db.Write(ctx).Where("school_id = ? AND round_id = ? AND id = ?", school, roundID, id).Take(&e).Error
	return e, storage.Fault(err, "fault.not_found")
}

// find reads one opening with its policy, for those who hold keys.
func (s Store) find(ctx context.Context, who access.Actor, id string) (Opening, error) {
	if err := mayHold(who); err != nil {
		return Opening{}, err
	}
	var o Opening
	err := s.db.Write(ctx).Clauses(clause.Locking{Strength: "UPDATE"}).Where("school_id = ? AND id = ?", who.School, id).Take(&o).Error
	if err != nil {
		return o, storage.Fault(err, "fault.not_found")
	}
	if o.hiddenFrom(who) {
		return o, fault.New(fault.NotFound, "fault.not_found")
	}
	r, err := s.rounds().ByID(ctx, who.School, o.RoundID)
	o.Policy = PolicyOf(r)
	return o, err
}

// hiddenFrom says whether an opening is none of somebody's business, because it is or may be about them.
func (o Opening) hiddenFrom(who access.Actor) bool {
	if o.ForChair() {
		return who.Person != o.AskedBy && who.Person != o.AgreedBy
	}
	older := who.SoleChair() && o.AskedAt.Before(who.ChairFrom) // of before a chair whom nobody has confirmed yet
	return o.PastHead && (who.Is(access.Head) || older) && who.Person != o.AskedBy
}

// Find reads one opening.
func (s Store) Find(ctx context.Context, who access.Actor, id string) (Opening, error) {
	var o Opening
	err := s.db.InTx(ctx, func(tx *storage.DB) error {
		st := Store{tx, s.key}
		var err error
		if o, err = st.find(ctx, who, id); err != nil {
			return err
		}
		return st.named(ctx, who.School, []*Opening{&o})
	})
	return o, err
}

// change finds one opening that still holds, lets f work on it and stores it. Fault: Conflict opening.over.
func (s Store) change(ctx context.Context, who access.Actor, id, action string, f func(st Store, o *Opening) error) error {
	return s.db.InTx(ctx, func(tx *storage.DB) error {
		st := Store{tx, s.key}
		o, err := st.find(ctx, who, id)
		if err != nil {
			return err
		}
		if o.Over(tx.Now()) {
			return fault.New(fault.Conflict, "opening.over")
		}
		if err := f(st, &o); err != nil {
			return err
		}
		if err := tx.Write(ctx).Save(&o).Error; err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, action, "opening", o.ID, "")
	})
}

// second says whether somebody may agree to an opening: of the other group, and not whoever asked.
func second(who access.Actor, o Opening) bool {
	return o.Policy == Two && o.Kind != All && !o.ForChair() && GroupOf(who) == Second && who.Person != o.AskedBy
}

// Agree takes what the second person's browser took the outer seal from. It still is sealed to the safeguarding team. For the
// chair it takes each step in its turn. Faults: NotFound; Conflict opening.over, opening.agreed; Invalid opening.inner.
func (s Store) Agree(ctx context.Context, who access.Actor, id string, inner []byte) error {
	return s.change(ctx, who, id, "opening.agree", func(st Store, o *Opening) error {
		switch {
		case o.ForChair():
			return st.handOn(ctx, who, o, inner)
		case !second(who, *o):
			return fault.New(fault.NotFound, "fault.not_found")
		case o.AgreedBy != "":
			return fault.New(fault.Conflict, "opening.agreed")
		}
		// Only what was put under the outer seal when the answer came: nobody can put another name there.
		e, err := st.envelope(ctx, o.SchoolID, o.RoundID, o.EnvelopeID)
		if err != nil {
			return err
		}
		if !looksSealed(inner) || e.InnerHash == "" || hashOf(inner) != e.InnerHash {
			return fault.New(fault.Invalid, "opening.inner")
		}
		now := st.db.Now()
		o.AgreedBy, o.AgreedAt, o.InnerBody = who.Person, &now, encode(inner)
		return nil
	})
}

// looksSealed keeps out of the database what is no age file: a browser that went wrong must not leave a name in it.
func looksSealed(b []byte) bool {
	return len(b) < 1<<16 && strings.HasPrefix(string(b), "age-encryption.org/v1\n")
}

// Refuse ends an opening with a sentence. Faults: NotFound; Conflict opening.over, opening.agreed; Invalid opening.why.
func (s Store) Refuse(ctx context.Context, who access.Actor, id, why string) error {
	why = strings.TrimSpace(why)
	if n := utf8.RuneCountInString(why); n < 3 || n > reasonMost {
		return fault.Field("why", "opening.why")
	}
	return s.change(ctx, who, id, "opening.refuse", func(st Store, o *Opening) error {
		switch {
		case o.ForChair() && who.Person == o.AgreedBy && o.AgreedAt == nil:
		case !second(who, *o):
			return fault.New(fault.NotFound, "fault.not_found")
		case o.AgreedBy != "":
			return fault.New(fault.Conflict, "opening.agreed")
		}
		o.Refused = why
		return nil
	})
}

// Sealed is what somebody's browser opens now. One: the envelope, for whoever asked. Two: the envelope for the second person
// until they have agreed, and what they took the outer seal from for whoever asked. Faults: NotFound; Conflict opening.over,
// opening.waits.
func (s Store) Sealed(ctx context.Context, who access.Actor, id string) ([]byte, error) {
	var body []byte
	err := s.db.InTx(ctx, func(tx *storage.DB) error {
		st := Store{tx, s.key}
		o, err := st.find(ctx, who, id)
		if err != nil {
			return err
		}
		if o.Over(tx.Now()) {
			return fault.New(fault.Conflict, "opening.over")
		}
		e, err := st.envelope(ctx, o.SchoolID, o.RoundID, o.EnvelopeID)
		if err != nil {
			return err
		}
		switch {
		case o.ForChair():
			body, err = st.sealedForChair(who, o, e)
		case o.Policy == One && who.Person == o.AskedBy:
			body, err = decode(e.Body)
		case second(who, o) && o.AgreedBy == "":
			body, err = decode(e.Body)
		case o.Policy == Two && who.Person == o.AskedBy && o.AgreedBy != "":
			body, err = decode(o.InnerBody)
		case o.Policy == Two && who.Person == o.AskedBy:
			err = fault.New(fault.Conflict, "opening.waits")
		default:
			err = fault.New(fault.NotFound, "fault.not_found")
		}
		return err
	})
	return body, err
}

// Opened notes that whoever asked could open it. Faults: NotFound; Conflict opening.over.
func (s Store) Opened(ctx context.Context, who access.Actor, id string) error {
	return s.change(ctx, who, id, "opening.open", func(st Store, o *Opening) error {
		if who.Person != o.AskedBy || o.Policy == Two && o.AgreedBy == "" || o.ForChair() && o.Turn() != Reveal {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		if o.OpenedAt == nil {
			now := st.db.Now()
			o.OpenedAt = &now
		}
		return nil
	})
}

// Openings lists what was asked for in a school, the newest first, for those who hold keys.
func (s Store) Openings(ctx context.Context, who access.Actor) ([]Opening, error) {
	if err := mayHold(who); err != nil {
		return nil, err
	}
	var list []Opening
	if err := s.db.Query(ctx).Where("school_id = ?", who.School).Order("asked_at DESC, id").Limit(200).Find(&list).Error; err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(o Opening) bool { return o.hiddenFrom(who) })
	policies := map[string]Policy{}
	var all []*Opening
	for i := range list {
		o := &list[i]
		p, ok := policies[o.RoundID]
		if !ok {
			r, err := s.rounds().ByID(ctx, who.School, o.RoundID)
			if err != nil {
				return nil, err
			}
			p = PolicyOf(r)
			policies[o.RoundID] = p
		}
		o.Policy = p
		all = append(all, o)
	}
	return list, s.named(ctx, who.School, all)
}

// named fills in who asked and who agreed.
func (s Store) named(ctx context.Context, school string, list []*Opening) error {
	var ids []string
	for _, o := range list {
		ids = append(ids, o.AskedBy)
		if o.AgreedBy != "" {
			ids = append(ids, o.AgreedBy)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	people, err := roster.NewStore(s.db).PeopleEver(ctx, school, ids)
	for _, o := range list {
		asked, agreed := people[o.AskedBy], people[o.AgreedBy]
		o.Asked, o.Agreed = asked.Name(), agreed.Name()
	}
	return err
}

// ToTell lists openings, of all schools, of which not everybody has been told who must be. Whoever asked is told when there is
// an answer, as long as it is of use to them.
func (s Store) ToTell(ctx context.Context) ([]Opening, error) {
	var list []Opening
	both, all := ToldSecond|ToldChair, ToldSecond|ToldChair|ToldAsker
	answered := "agreed_at IS NOT NULL OR refused <> ''"
	err := s.db.Query(ctx).Where("told NOT IN ? AND (category <> ? OR told = 0 OR "+answered+") OR told = ? AND category <> ? AND until > ? AND ("+answered+")",
		[]int{both, all}, forChair, both, forChair, s.db.Now()).Order("asked_at, id").Limit(100).Find(&list).Error
	return list, err
}

// Told notes how far telling has come.
func (s Store) Told(ctx context.Context, school, id string, n int) error {
	return s.db.Write(ctx).Model(&Opening{}).Where("school_id = ? AND id = ?", school, id).Update("told", n).Error
}

// Forget takes away what was unsealed for openings whose day is over. Who asked, and why, stays.
func (s Store) Forget(ctx context.Context) error {
	now := s.db.Now()
	return s.db.Write(ctx).Model(&Opening{}).Where("inner_body <> '' AND until <= ?", now).Update("inner_body", "").Error
}

// ForgetReasons takes away why names of a round were asked for, on the day its answers are deleted. That they were, stays.
func (s Store) ForgetReasons(ctx context.Context, school, roundID string) error {
	return s.db.Write(ctx).Model(&Opening{}).Where("school_id = ? AND round_id = ?", school, roundID).Update("reason", "").Error
}

// noteAll writes down, once a day and round, that somebody's browser was given many sealed names to seal them anew, so that the
// same people are told as of any other opening.
func (s Store) noteAll(ctx context.Context, who access.Actor, roundID string) error {
	now := s.db.Now()
	var on int64
	err := s.db.Write(ctx).Model(&Opening{}).Where("school_id = ? AND round_id = ? AND kind = ? AND asked_by = ? AND until > ?", who.School, roundID, All, who.Person, now).Count(&on).Error
	if err != nil || on > 0 {
		return err
	}
	o := Opening{SchoolID: who.School, ID: storage.NewID(), RoundID: roundID, Kind: All, Category: "reseal", AskedBy: who.Person, AskedAt: now, Until: now.Add(OpenFor)}
	if err := s.db.Write(ctx).Create(&o).Error; err != nil {
		return err
	}
	return audit.Record(ctx, s.db, who, "opening.ask", "opening", o.ID, "")
}
