package chart

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"modernc.org/quickjs"
)

// Limits on one chart. A chart of a release takes some tenths of a second and some megabytes.
const (
	timeLimit   = 20 * time.Second
	memoryLimit = 256 << 20
)

// made is part of the version: raise it when what this package does to a drawing changes.
const made = "1"

//go:embed draw.js
var drawScript string

//go:embed widths.txt
var widthTable string

// Engine draws charts as SVG, with the scripts that draw them in pages, in a JavaScript engine without files, network or
// clock. Nothing that people write is run: options are data.
type Engine struct {
	// Limit is the most time that one chart may take; 20 seconds where it is zero.
	Limit time.Duration

	version string
	scripts []string
	compile func() ([][]byte, error)
}

// NewEngine makes an engine of ECharts and static/js/chart-fit.js. The scripts are compiled when the first chart is drawn.
func NewEngine(echarts, fit []byte) *Engine {
	e := &Engine{version: versionOf(echarts, fit), scripts: []string{stubs, string(echarts), string(fit), widths(), drawScript}}
	e.compile = sync.OnceValues(func() ([][]byte, error) {
		vm, err := quickjs.NewVM()
		if err != nil {
			return nil, err
		}
		defer vm.Close()
		var all [][]byte
		for _, script := range e.scripts {
			code, err := vm.Compile(script, quickjs.EvalGlobal)
			if err != nil {
				return nil, fmt.Errorf("chart: compile: %w", err)
			}
			all = append(all, code)
		}
		return all, nil
	})
	return e
}

// Version changes with anything that changes a drawing.
func (e *Engine) Version() string { return e.version }

func versionOf(echarts, fit []byte) string {
	h := sha256.New()
	for _, part := range [][]byte{[]byte(made), echarts, fit, []byte(drawScript), []byte(widthTable)} {
		sum := sha256.Sum256(part)
		h.Write(sum[:])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// What ECharts expects of a page and does not need.
const stubs = `globalThis.self = globalThis; globalThis.setTimeout = () => 0; globalThis.clearTimeout = () => {};
globalThis.console = { log() {}, warn() {}, error() {} };`

// widths turns the table of letters into a script.
func widths() string {
	all := [2]map[string]int{{}, {}}
	for row := range strings.Lines(widthTable) {
		var letter int64
		var regular, bold int
		if _, err := fmt.Sscanf(row, "%x %d %d", &letter, &regular, &bold); err == nil {
			key := strconv.FormatInt(letter, 10)
			all[0][key], all[1][key] = regular, bold
		}
	}
	text, _ := json.Marshal(map[string]any{"400": all[0], "600": all[1]})
	return "globalThis.earshotWidths = " + string(text) + ";"
}

// machine starts a machine. It is thrown away after a failure, since a script that was stopped leaves things half done.
func (e *Engine) machine() (*quickjs.VM, error) {
	code, err := e.compile()
	if err != nil {
		return nil, err
	}
	vm, err := quickjs.NewVM()
	if err != nil {
		return nil, err
	}
	vm.SetMemoryLimit(memoryLimit)
	limit := e.Limit
	if limit == 0 {
		limit = timeLimit
	}
	for _, script := range code {
		if _, err := vm.EvalBytecode(script); err != nil {
			vm.Close()
			return nil, fmt.Errorf("chart: start: %w", err)
		}
	}
	if err := vm.SetEvalTimeout(limit); err != nil {
		vm.Close()
		return nil, err
	}
	return vm, nil
}

// Workers is how many charts are drawn at once: as many as the machine has processors, but one, which answers requests.
func Workers() int { return max(1, runtime.NumCPU()-1) }

// Draw draws charts and gives each, in any order, to take, which is called by one worker at a time. A chart that cannot
// be drawn is left out, and is among the errors that are returned; an error of take ends the drawing.
func (e *Engine) Draw(ctx context.Context, list []Drawing, take func(d Drawing, svg string) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	work := make(chan Drawing)
	var mu sync.Mutex
	var failed []error
	var group sync.WaitGroup
	for range min(Workers(), len(list)) {
		group.Go(func() {
			var vm *quickjs.VM
			defer func() {
				if vm != nil {
					vm.Close()
				}
			}()
			for d := range work {
				svg, err := e.one(&vm, d)
				mu.Lock()
				if err != nil {
					failed = append(failed, fmt.Errorf("chart %s: %w", d.Hash[:8], err))
				} else if ctx.Err() == nil {
					if err := take(d, svg); err != nil {
						failed = append(failed, err)
						cancel()
					}
				}
				mu.Unlock()
			}
		})
	}
	for _, d := range list {
		select {
		case work <- d:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(work)
	group.Wait()
	return errors.Join(append(failed, context.Cause(ctx))...)
}

func (e *Engine) one(vm **quickjs.VM, d Drawing) (string, error) {
	if *vm == nil {
		fresh, err := e.machine()
		if err != nil {
			return "", err
		}
		*vm = fresh
	}
	raw, err := (*vm).Call("earshotDraw", string(d.Option), d.Width)
	text, ok := raw.(string)
	if err == nil && !ok {
		err = fmt.Errorf("the script gave %T", raw)
	}
	if err != nil {
		(*vm).Close()
		*vm = nil
		return "", err
	}
	return clean(text, d)
}
