package web_test

import (
	"context"
	"strings"
	"testing"

	"earshot/internal/act/action"
	"earshot/internal/ask/language"
	"earshot/internal/testkit"
)

// TestATranslatedReplyNamesItsSurvey on poster and slides: as it is called in the language or, where nobody has put it into
// the language, in English and marked as English.
func TestATranslatedReplyNamesItsSurvey(t *testing.T) {
	s := newServer(t)
	ctx, st := context.Background(), action.NewStore(s.DB, s.Key, s.Bank)
	sv, other := s.Survey("how_is_learning"), s.Survey("first_say")
	s.speaks(sv, "pl")
	doc, err := sv.Doc()
	testkit.Must(t, err)
	read := language.Form{Reader: "Samir Haddadin", Role: "teaches it", Named: true, ReadAll: true, Hash: language.Hash(language.Texts(s.Bank, "ar"))}
	testkit.Must(t, language.NewStore(s.DB, s.Bank).Save(ctx, s.Head, "ar", language.Approved, read))
	for _, sv := range []string{sv.ID, other.ID} {
		f := s.Form(s.Survey("how_is_learning"), s.Forms("9A 27"))
		f.SurveyID, f.Title = sv, "What we asked"
		r := s.settled(s.Open(f), 3)
		testkit.Must(t, st.SaveReply(ctx, s.Head, r, action.ReplyForm{WriterID: s.Head.Person, Opening: "Thank you."}))
		for _, code := range []string{"pl", "ar"} {
			testkit.Must(t, st.Translate(ctx, s.Head, r, code, "Somebody", map[string]string{"opening": "[" + code + "]"}))
			want := `<bdi lang="en">What we asked</bdi>`
			if sv != other.ID && code == "pl" {
				want = "<bdi>[pl] " + doc.Title + "</bdi>"
			}
			if body := unescaped(s.open(s.Head, "/r/"+r.Code+"?lang="+code)); !strings.Contains(body, `<bdi lang="en">`+r.Why+"</bdi>") {
				t.Errorf("in %s the school's own words are not marked as English\n%s", code, body)
			}
			for _, page := range []string{"poster", "slides"} {
				body := unescaped(s.open(s.Head, "/replies/"+r.ID+"/edit/"+page+"?lang="+code))
				if !strings.Contains(body, want) || !strings.Contains(body, `<html lang="`+code) {
					t.Errorf("the %s in %s does not say %s\n%s", page, code, want, body)
				}
			}
		}
		for _, page := range []string{"poster", "slides"} {
			if body := s.open(s.Head, "/replies/"+r.ID+"/edit/"+page); !strings.Contains(body, "<bdi>What we asked</bdi>") {
				t.Errorf("the %s in English:\n%s", page, body)
			}
		}
	}
}
