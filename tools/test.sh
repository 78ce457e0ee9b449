#!/usr/bin/env bash
# The tests of the local cloud and of the browser, in two lanes: what shares the session's cloud, and what does not
# need it (the browser, emulators and demo clouds of its own). Both lanes run to their end; one that fails, fails all.
set -uo pipefail
cd "$(dirname "$0")/.."
apart=(tests/browser tests/cloud/test_repairs.py tests/cloud/test_stopping.py tests/e2e/test_demo.py tests/e2e/test_killing.py)
said=$(mktemp)
trap 'rm -f "$said"' EXIT

.venv/bin/python -m pytest "${apart[@]}" >"$said" 2>&1 &
.venv/bin/python -m pytest -m cloud tests/cloud tests/e2e tests/contract "${apart[@]/#/--ignore=}"
shared=$?
wait $!
own=$?
cat "$said"
exit $((shared || own))
