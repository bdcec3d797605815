package collecting

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/fault"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/listen/envelope"
	"earshot/internal/listen/participation"
	"earshot/internal/listen/response"
	"earshot/internal/listen/safeguard"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
)

// Open opens a round. For a confidential one it looks whether there are keys for its sealed names, and both confidential and
// named rounds give everybody a slip of their own.
func Open(ctx context.Context, db *storage.DB, key seal.Key, b *bank.Bank, who access.Actor, id string) (round.Round, error) {
	return round.NewStore(db, key, b).Open(ctx, who, id, round.Personal{
		Keys: func(tx *storage.DB, r round.Round) ([]round.HeldKey, error) {
			return heldKeys(ctx, envelope.NewStore(tx, key), r)
		},
		Invite: func(tx *storage.DB, r round.Round, units []round.Unit) error {
			if r.Mailed() {
				return nil // parents and staff are invited by mail
			}
			return participation.NewStore(tx, key).InvitePupils(ctx, r, units)
		},
	})
}

func heldKeys(ctx context.Context, st envelope.Store, r round.Round) (list []round.HeldKey, err error) {
	policy := envelope.PolicyOf(r)
	if _, err := st.Ready(ctx, r.SchoolID, policy); err != nil {
		return nil, err
	}
	holders, err := st.Holders(ctx, r.SchoolID)
	for _, h := range holders {
		if h.Key != nil && (h.Group == envelope.Safeguarding || policy == envelope.Two) {
			list = append(list, round.HeldKey{ID: h.Key.ID, Group: string(h.Group), Recipient: h.Key.Recipient, Name: h.Person.Name()})
		}
	}
	return list, err
}

// Number is what somebody needs to take an answer of a confidential or named round back: twelve characters that follow from the
// receipt and the server's key, and stand nowhere. It is empty for other rounds and for what is no answer.
func (c *Collector) Number(r round.Round, s Sending) string {
	if !r.Personal() {
		return ""
	}
	receipt := s.Receipt
	if receipt == "" {
		receipt, _ = seal.CleanCode(s.Code, participation.CodeLength)
	}
	return c.key.Code(participation.CodeLength, "taking back", r.ID, receipt)
}

// waitingID is the id of an answer that can be taken back with a number, until the round settles.
func waitingID(key seal.Key, roundID, number string) string {
	return key.Hash("answer taken back", roundID, number)[:32]
}

func remarkID(key seal.Key, roundID, number, question string) string {
	return key.Hash("comment taken back", roundID, number, question)[:32]
}

// backing is what taking an answer back needs.
type backing struct {
	Slip      string   `json:"slip"`
	Receipt   string   `json:"receipt"`
	Questions []string `json:"questions,omitempty"` // whose boxes have words
	Day       string   `json:"day"`
	Route     string   `json:"route"`
	Language  string   `json:"language,omitempty"`
	Plain     bool     `json:"plain,omitempty"`   // it came without script, so that the slip stood in for a receipt
	Reading   bool     `json:"reading,omitempty"` // a reading task, of which nothing was kept
}

func (b backing) tallies(school, roundID string) (list []response.Tally) {
	for kind, name := range map[string]string{"day": b.Day, "route": b.Route, "language": b.Language} {
		if name != "" {
			list = append(list, response.Tally{SchoolID: school, RoundID: roundID, Kind: kind, Name: name})
		}
	}
	return list
}

const backUse = "taking back"

// personal is what one transaction keeps of answers that belong to somebody.
type personal struct {
	tx        *storage.DB
	key       seal.Key
	round     round.Round
	policy    envelope.Policy
	keys      envelope.Keys
	units     map[string]string         // unit -> name
	children  map[string][]roster.Child // of parents' invitations
	invited   map[string]participation.Invitation
	people    map[string]roster.Person
	opens     func(roster.Person) bool // who can open sealed names now; nil: nobody who is asked
	marks     []response.Mark
	envelopes []envelope.Envelope
	names     []envelope.Name
}

