# The commands of README.md and CONTRIBUTING.md. `make` alone shows them.
PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
REPO   ?= .

.PHONY: help setup chat serve test lint bench slack-demo nudge-demo story-demo clean

help:  ## these lines
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "make %-11s %s\n", $$1, $$2}'

$(VENV)/.ready: pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "Lamplighter needs Python 3.11: install it, or name yours: make PYTHON=python3.12 …" >&2; exit 1; }
	@echo "Building the environment in $(VENV) (once, one to three minutes) …" >&2
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]' >&2
	@$(BIN)/python -m compileall -q bot indexers knowledge  # also where PYTHONDONTWRITEBYTECODE is set
	@$(BIN)/python -c "from bot.packed import keep_quick; keep_quick()"
	@touch $@

setup: $(VENV)/.ready  ## build the environment in .venv

chat: $(VENV)/.ready  ## index REPO=path-or-url (default: here) and talk to it in this terminal
	@$(BIN)/lamp chat --repo "$(REPO)"

serve: $(VENV)/.ready  ## run the bot on the platforms that have tokens
	@$(BIN)/lamp serve

# Two processes: chat servers and their threads in one, native code in the other. (One of five whole runs in a single
# process died; the grammar of Bash, under made-up code, is what we found that dies so. It runs apart since.)
test: $(VENV)/.ready  ## the whole suite
	@$(BIN)/python -m pytest tests/bot
	@$(BIN)/python -m pytest --ignore=tests/bot

lint: $(VENV)/.ready  ## ruff, mypy strict, import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

bench: $(VENV)/.ready  ## the speed and quality table, with its anchors (see bench/README.md)
	@$(BIN)/python -m bench $(REPOS) $(if $(EVALS),--evals $(EVALS)) $(if $(CLONES),--clones $(CLONES)) $(if $(PEERS),--peers $(PEERS))

slack-demo: $(VENV)/.ready  ## a conversation about REPO with a real local Slack, with a screenshot
	@$(BIN)/python -m bench.slack_demo "$(REPO)"

nudge-demo: $(VENV)/.ready  ## a nudge from proposal to note in a real local Slack, with a screenshot
	@$(BIN)/python -m bench.nudge_demo

story-demo: $(VENV)/.ready  ## a week from proposal to report in a real local Slack, on REPO (a clone of pytest)
	@$(BIN)/python -m bench.story_demo "$(REPO)"

clean:  ## remove the environment and every cache (never .lamplighter/)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
