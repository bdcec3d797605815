package theme

import "cmp"

// Piece is a stretch of a comment; the pieces together are the comment, letter by letter.
type Piece struct {
	Text   string
	Marked bool // words of a theme
}

// Mark finds the words of a theme in a comment.
func Mark(text string, words []string, language string) []Piece {
	wanted := map[string]bool{}
	for _, t := range termsOf(words, language) {
		wanted[t] = true
	}
	stop := stopWords(cmp.Or(language, "en"))
	marked := map[span]bool{}
	var last span
	lastWord := ""
	for _, s := range spans(text) {
		w := word(normal(text[s.from:s.to]), language, stop)
		if w != "" && wanted[w] {
			marked[s] = true
		}
		if w != "" && lastWord != "" && wanted[lastWord+" "+w] {
			marked[last], marked[s] = true, true
		}
		last, lastWord = s, w
	}
	var pieces []Piece
	at := 0
	add := func(to int, is bool) {
		if to > at {
			pieces = append(pieces, Piece{text[at:to], is})
			at = to
		}
	}
	for _, s := range spans(text) {
		if marked[s] {
			add(s.from, false)
			add(s.to, true)
		}
	}
	add(len(text), false)
	return pieces
}
