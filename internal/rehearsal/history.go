package rehearsal

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"earshot/internal/act/action"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/storage"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
)

// builder makes the demo school.
type builder struct {
	Options
	model     model
	today     time.Time
	town      *town
	head      access.Actor
	collector *collecting.Collector
	open      *round.Round
	link      *round.Round
}

// london is where Riverside is.
func london() *time.Location {
	if z, err := time.LoadLocation("Europe/London"); err == nil {
		return z
	}
	return time.UTC
}

// schoolDay is the first moment of the day so many school days ago or, below zero, ahead.
func (b *builder) schoolDay(ago int) time.Time {
	y, m, d := b.today.Date()
	day, step := time.Date(y, m, d, 0, 0, 0, 0, b.today.Location()), -1
	if ago < 0 {
		ago, step = -ago, 1
	}
	for ago > 0 {
		day = day.AddDate(0, 0, step)
		if !weekend(day) {
			ago--
		}
	}
	return day
}

func weekend(day time.Time) bool {
	return day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
}

func at(day time.Time, hour, minute int) time.Time {
	return day.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}

// plan is one round of the demo school.
type plan struct {
	template   string
	form       round.Form
	rooms      []room
	whoAnswers string // pupil or parent
	opens      time.Time
	days       int                // on which answers come
	settles    time.Time          // zero: it stays open
	publishes  time.Time          // zero: it stays settled
	replied    string             // the name of its reply in replies.yaml; empty for none
	replies    time.Time          // zero: the reply is still owed
	guessed    bool               // staff guessed what pupils would say
	translated bool               // its questions can be read in other languages
	words      string             // an item of the bank that asks for written words; empty for none
	thought    string             // the item of which pupils also guess how many of their class said so; empty for none
	enough     map[string]int     // by item: what the first teacher and their classes would call good enough, in a hundred
	matters    string             // the item that matters most to the school; empty if none was chosen
	term       string             // tells two rounds of one survey apart
	shift      map[string]float64 // by gateway: how much better or worse things were then, on the scale of the logit
}

// finished are the rounds that are over, the oldest first.
func (b *builder) finished() []plan {
	day := b.schoolDay
	return []plan{{
		// The same questions when the year began, so that there is something to compare with: calmer lessons then, and less
		// of a say.
		template: "how_is_learning", rooms: b.town.forms, whoAnswers: pupil, translated: true, days: 3, term: "first", matters: "belong_s_belong", shift: map[string]float64{"org": 0.7, "voice": -0.5, "tech": -0.15},
		form: round.Form{Title: "How is learning for you? As the year begins", About: round.AboutSchool, Purpose: access.ForSchool,
			Why:       "we want to know where we stand",
			MayChange: "What teachers practise together this year.",
			ClosesAt:  at(day(45), 15, 30), ReplyBy: dateOf(day(-5))},
		opens: at(day(49), 8, 40), settles: at(day(43), 16, 0), publishes: at(day(39), 9, 0), replied: "begins", replies: at(day(37), 12, 0),
	}, {
		template: "how_is_learning", rooms: b.town.forms, whoAnswers: pupil, translated: true, days: 4, matters: "belong_s_belong",
		form: round.Form{About: round.AboutSchool, Purpose: access.ForSchool,
			Why:       "we are choosing what to work on this year",
			MayChange: "What teachers practise together this year, and how the school day is laid out.",
			ClosesAt:  at(day(30), 15, 30), ReplyBy: dateOf(day(-10))},
		opens: at(day(35), 8, 40), settles: at(day(28), 16, 0), publishes: at(day(24), 9, 0), replied: "learning", guessed: true,
	}, {
		template: "parent_partnership", rooms: b.town.forms, whoAnswers: parent, days: 5, matters: "home_f_recommend",
		form: round.Form{About: round.AboutSchool, Purpose: access.ForSchool,
			Why:       "we want to work better with families",
			MayChange: "How the school writes to families, and when they can talk to teachers.",
			ClosesAt:  at(day(18), 20, 0), ReplyBy: dateOf(day(-15))},
		opens: at(day(25), 9, 0), settles: at(day(15), 16, 0), publishes: at(day(11), 9, 0),
	}, {
		template: "working_here", whoAnswers: staffKind, days: 1, matters: "work_w_voice",
		form: round.Form{About: round.AboutSchool, Purpose: access.ForSchool,
			Why:       "we want to know what working here is like",
			MayChange: "How training days are used, and how meetings are held.",
			ClosesAt:  at(day(17), 16, 0), ReplyBy: dateOf(day(-8))},
		opens: at(day(20), 9, 0), settles: at(day(14), 16, 0), publishes: at(day(10), 9, 0),
	}, {
		template: "first_class", rooms: b.town.english, whoAnswers: pupil, days: 4, thought: "l2l_c_mistake", words: "voice_c_open_help", enough: map[string]int{"afl_c_goal": 60, "afl_c_next": 50},
		form: round.Form{About: round.AboutClasses, Purpose: access.ForLearning,
			Why:       "your English teacher wants to know what helps you to learn",
			MayChange: "How lessons in your English class are taught.",
			ClosesAt:  at(day(2), 15, 30), ReplyBy: dateOf(day(-12))},
		opens: at(day(8), 8, 40), settles: at(day(1), 7, 45), // so leaders still wait
	}}
}

