package main

import (
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
)

// said runs the program and gives what it prints.
func said(t *testing.T, args ...string) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	was := os.Stdout
	os.Stdout = w
	err = run(t.Context(), args)
	os.Stdout = was
	w.Close()
	text, _ := io.ReadAll(r)
	if err != nil {
		return sentence(err)
	}
	return string(text)
}

func TestTrustsAreMadeAtTheMachine(t *testing.T) {
	data := t.TempDir()
	trust := func(args ...string) string {
		return said(t, append(append([]string{"trust"}, args...), "--data", data)...)
	}
	if err := run(t.Context(), []string{"migrate", "--data", data}); err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile(`(?m)^Joining code, shown this once: ((?:[0-9A-HJKMNP-TV-Z]{4} ?){6})$`)
	if got := trust("list"); !strings.Contains(got, "There is no trust") {
		t.Errorf("no trust yet: %q", got)
	}
	first := code.FindStringSubmatch(trust("create", "Northfield Trust"))
	second := code.FindStringSubmatch(trust("code", "Northfield Trust"))
	if first == nil || second == nil || first[1] == second[1] {
		t.Errorf("codes: %q and %q", first, second)
	}
	for want, args := range map[string][]string{
		"There is a trust called Northfield Trust already": {"create", "Northfield Trust"},
		"There is no such trust":                           {"code", "Southfield Trust"},
		"Give the trust a name":                            {"create", " "},
		"Write a number of days":                           {"code", "Northfield Trust", "--days", "400"},
		"Northfield Trust: 0 schools":                      {"list"},
	} {
		if got := trust(args...); !strings.Contains(got, want) {
			t.Errorf("%v: %q", args, got)
		}
	}
}
