"""`make demo`: the whole way on a fresh cloud of its own, and the papers it leaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from local.main_job import verify

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make demo` leaves; it is run once for all tests of this module."""
    out = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "local.demo", "--state", str(ROOT / ".local" / "test-demo"), "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


pytestmark = pytest.mark.cloud


def test_it_leaves_every_paper(papers: Path) -> None:
    left = {path.name for path in papers.iterdir()}
    assert left == {"quote.pdf", "invoice.pdf", "mails", "timeline.json", "archive"}
    assert (papers / "quote.pdf").read_bytes()[:5] == (papers / "invoice.pdf").read_bytes()[:5] == b"%PDF-"


def test_mails_and_timeline_agree_on_the_dates(papers: Path) -> None:
    steps = json.loads((papers / "timeline.json").read_text())
    instants = [step["at"] for step in steps]
    assert instants == sorted(instants)
    days = {instant[:10] for instant in instants}
    for path in sorted((papers / "mails").glob("*.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert mail["Date"].datetime.date().isoformat() <= max(days)
        assert mail["Date"].datetime.date().isoformat() >= min(days)
    assert len(days) >= 6


def test_the_verifier_of_the_export_accepts_it_and_names_what_was_changed(papers: Path) -> None:
    assert verify(papers / "archive").returncode == 0
