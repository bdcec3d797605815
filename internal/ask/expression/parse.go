package expression

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"
	"unicode/utf8"
)

// Limits that no survey written by people comes near.
const (
	maxLength = 1000
	maxDepth  = 30
	// maxPattern keeps a pattern from costing more than the rest of a journey.
	maxPattern = 100
)

// common is made of characters that stand for themselves in patterns everywhere, the usual signs, and the escapes that all
// know.
var common = regexp.MustCompile(`^(?:[^\\]|\\[dw.*+?()\[\]{}|^$/])*$`)

// parsed keeps what has been parsed: a survey's conditions are asked for with every answer.
var parsed sync.Map // text -> Expression

var parsedSize atomic.Int64

// functions are the known functions with the least and the most values they take; -1 is any number.
var functions = map[string][2]int{
	"selected": {2, 2}, "not": {1, 1}, "count-selected": {1, 1}, "string-length": {1, 1}, "true": {0, 0}, "false": {0, 0},
	"if": {3, 3}, "coalesce": {1, -1}, "number": {1, 1}, "boolean": {1, 1}, "contains": {2, 2}, "starts-with": {2, 2},
	"regex": {2, 2}, "today": {0, 0}, "round": {1, 2}, "int": {1, 1}, "concat": {1, -1}, "jr:choice-name": {2, 2},
}

