// Package templates holds every page, layout and part as text; web and mail parse them.
package templates

import "embed"

// Files has layout/*.html, part/*.html, one folder for each activity, and the letters that are mailed.
//
//go:embed */*.html mail/*.txt
var Files embed.FS
