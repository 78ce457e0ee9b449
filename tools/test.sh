#!/usr/bin/env bash
# Every test but those that the coverage of the rules is taken from, in three lanes at once: what shares the session's
# cloud, what has its own (emulators, demo clouds) or none but a browser, and the tests of files alone. The first two
# often wait for something to happen, so the third does its work in their pauses: they go first, it fills what they
# leave. Each lane runs to its end and is told whole; one that fails, fails all.
set -uo pipefail
cd "$(dirname "$0")/.."
apart=(tests/browser tests/cloud/test_repairs.py tests/cloud/test_stopping.py tests/e2e/test_demo.py tests/e2e/test_killing.py)
elsewhere=(tests/browser tests/cloud tests/e2e tests/mutation) # the mutants are tried by `make validate`
said=$(mktemp -d)
trap 'rm -rf "$said"' EXIT
pytest=(.venv/bin/python -m pytest)

nice -n 5 "${pytest[@]}" -n 2 --dist worksteal -m 'not rules and not cloud' "${elsewhere[@]/#/--ignore=}" >"$said/files" 2>&1 &
files=$!
"${pytest[@]}" "${apart[@]}" >"$said/own" 2>&1 &
own=$!
"${pytest[@]}" -m cloud tests/cloud tests/e2e tests/contract "${apart[@]/#/--ignore=}"
failed=$?
for lane in own files; do
  wait "${!lane}" || failed=1
  cat "$said/$lane"
done
exit $failed
