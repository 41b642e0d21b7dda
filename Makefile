# `make demo` and `make test` do all the set-up themselves; they need Python 3.11 or newer and this file.

VENV ?= .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONDONTWRITEBYTECODE :=
MAKEFLAGS += --no-print-directory

.DEFAULT_GOAL := help
.PHONY: help demo test docs eval bench agreement format clean

help:  ## show this list
	@sed -n 's/^\([a-z]*\):.*  ## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

demo: $(VENV)/.installed  ## scan the sample city that ships with checker; nothing leaves the machine
	@$(BIN)/checker demo

test: $(VENV)/.installed-dev  ## everything that CI runs
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy checker tests docs bench
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python docs/generate.py --check
	@$(BIN)/checker rules validate
	@$(BIN)/checker rules test
	@$(BIN)/checker registry validate
	@$(BIN)/pytest -n 2 --dist loadfile

docs: $(VENV)/.installed-dev  ## write the generated pages of docs/ anew
	@$(BIN)/python docs/generate.py

eval: $(VENV)/.installed-eval  ## print how exact the page readers are, beside two libraries
	@$(BIN)/python -m bench.eval

bench: $(VENV)/.installed-dev  ## print how fast a scan and the page reader are
	@$(BIN)/python bench/bench.py

agreement: $(VENV)/.installed-dev  ## compare the verdicts on links with those of LinkChecker on a real tree of pages
	@$(BIN)/python -m bench.agreement

format: $(VENV)/.installed-dev  ## lay out the code as `make test` wants it
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

clean:  ## remove the virtual environment and every cache, never a store of scans
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist

# The stamps make the set-up run again only after pyproject.toml has changed.
$(VENV)/.installed: pyproject.toml $(BIN)/python
	@$(BIN)/python -m pip install --quiet -e .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml $(BIN)/python
	@$(BIN)/python -m pip install --quiet -e '.[dev]'
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-eval: $(VENV)/.installed-dev
	@$(BIN)/python -m pip install --quiet -e '.[eval]'
	@touch $@

$(BIN)/python:
	@python=; for p in $(PYTHON) python3.11 python3 python3.12 python3.13 python3.14; do \
	  if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then python=$$p; break; fi; \
	done; \
	if [ -z "$$python" ]; then echo 'checker needs Python 3.11 or newer; name it: make PYTHON=/path/to/python3' >&2; exit 1; fi; \
	if ! $$python -c 'import ensurepip, venv' >/dev/null 2>&1; then \
	  echo "$$python cannot make virtual environments; on Debian: apt-get install python3-venv" >&2; exit 1; fi; \
	$$python -m venv $(VENV)
