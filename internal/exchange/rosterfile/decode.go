package rosterfile

// Decode makes text of a file as it comes out of any program and says how it was written: UTF-8, UTF-16 or Windows-1252.
// An empty encoding means that it is no text at all.
func Decode(data []byte) (text, encoding string) { return decode(data) }

// Separator is the sign between the cells of a line of headings: a comma, a semicolon or a tab.
func Separator(header string) byte { return guessSeparator(header) }
