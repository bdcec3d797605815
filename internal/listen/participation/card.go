package participation

import (
	"fmt"

	"earshot/internal/base/storage"
)

// Card is that a pupil has a card of their own, with which they come to every survey that asks them by name or in
// confidence. Its code stands on the card alone, and in the directory as a keyed hash.
type Card struct {
	SchoolID string `gorm:"primaryKey"`
	PersonID string `gorm:"primaryKey"`
	MadeOn   storage.Date
	Pictures string // keyed hash of three pictures, told apart within a form; empty: none
}

// Printed is what stands on one card, this once.
type Printed struct {
	Person   string // id
	Name     string
	FormID   string
	Form     string // its name; empty for a pupil without a form
	Code     string
	Pictures [3]int // numbers of Pictures, from 1; zeros where the form is too large to tell more pupils apart
}

// Pictures are what young children find their card by. The first has the number 1; a number never changes its picture.
var Pictures = []string{"sun", "boat", "fish", "tree", "house", "star", "apple", "ball", "kite", "key", "bell", "leaf"}

// Picture is the name of a picture by its number; empty for none.
func Picture(n int) string {
	if n < 1 || n > len(Pictures) {
		return ""
	}
	return Pictures[n-1]
}

// none is a card without pictures.
var none [3]int

// triples are all ways to tap three different pictures.
func triples() (all [][3]int) {
	for a := 1; a <= len(Pictures); a++ {
		for b := 1; b <= len(Pictures); b++ {
			for c := 1; c <= len(Pictures); c++ {
				if a != b && b != c && a != c {
					all = append(all, [3]int{a, b, c})
				}
			}
		}
	}
	return all
}

// apart says whether one wrong tap cannot turn one into the other.
func apart(a, b [3]int) bool {
	differ := 0
	for i := range a {
		if a[i] != b[i] {
			differ++
		}
	}
	return differ >= 2
}

// deal picks three pictures at random that are apart from all those of the same form; none where there are no more.
func deal(taken [][3]int) [3]int {
	all := triples()
	Shuffle(all)
	for _, t := range all {
		free := true
		for _, other := range taken {
			free = free && apart(t, other)
		}
		if free {
			return t
		}
	}
	return none
}

// pictures is how three pictures of a form are kept.
func (s Store) pictures(form string, t [3]int) string {
	if form == "" || t == none {
		return ""
	}
	return s.key.Hash("pictures", form, fmt.Sprintf("%d-%d-%d", t[0], t[1], t[2]))
}

// dealt finds out which pictures stand behind hashes of a form. With the key that is a matter of trying all of them, and so
// nothing else has to be kept to tell new cards apart from old ones.
func (s Store) dealt(form string, hashes map[string]bool) (taken [][3]int) {
	if len(hashes) == 0 {
		return nil
	}
	for _, t := range triples() {
		if hashes[s.pictures(form, t)] {
			taken = append(taken, t)
		}
	}
	return taken
}

// DoorLength is how many characters the address of a door has.
const DoorLength = 8

// Door is the code of the page on which the children of a form tap their pictures to come to a round. An adult opens it.
func (s Store) Door(roundID, form string) string {
	return s.key.Code(DoorLength, "door", roundID, form)
}
