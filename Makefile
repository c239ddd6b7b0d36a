# `make` alone lists the targets.

# Additional flags for every build; continuous integration sets them.
SWIFT_FLAGS ?=
# For `benchmark-stages`: a pattern that must match the whole name of a benchmark, such as 'decode.*'.
FILTER ?= .*
# Where `install` puts the command, and a folder in front of it for those who make packages.
PREFIX ?= /usr/local
DESTDIR ?=
PHOTOS := $(sort $(wildcard fixtures/photos/*))

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-edit build prep manual install uninstall deb check-deb tarball test campaigns test-all emulator official-client engines lint docs docs-preview benchmark benchmark-stages clean

# The traits that preparing needs; the provider client would take minutes more to build.
PREP_TRAITS := FastPNG,GIF,HEIF,LosslessTurn,TIFF

help: ## List the targets.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-24s%s\n", $$1, $$2 }'

setup: ## Install the libraries that the build needs, with apt-get or brew.
	@scripts/install-dependencies.sh

demo: setup prep ## Prepare the photographs of fixtures/photos into out/ and print the table.
	.build/prep/release/seedream prep $(PHOTOS) -o out --existing replace
	@echo "the prepared images are in out/"

demo-edit: setup build ## Edit the photographs of fixtures/photos against the emulator, into out/edited.
	scripts/demonstrate-edit.sh .build/release/seedream

build: ## Build the command with the emulator in release, as .build/release/seedream.
	swift build -c release --product seedream --enable-all-traits $$(scripts/release-flags) $(SWIFT_FLAGS)

prep: ## Build the command without the provider client, in a third of the time, as .build/prep/release/seedream.
	swift build -c release --product seedream --scratch-path .build/prep --disable-default-traits --traits $(PREP_TRAITS) $$(scripts/release-flags) $(SWIFT_FLAGS)

# Only the owner of the clone builds: root would leave files there that the owner cannot replace.
install: ## Build the command, and install it with manual pages and completions under PREFIX (/usr/local).
	@if [ -O . ]; then $(MAKE) --no-print-directory build; fi
	@DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' scripts/install.sh install

uninstall: ## Remove from PREFIX what `make install` has put there.
	@DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' scripts/install.sh uninstall

deb: build ## Build a package for this release of Debian, in out/.
	@scripts/package.sh deb

check-deb: ## Install the package of `make deb` on a bare system of its release, try it, and remove it; as root.
	@scripts/check-deb.sh

tarball: build ## Build a tarball of the command, in out/.
	@scripts/package.sh tarball

manual: setup ## Write the man pages into .build/manual.
	scripts/generate-manual .build/manual

test: ## Install the libraries and the tools of the tests, build and run the test suite.
	@scripts/install-dependencies.sh --tests
	@scripts/run-tests.sh $(SWIFT_FLAGS)

campaigns: ## Run a part of each campaign: kills at random moments, every fault at every operation, load.
	@scripts/install-dependencies.sh --tests
	@scripts/run-tests.sh --campaigns $(SWIFT_FLAGS)

test-all: ## Run the test suite and all of the campaigns, 200 kills among them; takes hours.
	@scripts/install-dependencies.sh --tests
	@SEEDREAM_CAMPAIGNS=full scripts/run-tests.sh --all $(SWIFT_FLAGS)

emulator: setup build ## Build the command, and run the emulator on port 8080.
	.build/release/seedream emulate --port 8080

official-client: setup ## Run fal's own Python client against the emulator (installs it into .build).
	scripts/check-official-client.sh

engines: setup build ## Run the examples for Spark, Ray, GNU parallel, Slurm and Kubernetes (installs them), a quarter of an hour.
	scripts/check-engines.sh

lint: ## Check the format and the rules that the compiler does not check.
	swift format lint --strict --recursive --parallel Package.swift Sources Tests benchmarks
	scripts/check-structure.sh

docs: setup ## Build the documentation of every public module into .build/docs; a warning is an error.
	scripts/build-docs.sh

docs-preview: ## Serve the documentation that `make docs` built, on port 8000 of 127.0.0.1.
	@echo "http://127.0.0.1:8000/documentation/"
	@python3 -m http.server --directory .build/docs --bind 127.0.0.1 8000

benchmark: ## Compare speed and memory with other tools.
	benchmarks/compare

benchmark-stages: ## Measure each stage, and preparation as a whole; FILTER='decode.*' selects some.
	SEEDREAM_BENCHMARKS=1 swift package --package-path benchmarks benchmark --no-progress --filter '$(FILTER)'

clean: ## Remove everything that was built, and out/.
	rm -rf .build benchmarks/.build out
