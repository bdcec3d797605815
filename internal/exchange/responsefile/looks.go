package responsefile

import (
	"regexp"
	"strings"
)

// personalHeadings are headings of what tells who somebody is or when they answered. They are compared whole, without
// signs and capitals, so that a question with such a word in it stays a question.
var personalHeadings = regexp.MustCompile(`^(full ?|first ?|fore|given ?|last ?|sur|family ?|user ?|nick|preferred ?|your ?|pupil'?s? ?|students? ?|child'?s? ?|parents? ?|respondents? ?|display ?|middle ?)?(name|names|forename|surname)$|` +
	`^(your |pupil |student |parent |respondent |school |work |home )?e ?mail( address)?( \d)?$|` +
	`^(time ?stamp|start(ed)?( time| date| at)?|end(ed)?( time| date| at)?|(date|time) (submitted|started|completed|created|modified)|completion time|last modified( time)?|submi(t|tted|ssion)( date| time| at)?( utc)?|recorded ?date|start ?date|end ?date|date|time|datestamp|created( at)?|completed( at)?|duration( in seconds)?|interviewtime|last ?action)$|` +
	`^(ip|ip ?address|user agent|browser|location ?latitude|location ?longitude|latitude|longitude|device|referrer|refurl)$|` +
	`^((user|pupil|student|parent|respondent|response|collector|participant|person|submission|recipient|external|mis|login) ?(id|no|number|reference|ref|code)|id|uuid|guid|upn|uln|row ?names?|row ?(no|number|id)|token|seed|startlanguage|recipient(first|last)name|external ?(reference|data reference))$|` +
	`^(address|home address|post ?code|zip( code)?|phone|phone number|mobile|mobile number|telephone|date of birth|dob|birth ?date|birthday|teacher|teachers|tutor|class teacher|teacher name|form tutor|instructor|instr|lecturer)$`)

func personal(heading string) bool {
	return personalHeadings.MatchString(fold(strings.NewReplacer("_", " ", "-", " ").Replace(heading)))
}

var (
	anEmail  = regexp.MustCompile(`[^\s@]+@[^\s@]+\.[a-zA-Z]{2,}`)
	aTime    = regexp.MustCompile(`^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})([ T,]+\d{1,2}:\d{2}.*)?$|^\d{1,2}:\d{2}(:\d{2})?( ?[apAP]\.?[mM]\.?)?$|^\d{1,2} \p{L}{3,9}\.? \d{4}.*$|^\p{L}{3,9} \d{1,2}, \d{4}.*$`)
	aFormula = regexp.MustCompile(`^=\s*[-+(]?\s*[A-Za-z$(]`)
)

// isFormula tells a spreadsheet's formula that came out as text.
func isFormula(cell string) bool { return aFormula.MatchString(cell) }

// looks is what has been seen of a column's different values.
type looks struct{ values, times, letters, long int }

func (l *looks) email(cell string) bool {
	return strings.Contains(cell, "@") && anEmail.MatchString(cell)
}

func (l *looks) add(cell string) {
	l.values++
	if aTime.MatchString(cell) {
		l.times++
	}
	n := len([]rune(cell))
	l.letters += n
	if n > 60 {
		l.long++
	}
}

// verdict says what the column holds, once all of it has been seen. Every choice of several options can stand in one cell,
// so long values alone are nothing strange; many of them are.
func (l *looks) verdict() Kind {
	switch {
	case l.values == 0:
		return Empty
	case l.times*10 >= l.values*8:
		return Time
	case l.values > 30 && l.long*2 > l.values && l.letters/l.values > 100:
		return Words
	}
	return Usable
}

// many says what a column of too many different values holds.
func (l *looks) many() Kind {
	if l.times*10 >= l.values*8 {
		return Time
	}
	return Words
}
