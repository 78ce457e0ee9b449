"""Sixty days of a firm: a quote chased to acceptance, an invoice dunned to payment, each mail shown before it is sent.

Before anything happens, and again after each thing that does, the API is asked what will be sent; then days pass, and
what lies in the customer's mailbox is compared with it: the day, the subject, every word. A difference raises.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

from local import demo_data
from local.client import Api, Customer
from local.main_job import in_french, link
from local.pace import NotSettledError, forward, planned, settle

if TYPE_CHECKING:
    from local.cloud import LocalCloud

APPROVED_AFTER = timedelta(hours=1)
CUSTOMER: dict[str, Any] = {
    "kind": "business",
    "name": "Menuiserie des Brotteaux SARL",
    "contact_name": "Karim Benali",
    "siren": "732829320",
    "vat_number": "FR44732829320",
    "address": {"line1": "18 cours Vitton", "postcode": "69006", "city": "Lyon"},
    "email": "karim.benali@menuiserie-brotteaux.example",
}
RATES = {
    "rates": [
        {"valid_from": "2026-01-01", "rate": "12.15", "source": "Exemple : taux BCE du semestre + 10 points"},
        {"valid_from": "2027-01-01", "rate": "12.40", "source": "Exemple : taux BCE du semestre + 10 points"},
    ]
}


@dataclass(frozen=True, slots=True)
class Row:
    """One mail: foreseen and sent on that day, or only one of the two ("" for the other)."""

    day: str
    foreseen: str
    sent: str
    same_words: bool


@dataclass(slots=True)
class SixtyDays:
    """One run against a local cloud whose company is there. `rows` holds every mail, as foreseen and as sent."""

    cloud: LocalCloud
    say: Callable[[str], None] = print
    rows: list[Row] = field(default_factory=list)
    _seen: int = 0
    _foreseen: list[dict[str, Any]] = field(default_factory=list)
    _documents: list[str] = field(default_factory=list)

    @property
    def api(self) -> Api:
        return Api(self.cloud.api_url, self.cloud.api_key)

    def run(self) -> None:
        """Do it all. Raises NotSettledError as soon as a mail is not the one that was shown."""
        start = self.cloud.clock.now()
        self._say("Soixante jours : ce qui est prévu d’un côté, ce qui est dans la boîte aux lettres de l’autre")
        self.api.put("/v1/settings/late-rates", RATES, etag='"0"')
        customer = self.api.post("/v1/customers", CUSTOMER)
        draft = {**demo_data.QUOTE, "message": "", "customer_id": customer["id"]}
        quote = self.api.post(f"/v1/quotes/{self.api.post('/v1/quotes', draft)['id']}/send")
        lines = {"customer_id": customer["id"], "lines": demo_data.QUOTE["lines"][:2]}
        invoice = self.api.post(f"/v1/invoices/{self.api.post('/v1/invoices', lines)['id']}/issue")
        self._documents = [f"/v1/quotes/{quote['id']}", f"/v1/invoices/{invoice['id']}"]
        settle(self.cloud)
        delivered = self._mails(at_least=2)
        self._seen = len(delivered)
        page = link(next(m for m in delivered if quote["number"] in m["Subject"]), f"{self.cloud.public_url}/q/")
        self._happens("le devis et la facture sont envoyés")
        self._live(start + timedelta(days=5))
        Customer().submit(page, "/seen")
        settle(self.cloud)
        self._happens("le client consulte le devis, sans répondre")
        self._live(start + timedelta(days=14))
        self._accept(page)
        self._happens("le client accepte le devis")
        self._live(start + timedelta(days=40))
        half = f"{float(invoice['totals']['gross']) // 2:.2f}"
        self._pay(invoice, half)
        self._happens(f"le client règle une partie de la facture, {in_french(half)}")
        self._live(start + timedelta(days=56))
        self._pay(invoice, self.api.get(f"/v1/invoices/{invoice['id']}")["balance"])
        self._happens("le client règle le reste")
        self._live(start + timedelta(days=75))
        if not all(row.same_words for row in self.rows) or len(self.rows) < 6:
            raise NotSettledError(f"too little was sent to compare: {self.rows}")

    def as_json(self) -> str:
        """Every mail, foreseen and sent."""
        return json.dumps([asdict(row) for row in self.rows], ensure_ascii=False, indent=1) + "\n"

    # What happens

    def _accept(self, page: str) -> None:
        answer = Customer().submit(page, "/accept", name="Karim Benali", mention="Bon pour accord")
        if answer.status != 303:
            raise NotSettledError(f"acceptance answered {answer.status}")
        settle(self.cloud)
        self._seen = len(self._mails(at_least=self._seen + 1))  # his copy, which no scenario sends

    def _pay(self, invoice: dict[str, Any], amount: str) -> None:
        today = self.cloud.clock.now().astimezone(demo_data.PARIS).date().isoformat()
        payment = {"amount": amount, "paid_on": today, "mode": "transfer"}
        self.api.post(f"/v1/invoices/{invoice['id']}/payments", payment)

    def _happens(self, what: str) -> None:
        """Ask anew what will be sent: whatever happened may have changed it."""
        self._say(f"— {what} —")
        told: dict[tuple[str, str, str], dict[str, Any]] = {}
        for document in self._documents:
            for one in self.api.get(f"{document}/reminders")["foreseen"]:
                if one["action"] == "email":
                    told[one["at"], one["document_id"], one["step"]] = one
        self._foreseen = [told[key] for key in sorted(told)]

    # Days pass

    def _live(self, end: datetime) -> None:
        """Until `end`, approving what waits for somebody an hour after it does; then compare."""
        while (now := self.cloud.clock.now()) < end:
            coming = [run.next_at for run in planned(self.cloud)[:1]]
            forward(self.cloud, max(timedelta(), min([end, *coming]) - now))
            if waiting := self.api.get("/v1/reminders?state=pending")["queue"]:
                forward(self.cloud, APPROVED_AFTER)
                self.api.post("/v1/reminders/approve", {"ids": [one["id"] for one in waiting]})
                settle(self.cloud)
        self._compare(end)

    def _compare(self, end: datetime) -> None:
        due = [one for one in self._foreseen if datetime.fromisoformat(one["at"]) <= end]
        sent = self._mails(at_least=self._seen + len(due))[self._seen :]
        self._seen += len(sent)
        for number in range(max(len(due), len(sent))):
            row = _row(due[number] if number < len(due) else None, sent[number] if number < len(sent) else None)
            self.rows.append(row)
            self._say(f"{row.day}  {'=' if row.same_words else '≠'}  {row.sent or '(rien)'}")
            if not row.same_words:
                raise NotSettledError(f"not what was shown: {row}")

    def _mails(self, *, at_least: int) -> list[EmailMessage]:
        """What the customer received, waiting for so many."""
        for _ in range(200):
            found = [mail.message for mail in self.cloud.mails() if CUSTOMER["email"] in mail.to]
            if len(found) >= at_least:
                return found
            settle(self.cloud)
        return found

    def _say(self, what: str) -> None:
        self.say(f"{self.cloud.clock.now().astimezone(demo_data.PARIS):%d/%m/%Y %H:%M}  {what}")


def _row(foreseen: dict[str, Any] | None, sent: EmailMessage | None) -> Row:
    if sent is None:
        assert foreseen is not None
        return Row(foreseen["day"], foreseen["subject"], "", same_words=False)
    body = sent.get_body(("plain",))
    assert body is not None
    day = sent["Date"].datetime.astimezone(demo_data.PARIS).date().isoformat()
    if foreseen is None:
        return Row(day, "", sent["Subject"], same_words=False)
    shown = (foreseen["day"], _plain(foreseen["subject"]), _plain(foreseen["text"]))
    came = (day, _plain(sent["Subject"]), _plain(body.get_content()))
    return Row(day, shown[1], came[1], same_words=shown == came)


def _plain(text: str) -> str:
    """The words, whatever the spaces; the address of the page has a token that only the customer gets."""
    return " ".join(re.sub(r"https?://\S+?/([qu])/\S+", r"…/\1/…", text).split())
