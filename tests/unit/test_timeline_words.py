"""What a timeline says to a person."""

import pytest

from relance.app.ports.activity import ActivityKind
from relance.contracts.timeline_words import sentence


@pytest.mark.parametrize(
    ("type", "data", "words"),
    [
        ("quote.drafted", {}, "Brouillon créé"),
        ("quote.sent", {"number": "D-1", "version": "1"}, "Devis D-1 envoyé"),
        ("quote.sent", {"number": "D-1", "version": "2"}, "Devis D-1, version 2 envoyé"),
        ("quote.extended", {"until": "2027-01-31"}, "Validité prolongée jusqu’au 31/01/2027"),
        ("quote.accepted", {"name": "C. L."}, "Accepté par C. L. (signature électronique simple)"),
        (
            "quote.accepted",
            {"name": "C. L.", "withdrawal_until": "2026-11-30", "early_start": "yes"},
            "Accepté par C. L. (signature électronique simple) ; rétractation possible jusqu’au 30/11/2026 inclus ; "
            "début anticipé demandé",
        ),
        (
            "quote.accepted",
            {"name": "C. L.", "withdrawal_until": "receipt"},
            "Accepté par C. L. (signature électronique simple) ; rétractation possible jusqu’à 14 jours après "
            "réception des biens",
        ),
        ("quote.refused", {"reason": "Trop cher"}, "Refusé : Trop cher"),
        ("quote.refused", {"reason": ""}, "Refusé, sans motif indiqué"),
        ("quote.withdrawn", {"name": "C. L."}, "Rétractation de C. L."),
        (
            "task.refund",
            {"before": "2026-12-14", "invoices": "inv_1"},
            "À faire : établir l’avoir des acomptes facturés et rembourser les sommes reçues avant le 14/12/2026 "
            "inclus",
        ),
        (
            "task.refund",
            {"before": "2026-12-14", "invoices": ""},
            "À faire : rembourser les sommes reçues avant le 14/12/2026 inclus",
        ),
        ("amendment.drafted", {"number": ""}, "Avenant en préparation"),
        ("amendment.accepted", {"number": "D-2"}, "Avenant D-2 accepté"),
        ("sent", {"step": "delivery"}, "Envoi du document : parti"),
        ("bounced", {"step": "question_0"}, "Avis de question au vendeur : rejeté par le serveur du destinataire"),
        ("delivered", {"step": "unseen"}, "Relance « unseen » : remis au serveur du destinataire"),
        ("question", {"text": "Le bois ?"}, "Question du client : Le bois ?"),
        ("payment.recorded", {"amount": "12.50"}, "Règlement de 12,50 reçu"),
        ("something.new", {}, "something.new"),
    ],
)
def test_each_entry_is_a_sentence(type: str, data: dict[str, str], words: str) -> None:
    assert sentence(type, data) == words


@pytest.mark.parametrize("kind", list(ActivityKind))
def test_everything_that_is_noticed_has_its_words(kind: ActivityKind) -> None:
    assert sentence(kind.value, {"text": "?", "step": "delivery"}) != kind.value
