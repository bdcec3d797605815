package page

import (
	"encoding/base64"
	"regexp"
	"strings"

	"earshot/static"
)

// What a page of ours loads, as its layout writes it.
var (
	sheetLink  = regexp.MustCompile(`<link rel="stylesheet" href="([^"]+)">`)
	scriptLink = regexp.MustCompile(`<script src="([^"]+)" defer></script>\n?`)
	fontURL    = regexp.MustCompile(`url\((/[^)"]+\.woff2)\)`)
)

// Standalone puts everything that a page loads into the page itself, so that it can be kept as one file and opened without
// a network.
func Standalone(html []byte) []byte {
	text := sheetLink.ReplaceAllStringFunc(string(html), func(link string) string {
		css := string(static.Read(static.Name(sheetLink.FindStringSubmatch(link)[1])))
		css = fontURL.ReplaceAllStringFunc(css, func(url string) string {
			font := static.Read(static.Name(fontURL.FindStringSubmatch(url)[1]))
			return "url(data:font/woff2;base64," + base64.StdEncoding.EncodeToString(font) + ")"
		})
		return "<style>" + strings.ReplaceAll(css, "</", `<\/`) + "</style>"
	})
	var scripts strings.Builder
	text = scriptLink.ReplaceAllStringFunc(text, func(link string) string {
		js := string(static.Read(static.Name(scriptLink.FindStringSubmatch(link)[1])))
		scripts.WriteString("<script>" + strings.ReplaceAll(js, "</script", `<\/script`) + "</script>\n")
		return ""
	})
	return []byte(strings.Replace(text, "</body>", scripts.String()+"</body>", 1))
}
