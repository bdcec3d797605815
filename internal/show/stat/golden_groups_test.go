package stat_test

import (
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"earshot/internal/show/stat"
)

// bfi is the reference survey: keyed answers and scale scores by name, with the value from which each is favourable.
type bfi struct {
	folder string
	input  []row
	keyed  map[string][]float64
	cut    map[string]float64
}

func readBFI(t *testing.T) *bfi {
	b := &bfi{folder: goldenFolder(t, "bfi"), keyed: map[string][]float64{}, cut: map[string]float64{}}
	if b.folder == "" {
		return nil
	}
	var spec struct {
		Items map[string]struct {
			Min, Max, Fav, Unfav float64
			Reverse              bool
		}
		Scales map[string][]string
	}
	readJSON(t, filepath.Join(b.folder, "spec.json"), &spec)
	b.input = table(t, filepath.Join(b.folder, "input.csv"))
	for name, s := range spec.Items {
		item := stat.Item{Min: s.Min, Max: s.Max, Reversed: s.Reverse, Favourable: s.Fav, Unfavourable: s.Unfav}
		for _, r := range b.input {
			b.keyed[name] = append(b.keyed[name], item.Keyed(r.number(name)))
		}
		b.cut[name] = s.Fav
	}
	for scale, names := range spec.Scales {
		var matrix [][]float64
		for _, name := range names {
			matrix = append(matrix, b.keyed[name])
		}
		scores, err := stat.ScaleScores(matrix)
		if err != nil {
			t.Fatal(err)
		}
		b.keyed["scale_"+scale] = scores
	}
	return b
}

// of is the values of a variable of the people in one level of a group.
func (b *bfi) of(variable, group string, in func(level string) bool) (values []float64) {
	for i, r := range b.input {
		if r[group] != "" && in(r[group]) {
			values = append(values, b.keyed[variable][i])
		}
	}
	return values
}

func (b *bfi) levels(group string) []string {
	found := map[string]bool{}
	for _, r := range b.input {
		found[r[group]] = true
	}
	delete(found, "")
	return slices.Sorted(maps.Keys(found))
}

func TestGoldenTwoGroups(t *testing.T) {
	b := readBFI(t)
	if b == nil {
		return
	}
	for _, file := range []string{"expected_two_group.csv", "expected_level_vs_rest.csv"} {
		family := map[string][]float64{}
		rows := table(t, filepath.Join(b.folder, file))
		for _, r := range rows {
			variable, group := r["variable"], r["group"]
			first := b.of(variable, group, func(l string) bool { return l == r["level"] || l == r["level1"] })
			second := b.of(variable, group, func(l string) bool { return l == r["level2"] || r["level"] != "" && l != r["level"] })
			w, u := stat.WelchOf(first, second), stat.MannWhitneyOf(first, second)
			e := w.Effect()
			name := file + " " + r["level"] + " " + variable + " "
			for column, got := range map[string]float64{
				"n1": float64(w.N1), "n2": float64(w.N2), "mean1": w.Mean1, "mean2": w.Mean2, "sd1": w.SD1, "sd2": w.SD2, "welch_t": w.T, "welch_df": w.DF,
				"welch_ci_lo": w.Interval.Low, "welch_ci_hi": w.Interval.High, "mw_U1": u.U, "cliffs_delta": u.Dominant,
				"cohens_d_pooled": e.D, "hedges_g_exactJ": e.G, "d_se_largesample": e.SE,
			} {
				near(t, name+column, got, r.number(column), 1e-9)
			}
			for column, got := range map[string]float64{"welch_p": w.P, "mw_p_cc": u.P, "mw_p_nocc": u.PPlain} {
				nearP(t, name+column, got, r.number(column))
				family[column] = append(family[column], got)
			}
			if !math.IsNaN(r.number("fav1")) && r["fav1"] != "" {
				near(t, name+"newcombe", b.compareShares(t, r, first, second, family), 0, 0)
			}
		}
		if file == "expected_two_group.csv" {
			b.families(t, rows, family)
			continue
		}
		for i, q := range stat.BenjaminiHochberg(family["welch_p"]) {
			nearP(t, "BH", q, rows[i].number("welch_p_BH"))
		}
	}
}

