// Package screen puts the words that need an adult sooner before the others. It looks for phrases and never understands
// them: what it does not find is not safe, so a person reads everything, and nothing here may clear, hide or delete a word.
package screen

import (
	"cmp"
	"embed"
	"fmt"
	"slices"
	"sync"
)

// Tier is how soon an adult should read something. The first is the soonest.
type Tier string

const (
	Red      Tier = "red"      // at once
	Amber    Tier = "amber"    // today
	Watch    Tier = "watch"    // a word that may mean nothing
	Personal Tier = "personal" // somebody writes of themselves
	None     Tier = ""         // nothing was found, which says nothing
)

var tiers = []Tier{Red, Amber, Watch, Personal, None}

// Sooner orders two tiers: below zero, a comes first.
func Sooner(a, b Tier) int { return cmp.Compare(slices.Index(tiers, a), slices.Index(tiers, b)) }

// Urgent says whether an adult is told at once and not when they next look.
func (t Tier) Urgent() bool { return t == Red }

// Finding is what the screen saw in a text.
type Finding struct {
	Tier       Tier     `json:"tier,omitempty"`
	Categories []string `json:"categories,omitempty"` // of the phrases of that tier, in the list's order: suicide, neglect, ...
	NoList     bool     `json:"no_list,omitempty"`    // there is no list for the language it was written in
}

//go:embed lists
var files embed.FS

// Languages are those that have a list of phrases. All but the English one were written by machine, and no speaker has read them yet.
var Languages = []string{"en", "ar", "bn", "cy", "fr", "pa", "pl", "pt", "ro", "so", "uk", "ur"}

var lists = sync.OnceValues(func() (map[string]*list, error) {
	all := map[string]*list{}
	common := map[string]string{}
	every := ""
	for _, language := range Languages {
		words, err := files.ReadFile("lists/" + language + "_common.txt")
		if err != nil {
			return nil, err
		}
		common[language] = string(words)
		every += string(words) + "\n"
	}
	for _, language := range Languages {
		phrases, err := files.ReadFile("lists/" + language + ".tsv")
		if err != nil {
			return nil, err
		}
		// A word of one language is no slip for a word of another; the English list has been counted with its own words alone.
		words := every
		if language == "en" {
			words = common[language]
		}
		l, err := parse(string(phrases), words)
		if err != nil {
			return nil, fmt.Errorf("phrases %s: %w", language, err)
		}
		all[language] = l
	}
	all["en"].personal = net.personal
	return all, nil
})

// Read looks through a text with every list, because many write in one language on a page in another, or mix them. language is that of the
// page it was written on, English if it is empty.
func Read(language, text string) (Finding, error) {
	all, err := lists()
	if err != nil {
		return Finding{}, err
	}
	language = cmp.Or(language, "en")
	_, known := all[language]
	found := Finding{NoList: !known}
	written := fields(text)
	for _, l := range Languages {
		tier, categories := all[l].read(written, l == language)
		switch by := Sooner(tier, found.Tier); {
		case by < 0:
			found.Tier, found.Categories = tier, categories
		case by == 0:
			for _, c := range categories {
				found.Categories = add(found.Categories, c)
			}
		}
	}
	return found, nil
}
