# Every target does its own set-up: system packages and tools that are missing are installed first
# (scripts/setup.sh). All cargo calls share one profile and one environment (scripts/env.sh), so that
# SpiderMonkey and the bundler are compiled once.

SHELL := /bin/sh
.SHELLFLAGS := -eu -c

env := . scripts/env.sh;
binary = "$${CARGO_TARGET_DIR:-target}/release/transom"

.PHONY: help build demo test lint conformance packages fuzz test-engine-debug bench

help:
	@echo "make demo                serve examples/storefront on http://localhost:4321"
	@echo "make test                run every test of the project"
	@echo "make bench               measure against Astro, Bun and Deno, write docs/*benchmarks.md"
	@echo "make build               build the transom command"
	@echo "make conformance         replay the requests recorded from Astro and compare the answers"
	@echo "make packages            run npm packages in endpoints, with PostgreSQL, Redis and other servers"
	@echo "make fuzz                send 100,000 mutated requests to a server and see whether it minds"
	@echo "make lint                formatting, Clippy and documentation, warnings denied"
	@echo "make test-engine-debug   engine tests on the debug engine, a collection at every allocation"

build:
	@scripts/setup.sh build
	$(env) cargo build --release --locked -p transom

demo: build
	@$(env) exec scripts/demo.sh $(binary)

lint:
	@scripts/setup.sh build
	$(env) cargo fmt --all --check
	$(env) cargo clippy --release --locked --workspace --all-targets -- --deny warnings
	$(env) RUSTDOCFLAGS="--deny warnings" cargo doc --release --locked --workspace --no-deps --document-private-items

test:
	@scripts/setup.sh test
	@$(MAKE) --no-print-directory lint
	$(env) cargo test --release --locked --workspace --doc
	$(env) cargo nextest run --locked --workspace --cargo-profile release --no-fail-fast
	@$(MAKE) --no-print-directory conformance
	@$(MAKE) --no-print-directory packages

packages:
	@scripts/setup.sh packages
	$(env) cargo build --release --locked -p transom
	cd packages && npm ci --ignore-scripts --no-audit --no-fund
	$(env) node packages/run.mjs $(binary) $(PACKAGES)

conformance:
	@scripts/setup.sh build
	$(env) cargo build --release --locked -p transom -p transom-conformance
	$(env) "$${CARGO_TARGET_DIR:-target}/release/transom-conformance"

fuzz:
	@scripts/setup.sh test
	$(env) TRANSOM_FUZZ_REQUESTS=100000 cargo nextest run --locked --cargo-profile release -p transom --test fuzz --no-capture

test-engine-debug:
	@scripts/setup.sh engine-debug
	. scripts/engine-debug-env.sh; cargo nextest run --locked --cargo-profile release -p transom-engine --features debug-engine

bench:
	@scripts/setup.sh bench
	@$(MAKE) --no-print-directory build
	$(env) bench/run
	$(env) bench/web/run
	$(env) bench/packages/run
	$(env) bench/data/run
