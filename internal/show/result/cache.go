package result

import (
	"slices"
	"sync"
)

// A release never changes once it is stored, so that one which was read a moment ago need not be read and decoded again.
// Nobody may change what they get from here; View and Public work on copies of what they change.
var decoded = &cache{}

// mostDecoded bounds the memory: a release of a large school takes a few megabytes.
const mostDecoded = 12

// cache keeps the releases that were read last, the newest at the end.
type cache struct {
	mu   sync.Mutex
	list []Release
}

func (c *cache) get(id string) (Release, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.IndexFunc(c.list, func(r Release) bool { return r.ID == id })
	if i < 0 {
		return Release{}, false
	}
	found := c.list[i]
	c.list = append(slices.Delete(c.list, i, i+1), found)
	return found, true
}

func (c *cache) put(r Release) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if slices.ContainsFunc(c.list, func(have Release) bool { return have.ID == r.ID }) {
		return
	}
	if len(c.list) >= mostDecoded {
		c.list = slices.Delete(c.list, 0, 1)
	}
	c.list = append(c.list, r)
}
