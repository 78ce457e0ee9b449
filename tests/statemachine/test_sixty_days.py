"""The sixty days of the demo, rehearsed on doubles: the whole API and the state machine, without a cloud. [DR-11]

The script is the demo's own (`local.sixty_days`), word for word; only what it stands on is replaced: HTTP by the
handlers, the jumping clock by the machine's, the mailbox by what the mail service was handed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

import pytest

from functions.reminders_api import app as reminders_app
from functions.reminders_api.wiring import Parts as RemindersParts
from functions.scenarios_api import app as scenarios_app
from functions.scenarios_api.wiring import Parts as ScenariosParts
from functions.scenarios_api.wiring import Pen
from local import sixty_days
from local.client import Customer
from local.pace import NotSettledError, Planned
from local.sixty_days import CUSTOMER, SixtyDays
from relance.adapters.mail_composer import JinjaMailComposer
from relance.app.foreseeing import Desk
from relance.domain.quote import Quote, QuoteStatus
from relance.domain.reminder.run import Run, wake
from tests.builders import TENANT
from tests.doubles.api import Caller, Server
from tests.doubles.gateway import Gateway
from tests.doubles.office import MARK, an_acceptance
from tests.statemachine.theatre import Theatre


@dataclass
class House:
    """The cloud as the demo sees it: an API, a clock, a mailbox, a customer with a browser."""

    theatre: Theatre

    def __post_init__(self) -> None:
        office = self.theatre.office
        object.__setattr__(office.post, "composer", JinjaMailComposer())
        machine: Any = self.theatre.machine  # an Executions port
        server = Server(office.ctx, office.store, office.clock, machine, office.documents, office.activity)
        self.caller = Caller(server, TENANT)
        pen = Pen(JinjaMailComposer(), MARK, office.post.law)
        desk = Desk(office.post.published, office.store, pen)
        self.scenarios = Gateway(scenarios_app.build(ScenariosParts(office.ctx, desk)))
        parts = RemindersParts(office.ctx, office.post.published, machine, office.store)
        self.reminders = Gateway(reminders_app.build(parts))
        self.cloud: Any = SimpleNamespace(
            api_url="", api_key="", public_url=MARK.public_base_url, clock=office.clock, mails=self.mails
        )

    # The API

    def gateway(self, path: str) -> Gateway:
        """The function behind a path."""
        if path.endswith("/reminders") and not path.startswith("/v1/reminders"):
            return self.scenarios
        by_first_word = {
            "settings": self.caller.settings,
            "customers": self.caller.customers,
            "quotes": self.caller.quotes,
            "invoices": self.caller.invoices,
            "reminders": self.reminders,
        }
        return by_first_word[path.split("/")[2]]

    def get(self, path: str) -> Any:
        where, _, query = path.partition("?")
        return self._wanted(
            self.gateway(where).get(where, **dict(part.split("=") for part in query.split("&") if part))
        )

    def post(self, path: str, body: object = None) -> Any:
        return self._wanted(self.gateway(path).post(path, body))

    def put(self, path: str, body: object, *, etag: str | None = None) -> Any:
        return self._wanted(self.gateway(path).put(path, body, if_match=etag))

    def _wanted(self, answer: Any) -> Any:
        assert 200 <= answer.status < 300, answer.body.decode()
        return answer.json

    # The clock

    def planned(self, _cloud: object) -> list[Planned]:
        runs = self.theatre.office.store.page(TENANT, Run, limit=100).items
        return sorted((Planned(run.id, run.next_at) for run in runs if run.is_open), key=lambda run: run.next_at)

    def forward(self, _cloud: object, by: timedelta) -> None:
        self.theatre.until(self.theatre.office.clock.at + by)

    def settle(self, _cloud: object) -> None:
        self.theatre.until(self.theatre.office.clock.at + timedelta(minutes=1))

    # The mailbox, and the customer

    def mails(self) -> list[Any]:
        return [SimpleNamespace(message=_message(mail), to=[mail.recipient]) for mail in self._delivered()]

    def _delivered(self) -> Iterator[Any]:
        return iter(self.theatre.office.mailer.delivered)

    def browse(self, page: str, path: str, **_fields: str) -> Any:
        """What the page's forms do, done to the one quote there is."""
        office = self.theatre.office
        (quote,) = office.store.page(TENANT, Quote).items
        now = office.clock.now()
        if path == "/seen":
            office.change(quote, first_viewed_at=now)
        else:
            office.change(quote, status=QuoteStatus.ACCEPTED, acceptance=an_acceptance(now, quote))
        run = wake(office.run_of(quote), now)
        office.put(run)
        self.theatre.machine.start(TENANT, "quote", quote.id, run.turn)
        return SimpleNamespace(status=303)


def _message(mail: Any) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = mail.subject
    message["Date"] = mail.date
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    """The demo's ground, replaced under its feet."""
    made = House(Theatre())
    monkeypatch.setattr(sixty_days, "Api", lambda *_: made)
    for name in ("planned", "forward", "settle"):
        monkeypatch.setattr(sixty_days, name, getattr(made, name))
    monkeypatch.setattr(Customer, "submit", lambda _self, page, path, **fields: made.browse(page, path, **fields))
    return made


def test_every_reminder_of_sixty_days_is_the_one_that_was_shown_mail_by_mail_DR_11(house: House) -> None:
    said: list[str] = []
    job = SixtyDays(house.cloud, said.append)
    job.run()
    assert [row for row in job.rows if not row.same_words or row.foreseen != row.sent] == []
    assert [(row.day, row.sent.partition(" : ")[0]) for row in job.rows] == [
        ("2026-11-18", "Avez-vous bien reçu notre devis D-2026-0001 ?"),
        ("2026-11-23", "Notre devis D-2026-0001"),
        ("2026-11-26", "Une question sur notre devis D-2026-0001 ?"),
        ("2026-12-14", "Votre facture F-2026-0001 arrive à échéance le 16 décembre 2026"),
        ("2026-12-21", "Rappel"),
        ("2026-12-24", "Relance"),
        ("2026-12-31", "Avant mise en demeure"),
    ]
    assert CUSTOMER["email"] in {mail.recipient for mail in house.theatre.office.mailer.delivered}
    assert sum(line.count("  =  ") for line in said) == len(job.rows)


def test_a_mail_that_was_not_shown_makes_the_demo_fail(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A comparison that cannot fail proves nothing: one word more in what is sent, and it does."""
    real = JinjaMailComposer.compose

    def otherwise(self: JinjaMailComposer, template: str, **parts: Any) -> Any:
        mail = real(self, template, **parts)
        sent = parts["link_url"].rpartition("/")[2] != "apercu"
        return type(mail)(mail.subject, mail.text + ("PS" if sent else ""), mail.html, mail.body)

    monkeypatch.setattr(JinjaMailComposer, "compose", otherwise)
    with pytest.raises(NotSettledError, match="not what was shown"):
        SixtyDays(house.cloud, lambda _: None).run()
