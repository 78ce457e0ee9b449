"""SU-02: the story of a quote and of a customer, in which robots are unmasked by what came after them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from relance.app import timelines
from relance.app.context import Caller
from relance.app.customers import record_consent
from relance.app.ports.activity import ActivityKind
from relance.contracts.timelines import timeline
from relance.domain.errors import NotFound
from relance.domain.party import Consent, TrackingConsent
from tests.builders import OTHER_TENANT, TENANT, a_customer, a_quote
from tests.doubles.outside import START
from tests.doubles.site import Site

OWNER = Caller(TENANT, "owner")
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def texts(site: Site) -> list[str]:
    told = timeline(timelines.of_quote(site.ctx, OWNER, a_quote().id, site.activity))
    return [entry.text for entry in told.entries if not entry.type.startswith("quote.")]


def test_a_link_that_looked_human_is_a_robots_once_the_trap_was_followed() -> None:
    site = Site()
    token = site.quote()
    site.get(f"/q/{token}", agent=FIREFOX)
    assert texts(site) == ["Lien ouvert (confiance 40 %) : adresse ouverte, lecture non confirmée"]
    site.clock.advance(timedelta(seconds=40))
    site.get(f"/q/{token}/plan", agent=FIREFOX)
    assert texts(site) == ["Lien suivi par un robot : a suivi un lien invisible"] * 2


def test_a_second_device_elsewhere_is_told_as_a_hint_T_13() -> None:
    site = Site()
    page = site.get(f"/q/{site.quote()}")
    site.fill(page, "seen", gesture="yes")
    assert "shared" not in types(site)
    site.clock.advance(timedelta(hours=1))
    site.fill(page, "seen", {"ip": "198.51.100.9", "agent": FIREFOX}, gesture="yes")
    assert texts(site)[-1].startswith("Consulté depuis un second appareil")


def types(site: Site) -> list[str]:
    return [entry.type for entry in timelines.of_quote(site.ctx, OWNER, a_quote().id, site.activity)]


def test_what_an_earlier_release_noticed_is_told_too() -> None:
    site = Site()
    page = site.get(f"/q/{site.quote()}")
    site.fill(page, "seen")
    (key, look) = next((key, one) for key, one in site.activity.kept.items() if one.kind is ActivityKind.VIEWED)
    site.activity.kept[key] = replace(look, data={})
    assert "Page consultée (confiance 75 %) : page affichée au moins trois secondes" in texts(site)


def test_the_story_of_a_customer_is_that_of_his_documents_and_of_his_choices() -> None:
    site = Site(customer=a_customer(consents=True))
    page = site.get(f"/q/{site.quote()}")
    site.invoice()
    site.clock.advance(timedelta(hours=3))
    site.fill(page, "seen", gesture="yes")
    site.clock.advance(timedelta(hours=1))
    record_consent(site.ctx, OWNER, site.customer.id, Consent(TrackingConsent.WITHDRAWN, source="courriel"))
    told = timeline(timelines.of_customer(site.ctx, OWNER, site.customer.id, site.activity)).entries
    said = [(entry.type, entry.document.number if entry.document else "") for entry in told]
    assert said == [
        ("consent", ""),
        ("quote.drafted", "D-2026-0001"),
        ("quote.sent", "D-2026-0001"),
        ("followed", "D-2026-0001"),
        ("invoice.drafted", "F-2026-0001"),
        ("invoice.issued", "F-2026-0001"),
        ("viewed", "D-2026-0001"),
        ("consent", ""),
    ]
    assert told[0].text == "Suivi d’ouverture accepté (formulaire de contact, texte 2026-04)"
    assert told[-1].text == "Consentement au suivi d’ouverture retiré (courriel, texte 2026-04)"
    assert told[0].at == START


def test_the_documents_of_others_are_not_in_his_story() -> None:
    site = Site()
    site.quote()
    other = a_customer(id="cus_0000000000000000000000009")
    site.put(other)
    assert timelines.of_customer(site.ctx, OWNER, other.id, site.activity) == ()
    with pytest.raises(NotFound):
        timelines.of_customer(site.ctx, Caller(OTHER_TENANT, "owner"), site.customer.id, site.activity)
