"""The publisher's attestation: nominative, of one fiscal version, and void of a build that was changed. [AF-08]"""

import json
import re
import shutil
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from relance.adapters.attestation_data import load_attestations
from relance.adapters.fiscal_modules import (
    MODULES,
    PACKAGE,
    STAMP,
    fiscal_files,
    fiscal_sha256,
    fiscal_version,
    stamp,
)
from relance.domain.attestation import BLANK, Attestations, Editor, FiscalVersion, attestation
from relance.domain.errors import Stop
from relance.domain.sheets import Sheet
from tests.builders import a_company
from tools.fiscal import released

ON = date(2026, 11, 22)
VERSION = FiscalVersion("ab" * 32, "1.0.0")


def told(sheet: Sheet) -> str:
    parts = [sheet.title, sheet.subtitle, sheet.warning, sheet.footer]
    for section in sheet.sections:
        parts += [section.title, *section.paragraphs, *(f"{a} {b}" for a, b in section.rows), *section.signed_by]
    return "\n".join(parts)


def a_sheet(known: Attestations, since: date | None = date(2026, 1, 2)) -> Sheet:
    return attestation(known, VERSION, a_company(), since=since, on=ON)


def test_a_released_version_is_attested_to_one_company_in_two_parts() -> None:
    editor = Editor("Éditions Relance", "Jeanne Martin", "1 rue de la Paix, 75002 Paris", "552100554")
    known = replace(load_attestations(), releases={VERSION.sha256: "1.0.0"}, editor=editor)
    sheet = a_sheet(known)
    text = told(sheet)
    assert sheet.warning == ""
    for part in (a_company().legal_name, a_company().siren, "RF-abababababab.1.0.0", "02/01/2026", *vars_of(editor)):
        assert part in text
    assert sheet.sections[0].title.startswith("Volet 1")
    assert sheet.sections[1].title.startswith("Volet 2")
    assert "{" not in text


def vars_of(editor: Editor) -> tuple[str, ...]:
    return (editor.name, editor.representative, editor.address, editor.siren)


def test_a_build_that_was_changed_says_that_its_attestation_is_not_valid() -> None:
    """BOI-TVA-DECLA-30-10-30 § 375: who modifies the code becomes its editor."""
    assert a_sheet(load_attestations()).warning.startswith("ATTESTATION INVALIDE")


@pytest.mark.parametrize("is_released", [True, False])
def test_it_is_never_called_a_certificate(is_released: bool) -> None:
    known = replace(load_attestations(), releases={VERSION.sha256: "1"} if is_released else {})
    assert not re.search(r"certifi|NF ?525|agréé", told(a_sheet(known)), re.IGNORECASE)


def test_what_is_not_known_is_left_to_be_written_by_hand() -> None:
    sheet = a_sheet(load_attestations(), since=None)
    assert f"depuis le {BLANK}" in told(sheet)
    assert dict(sheet.sections[0].rows)["Éditeur"] == BLANK


def test_there_are_words_for_the_day_or_none_at_all() -> None:
    with pytest.raises(Stop):
        load_attestations().text(date(2015, 1, 1))


def a_package(folder: Path) -> Path:
    for file in fiscal_files():
        target = folder / file.relative_to(PACKAGE)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    return folder


def test_any_change_of_a_fiscal_module_is_another_version(tmp_path: Path) -> None:
    package = a_package(tmp_path)
    before = fiscal_sha256(package)
    assert before == fiscal_sha256()
    changed = package / "domain" / "chain" / "event.py"
    changed.write_bytes(changed.read_bytes() + b"\n")
    assert fiscal_sha256(package) != before


def test_a_module_that_moved_away_is_not_forgotten(tmp_path: Path) -> None:
    package = a_package(tmp_path)
    (package / "domain" / "journal.py").rename(package / "domain" / "diary.py")
    with pytest.raises(ValueError, match="journal"):
        fiscal_sha256(package)


def test_what_makes_chains_and_archives_facts_is_fiscal() -> None:
    names = {file.relative_to(PACKAGE).as_posix() for file in fiscal_files()}
    assert {"domain/chain/event.py", "domain/journal.py", "app/journaling.py", "app/archiving/drain.py"} <= names
    assert {"resources/verify_archive.py", "domain/perpetual.py", "domain/closing.py"} <= names
    assert len(MODULES) == len(set(MODULES))


def test_the_stamp_of_a_build_is_what_is_told(tmp_path: Path) -> None:
    assert json.loads(stamp(a_package(tmp_path), "1.2.3")) == {"product": "1.2.3", "sha256": fiscal_sha256()}
    assert not (PACKAGE / STAMP).exists(), "a checkout computes"
    assert fiscal_version() == FiscalVersion(fiscal_sha256(), "dev")


def test_a_release_is_one_line_more() -> None:
    text = (PACKAGE / "resources" / "legal" / "attestation.toml").read_text(encoding="utf-8")
    assert tomllib.loads(released(text, VERSION.sha256, "1.0.0"))["releases"][VERSION.sha256] == "1.0.0"
