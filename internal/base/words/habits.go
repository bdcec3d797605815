package words

import (
	"strconv"
	"strings"
	"time"
)

// habits are how a language writes numbers and dates. Digits are 0 to 9 everywhere: they stand beside charts and on
// slips, which have no others.
type habits struct {
	thousands string // between groups of digits
	shortest  int    // the number of digits from which a number is grouped
	indian    bool   // after the first three digits groups have two: 12,34,567
	percent   string // what follows the number
	date      string // D, M and Y where day, month and year stand
	first     string // the first day of a month, if it is written in another way than 1
	months    string // January to December, as they stand in a date
}

// Spaces that no line is broken at.
const (
	noBreak = "\u00a0"
	narrow  = "\u202f"
	// leftToRight keeps a percent sign on the right of its number inside Arabic.
	leftToRight = "\u200e"
)

var habitsOf = map[string]habits{
	en:   {",", 4, false, "%", "D M Y", "", "January February March April May June July August September October November December"},
	"cy": {",", 4, false, "%", "D M Y", "", "Ionawr Chwefror Mawrth Ebrill Mai Mehefin Gorffennaf Awst Medi Hydref Tachwedd Rhagfyr"},
	"ar": {",", 4, false, leftToRight + "%" + leftToRight, "D M Y", "", "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر"},
	"bn": {",", 4, true, "%", "D M Y", "", "জানুয়ারি ফেব্রুয়ারি মার্চ এপ্রিল মে জুন জুলাই আগস্ট সেপ্টেম্বর অক্টোবর নভেম্বর ডিসেম্বর"},
	"fr": {narrow, 4, false, narrow + "%", "D M Y", "1er", "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"},
	"pa": {",", 4, true, "%", "D M Y", "", "ਜਨਵਰੀ ਫ਼ਰਵਰੀ ਮਾਰਚ ਅਪ੍ਰੈਲ ਮਈ ਜੂਨ ਜੁਲਾਈ ਅਗਸਤ ਸਤੰਬਰ ਅਕਤੂਬਰ ਨਵੰਬਰ ਦਸੰਬਰ"},
	"pl": {noBreak, 5, false, "%", "D M Y", "", "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia"},
	"pt": {noBreak, 5, false, "%", "D de M de Y", "", "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"},
	"ro": {".", 4, false, noBreak + "%", "D M Y", "", "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie"},
	"so": {",", 4, false, "%", "D M Y", "", "Jannaayo Febraayo Maarso Abriil May Juun Luuliyo Ogost Sebtembar Oktoobar Nofembar Desembar"},
	"uk": {noBreak, 4, false, "%", "D M Y року", "", "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня"},
	"ur": {",", 4, false, "%", "D M Y", "", "جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر"},
}

// Number is a whole number as the language writes it: 12,345, or 12 345 with a space that no line is broken at.
func (v Voice) Number(n int) string {
	digits, sign := strconv.Itoa(n), ""
	if n < 0 {
		digits, sign = digits[1:], "\u2212"
	}
	if len(digits) < v.habit.shortest {
		return sign + digits
	}
	cut := len(digits) - 3
	groups := []string{digits[cut:]}
	size := 3
	if v.habit.indian {
		size = 2
	}
	for cut > 0 {
		from := max(0, cut-size)
		groups = append([]string{digits[from:cut]}, groups...)
		cut = from
	}
	return sign + strings.Join(groups, v.habit.thousands)
}

// Percent is a whole number of hundredths with its sign: 25%.
func (v Voice) Percent(n int) string { return v.Number(n) + v.habit.percent }

// Date is a day written out, such as 2 January 2006 or 2 de janeiro de 2006; empty for the zero time. It is the day in the
// time zone of t.
func (v Voice) Date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	day := strconv.Itoa(t.Day())
	if t.Day() == 1 && v.habit.first != "" {
		day = v.habit.first
	}
	month := strings.Fields(v.habit.months)[t.Month()-1]
	return strings.NewReplacer("D", day, "M", month, "Y", strconv.Itoa(t.Year())).Replace(v.habit.date)
}
