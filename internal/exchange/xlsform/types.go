package xlsform

import (
	"regexp"
	"strings"
)

// asks is what a cell in the column type asks for.
type asks struct {
	kind string // one of the kinds below, or the code of a sentence that refuses it
	list string // of options
	ok   bool   // false: kind is the reason why not
}

// The kinds of row.
const (
	selectOne   = "select_one"
	selectMany  = "select_multiple"
	ranked      = "rank"
	number      = "integer"
	slider      = "range"
	written     = "text"
	noted       = "note"
	beginGroup  = "begin_group"
	endGroup    = "end_group"
	silent      = "silent" // nothing is asked: kept for writing
	silentTimes = "silent_times"
)

var (
	begins  = regexp.MustCompile(`^(begin|end)[ _](group|lgroup|repeat|loop|looped group)(?: (?:over )?\S+)?$`)
	selects = regexp.MustCompile(`(?i)^(select_one_from_file|select one from file|select_multiple_from_file|select multiple from file|select_one_external|select one external|add select one prompt using|add select multiple prompt using|select all that apply from|select all that apply|select one from|select one using|select one|select1|select_one|select_multiple|select multiple from|select multiple using|select multiple|rank) (\S+)(?: (or specify other|or_other|or other))?$`)
)

// others are the types without a list.
var others = map[string]asks{
	"integer": {number, "", true}, "int": {number, "", true}, "q int": {number, "", true}, "add integer prompt": {number, "", true},
	"range": {slider, "", true},
	"text":  {written, "", true}, "string": {written, "", true}, "q string": {written, "", true}, "add text prompt": {written, "", true},
	"note": {noted, "", true}, "q note": {noted, "", true}, "add note prompt": {noted, "", true},
	"calculate": {silent, "", true}, "q calculate": {silent, "", true}, "add calculate prompt": {silent, "", true}, "hidden": {silent, "", true},
	"start": {silentTimes, "", true}, "end": {silentTimes, "", true}, "today": {silentTimes, "", true},
	"start time": {silentTimes, "", true}, "end time": {silentTimes, "", true}, "get start time": {silentTimes, "", true},
	"get end time": {silentTimes, "", true}, "get today": {silentTimes, "", true},
}

// refusedTypes are the types that Earshot does not ask, by the reason.
var refusedTypes = map[string][]string{
	typePrivate: {"deviceid", "device id", "get device id", "phonenumber", "get phone number", "phone number", "username", "email", "audit", "simserial", "sim id",
		"get sim id", "subscriberid", "subscriber id", "get subscriber id", "imei", "uri:deviceid", "uri:phonenumber", "uri:username", "uri:email",
		"uri:simserial", "uri:subscriberid", "background-audio"},
	typePlace: {"geopoint", "geotrace", "geoshape", "gps", "location", "q geopoint", "q geotrace", "q geoshape", "q location", "add location prompt",
		"start-geopoint", "background-geopoint", "osm"},
	typeMedia: {"image", "photo", "audio", "video", "file", "q picture", "q image", "q audio", "q video", "add image prompt", "add photo prompt",
		"add audio prompt", "add video prompt", "add file prompt", "draw", "signature", "annotate"},
	typeBarcode: {"barcode", "q barcode", "add barcode prompt"},
	typeDate: {"date", "time", "datetime", "date time", "q date", "q date time", "q datetime", "add date prompt", "add date time prompt", "add datetime prompt",
		"number of days in last month", "number of days in last six months", "number of days in last year"},
	typeDecimal:  {"decimal", "q decimal", "add decimal prompt", "percentage"},
	typeTick:     {"acknowledge", "trigger", "q acknowledge", "add acknowledge prompt"},
	typeExternal: {"csv-external", "xml-external", "select one external", "cascading_select", "cascading select"},
}

// parseType reads a type as pyxform does.
func parseType(text string) asks {
	text = strings.Join(strings.Fields(text), " ")
	lower := strings.ToLower(text)
	if a, ok := others[lower]; ok {
		return a
	}
	for reason, all := range refusedTypes {
		for _, t := range all {
			if t == lower || strings.HasPrefix(lower, t+" ") && (t == "osm" || t == "cascading_select" || t == "cascading select") {
				return asks{kind: reason}
			}
		}
	}
	if m := begins.FindStringSubmatch(lower); m != nil {
		group := beginGroup
		if m[1] == "end" {
			group = endGroup
		}
		if m[2] != "group" && m[1] == "begin" {
			return asks{kind: typeRepeat}
		}
		return asks{kind: group, ok: true}
	}
	m := selects.FindStringSubmatch(text)
	if m == nil {
		return asks{kind: typeUnknown}
	}
	command := strings.ToLower(m[1])
	switch {
	case strings.Contains(command, "file"):
		return asks{kind: typeFile}
	case strings.Contains(command, "external"):
		return asks{kind: typeExternal}
	case m[3] != "":
		return asks{kind: typeOther}
	case strings.HasPrefix(m[2], "${"):
		return asks{kind: typeRepeat}
	case command == ranked:
		return asks{ranked, m[2], true}
	case strings.Contains(command, "multiple") || strings.Contains(command, "all that apply"):
		return asks{selectMany, m[2], true}
	}
	return asks{selectOne, m[2], true}
}
