package bank

import (
	_ "embed"
	"slices"
)

//go:embed tries.yaml
var embeddedTries []byte

// Try is a small practical thing that a school can try, under the gateway that it belongs to.
type Try struct {
	ID       string
	Gateway  string
	For      Phase // empty: both
	School   bool  // leaders decide on it; any other can be done by one teacher tomorrow
	Minutes  int   // that it takes each time
	Items    []string
	Title    string
	Do       string
	Look     string // what to look for after two weeks
	Evidence string // what was found, with its source; empty if we know of nothing
}

// Phase is a kind of school by the age of its pupils.
type Phase string

// The phases.
const (
	Secondary Phase = "secondary"
	Primary   Phase = "primary"
)

// PhaseOf is the phase of an audience; empty for one that is in both, such as parents.
func PhaseOf(audience string) Phase {
	switch audience {
	case Pupils11to16, PupilsLesson:
		return Secondary
	case Pupils7to10, Pupils5to7:
		return Primary
	}
	return ""
}

// noEvidence is written where nothing is known, so that nobody forgets to say so.
const noEvidence = "none"

// ParseTries reads things to try from YAML. The error, if any, is a Problems with everything that is wrong: with the file,
// or with what it says of the bank.
func ParseTries(b *Bank, data []byte) ([]Try, error) {
	src, root, ok := ReadSource(data, "version", "language", "licence", "tries")
	if !ok {
		return nil, src.Problems()
	}
	root.Whole("version")
	for _, key := range []string{"language", "licence"} {
		root.Need(key)
	}
	p, c := &parser{src: src, used: map[string]string{}}, checker{src: src, b: b}
	var all []Try
	for _, f := range root.Each("tries", "id", "gateway", "for", "by", "minutes", "items", "title", "do", "look", "evidence") {
		by := f.Need("by")
		t := Try{ID: f.ID(), Gateway: f.Need("gateway"), For: Phase(f.Text("for")), School: by == "school", Minutes: f.Whole("minutes"),
			Items: f.Texts("items"), Title: f.Need("title"), Do: f.Need("do"), Look: f.Need("look"), Evidence: f.Need("evidence")}
		p.claim(f, t.ID)
		p.oneOf(f, "by", by, "class", "school")
		p.oneOf(f, "for", string(t.For), string(Secondary), string(Primary))
		if t.Minutes < 1 {
			f.Missing("minutes")
		}
		if t.Evidence == noEvidence {
			t.Evidence = ""
		}
		c.try(f.Path, t)
		all = append(all, t)
	}
	if problems := src.Problems(); len(problems) > 0 {
		return nil, problems
	}
	return all, nil
}

// OtherGateway is a mistake of a try: it says that it moves an item which stands elsewhere.
const OtherGateway Code = "other_gateway"

const otherGateway = "The item {id} is of the gateway {gateway}. Take it out, or put the try there."

func (c checker) try(path string, t Try) {
	if c.known(t.ID) {
		c.report(path+"/id", DuplicateID, "id", t.ID)
	}
	if _, ok := c.b.Gateway(t.Gateway); !ok && t.Gateway != "" {
		c.report(path+"/gateway", UnknownGateway, "id", t.Gateway)
	}
	for _, id := range t.Items {
		i, ok := c.b.Item(id)
		switch {
		case !ok:
			c.report(path+"/items", UnknownItem, "id", id)
		case i.Gateway != t.Gateway:
			at := path + "/items"
			c.src.Add(NewProblem(c.src.Line(at), at, OtherGateway, otherGateway, map[string]string{"id": id, "gateway": i.Gateway}))
		}
	}
}

// Try looks a thing to try up by its id.
func (b *Bank) Try(id string) (Try, bool) {
	return find(b.Tries, func(t Try) string { return t.ID }, id)
}

// TriesFor lists what can be tried in a gateway with those of an audience: first what may move the item, the nearest
// first, and then the rest in the bank's order. An empty item or audience leaves them all in the bank's order.
func (b *Bank) TriesFor(gateway, item, audience string) []Try {
	var out []Try
	phase := PhaseOf(audience)
	for _, t := range b.Tries {
		if t.Gateway == gateway && (t.For == "" || phase == "" || t.For == phase) {
			out = append(out, t)
		}
	}
	place := func(t Try) int {
		if i := slices.Index(t.Items, item); i >= 0 {
			return i
		}
		return len(b.Items) // behind all that name it
	}
	slices.SortStableFunc(out, func(a, b Try) int { return place(a) - place(b) })
	return out
}
