package disclosure_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"earshot/internal/show/disclosure"
)

// goldenFolder is where verdicts of an independent implementation lie, if at hand.
func goldenFolder(t *testing.T) string {
	shared := os.Getenv("EARSHOT_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "..", "shared") // beside the repository
	}
	folder := filepath.Join(shared, "golden", "privacy")
	if _, err := os.Stat(folder); err != nil {
		t.Logf("no reference verdicts in %s: nothing compared", folder)
		return ""
	}
	return folder
}

func TestGolden(t *testing.T) {
	folder := goldenFolder(t)
	if folder == "" {
		return
	}
	for _, name := range []string{"worked_example", "world0", "world1", "world2"} {
		var world struct {
			K        int
			Types    []map[string]string
			Counts   []int
			Groups   []map[string]string `json:"groups_in_priority_order"`
			Expected []struct{ Status, Reason string }
		}
		bytes, err := os.ReadFile(filepath.Join(folder, name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(bytes, &world); err != nil {
			t.Fatal(err)
		}
		groups := make([]disclosure.Group, len(world.Groups))
		for g, filter := range world.Groups {
			for atom, kind := range world.Types {
				matches := true
				for attribute, value := range filter {
					matches = matches && kind[attribute] == value
				}
				if matches {
					groups[g].Atoms = append(groups[g].Atoms, atom)
				}
			}
		}
		reasons := map[string]disclosure.Reason{"": disclosure.None, "implied": disclosure.Implied, "primary": disclosure.Primary, "complementary": disclosure.Complementary, "empty": disclosure.Empty}
		for g, v := range disclosure.Who(world.Counts, groups, world.K) {
			e := world.Expected[g]
			if v.Shown != (e.Status == "published") || v.Reason != reasons[e.Reason] {
				t.Errorf("%s %v: %+v, want %+v", name, world.Groups[g], v, e)
			}
		}
	}
}
