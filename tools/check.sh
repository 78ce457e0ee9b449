#!/usr/bin/env bash
# The gate: everything that can be said without starting anything. Runs every step, then says which ones failed.
set -uo pipefail
cd "$(dirname "$0")/.."
failed=()
step() {
  local name=$1
  shift
  echo "== $name"
  "$@" || failed+=("$name")
}

step "format" .venv/bin/ruff format --check .
step "lint" .venv/bin/ruff check .
step "types" .venv/bin/mypy shared/relance functions local tests tools bench
step "imports" env PYTHONPATH=shared .venv/bin/lint-imports
step "template" .venv/bin/cfn-lint template.yaml
step "sam" .venv/bin/sam validate --lint
step "unit" .venv/bin/python -m pytest -n 2 -m "not cloud and not browser"

if ((${#failed[@]})); then
  printf 'FAILED: %s\n' "${failed[*]}"
  exit 1
fi
echo "All checks passed."
