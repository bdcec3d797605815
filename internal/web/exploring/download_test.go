package exploring

import (
	"strings"
	"testing"

	"earshot/internal/exchange/sheet"
)

func TestSpreadsheetRunsNothing(t *testing.T) {
	out, err := asCSV([][]string{{"=HYPERLINK(1)", "+1", "-1", "@x", "\tx", "\rx", "7A", "", "a=b"}}, sheet.Write)
	if err != nil {
		t.Fatal(err)
	}
	want := "\ufeff'=HYPERLINK(1),'+1,-1,'@x,'\tx,\"'\rx\",7A,,a=b\n"
	if got := string(out); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if strings.Count(string(out), "'") != 5 {
		t.Error("something harmless was marked")
	}
}
