"""Previews and duplicates on the local cloud: the API asks the function that draws, and hands its bytes out. [AF-10]"""

from __future__ import annotations

import subprocess
from hashlib import sha256
from typing import TYPE_CHECKING

from tests.e2e.conftest import eventually

if TYPE_CHECKING:
    from tests.e2e.conftest import Firm


def text_of(pdf: bytes) -> str:
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()


def test_drafts_are_shown_and_issued_invoices_duplicated(firm: Firm) -> None:
    quote, invoice = firm.draft_quote()["id"], firm.draft_invoice()["id"]
    for path in (f"/v1/quotes/{quote}/pdf", f"/v1/invoices/{invoice}/pdf"):
        assert "brouillon · page 1/" in text_of(firm.api.bytes(path))

    number = firm.api.post(f"/v1/invoices/{invoice}/issue")["number"]
    original = f"/v1/invoices/{invoice}/pdf"
    eventually(lambda: firm.api.send("GET", original).status == 200, "the original is drawn")
    assert "DUPLICATA" not in text_of(firm.api.bytes(original)).upper()

    made = [firm.api.post(f"/v1/invoices/{invoice}/duplicates") for _ in range(2)]
    assert [copy["rank"] for copy in made] == [1, 2]
    second = firm.api.bytes(f"/v1/invoices/{invoice}/duplicates/{made[1]['id']}")
    assert sha256(second).hexdigest() == made[1]["pdf_sha256"]
    said = text_of(second).upper()
    assert "DUPLICATA N° 2" in said.replace("\u00a0", " ")
    assert number in said
