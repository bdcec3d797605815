package survey

import "regexp"

// onePerson is how a question names one adult: by a title and a name, or as the one teacher of whoever answers.
var onePerson = regexp.MustCompile(`(?:^|[^\p{L}\p{N}])(?:(?:Mr|Mrs|Miss|Ms|Mx|Dr|Sir|Madam)\.?[ \x{a0}]+\p{Lu}[\p{L}’'-]*|(?i:(?:your|my|our|the|this)[ \x{a0}]+(?:\p{L}+[ \x{a0}]+){0,2}(?:teacher|tutor|headteacher))(?:[^\p{L}\p{N}]|$))`)

// NamesOnePerson says whether a text seems to be about one adult: "Mr Jones", "your teacher". It may be wrong either way, so
// it is a reason to ask and never to refuse.
func NamesOnePerson(text string) bool { return onePerson.MatchString(text) }