// compareShares compares the favourable answers, and returns 0.
func (b *bfi) compareShares(t *testing.T, r row, first, second []float64, family map[string][]float64) float64 {
	count := func(values []float64) (x, n int) {
		for _, v := range stat.Valid(values) {
			n++
			if v >= b.cut[r["variable"]] {
				x++
			}
		}
		return x, n
	}
	x1, n1 := count(first)
	x2, n2 := count(second)
	i := stat.Newcombe(float64(x1), float64(n1), float64(x2), float64(n2))
	square := [][]int{{x1, n1 - x1}, {x2, n2 - x2}}
	plain, yates := stat.ChiSquareOf(square, false), stat.ChiSquareOf(square, true)
	name := r["variable"] + " "
	near(t, name+"low", i.Low, r.number("newcombe_lo"), 1e-9)
	near(t, name+"high", i.High, r.number("newcombe_hi"), 1e-9)
	near(t, name+"chi", plain.Statistic, r.number("chisq_2x2"), 1e-9)
	near(t, name+"yates", yates.Statistic, r.number("chisq_2x2_yates"), 1e-9)
	nearP(t, name+"chi p", plain.P, r.number("chisq_2x2_p"))
	nearP(t, name+"yates p", yates.P, r.number("chisq_2x2_yates_p"))
	family["chisq_2x2_p"] = append(family["chisq_2x2_p"], plain.P)
	return 0
}

// families corrects items and scales apart.
func (b *bfi) families(t *testing.T, rows []row, family map[string][]float64) {
	for column, all := range family {
		at := 0
		for _, scales := range []bool{false, true} {
			var of []row
			for _, r := range rows {
				if strings.HasPrefix(r["variable"], "scale_") == scales {
					of = append(of, r)
				}
			}
			if at+len(of) > len(all) {
				continue // shares are of items alone
			}
			p := all[at : at+len(of)]
			at += len(of)
			bh, holm := stat.BenjaminiHochberg(p), stat.Holm(p)
			for i, r := range of {
				if _, given := r[column+"_BH"]; given {
					nearP(t, column+" BH", bh[i], r.number(column+"_BH"))
					nearP(t, column+" Holm", holm[i], r.number(column+"_holm"))
				}
			}
		}
	}
}

func TestGoldenManyGroups(t *testing.T) {
	b := readBFI(t)
	if b == nil {
		return
	}
	for _, r := range table(t, filepath.Join(b.folder, "expected_multi_group.csv")) {
		variable := r["variable"]
		var groups [][]float64
		for _, level := range b.levels(r["group"]) {
			groups = append(groups, b.of(variable, r["group"], func(l string) bool { return l == level }))
		}
		k, a := stat.KruskalWallisOf(groups), stat.AnovaOf(groups)
		for column, got := range map[string]float64{"kw_H": k.H, "kw_df": float64(k.DF), "kw_epsilon2": k.Epsilon2, "kw_eta2H": k.Eta2, "welch_F": a.F,
			"welch_df1": a.DF1, "welch_df2": a.DF2, "anova_eta2": a.Eta2} {
			near(t, variable+" "+column, got, r.number(column), 1e-9)
		}
		nearP(t, variable+" kw_p", k.P, r.number("kw_p"))
		nearP(t, variable+" welch_p", a.P, r.number("welch_p"))
		if strings.HasPrefix(variable, "scale_") {
			continue
		}
		var counts [][]int
		for _, g := range groups {
			var line []int
			for _, f := range stat.Frequencies(g, 1, 6) {
				line = append(line, f.Count)
			}
			counts = append(counts, line)
		}
		c := stat.ChiSquareOf(counts, false)
		for column, got := range map[string]float64{"chisq": c.Statistic, "chisq_df": float64(c.DF), "cramers_v": c.V, "min_expected": c.LeastExpected} {
			near(t, variable+" "+column, got, r.number(column), 1e-9)
		}
		nearP(t, variable+" chisq_p", c.P, r.number("chisq_p"))
	}
}

