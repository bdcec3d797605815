package stat_test

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"earshot/internal/show/stat"
)

// goldenFolder is where reference values computed with R lie, when they are at
// hand: they are made from data that is not part of this repository.
func goldenFolder(t *testing.T, name string) string {
	shared := os.Getenv("EARSHOT_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "..", "shared") // beside the repository
	}
	folder := filepath.Join(shared, "golden", name)
	if _, err := os.Stat(folder); err != nil {
		t.Logf("no reference values in %s: nothing compared", folder)
		return ""
	}
	return folder
}

type row map[string]string

func (r row) number(column string) float64 {
	v, err := strconv.ParseFloat(r[column], 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

func table(t *testing.T, path string) []row {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	for _, line := range lines[1:] {
		r := row{}
		for i, name := range lines[0] {
			r[name] = line[i]
		}
		rows = append(rows, r)
	}
	return rows
}

func TestGolden(t *testing.T) {
	folder := goldenFolder(t, "bfi")
	if folder == "" {
		return
	}
	var spec struct {
		Items map[string]struct {
			Min, Max, Fav, Unfav float64
			Reverse              bool
		}
		Scales map[string][]string
	}
	readJSON(t, filepath.Join(folder, "spec.json"), &spec)
	raw, keyed, items := map[string][]float64{}, map[string][]float64{}, map[string]stat.Item{}
	input := table(t, filepath.Join(folder, "input.csv"))
	for name, s := range spec.Items {
		for _, r := range input {
			raw[name] = append(raw[name], r.number(name))
		}
		items[name] = stat.Item{Min: s.Min, Max: s.Max, Reversed: s.Reverse, Favourable: s.Fav, Unfavourable: s.Unfav}
		keyed[name] = items[name].KeyedAll(raw[name])
	}

	for _, r := range table(t, filepath.Join(folder, "expected_items.csv")) {
		name := r["item"]
		s := items[name].Summarise(raw[name])
		for column, got := range map[string]int{"n_valid": s.N, "n_missing": s.Missing, "fav_n": s.Favourable, "neutral_n": s.Neutral, "unfav_n": s.Unfavourable} {
			near(t, name+" "+column, float64(got), r.number(column), 0)
		}
		rawMean, _ := stat.MeanSD(raw[name])
		for column, got := range map[string]float64{
			"fav_prop": s.FavourableShare, "fav_wilson_lo": s.Interval.Low, "fav_wilson_hi": s.Interval.High, "mean_raw": rawMean,
			"mean_keyed": s.Mean, "sd": s.SD, "median_keyed": s.Median, "se_mean": s.SE,
		} {
			near(t, name+" "+column, got, r.number(column), 1e-9)
		}
	}
	for _, r := range table(t, filepath.Join(folder, "expected_frequencies.csv")) {
		name := r["item"]
		category := int(r.number("category"))
		f := stat.Frequencies(raw[name], int(items[name].Min), int(items[name].Max))[category-int(items[name].Min)]
		near(t, name+" count", float64(f.Count), r.number("count"), 0)
		near(t, name+" share", f.Share, r.number("prop"), 1e-9)
		near(t, name+" per cent", float64(f.Percent), r.number("pct_largest_remainder"), 0)
	}
	compareScales(t, folder, spec.Scales, keyed)
	for _, r := range table(t, filepath.Join(folder, "expected_correlations.csv")) {
		x, y := keyed[r["item1"]], keyed[r["item2"]]
		near(t, r["item1"]+" "+r["item2"], stat.Correlation(x, y), r.number("pearson"), 1e-9)
		near(t, r["item1"]+" "+r["item2"]+" ranks", stat.Spearman(x, y), r.number("spearman"), 1e-9)
	}
	for _, r := range table(t, filepath.Join(folder, "expected_polychoric.csv")) {
		got := stat.Polychoric(keyed[r["item1"]], keyed[r["item2"]])
		near(t, r["item1"]+" "+r["item2"]+" polychoric", got, r.number("polychoric_twostep"), 1e-3)
	}
}

func compareScales(t *testing.T, folder string, scales map[string][]string, keyed map[string][]float64) {
	var expected map[string]map[string]any
	readJSON(t, filepath.Join(folder, "expected_reliability.json"), &expected)
	rest := map[string]row{}
	for _, r := range table(t, filepath.Join(folder, "expected_item_total.csv")) {
		rest[r["item"]] = r
	}
	for scale, names := range scales {
		var matrix [][]float64
		for _, name := range names {
			matrix = append(matrix, keyed[name])
		}
		r, err := stat.ReliabilityOf(matrix)
		if err != nil {
			t.Fatal(err)
		}
		scores, err := stat.ScaleScores(matrix)
		if err != nil {
			t.Fatal(err)
		}
		mean, sd := stat.MeanSD(scores)
		want := expected[scale]
		for key, got := range map[string]float64{
			"n_complete": float64(r.Complete), "alpha_raw_pairwise": r.AlphaPairwise, "alpha_std_pairwise_r": r.AlphaStandardised,
			"alpha_raw_listwise": r.AlphaListwise, "feldt_listwise_lo": r.Feldt.Low, "feldt_listwise_hi": r.Feldt.High,
			"score_n": float64(len(stat.Valid(scores))), "score_mean": mean, "score_sd": sd,
		} {
			near(t, scale+" "+key, got, want[key].(float64), 1e-9)
		}
		near(t, scale+" omega", r.Omega, want["omega_total_1f_minres_pairwiseR"].(float64), 1e-4)
		for p, value := range want["score_quantiles_type7"].(map[string]any) {
			percent, err := strconv.ParseFloat(p[:len(p)-1], 64)
			if err != nil {
				t.Fatal(err)
			}
			near(t, scale+" quantile "+p, stat.Quantile(scores, percent/100), value.(float64), 1e-9)
		}
		for i, name := range names {
			near(t, name+" rest", r.Rest[i].Available, rest[name].number("r_item_rest_available"), 1e-9)
			near(t, name+" rest, listwise", r.Rest[i].Listwise, rest[name].number("r_item_rest_listwise"), 1e-9)
			near(t, name+" alpha without it", r.Rest[i].Dropped, rest[name].number("alpha_raw_if_dropped"), 1e-9)
			near(t, name+" loading", r.Loadings[i], want["loadings_minres"].(map[string]any)[name].(float64), 1e-4)
		}
	}
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	bytes, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(bytes, into); err != nil {
		t.Fatal(err)
	}
}
