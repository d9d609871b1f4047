.PHONY: help demo fuzz test

# How many texts `make fuzz` gives to each reader.
CASES ?= 100000

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## The life of one scheduled job, on a local emulator of AWS
	tests/emulators/setup
	cargo build --locked
	@target/emulators/venv/bin/python demo/run.py

fuzz: ## Changed configs, schedules and definitions at random, CASES=100000 of each
	PROPTEST_CASES=$(CASES) nice -n 19 cargo test --locked --lib --test config --test fuzz --test schedule -- \
		robust properties changed --skip the_program_ends --skip never_firing --skip minute_by_minute

test: ## Everything: format, lints and tests; stops at the first failure
	@printf '\n== Emulators\n'
	tests/emulators/setup
	@printf '\n== Format\n'
	@cargo fmt --version >/dev/null 2>&1 || { echo 'rustfmt is missing: rustup component add rustfmt' >&2; exit 1; }
	cargo fmt --check
	@printf '\n== Lints\n'
	@cargo clippy --version >/dev/null 2>&1 || { echo 'clippy is missing: rustup component add clippy' >&2; exit 1; }
	cargo clippy --all-targets --locked -- -D warnings
	@printf '\n== Tests\n'
	cargo test --locked
