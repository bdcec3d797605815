package internal_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestGuidesAndTheirPictures: every picture that a guide names is there, every picture is used, has words for those who
// cannot see it, and is small; and the README leads to every guide.
func TestGuidesAndTheirPictures(t *testing.T) {
	folder := filepath.Join("..", "docs", "guides")
	guides, err := filepath.Glob(filepath.Join(folder, "*.md"))
	if err != nil || len(guides) < 3 {
		t.Fatalf("only %d guides (%v)", len(guides), err)
	}
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	picture := regexp.MustCompile(`!\[([^\]]*)\]\(([^)]+)\)`)
	used := map[string]bool{}
	for _, path := range guides {
		name := filepath.Base(path)
		if !strings.Contains(string(readme), "(docs/guides/"+name+")") {
			t.Errorf("the README does not lead to %s", name)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range picture.FindAllStringSubmatch(string(text), -1) {
			used[filepath.Base(m[2])] = true
			if len(strings.Fields(m[1])) < 2 {
				t.Errorf("%s says nothing of %s to those who cannot see it", name, m[2])
			}
			if info, err := os.Stat(filepath.Join(folder, m[2])); err != nil {
				t.Errorf("%s shows %s, which is not there", name, m[2])
			} else if info.Size() > 120<<10 {
				t.Errorf("%s has %d bytes", m[2], info.Size())
			}
		}
	}
	pictures, err := filepath.Glob(filepath.Join(folder, "pictures", "*"))
	if err != nil {
		t.Fatal(err)
	}
	sum := int64(0)
	for _, path := range pictures {
		if !used[filepath.Base(path)] {
			t.Errorf("no guide shows %s", filepath.Base(path))
		}
		if info, err := os.Stat(path); err == nil {
			sum += info.Size()
		}
	}
	if sum > 3<<20 {
		t.Errorf("the pictures have %d bytes together", sum)
	}
}
