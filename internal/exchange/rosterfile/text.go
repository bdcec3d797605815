package rosterfile

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// decode makes text of a file and says how it was written; an empty encoding means that it is no text at all.
func decode(data []byte) (text, encoding string) {
	for _, magic := range []string{"PK\x03\x04", "\xd0\xcf\x11\xe0", "%PDF"} { // a workbook, an old workbook, a printout
		if bytes.HasPrefix(data, []byte(magic)) {
			return "", ""
		}
	}
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		text, encoding = fromUTF16(data[2:], binary.LittleEndian), "UTF-16"
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		text, encoding = fromUTF16(data[2:], binary.BigEndian), "UTF-16"
	default:
		data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
		little, big := nuls(data)
		switch {
		case little:
			text, encoding = fromUTF16(data, binary.LittleEndian), "UTF-16"
		case big:
			text, encoding = fromUTF16(data, binary.BigEndian), "UTF-16"
		case utf8.Valid(data):
			text, encoding = string(data), "UTF-8"
		default:
			decoded, err := charmap.Windows1252.NewDecoder().Bytes(data)
			if err != nil {
				return "", ""
			}
			text, encoding = string(decoded), "Windows-1252"
		}
	}
	head, _, _ := strings.Cut(text, "\n")
	if strings.ContainsFunc(head, isControl) {
		return "", ""
	}
	// One name can be written in two ways that look alike; it has to be the same name next time.
	return norm.NFC.String(text), encoding
}

// nuls says whether every other byte is nothing, as in text of two bytes a letter without a mark at its beginning.
func nuls(data []byte) (little, big bool) {
	head := data[:min(len(data), 2000)]
	var count [2]int
	for i, b := range head {
		if b == 0 {
			count[i%2]++
		}
	}
	many := len(head) / 4
	return len(head) > 3 && count[1] > many && count[0] < many/4+1, len(head) > 3 && count[0] > many && count[1] < many/4+1
}

func fromUTF16(data []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units))
}

func isControl(r rune) bool {
	return r < ' ' && r != '\t' && r != '\r' || r == 0x7f || r == utf8.RuneError
}

// record is one line of a file, or several where a cell has line breaks in it.
type record struct {
	line  int // physical, from 1
	cells []string
	shape shape
}

type shape int

const (
	whole  shape = iota
	broken       // a quotation mark that does not belong
	joined       // a line break inside a cell
)

// joinMost is how many lines one cell may run over before a quotation mark counts as stray.
const joinMost = 10

// cutRecords cuts text into records. A line that cannot be cut stands alone: it never takes others with it.
func cutRecords(text string) []record {
	lines := cutLines(text)
	separator := byte(0)
	if len(lines) > 0 {
		if s, ok := strings.CutPrefix(strings.ToLower(lines[0]), "sep="); ok && len(s) == 1 {
			separator = s[0]
			lines[0] = ""
		}
	}
	var records []record
	width := 0
	for i := 0; i < len(lines); i++ {
		if strings.TrimSpace(lines[i]) == "" {
			continue
		}
		if separator == 0 {
			separator = guessSeparator(lines[i])
		}
		r := record{line: i + 1}
		var open bool
		r.cells, open, r.shape = cut(lines[i], separator)
		if open {
			r.shape = broken
			several := lines[i]
			for j := i + 1; j < len(lines) && j < i+joinMost; j++ {
				several += "\n" + lines[j]
				cells, stillOpen, s := cut(several, separator)
				if stillOpen {
					continue
				}
				if s == whole && (width == 0 || len(cells) == width) {
					r.cells, r.shape = cells, joined
					i = j
				}
				break
			}
		}
		if width == 0 {
			width = len(r.cells)
		}
		if empty(r.cells) {
			continue
		}
		records = append(records, r)
	}
	return records
}

func empty(cells []string) bool {
	for _, c := range cells {
		if c != "" {
			return false
		}
	}
	return true
}

func cutLines(text string) []string {
	var lines []string
	for text != "" {
		i := strings.IndexAny(text, "\r\n")
		if i < 0 {
			return append(lines, text)
		}
		lines = append(lines, text[:i])
		if text[i] == '\r' && i+1 < len(text) && text[i+1] == '\n' {
			i++
		}
		text = text[i+1:]
	}
	return lines
}

// guessSeparator takes the one of the three that stands most often outside quotation marks in the header.
func guessSeparator(header string) byte {
	count := map[byte]int{}
	quoted := false
	for i := range len(header) {
		switch c := header[i]; c {
		case '"':
			quoted = !quoted
		case ',', ';', '\t':
			if !quoted {
				count[c]++
			}
		}
	}
	best := byte(',')
	for _, c := range []byte{';', '\t'} {
		if count[c] > count[best] {
			best = c
		}
	}
	return best
}

// cut cuts one line into cells without the space around them. open means that a quotation mark is not closed.
func cut(line string, separator byte) (cells []string, open bool, s shape) {
	for {
		if len(cells) > 2*MaxColumns {
			return cells, false, whole // far too many already
		}
		start := strings.TrimLeft(line, " ")
		if !strings.HasPrefix(start, `"`) {
			cell, rest, more := strings.Cut(line, string(separator))
			cells = append(cells, tidy(cell))
			if !more {
				return cells, false, s
			}
			line = rest
			continue
		}
		var b strings.Builder
		rest := start[1:]
		for {
			i := strings.IndexByte(rest, '"')
			if i < 0 {
				return append(cells, tidy(b.String()+rest)), true, s
			}
			b.WriteString(rest[:i])
			if rest = rest[i+1:]; !strings.HasPrefix(rest, `"`) {
				break
			}
			b.WriteByte('"')
			rest = rest[1:]
		}
		cells = append(cells, tidy(b.String()))
		after, next, more := strings.Cut(rest, string(separator))
		if strings.TrimSpace(after) != "" {
			s = broken
		}
		if !more {
			return cells, false, s
		}
		line = next
	}
}

// tidy takes away the space around a cell and makes every space inside it one.
func tidy(cell string) string { return strings.Join(strings.Fields(cell), " ") }
