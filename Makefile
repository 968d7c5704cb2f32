# Two commands do it all: `make run` starts the show, `make test` runs every check.
# TORCH=cpu or TORCH=cuda chooses the build of torch; left alone, a machine with an NVIDIA driver gets CUDA.

PYTHON ?= $(shell for p in python3.12 python3.11 python3.13 python3; do \
  if $$p -c "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))" 2>/dev/null; then echo $$p; break; fi; done)
TORCH ?= $(if $(shell nvidia-smi -L 2>/dev/null),cuda,cpu)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet
READY := $(VENV)/.ready-$(TORCH)
LOCK := requirements.lock

# What the show needs from the system, each with the library that tells whether it is there.
LIBRARIES := libEGL.so.1=libegl1 libGL.so.1=libgl1 libportaudio.so.2=libportaudio2 libfontconfig.so.1=libfontconfig1 libfreetype.so.6=libfreetype6 libGLX_mesa.so.0=libglx-mesa0 libEGL_mesa.so.0=libegl-mesa0 libGLU.so.1=libglu1-mesa
# What the tests use beside it: real screens, real sound servers and a real browser.
TOOLS := Xvfb=xvfb xauth=xauth xdotool=xdotool pulseaudio=pulseaudio parec=pulseaudio-utils jackd=jackd2 fluidsynth=fluidsynth chromium=chromium cc=build-essential

.PHONY: help setup run test bench soak monkey soak-fast clean
.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1	\2/' | expand -t 18

setup: $(READY) ## make .venv with the pinned packages, and the system libraries where that is allowed

run: setup ## the show; ARGS="--seconds 20" and the like go to `immersions run`
	@$(BIN)/immersions run $(ARGS)

test: setup ## every check: style, types, who imports whom, tests
	@$(call system,$(TOOLS:%=command:%))
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(if $(ARGS),$(BIN)/pytest $(ARGS),OMP_NUM_THREADS=1 $(BIN)/pytest -n auto --dist loadfile -m 'not alone' && $(BIN)/pytest -n 2 --dist loadfile -m alone)

bench: setup ## the benchmarks under tests/bench, one table each
	@for bench in tests/bench/bench_*.py; do echo "== $$bench"; $(BIN)/python $$bench || exit 1; done

soak: setup ## the service for two hours, with faults; ARGS="0.5 house faults" for another length
	@$(BIN)/python tests/bench/soak.py $(or $(ARGS),2 house faults)

monkey: setup ## ten minutes of random hands on the station's pages; ARGS="1" for one minute
	@$(BIN)/python tests/bench/monkey.py $(ARGS)

soak-fast: setup ## a hundred thousand loops in a quarter of an hour, with everything going wrong; ARGS=1000 for fewer
	@$(BIN)/python tests/bench/soak_fast.py $(ARGS)

clean: ## remove what can be made again
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(READY): $(LOCK) pyproject.toml Makefile
	@test -n "$(PYTHON)" || { echo "Immersions needs Python 3.11, 3.12 or 3.13: sudo apt-get install python3 python3-venv"; exit 1; }
	@$(call system,$(LIBRARIES:%=library:%) module:ensurepip=$(notdir $(PYTHON))-venv)
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) || { echo "Python's venv is missing: sudo apt-get install python3-venv"; rm -rf $(VENV); exit 1; }
	@echo "Installing the pinned packages with torch for $(TORCH); this is done once."
	@grep -v '^torch==' $(LOCK) | $(PIP) install --no-deps -r /dev/stdin
	@$(PIP) install --retries 1 $(if $(filter cpu,$(TORCH)),--extra-index-url https://download.pytorch.org/whl/cpu) "$$(grep '^torch==' $(LOCK))"
	@$(PIP) install python-rtmidi==1.5.8 || echo "python-rtmidi did not install: the show runs without MIDI."
	@$(PIP) install zeroconf==0.154.0 ifaddr==0.2.0 || echo "zeroconf did not install: OSC is not announced on the network."
	@$(PIP) install aalink==0.2.3 || echo "aalink did not install: the show runs without Ableton Link."
	@# torchaudio's compiled parts are linked to CUDA; beside a CPU build of torch its import only works without them.
	@if ! $(BIN)/python -c "import torch, sys; sys.exit(torch.version.cuda is None)"; then rm -f $(VENV)/lib/python3*/site-packages/torchaudio/lib/*.so; fi
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@rm -f $(VENV)/.ready-*; touch $@

# Installs missing Debian packages where it may (root, or sudo without a password); otherwise prints the one line that does.
define system
missing=""; for pair in $(1); do \
  kind=$${pair%%:*}; rest=$${pair#*:}; name=$${rest%%=*}; package=$${rest#*=}; \
  if [ $$kind = library ]; then ldconfig -p | grep -q "$$name" || missing="$$missing $$package"; \
  elif [ $$kind = module ]; then $(PYTHON) -c "import $$name" 2>/dev/null || missing="$$missing $$package"; \
  else command -v $$name >/dev/null || missing="$$missing $$package"; fi; done; \
if [ -n "$$missing" ]; then \
  sudo=""; [ "$$(id -u)" = 0 ] || sudo="sudo -n"; \
  if command -v apt-get >/dev/null && $$sudo true 2>/dev/null; then \
    echo "Installing$$missing"; \
    { $$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends $$missing; } >/dev/null 2>&1 \
      || echo "That failed. Please run: sudo apt-get install$$missing"; \
  else echo "The system lacks a few libraries. Please run: sudo apt-get install$$missing"; fi; fi
endef
