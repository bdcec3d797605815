package exploring

import (
	"context"
	"net/http"
	"sync"

	"github.com/labstack/echo/v4"

	"earshot/internal/show/chart"
	"earshot/internal/show/figure"
	"earshot/internal/web/page"
)

// galleryPage shows every kind of figure in every odd state, with invented numbers, to those who work on the program.
type galleryPage struct {
	page.Base
	Kinds []galleryKind
}

type galleryKind struct {
	Name    string
	Figures []page.Figure
}

var galleryTemplate = page.New("exploring/gallery", "base", galleryPage{})

// gallery is routed only where the kit says that this is development. It draws its charts when it is first asked for,
// which pages of a school never do.
func (p Pages) gallery(c echo.Context) error {
	drawn, err := galleryCharts()
	if err != nil {
		return err
	}
	d := galleryPage{Base: p.NewBase(c, "Gallery of figures")}
	d.JS = page.ChartScripts()
	for _, k := range exhibits() {
		kind := galleryKind{Name: k.name}
		for _, f := range k.figures {
			made := page.NewFigure(f)
			made.Hang(drawn)
			kind.Figures = append(kind.Figures, made)
		}
		d.Kinds = append(d.Kinds, kind)
	}
	return galleryTemplate.Send(c, http.StatusOK, d)
}

// Exhibits are the figures of the gallery.
func Exhibits() (list []figure.Figure) {
	for _, k := range exhibits() {
		list = append(list, k.figures...)
	}
	return list
}

// galleryCharts draws the gallery, once.
var galleryCharts = sync.OnceValues(func() (map[string]string, error) {
	var list []chart.Drawing
	for _, f := range Exhibits() {
		list = append(list, chart.Drawings(f, page.Charts().Version())...)
	}
	return page.Drawn(context.Background(), list)
})
