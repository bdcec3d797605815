package intruder

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	mathrand "math/rand/v2"
	"strconv"
	"sync"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/storage"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/participation"
	"earshot/internal/listen/response"
	"earshot/internal/school/access"
	"earshot/internal/school/identity"
	"earshot/internal/school/roster"
	"earshot/internal/show/result"
)

// pupil is one line of the register, with what only the pupil knows.
type pupil struct {
	form, set string
	girl      bool
	pleased   float64 // stays through all rounds
}

// side is the part of the school that the register puts a pupil in.
func (p pupil) side() int {
	if p.girl {
		return 0
	}
	return 1
}

// school is the school that is attacked.
type school struct {
	Options
	rng      *mathrand.Rand
	pupils   []pupil
	forms    []roster.Group
	sets     []roster.Group
	id       string
	head     access.Actor
	deputy   access.Actor
	teachers []access.Actor
	before   asked
	now      asked
	classes  asked
	wrote    map[string]int // comment -> the pupil who wrote it
	confided asked          // in confidence, by the school's list of girls
	flag     string         // of that list
	people   []string       // ids on the roll, in the order of pupils
	self     string         // the question about oneself
	day      time.Time
}

// asked is a round with what every pupil said, by their number; nobody but the pupils and this program knows it.
type asked struct {
	round round.Round
	doc   survey.Document
	units map[string]round.Unit // by name
	said  map[int]survey.Answers
}

const (
	toAForm  = 30
	perYear  = 6
	coming   = 0.88 // of pupils answer
	gap      = 0.25 // of girls to others on every other question, on the scale of the logit
	stays    = 1.2  // how far pupils differ, in all they say
	formGap  = 0.35
	itemGap  = 0.6
	quick    = 0.04
	declines = 0.04 // would rather not say
)

func newSchool(o Options) *school {
	s := &school{wrote: map[string]int{}, Options: o, rng: mathrand.New(mathrand.NewPCG(o.Seed, 77)), day: time.Now().AddDate(0, 0, -70)}
	forms := o.People / toAForm
	years := max(1, min(5, forms/4))
	bySet := map[int]int{}
	for f := range forms {
		year := 7 + f*years/forms
		girls := 0.35 + 0.3*s.rng.Float64()
		for range toAForm {
			n := bySet[year]
			bySet[year]++
			s.pupils = append(s.pupils, pupil{form: fmt.Sprintf("%d%c", year, 'A'+f%26), set: strconv.Itoa(n), girl: s.rng.Float64() < girls, pleased: stays * s.rng.NormFloat64()})
		}
	}
	// Sets are not forms: a year is dealt anew.
	first := 0
	for year := 7; year < 7+years; year++ {
		n := bySet[year]
		order := s.rng.Perm(n)
		for i := range n {
			s.pupils[first+i].set = fmt.Sprintf("%dMa%d", year, 1+order[i]/toAForm)
		}
		first += n
	}
	return s
}

// staff adds somebody who can sign in.
func (s *school) staff(ctx context.Context, name string, roles ...access.Role) (access.Actor, error) {
	ro := roster.NewStore(s.DB)
	p, err := ro.AddStaff(ctx, access.Clock(s.id), roster.StaffForm{Name: name, Roles: roles})
	if err != nil {
		return access.Actor{}, err
	}
	a, err := identity.NewStore(s.DB, s.Key).EnsureAccount(ctx, p.ID+"@intruded.example", name)
	if err != nil {
		return access.Actor{}, err
	}
	if err := ro.LinkAccount(ctx, s.id, p.ID, a.ID); err != nil {
		return access.Actor{}, err
	}
	return ro.Actor(ctx, a.ID, s.id)
}

