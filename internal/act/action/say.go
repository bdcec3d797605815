package action

import (
	"time"

	"earshot/internal/ask/round"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
)

// Words are a piece of a reply as somebody reads them. Lang is set where they are in another language than the page.
type Words struct {
	Text string
	Lang string
	Dir  string
}

// Line is one answer as people read it.
type Line struct {
	Heard  Words
	Doing  Words
	Pupils Words
	Staff  Words
	Became Words
	Facts  string // who sees to it and by when; how far it has come
	New    string // since when it stands there, or was changed, after the reply was published
}

// Answered are the lines with one answer, under its heading.
type Answered struct {
	Answer  Answer
	Heading string
	Lines   []Line
}

// Read is a reply as people read it in one language.
type Read struct {
	State   string // that it is owed, or late, or by whom it was given and when
	Late    bool
	Opening Words
	Answers []Answered
	Pupils  string // the words that stand before what those who answered do
	Staff   string
	Became  string
}

// Empty says that there is nothing to read but its state.
func (r Read) Empty() bool { return len(r.Answers) == 0 && r.Opening.Text == "" }

// Say puts what may be shown of a reply into the words of a reader. in is the reply in the reader's language; its zero
// value gives the school's own words. today says whether it is late.
func Say(v words.Voice, r round.Round, w Whole, in ReplyLanguage, today storage.Date) Read {
	say := func(p Piece) Words {
		if text, ok := in.Of(p); ok {
			return Words{Text: text}
		}
		if v.Lang == words.English().Lang || p.Text == "" {
			return Words{Text: p.Text}
		}
		return Words{p.Text, "en", "ltr"}
	}
	date := func(d storage.Date) string { return v.Date(d.Time(time.UTC)) }
	on := func(t time.Time) storage.Date { return storage.DateOf(t, r.Zone()) }
	read := Read{Opening: say(Piece{"opening", w.Opening}), Pupils: v.Say("reply.pupils." + whom(r)), Staff: v.Say("reply.staff"), Became: v.Say("reply.became")}
	switch {
	case w.PublishedAt != nil:
		read.State = v.Say("reply.given", words.V{"Name": w.PublishedBy, "Date": date(on(*w.PublishedAt))})
		if w.ChangedAt.After(w.PublishedAt.Add(time.Hour)) {
			read.State += " " + v.Say("reply.changed", words.V{"Date": date(on(w.ChangedAt))})
		}
	case today > r.ReplyBy:
		read.Late, read.State = true, v.Say("reply.late", words.V{"Date": date(r.ReplyBy)})
	default:
		read.State = v.Say("reply.owed", words.V{"Date": date(r.ReplyBy)})
	}
	for _, answer := range Answers {
		group := Answered{Answer: answer, Heading: v.Say("reply.is." + string(answer))}
		for _, a := range w.By(answer) {
			line := Line{Heard: say(Piece{a.ID + ".heard", a.Heard}), Doing: say(Piece{a.ID + ".doing", a.Doing}), Pupils: say(Piece{a.ID + ".pupils", a.Pupils}),
				Staff: say(Piece{a.ID + ".staff", a.Staff}), Became: say(Piece{a.ID + ".became", a.Became})}
			switch {
			case answer.Refuses():
			case a.State == Finished:
				line.Facts = v.Say("reply.finished", words.V{"Name": a.OwnerName})
			case a.State == Dropped:
				line.Facts = v.Say("reply.dropped", words.V{"Name": a.OwnerName})
			case a.Due != "":
				line.Facts = v.Say("reply.who", words.V{"Name": a.OwnerName, "Date": date(a.Due)})
			default:
				line.Facts = v.Say("reply.who_open", words.V{"Name": a.OwnerName})
			}
			// A slip of the pen mended within the hour is no news.
			if a.PublishedAt != nil && a.ChangedAt.After(a.PublishedAt.Add(time.Hour)) {
				line.New = v.Say("reply.changed", words.V{"Date": date(on(a.ChangedAt))})
			}
			group.Lines = append(group.Lines, line)
		}
		if len(group.Lines) > 0 {
			read.Answers = append(read.Answers, group)
		}
	}
	return read
}

func whom(r round.Round) string {
	if v := Voice(r.Audience); v == "pupils" {
		return v
	}
	return "adults"
}
