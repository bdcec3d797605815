package rehearsal

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/seal"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/envelope"
	"earshot/internal/listen/participation"
	"earshot/internal/listen/response"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
)

// Riverside has asked two years in confidence. A real school's keys are born in browsers; here nobody sat in front of one, so the
// demo makes the keys of its two invented holders itself, from its own secret, and tells them to whoever tries it out.

// holders hold a key, by their place in the cast.
var holders = []int{lead, deputy}

// demoKey is the private key of one of the cast: the same at every start of one demo, and another one in every other.
func demoKey(key seal.Key, m member) (*age.X25519Identity, error) {
	raw, err := hex.DecodeString(key.Hash("demo key", m.name)[:64])
	if err != nil {
		return nil, err
	}
	return age.ParseX25519Identity(strings.ToUpper(bech32("age-secret-key-", raw)))
}

// bech32 writes bytes as BIP 173 says, which is how age writes its keys.
func bech32(prefix string, raw []byte) string {
	const letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	var groups []byte // of five bits
	bits, held := 0, uint32(0)
	for _, b := range raw {
		for held, bits = held<<8|uint32(b), bits+8; bits >= 5; {
			bits -= 5
			groups = append(groups, byte(held>>bits&31))
		}
	}
	if bits > 0 {
		groups = append(groups, byte(held<<(5-bits)&31))
	}
	var all []byte
	for _, c := range []byte(prefix) {
		all = append(all, c>>5)
	}
	all = append(all, 0)
	for _, c := range []byte(prefix) {
		all = append(all, c&31)
	}
	sum := uint32(1)
	for _, g := range slices.Concat(all, groups, make([]byte, 6)) {
		top := sum >> 25
		sum = (sum&0x1ffffff)<<5 ^ uint32(g)
		for i, with := range []uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 == 1 {
				sum ^= with
			}
		}
	}
	sum ^= 1
	for i := range 6 {
		groups = append(groups, byte(sum>>(5*(5-i))&31))
	}
	text := []byte(prefix + "1")
	for _, g := range groups {
		text = append(text, letters[g])
	}
	return string(text)
}

// actor is one of the cast as they act in the demo's history.
func (b *builder) actor(ctx context.Context, place int) (access.Actor, error) {
	m, err := roster.NewStore(b.DB).Staff(ctx, b.head.School, b.town.cast[place].ID)
	who := access.Actor{Account: "demo " + m.ID, Person: m.ID, School: b.head.School, Name: m.Name(), Roles: cast[place].roles}
	if m.AccountID != nil {
		who.Account = *m.AccountID
	}
	return who, err
}

// keys gives the holders their keys, and lets each open something with theirs as the page of keys has them do.
func (b *builder) keys(ctx context.Context) error {
	st := envelope.NewStore(b.DB, b.Key)
	for _, place := range holders {
		who, err := b.actor(ctx, place)
		if err != nil {
			return err
		}
		id, err := demoKey(b.Key, cast[place])
		if err != nil {
			return err
		}
		if _, err := st.AddKey(ctx, who, id.Recipient().String()); err != nil {
			return err
		}
		sealed, err := st.Try(ctx, who)
		if err != nil {
			return err
		}
		r, err := age.Decrypt(bytes.NewReader(sealed), id)
		if err != nil {
			return err
		}
		said, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		if err := st.Prove(ctx, who, string(said)); err != nil {
			return err
		}
	}
	return nil
}

// confidential is how many rounds were asked before the one in confidence.
const confidential = 4

// meals is what the school's lists say of about three in ten pupils.
const meals = "Free school meals"

