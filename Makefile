# `make` alone lists the targets.

# More flags for every build, as continuous integration sets them.
SWIFT_FLAGS ?=
# Of `benchmark-stages`: a pattern that whole names of benchmarks match, as 'decode.*'.
FILTER ?= .*
PHOTOS := $(sort $(wildcard fixtures/photos/*))

.DEFAULT_GOAL := help
.PHONY: help setup demo build test emulator official-client lint benchmark benchmark-stages clean

help: ## List the targets.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-24s%s\n", $$1, $$2 }'

setup: ## Install the libraries that the build needs, with apt-get or brew.
	@scripts/install-dependencies.sh

demo: setup build ## Prepare the photographs of fixtures/photos into out/ and print the table.
	.build/release/seedream prep $(PHOTOS) -o out --overwrite
	@echo "the prepared images are in out/"

build: ## Build the command in release, as .build/release/seedream.
	swift build -c release --product seedream $$(scripts/release-flags) $(SWIFT_FLAGS)

test: ## Install the libraries and exiftool, build and run the whole test suite.
	@scripts/install-dependencies.sh --tests
	swift test --disable-xctest --no-parallel --enable-all-traits $(SWIFT_FLAGS)

emulator: setup ## Build the command with the emulator, and run it on port 8080.
	swift build -c release --product seedream --enable-all-traits $(SWIFT_FLAGS)
	.build/release/seedream emulate --port 8080

official-client: setup ## Run fal's own Python client against the emulator (installs it into .build).
	scripts/check-official-client.sh

lint: ## Check the format, and the rules that the compiler does not check.
	swift format lint --strict --recursive --parallel Package.swift Sources Tests benchmarks
	scripts/check-structure.sh

benchmark: ## Measure, side by side with other tools.
	benchmarks/compare

benchmark-stages: ## Measure each stage alone, and preparation as a whole; FILTER='decode.*' for some.
	swift package --package-path benchmarks benchmark --no-progress --filter '$(FILTER)'

clean: ## Remove what was built, and out/.
	rm -rf .build benchmarks/.build out
