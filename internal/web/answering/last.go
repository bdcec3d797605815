package answering

import (
	"context"
	"time"

	"earshot/internal/act/action"
	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/words"
)

// lately is how long a reply opens the next surveys: after that it is no longer last time.
const lately = 366 * 24 * time.Hour

// told is the last reply that people of the round's voice were given, with its words in other languages.
type told struct {
	round round.Round
	reply action.Reply
	in    map[string]action.ReplyLanguage
}

// lastReply finds what opens the page of a round; nil if nothing does. The youngest are told by the adult beside them.
func (p Pages) lastReply(ctx context.Context, r round.Round) (*told, error) {
	if r.Audience == bank.Pupils5to7 || r.Audience == bank.Staff {
		return nil, nil
	}
	st := action.NewStore(p.DB, p.Key, p.Bank)
	of, reply, ok, err := st.Last(ctx, r.SchoolID, action.Voice(r.Audience))
	if err != nil || !ok || p.DB.Now().Sub(*reply.PublishedAt) > lately {
		return nil, err
	}
	t := &told{of, reply, map[string]action.ReplyLanguage{}}
	all, err := st.Languages(ctx, of)
	for _, l := range all {
		t.in[l.Language] = l
	}
	return t, err
}

// lines puts it into the reader's words. The frame of each line is the reader's language; what the school wrote may not be,
// and then the line is in English as a whole.
func (t *told) lines(v words.Voice, code string) *lastView {
	if t == nil {
		return nil
	}
	d := &lastView{Title: v.Say("reply.last_title"), Link: v.Say("reply.all"), URL: "/r/" + t.round.Code}
	if code != "" {
		d.URL += "?lang=" + code
	}
	for _, line := range []struct{ key, name, value, english string }{
		{"answer.last", "last_heard", "Heard", t.reply.LastHeard}, {"answer.last_did", "last_did", "Did", t.reply.LastDid}, {"answer.last_wont", "last_wont", "Wont", t.reply.LastWont}} {
		if line.english == "" {
			continue
		}
		text, ok := t.in[code].Of(action.Piece{Key: line.name, Text: line.english})
		switch {
		case ok:
			d.Lines = append(d.Lines, lastLine{Text: v.Say(line.key, words.V{line.value: text})})
		case v.Lang == words.English().Lang:
			d.Lines = append(d.Lines, lastLine{Text: v.Say(line.key, words.V{line.value: line.english})})
		default:
			d.Lines = append(d.Lines, lastLine{Text: words.English().Say(line.key, words.V{line.value: line.english}), Lang: "en"})
		}
	}
	return d
}
