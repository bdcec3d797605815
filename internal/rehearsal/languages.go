package rehearsal

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"

	"gopkg.in/yaml.v3"

	"earshot/internal/ask/language"
	"earshot/internal/ask/survey"
	"earshot/internal/exchange/surveyfile"
)

//go:embed translations.yaml
var translated []byte

//go:embed every_kind.yaml
var everyKind []byte

// speakers are those who are said to have read each language at Riverside. They are as invented as the school: the words
// themselves are a machine's, as they are everywhere until a school's own speaker has read them.
var speakers = []struct{ code, name, role string }{
	{"cy", "Gwen Treharne", "speaks Welsh at home, leader (invented)"},
	{"pl", "Zofia Marchwicka", "speaks Polish at home, teaching assistant (invented)"},
	{"ur", "Nusrat Malhi", "speaks Urdu at home, teaching assistant (invented)"},
	{"ar", "Samir Haddadin", "teaches Arabic (invented)"},
	{"pa", "Jasleen Bhogal", "speaks Panjabi at home, school office (invented)"},
}

// speak lets Riverside ask in five languages beside English.
func (b *builder) speak(ctx context.Context) error {
	st := language.NewStore(b.DB, b.Bank)
	for _, s := range speakers {
		f := language.Form{Reader: s.name, Role: s.role, Named: true, ReadAll: true, Hash: language.Hash(language.Texts(b.Bank, s.code))}
		if err := st.Save(ctx, b.head, s.code, language.Approved, f); err != nil {
			return fmt.Errorf("%s: %w", s.code, err)
		}
	}
	return nil
}

// translate puts a survey into every language that translations.yaml has all its words in, and approves it. Panjabi is
// not among them, so that somebody who tries the demo finds a language whose questions are still to be translated.
func (b *builder) translate(ctx context.Context, surveyID string, doc survey.Document) error {
	var said map[string]map[string]string // English -> language -> words
	if err := yaml.Unmarshal(translated, &said); err != nil {
		return err
	}
	st := survey.NewStore(b.DB)
	for _, s := range speakers {
		pieces := map[string]string{}
		all := doc.Words()
		for _, w := range all {
			if text := cmp.Or(said[doc.Title+"|"+w.Text][s.code], said[w.Text][s.code]); text != "" {
				pieces[w.Key] = text
			}
		}
		if pieces = doc.Said(s.code, pieces); len(pieces) < len(all) {
			continue
		}
		if err := st.Translate(ctx, b.head, surveyID, s.code, pieces); err != nil {
			return err
		}
		if err := st.Approve(ctx, b.head, surveyID, s.code, s.name); err != nil {
			return err
		}
	}
	return nil
}

// draftOfEveryKind leaves a survey in the drawer that asks in every way there is, to be tried in its preview.
func (b *builder) draftOfEveryKind(ctx context.Context) error {
	doc, problems := surveyfile.Read(everyKind, b.Bank)
	if len(problems) > 0 {
		return problems
	}
	_, err := survey.NewStore(b.DB).Add(ctx, b.head, doc, "")
	return err
}
