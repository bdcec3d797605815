package answering

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/expression"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/listen/safeguard"
)

// frame is what every page for those who answer has: the school, and somebody to talk to.
func frame(v words.Voice, r round.Round) answerFrame {
	snap := r.AtOpening()
	f := answerFrame{Lang: v.Lang, Dir: v.Dir, School: snap.School, Title: r.Title, Large: r.Audience == bank.Pupils5to7, Help: help(v, r)}
	if f.School == "" {
		f.School = "Earshot"
	}
	if snap.Invented {
		f.DemoNote = v.Say("demo.note")
	}
	return f
}

// help names the adults of the round and the helplines of the school's nation. For now it is names and numbers, never a
// form: what a child writes needs somebody who reads it at once.
func help(v words.Voice, r round.Round) helpView {
	snap := r.AtOpening()
	h := helpView{Label: v.Say("help.label"), Title: v.Say("help.title"), Intro: v.Say("help.intro"), Close: v.Say("help.close")}
	if r.OpenedAt != nil {
		h.Write = linkView{v.Say("talk.link"), talkAddress(v, r)}
	}
	if snap.Lead.Name != "" {
		h.People = append(h.People, helpPerson{Name: snap.Lead.Name, Role: v.Say("help.lead"), Place: snap.Lead.Place})
	}
	for _, d := range snap.Deputies {
		h.People = append(h.People, helpPerson{Name: d.Name, Role: v.Say("help.deputy"), Place: d.Place})
	}
	for line := range strings.Lines(snap.Helplines) {
		name, phone, ok := strings.Cut(strings.TrimSpace(line), ":")
		if ok {
			h.Lines = append(h.Lines, helpLine{Name: strings.TrimSpace(name), Phone: strings.TrimSpace(phone)})
		}
	}
	nation := snap.Nation
	if nation == "" {
		nation = "england"
	}
	for i := 1; v.Has(fmt.Sprintf("helpline.%s.%d.name", nation, i)); i++ {
		key := fmt.Sprintf("helpline.%s.%d.", nation, i)
		h.Lines = append(h.Lines, helpLine{Name: v.Say(key + "name"), Phone: v.Say(key + "phone"), When: v.Say(key + "when")})
	}
	return h
}

// reader is whom a page is drawn for: everybody who reads one language and answers in one way.
type reader struct {
	voice words.Voice
	doc   survey.Document  // in the reader's language, if the school has it
	also  *survey.Document // the same in a second language, for those who want both
	route bank.Route
}

// drawAnswer builds the page of a round for one sort of reader.
func drawAnswer(to reader, r round.Round, promise bank.Promise) answerPage {
	v := to.voice
	d := answerPage{answerFrame: frame(v, r), Action: "/a/" + r.Code, NeedsCode: r.Slips(), Words: answerSentences(v)}
	for _, part := range promise {
		switch part.Show {
		case bank.ShowFirst:
			d.Promise.First = append(d.Promise.First, part.Text)
		case bank.ShowSend:
			d.Promise.Send = append(d.Promise.Send, part.Text)
		case bank.ShowMore:
			d.Promise.More = append(d.Promise.More, part.Text)
		case bank.ShowComment:
			d.Promise.Box.add(part)
		}
	}
	d.Title = to.doc.Title
	if to.doc.Title == "" || r.Title != "" && sameLanguage(to.doc.Language, "en") {
		d.Title = r.Title
	}
	if !sameLanguage(to.doc.Language, v.Lang) {
		l, _ := words.Find(to.doc.Language)
		d.Notice = v.Say("lang.questions_in", words.V{"Language": l.Name})
		d.TitleLang, d.TitleDir = l.Tag, l.Dir
	}
	if to.route == bank.SharedDevice || to.route == bank.AdultHelper {
		d.Route, d.Shared = string(to.route), to.route == bank.SharedDevice
		if d.Help.Write.URL != "" {
			d.Help.Write.URL += "&on=" + talkPlaces[to.route] // so that the way back leads here
		}
	}
	d.Questions = screens(to)
	d.Words.Script.Plan = plan(to.doc)
	if d.Asks() {
		d.Words.Script.Needs = v.Say("answer.needs")
	}
	return d
}

