package result

import (
	"crypto/sha256"
	"encoding/json"
	"slices"
	"sync"

	"earshot/internal/show/theme"
)

// Sorting the words of a large school takes a second, and they do not change between one look and the next. Kept is what was
// found, under a hash of what it was found in, so that nobody is handed what was found for somebody else's view.
var sorted = &sortings{}

// mostSorted bounds the memory: what is kept of two thousand comments takes about 100 kB.
const mostSorted = 64

type sortings struct {
	mu   sync.Mutex
	list []sorting // the one used last at the end
}

type sorting struct {
	of      [sha256.Size]byte
	reading theme.Reading
}

func (c *sortings) find(comments []theme.Comment, rules []theme.Rule, language string) theme.Reading {
	body, err := json.Marshal([]any{comments, rules, language})
	if err != nil {
		return theme.Find(comments, rules, language)
	}
	of := sha256.Sum256(body)
	c.mu.Lock()
	if i := slices.IndexFunc(c.list, func(s sorting) bool { return s.of == of }); i >= 0 {
		found := c.list[i]
		c.list = append(slices.Delete(c.list, i, i+1), found)
		c.mu.Unlock()
		return found.reading
	}
	c.mu.Unlock()
	found := sorting{of, theme.Find(comments, rules, language)}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.list) >= mostSorted {
		c.list = slices.Delete(c.list, 0, 1)
	}
	c.list = append(c.list, found)
	return found.reading
}
