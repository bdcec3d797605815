package page

import (
	"context"

	"earshot/internal/exchange/slides"
	"earshot/static"
)

// Slides are pages for a wall, driven by the keyboard, drawn by the part "deck" under the layout "screen".
type Slides struct {
	Base
	Slides []Slide
	Links  []Link
}

// Slide is one of them.
type Slide struct {
	Number int
	slides.Slide
	Figure *Figure
	Bars   []SlideBar // instead of the figure's drawing, where it is about one group
}

// SlideBar is one of the bars that fill a slide.
type SlideBar struct {
	slides.Bar
	Length int // of a hundred
}

// NewSlides draws a deck with its figures. base brings title and language.
func (k *Kit) NewSlides(ctx context.Context, base Base, school string, deck slides.Deck) (Slides, error) {
	d := Slides{Base: base}
	d.CSS, d.JS = []string{static.Path("css/slides.css")}, []string{static.Path("js/slides.js")}
	var figures []*Figure
	for i, s := range deck.Slides {
		one := Slide{Number: i + 1, Slide: s}
		if s.Figure != nil {
			f := PlainFigure(*s.Figure)
			one.Figure = &f
			figures = append(figures, &f)
			bars, most := slides.Bars(s.Figure)
			for _, b := range bars {
				one.Bars = append(one.Bars, SlideBar{b, 100 * b.Percent / most})
			}
		}
		d.Slides = append(d.Slides, one)
	}
	return d, k.Illustrate(ctx, school, figures...)
}

// File is the same as one file that needs no network.
func (d Slides) File(t *Template) ([]byte, error) {
	d.Base = Base{Title: d.Title, School: d.School, Lang: d.Lang, Dir: d.Dir, CSS: d.CSS, JS: d.JS, Demo: d.Demo}
	d.Links = nil
	body, err := t.Bytes(d)
	if err != nil {
		return nil, err
	}
	return Standalone(body), nil
}
