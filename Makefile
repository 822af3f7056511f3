# pcsync's whole set-up: `make demo` shows it at work, `make test` runs the tests. Both install what they need into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
RUNNABLE := $(VENV)/.runnable
EXAMPLES := examples/catalog-specs
DEMO := $(BIN)/pcsync --config $(EXAMPLES)/pcsync.yaml
WORKERS ?= auto

.PHONY: help install demo test check format schemas bench chaos clean

help:
	@echo "make demo    install, then validate, plan, apply, see drift and undo on the embedded emulator"
	@echo "make test    the whole test suite"
	@echo "make check   format, lint, types, layers, README"
	@echo "make format  put format and imports right"
	@echo "make bench   the benchmarks, as ratios in one run"
	@echo "make chaos   break every exchange of an apply in every way, then apply once more; prints the counts"
	@echo "make clean   remove .venv and caches"

install: $(INSTALLED)

# $(call install,what is installed,extra)
define install
	@$(PYTHON) -c 'import sys; sys.exit("pcsync needs Python 3.11 or newer; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@echo "==> installing $(1) into $(VENV), which takes a minute or two with pip, seconds with uv"
	@if command -v uv >/dev/null 2>&1; then \
		uv venv --quiet --allow-existing --python $(PYTHON) $(VENV) && uv pip install --quiet --python $(BIN)/python -e '.[$(2)]'; \
	else \
		{ $(PYTHON) -m venv $(VENV) || { echo "python3-venv is missing: apt-get install python3-venv" >&2; exit 1; }; } && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[$(2)]'; \
	fi
	@touch $@
endef

$(RUNNABLE): pyproject.toml
	$(call install,pcsync and its emulator,emulator)

$(INSTALLED): pyproject.toml
	$(call install,pcsync and its development tools,dev)
	@touch $(RUNNABLE)

# A made-up SAS token, fresh every time: the examples declare a source that wants one, and the emulator only reads its dates.
FAKE_SAS = $$($(BIN)/python -c 'import datetime as d; print("sv=2024-11-04&sr=c&sp=rl&se=" + (d.datetime.now(d.timezone.utc) + d.timedelta(days=6)).strftime("%Y-%m-%dT00:00:00Z") + "&sig=bm90LWEtc2VjcmV0")')

demo: $(RUNNABLE)
	@rm -rf $(EXAMPLES)/.pcsync/demo.sqlite*
	@export PCSYNC_ENDPOINT=emulator:.pcsync/demo.sqlite IMAGERY_SAS="$(FAKE_SAS)"; set -e; \
	say() { printf '\n==> %s\n$$ pcsync %s\n' "$$1" "$$2"; }; \
	say "check the manifests, offline" "validate"; $(DEMO) validate; \
	say "what would change on an empty catalog" "plan"; $(DEMO) plan; \
	say "make it so" "apply --yes"; $(DEMO) apply --yes; \
	say "plan again: nothing to do" "plan --detailed-exitcode"; $(DEMO) plan --detailed-exitcode; \
	printf '\n==> meanwhile somebody edits a render option of naip in the portal\n'; \
	$(BIN)/python examples/portal_edit.py $(EXAMPLES)/.pcsync/demo.sqlite naip ndvi viridis; \
	say "what was changed behind our back" "drift"; $(DEMO) drift; \
	say "put it back" "apply --yes"; $(DEMO) apply --yes; \
	say "or was it meant? the last apply can be taken back" "undo --yes"; $(DEMO) undo --yes

test: $(INSTALLED)
	@echo "==> the whole test suite"
	$(BIN)/python -m pytest -n $(WORKERS)

check: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_layers.py tests/test_readme.py

format: $(INSTALLED)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(INSTALLED)
	$(BIN)/python -m benchmarks

chaos: $(INSTALLED)
	$(BIN)/python -m tests.chaos

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
