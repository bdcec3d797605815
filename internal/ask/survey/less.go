package survey

import (
	"context"
	"encoding/json"
	"slices"

	"earshot/internal/base/storage"
	"earshot/internal/school/access"
)

// Less is a document without some of its questions: what was asked where only the others were. A problem names a question
// that is gone and decides whether another one is asked.
func (d Document) Less(questions []string) (Document, []Problem) {
	out := d
	out.Sections = nil
	var found []Problem
	for _, s := range d.Sections {
		kept := slices.DeleteFunc(slices.Clone(s.Questions), func(q Question) bool { return slices.Contains(questions, q.ID) })
		if len(kept) < len(s.Questions) && !slices.ContainsFunc(kept, func(q Question) bool { return q.Type != TypeNote }) {
			continue // only notes would be left of it
		}
		s.Questions = kept
		out.Sections = append(out.Sections, s)
	}
	for _, id := range questions {
		q, ok := d.Question(id)
		if !ok {
			continue
		}
		names := func(text, where string) {
			if slices.Contains(refs(text), id) {
				found = append(found, Problem{QuestionDecides, map[string]string{"question": q.ID, "short": q.called(), "where": where}})
			}
		}
		for n, s := range out.Sections {
			names(s.ShowIf, s.where(n))
			for _, other := range s.Questions {
				names(other.ShowIf, other.where())
			}
		}
	}
	return out, found
}

// FreezeLess makes a version of the draft without some questions, or returns the one that is there already.
func (s Store) FreezeLess(ctx context.Context, who access.Actor, id string, questions []string) (Version, error) {
	if len(questions) == 0 {
		return s.Freeze(ctx, who, id)
	}
	var v Version
	err := s.db.InTx(ctx, func(tx *storage.DB) error {
		sv, err := NewStore(tx).Find(ctx, who, id)
		if err != nil {
			return err
		}
		d, err := sv.Doc()
		if err != nil {
			return err
		}
		d, _ = d.Less(questions)
		d.Kept = nil
		var all []Version
		if err := tx.Query(ctx).Omit("document").Where("school_id = ? AND survey_id = ?", who.School, id).Order("number").Find(&all).Error; err != nil {
			return err
		}
		hash, last := d.Hash(), 0
		for _, have := range all {
			if have.Hash == hash {
				v, err = NewStore(tx).Version(ctx, who.School, id, have.Number)
				return err
			}
			last = have.Number
		}
		text, err := json.Marshal(d)
		if err != nil {
			return err
		}
		v = Version{SchoolID: who.School, SurveyID: id, Number: last + 1, Hash: hash, Document: string(text), MadeAt: tx.Now()}
		return tx.Write(ctx).Create(&v).Error
	})
	return v, err
}

// InAllLanguages is a draft in the language it was written in, and after it in every language that it has any words in,
// read by somebody or not: to understand answers, not to ask.
func (s Store) InAllLanguages(ctx context.Context, sv Survey) ([]Document, error) {
	d, err := sv.Doc()
	if err != nil {
		return nil, err
	}
	all, err := s.Translations(ctx, sv.SchoolID, sv.ID)
	docs := []Document{d}
	for _, t := range all {
		translated, _ := d.In(t.Language, t.Said())
		docs = append(docs, translated)
	}
	return docs, err
}
