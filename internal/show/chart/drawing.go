package chart

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"

	"earshot/internal/show/figure"
)

// Widths of drawings, in CSS pixels: a column of text on a wide page and on A4, and a telephone's.
const (
	Wide   = 714
	Narrow = 328
)

// Drawing is a chart to be drawn at one width. Equal drawings have equal hashes.
type Drawing struct {
	Hash   string
	Title  string // what its table is called: a figure's own title may differ from page to page
	Text   string // what a screen reader says
	Option []byte // JSON, safe inside a script element
	Width  int
}

// Drawings are the drawings of a figure, wide and narrow; none for a figure that is a table alone. version is the
// engine's. They may be shared with others who ask for the same: nobody may change them.
func Drawings(f figure.Figure, version string) []Drawing {
	// Nothing else of a figure is in its chart, so that pages with other words around the same figure share it.
	f = figure.Figure{Sentence: f.Sentence, Table: figure.Table{Caption: f.Table.Caption}, Likert: f.Likert, Bars: f.Bars, Heat: f.Heat, Dots: f.Dots, Slope: f.Slope, Scatter: f.Scatter}
	text, err := json.Marshal(f)
	if err != nil {
		panic("chart: " + err.Error()) // made of strings and numbers only
	}
	key := hash(version, string(text))
	list, ok := remembered.get(key)
	if !ok {
		list = drawings(f, version)
		remembered.put(key, list)
	}
	return list
}

func drawings(f figure.Figure, version string) []Drawing {
	option := Option(f)
	if option == nil {
		return nil
	}
	text, err := json.Marshal(option)
	if err != nil {
		panic("chart: " + err.Error())
	}
	list := []Drawing{{Width: Wide}, {Width: Narrow}}
	for i := range list {
		d := &list[i]
		d.Title, d.Text, d.Option = printable(f.Table.Caption), printable(f.Sentence), text
		d.Hash = hash(version, strconv.Itoa(d.Width), d.Title, d.Text, string(text))
	}
	return list
}

// hash keeps its parts apart: no part can run over into the next.
func hash(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(strconv.Itoa(len(p)) + ":" + p))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// printable takes away what may not stand in a document.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0xfffe || r == 0xffff {
			return ' '
		}
		return r
	}, s)
}

// Done is the hash of the note that all charts of a release are there.
func Done(version, release string) string { return hash("release", version, release) }