// fars are the parts of a promise that are choices.
var fars = map[string]safeguard.Far{"words_lead": safeguard.LeadOnly, "words_retold": safeguard.Retold, "words_exact": safeguard.Exact}

func (b *boxView) add(part bank.Part) {
	switch far, choice := fars[part.Part]; {
	case choice:
		b.Fars = append(b.Fars, farView{string(far), part.Text, part.Default})
	case part.Part == "words_ask":
		b.Ask = part.Text
	case part.Part == "read":
		b.Under = append(b.Under, part.Text)
	default:
		b.Above = append(b.Above, part.Text)
	}
}

// adultPage is what the adult reads who sets up a shared device, or who helps, before anybody answers.
func adultPage(v words.Voice, route bank.Route, r round.Round, begin string) outcomePage {
	d := outcomePage{answerFrame: frame(v, r), Begin: linkView{URL: begin}}
	if route == bank.SharedDevice {
		d.Title, d.Begin.Text = v.Say("kiosk.title"), v.Say("kiosk.ready")
		d.Lines = []string{v.Say("kiosk.place"), v.Say("kiosk.away"), v.Say("kiosk.clean")}
		return d
	}
	silent := v.Say("helper.silent_nobody")
	if lead := r.AtOpening().Lead.Name; lead != "" {
		silent = v.Say("helper.silent", words.V{"Lead": lead})
	}
	d.Title, d.Begin.Text = v.Say("helper.title"), v.Say("helper.ready")
	d.Lines = []string{v.Say("helper.who"), v.Say("helper.say"), v.Say("helper.wait"), silent}
	return d
}

// drawer draws the screens of one document, beside the same in a second language.
type drawer struct {
	reader
	list []questionView
	n, m int
}

func screens(to reader) []questionView {
	d := drawer{reader: to, m: len(to.doc.Questions())}
	chosen := map[string]bool{}
	for i, s := range to.doc.Sections {
		other := survey.Section{}
		if to.also != nil {
			other = to.also.Sections[i]
		}
		if s.Choice != "" && !chosen[s.Choice] {
			chosen[s.Choice] = true
			d.topics(s.Choice)
		}
		if s.Text != "" {
			d.list = append(d.list, questionView{Step: "p-" + s.ID, Type: typePage, SectionTitle: s.Title, Text: d.say(s.Text, other.Text)})
		}
		for j, q := range s.Questions {
			twin := survey.Question{}
			if to.also != nil {
				twin = other.Questions[j]
			}
			view := d.question(q, twin, s)
			view.GridFirst = q.Grid != "" && (j == 0 || s.Questions[j-1].Grid != q.Grid)
			view.GridLast = q.Grid != "" && (j == len(s.Questions)-1 || s.Questions[j+1].Grid != q.Grid)
			d.list = append(d.list, view)
		}
	}
	return d.list
}

// say marks a text that is not in the language of the page.
func (d *drawer) say(text, also string) said {
	out := said{Text: text}
	mark := func(language string) (string, string) {
		l, _ := words.Find(language)
		if sameLanguage(language, d.voice.Lang) {
			return "", ""
		}
		return l.Tag, l.Dir
	}
	out.Lang, out.Dir = mark(d.doc.Language)
	if d.also != nil && also != text {
		out.Also = also
		l, _ := words.Find(d.also.Language)
		out.AlsoLang, out.AlsoDir = l.Tag, l.Dir
	}
	return out
}

