package theme

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// The reference values were computed by an independent implementation from comments under CC BY 4.0 (gathered with Polis and
// given out by The Computational Democracy Project). Neither is part of this repository.
func goldenFolder(t testing.TB) string {
	shared := os.Getenv("EARSHOT_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "..", "shared") // beside the repository
	}
	folder := filepath.Join(shared, "golden", "text")
	if _, err := os.Stat(folder); err != nil {
		t.Logf("no reference values in %s: nothing compared", folder)
		return ""
	}
	return folder
}

type goldenComment struct{ conversation, text string }

func goldenComments(t testing.TB, folder string) (list []goldenComment, texts []string) {
	t.Helper()
	file, err := os.Open(filepath.Join(folder, "comments.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		list = append(list, goldenComment{row[1], row[3]})
		texts = append(texts, row[3])
	}
	return list, texts
}

func expected(t testing.TB, folder, name string, to any) {
	t.Helper()
	bytes, err := os.ReadFile(filepath.Join(folder, "expected_"+name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(bytes, to); err != nil {
		t.Fatal(err)
	}
}

func TestGoldenTerms(t *testing.T) {
	folder := goldenFolder(t)
	if folder == "" {
		return
	}
	_, texts := goldenComments(t, folder)
	bytes, err := os.ReadFile(filepath.Join(folder, "expected_terms.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for line := range strings.Lines(string(bytes)) {
		var want struct {
			Row               int
			Unigrams, Bigrams []string
		}
		if err := json.Unmarshal([]byte(line), &want); err != nil {
			t.Fatal(err)
		}
		words, pairs := terms(texts[want.Row], "en", nil)
		if !slices.Equal(words, want.Unigrams) || !slices.Equal(pairs, want.Bigrams) {
			t.Errorf("row %d: %q %q, not %q %q", want.Row, words, pairs, want.Unigrams, want.Bigrams)
		}
		compared++
	}
	if compared < 50 {
		t.Errorf("only %d rows compared", compared)
	}
}

func TestGoldenWeights(t *testing.T) {
	folder := goldenFolder(t)
	if folder == "" {
		return
	}
	_, texts := goldenComments(t, folder)
	c := weigh(texts, "en")
	var want struct {
		N, Vocabulary int
		Top           [][2]any `json:"top_df"`
	}
	expected(t, folder, "vocabulary", &want)
	if len(texts) != want.N || len(c.vocabulary) != want.Vocabulary {
		t.Errorf("%d comments with %d terms, not %d with %d", len(texts), len(c.vocabulary), want.N, want.Vocabulary)
	}
	for _, pair := range want.Top {
		j, found := slices.BinarySearch(c.vocabulary, pair[0].(string))
		if !found || float64(c.df[j]) != pair[1].(float64) {
			t.Errorf("%v is not in as many comments", pair)
		}
	}
	var near [][3]float64
	expected(t, folder, "cosine_top60", &near)
	least := 1.0
	pairs := map[[2]int]bool{}
	for _, p := range near {
		i, j := int(p[0]), int(p[1])
		if got := cosine(c.rows[i], c.rows[j]); math.Abs(got-p[2]) > 1e-9 {
			t.Errorf("comments %d and %d: %v, not %v", i, j, got, p[2])
		}
		least = min(least, p[2])
		pairs[[2]int{i, j}] = true
	}
	for i := range c.rows {
		for j := range i {
			if !pairs[[2]int{j, i}] && cosine(c.rows[i], c.rows[j]) > least+1e-9 {
				t.Errorf("comments %d and %d are nearer than the reference says", j, i)
			}
		}
	}
}

func TestGoldenLabels(t *testing.T) {
	folder := goldenFolder(t)
	if folder == "" {
		return
	}
	list, texts := goldenComments(t, folder)
	names, class := classes(list)
	var want map[string][][2]any
	expected(t, folder, "ctfidf", &want)
	for c, terms := range label(weigh(texts, "en").all, class, len(names)) {
		for i, pair := range want[names[c]] {
			if terms[i].term != pair[0].(string) || math.Abs(terms[i].x-pair[1].(float64)) > 1e-9 {
				t.Errorf("%s: %v, not %v", names[c], terms[i], pair)
			}
		}
		if len(want[names[c]]) < 10 {
			t.Errorf("no reference for %s", names[c])
		}
	}
}

func classes(list []goldenComment) (names []string, class []int) {
	for _, c := range list {
		if !slices.Contains(names, c.conversation) {
			names = append(names, c.conversation)
		}
		class = append(class, slices.Index(names, c.conversation))
	}
	return names, class
}

func TestGoldenAlike(t *testing.T) {
	folder := goldenFolder(t)
	if folder == "" {
		return
	}
	_, texts := goldenComments(t, folder)
	var want struct{ Groups [][]int }
	expected(t, folder, "neardup", &want)
	if got := Alike(texts); fmt.Sprint(got) != fmt.Sprint(want.Groups) || len(got) == 0 {
		t.Errorf("%v, not %v", got, want.Groups)
	}
}

// agreement says how well classes found agree with the true ones: normalised mutual information, and the share of comments
// whose found class is mostly of their true class.
func agreement(truth, found []int) (nmi, purity float64) {
	n := float64(len(truth))
	a, b, both := map[int]float64{}, map[int]float64{}, map[[2]int]float64{}
	for i := range truth {
		a[truth[i]]++
		b[found[i]]++
		both[[2]int{truth[i], found[i]}]++
	}
	entropy := func(of map[int]float64) (h float64) {
		for _, x := range of {
			h -= x / n * math.Log(x/n)
		}
		return h
	}
	best := map[int]float64{}
	for k, x := range both {
		nmi += x / n * math.Log(x*n/(a[k[0]]*b[k[1]]))
		best[k[1]] = max(best[k[1]], x)
	}
	for _, x := range best {
		purity += x / n
	}
	return 2 * nmi / (entropy(a) + entropy(b)), purity
}

func TestGoldenQuality(t *testing.T) {
	folder := goldenFolder(t)
	if folder == "" {
		return
	}
	list, texts := goldenComments(t, folder)
	_, truth := classes(list)
	var want struct {
		NMF struct {
			K                      int
			NMI, Purity, Frobenius float64
		}
	}
	expected(t, folder, "quality", &want)
	c := weigh(texts, "en")
	w, h := decompose(c.rows, len(c.vocabulary), want.NMF.K).begin(want.NMF.K)
	factor(c.rows, len(c.vocabulary), w, h)
	found := make([]int, len(texts))
	for i := range found {
		found[i], _ = largest(w.RawRowView(i))
	}
	nmi, purity := agreement(truth, found)
	far := distance(c.rows, w, h)
	t.Logf("NMI %.4f (reference %.4f), purity %.4f (%.4f), distance %.4f (%.4f)", nmi, want.NMF.NMI, purity, want.NMF.Purity, far, want.NMF.Frobenius)
	if nmi < 0.9*want.NMF.NMI || purity < 0.9*want.NMF.Purity {
		t.Errorf("the themes agree less with the conversations than the reference does")
	}
	if far > 1.001*want.NMF.Frobenius {
		t.Errorf("the parts come less near to the weights than the reference does")
	}
}

// distance is how far the parts are from the weights: the root of the sum of squares.
func distance(rows [][]entry, w, h *mat.Dense) float64 {
	sum := 0.0
	width, _ := h.Dims()
	for i, row := range rows {
		full := make([]float64, width)
		for _, e := range row {
			full[e.term] = e.x
		}
		for j := range full {
			for c, x := range w.RawRowView(i) {
				full[j] -= x * h.At(j, c)
			}
			sum += full[j] * full[j]
		}
	}
	return math.Sqrt(sum)
}
