package exploring

import (
	"strconv"

	"earshot/internal/ask/round"
	"earshot/internal/base/words"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
	"earshot/internal/web/page"
)

// questions are the figures of the questions that can be shown of a group; the others are named once.
func (d *resultsPage) questions(v words.Voice, r round.Round, view result.Viewed, g result.Group, against figure.Against) {
	var hidden []page.Link
	for _, q := range view.For(g.Unit) {
		row, ok := q.Row(g.Unit)
		if !ok || row.Hidden {
			link := page.Link{Text: q.Text}
			if ok {
				link.URL = questionURL(r, q, g)
			}
			hidden = append(hidden, link)
			continue
		}
		d.Figures = true
		f := figure.Question(v, view.Release, q, g)
		f.Lines = figure.Compared(v, view, q, g, against)
		heading := q.Heading
		if heading == "" {
			heading = v.Say("figure.each")
		}
		if len(d.Parts) == 0 || d.Parts[len(d.Parts)-1].Heading != heading {
			d.Parts = append(d.Parts, part{ID: "part-" + strconv.Itoa(len(d.Parts)+1), Heading: heading})
		}
		last := &d.Parts[len(d.Parts)-1]
		made := page.NewFigure(f)
		made.More = page.Link{Text: v.Say("figure.more"), URL: questionURL(r, q, g)}
		last.Figures = append(last.Figures, made)
	}
	if heading, text := figure.None(v, view.Release, g, len(hidden), d.Figures); text != "" {
		d.None = &none{heading, text, hidden}
	}
}

// contents lists what stands on the page, for those who hold it in their hands: a few sections are not worth a list.
func (d *resultsPage) contents() (list []page.Link) {
	add := func(yes bool, text, id string) {
		if yes {
			list = append(list, page.Link{Text: text, URL: "#" + id})
		}
	}
	figures := func(f *page.Figure) {
		if f != nil {
			add(true, f.Title, f.ID)
		}
	}
	add(len(d.Strong) > 0, "Strongest here, and to work on", "strong")
	add(d.Moved != "", "What changed", "changed")
	figures(d.Sections)
	figures(d.Heat)
	figures(d.Matters)
	for _, parted := range d.Parted {
		add(true, parted.Title, parted.ID)
	}
	for _, p := range d.Parts {
		add(true, p.Heading, p.ID)
	}
	if d.None != nil {
		add(true, d.None.Heading, "none")
	}
	add(len(d.Hands) > 0, "Counted by hands or counters", "hands")
	figures(d.Quality)
	add(len(d.Rates) > 0, "Who answered", "rates")
	add(len(d.Hidden) > 0, "What is not shown", "hidden")
	add(d.Figures, "How to read this", "how")
	if len(list) < 4 {
		return nil
	}
	return list
}
