package envelope

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"earshot/internal/base/fault"
	"earshot/internal/base/storage"
	"earshot/internal/school/access"
	"earshot/internal/school/audit"
)

// What is about the head or the safeguarding team goes to the chair of governors alone, to whose key no name is sealed: the promise
// names the lead and the deputies. So the chair asks one of them whom it is not about. They read why, and no word of what was
// written; their browser opens the envelope, shows the name to nobody, and seals it to the chair's key. Where two people are always
// needed, the chair takes off the outer seal before.

// forChair is the category of such an opening.
const forChair = "chair"

// ForChair says whether an opening was asked for by the chair. AgreedBy is then whom they asked, from the beginning.
func (o Opening) ForChair() bool { return o.Category == forChair }

// Sole says whether somebody deals with what is for the chair alone.
func Sole(who access.Actor) bool { return who.SoleChair() && GroupOf(who) == Second }

// Helpers are those whom the chair can ask to open an envelope: of the safeguarding team, with a key to which it is sealed,
// and not the head. Whom it is about, the chair alone knows.
func (s Store) Helpers(ctx context.Context, who access.Actor, roundID, id string) ([]KeyOf, error) {
	if !Sole(who) {
		return nil, fault.New(fault.Forbidden, "fault.forbidden")
	}
	e, err := s.envelope(ctx, who.School, roundID, id)
	if err != nil {
		return nil, err
	}
	list, err := s.Holders(ctx, who.School)
	return slices.DeleteFunc(list, func(k KeyOf) bool {
		return k.Group != Safeguarding || k.Key == nil || !slices.Contains(strings.Fields(e.Keys), k.Key.ID) || k.Person.Is(access.Head) || k.Person.ID == who.Person
	}), err
}

// AskFor asks somebody of the safeguarding team, for the chair, to open one envelope. The caller has seen to it that it belongs to
// a concern for the chair alone. The same can be asked of another meanwhile. Faults: Forbidden; NotFound; Invalid opening.helper,
// opening.reason; Conflict key.none, opening.asked.
func (s Store) AskFor(ctx context.Context, who access.Actor, q Request, helper string) (o Opening, err error) {
	q.Reason = strings.TrimSpace(strings.ReplaceAll(q.Reason, "\r\n", "\n"))
	err = s.db.InTx(ctx, func(tx *storage.DB) error {
		st := Store{tx, s.key}
		list, err := st.Helpers(ctx, who, q.Round, q.Envelope)
		if err != nil {
			return err
		}
		if _, err := st.mine(ctx, who); err != nil {
			return err
		}
		fields := map[string]fault.Problem{}
		if !slices.ContainsFunc(list, func(k KeyOf) bool { return k.Person.ID == helper }) {
			fields["helper"] = fault.Problem{Key: "opening.helper"}
		}
		if n := utf8.RuneCountInString(q.Reason); n < 10 || n > reasonMost {
			fields["reason"] = fault.Problem{Key: "opening.reason_chair"}
		}
		if err := fault.Fields(fields); err != nil {
			return err
		}
		now := tx.Now()
		var on int64
		err = tx.Write(ctx).Model(&Opening{}).Where("school_id = ? AND round_id = ? AND envelope_id = ? AND asked_by = ? AND agreed_by = ? AND until > ? AND refused = ''",
			who.School, q.Round, q.Envelope, who.Person, helper, now).Count(&on).Error
		if err != nil {
			return err
		}
		if on > 0 {
			return fault.New(fault.Conflict, "opening.asked")
		}
		o = Opening{SchoolID: who.School, ID: storage.NewID(), RoundID: q.Round, EnvelopeID: q.Envelope, Kind: Concern, Category: forChair,
			Reason: q.Reason, PastHead: true, AskedBy: who.Person, AgreedBy: helper, AskedAt: now, Until: now.Add(OpenFor)}
		if err := tx.Write(ctx).Create(&o).Error; err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "opening.ask", "opening", o.ID, "")
	})
	return o, err
}

// Turn is whose turn it is in an opening for the chair.
type Turn string

const (
	Peel   Turn = "peel"   // the chair takes off the outer seal
	Pass   Turn = "pass"   // whom the chair asked opens it and seals it to the chair
	Reveal Turn = "reveal" // the chair opens it
)

// Turn says whose turn it is.
func (o Opening) Turn() Turn {
	switch {
	case o.AgreedAt != nil:
		return Reveal
	case o.Policy == Two && o.InnerBody == "":
		return Peel
	}
	return Pass
}

// turnOf says whether it is somebody's turn.
func (o Opening) turnOf(who access.Actor) bool {
	if o.Turn() == Pass {
		return who.Person == o.AgreedBy && GroupOf(who) == Safeguarding && access.Can(who, access.OpenEnvelopes, access.Object{School: who.School}) && !who.Is(access.Head)
	}
	return who.Person == o.AskedBy && Sole(who)
}

// sealedForChair is what somebody's browser opens now. Faults: NotFound; Conflict opening.waits_helper.
func (s Store) sealedForChair(who access.Actor, o Opening, e Envelope) ([]byte, error) {
	switch {
	case !o.turnOf(who) && who.Person == o.AskedBy:
		return nil, fault.New(fault.Conflict, "opening.waits_helper")
	case !o.turnOf(who):
		return nil, fault.New(fault.NotFound, "fault.not_found")
	case o.InnerBody != "":
		return decode(o.InnerBody)
	}
	return decode(e.Body)
}

// handOn takes what a browser made of it: under the outer seal, from the chair; sealed to the chair, from whom they asked. Faults:
// NotFound; Invalid opening.inner.
func (s Store) handOn(ctx context.Context, who access.Actor, o *Opening, body []byte) error {
	e, err := s.envelope(ctx, o.SchoolID, o.RoundID, o.EnvelopeID)
	if err != nil {
		return err
	}
	turn := o.Turn()
	if turn == Reveal || !o.turnOf(who) {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	if !looksSealed(body) || turn == Peel && (e.InnerHash == "" || hashOf(body) != e.InnerHash) {
		return fault.New(fault.Invalid, "opening.inner")
	}
	if o.InnerBody = encode(body); turn == Pass {
		now := s.db.Now()
		o.AgreedAt = &now
	}
	return nil
}

// ToChair is the public half of the key to which a name is sealed for whoever asked for it. Fault: Conflict opening.chair_key, if
// they have none any more.
func (s Store) ToChair(ctx context.Context, o Opening) (string, error) {
	var have []Holder
	err := s.db.Query(ctx).Where("school_id = ? AND person_id = ? AND ended_on = ''", o.SchoolID, o.AskedBy).Limit(1).Find(&have).Error
	if err == nil && len(have) == 0 {
		err = fault.New(fault.Conflict, "opening.chair_key")
	}
	if err != nil {
		return "", err
	}
	return have[0].Recipient, nil
}

// Recorded lists, by id, which round each opening of a school was about and whether it went past the head, for the list of what was done.
func (s Store) Recorded(ctx context.Context, who access.Actor) (map[string]Opening, error) {
	if !access.Can(who, access.ManageSchool, access.Object{School: who.School}) {
		return nil, fault.New(fault.Forbidden, "fault.forbidden")
	}
	var list []Opening
	by := map[string]Opening{}
	err := s.db.Query(ctx).Select("id", "round_id", "past_head", "asked_by").Where("school_id = ?", who.School).Find(&list).Error
	for _, o := range list {
		by[o.ID] = o
	}
	return by, err
}
