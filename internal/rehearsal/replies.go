package rehearsal

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"gopkg.in/yaml.v3"

	"earshot/internal/act/action"
	"earshot/internal/ask/round"
	"earshot/internal/school/access"
	"earshot/internal/school/roster"
)

//go:embed replies.yaml
var repliesFile []byte

// invented is a reply of Riverside's head, as replies.yaml has it.
type invented struct {
	Opening string                            `yaml:"opening"`
	Last    struct{ Heard, Did, Wont string } `yaml:"last"`
	Actions []struct {
		Answer action.Answer `yaml:"answer"`
		Item   string        `yaml:"item"` // the bank's item that it should move
		Heard  string        `yaml:"heard"`
		Doing  string        `yaml:"doing"`
		Pupils string        `yaml:"pupils"`
		Staff  string        `yaml:"staff"`
		Due    int           `yaml:"due"` // so many school days from today, below zero ago; 0 for none
		Quick  bool          `yaml:"quick"`
		State  action.State  `yaml:"state"`
		Became string        `yaml:"became"`
		Steps  []action.Step `yaml:"steps"`
	} `yaml:"actions"`
	In map[string]map[string]string `yaml:"in"` // language -> English -> words
}

// reply answers a round as far as replies.yaml says. published is when the reply was given; the zero time leaves it owed,
// with its small answers given.
func (b *builder) reply(ctx context.Context, name string, r round.Round, published time.Time) error {
	var all map[string]invented
	if err := yaml.Unmarshal(repliesFile, &all); err != nil {
		return err
	}
	said, ok := all[name]
	if !ok {
		return nil
	}
	staff, err := roster.NewStore(b.DB).StaffList(ctx, b.head.School)
	if err != nil {
		return err
	}
	var owners []string // the head and the leaders, in turn
	for _, m := range staff {
		if m.Is(access.Head) || m.Is(access.Leader) {
			owners = append(owners, m.ID)
		}
	}
	doc, err := b.rounds().Document(ctx, r)
	if err != nil {
		return err
	}
	st := action.NewStore(b.DB, b.Key, b.Bank)
	if err := st.SaveReply(ctx, b.head, r, action.ReplyForm{WriterID: owners[0], Opening: said.Opening, LastHeard: said.Last.Heard, LastDid: said.Last.Did, LastWont: said.Last.Wont}); err != nil {
		return err
	}
	for i, a := range said.Actions {
		f := action.Form{Answer: a.Answer, Heard: a.Heard, Doing: a.Doing, Pupils: a.Pupils, Staff: a.Staff, Quick: a.Quick, OwnerID: owners[i%len(owners)]}
		if a.Due != 0 {
			f.Due = dateOf(b.schoolDay(-a.Due))
		}
		for _, q := range doc.Questions() {
			if q.Item == a.Item {
				f.QuestionID = q.ID
			}
		}
		made, err := st.SaveAction(ctx, b.head, r, "", f)
		if err != nil {
			return fmt.Errorf("%s: %w", a.Heard, err)
		}
		if a.State != "" {
			if _, err := st.Report(ctx, b.head, made.ID, action.Progress{State: a.State, Became: a.Became, Steps: a.Steps}); err != nil {
				return err
			}
		}
		if a.Quick {
			if err := st.PublishQuick(ctx, b.head, r, made.ID); err != nil {
				return err
			}
		}
	}
	w, err := st.Whole(ctx, b.head, r)
	if err != nil {
		return err
	}
	for _, s := range speakers {
		texts := map[string]string{}
		for _, piece := range w.Pieces() {
			if text := said.In[s.code][piece.Text]; text != "" {
				texts[piece.Key] = text
			}
		}
		if len(texts) == 0 {
			continue
		}
		if err := st.Translate(ctx, b.head, r, s.code, s.name, texts); err != nil {
			return fmt.Errorf("%s: %w", s.code, err)
		}
	}
	if published.IsZero() {
		return nil
	}
	b.Clock.PutBack(published)
	return st.Publish(ctx, b.head, r)
}
