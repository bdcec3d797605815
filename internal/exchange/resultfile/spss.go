package resultfile

import (
	"strconv"
	"strings"
)

// Syntax reads the table in SPSS (and PSPP), with labels for its columns. file is the name of the CSV beside it.
func Syntax(file string) string {
	var b strings.Builder
	b.WriteString("* Reads " + quoted(file) + " and labels its columns. Each line is a published figure, not a person.\nGET DATA\n  /TYPE=TXT\n  /FILE=" + quoted(file) +
		"\n  /ENCODING='UTF8'\n  /ARRANGEMENT=DELIMITED\n  /DELIMITERS=','\n  /QUALIFIER='\"'\n  /FIRSTCASE=2\n  /VARIABLES=\n")
	for _, name := range heading {
		b.WriteString("    " + variable(name) + " " + formats[name] + "\n")
	}
	b.WriteString("  .\nVARIABLE LABELS\n")
	for i, name := range heading {
		end := "\n"
		if i == len(heading)-1 {
			end = ".\n"
		}
		b.WriteString("  " + variable(name) + " " + quoted(labels[name]) + end)
	}
	b.WriteString("VARIABLE LEVEL asked answered people base percent low high (SCALE).\nEXECUTE.\n")
	return b.String()
}

// variable is a column's name in SPSS, which keeps some words for itself.
func variable(name string) string {
	switch name {
	case "of":
		return "base"
	case "text":
		return "question_text"
	}
	return name
}

// quoted puts a text into quotes, doubling those inside and taking line ends out.
func quoted(s string) string {
	return "'" + strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "'", "''") + "'"
}

var formats = map[string]string{
	"group": text(200), "kind": text(20), "asked": "F8.0", "answered": "F8.0", "rate": text(200), "question": text(60), "item": text(60), "wording": text(60),
	"text": text(600), "line": text(30), "answer": text(300), "people": "F8.0", "of": "F8.0", "percent": "F8.2", "low": "F8.2", "high": "F8.2", "note": text(1000),
}

func text(bytes int) string { return "A" + strconv.Itoa(bytes) }

var labels = map[string]string{
	"group": "Group or part of the school", "kind": "Kind of group", "asked": "People asked", "answered": "People who answered", "rate": "Response in words",
	"question": "Question in this survey", "item": "Item of the question bank", "wording": "Exact wording", "text": "Question as asked", "line": "What this line is",
	"answer": "Answer, words of the share, or verdict", "people": "People counted", "of": "Out of", "percent": "Share in per cent, or correlation",
	"low": "Lower bound, 95%", "high": "Upper bound, 95%", "note": "Notes",
}
