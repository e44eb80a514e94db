# The two commands of the README. Everything else is cargo.

CARGO ?= cargo
# A release build for the demo (a minute of computing needs it), a dev build with optimised numeric crates for the tests.

.PHONY: demo test
demo:
	$(CARGO) run --release --locked --quiet -- run pipelines/demo.toml --out runs/demo

test:
	$(CARGO) test --locked
