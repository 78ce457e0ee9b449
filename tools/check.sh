#!/usr/bin/env bash
# The gate: everything that can be said without starting anything. Runs every step, then says which ones failed.
# The tests take both cores for as long as they last; types and template run beside them.
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

(
  beside "types" .venv/bin/mypy shared/relance functions local tests tools bench
  # All that `sam validate --lint` does, which is this on one region.
  beside "template" .venv/bin/cfn-lint --regions eu-west-3 -- template.yaml
) &
step "format" .venv/bin/ruff format --check .
step "lint" .venv/bin/ruff check .
step "imports" env PYTHONPATH=shared .venv/bin/lint-imports
step "unit" .venv/bin/python -m pytest -n 2 --dist worksteal -m 'not slow' tests/unit tests/template tests/statemachine tests/model
wait
for name in types template; do
  echo "== $name"
  cat "$said/$name"
  [ "$(cat "$said/$name.status")" = 0 ] || failed+=("$name")
done

if ((${#failed[@]})); then
  printf 'FAILED: %s\n' "${failed[*]}"
  exit 1
fi
echo "All checks passed."