// Functions lists the names of the known functions.
func Functions() []string {
	var names []string
	for name := range functions {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Parse reads an expression. The error is an *Error that says where and what is wrong.
func Parse(text string) (Expression, error) {
	if have, ok := parsed.Load(text); ok {
		return have.(Expression), nil
	}
	e, err := parse(text)
	if err == nil && parsedSize.Add(1) < 10_000 {
		parsed.Store(text, e)
	}
	return e, err
}

func parse(text string) (Expression, error) {
	p := &parser{text: text}
	if len(text) > maxLength {
		return Expression{}, p.fail(Long, 0, "")
	}
	if err := p.lex(); err != nil {
		return Expression{}, err
	}
	root, err := p.binary(0, 0)
	if err != nil {
		return Expression{}, err
	}
	if t := p.peek(); t.kind != "" {
		return Expression{}, p.fail(Unexpected, t.at, t.text)
	}
	return Expression{text: text, root: root}, nil
}

type token struct {
	kind string // "number", "text", "ref", "word", "op", or "" at the end
	text string
	at   int
}

type parser struct {
	text   string
	tokens []token
	next   int
}

func (p *parser) fail(key string, at int, found string) error {
	if key == Unexpected && found == "" {
		key = Unfinished
	}
	return &Error{Key: key, At: utf8.RuneCountInString(p.text[:min(at, len(p.text))]) + 1, Found: found}
}

var (
	reference = regexp.MustCompile(`^\$\{\s*([A-Za-z_][A-Za-z0-9_.-]*)\s*\}`)
	number    = regexp.MustCompile(`^([0-9]+(\.[0-9]*)?|\.[0-9]+)`)
	// path leads to a question of this form by its last step: /data/group/name, ../name, ./name.
	path = regexp.MustCompile(`^(/[A-Za-z_][A-Za-z0-9_-]*|\.\.|\.)((/\.\.)*)((/[A-Za-z_][A-Za-z0-9_.-]*)+)`)
	word = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_:-]*`)
	ops  = []string{"!=", "<=", ">=", "=", "<", ">", "+", "-", "*", "(", ")", ","}
)

func (p *parser) lex() error {
	for at := 0; at < len(p.text); {
		rest := p.text[at:]
		add := func(kind, text string, length int) {
			p.tokens = append(p.tokens, token{kind, text, at})
			at += length
		}
		r, size := utf8.DecodeRuneInString(rest)
		switch {
		case unicode.IsSpace(r):
			at += size
		case strings.ContainsRune("‘’“”", r):
			return p.fail(Curly, at, string(r))
		case r == '\'' || r == '"':
			end := strings.IndexRune(rest[1:], r)
			if end < 0 {
				return p.fail(Unfinished, at, rest)
			}
			add("text", rest[1:1+end], end+2)
		case reference.MatchString(rest):
			m := reference.FindStringSubmatch(rest)
			add("ref", m[1], len(m[0]))
		case path.MatchString(rest):
			m := path.FindString(rest)
			add("ref", m[strings.LastIndexByte(m, '/')+1:], len(m))
		case number.MatchString(rest):
			m := number.FindString(rest)
			add("number", m, len(m))
		case word.MatchString(rest):
			m := word.FindString(rest)
			add("word", m, len(m))
		case r == '.':
			add("dot", ".", 1)
		default:
			i := slices.IndexFunc(ops, func(op string) bool { return strings.HasPrefix(rest, op) })
			if i < 0 {
				return p.fail(Unexpected, at, string(r))
			}
			add("op", ops[i], len(ops[i]))
		}
	}
	return nil
}

func (p *parser) peek() token {
	if p.next < len(p.tokens) {
		return p.tokens[p.next]
	}
	return token{at: len(p.text)}
}

// levels are the operators from the loosest to the tightest.
var levels = [][]string{{"or"}, {"and"}, {"=", "!="}, {"<", "<=", ">", ">="}, {"+", "-"}, {"*", "div", "mod"}}

func (p *parser) binary(level, depth int) (node, error) {
	if depth > maxDepth {
		return node{}, p.fail(Deep, p.peek().at, p.peek().text)
	}
	if level == len(levels) {
		return p.unary(depth)
	}
	left, err := p.binary(level+1, depth)
	for err == nil {
		t := p.peek()
		if t.kind != "op" && t.kind != "word" || !slices.Contains(levels[level], t.text) {
			return left, nil
		}
		p.next++
		var right node
		if right, err = p.binary(level+1, depth); err == nil {
			left = node{kind: t.text, args: []node{left, right}, at: t.at}
		}
	}
	return node{}, err
}

func (p *parser) unary(depth int) (node, error) {
	if t := p.peek(); t.kind == "op" && t.text == "-" {
		p.next++
		arg, err := p.unary(depth + 1)
		if depth > maxDepth {
			return node{}, p.fail(Deep, t.at, t.text)
		}
		return node{kind: "neg", args: []node{arg}, at: t.at}, err
	}
	t := p.peek()
	p.next++
	switch t.kind {
	case "text", "ref", "dot":
		return node{kind: t.kind, text: t.text, at: t.at}, nil
	case "number":
		f, err := strconv.ParseFloat(t.text, 64)
		if err != nil {
			return node{}, p.fail(Unexpected, t.at, t.text)
		}
		return node{kind: "#", num: f, at: t.at}, nil
	case "word":
		return p.call(t, depth)
	case "op":
		if t.text == "(" {
			inner, err := p.binary(0, depth+1)
			if err != nil {
				return node{}, err
			}
			return inner, p.expect(")")
		}
	}
	return node{}, p.fail(Unexpected, t.at, t.text)
}

func (p *parser) expect(op string) error {
	t := p.peek()
	if t.kind != "op" || t.text != op {
		return p.fail(Unexpected, t.at, t.text)
	}
	p.next++
	return nil
}

func (p *parser) call(name token, depth int) (node, error) {
	takes, known := functions[name.text]
	if t := p.peek(); t.kind != "op" || t.text != "(" {
		return node{}, p.fail(Unexpected, name.at, name.text)
	}
	if !known {
		return node{}, p.fail(UnknownFunction, name.at, name.text)
	}
	p.next++
	n := node{kind: name.text, at: name.at}
	for t := p.peek(); t.kind != "op" || t.text != ")"; t = p.peek() {
		if len(n.args) > 0 {
			if err := p.expect(","); err != nil {
				return node{}, err
			}
		}
		arg, err := p.binary(0, depth+1)
		if err != nil {
			return node{}, err
		}
		n.args = append(n.args, arg)
	}
	p.next++
	if len(n.args) < takes[0] || takes[1] >= 0 && len(n.args) > takes[1] {
		return node{}, p.fail(Arguments, name.at, name.text)
	}
	if n.kind == "regex" {
		// Checked here, so that evaluating never fails; Go's expressions are the smaller language, without look-around.
		if n.args[1].kind != "text" {
			return node{}, p.fail(BadPattern, n.args[1].at, name.text)
		}
		// Only what Go and every browser read alike: no look-around, no named classes, no odd escapes.
		compiled, err := regexp.Compile("^(?:" + n.args[1].text + ")$")
		if err != nil || len(n.args[1].text) > maxPattern || !common.MatchString(n.args[1].text) || strings.Contains(n.args[1].text, "(?") || strings.Contains(n.args[1].text, "[:") {
			return node{}, p.fail(BadPattern, n.args[1].at, n.args[1].text)
		}
		n.pattern = compiled
	}
	return n, nil
}
