package chart

import (
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// node is an element of a drawing.
type node struct {
	name  string
	attrs []xml.Attr
	text  string
	nodes []*node
}

// Attributes that are kept of what ECharts writes. Styles become attributes, because the policy of pages allows no
// style inside them; fonts are the page's.
var kept = []string{
	"d", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height", "points", "transform", "fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity",
	"stroke-dasharray", "stroke-linejoin", "paint-order", "opacity", "text-anchor", "dominant-baseline", "font-size", "font-weight",
	"id", "patternUnits", "patternTransform",
}

var elements = []string{"svg", "g", "path", "rect", "circle", "line", "polyline", "polygon", "text", "defs", "pattern"}

var (
	token     = regexp.MustCompile(`^var\(--[a-z][a-z0-9-]*\)$`)
	reference = regexp.MustCompile(`^url\(#([A-Za-z0-9_-]+)\)$`)
	counted   = regexp.MustCompile(`^zr\d+`) // ECharts counts the charts it has drawn; an id must not
	noSize    = regexp.MustCompile(`^M-?[\d.]+ -?[\d.]+l0 0l|^M-?[\d.]+ -?[\d.]+l-?[\d.]+ 0l0 0l`)
	decimals  = regexp.MustCompile(`(\.\d)\d+`)
)

// clean turns what ECharts drew into what may stand in a page: no style, no script, nothing from elsewhere, every colour
// by its name in the style sheet, ids of its own, a role, a title and a description.
func clean(raw string, d Drawing) (string, error) {
	root, err := parse(raw)
	if err != nil {
		return "", err
	}
	c := cleaner{prefix: "c" + d.Hash[:12], patterns: map[string]bool{}}
	c.defs(root)
	if err := c.walk(root); err != nil {
		return "", err
	}
	height := root.attr("height")
	if _, err := strconv.Atoi(height); err != nil {
		return "", errors.New("the drawing has no height")
	}
	class := "wide"
	if d.Width == Narrow {
		class = "narrow"
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="%s" width="%d" height="%s" viewBox="0 0 %d %s" role="img" font-size="14"><title>%s</title><desc>%s</desc>`,
		class, d.Width, height, d.Width, height, html.EscapeString(d.Title), html.EscapeString(d.Text))
	for _, n := range root.nodes {
		n.write(&b)
	}
	b.WriteString("</svg>")
	return b.String(), nil
}

func parse(raw string) (*node, error) {
	dec := xml.NewDecoder(strings.NewReader(printable(raw)))
	dec.Strict = true
	root := &node{}
	stack := []*node{root}
	for {
		t, err := dec.RawToken()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		top := stack[len(stack)-1]
		switch t := t.(type) {
		case xml.StartElement:
			n := &node{name: t.Name.Local, attrs: slices.Clone(t.Attr)}
			top.nodes = append(top.nodes, n)
			stack = append(stack, n)
		case xml.EndElement:
			if len(stack) == 1 {
				return nil, errors.New("the drawing ends too early")
			}
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.text += string(t)
		}
	}
	if len(stack) != 1 || len(root.nodes) != 1 || root.nodes[0].name != "svg" {
		return nil, errors.New("the drawing is no SVG")
	}
	return root.nodes[0], nil
}

type cleaner struct {
	prefix   string
	patterns map[string]bool // whether a pattern has anything in it
}

func (c cleaner) id(name string) string { return c.prefix + counted.ReplaceAllString(name, "") }

// defs finds out which patterns show something.
func (c cleaner) defs(n *node) {
	for _, m := range n.nodes {
		if m.name == "pattern" {
			c.patterns[m.attr("id")] = m.shows()
		}
		c.defs(m)
	}
}

// shows says whether anything in it is drawn.
func (n *node) shows() bool {
	if n.name == "path" && n.attr("d") != "" {
		return true
	}
	return slices.ContainsFunc(n.nodes, (*node).shows)
}

func (c cleaner) walk(n *node) error {
	var nodes []*node
	for _, m := range n.nodes {
		if m.name == "style" || m.name == "clipPath" || m.name == "path" && m.attr("d") == "" {
			continue // nothing is drawn outside its axes, so that nothing has to be clipped
		}
		if !slices.Contains(elements, m.name) {
			return fmt.Errorf("the drawing has a %s", m.name)
		}
		if err := c.attributes(m); err != nil {
			return err
		}
		if err := c.walk(m); err != nil {
			return err
		}
		if c.seen(m) {
			nodes = append(nodes, m)
		}
	}
	n.nodes = nodes
	return nil
}

// attributes keeps what is needed and holds colours and references to what they may be.
func (c cleaner) attributes(n *node) error {
	var list []xml.Attr
	set := func(name, value string) error {
		if !slices.Contains(kept, name) {
			return nil
		}
		switch name {
		case "fill", "stroke":
			switch m := reference.FindStringSubmatch(value); {
			case m != nil && c.patterns[m[1]]:
				value = "url(#" + c.id(m[1]) + ")"
			case m != nil, value == "transparent":
				value = "none"
			case value != "none" && !token.MatchString(value) && !invisible(n, name):
				return fmt.Errorf("a %s is %q, not the name of a colour", name, value)
			case value != "none" && !token.MatchString(value):
				value = "none"
			}
		case "id":
			value = c.id(value)
		case "font-size":
			if value = strings.TrimSuffix(value, "px"); value == "14" {
				return nil
			}
		case "d", "transform", "x", "y":
			value = decimals.ReplaceAllString(value, "$1")
		}
		list = append(list, xml.Attr{Name: xml.Name{Local: name}, Value: value})
		return nil
	}
	for _, a := range n.attrs {
		if a.Name.Local == "style" {
			for rule := range strings.SplitSeq(a.Value, ";") {
				if name, value, ok := strings.Cut(rule, ":"); ok {
					if err := set(strings.TrimSpace(name), strings.TrimSpace(value)); err != nil {
						return err
					}
				}
			}
			continue
		}
		if err := set(a.Name.Local, a.Value); err != nil {
			return err
		}
	}
	n.attrs = list
	// What says nothing of its fill would be black.
	if slices.Contains([]string{"path", "rect", "circle", "polygon", "polyline", "text"}, n.name) && n.attr("fill") == "" {
		return fmt.Errorf("a %s has no colour", n.name)
	}
	return nil
}

// invisible says whether a fill or stroke is not seen.
func invisible(n *node, name string) bool {
	return n.attr(name+"-opacity") == "0" || n.attr("opacity") == "0" || name == "stroke" && n.attr("stroke-width") == "0"
}

// seen says whether an element shows anything.
func (c cleaner) seen(n *node) bool {
	switch n.name {
	case "pattern":
		return n.shows()
	case "g", "defs":
		return len(n.nodes) > 0
	case "text":
		return strings.TrimSpace(n.text) != ""
	}
	filled := n.attr("fill") != "none" && !invisible(n, "fill")
	stroked := n.attr("stroke") != "" && n.attr("stroke") != "none" && !invisible(n, "stroke")
	if n.name == "path" && filled && noSize.MatchString(n.attr("d")) {
		return false
	}
	return filled || stroked
}

func (n *node) attr(name string) string {
	for _, a := range n.attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (n *node) write(b *strings.Builder) {
	b.WriteString("<" + n.name)
	for _, a := range n.attrs {
		b.WriteString(" " + a.Name.Local + `="` + html.EscapeString(a.Value) + `"`)
	}
	if len(n.nodes) == 0 && n.text == "" {
		b.WriteString("/>")
		return
	}
	b.WriteString(">" + html.EscapeString(strings.TrimSpace(n.text)))
	for _, m := range n.nodes {
		m.write(b)
	}
	b.WriteString("</" + n.name + ">")
}