// topics is the screen on which people choose what they want to be asked about.
func (d *drawer) topics(id string) {
	v := d.voice
	for i, c := range d.doc.Choices {
		if c.ID != id {
			continue
		}
		other := ""
		if d.also != nil {
			other = d.also.Choices[i].Text
		}
		view := questionView{ID: c.ID, Step: c.ID, Type: typePick, Text: d.say(c.Text, other), Most: c.Pick}
		if c.Pick == 0 {
			return // chance alone decides
		}
		hints := []string{v.Say("answer.choose_most", words.V{"Count": c.Pick}), v.Say("answer.choose")}
		if c.Draw > 0 {
			hints = append(hints, v.Say("answer.draw", words.V{"Count": c.Draw}))
		}
		view.Hint = strings.Join(hints, " ")
		for j, s := range d.doc.Sections {
			if s.Choice == id {
				title := ""
				if d.also != nil {
					title = d.also.Sections[j].Title
				}
				view.Options = append(view.Options, optionView{Value: s.ID, Label: d.say(s.Title, title)})
			}
		}
		d.list = append(d.list, view)
	}
}

func (d *drawer) question(q, twin survey.Question, s survey.Section) questionView {
	v := d.voice
	view := questionView{ID: q.ID, Step: "q-" + q.ID, Type: q.Type, SectionTitle: s.Title, Grid: q.Grid, Text: d.say(q.Text, twin.Text), Min: q.Min, Max: q.Max}
	if q.Type == survey.TypeNote {
		view.Step = "n-" + q.ID
		return view
	}
	d.n++
	view.Place = v.Say("answer.place", words.V{"N": d.n, "M": d.m})
	if len(d.doc.Conditions(q)) > 0 {
		view.OnlyIf = v.Say("answer.only_if")
	}
	if s.Choice != "" {
		view.OnlyIf = v.Say("answer.optional_part")
	}
	for i, o := range q.Options {
		label := ""
		if d.also != nil {
			label = twin.Options[i].Label
		}
		view.Options = append(view.Options, optionView{Value: o.ID, Label: d.say(o.Label, label), Symbol: o.Symbol})
	}
	switch q.Type {
	case survey.TypeSeveral:
		view.Hint = v.Say("answer.several", words.V{"Count": q.AtMost})
		if q.AtMost >= len(q.Options) {
			view.Hint = v.Say("answer.several_any")
		} else {
			view.Most = q.AtMost
		}
	case survey.TypeRanking:
		view.Hint = v.Say("answer.rank")
		for n := range q.AtMost {
			view.Places = append(view.Places, placeView{Label: v.Say("answer.rank_place", words.V{"N": n + 1}), Options: slices.Clone(view.Options)})
		}
	case survey.TypeNumber:
		view.Hint = v.Say("answer.number", words.V{"Min": q.Min, "Max": q.Max})
	}
	return view
}

// plan tells the device who is asked what; nil when everybody is asked everything.
func plan(doc survey.Document) *planView {
	p := planView{If: map[string][]expression.Expression{}, Ask: map[string][]any{}, Choose: map[string]chooseView{}}
	for _, c := range doc.Choices {
		p.Choose[c.ID] = chooseView{Pick: c.Pick, Draw: c.Draw, Of: map[string][]string{}}
	}
	for _, s := range doc.Sections {
		var all, asked []string
		if s.Text != "" {
			all = append(all, "p-"+s.ID)
		}
		for _, q := range s.Questions {
			step := "q-" + q.ID
			if q.Type == survey.TypeNote {
				step = "n-" + q.ID
			} else {
				asked = append(asked, step)
			}
			all = append(all, step)
			if list := doc.Conditions(q); len(list) > 0 {
				p.If[step] = list
			}
		}
		if e, err := expression.Parse(s.ShowIf); err == nil && s.Text != "" {
			p.If["p-"+s.ID] = []expression.Expression{e}
		}
		if s.Ask > 0 && s.Ask < len(asked) {
			p.Ask[s.ID] = []any{s.Ask, asked}
		}
		if s.Choice != "" {
			p.Choose[s.Choice].Of[s.ID] = all
		}
	}
	if len(p.If)+len(p.Ask)+len(p.Choose) == 0 {
		return nil
	}
	return &p
}