func TestGoldenRaking(t *testing.T) {
	b := readBFI(t)
	if b == nil {
		return
	}
	margins := []stat.Margin{{Shares: []float64{0.49, 0.51}}, {Shares: []float64{0.1, 0.28, 0.3, 0.17, 0.15}}}
	for i, group := range []string{"gender", "education"} {
		levels := b.levels(group)
		for _, r := range b.input {
			margins[i].Level = append(margins[i].Level, slices.Index(levels, r[group]))
		}
	}
	weights, err := stat.Rake(margins)
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]float64{}
	for i, r := range b.input {
		of[r["id"]] = weights[i]
	}
	expected := table(t, filepath.Join(b.folder, "expected_weights.csv"))
	for _, r := range expected {
		near(t, "weight of "+r["id"], of[r["id"]], r.number("weight"), 1e-8)
	}
	if n := len(stat.Valid(weights)); n != len(expected) {
		t.Errorf("%d have a weight, want %d", n, len(expected))
	}
	var whole struct {
		Effective float64 `json:"n_eff_kish"`
		Design    float64 `json:"deff_kish"`
	}
	readJSON(t, filepath.Join(b.folder, "expected_raking.json"), &whole)
	all := stat.WeightedOf(weights, weights, 0)
	near(t, "n_eff", all.Effective, whole.Effective, 1e-9)
	near(t, "deff", all.Design, whole.Design, 1e-9)
	for _, r := range table(t, filepath.Join(b.folder, "expected_weighted.csv")) {
		name := r["variable"]
		s := stat.WeightedOf(b.keyed[name], weights, b.cut[name])
		for column, got := range map[string]float64{"n": float64(s.N), "sum_w": s.Sum, "n_eff": s.Effective, "deff_kish": s.Design, "weighted_mean": s.Mean} {
			near(t, name+" "+column, got, r.number(column), 1e-8)
		}
		if !strings.HasPrefix(name, "scale_") {
			near(t, name+" favourable", s.Favourable, r.number("fav_weighted"), 1e-8)
			near(t, name+" low", s.Interval.Low, r.number("fav_wilson_neff_lo"), 1e-8)
			near(t, name+" high", s.Interval.High, r.number("fav_wilson_neff_hi"), 1e-8)
		}
	}
}

func TestGoldenWaves(t *testing.T) {
	folder := goldenFolder(t, "waves_sai")
	if folder == "" {
		return
	}
	reversed := []string{"tense", "upset", "worrying"}
	before, after, people := map[string]row{}, map[string]row{}, []string{}
	for _, r := range table(t, filepath.Join(folder, "input.csv")) {
		if r["wave"] == "1" {
			before[r["pid"]] = r
			people = append(people, r["pid"])
		} else {
			after[r["pid"]] = r
			if _, known := before[r["pid"]]; !known {
				people = append(people, r["pid"])
			}
		}
	}
	family := map[string][]float64{}
	rows := table(t, filepath.Join(folder, "expected_waves.csv"))
	for _, r := range rows {
		name := r["item"]
		item := stat.Item{Min: 1, Max: 4, Reversed: slices.Contains(reversed, name)}
		var x, y []float64
		for _, pid := range people {
			x, y = append(x, item.Keyed(before[pid].number(name))), append(y, item.Keyed(after[pid].number(name)))
		}
		p, m := stat.PairedOf(x, y), stat.McNemarOf(x, y, 3)
		w := stat.WelchOf(y, x)
		n1, n2 := float64(w.N2), float64(w.N1)
		f1, f2 := favourable(x, 3), favourable(y, 3)
		change := stat.Newcombe(f2, n2, f1, n1)
		for column, got := range map[string]float64{
			"n_pairs": float64(p.Pairs), "mean1": p.Mean1, "mean2": p.Mean2, "mean_diff": p.Difference, "sd_diff": p.SD, "paired_t": p.T, "paired_df": p.DF,
			"ci_lo": p.Interval.Low, "ci_hi": p.Interval.High, "d_z": p.DZ, "d_av": p.DAv, "r12": p.Correlation, "wilcoxon_V": p.V,
			"improved": float64(p.Improved), "same": float64(p.Same), "worse": float64(p.Worse), "mcnemar_b01": float64(m.Became), "mcnemar_b10": float64(m.Ceased),
			"mcnemar_chi2_nocc": m.Statistic, "unpaired_n1": n1, "unpaired_n2": n2, "unpaired_welch_t": w.T, "unpaired_welch_df": w.DF,
			"unpaired_hedges_g": w.Effect().G, "unpaired_fav_diff": f2/n2 - f1/n1, "unpaired_newcombe_lo": change.Low, "unpaired_newcombe_hi": change.High,
		} {
			near(t, name+" "+column, got, r.number(column), 1e-9)
		}
		for column, got := range map[string]float64{"paired_p": p.P, "wilcoxon_p_cc": p.VP, "mcnemar_p_nocc": m.P, "mcnemar_p_exact": m.Exact, "unpaired_welch_p": w.P} {
			nearP(t, name+" "+column, got, r.number(column))
			family[column] = append(family[column], got)
		}
	}
	for _, column := range []string{"paired_p", "wilcoxon_p_cc", "mcnemar_p_nocc", "unpaired_welch_p"} {
		for i, q := range stat.BenjaminiHochberg(family[column]) {
			nearP(t, column, q, rows[i].number(column+"_BH"))
		}
	}
}

