package rosterfile

import (
	"regexp"
	"slices"
)

// pupilHeadings name the pupil's id in a list of parents, the surest first: a bare "id" may be the parent's.
var pupilHeadings = []string{"Pupil ID", "Student ID", "Pupil", "MIS ID", "Adno", "Adm No", "Admission No", "Admission Number", "Pupil No", "Pupil Number",
	"Student Number", "Pupil MIS ID", "Student MIS ID", "Child ID", "External Id", "UPI", "Source ID", "id"}

// parentHeading takes "Parent 1 Email", "Contact2_Forename", "Mother's e-mail" or "Parent Email 2" apart, folded.
var parentHeading = regexp.MustCompile(`^(parentcarers?|parentguardians?|parents?|contacts?|carers?|guardians?|mothers?|mums?|fathers?|dads?|adults?)?([1-4])?([a-z]*)([1-4])?$`)

var parentWords = map[ParentField]*regexp.Regexp{
	ParentName:     regexp.MustCompile(`^(full|contact|display)?names?$`),
	ParentGiven:    regexp.MustCompile(`^(legal|preferred)?(forenames?|firstname|givenname|first)$`),
	ParentFamily:   regexp.MustCompile(`^(legal|preferred)?(surname|lastname|familyname|last)$`),
	ParentEmail:    regexp.MustCompile(`^(main|primary|home|personal|work)?(e?mail|emailaddress|mailaddress)$`),
	ParentKey:      regexp.MustCompile(`^(contact|person|parent)?(mis)?(id|number|no)$`),
	ParentPriority: regexp.MustCompile(`^(contact)?(priority|order)$`),
	ParentDuty:     regexp.MustCompile(`^(has)?(pr|parentalresponsibility|parentalresp|legalresponsibility)$`),
	ParentBarred:   regexp.MustCompile(`^(has)?(courtorders?|nocontact|donotcontact|contactrestricted|restricted|injunction)$`),
}

// proposeParents finds the columns by their headings.
func proposeParents(columns []string) *ParentMapping {
	m := &ParentMapping{Pupil: -1}
	for _, name := range pupilHeadings {
		if m.Pupil = slices.IndexFunc(columns, func(c string) bool { return fold(c) == fold(name) }); m.Pupil >= 0 {
			break
		}
	}
	blocks := map[string]map[ParentField]int{}
	var order []string
	for i, c := range columns {
		if i == m.Pupil {
			continue
		}
		who, f, ok := parentColumn(c)
		if !ok {
			continue
		}
		if blocks[who] == nil {
			blocks[who] = map[ParentField]int{}
			order = append(order, who)
		}
		if !hasField(blocks[who], f) {
			blocks[who][f] = i
		}
	}
	named := func(who string) bool {
		b := blocks[who]
		return hasField(b, ParentName) || hasField(b, ParentFamily) || who != "" && hasField(b, ParentEmail)
	}
	// Beside columns that are said to be a parent's, a plain "Surname" or "Email" is the pupil's own.
	plain := !slices.ContainsFunc(order, func(who string) bool { return who != "" && named(who) })
	for _, who := range order {
		if len(m.Blocks) < MaxParents && named(who) && (who != "" || plain) {
			m.Blocks = append(m.Blocks, blocks[who])
		}
	}
	if len(m.Blocks) != 1 {
		return m
	}
	// With one parent a line, what is said of a contact under another heading is said of the same person.
	for _, who := range order {
		for f, i := range blocks[who] {
			about := f == ParentKey || f == ParentPriority || f == ParentDuty || f == ParentBarred
			if (plain || about) && !hasField(m.Blocks[0], f) {
				m.Blocks[0][f] = i
			}
		}
	}
	return m
}

// parentColumn says whose column a heading is, and what it holds. who is empty where the heading names nobody.
func parentColumn(heading string) (who string, f ParentField, ok bool) {
	folded := fold(heading)
	if p := parentHeading.FindStringSubmatch(folded); p != nil && p[1] != "" {
		who = p[1] + p[2] + p[4]
		if p[3] == "" {
			return who, ParentName, true // "Parent 1" alone
		}
		if f, ok = parentField(p[3]); ok {
			return who, f, true
		}
	}
	if f, ok = parentField(folded); f == ParentKey {
		ok = folded == "personid" // a bare "id" or "number" is the pupil's
	}
	return "", f, ok
}

func parentField(word string) (ParentField, bool) {
	for _, f := range ParentFields {
		if parentWords[f].MatchString(word) {
			return f, true
		}
	}
	return "", false
}
