package screen

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// silent are apostrophes, signs that nobody sees, and the stroke that draws out an Arabic word.
var silent = strings.NewReplacer("'", "", "’", "", "‘", "", "`", "", "´", "", "ʼ", "", "ʹ", "", "′", "", "＇", "", "\u00ad", "", "\u200b", "", "\u200c", "", "\u200d", "", "\u200e", "", "\u200f", "", "\u061c", "",
	"\u2060", "", "\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "", "\u202a", "", "\u202b", "", "\u202c", "", "\u202d", "", "\u202e", "", "\ufeff", "", "\u0640", "")

// alike are letters that children write for one another, or that no accent can be taken off.
var alike = strings.NewReplacer(
	"ł", "l", "đ", "d", "ø", "o", "ı", "i", "ß", "ss", "æ", "ae", "œ", "oe",
	// Ukrainian, and what a Russian keyboard makes of it. The breve of й and the dots of ї and ё are gone already.
	"і", "и", "ы", "и", "є", "е", "э", "е", "ґ", "г", "ь", "", "ъ", "",
	// Arabic and Urdu keyboards. The hamza of أ, ؤ and ئ is gone already.
	"ى", "ي", "ی", "ي", "ې", "ي", "ے", "ي", "ک", "ك", "ڪ", "ك", "ہ", "ه", "ھ", "ه", "ە", "ه", "ة", "ه", "ۃ", "ه", "ں", "ن", "ٱ", "ا", "ء", "",
	// Bengali: letters that sound alike. য with a dot is another sound than without.
	"য\u09bc", "\u09df", "য", "জ", "শ", "স", "ষ", "স", "ণ", "ন", "ৎ", "ত", "ঙ", "\u0982", "ঃ", "", "ী", "ি", "ূ", "ু", "ঈ", "ই", "ঊ", "উ",
	// Gurmukhi: long and short vowels, and two sounds of n.
	"ੀ", "ਿ", "ੂ", "ੁ", "ਈ", "ਇ", "ਊ", "ਉ", "ਣ", "ਨ",
)

// vowels says whether a mark that takes no room of its own is a vowel that makes another word, and no accent.
func vowels(r rune) bool {
	return r >= 0x0941 && r <= 0x0948 || r >= 0x09c1 && r <= 0x09c4 || r >= 0x0a41 && r <= 0x0a4c
}

// fold writes a text in the one way in which texts and phrases are compared: small letters, without accents and apostrophes,
// one letter for those that are written for one another.
func fold(text string) string {
	decomposed := norm.NFKD.String(silent.Replace(text))
	// Two letters are one before their dot is taken off.
	small := alike.Replace(strings.Map(unicode.ToLower, decomposed))
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) && !vowels(r) {
			return -1
		}
		return r
	}, small)
}

// Letters that look the same in both alphabets, in the same order.
const (
	latin    = "aeiopcyxkmthb"
	cyrillic = "аеиорсухкмтнв"
)

// oneAlphabet writes a word that mixes both alphabets in the one that most of its letters are of.
func oneAlphabet(word string) string {
	from, to := 0, 0
	for _, r := range word {
		switch {
		case unicode.Is(unicode.Latin, r):
			from++
		case unicode.Is(unicode.Cyrillic, r):
			to++
		}
	}
	if from == 0 || to == 0 {
		return word
	}
	a, b := []rune(latin), []rune(cyrillic)
	if from > to {
		a, b = b, a
	}
	return strings.Map(func(r rune) rune {
		for i := range a {
			if a[i] == r {
				return b[i]
			}
		}
		return r
	}, word)
}
