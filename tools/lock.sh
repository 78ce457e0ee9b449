#!/usr/bin/env bash
# Resolve pyproject.toml into requirements.lock (everything, with hashes) and cut the layers' requirement files out of it.
# The layers can therefore never hold a version that the tests did not run with. Then lock the native libraries.
set -euo pipefail
cd "$(dirname "$0")/.."
compile=(.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header)

"${compile[@]}" pyproject.toml --all-extras -o requirements.lock
"${compile[@]}" pyproject.toml --no-annotate -c requirements.lock -o layers/runtime/requirements.txt

# The PDF layer is stacked on the runtime layer: what the latter already holds stays out.
runtime=()
while read -r name; do runtime+=(--no-emit-package "$name"); done < <(sed -nE 's/^([a-z0-9_.-]+)==.*/\1/p' layers/runtime/requirements.txt)
"${compile[@]}" pyproject.toml --extra pdf --no-annotate -c requirements.lock "${runtime[@]}" -o layers/pdf/requirements.txt

.venv/bin/python -m tools.native_lock