// history writes what has happened at Riverside.
func (b *builder) history(ctx context.Context) error {
	if err := action.NewStore(b.DB, b.Key, b.Bank).Sign(ctx, b.head); err != nil {
		return fmt.Errorf("agreement: %w", err)
	}
	if err := b.speak(ctx); err != nil {
		return fmt.Errorf("languages: %w", err)
	}
	for i, p := range b.finished() {
		if i == confidential {
			if err := b.sealed(ctx); err != nil {
				return fmt.Errorf("confidential round: %w", err)
			}
		}
		if _, err := b.run(ctx, p, i < 4); err != nil {
			return fmt.Errorf("%s: %w", p.template, err)
		}
	}
	if err := b.draftOfEveryKind(ctx); err != nil {
		return fmt.Errorf("draft: %w", err)
	}
	var err error
	if b.open, err = b.run(ctx, b.nowOpen(at(b.schoolDay(1), 8, 45), b.town.forms[:begun]), false); err != nil {
		return fmt.Errorf("open round: %w", err)
	}
	b.link, err = b.openLink(ctx, at(b.schoolDay(1), 16, 0))
	return err
}

func dateOf(day time.Time) storage.Date { return storage.DateOf(day, day.Location()) }

// begun is how many forms have begun to answer the open round; the slips of the others are there to try.
const begun = 11

// nowOpen is the round that can be answered now, of every form; those named have begun.
func (b *builder) nowOpen(opens time.Time, begun []room) plan {
	return plan{
		template: "first_say", rooms: begun, whoAnswers: pupil, days: 1, opens: opens, translated: true, words: "voice_s_open_change",
		form: round.Form{About: round.AboutSchool, Purpose: access.ForSchool,
			Why:       "we want to hear how easy it is for you to have a say",
			MayChange: "How pupils are asked, and how they hear what came of it.",
			ClosesAt:  at(b.schoolDay(-6), 15, 30), ReplyBy: dateOf(b.schoolDay(-20))},
	}
}

// openAgain opens another round to try, which nobody has answered yet.
func (b *builder) openAgain(ctx context.Context) (*round.Round, error) {
	return b.run(ctx, b.nowOpen(b.today, nil), false)
}

// openLink opens the round of a parents' evening.
func (b *builder) openLink(ctx context.Context, opens time.Time) (*round.Round, error) {
	return b.run(ctx, plan{
		template: "first_home", opens: opens,
		form: round.Form{Title: "Parents' evening: home and school", About: round.AboutSchool, Mode: round.OpenLink, Purpose: access.ForSchool,
			Why:       "parents' evening is a good moment to ask",
			MayChange: "How parents' evenings are run.",
			ClosesAt:  at(b.schoolDay(-7), 21, 0), ReplyBy: dateOf(b.schoolDay(-21))},
	}, false)
}

