// Package language knows in which languages a school may ask. What tells a person who sees what, or where help is, was
// drafted by a machine; a school uses a language only once somebody who speaks it has read all of that, and said so.
package language

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"earshot/internal/ask/bank"
	"earshot/internal/base/words"
)

// Text is one text about safety, as it is shipped. Sentences that are the same in both languages are read once, so a text
// may stand for several.
type Text struct {
	// Names are those of words.Voice.Sentences and ids of texts of the bank. They never meet: only the former have dots.
	Names   []string
	Section string // where it is read, one of Sections
	English string
	Said    string // the translation
}

// Name is the first of its names; forms and corrections go by it.
func (t Text) Name() string { return t.Names[0] }

// Sections lists where texts are read, in the order in which a reader goes through them.
func Sections() []string {
	return []string{"promise_" + bank.Pupils11to16, "promise_" + bank.Pupils7to10, "promise_" + bank.Pupils5to7, "promise_" + bank.Parents,
		"notes", "help", "start", "screen", "stored", "keep", "kiosk", "helper"}
}

// spoken are the sentences of package words that tell somebody who sees what, what is kept, or where help is: whole groups
// of keys, and single ones. Those of the promise and the notes come from the bank.
var spoken = []struct {
	section string
	groups  []string // beginnings of keys
	keys    []string
}{
	{"help", []string{"help.", "helpline.", "talk."}, []string{"paper.help"}},
	{"start", nil, []string{"start.spent", "start.unknown_code", "answer.code", "answer.code_wrong", "answer.spent", "answer.unknown_code", "answer.over.closed", "answer.over.cancelled"}},
	{"screen", nil, []string{"answer.send", "answer.clear", "answer.clear_all", "answer.clear_all_sure", "answer.offline", "answer.busy", "answer.problem", "answer.thanks",
		"answer.close_window", "answer.skip", "paper.leave", "look.kept", "lang.draft"}},
	{"stored", []string{"stored."}, []string{"answer.stored_link", "public.small", "wall.small"}},
	{"keep", []string{"keep."}, nil},
	{"kiosk", []string{"kiosk."}, nil},
	{"helper", []string{"helper."}, nil},
}

// Texts lists every text about safety in a language, in the order of Sections; nil for English, which needs no reading,
// and for a language that is not there.
func Texts(b *bank.Bank, code string) []Text {
	l, ok := words.Find(code)
	tongue, known := b.In(code)
	if !ok || !known || tongue.Lang == "" {
		return nil
	}
	c := collector{place: map[[3]string]int{}}
	for _, text := range b.ForAnswering() {
		section := "notes"
		if text.Part != "" {
			section = "promise_" + text.Audience
		}
		said, _ := tongue.Text(text.ID)
		c.add(text.ID, section, text.Text, said)
	}
	english, own := words.English().Sentences(), words.In(l.Code).Sentences()
	names := slices.Sorted(maps.Keys(english))
	for _, s := range spoken {
		for _, name := range names {
			if slices.Contains(s.keys, name) || slices.ContainsFunc(s.groups, func(g string) bool { return strings.HasPrefix(name, g) }) {
				c.add(name, s.section, english[name], own[name])
			}
		}
	}
	order := Sections()
	slices.SortStableFunc(c.texts, func(a, b Text) int { return slices.Index(order, a.Section) - slices.Index(order, b.Section) })
	return c.texts
}

type collector struct {
	texts []Text
	place map[[3]string]int // where the same sentence stands already
}

func (c *collector) add(name, section, english, said string) {
	// Numbers of helplines are no sentences. They are the same in every language, and nobody retypes them.
	if strings.HasSuffix(name, ".phone") {
		return
	}
	key := [3]string{section, english, said}
	if i, ok := c.place[key]; ok {
		c.texts[i].Names = append(c.texts[i].Names, name)
		return
	}
	c.place[key] = len(c.texts)
	c.texts = append(c.texts, Text{Names: []string{name}, Section: section, English: english, Said: said})
}

// Prints are the fingerprints of texts by name, so that it can be said later which have changed.
func Prints(texts []Text) map[string]string {
	prints := map[string]string{}
	for _, t := range texts {
		sum := sha256.Sum256([]byte(t.English + "\x00" + t.Said))
		for _, name := range t.Names {
			prints[name] = hex.EncodeToString(sum[:8])
		}
	}
	return prints
}

// Hash is one fingerprint of all texts.
func Hash(texts []Text) string {
	h := sha256.New()
	prints := Prints(texts)
	for _, name := range slices.Sorted(maps.Keys(prints)) {
		h.Write([]byte(name + "\x00" + prints[name] + "\n"))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Changes says what became of texts since they were read.
type Changes struct {
	New, Changed []Text
	Gone         int // texts that are not shipped any more
}

// Any says whether anything is different.
func (c Changes) Any() bool { return len(c.New)+len(c.Changed)+c.Gone > 0 }

// Since compares texts with the fingerprints taken when they were read.
func Since(prints map[string]string, texts []Text) Changes {
	var c Changes
	now := Prints(texts)
	for _, t := range texts {
		_, read := prints[t.Name()]
		switch {
		case slices.ContainsFunc(t.Names, func(n string) bool { return prints[n] != "" && prints[n] != now[n] }):
			c.Changed = append(c.Changed, t)
		case !read || slices.ContainsFunc(t.Names, func(n string) bool { return prints[n] == "" }):
			c.New = append(c.New, t)
		}
	}
	for name := range prints {
		if now[name] == "" {
			c.Gone++
		}
	}
	return c
}

// Fits says whether a sentence can stand in the place of a text: all its gaps are there and no other.
func (t Text) Fits(sentence string) bool {
	if strings.Contains(t.Name(), ".") {
		return slices.Equal(words.GapsOf(t.English), words.GapsOf(sentence))
	}
	return bank.SameBraces(t.English, sentence)
}

// corrections turns what a reader wrote, by the first name of each text, into sentences by every name. What is as shipped
// is no correction.
func corrections(texts []Text, written map[string]string) map[string]string {
	out := map[string]string{}
	for _, t := range texts {
		sentence, ok := written[t.Name()]
		if !ok || sentence == t.Said {
			continue
		}
		for _, name := range t.Names {
			out[name] = sentence
		}
	}
	return out
}
