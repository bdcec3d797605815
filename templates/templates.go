// Package templates holds every page, layout and part as text; web and mail parse them.
package templates

import "embed"

// Files has layout/*.html, part/*.html and one folder for each activity.
//
//go:embed */*.html
var Files embed.FS
