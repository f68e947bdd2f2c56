# brief: set up and build everything     test: set up and run the tests
# lab: JupyterLab on the notebooks       bench: measure        lock: renew the locked requirements
# bench-many: measure two hundred cases, and Dask where it is installed; takes half an hour
# accept: the tables, charts and pages have been looked through: keep their words and looks for the tests
# browser: what the tests in a real browser need besides chromium; they are skipped without it
# reference: scipy and pyfixest, which numbers are held against; those tests are skipped without it
# cluster: Dask, for `brief build --cluster`; the tests of it are skipped without it
# power: simulate the power of the evaluation anew, after a change of its priors or method
# mutation: change every cell of the case, one at a time, and count what notices
PYTHON ?= python3
BIN := .venv/bin
UV := $(shell command -v uv 2>/dev/null)

.PHONY: brief test check lint lab bench bench-many browser reference cluster power mutation accept lock clean
brief: .venv/ready
	$(BIN)/brief build

test: .venv/ready
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

check: .venv/ready
	$(BIN)/brief check

lint: .venv/ready
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

lab: .venv-lab/ready
	.venv-lab/bin/jupyter lab notebooks

bench: .venv/ready
	$(BIN)/python -m tests.bench

bench-many: .venv/ready
	$(BIN)/python -m tests.bench_many

accept: .venv/ready
	BRIEF_ACCEPT=1 $(BIN)/python -m pytest tests/site -k as_last

browser: .venv/ready
	$(call INSTALL,.venv) --require-hashes -r requirements/browser.txt

reference: .venv/ready
	$(call INSTALL,.venv) --require-hashes -r requirements/reference.txt

cluster: .venv/ready
	$(call INSTALL,.venv) --require-hashes -r requirements/cluster.txt

power: .venv/ready
	$(BIN)/python -m analysis.evaluation meizhou

mutation: .venv/ready
	$(BIN)/python -m tests.mutation

# An environment from locked requirements: with uv where it is on PATH, otherwise with pip alone,
# which needs neither ensurepip nor a system package.
ifdef UV
INSTALL = uv pip install --quiet --python $(1)/bin/python
else
INSTALL = $(PYTHON) -m pip --python $(1)/bin/python install --quiet --disable-pip-version-check
endif
define environment
test -x $(1)/bin/python || $(PYTHON) -m venv --without-pip $(1)
$(call INSTALL,$(1)) --require-hashes -r $(2)
$(call INSTALL,$(1)) --no-deps --no-build-isolation --editable .
touch $(1)/ready
endef

.venv/ready: requirements/brief.txt pyproject.toml
	$(call environment,.venv,requirements/brief.txt)

# JupyterLab lives apart: beside it, importing Altair takes a second more.
.venv-lab/ready: requirements/lab.txt pyproject.toml
	$(call environment,.venv-lab,requirements/lab.txt)

LOCK = uv pip compile --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-annotate --no-header --quiet
lock:
	$(LOCK) pyproject.toml --group dev --output-file requirements/brief.txt
	$(LOCK) pyproject.toml --group dev --extra lab --output-file requirements/lab.txt
	$(LOCK) --group browser --output-file requirements/browser.txt
	$(LOCK) --group reference --constraint requirements/brief.txt --output-file requirements/reference.txt
	$(LOCK) pyproject.toml --extra cluster --constraint requirements/brief.txt --output-file requirements/cluster.txt

clean:
	rm -rf .brief _site _sites assets figures zh/figures evidence zh/evidence revisions zh/revisions data notebooks/*.qmd
