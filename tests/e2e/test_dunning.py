"""What is late on the running cloud: figures, a letter that another function draws, the file for the court. [DU-07]"""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from tests.e2e.conftest import eventually

if TYPE_CHECKING:
    from tests.e2e.conftest import Firm


def test_a_late_invoice_has_its_penalties_its_letter_its_statement_and_its_file(firm: Firm) -> None:
    rates = {"rates": [{"valid_from": "2020-01-01", "rate": "12.15", "source": "Contrat"}]}
    assert firm.api.put("/v1/settings/late-rates", rates, etag='"0"')["rev"] == 1
    today = date.fromisoformat(firm.api.get("/v1/reports/aged-balance")["on"])
    draft = firm.draft_invoice(
        lines=[{"description": "Pose", "quantity": "1", "unit_price": "1000", "vat_rate": "20"}],
        due_date=(today + timedelta(days=1)).isoformat(),
    )
    invoice = firm.api.post(f"/v1/invoices/{draft['id']}/issue")
    path = f"/v1/invoices/{invoice['id']}"
    eventually(lambda: bool(firm.api.get(path)["pdf_sha256"]), "the invoice is sealed")
    firm.forward(days=4)

    told = firm.api.get(f"{path}/penalties")
    late = (date.fromisoformat(told["on"]) - date.fromisoformat(invoice["due_date"])).days
    assert late > 0
    interest = round(1200 * 0.1215 * late / 365, 2)
    assert (told["state"], told["interest"], told["indemnity"]) == ("accrued", f"{interest:.2f}", "40.00")
    assert firm.api.post(f"{path}/penalties/claim")["state"] == "claimed"

    notice = firm.api.post(f"{path}/formal-notice", {})
    letter = firm.api.bytes(f"{path}/formal-notice.pdf")
    assert letter.startswith(b"%PDF-")
    assert sha256(letter).hexdigest() == notice["pdf_sha256"]
    assert firm.api.bytes(f"/v1/customers/{firm.customer['id']}/statement.pdf").startswith(b"%PDF-")
    with zipfile.ZipFile(io.BytesIO(firm.api.bytes(f"{path}/dossier"))) as found:
        names = found.namelist()
        assert found.read(f"01-facture-{invoice['number']}.pdf") == firm.api.bytes(f"{path}/pdf")
    assert [name.partition("-")[2].split("-")[0] for name in names[2:]] == [
        "relances.csv",
        "mise",
        "releve",
        "penalites.csv",
    ]
    aged = firm.api.get("/v1/reports/aged-balance")
    assert aged["total"]["overdue"] == "1200.00"
