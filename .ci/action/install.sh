#!/usr/bin/env bash
# Installs asyncgen as the action's own checkout has it, apart from everything else.
#
# PYTHON: the interpreter. GITHUB_ACTION_PATH, RUNNER_TEMP: given by GitHub.
set -euo pipefail

"$PYTHON" -m venv "$RUNNER_TEMP/asyncgen"
"$RUNNER_TEMP/asyncgen/bin/python" -m pip install --quiet "$GITHUB_ACTION_PATH"
