package theme

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// subjects are what made comments are about: things, and what is said of them.
var subjects = []struct{ name, things, said string }{
	{"food", "canteen lunch queue pizza salad dinner menu price tray", "cold expensive tasty longer smaller healthy late cheaper"},
	{"toilets", "toilet lock soap door smell block corridor tissue", "broken dirty closed locked scared clean missing"},
	{"homework", "homework deadline evening app task weekend revision", "marked pointless late stressful useful double explained"},
	{"sport", "football pitch club practice netball kit coach match", "cancelled fun tired lunchtime wet fair picked"},
	{"noise", "shouting behaviour silence disruption seat partner back row", "loud calm distracted focus annoying moved quiet"},
	{"help", "explanation example hand question board step feedback mistake", "stuck slower clearer again confused rushed patient"},
}

// made writes n comments, each about one subject in turn, with a few words of others mixed in.
func made(n int, seed uint64) (list []Comment, about []int) {
	random := rand.New(rand.NewPCG(seed, 2))
	fill := strings.Fields("we should have more than this because it is really good and people like that when there is a lesson in school every day I think my teacher could maybe change something about it next year please")
	pick := func(words []string) string { return words[random.IntN(len(words))] }
	for i := range n {
		s := i % len(subjects)
		things, said := strings.Fields(subjects[s].things), strings.Fields(subjects[s].said)
		other := subjects[random.IntN(len(subjects))]
		var words []string
		for range 1 + random.IntN(3) {
			words = append(words, pick(fill), pick(things), pick(fill), pick(said))
		}
		words = append(words, pick(strings.Fields(other.things)), pick(fill))
		list = append(list, Comment{ID: fmt.Sprintf("c%05d", i), Text: strings.Join(words, " "), Question: "q"})
		about = append(about, s)
	}
	return list, about
}
