package chart

import (
	"strings"
	"testing"
)

// What cannot stand in a page is refused, not repaired.
func TestCleanRefuses(t *testing.T) {
	d := Drawing{Hash: strings.Repeat("a", 64), Width: Wide}
	for _, inside := range []string{
		`<image href="x"/>`, `<foreignObject/>`, `<script>1</script>`, `<a/>`, `<path d="M0 0" fill="red"/>`, `<path d="M0 0" fill="#123456"/>`,
		`<path d="M0 0" fill="none" stroke="rgb(1,2,3)"/>`, `<path d="M0 0"/>`, `<path d="M0 0" fill="url(http://x)"/>`, `<text>black</text>`, `<path d="M0 0" style="fill:blue"/>`,
	} {
		if out, err := clean(`<svg width="1" height="1">`+inside+`</svg>`, d); err == nil {
			t.Errorf("%s became %s", inside, out)
		}
	}
	for _, raw := range []string{``, `<p/>`, `<svg>`, `<svg height="x"/>`, `</svg>`} {
		if out, err := clean(raw, d); err == nil {
			t.Errorf("%q became %s", raw, out)
		}
	}
	out, err := clean(`<svg width="1" height="9"><style>x</style><g onclick="x" class="y"><path d="M0 0L1.23456 2" style="stroke:var(--ink);fill:none"/></g><path d="" fill="#000"/><path d="M0 0l0 0l0 3l0 0Z" fill="var(--ink)"/></svg>`, d)
	if want := `<g><path d="M0 0L1.2 2" stroke="var(--ink)" fill="none"/></g></svg>`; err != nil || !strings.HasSuffix(out, "</desc>"+want) {
		t.Errorf("%s, %v", out, err)
	}
}