func answerSentences(v words.Voice) answerWords {
	say := func(key string) string { return v.Say("answer." + key) }
	return answerWords{
		More: say("more"), CodeLabel: say("code"), CodeHint: say("code_hint"), CodeInPlace: say("code_in_place"), CodeChange: say("code_change"),
		Progress: say("progress"), Back: say("back"), Start: say("start"), Send: say("send"), Clear: say("clear"), ClearAll: say("clear_all"),
		CheckTitle: say("check"), Skipped: say("skipped"), Language: v.Say("lang.choose"), Look: v.Say("look.open"), Aloud: v.Say("aloud.read"),
		KeepNothing: v.Say("keep.nothing"), NoAnswer: say("rank_none"),
		Script: scriptWords{Next: say("next"), ToCheck: say("to_check"),
			Place: say("place_script"), Answered: say("answered"), SkipReminder: say("skip"), CodeWrong: say("code_wrong"), ClearAllSure: say("clear_all_sure"),
			Offline: say("offline")},
	}
}

// extraKeys are the sentences of answer-more.js.
var extraKeys = []string{"look.title", "look.kept", "look.size", "look.size_1", "look.size_2", "look.size_3", "look.space", "look.space_1", "look.space_2",
	"look.ground", "look.ground_1", "look.ground_2", "look.ground_3", "look.ground_4", "look.ground_5", "look.font", "look.font_1", "look.font_2",
	"look.symbols", "look.motion", "look.done", "aloud.read", "aloud.stop", "keep.waiting", "keep.waiting_title", "keep.waiting_other", "keep.sent", "keep.not_sent",
	"keep.refused", "keep.clear", "keep.clear_sure", "keep.cleared", "keep.gone", "keep.offline", "lang.offline", "keep.resumed", "keep.again", "keep.unchecked", "keep.elsewhere", "keep.elsewhere_title", "kiosk.still", "kiosk.clearing", "kiosk.here", "kiosk.next", "kiosk.next_in",
	"kiosk.cleared", "kiosk.refused", "answer.thanks", "answer.sending", "answer.offline", "answer.busy", "answer.problem", "answer.too_many", "answer.code", "answer.code_wrong", "answer.send", "answer.too_large", "start.spent", "start.unknown_code"}

// lateKeys are the sentences of answer-over.js.
var lateKeys = []string{"keep.going", "keep.gone", "keep.sent", "keep.refused", "keep.clear", "keep.clear_sure", "keep.cleared", "keep.offline", "kiosk.refused",
	"answer.code", "answer.code_wrong", "answer.send", "answer.too_large", "start.spent", "start.unknown_code"}

// thanksFor is what somebody reads after Send: when and where the reply will be.
func (p Pages) thanksFor(t tongues, language string, r round.Round) thanksReply {
	v := t.voice(language)
	id := map[string]string{bank.Pupils7to10: "thanks_7_10", bank.Pupils5to7: "thanks_5_7", bank.Parents: "thanks_parent", bank.Staff: "thanks_parent"}[r.Audience]
	if id == "" {
		id = "thanks_pupil"
	}
	out := thanksReply{Title: v.Say("answer.thanks")}
	in := t.tongue(language)
	if text, ok := p.Bank.Say(in.Texts, id); ok {
		out.Lines = append(out.Lines, in.Texts.Fill(text, dates(v, r)))
	}
	out.Lines = append(out.Lines, v.Say("answer.close_window"))
	out.Link = &linkView{Text: v.Say("answer.stored_link"), URL: "/a/" + r.Code + "/stored?lang=" + language}
	return out
}

// dates are the round's dates and place of reply as they fill the texts of the bank.
func dates(v words.Voice, r round.Round) map[string]string {
	return map[string]string{"close_date": v.Date(storage.DateOf(r.ClosesAt, r.Zone()).Time(time.UTC)), "reply_date": v.Date(r.ReplyBy.Time(time.UTC)),
		"reply_place": r.ReplyPlace}
}

// readingTask is something to read that takes about as long as the survey, so that nobody in the room can tell a pupil
// who opted out from one who answers.
func readingTask(v words.Voice, pages int) []taskPage {
	var task []taskPage
	for i := range pages {
		key := "reading." + strconv.Itoa(i%12+1)
		task = append(task, taskPage{Title: v.Say(key + ".title"), Paragraphs: slices.Collect(strings.Lines(v.Say(key + ".text")))})
	}
	return task
}
