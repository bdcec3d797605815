package sheet_test

import (
	"strings"
	"testing"

	"earshot/internal/exchange/sheet"
)

func TestNoCellIsAFormula(t *testing.T) {
	for cell, want := range map[string]string{
		"9A": "9A", "": "", "=1+1": "'=1+1", "+44": "'+44", "-5": "-5", "-0.61": "-0.61", "-5+1": "'-5+1", "+5": "'+5", "-": "'-", "@sum": "'@sum", "\tx": "'\tx", "  =1": "'  =1", "＝1": "'＝1", "a=b": "a=b", "5-7": "5-7",
	} {
		if got := sheet.Harmless(cell); got != want {
			t.Errorf("%q: %q, want %q", cell, got, want)
		}
	}
	var b strings.Builder
	if err := sheet.Write(&b, [][]string{{"a,b", "=x"}, {"1\n2", ""}}); err != nil || b.String() != "\ufeff\"a,b\",'=x\n\"1\n2\",\n" {
		t.Errorf("%q, %v", b.String(), err)
	}
}