// found puts the school on the roll: groups with sizes alone, a head, and teachers who each have one set a year.
func (s *school) found(ctx context.Context) error {
	s.Clock.PutBack(s.day)
	ro := roster.NewStore(s.DB)
	sc, err := ro.CreateSchool(ctx, roster.School{Name: "Intruded School", Nation: "england", Roll: len(s.pupils), Invented: true, Escalation: "Children’s social care: 01632 960001"})
	if err != nil {
		return err
	}
	s.id = sc.SchoolID
	staff := func(name string, roles ...access.Role) (access.Actor, error) { return s.staff(ctx, name, roles...) }
	if s.head, err = staff("Hedda Wren", access.Head, access.SafeguardingLead); err != nil {
		return err
	}
	if s.deputy, err = staff("Dee Marsh", access.SafeguardingDeputy); err != nil {
		return err
	}
	lines := func(of func(pupil) string) (list []roster.GroupLine) {
		at := map[string]int{}
		for _, p := range s.pupils {
			name := of(p)
			if _, ok := at[name]; !ok {
				at[name] = len(list)
				list = append(list, roster.GroupLine{Name: name, Year: roster.YearOf(name)})
			}
			list[at[name]].Size++
		}
		return list
	}
	if s.forms, err = ro.SaveGroups(ctx, s.head, roster.Form, lines(func(p pupil) string { return p.form })); err != nil {
		return err
	}
	sets := lines(func(p pupil) string { return p.set })
	for i := range sets {
		sets[i].Subject = "Maths"
	}
	if s.sets, err = ro.SaveGroups(ctx, s.head, roster.Class, sets); err != nil {
		return err
	}
	for i, set := range s.sets {
		if i < perYear {
			who, err := staff(fmt.Sprint("Teacher ", i+1), access.Teacher)
			if err != nil {
				return err
			}
			s.teachers = append(s.teachers, who)
		}
		if err := ro.Teach(ctx, s.head, set.ID, []string{s.teachers[i%len(s.teachers)].Person}); err != nil {
			return err
		}
	}
	return nil
}

// doc is a survey of the bank with a question about oneself.
func (s *school) surveyOf(ctx context.Context, template string, self bool) (survey.Survey, survey.Document, error) {
	doc, _, problems := survey.FromTemplate(s.Bank, template)
	if self {
		scale := bank.Scale{ID: "who", Kind: bank.Choice, Options: []bank.Option{{ID: "g", Label: "A girl"}, {ID: "b", Label: "A boy"}, {ID: "no", Label: "I would rather not say"}}, Missing: []string{"no"}}
		problems = append(problems, doc.AddOwn("", survey.Own{Text: "I am ...", Short: "I am", About: bank.AboutMe, Origin: survey.FromSchool, Scale: scale, DescribesOneself: true})...)
	}
	if s.flag != "" {
		problems = append(problems, box(&doc)...)
	}
	if len(problems) > 0 {
		return survey.Survey{}, doc, fmt.Errorf("%s: %v", template, problems)
	}
	sv, err := survey.NewStore(s.DB).Add(ctx, s.head, doc, template)
	return sv, doc, err
}

func (s *school) askBefore(ctx context.Context) error {
	sv, doc, err := s.surveyOf(ctx, "first_say", true)
	if err != nil {
		return err
	}
	for _, q := range doc.Questions() {
		if q.DescribesOneself {
			s.self = q.ID
		}
	}
	if s.before, err = s.ask(ctx, sv, "Before", s.forms, func(p pupil) string { return p.form }); err != nil {
		return err
	}
	s.now.round.SurveyID = sv.ID
	return nil
}

func (s *school) askForms(ctx context.Context) (err error) {
	s.now, err = s.ask(ctx, survey.Survey{ID: s.now.round.SurveyID}, "Now", s.forms, func(p pupil) string { return p.form })
	return err
}

func (s *school) askClasses(ctx context.Context) error {
	sv, _, err := s.surveyOf(ctx, "first_class", false)
	if err != nil {
		return err
	}
	s.classes, err = s.ask(ctx, sv, "Maths", s.sets, func(p pupil) string { return p.set })
	return err
}

// ask takes a round from its draft to what is published of it.
func (s *school) ask(ctx context.Context, sv survey.Survey, title string, groups []roster.Group, of func(pupil) string) (a asked, err error) {
	return s.askAs(ctx, sv, title, groups, of, round.Anonymous)
}

