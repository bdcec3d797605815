package improving

import (
	"earshot/internal/base/words"
	"earshot/internal/exchange/slides"
	"earshot/internal/show/figure"
	"earshot/internal/show/result"
)

// thoughtSlides show a class what it thought of itself beside what it is, a slide for each guess.
func thoughtSlides(v words.Voice, view result.Viewed, g result.Group) (list []slides.Slide) {
	for _, t := range figure.Thoughts(v, view, g) {
		list = append(list, slides.Slide{Title: v.Say("guess.title"), Lead: t.Question, Lists: []slides.List{{Lines: t.Lines()}}, Small: v.Say("guess.small")})
	}
	return list
}
