package page

import (
	"context"

	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
)

// InLanguage is the questionnaire of a round in a language; nil for English, and where nobody has approved a translation.
func (k *Kit) InLanguage(ctx context.Context, r round.Round, code string) (*survey.Document, error) {
	if code == "" {
		return nil, nil
	}
	doc, err := k.Rounds().Document(ctx, r)
	if err != nil {
		return nil, err
	}
	all, err := survey.NewStore(k.DB).Languages(ctx, r.SchoolID, r.SurveyID, doc)
	if doc, ok := all[code]; ok && err == nil {
		return &doc, nil
	}
	return nil, err
}

// InWords is a question of a release in the words of a questionnaire in another language. ok is false, and the question as it
// is, where there is none or it no longer has this question with as many options.
func InWords(v words.Voice, q result.Question, doc *survey.Document) (in result.Question, ok bool) {
	if doc == nil {
		return q, false
	}
	for _, s := range doc.Sections {
		for _, x := range s.Questions {
			if x.ID != q.ID || len(x.Options) != len(q.Options) {
				continue
			}
			labels := make([]string, len(x.Options))
			for i, o := range x.Options {
				labels[i] = o.Label
			}
			return figure.Translated(v, q, x.Text, labels), true
		}
	}
	return q, false
}
