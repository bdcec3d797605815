package survey_test

import (
	"testing"

	"earshot/internal/ask/survey"
)

func TestNamesOnePerson(t *testing.T) {
	for text, want := range map[string]bool{
		"Is Mr Jones kind?": true, "Does Mrs. O’Brien listen?": true, "Is Miss Khan fair?": true, "Do you like Ms\u00a0Ford?": true, "Is Sir Ian here?": true,
		"Does your teacher listen to you?": true, "Is YOUR TEACHER fair?": true, "How often is the teacher late?": true, "Does our form tutor know you?": true, "Dr Łuczak explains well": true,
		"Is (Mr Jones) kind?": true, "Is this teacher fair?": true, "Does your new maths teacher listen?": true,
		"Do teachers listen to you?": false, "Do your teachers listen?": false, "Do you miss School trips?": false, "Is the queue quick?": false, "Do you know the Mrs?": false,
		"Is the teachers' room open?": false, "How often do you miss lessons?": false, "Are there enough teachers?": false, "Is the mission clear?": false,
		"Does the teaching help?": false, "Dismiss Early?": false,
	} {
		if got := survey.NamesOnePerson(text); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}
