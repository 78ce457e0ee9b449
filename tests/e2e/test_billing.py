"""Credit notes and platforms on the running cloud: a mail with the right name, files where a connector looks. [E-07]"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.e2e.conftest import eventually

if TYPE_CHECKING:
    from tests.e2e.conftest import Firm


def issued(firm: Firm) -> dict[str, Any]:
    invoice: dict[str, Any] = firm.api.post(f"/v1/invoices/{firm.draft_invoice()['id']}/issue")
    return invoice


def test_a_credit_note_is_numbered_drawn_and_mailed_and_dunning_stops_C_04(firm: Firm) -> None:
    invoice = issued(firm)
    firm.mails(at_least=1)
    body = {"reason": "Chantier annulé", "issue": True}
    note = firm.api.post(f"/v1/invoices/{invoice['id']}/credit-notes", body)
    assert note["number"] == "A-2026-0001"
    mail = firm.mails(at_least=2)[1]
    assert "Votre avoir A-2026-0001" in str(mail["Subject"])
    (attached,) = [part for part in mail.iter_attachments() if part.get_content_type() == "application/pdf"]
    assert attached.get_filename() == "Avoir A-2026-0001.pdf"
    assert attached.get_content() == firm.api.bytes(f"/v1/invoices/{note['id']}/pdf")
    firm.forward(days=60)
    assert len(firm.mails()) == 2, "nobody is reminded of what was credited"


def test_an_invoice_goes_through_the_platform_of_files_and_a_refusal_ends_it_E_05_C_03(firm: Firm) -> None:
    invoice = issued(firm)
    told = firm.api.post(f"/v1/invoices/{invoice['id']}/transmissions")
    assert [one["code"] for one in told["items"]] == ["200"]
    s3, bucket = firm.cloud.boto("s3"), firm.cloud.outputs["DocumentsBucket"]
    folder = f"platform/{firm.tenant}/out/{invoice['id']}"
    envelope = json.loads(s3.get_object(Bucket=bucket, Key=f"{folder}/envelope.json")["Body"].read())
    assert (envelope["number"], envelope["processing"]) == (invoice["number"], "B2B")
    assert b"CrossIndustryInvoice" in s3.get_object(Bucket=bucket, Key=f"{folder}/invoice.xml")["Body"].read()

    at = invoice["issued_at"]
    status = {"id": "pdp-1", "invoice_id": invoice["id"], "code": "210", "at": at, "reason": "Prix"}
    s3.put_object(Bucket=bucket, Key=f"platform/{firm.tenant}/in/0001.json", Body=json.dumps(status).encode())
    collected = firm.api.post("/v1/statuses/collect", {})
    assert (collected["recorded"], collected["refused"], collected["cursor"]) == (1, [], "0001.json")
    note = firm.api.post(f"/v1/invoices/{invoice['id']}/credit-notes", {"reason": "Refusée", "issue": True})
    assert note["internal"] is True
    eventually(
        lambda: bool(firm.api.get(f"/v1/invoices/{note['id']}")["pdf_sha256"]), "an internal credit note is sealed too"
    )
    firm.settle()
    assert len(firm.mails()) == 1, "and never leaves"
