package bank

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Source is a YAML file read strictly: every unknown key, wrong kind of value and alias becomes a problem with its line.
// Survey files share it with the bank, so both are told about mistakes in the same words.
type Source struct {
	problems Problems
	lines    map[string]int
}

// Fields is one mapping of a source, such as an item.
type Fields struct {
	src   *Source
	Path  string
	Line  int
	nodes map[string]*yaml.Node
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(?s:(.*))$`)

// ReadSource reads a file whose top level has these keys. It is false for a file that cannot be read as YAML at all, when
// asking for more would only bring up problems that are not there.
func ReadSource(data []byte, keys ...string) (*Source, Fields, bool) {
	s := &Source{lines: map[string]int{}}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil && !errors.Is(err, io.EOF) {
		s.notYAML(err)
		return s, Fields{src: s}, false
	}
	var second yaml.Node
	if err := dec.Decode(&second); err == nil {
		s.lines[""] = second.Line
		s.Report("", TwoDocuments, nil)
	} else if !errors.Is(err, io.EOF) {
		s.notYAML(err)
		return s, Fields{src: s}, false
	}
	if len(doc.Content) == 0 {
		return s, s.fields(&yaml.Node{Kind: yaml.MappingNode, Line: 1}, "", keys), true
	}
	return s, s.fields(doc.Content[0], "", keys), true
}

func (s *Source) notYAML(err error) {
	detail, line := err.Error(), 0
	if m := yamlLine.FindStringSubmatch(detail); m != nil {
		line, _ = strconv.Atoi(m[1])
		detail = m[2]
	}
	s.lines[""] = line
	s.Report("", NotYAML, map[string]string{"detail": detail})
}

// Problems returns what has been found so far, in the order of lines.
func (s *Source) Problems() Problems {
	s.problems.Sort()
	return s.problems
}

// Line returns the line of a path, or of the nearest thing above it.
func (s *Source) Line(path string) int {
	for {
		if n, ok := s.lines[path]; ok {
			return n
		}
		i := strings.LastIndexByte(path, '/')
		if i < 0 {
			return s.lines[""]
		}
		path = path[:i]
	}
}

// Report adds a problem of the bank's own kinds at a path.
func (s *Source) Report(path string, code Code, values map[string]string) {
	s.Add(NewProblem(s.Line(path), path, code, sentences[code], values))
}

// Add adds a problem.
func (s *Source) Add(p Problem) { s.problems = append(s.problems, p) }

func (s *Source) fields(n *yaml.Node, path string, keys []string) Fields {
	f := Fields{src: s, Path: path, Line: n.Line, nodes: map[string]*yaml.Node{}}
	s.lines[path] = n.Line
	if !s.plain(n, path) {
		return f
	}
	if n.Kind != yaml.MappingNode {
		s.Report(path, WrongKind, map[string]string{"want": "a set of keys with values"})
		return f
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		at := join(path, k.Value)
		s.lines[at] = k.Line
		switch _, twice := f.nodes[k.Value]; {
		case k.Kind != yaml.ScalarNode || !has(keys, k.Value):
			s.Report(at, UnknownKey, map[string]string{"key": show(k), "known": strings.Join(keys, ", ")})
		case twice:
			s.Report(at, DuplicateKey, map[string]string{"key": k.Value})
		case v.Kind == yaml.ScalarNode && v.Tag == "!!null": // the same as leaving it out
		default:
			f.nodes[k.Value] = v
		}
	}
	return f
}

// plain refuses aliases and anchors: they let a small file unfold into a huge one, and hide what a line says.
func (s *Source) plain(n *yaml.Node, path string) bool {
	if n.Kind != yaml.AliasNode && n.Anchor == "" {
		return true
	}
	s.lines[path] = n.Line
	s.Report(path, Alias, nil)
	return false
}

func show(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		return "made of several values"
	}
	return n.Value
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "/" + key
}

// Has says whether a key is there with a value.
func (f Fields) Has(key string) bool { return f.nodes[key] != nil }

// At is the path of a key.
func (f Fields) At(key string) string { return join(f.Path, key) }

// Report adds a problem at a key.
func (f Fields) Report(key string, code Code, values map[string]string) {
	f.src.Report(f.At(key), code, values)
}

func (f Fields) scalar(n *yaml.Node, path, want string) (string, bool) {
	if !f.src.plain(n, path) {
		return "", false
	}
	if n.Kind != yaml.ScalarNode {
		f.src.Report(path, WrongKind, map[string]string{"want": want})
		return "", false
	}
	return n.Value, true
}

// Text reads words; numbers are taken as they are written. Empty if the key is not there.
func (f Fields) Text(key string) string {
	n := f.nodes[key]
	if n == nil {
		return ""
	}
	v, _ := f.scalar(n, f.At(key), "words")
	return strings.TrimSpace(v)
}

// Need reads words that must be there.
func (f Fields) Need(key string) string {
	v := f.Text(key)
	if n := f.nodes[key]; v == "" && (n == nil || n.Kind == yaml.ScalarNode) {
		f.Missing(key)
	}
	return v
}

// Missing reports a key that should be there.
func (f Fields) Missing(key string) {
	f.src.Add(NewProblem(f.Line, f.Path, MissingKey, sentences[MissingKey], map[string]string{"key": key}))
}

// ID reads an id that must be there and has only small letters, digits and underscores.
func (f Fields) ID() string {
	id := f.Need("id")
	if id != "" && !IsID(id) {
		f.Report("id", BadID, map[string]string{"id": id})
	}
	return id
}

// IsID says whether something can be an id.
func IsID(id string) bool { return idPattern.MatchString(id) }

var idPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9_]{0,63}$`)

