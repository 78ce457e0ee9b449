"""Sheets through the function that draws: a proof on one page however large its archive, an attestation that warns."""

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pypdf
import pytest

from functions.render_pdf import app
from relance.adapters.attestation_data import load_attestations
from relance.adapters.fiscal_modules import fiscal_version
from relance.adapters.pdf_weasyprint import WeasyPrintRenderer
from relance.adapters.sheets_weasyprint import WeasyPrintSheets
from relance.app.archiving import prove
from relance.app.archiving.proof_papers import proof_sheet
from relance.contracts.drawing import Drawing, drawn
from relance.contracts.sheets import SheetTask, is_sheet
from relance.domain.attestation import attestation
from relance.domain.errors import Invalid
from relance.domain.sheets import Section, Sheet
from tests.builders import a_company, an_instant
from tests.doubles.exported import TENANT, world_of

SHEETS = WeasyPrintSheets(WeasyPrintRenderer())


def through_the_wire(sheet: Sheet) -> bytes:
    """What `RemoteSheets` gets."""
    task: Mapping[str, Any] = json.loads(msgspec.json.encode(SheetTask(sheet)))
    assert is_sheet(task)
    answer = app.draw_sheet(SHEETS, msgspec.convert(task, SheetTask))
    return drawn(msgspec.json.decode(msgspec.json.encode(answer), type=Drawing))


def read(pdf: bytes) -> tuple[int, str]:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return len(pages), "\n".join(page.extract_text() for page in pages)


def test_the_proof_of_one_of_a_million_events_fits_on_a_page() -> None:
    proof = prove(TENANT, 4, world_of().archive())
    path = tuple(bytes([n]) * 32 for n in range(20))
    large = replace(proof, seq=777_777, size=1_000_000, path=path, key_notes=(b"", b""), key_from=654_321)
    pages, text = read(through_the_wire(proof_sheet(large, "Atelier Duval Menuiserie et Fils " * 4, an_instant())))
    assert pages == 1, "also after a change of key, for whoever has a long name"
    for part in ("Preuve d’inclusion", "événement 777777 sur 1000000", "openssl pkeyutl -verify", "F-2026-0001"):
        assert part in text


def test_the_attestation_of_a_build_that_is_not_released_says_so_on_its_one_page() -> None:
    """[AF-08]"""
    on = date(2026, 11, 22)
    sheet = attestation(load_attestations(), fiscal_version(), a_company(), since=on, on=on)
    pages, text = read(through_the_wire(sheet))
    assert pages == 1
    assert "ATTESTATION INVALIDE" in text
    assert a_company().legal_name in text


def test_a_sheet_with_what_no_font_draws_is_refused() -> None:
    sheet = Sheet("Titre", "", date(2026, 11, 22), (Section("Nom", rows=(("Client", "\u4e2d\u6587"),)),), "")
    with pytest.raises(Invalid):
        through_the_wire(sheet)
