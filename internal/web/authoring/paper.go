package authoring

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/language"
	"earshot/internal/ask/round"
	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// paperPage is the questionnaire on paper, once for every sheet: each carries a code of its class and nobody's name.
type paperPage struct {
	page.Base
	ID     string
	Tag    string // the language the sheets are in
	ToDir  string
	Head   paperHead
	Sheets []paperSheet
	Parts  []paperPart
	Last   []string // what is promised beside the first page
	End    string
	Help   []string
}

type paperHead struct {
	School, Title     string
	Promise           []string
	Fill, Change, Any string
	Code              string
}

type paperSheet struct {
	Group string
	Code  []string
}

type paperPart struct {
	Title, Text, Hint string
	Questions         []paperQuestion
}

type paperQuestion struct {
	Number  int
	Text    string
	Grid    string
	Hint    string
	OnlyIf  string
	Options []string
	Write   bool // numbers are written into the boxes
	Figure  bool // a number is written
	Lines   int
	Note    bool
}

// LinesOf has an element for each line to write on.
func (q paperQuestion) LinesOf() []struct{} { return make([]struct{}, q.Lines) }

var paperTemplate = page.New("authoring/paper", "print", paperPage{})

// drawPaper shows freshly minted codes as whole questionnaires, once.
func (p Pages) drawPaper(c echo.Context, r round.Round, sheets []participation.Sheet) error {
	ctx := c.Request().Context()
	doc, err := p.Rounds().Document(ctx, r)
	if err != nil {
		return err
	}
	promise, err := p.Rounds().Promise(ctx, r, bank.Paper)
	if err != nil {
		return err
	}
	v := page.Voice(c)
	if lang := c.FormValue("lang"); lang != "" && lang != "en" {
		in, err := survey.NewStore(p.DB).Languages(ctx, r.SchoolID, r.SurveyID, doc)
		if err != nil {
			return err
		}
		spoken, err := language.NewStore(p.DB, p.Bank).Spoken(ctx, r.SchoolID)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(spoken, func(l language.Spoken) bool { return l.Code == lang })
		translated, ok := in[lang]
		if !ok || at < 0 {
			return notFound()
		}
		doc, v = translated, spoken[at].Voice
		if promise, err = p.Rounds().PromiseIn(ctx, r, bank.Paper, round.Tongue{Voice: v, Texts: spoken[at].Texts}); err != nil {
			return err
		}
	}
	d := paperPage{Base: p.NewBase(c, r.Title), ID: r.ID, Tag: v.Lang, ToDir: v.Dir, End: v.Say("paper.end"),
		Head: paperHead{School: page.School(c).Name, Title: doc.Title, Fill: v.Say("paper.fill"), Change: v.Say("paper.change"), Any: v.Say("paper.leave"), Code: v.Say("paper.code")}}
	for _, part := range promise {
		if part.Show == bank.ShowFirst {
			d.Head.Promise = append(d.Head.Promise, part.Text)
		} else {
			d.Last = append(d.Last, part.Text)
		}
	}
	d.Help = append(d.Help, v.Say("paper.help"))
	snap := r.AtOpening()
	for _, who := range append([]round.Helper{snap.Lead}, snap.Deputies...) {
		if who.Name != "" {
			d.Help = append(d.Help, strings.Trim(who.Name+", "+who.Place, ", "))
		}
	}
	d.Parts = paperParts(v, doc)
	for _, sh := range sheets {
		for _, code := range append(sh.Slips, sh.Spares...) {
			d.Sheets = append(d.Sheets, paperSheet{Group: sh.Unit.Name, Code: []string{code[:4], code[4:8], code[8:]}})
		}
	}
	return paperTemplate.Send(c, http.StatusOK, d)
}

// paperParts lays a survey out for paper, where nothing can be left out by itself: a hint says so instead.
func paperParts(v words.Voice, doc survey.Document) []paperPart {
	var parts []paperPart
	n := 0
	chosen := map[string]bool{}
	for _, s := range doc.Sections {
		part := paperPart{Title: s.Title, Text: s.Text}
		for _, c := range doc.Choices {
			if c.ID == s.Choice && !chosen[c.ID] {
				chosen[c.ID] = true
				part.Text = strings.TrimSpace(c.Text + " " + v.Say("answer.choose_most", words.V{"Count": max(c.Pick, 1)}) + "\n" + part.Text)
			}
		}
		if s.Choice != "" {
			part.Hint = v.Say("answer.optional_part")
		}
		for i, q := range s.Questions {
			pq := paperQuestion{Text: q.Text, Note: q.Type == survey.TypeNote}
			if q.Type != survey.TypeNote {
				n++
				pq.Number = n
			}
			if q.Grid != "" && (i == 0 || s.Questions[i-1].Grid != q.Grid) {
				pq.Grid = q.Grid
			}
			if len(doc.Conditions(q)) > 0 {
				pq.OnlyIf = v.Say("paper.only_if")
			}
			for _, o := range q.Options {
				pq.Options = append(pq.Options, o.Label)
			}
			switch q.Type {
			case survey.TypeSeveral:
				pq.Hint = v.Say("paper.several", words.V{"Count": q.AtMost})
				if q.AtMost >= len(q.Options) {
					pq.Hint = v.Say("paper.any")
				}
			case survey.TypeRanking:
				pq.Hint, pq.Write = v.Say("paper.rank", words.V{"Count": q.AtMost}), true
			case survey.TypeNumber:
				pq.Hint, pq.Figure, pq.Options = v.Say("paper.number", words.V{"Min": q.Min, "Max": q.Max}), true, nil
			case survey.TypeText:
				pq.Lines = 1
			case survey.TypeLongText:
				pq.Lines = 4
			case survey.TypeScale, survey.TypeSingle:
				if n == 1 {
					pq.Hint = v.Say("paper.one")
				}
			}
			part.Questions = append(part.Questions, pq)
		}
		parts = append(parts, part)
	}
	return parts
}

type cardPage struct {
	page.Base
	Heading string
	Lines   []string
	Promise []string
	Address string
	QRSize  int
	QRPath  string
}

var cardTemplate = page.New("authoring/card", "print", cardPage{})

// helperCard is what an adult who helps says and does, to be printed.
func (p Pages) helperCard(c echo.Context, who access.Actor) error {
	r, err := p.inTheRoom(c, who)
	if err != nil {
		return err
	}
	v := page.Voice(c)
	address := p.address(r) + "/helper"
	d := cardPage{Base: p.NewBase(c, v.Say("helper.title")), Heading: r.Title, Address: bare(address)}
	silent := v.Say("helper.silent_nobody")
	if lead := r.AtOpening().Lead.Name; lead != "" {
		silent = v.Say("helper.silent", words.V{"Lead": lead})
	}
	d.Lines = []string{v.Say("helper.who"), v.Say("helper.say"), v.Say("helper.wait"), silent}
	promise, err := p.Rounds().Promise(c.Request().Context(), r, bank.AdultHelper)
	if err != nil {
		return err
	}
	for _, part := range promise.Shown(bank.ShowFirst) {
		d.Promise = append(d.Promise, part.Text)
	}
	if d.QRSize, d.QRPath, err = qrPath(address); err != nil {
		return err
	}
	return cardTemplate.Send(c, http.StatusOK, d)
}
