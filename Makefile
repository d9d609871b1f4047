.PHONY: help bench demo fuzz reliability soak test

# How many texts `make fuzz` gives to each reader.
CASES ?= 100000

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## The life of one scheduled job, on a local emulator of AWS
	tests/emulators/setup
	cargo build --locked
	@target/emulators/venv/bin/python demo/run.py

soak: ## Random stories, simulated and over HTTP, for an hour or SOAK_SECONDS
	tests/emulators/setup
	cargo test --locked --profile soak --no-run --test stories
	cargo test --locked --no-run --test e2e
	@cargo test --locked --profile soak --quiet --test stories soak -- --ignored --nocapture & simulated=$$!; \
	cargo test --locked --quiet --test e2e stories::soak -- --ignored --nocapture; http=$$?; \
	wait $$simulated && exit $$http

bench: ## How long each command takes, on a local emulator of AWS
	tests/emulators/setup
	cargo build --release --locked
	@target/emulators/venv/bin/python demo/bench.py

fuzz: ## Changed configs, schedules and definitions at random, CASES=100000 of each
	PROPTEST_CASES=$(CASES) nice -n 19 cargo test --locked --lib --test config --test fuzz --test schedule -- \
		robust properties changed --skip the_program_ends --skip never_firing --skip minute_by_minute

reliability: ## Every fault of every request, and kills; writes the tables of docs/reliability.md
	tests/emulators/setup
	cargo test --locked --test e2e everything_that_can_go_wrong -- --ignored --nocapture

test: ## Everything: format, lints and tests; stops at the first failure
	@printf '\n== Emulators\n'
	tests/emulators/setup
	@printf '\n== Format\n'
	@cargo fmt --version >/dev/null 2>&1 || { echo 'rustfmt is missing: rustup component add rustfmt' >&2; exit 1; }
	cargo fmt --check
	@printf '\n== Lints\n'
	@cargo clippy --version >/dev/null 2>&1 || { echo 'clippy is missing: rustup component add clippy' >&2; exit 1; }
	cargo clippy --all-targets --locked -- -D warnings
	@printf '\n== Dependencies\n'
	@tests/dependencies
	@printf '\n== Tests\n'
	cargo test --locked