// run takes a round from its survey to the state its plan ends in. governors says whether they are named as readers.
func (b *builder) run(ctx context.Context, p plan, governors bool) (*round.Round, error) {
	if p.opens.Before(b.today) {
		b.Clock.PutBack(p.opens)
	}
	doc, _, problems := survey.FromTemplate(b.Bank, p.template)
	if len(problems) > 0 {
		return nil, fmt.Errorf("template: %v", problems)
	}
	for _, q := range doc.Questions() {
		if q.Item == p.thought {
			if problems = doc.AddGuess(b.Bank, q.ID, ""); len(problems) > 0 {
				return nil, fmt.Errorf("guess: %v", problems)
			}
		}
	}
	if p.words != "" {
		if problems = doc.AddItem(b.Bank, "", p.words); len(problems) > 0 {
			return nil, fmt.Errorf("words: %v", problems)
		}
	}
	sv, err := survey.NewStore(b.DB).Add(ctx, b.head, doc, p.template)
	if err != nil {
		return nil, err
	}
	if p.translated {
		if err := b.translate(ctx, sv.ID, doc); err != nil {
			return nil, fmt.Errorf("translation: %w", err)
		}
	}
	f := p.form
	f.SurveyID, f.ReplyPlace = sv.ID, "in the school newsletter"
	for _, q := range doc.Questions() {
		if q.Item == p.matters {
			f.Plan.Outcome = q.ID
		}
	}
	if f.Title == "" {
		f.Title = sv.Title
	}
	if f.Mode == "" {
		f.Mode = round.Anonymous
	}
	if f.Plan.Readers, err = b.readers(ctx, governors); err != nil {
		return nil, err
	}
	switch {
	case p.whoAnswers == staffKind:
		if f.Plan.People, err = b.teachers(ctx); err != nil {
			return nil, err
		}
	case f.Mode == round.Anonymous:
		if f.Plan.Groups, err = b.groups(ctx, p); err != nil {
			return nil, err
		}
	}
	rounds := b.rounds()
	r, err := rounds.SaveDraft(ctx, b.head, "", f)
	if err != nil {
		return nil, err
	}
	if r, err = rounds.Open(ctx, b.head, r.ID); err != nil {
		return nil, err
	}
	switch {
	case p.whoAnswers == staffKind:
		err = b.collectStaff(ctx, p, r, doc)
	case f.Mode == round.Anonymous:
		err = b.collect(ctx, p, r, doc)
	}
	if err != nil {
		return nil, err
	}
	if p.settles.IsZero() {
		return &r, nil
	}
	b.Clock.PutBack(f.ClosesAt)
	if len(p.enough) > 0 {
		if err := b.agree(ctx, r, doc, p.enough); err != nil {
			return nil, err
		}
	}
	if r, err = rounds.Close(ctx, b.head, r.ID); err != nil {
		return nil, err
	}
	b.Clock.PutBack(p.settles)
	if err := b.Settle(ctx, b.head, r.ID); err != nil {
		return nil, err
	}
	if p.words != "" {
		if err := b.readWords(ctx, r); err != nil {
			return nil, fmt.Errorf("words: %w", err)
		}
	}
	if p.guessed {
		if err := b.guess(ctx, r, doc); err != nil {
			return nil, err
		}
	}
	if !p.publishes.IsZero() {
		b.Clock.PutBack(p.publishes)
		if r, err = rounds.Publish(ctx, b.head, r.ID); err != nil {
			return nil, err
		}
	}
	if p.replied != "" {
		if err := b.reply(ctx, p.replied, r, p.replies); err != nil {
			return nil, fmt.Errorf("reply: %w", err)
		}
	}
	return &r, nil
}

// groups are the forms of the whole school or, in a round about classes, those of the plan.
func (b *builder) groups(ctx context.Context, p plan) ([]string, error) {
	var ids []string
	if p.form.About == round.AboutClasses {
		for _, r := range p.rooms {
			ids = append(ids, r.ID)
		}
		return ids, nil
	}
	forms, err := roster.NewStore(b.DB).Groups(ctx, b.head.School, roster.Form)
	for _, f := range forms {
		ids = append(ids, f.ID)
	}
	return ids, err
}

// collect prints the slips and sends what the people of the plan's rooms have to say, day by day.
func (b *builder) collect(ctx context.Context, p plan, r round.Round, doc survey.Document) error {
	units, err := b.rounds().Units(ctx, r)
	if err != nil {
		return err
	}
	sheets, err := participation.NewStore(b.DB, b.Key).Print(ctx, b.head, r, units)
	if err != nil {
		return err
	}
	codes := map[string][]string{}
	for _, s := range sheets {
		codes[s.Unit.GroupID] = s.Slips
		if s.Unit.Kind == round.UnitYear { // parents are asked by year, not by form
			codes[s.Unit.Name] = s.Slips
		}
	}
	slip := func(room room, i int) string {
		year := round.YearName(room.Year)
		if own := codes[room.ID]; len(own) > 0 {
			return own[i]
		}
		next := codes[year][0]
		codes[year] = codes[year][1:]
		return next
	}
	writer, err := newWriter(b.model.seed)
	if err != nil {
		return err
	}
	days := make([][]collecting.Sending, p.days)
	for _, room := range p.rooms {
		g := room.asGroup()
		for i, n := range room.pupils {
			who := person{p.whoAnswers, n}
			code := slip(room, i)
			day, comes := b.model.comes(p.template+p.term, who, g, p.days)
			if !comes {
				continue
			}
			answers, pace := model{seed: b.model.seed, shift: p.shift}.answer(p.template+p.term, doc, who, g)
			days[day] = append(days[day], collecting.Sending{Code: code, Receipt: rand.Text(), Answers: answers, Pace: pace, Route: "own_device", Remarks: writer.write(doc)})
		}
	}
	day := p.opens
	for _, sendings := range days {
		b.Clock.PutBack(day.Add(2 * time.Hour))
		if err := b.send(ctx, r, sendings); err != nil {
			return err
		}
		for day = day.AddDate(0, 0, 1); weekend(day); {
			day = day.AddDate(0, 0, 1)
		}
	}
	return nil
}

// send hands all of a day's answers to the collector at once, so that it can store many in one transaction.
func (b *builder) send(ctx context.Context, r round.Round, sendings []collecting.Sending) error {
	errs := make([]error, len(sendings))
	var wg sync.WaitGroup
	for i, s := range sendings {
		wg.Go(func() {
			out, err := b.collector.Submit(ctx, r, s)
			if err == nil && out != collecting.Stored {
				err = fmt.Errorf("an answer was not stored: %s", out)
			}
			errs[i] = err
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
