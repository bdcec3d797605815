package answering

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
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

// drawAnswer builds the page of a round: the same for everybody who is asked.
func drawAnswer(v words.Voice, r round.Round, doc survey.Document, promise bank.Promise) answerPage {
	d := answerPage{answerFrame: frame(v, r), Action: "/a/" + r.Code, NeedsCode: r.Mode == round.Anonymous, Words: answerSentences(v)}
	for _, part := range promise {
		switch part.Show {
		case bank.ShowFirst:
			d.Promise.First = append(d.Promise.First, part.Text)
		case bank.ShowSend:
			d.Promise.Send = append(d.Promise.Send, part.Text)
		case bank.ShowMore:
			d.Promise.More = append(d.Promise.More, part.Text)
		}
	}
	questions := doc.Questions()
	n := 0
	for _, s := range doc.Sections {
		for _, q := range s.Questions {
			n++
			view := questionView{ID: q.ID, SectionTitle: s.Title, Text: q.Text, Several: q.Type == survey.TypeSeveral,
				Place: v.Say("answer.place", words.V{"N": n, "M": len(questions)})}
			if view.Several {
				view.Hint = v.Say("answer.several", words.V{"Count": q.AtMost})
				if q.AtMost >= len(q.Options) {
					view.Hint = v.Say("answer.several_any")
				}
			}
			for _, o := range q.Options {
				view.Options = append(view.Options, optionView{Value: o.ID, Label: o.Label})
			}
			d.Questions = append(d.Questions, view)
		}
	}
	return d
}

func answerSentences(v words.Voice) answerWords {
	say := func(key string) string { return v.Say("answer." + key) }
	return answerWords{
		More: say("more"), CodeLabel: say("code"), CodeHint: say("code_hint"), CodeInPlace: say("code_in_place"), CodeChange: say("code_change"),
		Progress: say("progress"), Back: say("back"), Start: say("start"), Send: say("send"), Clear: say("clear"), ClearAll: say("clear_all"),
		CheckTitle: say("check"), Skipped: say("skipped"),
		Script: scriptWords{Start: say("start"), Next: say("next"), ToCheck: say("to_check"), Send: say("send"), Sending: say("sending"),
			Place: say("place_script"), Answered: say("answered"), SkipReminder: say("skip"), CodeWrong: say("code_wrong"), ClearAllSure: say("clear_all_sure"),
			Offline: say("offline"), Busy: say("busy"), Problem: say("problem"), Thanks: say("thanks")},
	}
}

// thanksFor is what somebody reads after Send: when and where the reply will be.
func thanksFor(v words.Voice, b *bank.Bank, r round.Round) thanksReply {
	id := map[string]string{bank.Pupils7to10: "thanks_7_10", bank.Pupils5to7: "thanks_5_7", bank.Parents: "thanks_parent", bank.Staff: "thanks_parent"}[r.Audience]
	if id == "" {
		id = "thanks_pupil"
	}
	t := thanksReply{Title: v.Say("answer.thanks")}
	if text, ok := b.Text(id); ok {
		t.Lines = append(t.Lines, r.FillDates(text.Text))
	}
	t.Lines = append(t.Lines, v.Say("answer.close_window"))
	t.Link = &linkView{Text: v.Say("answer.stored_link"), URL: "/stored"}
	return t
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
