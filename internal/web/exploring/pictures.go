package exploring

import "earshot/internal/web/page"

// figures are all figures of a page, for Illustrate: their charts come with one query.

func (d *resultsPage) figures() []*page.Figure {
	list := append([]*page.Figure{d.Sections, d.Heat, d.Matters, d.Quality}, page.Pictures(d.Hands)...)
	for _, part := range d.Parts {
		list = append(list, page.Pictures(part.Figures)...)
	}
	return list
}

func (d *questionPage) figures() []*page.Figure {
	return append(page.Pictures(d.Others), &d.First)
}

func (d *publicPage) figures() []*page.Figure { return page.Pictures(d.Figures) }

func (d *gatewayPage) figures() (list []*page.Figure) {
	for i := range d.Voices {
		list = append(list, &d.Voices[i].Figure)
	}
	return list
}
