package page

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// QR draws a QR code as one SVG path with the quiet zone that readers need around it.
func QR(text string) (size int, path string, err error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return 0, "", err
	}
	const quiet = 4
	var b strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			if !code.Black(x, y) {
				continue
			}
			run := x
			for run < code.Size && code.Black(run, y) {
				run++
			}
			fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, run-x, run-x)
			x = run
		}
	}
	return code.Size + 2*quiet, b.String(), nil
}

// Bare is an address as people type it, without https://.
func Bare(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	return rest
}