func (s *school) askAs(ctx context.Context, sv survey.Survey, title string, groups []roster.Group, of func(pupil) string, mode round.Mode) (a asked, err error) {
	rounds := round.NewStore(s.DB, s.Key, s.Bank)
	f := round.Form{SurveyID: sv.ID, Title: title, About: round.AboutSchool, Mode: round.Anonymous, Purpose: access.ForSchool, Why: "we want lessons to fit you",
		MayChange: "How lessons begin.", ReplyPlace: "in assembly", ClosesAt: s.DB.Now().AddDate(0, 0, 5), ReplyBy: storage.DateOf(s.DB.Now().AddDate(0, 0, 30), time.UTC),
		Plan: round.Plan{Readers: []string{s.head.Person}}}
	if f.Mode = mode; mode == round.Confidential {
		f.Plan.Flags = []string{s.flag}
	}
	if groups[0].Kind == roster.Class {
		f.About, f.Purpose = round.AboutClasses, access.ForLearning
	}
	for _, g := range groups {
		f.Plan.Groups = append(f.Plan.Groups, g.ID)
	}
	if a.round, err = rounds.SaveDraft(ctx, s.head, "", f); err != nil {
		return a, err
	}
	if a.round, err = collecting.Open(ctx, s.DB, s.Key, s.Bank, s.head, a.round.ID); err != nil {
		return a, err
	}
	if a.doc, err = rounds.Document(ctx, a.round); err != nil {
		return a, err
	}
	units, err := rounds.Units(ctx, a.round)
	if err != nil {
		return a, err
	}
	slips := participation.NewStore(s.DB, s.Key)
	codes := map[string][]string{}
	if mode == round.Anonymous {
		sheets, err := slips.Print(ctx, s.head, a.round, units)
		if err != nil {
			return a, err
		}
		for _, sheet := range sheets {
			codes[sheet.Unit.Name] = sheet.Slips
		}
	} else {
		for i, p := range s.pupils {
			waits, err := slips.OpenFor(ctx, s.head.School, s.people[i])
			if err != nil || len(waits) != 1 {
				return a, fmt.Errorf("%d surveys wait for a pupil: %w", len(waits), err)
			}
			codes[of(p)] = append(codes[of(p)], waits[0].Slip)
		}
	}
	a.said = map[int]survey.Answers{}
	var all []collecting.Sending
	for i, p := range s.pupils {
		name := of(p)
		code := codes[name][0]
		codes[name] = codes[name][1:]
		if s.rng.Float64() > coming {
			continue
		}
		pace := response.Usual
		if s.rng.Float64() < quick {
			pace = response.Fast
		}
		a.said[i] = s.answers(a.doc, p, name)
		all = append(all, collecting.Sending{Code: code, Receipt: rand.Text(), Answers: a.said[i], Pace: pace, Route: "own_device", Remarks: s.remark(a.doc, i)})
	}
	if err := s.send(ctx, a.round, all); err != nil {
		return a, err
	}
	s.forward(5)
	if _, err = rounds.Close(ctx, s.head, a.round.ID); err != nil {
		return a, err
	}
	s.forward(3)
	if _, err = collecting.Settle(ctx, s.DB, s.Key, s.Bank, s.head, a.round.ID); err != nil {
		return a, err
	}
	if _, err = result.NewStore(s.DB, s.Key, s.Bank).Make(ctx, s.head.School, a.round.ID); err != nil {
		return a, err
	}
	if mode == round.Confidential {
		if err := s.let(ctx, a.round.ID); err != nil {
			return a, err
		}
	}
	s.forward(7)
	if a.round, err = rounds.Publish(ctx, s.head, a.round.ID); err != nil {
		return a, err
	}
	units, err = rounds.Units(ctx, a.round)
	a.units = map[string]round.Unit{}
	for _, u := range units {
		a.units[u.Name] = u
	}
	return a, err
}

func (s *school) forward(days int) {
	s.day = s.day.AddDate(0, 0, days)
	s.Clock.PutBack(s.day)
}

func (s *school) send(ctx context.Context, r round.Round, all []collecting.Sending) error {
	c := collecting.NewCollector(s.DB, s.Key)
	defer c.Stop()
	errs := make([]error, len(all))
	var wg sync.WaitGroup
	for i, one := range all {
		wg.Go(func() {
			out, err := c.Submit(ctx, r, one)
			if err == nil && out != collecting.Stored {
				err = fmt.Errorf("an answer was not stored: %s", out)
			}
			errs[i] = err
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// answers makes up what a pupil says: what they are like, the form, the question, and chance.
func (s *school) answers(doc survey.Document, p pupil, group string) survey.Answers {
	out := survey.Answers{}
	for i, q := range doc.Questions() {
		if q.Type.IsText() {
			continue // what is written goes its own way
		}
		if s.rng.IntN(25) == 0 {
			out[q.ID] = survey.Answer{State: survey.Skipped}
			continue
		}
		at := 0
		if q.DescribesOneself {
			at = p.side()
			if s.rng.Float64() < declines {
				at = 2
			}
		} else {
			level := p.pleased + formGap*normal(s.Seed, group, q.Item) + itemGap*normal(s.Seed, q.Item)
			if p.girl && i%2 == 0 {
				level += gap
			}
			u := s.rng.Float64()
			level += math.Log((u + 1e-9) / (1 - u + 1e-9))
			at = min(int(float64(len(q.Options))/(1+math.Exp(-level/1.5))), len(q.Options)-1)
		}
		out[q.ID] = survey.Answer{State: survey.Answered, Options: []string{q.Options[at].ID}}
	}
	return out
}

// normal is chance that belongs to something alone.
func normal(seed uint64, about ...string) float64 {
	h := seed
	for _, text := range about {
		for _, c := range []byte(text + "|") {
			h = (h ^ uint64(c)) * 1099511628211
		}
	}
	return mathrand.New(mathrand.NewPCG(h, 3)).NormFloat64()
}