// startPersonal reads what the slips say about whose they are. It is nil for rounds whose answers belong to nobody.
func startPersonal(ctx context.Context, tx *storage.DB, key seal.Key, school, roundID string, slips []string) (*personal, error) {
	rounds := round.NewStore(tx, key, nil)
	r, err := rounds.ByID(ctx, school, roundID)
	if err != nil || !r.Personal() {
		return nil, err
	}
	p := &personal{tx: tx, key: key, round: r, policy: envelope.PolicyOf(r), units: map[string]string{}}
	if r.Mode == round.Confidential {
		if p.keys, err = envelope.NewStore(tx, key).Present(ctx, r); err != nil {
			return nil, err
		}
	}
	units, err := rounds.Units(ctx, r)
	if err != nil {
		return nil, err
	}
	for _, u := range units {
		p.units[u.ID] = u.Name
	}
	if p.invited, err = participation.NewStore(tx, key).Whose(ctx, school, roundID, slips); err != nil {
		return nil, err
	}
	var people []string
	for _, i := range p.invited {
		people = append(people, i.PersonID)
	}
	// Whoever has left since still has a name, which somebody may need.
	if p.people, err = roster.NewStore(tx).PeopleEver(ctx, school, people); err != nil {
		return nil, err
	}
	if p.opens, err = rounds.Openers(ctx, r); err != nil {
		return nil, err
	}
	if r.Audience == bank.Parents {
		p.children, err = participation.NewStore(tx, key).ChildrenOf(ctx, r, slices.Collect(maps.Values(p.invited)))
	}
	return p, err
}

// keep notes whose one answer is, and returns the id under which it waits, and its comments.
func (p *personal) keep(it *item, cell string) (id string, remarks []safeguard.Remark, err error) {
	inv, ok := p.invited[it.slip]
	if !ok {
		return "", nil, fault.New(fault.Invalid, "answer.unread") // a slip of this round always belongs to somebody
	}
	if p.opens != nil && p.opens(p.people[inv.PersonID]) {
		// They have come to keys since they were invited: nobody's own name lies with them.
		return "", nil, fault.New(fault.NotFound, "answer.unknown_code")
	}
	id = waitingID(p.key, p.round.ID, it.number)
	b := backing{Slip: it.slip, Receipt: it.receipt, Day: it.day, Route: it.route, Language: it.language, Plain: it.plain}
	for _, m := range it.remarks {
		tie, err := p.tie(envelope.Comment, inv, cell, m.Words)
		if err != nil {
			return "", nil, err
		}
		b.Questions = append(b.Questions, m.Question)
		remarks = append(remarks, safeguard.Remark{ID: remarkID(p.key, p.round.ID, it.number, m.Question), Tie: tie,
			Question: m.Question, Words: m.Words, Far: safeguard.FarOf(m.Far), Unit: cell, Language: it.language})
	}
	tie, err := p.tie(envelope.Answer, inv, cell, it.answers)
	if err != nil {
		return "", nil, err
	}
	m := response.Mark{ID: id, Tie: tie, Flags: inv.Flags}
	if p.round.Choices().Linked {
		m.Link = it.link
	}
	return id, remarks, p.mark(m, b, it.number)
}

// mark adds a mark with what taking back needs, locked to the number.
func (p *personal) mark(m response.Mark, b backing, number string) error {
	text, err := json.Marshal(b)
	if err != nil {
		return err
	}
	locked, err := p.key.Lock(text, backUse, p.round.ID, number)
	m.SchoolID, m.RoundID, m.Back = p.round.SchoolID, p.round.ID, base64.StdEncoding.EncodeToString(locked)
	p.marks = append(p.marks, m)
	return err
}

// tie makes the envelope or the name of one answer or comment, and returns its id.
func (p *personal) tie(kind string, inv participation.Invitation, cell, text string) (string, error) {
	id := storage.NewID()
	if p.round.Mode == round.Named {
		p.names = append(p.names, envelope.Name{SchoolID: p.round.SchoolID, RoundID: p.round.ID, ID: id, PersonID: inv.PersonID})
		return id, nil
	}
	name, form := p.whose(inv, cell)
	e, err := p.keys.Seal(p.policy, envelope.Inside{V: 1, Round: p.round.Title, Kind: kind, ID: id, Person: inv.PersonID,
		Name: name, Form: form, Mark: envelope.MarkOf(text)})
	if err != nil {
		return "", err
	}
	e.SchoolID, e.RoundID, e.ID = p.round.SchoolID, p.round.ID, id
	p.envelopes = append(p.envelopes, e)
	return id, nil
}

// whose is what an envelope says of a person: their name as the roster has it; of pupils the form, of parents the children they
// are asked about.
func (p *personal) whose(inv participation.Invitation, cell string) (name, form string) {
	v := words.English()
	person := p.people[inv.PersonID]
	name = person.Name()
	switch p.round.Audience {
	case bank.Staff:
		return name, v.Say("sealed.staff")
	case bank.Parents:
		var children []string
		for _, c := range p.children[inv.ID] {
			child := c.Name()
			if c.Form != "" {
				child = v.Say("parents.child", words.V{"Name": child, "Form": c.Form})
			}
			children = append(children, child)
		}
		if name == "" {
			name = v.Say("parents.nameless")
		}
		return name, v.Say("sealed.parent", words.V{"Children": strings.Join(children, ", ")})
	}
	return name, p.units[cell]
}

