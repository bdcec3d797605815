package internal_test

import (
	"go/ast"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"earshot/internal/ask/survey"
	"earshot/internal/base/words"
)

var keyShape = regexp.MustCompile(`^[a-z_]+(\.[a-z_0-9]+)+$`)

// TestEveryKeyHasASentence finds the keys that the code asks for, in calls of Say and in faults, and fails where words
// has no sentence for one.
func TestEveryKeyHasASentence(t *testing.T) {
	v := words.English()
	found := 0
	for _, f := range sources(t) {
		if f.test || strings.HasPrefix(f.pkg, "internal/ask/bank") {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			var lit ast.Expr
			switch n := n.(type) {
			case *ast.CallExpr:
				name := ""
				switch fun := n.Fun.(type) {
				case *ast.SelectorExpr:
					name = fun.Sel.Name
				case *ast.Ident:
					name = fun.Name
				}
				switch {
				case name == "Say" && len(n.Args) > 0:
					lit = n.Args[0]
				case (name == "New" || name == "Field") && len(n.Args) > 1:
					lit = n.Args[1]
				case name == "Fault" && len(n.Args) > 1:
					lit = n.Args[1]
				}
			case *ast.KeyValueExpr:
				if k, ok := n.Key.(*ast.Ident); ok && k.Name == "Key" {
					lit = n.Value
				}
			}
			b, ok := lit.(*ast.BasicLit)
			if !ok || b.Kind != token.STRING {
				return true
			}
			key, err := strconv.Unquote(b.Value)
			if err != nil || !keyShape.MatchString(key) {
				return true
			}
			found++
			if !v.Has(key) {
				t.Errorf("%s asks for %q, which words does not have", f.path, key)
			}
			return true
		})
	}
	for _, key := range append(survey.Keys(), survey.OpeningKeys()...) {
		if !v.Has(key) {
			t.Errorf("survey reports %q, which words does not have", key)
		}
	}
	if found < 100 {
		t.Fatalf("only %d keys found: the search is broken", found)
	}
}
