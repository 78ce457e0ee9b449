#!/usr/bin/env bash
# The gate: everything that can be said without starting anything. Runs every step, then says which ones failed.
# Types and template take a core for a minute: they run beside the tests.
set -uo pipefail
cd "$(dirname "$0")/.."
said=$(mktemp -d)
trap 'rm -rf "$said"' EXIT
failed=()
step() {
  local name=$1
  shift
  echo "== $name"
  "$@" || failed+=("$name")
}
beside() {
  local name=$1
  shift
  "$@" >"$said/$name" 2>&1
  echo $? >"$said/$name.status"
}

( # one core
  beside "types" .venv/bin/mypy shared/relance functions local tests tools bench
  beside "template" .venv/bin/cfn-lint template.yaml
  beside "sam" .venv/bin/sam validate --lint
) &
# the other
step "format" .venv/bin/ruff format --check .
step "lint" .venv/bin/ruff check .
step "imports" env PYTHONPATH=shared .venv/bin/lint-imports
step "unit" .venv/bin/python -m pytest tests/unit tests/template tests/statemachine tests/model
wait
for name in types template sam; do
  echo "== $name"
  cat "$said/$name"
  [ "$(cat "$said/$name.status")" = 0 ] || failed+=("$name")
done

if ((${#failed[@]})); then
  printf 'FAILED: %s\n' "${failed[*]}"
  exit 1
fi
echo "All checks passed."
