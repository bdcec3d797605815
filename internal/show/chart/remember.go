package chart

import "sync"

// remembered are the drawings of figures that were asked for lately. Making a figure's option takes a good part of the time
// of a page, and the same pages are read again and again.
var remembered = &memory{most: 4 << 20}

// memory keeps drawings by what they show. Half of it is new and half of it is old: when the new half is full it becomes
// the old one, and what nobody has asked for since the last time is gone.
type memory struct {
	most int // bytes of options

	mu         sync.Mutex
	fresh, old map[string][]Drawing
	bytes      int // in the new half
}

func (m *memory) get(key string) ([]Drawing, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if list, ok := m.fresh[key]; ok {
		return list, true
	}
	list, ok := m.old[key]
	if ok {
		m.keep(key, list)
	}
	return list, ok
}

func (m *memory) put(key string, list []Drawing) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keep(key, list)
}

func (m *memory) keep(key string, list []Drawing) {
	if _, ok := m.fresh[key]; ok {
		return
	}
	size := 2 * len(key)
	if len(list) > 0 {
		size += len(list[0].Option) // all widths share it
	}
	if m.fresh == nil || m.bytes+size > m.most/2 {
		m.old, m.fresh, m.bytes = m.fresh, map[string][]Drawing{}, 0
	}
	m.fresh[key] = list
	m.bytes += size
}
