# gwm: build, try, test. `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

GO      ?= go
TOOL    := $(GO) tool -modfile=e2e/tools/go.mod
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
# The race detector needs a C compiler; without one the tests run without it. It leaves out
# a package that shares nothing but fills a large table when a program starts: the tests in
# e2e start hundreds, and it would take half a second of each.
RACE    := $(shell { command -v $${CC:-cc} || command -v gcc; } >/dev/null 2>&1 && echo -race -gcflags=github.com/mattn/go-runewidth=-race=false)
# The tests with the system's OpenSSH client run among the others where it is there.
OPENSSH := $(shell command -v sftp >/dev/null 2>&1 && echo -tags openssh)
SOURCES := $(shell git ls-files '*.go' 2>/dev/null)

.PHONY: help build demo test check format lint rules vuln e2e openssh bench ganeti ldap golden fuzz screenshot

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: page ## build ./gwm, with the console page where npm is there
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-X main.version=$(VERSION)' -o gwm .

WEB     := consoleproxy/web
PAGE    := consoleproxy/assets/app.js
MODULES := $(WEB)/node_modules/.package-lock.json
WITHOUT := without the page for screens in browsers (VNC viewers work: gwm vm vnc --viewer)

.PHONY: page assets
page:
	@if command -v npm >/dev/null || [ -e $(MODULES) ]; then \
	  $(MAKE) -s --no-print-directory assets || echo "make: the console page cannot be bundled; $$([ -e $(PAGE) ] && echo 'the one from before stays' || echo 'gwm is built $(WITHOUT)')"; \
	elif [ ! -e $(PAGE) ]; then echo "make: npm is not here, so gwm is built $(WITHOUT); install npm (Debian: apt install npm) and make build again"; fi

assets: $(PAGE) ## the console page with noVNC (needs npm); make build does it too

$(MODULES): $(WEB)/package.json $(WEB)/package-lock.json
	cd $(WEB) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

# app.js comes last: what broke off is done again.
$(PAGE): $(MODULES) $(wildcard $(WEB)/*.js) $(WEB)/index.html $(WEB)/style.css $(WEB)/NOTICE.txt $(WEB)/go.sum
	cd $(WEB) && cp index.html style.css ../assets/
	cd $(WEB)/node_modules/@novnc/novnc && cat ../../../NOTICE.txt LICENSE.txt docs/LICENSE.MPL-2.0 docs/LICENSE.BSD-3-Clause docs/LICENSE.BSD-2-Clause vendor/pako/LICENSE > ../../../../assets/NOTICE.txt
	cd $(WEB) && $(GO) tool esbuild app.js --bundle --minify --format=esm --target=es2022 --legal-comments=none --outfile=../assets/app.js --log-level=warning

.PHONY: browser
browser: ## the console page in headless Chromium (Debian's package, which root gets installed) with npm's noVNC
	GO="$(GO)" e2e/browser/test

demo: build ## two simulated clusters on this terminal; nothing to install or configure
	./gwm demo

test: ## every test that needs nothing but Go; those with OpenSSH where it is there
	$(GO) test $(RACE) $(OPENSSH) -shuffle=on -timeout 30m ./...

# TESTED=1 leaves out the tests where they have just been run. They compare every golden file.
check: format lint rules $(if $(TESTED),,test) $(if $(OPENSSH),,openssh) vuln ## what CI runs

format: ## fail where a file is not gofumpt-ed
	@out=$$($(TOOL) gofumpt -l $(SOURCES)); if [ -n "$$out" ]; then echo "not gofumpt-ed:"; echo "$$out"; exit 1; fi

lint: ## vet of everything, and golangci-lint, which runs staticcheck
	$(GO) vet -tags ganeti,viewer,openssh,bench,ldap ./...
	$(TOOL) golangci-lint run ./...

rules: ## size budget: no hand-written file over 400 lines
	@out=$$(git ls-files '*.go' | grep -v '_test.go$$' | xargs wc -l | awk '$$1 > 400 && $$2 != "total" {print "  " $$2 ": " $$1 " lines"}'); \
	if [ -n "$$out" ]; then echo "over 400 lines:"; echo "$$out"; exit 1; fi

golden: ## write the golden files anew; look at the difference before you commit
	$(GO) test ./core -run 'Matrix|Specs' -update
	$(GO) test ./tui -run 'Golden|Shell|KeysDocument' -update
	$(GO) test ./tui/form -run Golden -update
	$(GO) test ./rapi -run Decodes -update-golden

e2e: ## the real binary over real SSH, also with the system's OpenSSH client
	$(GO) test $(RACE) -shuffle=on -count=1 -tags openssh ./e2e/...

openssh: ## the tests with the system's OpenSSH client alone
	$(GO) test $(RACE) -shuffle=on -count=1 -tags openssh -run OpenSSH ./e2e

vuln: ## known vulnerabilities in what we use (needs the network of vuln.go.dev)
	@if out=$$($(TOOL) govulncheck ./... 2>&1); then echo "$$out" | tail -1; \
	elif grep -qiE 'dial tcp|no such host|connection refused|proxyconnect|forbidden|403|i/o timeout' <<<"$$out"; then \
	  echo "NOT CHECKED: the vulnerability database cannot be reached from here"; \
	else echo "$$out"; exit 1; fi

ganeti: ## a real Ganeti on this machine (Debian, root) and the integration tests against it
	e2e/ganeti/test

ldap: ## a real slapd on the loopback (Debian's package, unpacked) and the LDAP tests against it
	e2e/ldap/test

bench: ## speed and memory, as ratios within one run
	$(GO) test -tags bench -run '^TestBench' -count=1 -v -timeout 30m ./e2e/bench
	$(GO) test -run '^$$' -bench '^Benchmark(Search|Map|TrendMemory)$$' -benchtime 20x -benchmem ./core ./core/inventory ./tui

fuzz: ## each fuzz target for a minute
	@for pkg in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
	    echo "$$pkg $$f"; $(GO) test $$pkg -run '^$$' -fuzz "^$$f\$$" -fuzztime 60s; \
	  done; done

screenshot: build ## docs/screenshot.svg and .txt from the real program
	e2e/screenshot
