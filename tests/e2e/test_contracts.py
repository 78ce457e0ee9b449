"""On the local cloud: a consumer chooses and accepts, both sides get the contract; he withdraws, both are told."""

from __future__ import annotations

from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

from local.client import Customer
from local.main_job import link
from tests.e2e.conftest import a_firm, closed_at_the_end, eventually
from tests.e2e.test_copies import text_of

if TYPE_CHECKING:
    from local.cloud import LocalCloud
    from tests.e2e.conftest import Firm

LINE: dict[str, Any] = {"quantity": "1", "unit_price": "100", "vat_rate": "20"}
LINES = [
    {**LINE, "description": "Pose du parquet"},
    {**LINE, "description": "Vernis mat", "optional": True},
    {**LINE, "description": "Marches", "quantity": "2", "min_quantity": "1", "max_quantity": "5"},
]
CONSUMER = {"kind": "consumer", "name": "Camille Lefèvre", "contact_name": "", "siren": "", "vat_number": ""}
TERMS = b"%PDF-1.7\nconditions\n%%EOF\n"


def attached(mail: EmailMessage) -> list[bytes]:
    return [bytes(part.get_payload(decode=True)) for part in mail.iter_attachments()]


def told(firm: Firm, word: str) -> list[EmailMessage]:
    """The mails to this firm's own address whose subject begins with that word."""
    ours = [mail.message for mail in firm.cloud.mails() if f"{firm.tenant}@seller.example" in mail.to]
    return [mail for mail in ours if str(mail["Subject"]).startswith(word)]


def test_a_contract_with_choices_is_made_and_given_up_Q_04_W_02(cloud: LocalCloud) -> None:
    with closed_at_the_end(a_firm(cloud, **CONSUMER)) as firm:
        _made_and_given_up(firm)


def _made_and_given_up(firm: Firm) -> None:
    company = firm.api.send("GET", "/v1/company")
    body = {name: value for name, value in company.json.items() if name not in {"rev", "updated_at"}}
    firm.api.put("/v1/company", {**body, "email": f"{firm.tenant}@seller.example"}, etag=company.headers["ETag"])
    firm.api.put("/v1/company/general-terms", TERMS)
    quote = firm.send_quote(lines=LINES, channel="distance")
    offer = firm.mails(at_least=1)[0]
    assert attached(offer)[1] == TERMS, "the general conditions as they were kept"
    page = link(offer, f"{firm.cloud.public_url}/q/")

    choices = {"choice-1": "yes", "quantity-2": "5"}
    signed = {"name": "Camille Lefèvre", "mention": "Bon pour accord", "confirmed": "yes"}
    answer = Customer().submit(page, "/accept", **signed, **choices)
    assert answer.status == 303, answer.text
    copy = firm.mails(at_least=2)[1]
    contract = attached(copy)[0]
    assert {word in text_of(contract) for word in ("Vernis mat", "840,00")} == {True}  # (100 + 100 + 500) x 1.2
    eventually(lambda: len(told(firm, "Accepté")) == 1, "the seller is told")
    assert attached(told(firm, "Accepté")[0]) == [contract]
    assert firm.api.bytes(f"/v1/quotes/{quote['id']}/pdf") == contract

    assert "Renoncer au contrat ici" in Customer().look(page).text
    answer = Customer().submit(f"{page}/withdraw", "/withdraw", confirmed="yes")
    assert answer.status == 303, answer.text
    receipt = firm.mails(at_least=3)[2]
    assert str(receipt["Subject"]).startswith("Accusé de réception de votre rétractation")
    eventually(lambda: len(told(firm, "Rétractation")) == 1, "the seller is told of that too")
    firm.forward(days=40)
    assert len(firm.mails()) == 3, "and nobody is written to any more"
    said = [entry["text"] for entry in firm.api.get(f"/v1/quotes/{quote['id']}/timeline")["entries"]]
    assert any(text.startswith("Rétractation de Camille Lefèvre") for text in said)
    assert any("rembourser les sommes reçues" in text for text in said)