// sealed is the confidential round: of these forms, told apart by one list, with one name that was asked for since.
func (b *builder) sealed(ctx context.Context) error {
	const template = "first_belong"
	day := b.schoolDay
	opens := day(16)
	b.Clock.PutBack(opens.Add(8 * time.Hour))
	if err := b.keys(ctx); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	rooms := slices.DeleteFunc(slices.Clone(b.town.forms), func(r room) bool { return r.Year != "7" && r.Year != "8" })
	var lines []string
	has := map[int]bool{}
	rng := b.model.rng("meals")
	for _, p := range slices.DeleteFunc(slices.Clone(b.town.intake.People), func(p roster.Person) bool { return p.Kind != roster.Pupil }) {
		if rng.IntN(10) < 3 {
			has[slices.Index(b.town.pupils, p.ID)] = true
			lines = append(lines, p.Name())
		}
	}
	flag, err := roster.NewStore(b.DB).SaveFlag(ctx, b.head, "", meals, strings.Join(lines, "\n"))
	if err != nil {
		return err
	}
	doc, _, problems := survey.FromTemplate(b.Bank, template)
	if len(problems) > 0 {
		return fmt.Errorf("template: %v", problems)
	}
	sv, err := survey.NewStore(b.DB).Add(ctx, b.head, doc, template)
	if err != nil {
		return err
	}
	f := round.Form{SurveyID: sv.ID, Title: "Safe and welcome in Years 7 and 8", About: round.AboutSchool, Mode: round.Confidential, Purpose: access.ForSchool,
		Why:       "we want everybody to be safe here, and to help where somebody is not",
		MayChange: "What adults do about unkindness, and where they are at break.",
		ClosesAt:  day(13).Add(15*time.Hour + 30*time.Minute), ReplyBy: dateOf(day(-18)), ReplyPlace: "in the school newsletter",
		Plan: round.Plan{Policy: string(envelope.One), Flags: []string{flag.ID}}}
	if f.Plan.Readers, err = b.readers(ctx, false); err != nil {
		return err
	}
	for _, r := range rooms {
		f.Plan.Groups = append(f.Plan.Groups, r.ID)
	}
	r, err := b.rounds().SaveDraft(ctx, b.head, "", f)
	if err != nil {
		return err
	}
	if r, err = collecting.Open(ctx, b.DB, b.Key, b.Bank, b.head, r.ID); err != nil {
		return err
	}
	b.Clock.PutBack(opens.Add(11 * time.Hour))
	var sendings []collecting.Sending
	for _, room := range rooms {
		for _, n := range room.pupils {
			who := person{pupil, n}
			if _, comes := b.model.comes(template, who, room.asGroup(), 1); !comes {
				continue
			}
			code, err := b.slipOf(ctx, r, b.town.pupils[n])
			if err != nil {
				return err
			}
			m := b.model
			if has[n] { // they see school a little less kindly
				m = model{seed: b.model.seed, shift: map[string]float64{"belong": -0.9, "ment": -0.9, "work": -0.4}}
			}
			answers, pace := m.answer(template, doc, who, room.asGroup())
			sendings = append(sendings, collecting.Sending{Code: code, Receipt: rand.Text(), Answers: answers, Pace: pace, Route: "own_device"})
		}
	}
	if err := b.send(ctx, r, sendings); err != nil {
		return err
	}
	b.Clock.PutBack(f.ClosesAt)
	if r, err = b.rounds().Close(ctx, b.head, r.ID); err != nil {
		return err
	}
	b.Clock.PutBack(day(11).Add(16 * time.Hour))
	if err := b.Settle(ctx, b.head, r.ID); err != nil {
		return err
	}
	b.Clock.PutBack(day(6).Add(9 * time.Hour))
	if err := b.asked(ctx, r, doc); err != nil {
		return fmt.Errorf("a name: %w", err)
	}
	_, err = b.rounds().Publish(ctx, b.head, r.ID)
	return err
}

// slipOf is the slip to which a pupil's card leads.
func (b *builder) slipOf(ctx context.Context, r round.Round, id string) (string, error) {
	list, err := participation.NewStore(b.DB, b.Key).OpenFor(ctx, r.SchoolID, id)
	for _, a := range list {
		if a.Code == r.Code {
			return a.Slip, err
		}
	}
	return "", err
}

// asked is what the safeguarding lead did about the answers that worried them most: they asked whose one of them was, and opened it.
func (b *builder) asked(ctx context.Context, r round.Round, doc survey.Document) error {
	st := response.NewStore(b.DB)
	marks, err := st.Marks(ctx, r.SchoolID, r.ID)
	if err != nil {
		return err
	}
	tie, most := "", 0
	err = st.Each(ctx, r.SchoolID, r.ID, func(row response.Response) error {
		answers, err := survey.DecodeAnswers([]byte(row.Answers))
		n := 0
		for _, q := range doc.Questions() {
			if id := q.Worst(); id != "" && slices.Contains(answers[q.ID].Options, id) {
				n++
			}
		}
		if n > most {
			tie, most = marks[row.ID].Tie, n
		}
		return err
	})
	if err != nil || tie == "" {
		return err
	}
	who, err := b.actor(ctx, lead)
	if err != nil {
		return err
	}
	es := envelope.NewStore(b.DB, b.Key)
	o, err := es.Ask(ctx, who, envelope.Request{Round: r.ID, Envelope: tie, Kind: envelope.Answer, Category: "hurt",
		Reason: "Somebody says that they never feel safe here and that nobody would sort it out. I want to talk with them today, with their form tutor."})
	if err != nil {
		return err
	}
	return es.Opened(ctx, who, o.ID)
}
