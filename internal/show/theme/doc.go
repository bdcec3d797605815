// Package theme sorts what people wrote by what it is about: terms, themes, and comments that say nearly the same. It is pure,
// and gives the same for the same comments in whatever order they come. It never hides, joins or drops a comment: whoever
// reads is handed all of them, sorted. Comments are short and few, so that themes are a help for reading and no finding.
package theme
