package participation

import (
	"context"
	"strings"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/mail"
	"earshot/internal/base/seal"
	"earshot/internal/base/storage"
	"earshot/internal/base/words"
	"earshot/internal/school/roster"
)

// Writer writes the letters of one round. Every sentence stands in words, and what the school can see of an answer is said
// with the very words of the round's promise.
type Writer struct {
	v       words.Voice
	round   round.Round
	minutes int
	sees    []string // of the promise: what the school can see
	baseURL string
}

// Personal is one link of a letter.
type Personal struct {
	Code  string
	Child string // whom it is about; empty if about all
}

// Writer prepares the writing of a round's letters.
func (s Store) Writer(ctx context.Context, v words.Voice, r round.Round, baseURL string, b *bank.Bank) (Writer, error) {
	rounds := round.NewStore(s.db, s.key, b)
	doc, err := rounds.Document(ctx, r)
	if err != nil {
		return Writer{}, err
	}
	promise, err := rounds.PreviewPromise(ctx, r)
	if err != nil {
		return Writer{}, err
	}
	w := Writer{v: v, round: r, minutes: doc.Minutes, baseURL: baseURL}
	for _, part := range promise.Shown(bank.ShowFirst) {
		if part.Part == "mode" || part.Part == "group" || part.Part == "leave" {
			w.sees = append(w.sees, part.Text)
		}
	}
	if r.Mode == round.Confidential {
		// There is no room for all of it on a phone's first page. A letter has room.
		for _, part := range promise.Shown(bank.ShowMore) {
			if part.Part == "group" || part.Part == "sealed" {
				w.sees = append(w.sees, part.Text)
			}
		}
	}
	return w, nil
}

// Letter writes to one person. Each link opens the same page as a slip of paper; what comes after the # stays on the
// device, so a program that only follows links learns nothing and uses nothing up.
func (w Writer) Letter(p roster.Person, kind string, links []Personal, stopURL string) mail.Letter {
	v, r := w.v, w.round
	school := r.AtOpening().School
	last := round.SayDate(storage.DateOf(r.ClosesAt, r.Zone()))
	l := mail.Letter{School: school, Name: p.Name(), Address: p.Email, Lang: v.Lang, Dir: v.Dir,
		Subject: v.Say("letter.subject", words.V{"School": school, "Title": r.Title}),
		Hello:   v.Say("letter.hello", words.V{"Name": p.Name()}),
		Stop:    mail.Link{Text: v.Say("letter.stop", words.V{"School": school}), URL: stopURL},
	}
	if p.Name() == "" {
		l.Hello = v.Say("letter.hello_nobody")
	}
	if kind != InvitationMail {
		l.Subject = v.Say("letter.subject_again", words.V{"School": school, "Title": r.Title})
		l.Before = append(l.Before, v.Say("letter."+kind, words.V{"School": school}))
	} else {
		l.Before = append(l.Before, v.Say("letter.asks"+confidence(r), words.V{"School": school, "Title": r.Title}))
	}
	l.Before = append(l.Before,
		v.Say("letter.why", words.V{"Why": strings.TrimRight(r.Why, ".!… "), "MayChange": strings.TrimRight(r.MayChange, ". ")}),
		v.Say("letter.how", words.V{"Count": w.minutes, "Date": last}))
	address := w.baseURL + "/a/" + r.Code
	bare := address[strings.Index(address, "://")+len("://"):]
	for _, link := range links {
		text := v.Say("letter.link")
		if link.Child != "" {
			text = v.Say("letter.link_child", words.V{"Child": link.Child})
		}
		l.Links = append(l.Links, mail.Link{Text: text, URL: address + "#" + link.Code,
			Hint: v.Say("letter.type", words.V{"Address": bare, "Code": spaced(link.Code)})})
	}
	l.After = append(l.After, v.Say("letter.yours"+confidence(r)))
	l.After = append(l.After, strings.Join(w.sees, " "))
	if r.ReplyPlace != "" {
		l.After = append(l.After, v.Say("letter.reply", words.V{"Date": round.SayDate(r.ReplyBy), "Place": r.ReplyPlace}))
	} else {
		l.After = append(l.After, v.Say("letter.reply_date", words.V{"Date": round.SayDate(r.ReplyBy)}))
	}
	return l
}

// confidence tells apart the sentences of confidential rounds.
func confidence(r round.Round) string {
	if r.Mode == round.Confidential {
		return "_confidential"
	}
	return ""
}

// spaced is a code as it is typed by hand.
func spaced(code string) string {
	if len(code) != CodeLength {
		return code
	}
	return code[:4] + " " + code[4:8] + " " + code[8:]
}

func sameCode(a, b string) bool { return seal.Same(a, b) }
