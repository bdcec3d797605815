# make demo | check | test | guides | bench | soak | lighthouse: see README.md.
export CGO_ENABLED := 0
GO ?= go
TOOLS := node_modules/axe-core/axe.min.js
LIGHTHOUSE := node_modules/lighthouse/cli/index.js
SOAK ?= 10m
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
INSTALL := $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends
DEBIAN := chromium postgresql postgresql-contrib fonts-noto-core

# What takes longest is started first, so that two cores end together.
LONG := ./internal/web ./internal/rehearsal/... ./internal/schedule ./internal/show/result ./internal/web/exploring

.PHONY: demo check test test-sqlite test-postgres test-browser guides bench soak lighthouse tools

demo:
	$(GO) run ./cmd/earshot demo

# Tests make much garbage and live briefly: to collect less of it takes a quarter off their time. "make check" vets all.
check test-sqlite test-postgres test-browser: export GOGC := 400
check test-sqlite test-postgres test-browser: export GOFLAGS := $(GOFLAGS) -vet=off

# What needs no database server and no browser.
check:
	@test -z "$$(gofmt -l cmd internal templates static)" || { gofmt -l cmd internal templates static; echo "gofmt would change these files"; exit 1; }
	$(GO) vet -tags browser,lighthouse ./...
	$(GO) tool staticcheck ./...
	$(GO) test ./internal/ ./templates/ ./static/

# Installs what is missing from Debian's packages and npm. Nothing is skipped for want of a tool.
tools: $(TOOLS)
	@command -v chromium >/dev/null && ls -d /usr/lib/postgresql/*/bin >/dev/null 2>&1 && command -v pgbench >/dev/null || { $(INSTALL) $(DEBIAN) >/dev/null; }
	@command -v chromium-headless-shell >/dev/null || { $(INSTALL) chromium-headless-shell >/dev/null; } || echo "Without chromium-headless-shell the browser's tests take longer."

$(TOOLS):
	@command -v npm >/dev/null || { $(INSTALL) npm >/dev/null; }
	npm install --no-save --no-audit --no-fund --silent --prefix . axe-core@4.14.1

# npm takes away what it is not asked for, so axe-core is named again.
$(LIGHTHOUSE):
	@command -v npm >/dev/null || { $(INSTALL) npm >/dev/null; }
	npm install --no-save --no-audit --no-fund --silent --prefix . axe-core@4.14.1 lighthouse@12.8.2

test: tools check test-sqlite test-postgres test-browser

test-sqlite:
	$(GO) test -timeout 30m -shuffle=on $(LONG) ./...

# Packages whose tests open no database give the same on both.
test-postgres:
	.ci/with-postgres $(GO) test -timeout 30m -shuffle=on $(LONG) $$($(GO) list -f '{{.ImportPath}} {{join .TestImports " "}} {{join .XTestImports " "}} ' ./... | grep -E ' earshot/internal/(testkit|base/storage) ' | cut -d' ' -f1)

test-browser:
	AXE_JS=$(CURDIR)/$(TOOLS) $(GO) test -tags browser -timeout 40m -run Browser ./internal/web/...

# Takes the pictures of docs/guides anew, from a walk through the demo school.
guides: tools
	@test -f /usr/lib/chromium/locales/en-GB.pak || { $(INSTALL) chromium-l10n >/dev/null; } # dates as they are written in Britain
	CHROME=$$(command -v chromium) EARSHOT_GUIDES=1 $(GO) test -count=1 -tags browser -run TestBrowserGuides ./internal/web

# ONLY=sqlite/million runs one database and part.
bench: tools
	PG_DURABLE=on .ci/with-postgres $(GO) run ./cmd/bench $(if $(ONLY),-only $(ONLY))

# Breaks things while a school answers, on both databases, for as long as SOAK says. SOAK_SEED repeats a run.
soak: tools
	SOAK=$(SOAK) $(GO) test -count=1 -timeout 0 -v -run Soak ./internal/rehearsal/soak

lighthouse: tools $(LIGHTHOUSE)
	LIGHTHOUSE=$(CURDIR)/$(LIGHTHOUSE) $(GO) test -count=1 -tags lighthouse -run Lighthouse -v ./cmd/earshot
