"""What a timeline says to a person."""

import re
from pathlib import Path

import pytest

from relance.app.ports.activity import ActivityKind
from relance.contracts import timeline_words
from relance.contracts.timeline_words import sentence
from relance.domain.tracking import opens, signals
from relance.domain.tracking.opens import OpenClass


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
        (
            "opened",
            {"class": "human_probable", "confidence": "60", "reasons": "nothing_known_against"},
            "Ouverture probable du courriel (confiance 60 %) : rien n’indique un robot",
        ),
        (
            "opened",
            {"class": "proxy_mpp", "confidence": "90", "reasons": "user_agent_bare_mozilla network_apple_egress"},
            "Courriel chargé par un proxy (Apple Mail), ce qui ne prouve pas une lecture : programme d’Apple Mail, "
            "réseau d’Apple",
        ),
        ("opened", {}, "Ouverture probable du courriel"),
        (
            "viewed",
            {"class": "human_probable", "confidence": "90", "reasons": "visible_3s gesture"},
            "Page consultée (confiance 90 %) : page affichée au moins trois secondes, défilement, clic ou frappe",
        ),
        (
            "viewed",
            {"class": "self", "confidence": "100", "reasons": "own_visit"},
            "Page consultée par vous, ne compte pas : votre navigateur ou votre réseau",
        ),
        ("followed", {"class": "bot", "reasons": "trap_link"}, "Lien suivi par un robot : a suivi un lien invisible"),
        ("downloaded", {"class": "human_probable", "reasons": "newer"}, "PDF ouvert depuis la page : newer"),
        ("last_opened", {"day": "2026-11-16"}, "Dernière ouverture connue d’un courriel : le 16/11/2026"),
        ("sent", {"step": "alert_viewed_20261116"}, "Avis de consultation au vendeur : parti"),
        ("sent", {"step": "alert_hot_20261116"}, "Avis d’intérêt au vendeur : parti"),
        ("sent", {"step": "direct_2"}, "Relance directe : parti"),
        ("delivered", {"step": "again_1_delivery"}, "Envoi du document (renvoi) : remis au serveur du destinataire"),
    ],
)
def test_each_entry_is_a_sentence(type: str, data: dict[str, str], words: str) -> None:
    assert sentence(type, data) == words


@pytest.mark.parametrize("kind", list(ActivityKind))
def test_everything_that_is_noticed_has_its_words(kind: ActivityKind) -> None:
    assert sentence(kind.value, {"text": "?", "step": "delivery", "day": "2026-11-16"}) != kind.value


@pytest.mark.parametrize("open_class", [one for one in OpenClass if one is not OpenClass.DISCARDED])
@pytest.mark.parametrize("via", [ActivityKind.OPENED, ActivityKind.FOLLOWED, ActivityKind.VIEWED])
def test_only_a_person_is_said_to_have_opened_and_never_for_sure_T_10(via: ActivityKind, open_class: OpenClass) -> None:
    said = sentence(via.value, {"class": open_class.value, "confidence": "60", "reasons": "x"})
    assert ("confiance" in said) == (open_class is OpenClass.HUMAN_PROBABLE)
    assert open_class is not OpenClass.BOT or "robot" in said
    assert open_class is not OpenClass.SELF or "ne compte pas" in said
    assert not (via is ActivityKind.OPENED and open_class.is_proxy) or "chargé par un proxy" in said


def test_every_reason_has_its_words() -> None:
    """The reasons are those of the rules: each string of theirs in the source that a verdict carries."""
    source = "".join(Path(module.__file__ or "").read_text(encoding="utf-8") for module in (opens, signals))
    given = set(re.findall(r'"([a-z]+_[a-z0-9_]+|gesture)"', source)) - {one.value for one in OpenClass}
    assert given - {"no_consent"} == set(timeline_words._REASONS)
