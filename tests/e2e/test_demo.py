"""`make demo`: the whole way on a fresh cloud of its own, and the papers it leaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from local import demo_data
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
    assert left == {"quote.pdf", "invoice.pdf", "mails", "timeline.json", "reminders.json", "archive"}
    assert (papers / "quote.pdf").read_bytes()[:5] == (papers / "invoice.pdf").read_bytes()[:5] == b"%PDF-"


def test_mails_and_timeline_agree_on_the_dates(papers: Path) -> None:
    steps = json.loads((papers / "timeline.json").read_text())
    instants = [step["at"] for step in steps]
    assert instants == sorted(instants)
    days = {instant[:10] for instant in instants}
    for path in sorted((papers / "mails").glob("*.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert mail["Date"].datetime.date().isoformat() >= min(days)
        if demo_data.CUSTOMERS[0]["email"] in mail["To"]:  # others are written to later, by the sixty days
            assert mail["Date"].datetime.date().isoformat() <= max(days)
    assert len(days) >= 6


def test_every_reminder_of_sixty_days_is_the_one_that_was_shown_mail_by_mail_DR_11(papers: Path) -> None:
    rows = json.loads((papers / "reminders.json").read_text())
    assert [row for row in rows if row["foreseen"] != row["sent"] or not row["same_words"]] == []
    subjects = " · ".join(row["sent"] for row in rows)
    for told in ("Avez-vous bien reçu", "échéance", "Rappel", "Relance", "Avant mise en demeure"):
        assert told in subjects


def test_the_verifier_of_the_export_accepts_it_and_names_what_was_changed(papers: Path) -> None:
    assert verify(papers / "archive").returncode == 0
