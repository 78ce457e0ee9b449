"""What people said of a document, in its timeline and in French. [DR-02]"""

from dataclasses import replace
from datetime import timedelta

import pytest

from relance.app.hold_story import told
from relance.app.timelines import of_invoice
from relance.contracts.timeline_words import sentence
from relance.domain.reminder.hold import Hold, HoldKind
from tests.doubles.desk import AN_INVOICE, a_desk
from tests.doubles.nights import LOUISE
from tests.doubles.office import Office


@pytest.mark.parametrize(
    ("type", "data", "words"),
    [
        ("hold.dispute", {"amount": "120.00", "note": "Parquet rayé"}, "Litige ouvert de 120,00 : Parquet rayé"),
        ("hold.dispute.ended", {"outcome": "unfounded"}, "Litige clos (non fondé)"),
        ("hold.promise", {"until": "2026-11-20"}, "Promesse de paiement pour le 20/11/2026"),
        (
            "hold.promise",
            {"until": "2026-11-20", "amount": "80.00", "note": "au téléphone"},
            "Promesse de paiement de 80,00 pour le 20/11/2026 : au téléphone",
        ),
        ("hold.promise.ended", {"outcome": "broken"}, "Fin de la promesse de paiement (non tenue)"),
        ("hold.manual", {"until": "2026-11-27"}, "Relances suspendues jusqu’au 27/11/2026"),
        ("hold.manual.ended", {}, "Fin de la suspension des relances"),
        (
            "hold.manual.ended",
            {"outcome": "entered_again"},
            "Fin de la suspension des relances (le document correspond de nouveau à la requête)",
        ),
    ],
)
def test_each_entry_is_a_sentence(type: str, data: dict[str, str], words: str) -> None:
    assert sentence(type, data) == words


@pytest.mark.parametrize("kind", list(HoldKind))
def test_every_kind_of_hold_has_its_words(kind: HoldKind) -> None:
    for type in (f"hold.{kind}", f"hold.{kind}.ended"):
        assert sentence(type, {"until": "2026-11-20"}) != type


def test_a_timeline_tells_of_a_dispute_from_its_beginning_to_its_end() -> None:
    office = Office()
    invoice = office.invoice(id=AN_INVOICE)
    desk = a_desk(office)
    desk.post(f"/v1/invoices/{invoice.id}/dispute", {"note": "Parquet rayé"})
    office.clock.advance(timedelta(days=2))
    desk.post(f"/v1/invoices/{invoice.id}/dispute/end", {"outcome": "founded"})
    entries = of_invoice(office.ctx, LOUISE, invoice.id, office.activity)
    said = [sentence(entry.type, entry.data) for entry in entries if entry.type.startswith("hold.")]
    assert said == ["Litige ouvert : Parquet rayé", "Litige clos (fondé)"]


def test_a_draft_has_nothing_to_tell_and_an_open_hold_no_end() -> None:
    office = Office()
    assert list(told(office.ctx, LOUISE, "inv_none")) == []
    invoice = office.invoice()
    run = office.run_of(invoice)
    one = Hold("hol_1", HoldKind.INCOMPLETE, office.clock.now(), "lifecycle", step="firm")
    office.put(replace(run, rev=run.rev + 1, holds=(one,)))
    assert [type for _, type, _ in told(office.ctx, LOUISE, invoice.id)] == ["hold.incomplete"]
