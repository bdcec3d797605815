package static

import (
	"fmt"
	"strings"
)

// Read gives a file as it is served, for what the server itself runs: the charts' scripts.
func Read(name string) []byte {
	f, ok := files()[name]
	if !ok {
		panic(fmt.Sprintf("static: there is no %q", name))
	}
	return f.plain
}

// Name is the file that an address of Path leads to.
func Name(address string) string {
	return hashPart.ReplaceAllString(strings.TrimPrefix(address, prefix), "$2")
}