// store puts it all into the database.
func (p *personal) store(ctx context.Context) error {
	if err := response.NewStore(p.tx).TakeMarks(ctx, p.marks); err != nil {
		return err
	}
	st := envelope.NewStore(p.tx, p.key)
	if err := st.Add(ctx, p.envelopes); err != nil {
		return err
	}
	return st.AddNames(ctx, p.names)
}

// follow keeps one bit of each answer that can be compared with another round, by a hash of the number that the pupil's card made.
// Afterwards the numbers themselves are forgotten: together with classes they would tell who has changed class.
func follow(ctx context.Context, tx *storage.DB, rounds round.Store, r round.Round, waiting []response.Waiting) error {
	if !r.Choices().Linked {
		return nil
	}
	st := response.NewStore(tx)
	marks, err := st.Marks(ctx, r.SchoolID, r.ID)
	if err != nil {
		return err
	}
	doc, err := rounds.Document(ctx, r)
	if err != nil {
		return err
	}
	times := map[string]int{}
	for _, m := range marks {
		times[m.Link]++
	}
	var rows []response.Followed
	for _, w := range waiting {
		link := marks[w.ID].Link
		if link == "" || times[link] > 1 { // a card that was lent
			continue
		}
		answers, err := survey.DecodeAnswers([]byte(w.Answers))
		if err != nil {
			return err
		}
		for _, q := range doc.Questions() {
			if good, said := q.Favours(answers[q.ID]); said && q.CanFollow(doc) {
				rows = append(rows, response.Followed{SchoolID: r.SchoolID, RoundID: r.ID, Wording: q.Trend(), Hash: envelope.MarkOf(link + "|" + q.Trend()), Good: good})
			}
		}
	}
	return st.Follow(ctx, rows)
}

// TakeBack takes an answer of a confidential or named round back, with the number that was shown after Send. The slip is good
// again, also that of a reading task. A comment that went to those who keep children safe stays with them, with the name it came with; what was not passed on
// goes too. Faults: NotFound back.no_number, also for what was taken back before; Conflict back.settled.
func TakeBack(ctx context.Context, db *storage.DB, key seal.Key, r round.Round, typed string) error {
	number, ok := seal.CleanCode(typed, participation.CodeLength)
	unknown := fault.New(fault.NotFound, "back.no_number")
	if !ok || !r.Personal() {
		return unknown
	}
	return db.InTx(ctx, func(tx *storage.DB) error {
		state, _, err := roundNow(ctx, tx, r.SchoolID, r.ID)
		if err != nil {
			return err
		}
		if state != round.Open && state != round.Closed {
			return fault.New(fault.Conflict, "back.settled")
		}
		st := response.NewStore(tx)
		id := waitingID(key, r.ID, number)
		m, err := st.WaitingMark(ctx, r.SchoolID, r.ID, id) // held until the end, so that two who come at once are one after the other
		if err != nil {
			return err
		}
		if m == nil {
			return unknown
		}
		locked, err := base64.StdEncoding.DecodeString(m.Back)
		if err != nil {
			return err
		}
		text, err := key.Unlock(locked, backUse, r.ID, number)
		if err != nil {
			return err
		}
		var b backing
		if err := json.Unmarshal(text, &b); err != nil {
			return err
		}
		if b.Reading {
			return readAgain(ctx, tx, key, r, id, b)
		}
		var comments []string
		for _, q := range b.Questions {
			comments = append(comments, remarkID(key, r.ID, number, q))
		}
		ties, err := safeguard.NewStore(tx, key).TakeBack(ctx, r.SchoolID, r.ID, comments)
		if err != nil {
			return err
		}
		if err := envelope.NewStore(tx, key).Remove(ctx, r.SchoolID, r.ID, append(ties, m.Tie)); err != nil {
			return err
		}
		if err := st.TakeBack(ctx, r.SchoolID, r.ID, id); err != nil {
			return storage.Fault(err, "back.no_number")
		}
		// A receipt that a device made stays known: what waits elsewhere to be sent again must not come back to life. Without
		// script it is made of the slip, which is good again.
		if b.Plain {
			if err := st.ForgetReceipt(ctx, r.SchoolID, r.ID, b.Receipt); err != nil {
				return err
			}
		}
		less := b.tallies(r.SchoolID, r.ID)
		slices.SortFunc(less, func(a, b response.Tally) int { return strings.Compare(a.Kind, b.Kind) })
		if err := st.CountLess(ctx, less); err != nil {
			return err
		}
		return participation.NewStore(tx, key).Unspend(ctx, r.SchoolID, r.ID, b.Slip)
	})
}
