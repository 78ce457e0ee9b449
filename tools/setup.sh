#!/usr/bin/env bash
# Everything a fresh Debian 12 needs to run and test Relance: Debian packages (only the missing ones), a virtual
# environment, the locked Python packages. Quiet and quick when nothing has to be done.
set -euo pipefail
cd "$(dirname "$0")/.."

# WeasyPrint draws with Pango; qpdf and poppler read PDFs back in the tests; Chromium drives the browser tests;
# veraPDF, which judges our PDFs, is Java and reads its profiles with JAXB; curl and jq take docs/tour.md; openssl
# verifies stamps and proofs.
packages=(python3-venv libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 poppler-utils qpdf chromium zip curl jq openssl
  openjdk-17-jdk-headless libjaxb-java
  binutils gcc libc6-dev patch) # readelf reads what Lambda would load, libexpat is compiled (tools/expat.py)

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if ((${#missing[@]})); then
  sudo=()
  if (($(id -u))); then sudo=(sudo); fi
  echo "Installing Debian packages: ${missing[*]}"
  "${sudo[@]}" apt-get update -qq
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

# The stamp is the lock file itself: a changed lock installs again, an unchanged one costs nothing.
if ! cmp -s requirements.lock .venv/.installed.lock; then
  echo "Installing locked Python packages into .venv"
  [ -x .venv/bin/python ] || "${PYTHON:-python3}" -m venv .venv
  .venv/bin/python -m pip install -q --disable-pip-version-check uv==0.13.6
  .venv/bin/uv pip sync -q --python .venv/bin/python --require-hashes requirements.lock
  # The SAM CLI brings boto3-stubs, which writes the same folder as types-boto3: ours is put there last.
  .venv/bin/uv pip sync -q --python .venv/bin/python --require-hashes --reinstall-package types-boto3 requirements.lock
  cp requirements.lock .venv/.installed.lock
fi
