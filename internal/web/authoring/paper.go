package authoring

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"earshot/internal/ask/bank"
	"earshot/internal/ask/round"
	"earshot/internal/base/words"
	"earshot/internal/listen/collecting"
	"earshot/internal/listen/participation"
	"earshot/internal/school/access"
	"earshot/internal/web/page"
)

// paperPage is the questionnaire on paper, once for every sheet: each carries a code of its class and nobody's name. A
// single sheet without a code has boxes for one instead, which is copied from a slip.
type paperPage struct {
	page.Base
	ID    string
	Blank bool
	Forms []paperForm
	Help  []string
}

// paperForm is the questionnaire in one language, with the sheets that are in it.
type paperForm struct {
	Language string // its English name, for whoever hands them out
	Tag      string
	ToDir    string
	Head     paperHead
	Sheets   []paperSheet
	Parts    []paperPart
	Last     []string // what is promised beside the first page
	End      string
	Talk     string
}

type paperHead struct {
	School, Title     string
	Promise           []string
	Intro             string
	Fill, Change, Any string
	Code              string
	Page              string // Page {n} of {m}
}

type paperSheet struct {
	Group string
	Code  []string // in pieces of four; pieces of blanks are boxes to write in
}

type paperPart struct {
	Title, Text, Hint string
	Questions         []paperQuestion
}

type paperQuestion struct {
	Number  int // 0: words that ask nothing
	Text    string
	Grid    string
	Hint    string
	OnlyIf  string
	Row     []paperBox // a scale, in one row
	Boxes   []paperBox // what else can be chosen, below each other or in columns
	Columns int
	Figure  bool // a number is written
	Lines   int
	Words   *paperWords // around lines to write on
}

// paperWords is what stands around a box for words: what gives somebody away and who reads it, how far the words may go, and
// what happens then.
type paperWords struct {
	Above, Below []string
	Ask          string
	Fars         []paperBox
}

// paperBox is one box to fill in. Its key is what whoever types the sheet in presses for it.
type paperBox struct{ Key, Label string }

// LinesOf has an element for each line to write on.
func (q paperQuestion) LinesOf() []struct{} { return make([]struct{}, q.Lines) }

var paperTemplate = page.New("authoring/paper", "print", paperPage{})

// drawPaper shows freshly minted codes as whole questionnaires, once, in the language that the request asks for.
func (p Pages) drawPaper(c echo.Context, r round.Round, sheets []participation.Sheet) error {
	f, err := p.newForm(c, r, c.FormValue("lang"))
	if err != nil {
		return err
	}
	return p.drawSheets(c, r, sheets, []paperForm{f}, nil)
}

// drawSheets is drawPaper in several languages, each with its sheets together: the first form is for most, the others are
// those of the shares. The codes of a class are in a random order, but its spares come last, in the language of most.
func (p Pages) drawSheets(c echo.Context, r round.Round, sheets []participation.Sheet, forms []paperForm, others []paperShare) error {
	d := p.newPaper(c, r)
	for _, sh := range sheets {
		codes := append(sh.Slips, sh.Spares...)
		take := func(f *paperForm, n int) {
			for _, code := range codes[:n] {
				f.Sheets = append(f.Sheets, paperSheet{Group: sh.Unit.Name, Code: []string{code[:4], code[4:8], code[8:]}})
			}
			codes = codes[n:]
		}
		for i, other := range others {
			take(&forms[i+1], min(other.sheets, len(codes)))
		}
		take(&forms[0], len(codes))
	}
	d.Forms = slices.DeleteFunc(forms, func(f paperForm) bool { return len(f.Sheets) == 0 })
	return paperTemplate.Send(c, http.StatusOK, d)
}

// blankSheet is one questionnaire without a code, for the few of a class who want paper while the others have slips: they
// copy the code of a slip of theirs onto it.
func (p Pages) blankSheet(c echo.Context, who access.Actor) error {
	r, err := p.inTheRoom(c, who)
	if err != nil {
		return err
	}
	if r.State != round.Open || r.Mode != round.Anonymous || !slices.Contains(p.Rounds().Routes(r), bank.Paper) {
		return notFound()
	}
	d := p.newPaper(c, r)
	f, err := p.newForm(c, r, c.FormValue("lang"))
	if err != nil {
		return err
	}
	f.Sheets = []paperSheet{{Code: []string{"    ", "    ", "    "}}}
	d.Blank, d.Forms = true, []paperForm{f}
	return paperTemplate.Send(c, http.StatusOK, d)
}

// newPaper is the page for sheets, without any.
func (p Pages) newPaper(c echo.Context, r round.Round) paperPage {
	d := paperPage{Base: p.NewBase(c, r.Title), ID: r.ID}
	snap := r.AtOpening()
	for _, who := range append([]round.Helper{snap.Lead}, snap.Deputies...) {
		if who.Name != "" {
			d.Help = append(d.Help, strings.Trim(who.Name+", "+who.Place, ", "))
		}
	}
	return d
}

// newForm is the questionnaire in a language, without sheets.
func (p Pages) newForm(c echo.Context, r round.Round, code string) (paperForm, error) {
	ctx := c.Request().Context()
	tongue, doc, err := p.tongueOf(ctx, r, code)
	if err != nil {
		return paperForm{}, err
	}
	v := tongue.Voice
	l, _ := words.Find(v.Lang)
	f := paperForm{Language: l.English, Tag: v.Lang, ToDir: v.Dir, End: v.Say("paper.end"), Talk: v.Say("paper.help"), Parts: paperParts(v, doc),
		Head: paperHead{School: page.School(c).Name, Title: doc.Title, Intro: doc.Intro, Fill: v.Say("paper.fill"), Change: v.Say("paper.change"), Any: v.Say("paper.leave"),
			Code: v.Say("paper.code"), Page: v.Say("paper.page", words.V{"N": "{n}", "M": "{m}"})}}
	promise, err := p.Rounds().PromiseIn(ctx, r, bank.Paper, tongue)
	var box paperWords
	for _, part := range promise {
		switch part.Show {
		case bank.ShowFirst:
			f.Head.Promise = append(f.Head.Promise, part.Text)
		case bank.ShowComment:
			box.add(part)
		default:
			f.Last = append(f.Last, part.Text)
		}
	}
	for i := range f.Parts {
		for j := range f.Parts[i].Questions {
			if f.Parts[i].Questions[j].Lines > 0 {
				f.Parts[i].Questions[j].Words = &box
			}
		}
	}
	return f, err
}

func (b *paperWords) add(part bank.Part) {
	switch part.Part {
	case "words_ask":
		b.Ask = part.Text
	case "words_lead", "words_retold", "words_exact": // in the order in which the bank has them: the keys go by it
		b.Fars = append(b.Fars, paperBox{Key: string(collecting.TypingKeys[len(b.Fars)]), Label: part.Text})
	case "hurt":
		b.Below = append(b.Below, part.Text)
	default:
		b.Above = append(b.Above, part.Text)
	}
}

type cardPage struct {
	page.Base
	ID      string
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
	d := cardPage{Base: p.NewBase(c, v.Say("helper.title")), ID: r.ID, Heading: r.Title, Address: page.Bare(address)}
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
	if d.QRSize, d.QRPath, err = page.QR(address); err != nil {
		return err
	}
	return cardTemplate.Send(c, http.StatusOK, d)
}
