"""The main job: one quote from draft to cash to a sealed archive, as its people live it — the seller through the API,
the customer through mails and a page, the inspector with nothing but a folder and Python.

Every step is checked where it can be seen from outside; a step that did not happen raises, and nothing is faked.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local import demo_data
from local.client import Api, Customer, call
from local.pace import PATIENCE_S, NotSettledError, forward, settle

if TYPE_CHECKING:
    from local.cloud import LocalCloud

Say = Callable[[str], None]


@dataclass(slots=True)
class MainJob:
    """One run of the main job against a local cloud. `timeline` holds each step with its simulated instant."""

    cloud: LocalCloud
    say: Say = print
    timeline: list[dict[str, str]] = field(default_factory=list)
    page_url: str = ""
    quote_pdf: bytes = b""
    invoice_pdf: bytes = b""
    export: bytes = b""
    before: int = 0

    def __post_init__(self) -> None:
        self.before = len(self.cloud.mails())

    @property
    def api(self) -> Api:
        return Api(self.cloud.api_url, self.cloud.api_key)

    def run(self) -> None:
        """Do it all. Raises as soon as something that should happen does not."""
        customer = self.company_and_customers()
        quote = self.send_a_quote(customer)
        self.notice_and_remind(quote)
        self.accept(quote)
        invoice = self.invoice(quote)
        self.remind_and_collect(invoice)
        self.seal()

    # The seller

    def company_and_customers(self) -> dict[str, Any]:
        known = self.api.send("GET", "/v1/company")
        company = self.api.put("/v1/company", demo_data.COMPANY, etag=known.headers.get("ETag"))
        self.step("company", f"{company['legal_name']} est renseignée")
        customer: dict[str, Any] = self.api.post("/v1/customers", demo_data.CUSTOMERS[0])
        self.step("customer", f"{customer['name']} est créé")
        return customer

    def send_a_quote(self, customer: dict[str, Any]) -> dict[str, Any]:
        draft = self.api.post("/v1/quotes", {**demo_data.QUOTE, "customer_id": customer["id"]})
        self.step("quote.drafted", f"brouillon de devis, {in_french(draft['totals']['gross'])} TTC")
        sent: dict[str, Any] = self.api.post(f"/v1/quotes/{draft['id']}/send")
        self.step("quote.sent", f"devis {sent['number']} envoyé, figé et chaîné")
        mail = self.mail(1)
        self.quote_pdf = self.api.bytes(f"/v1/quotes/{sent['id']}/pdf")
        self.require(attached_pdf(mail) == self.quote_pdf, "the mail carries the very bytes of the stored PDF")
        self.page_url = link(mail, f"{self.cloud.public_url}/q/")
        self.step("mail", f"« {mail['subject']} » avec le PDF ({len(self.quote_pdf) // 1024} ko)")
        return sent

    def notice_and_remind(self, quote: dict[str, Any]) -> None:
        """Nobody opens for two days: a first reminder. Then the customer opens and looks, but does not answer."""
        forward(self.cloud, timedelta(days=4))
        reminder = self.mail(2)
        self.step("mail", f"relance « {reminder['subject']} » : le devis n’a pas été vu")
        forward(self.cloud, timedelta(minutes=20))  # who fetches an image within seconds of the delivery is a robot
        pixel = link(reminder, f"{self.cloud.public_url}/o/")
        self.require(Customer().look(pixel).body[:6] == b"GIF89a", "the pixel is a GIF")
        self.wait(lambda: self.heard("opened", quote), "the consented opening is recorded")
        self.step("opened", "ouverture du mail constatée, avec consentement")
        Customer().submit(self.page_url, "/seen")  # what the page's script does after three visible seconds
        self.wait(lambda: self.heard("viewed", quote), "the page view is recorded")
        self.step("viewed", "devis affiché plus de trois secondes par le client")
        forward(self.cloud, timedelta(days=5))
        self.step("mail", f"relance « {self.mail(3)['subject']} » : toujours pas de réponse")

    # The customer

    def accept(self, quote: dict[str, Any]) -> None:
        browser = Customer()
        answer = browser.submit(self.page_url, "/accept", name="Nadia Perrin", mention="Bon pour accord")
        if answer.status == 200:  # a consumer confirms in a second step
            answer = browser.fill(f"{self.page_url}/accept", answer.text, "/accept", confirmed="yes")
        self.require(answer.status == 303, f"acceptance answered {answer.status}: {answer.text[:500]}")
        accepted = self.api.get(f"/v1/quotes/{quote['id']}")
        self.require(accepted["status"] == "accepted", "the quote is accepted")
        self.require(
            accepted["acceptance"]["document_sha256"] == sha256(self.quote_pdf).hexdigest(), "bound to the PDF"
        )
        self.step("quote.accepted", "« Bon pour accord » de Nadia Perrin, lié à l’empreinte du PDF")
        copy = self.mail(4)
        self.step("mail", f"copie au client : « {copy['subject']} »")
        forward(self.cloud, timedelta(days=40))
        self.require(len(self.mails()) == 4, "nothing is sent about an accepted quote")
        self.step("silence", "quarante jours passent : plus aucune relance après l’acceptation")

    # Cash

    def invoice(self, quote: dict[str, Any]) -> dict[str, Any]:
        draft = self.api.post(f"/v1/quotes/{quote['id']}/invoices")
        issued: dict[str, Any] = self.api.post(f"/v1/invoices/{draft['id']}/issue")
        self.step(
            "invoice.issued",
            f"facture {issued['number']} émise, échéance {date.fromisoformat(issued['due_date']):%d/%m/%Y}",
        )
        mail = self.mail(5)
        self.invoice_pdf = self.api.bytes(f"/v1/invoices/{issued['id']}/pdf")
        self.require(attached_pdf(mail) == self.invoice_pdf, "the mail carries the very bytes of the stored PDF")
        self.step("mail", f"« {mail['subject']} » avec le PDF ({len(self.invoice_pdf) // 1024} ko)")
        return issued

    def remind_and_collect(self, invoice: dict[str, Any]) -> None:
        forward(self.cloud, timedelta(days=37))
        self.step("mail", f"avant l’échéance : « {self.mail(6)['subject']} »")
        self.step("mail", f"relance d’impayé « {self.mail(7)['subject']} »")
        today = self.cloud.clock.now().date().isoformat()
        payment = {"amount": invoice["totals"]["gross"], "paid_on": today, "mode": "transfer", "reference": "VIR 0427"}
        paid = self.api.post(f"/v1/invoices/{invoice['id']}/payments", payment)
        self.require((paid["settlement"], paid["balance"]) == ("paid", "0.00"), "the invoice is settled")
        self.step("payment.recorded", f"{in_french(payment['amount'])} reçus par virement : facture soldée")
        forward(self.cloud, timedelta(days=30))
        self.require(len(self.mails()) == 7, "a paid invoice is not dunned any more")
        self.step("silence", "trente jours passent : plus aucune relance après le paiement")

    # Proof

    def seal(self) -> None:
        self.wait(self.is_sealed, "the archive holds the whole journal")
        status = self.api.get("/v1/archive/status")
        self.step("archive.sealed", f"{status['archived']} faits scellés dans l’archive verrouillée")
        export = self.api.post("/v1/archive/exports")
        self.wait(lambda: self.exported(export["id"])["state"] == "made", "the export is made in the background")
        self.export = call("GET", self.exported(export["id"])["url"]).body
        self.step("archive.exported", f"archive exportée ({len(self.export) // 1024} ko)")

    def exported(self, export_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.api.get(f"/v1/archive/exports/{export_id}")
        return found

    def is_sealed(self) -> bool:
        status = self.api.get("/v1/archive/status")
        return bool(status["archived"] == status["recorded"] == status["signed"] and status["recorded"] > 0)

    def leave_work_open(self) -> str:
        """Something to play with: an overdue invoice, a quote that waits for an answer. Returns the quote's page."""
        consumer = self.api.post("/v1/customers", demo_data.CUSTOMERS[1])
        lines = demo_data.QUOTE["lines"]
        unpaid = self.api.post("/v1/invoices", {"customer_id": consumer["id"], "lines": lines[:2]})
        self.api.post(f"/v1/invoices/{unpaid['id']}/issue")
        forward(self.cloud, timedelta(days=36))
        self.step("invoice.overdue", f"une facture de {consumer['name']} reste impayée")
        quote = self.api.post("/v1/quotes", {**demo_data.QUOTE, "message": "", "customer_id": consumer["id"]})
        self.api.post(f"/v1/quotes/{quote['id']}/send")
        self.wait(
            lambda: "devis" in str(self.mails(consumer["email"])[-1]["Subject"]).lower(), "the open quote is mailed"
        )
        self.step("quote.open", f"un devis attend la réponse de {consumer['name']}")
        return link(self.mails(consumer["email"])[-1], f"{self.cloud.public_url}/q/")

    # Looking

    def heard(self, kind: str, quote: dict[str, Any]) -> bool:
        told = self.api.get(f"/v1/quotes/{quote['id']}/timeline")
        return any(entry["type"] == kind for entry in told["entries"])

    def mails(self, to: str = demo_data.CUSTOMERS[0]["email"]) -> list[EmailMessage]:
        """What the customer, or somebody else, received since the job began."""
        return [mail.message for mail in self.cloud.mails()[self.before :] if to in mail.to]

    def mail(self, number: int) -> EmailMessage:
        """The customer's mail of that number, waiting for it."""
        self.wait(lambda: len(self.mails()) >= number, f"mail {number} is sent")
        return self.mails()[number - 1]

    def wait(self, happened: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not happened():
            if time.monotonic() > deadline:
                raise NotSettledError(f"did not happen within {PATIENCE_S:.0f} s: {what}")
            time.sleep(0.1)

    def require(self, holds: bool, what: str) -> None:
        if not holds:
            raise NotSettledError(f"not so: {what}")

    def step(self, name: str, what: str) -> None:
        settle(self.cloud)
        at = self.cloud.clock.now()
        self.timeline.append(
            {"at": at.isoformat(timespec="seconds").replace("+00:00", "Z"), "step": name, "what": what}
        )
        self.say(f"{at.astimezone(demo_data.PARIS):%d/%m/%Y %H:%M}  {what}")


def in_french(amount: str) -> str:
    """`5280.34` of the API is « 5 280,34 € »."""
    return f"{Decimal(amount):,.2f}".translate(str.maketrans(",.", "\u202f,")) + "\u00a0€"


def attached_pdf(mail: EmailMessage) -> bytes:
    """The bytes of the PDF of a mail."""
    for part in mail.iter_attachments():
        if part.get_content_type() == "application/pdf":
            content = part.get_content()
            assert isinstance(content, bytes)
            return content
    raise NotSettledError(f"no PDF in the mail « {mail['subject']} »")


def link(mail: EmailMessage, prefix: str) -> str:
    """The first address of that kind in a mail's HTML."""
    html = mail.get_body(("html",))
    assert html is not None
    if found := re.search(re.escape(prefix) + r"[A-Za-z0-9_\-.]+", html.get_content()):
        return found.group()
    raise NotSettledError(f"no {prefix} in the mail « {mail['subject']} »")


def leave_papers(job: MainJob, out: Path) -> None:
    """What a person may want to look at: `quote.pdf`, `invoice.pdf`, `mails/`, `timeline.json`, `archive/`."""
    for left in ("archive", "mails"):  # an archive with a file too many is refused, and rightly so
        shutil.rmtree(out / left, ignore_errors=True)
    out.mkdir(parents=True, exist_ok=True)
    (out / "quote.pdf").write_bytes(job.quote_pdf)
    (out / "invoice.pdf").write_bytes(job.invoice_pdf)
    (out / "mails").mkdir(exist_ok=True)
    for mail in job.cloud.mails():
        (out / "mails" / f"{mail.number:02d}.eml").write_bytes(mail.raw)
    (out / "timeline.json").write_text(json.dumps(job.timeline, ensure_ascii=False, indent=1) + "\n")
    with zipfile.ZipFile(io.BytesIO(job.export)) as archive:
        archive.extractall(out / "archive")


def verify(archive: Path) -> subprocess.CompletedProcess[str]:
    """Run the verifier that lies in the export, alone: no package of ours, no network, no site packages."""
    command = [sys.executable, "-I", "-S", "verify_archive.py", "."]
    return subprocess.run(command, cwd=archive, capture_output=True, text=True, check=False)