func favourable(values []float64, cut float64) (x float64) {
	for _, v := range stat.Valid(values) {
		if v >= cut {
			x++
		}
	}
	return x
}

func TestGoldenLevels(t *testing.T) {
	for _, name := range []string{"insteval_dept5_by_lecturer", "insteval_full_by_dept", "insteval_full_by_lecturer"} {
		folder := goldenFolder(t, name)
		if folder == "" {
			continue
		}
		values := map[string][]float64{}
		for _, r := range table(t, filepath.Join(folder, "input.csv")) {
			values[r["group"]] = append(values[r["group"]], r.number("y"))
		}
		rows := table(t, filepath.Join(folder, "expected_groups.csv"))
		var groups []stat.Group
		for _, r := range rows {
			groups = append(groups, stat.GroupOf(values[r["group"]]))
		}
		l, err := stat.LevelsOf(groups)
		if err != nil {
			t.Fatal(err)
		}
		var want map[string]any
		readJSON(t, filepath.Join(folder, "expected.json"), &want)
		reml, design := want["reml"].(map[string]any), want["design_effect"].(map[string]any)
		for column, got := range map[string]float64{"N": float64(l.N), "groups": float64(l.Groups), "mean_group_size": l.MeanSize, "n0_searle": l.SizeN0, "MSB": l.Between, "MSW": l.Within,
			"icc1_anova_meansize": l.ICC1, "icc1_anova_n0": l.ICC1N0, "icc2_anova": l.ICC2} {
			near(t, name+" "+column, got, want[column].(float64), 1e-9)
		}
		for column, got := range map[string]float64{"mu": l.Mu, "se_mu": l.MuSE, "tau2": l.Tau2, "sigma2": l.Sigma2, "icc1": l.ICC} {
			near(t, name+" "+column, got, reml[column].(float64), 1e-6)
		}
		if least := reml["deviance_REML"].(float64); l.Deviance > least+1e-6 {
			t.Errorf("%s: deviance %v is above %v", name, l.Deviance, least)
		}
		for column, got := range map[string]float64{"deff_meansize": l.Design, "n_eff_meansize": l.Effective, "deff_sizeweighted": l.DesignSize, "n_eff_sizeweighted": l.EffectiveSize} {
			near(t, name+" "+column, got, design[column].(float64), 1e-6)
		}
		for i, r := range rows {
			s := l.Shrunk[i]
			for column, got := range map[string]float64{"eb_mean": s.Mean, "lambda": s.Weight, "cond_sd": s.SD, "eb_lo95": s.Interval.Low, "eb_hi95": s.Interval.High} {
				near(t, name+" "+r["group"]+" "+column, got, r.number(column), 1e-6)
			}
		}
	}
}

// nearP compares p-values, of which those under 1e-12 only have to be small.
func nearP(t *testing.T, name string, got, want float64) {
	t.Helper()
	if want <= 1e-12 && got <= 1e-11 {
		return
	}
	near(t, name, got, want, 1e-7)
}
