package bank

import (
	"fmt"
	"strings"
)

// ScaleKeys are the keys of a scale in a file.
var ScaleKeys = []string{"id", "kind", "options", "favourable", "favourable_words", "missing", "note"}

// Scale reads a scale out of fields that were read with ScaleKeys, and reports what is wrong with it.
func (f Fields) Scale() Scale {
	s := Scale{
		ID: f.ID(), Kind: Kind(f.Need("kind")), Favourable: f.Texts("favourable"),
		FavourableWords: f.Text("favourable_words"), Missing: f.Texts("missing"), Note: f.Text("note"),
	}
	if s.Kind != "" && !has(Kinds(), s.Kind) {
		f.Report("kind", UnknownValue, map[string]string{"value": string(s.Kind), "known": list(Kinds())})
	}
	scored := 0
	for _, o := range f.Each("options", "id", "value", "label", "symbol") {
		option := Option{ID: o.ID(), Value: o.Whole("value"), Label: o.Need("label"), Symbol: o.Text("symbol")}
		for _, other := range s.Options {
			if other.ID == option.ID && option.ID != "" {
				o.Report("id", SameOption, map[string]string{"id": option.ID})
			}
		}
		want := 0
		if !has(s.Missing, option.ID) && s.Kind != Choice {
			scored++
			want = scored
		}
		if option.Value != want {
			o.Report("value", OptionValue, map[string]string{
				"id": option.ID, "value": place(option.Value), "want": place(want),
			})
		}
		s.Options = append(s.Options, option)
	}
	if len(s.Options)-len(s.Missing) < 2 {
		f.Report("options", FewOptions, nil)
	}
	for _, id := range s.Missing {
		if !s.HasOption(id) {
			f.Report("missing", BadMissing, map[string]string{"id": id, "known": list(s.OptionIDs())})
		}
	}
	if s.Kind != Choice || len(s.Favourable) > 0 {
		f.Favourable(s, s.Favourable, s.FavourableWords)
	}
	return s
}

// Favourable reports what is wrong with the favourable options of an item or scale.
func (f Fields) Favourable(s Scale, favourable []string, words string) {
	if len(favourable) == 0 || words == "" {
		f.Report("favourable", NoFavourable, nil)
	}
	for _, id := range favourable {
		switch {
		case !s.HasOption(id):
			f.Report("favourable", BadFavourable, map[string]string{"id": id, "known": list(s.OptionIDs())})
		case has(s.Missing, id):
			f.Report("favourable", BothWays, map[string]string{"id": id})
		}
	}
}

// HasOption says whether a scale has an option.
func (s Scale) HasOption(id string) bool { return has(s.OptionIDs(), id) }

// OptionIDs lists the options of a scale in order.
func (s Scale) OptionIDs() []string {
	ids := make([]string, len(s.Options))
	for i, o := range s.Options {
		ids[i] = o.ID
	}
	return ids
}

func place(value int) string {
	if value == 0 {
		return "null"
	}
	return fmt.Sprint(value)
}

func list[T ~string](of []T) string {
	words := make([]string, len(of))
	for i, v := range of {
		words[i] = string(v)
	}
	return strings.Join(words, ", ")
}