// Whole reads a whole number; 0 if the key is not there.
func (f Fields) Whole(key string) int {
	n := f.nodes[key]
	if n == nil {
		return 0
	}
	v, ok := f.scalar(n, f.At(key), "a whole number")
	if !ok {
		return 0
	}
	i, err := strconv.Atoi(v)
	if err != nil {
		f.Report(key, WrongKind, map[string]string{"want": "a whole number"})
	}
	return i
}

// Yes reads true or false; false if the key is not there.
func (f Fields) Yes(key string) bool {
	n := f.nodes[key]
	if n == nil {
		return false
	}
	v, ok := f.scalar(n, f.At(key), "true or false")
	if ok && v != "true" && v != "false" {
		f.Report(key, WrongKind, map[string]string{"want": "true or false"})
	}
	return v == "true"
}

// Texts reads a list of words.
func (f Fields) Texts(key string) []string {
	var out []string
	for i, n := range f.list(key) {
		at := fmt.Sprintf("%s/%d", f.At(key), i+1)
		f.src.lines[at] = n.Line
		if v, ok := f.scalar(n, at, "words"); ok {
			out = append(out, strings.TrimSpace(v))
		}
	}
	return out
}

// Each reads a list of mappings that have these keys.
func (f Fields) Each(key string, keys ...string) []Fields {
	var out []Fields
	for i, n := range f.list(key) {
		name := strconv.Itoa(i + 1)
		for j := 0; n.Kind == yaml.MappingNode && j+1 < len(n.Content); j += 2 {
			if n.Content[j].Value == "id" && n.Content[j+1].Kind == yaml.ScalarNode && n.Content[j+1].Value != "" {
				name = n.Content[j+1].Value
			}
		}
		out = append(out, f.src.fields(n, f.At(key)+"/"+name, keys))
	}
	return out
}

// In reads a mapping that has these keys.
func (f Fields) In(key string, keys ...string) Fields {
	n := f.nodes[key]
	if n == nil {
		return Fields{src: f.src, Path: f.At(key), Line: f.Line}
	}
	return f.src.fields(n, f.At(key), keys)
}

func (f Fields) list(key string) []*yaml.Node {
	n := f.nodes[key]
	if n == nil || !f.src.plain(n, f.At(key)) {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		f.Report(key, WrongKind, map[string]string{"want": "a list"})
		return nil
	}
	return n.Content
}
