# make demo [RADIOGRAPH=file] [ARGS="--spacing 0.15 --crop"]   the main job on a phantom, or on your radiograph
# make test [ARGS="Testing/export -k png"]                     the tests
# make lint                                                    ruff, its formatter, and mypy
# make docs                                                    the documentation site, in Docs/_build
# make pictures [SLICER=/path/to/Slicer]                       the documentation's pictures of the module, anew
# make clean                                                   remove what these made, the demo's results excepted
#
# PYTHON=/path/to/python3.12 chooses the interpreter (3.10 to 3.13).

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo test lint docs pictures clean

export RADIOGRAPH PYTHON
python := .venv/bin/python
environment := sh requirements/environment.sh

help:
	@sed -n '/^#/!q; s/^# //p' Makefile

demo:
	@$(environment) demo
	@$(python) -m LayerSeparationLib demo $${RADIOGRAPH:+"$$RADIOGRAPH"} --output demo --overwrite $(ARGS)

# One thread each: the workers fill the cores, and threads that wait for one another take several times as long.
test:
	@$(environment) test
	@OMP_NUM_THREADS=1 $(python) -m pytest -n auto --dist loadfile $(ARGS)

lint:
	@$(environment) test
	@$(python) -m ruff check .
	@$(python) -m ruff format --check --quiet .
	@$(python) -m mypy

docs:
	@$(environment) test
	@$(python) -m sphinx --fail-on-warning --keep-going --quiet Docs Docs/_build
	@echo "Docs/_build/index.html"

# Of a real Slicer's window where one is named, else of the panel host's.
pictures: export LAYERSEPARATION_SCREENSHOTS := $(CURDIR)/build/pictures
pictures: export LAYERSEPARATION_TEST_MODULES := LayerSeparationPicturesTest
pictures:
	@$(environment) test
	@rm -rf build/pictures
ifdef SLICER
	@"$(SLICER)" --no-splash --testing --additional-module-paths LayerSeparation --python-script Testing/slicer/run.py
else
	@$(python) -m pytest -q Testing/slicer -k Pictures
endif
	@$(python) Testing/slicer/ship_pictures.py build/pictures

clean:
	rm -rf .venv .venv.lock .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis build Docs/_build LayerSeparation/*.egg-info
	find LayerSeparation Testing -name __pycache__ -type d -exec rm -rf {} +
