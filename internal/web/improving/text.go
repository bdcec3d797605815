package improving

import "strings"

// splitLines are the lines of a text that say something.
func splitLines(text string) (list []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && len([]rune(line)) <= 200 {
			list = append(list, line)
		}
	}
	return list
}
