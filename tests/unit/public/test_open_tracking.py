"""The pixel, its queue and what is kept: by consent only, read when the hit comes and not when the mail left."""

import json
from base64 import b64decode
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.pixel import app as pixel
from functions.pixel import wiring as pixel_wiring
from functions.record_activity import app as recorder
from functions.record_activity import wiring as recorder_wiring
from relance.adapters.robot_data import load_robots
from relance.app.ports.store import Commit
from relance.contracts.tracking import MalformedHit, PixelHit, decode, encode
from relance.domain.party import Consent, Customer, TrackingConsent
from relance.domain.reminder.claim import Fate
from tests.builders import TENANT, a_company, a_customer
from tests.doubles.office import a_claim
from tests.doubles.outside import START, ManualClock
from tests.doubles.site import KEY, Site

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"


@dataclass(slots=True)
class Queue:
    """Messages as SQS would give them; `down` while it takes none."""

    bodies: list[str] = field(default_factory=list)
    down: bool = False

    def send(self, body: str) -> None:
        if self.down:
            raise TimeoutError("no answer within a second")
        self.bodies.append(body)


@dataclass(slots=True)
class Mailbox:
    """A customer's mail program before a site: it fetches pixels; `deliver` empties the queue into the recorder."""

    site: Site = field(default_factory=lambda: Site(customer=a_customer(consents=True)))
    queue: Queue = field(default_factory=Queue)
    told: dict[str, int] = field(default_factory=dict)

    def fetch(
        self, token: str, *, agent: str = FIREFOX, method: str = "GET", file: str | None = None
    ) -> dict[str, Any]:
        """A quarter of an hour after the mail, so that nobody is taken for a filter of mail."""
        self.site.clock.move_to(max(self.site.clock.now(), START + timedelta(minutes=15)))
        event = {
            "pathParameters": {"file": f"{token}.gif" if file is None else file},
            "requestContext": {"http": {"method": method, "sourceIp": "203.0.113.77", "userAgent": agent}},
        }
        return pixel.answer(event, pixel_wiring.Parts(KEY, self.site.clock, self.queue, self.told))

    def deliver(self) -> dict[str, Any]:
        records = [{"messageId": f"m{n}", "body": body} for n, body in enumerate(self.queue.bodies)]
        parts = recorder_wiring.Parts(self.site.ctx, self.site.store, self.site.activity, load_robots())
        return recorder.record({"Records": records}, parts)

    def kept(self) -> list[dict[str, str]]:
        return [dict(activity.data) for activity in self.site.noticed()]


DELIVERABILITY = a_customer(consent=Consent(TrackingConsent.DELIVERABILITY))


class Counting:
    """What stands behind, and how often it was asked for anything."""

    def __init__(self, behind: object) -> None:
        self._behind, self.calls = behind, 0

    def __getattr__(self, name: str) -> Any:
        self.calls += 1
        return getattr(self._behind, name)


def an_event(token: str) -> dict[str, Any]:
    return {
        "pathParameters": {"file": f"{token}.gif"},
        "requestContext": {"http": {"method": "GET", "sourceIp": "203.0.113.77", "userAgent": FIREFOX}},
    }


# --- the image --------------------------------------------------------------------------------------------------------


def test_the_image_is_a_gif_of_43_bytes() -> None:
    image = b64decode(pixel.GIF_BASE64)
    assert (len(image), image[:6], image[-1:]) == (43, b"GIF89a", b";")
    assert image[6:10] == b"\x01\x00\x01\x00", "one pixel by one"


@pytest.mark.parametrize(
    "forged",
    ["", "x", "A" * 30, "é" * 30, "../../etc/passwd", "A" * 4000, "%00", "AQ" + "A" * 28],
)
def test_a_forged_token_gets_the_same_image_and_leaves_no_trace(forged: str) -> None:
    mailbox = Mailbox()
    genuine = mailbox.fetch(mailbox.site.pixel())
    mailbox.queue.bodies.clear()
    assert mailbox.fetch(forged) == genuine
    assert genuine["statusCode"] == 200
    assert genuine["headers"]["Cache-Control"] == "no-store, private"
    assert (mailbox.queue.bodies, mailbox.kept()) == ([], [])


def test_every_changed_letter_of_a_token_makes_it_forged() -> None:
    mailbox = Mailbox()
    token = mailbox.site.pixel()
    for at, letter in enumerate(token):
        mailbox.fetch(token[:at] + ("A" if letter != "A" else "B") + token[at + 1 :])
    assert mailbox.queue.bodies == []


@pytest.mark.parametrize("file", ["{token}", "{token}.png", "{token}.gif.gif", ".gif", "", "{token}.gif/"])
def test_another_file_gets_the_same_image_and_leaves_no_trace(file: str) -> None:
    mailbox = Mailbox()
    token = mailbox.site.pixel()
    assert mailbox.fetch(token, file=file.format(token=token))["body"] == pixel.GIF_BASE64
    assert mailbox.queue.bodies == []


@pytest.mark.parametrize("event", [{}, {"pathParameters": None}, {"requestContext": None}])
def test_a_request_of_another_shape_gets_the_image_too(event: dict[str, Any]) -> None:
    mailbox = Mailbox()
    parts = pixel_wiring.Parts(KEY, mailbox.site.clock, mailbox.queue)
    assert pixel.answer(event, parts)["body"] == pixel.GIF_BASE64


def test_a_queue_that_does_not_answer_changes_nothing_for_the_reader(capsys: pytest.CaptureFixture[str]) -> None:
    mailbox = Mailbox()
    token = mailbox.site.pixel()
    expected = mailbox.fetch("forged")
    mailbox.queue.down = True
    assert mailbox.fetch(token) == expected
    line = json.loads(capsys.readouterr().out)
    assert (line["level"], line["error"], token in str(line)) == ("ERROR", "TimeoutError", False)
    mailbox.queue.down = False
    mailbox.fetch(token)
    assert len(mailbox.queue.bodies) == 1, "the hit that was lost did not silence the next one"


def test_a_pixel_is_handed_on_once_a_minute() -> None:
    mailbox = Mailbox()
    token = mailbox.site.pixel()
    for _ in range(5):
        mailbox.fetch(token)
    mailbox.site.clock.advance(timedelta(minutes=1))
    mailbox.fetch(token)
    assert len(mailbox.queue.bodies) == 2


def test_the_memory_of_a_container_is_bounded() -> None:
    mailbox = Mailbox()
    mailbox.told.update({str(n): 0 for n in range(pixel.MAX_TOLD)})
    mailbox.fetch(mailbox.site.pixel())
    assert len(mailbox.told) == 1


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_a_consented_open_is_kept_with_class_and_reasons_and_without_who() -> None:
    mailbox = Mailbox()
    mailbox.fetch(mailbox.site.pixel())
    assert mailbox.deliver() == {"batchItemFailures": []}
    assert mailbox.kept() == [
        {
            "class": "human_probable",
            "confidence": "60",
            "reasons": "nothing_known_against",
            "claim_id": "claim#delivery",
            "network": "203.0.113.0/24",
            "agent": "windows",
        }
    ]
    (activity,) = mailbox.site.activity.kept.values()
    assert (activity.tenant, activity.document_kind, activity.at) == (TENANT, "quote", mailbox.site.clock.now())


@pytest.mark.parametrize("tracking", [TrackingConsent.NONE, TrackingConsent.WITHDRAWN])
def test_without_consent_nothing_at_all_is_kept(tracking: TrackingConsent) -> None:
    customer = a_customer(consents=True)
    site = Site(customer=replace(customer, consent=replace(customer.consent, tracking=tracking)))
    mailbox, before = Mailbox(site), site.store.commits + 1
    mailbox.fetch(site.pixel())
    mailbox.deliver()
    assert (mailbox.kept(), site.store.commits) == ([], before)


def test_a_withdrawal_between_the_hit_and_its_recording_counts() -> None:
    mailbox = Mailbox()
    token = mailbox.site.pixel()
    mailbox.fetch(token)
    page = mailbox.site.get(f"/u/{token}")
    assert mailbox.site.fill(page, token).status == 200
    mailbox.deliver()
    assert mailbox.kept() == []


def test_the_hits_of_one_minute_and_messages_delivered_twice_are_one_record() -> None:
    mailbox = Mailbox()
    token = mailbox.site.pixel()
    mailbox.fetch(token)
    mailbox.told.clear()  # another container
    mailbox.fetch(token)
    mailbox.deliver()
    mailbox.deliver()
    assert len(mailbox.kept()) == 1


@pytest.mark.parametrize(
    ("method", "agent", "expected"),
    [
        ("HEAD", FIREFOX, ("bot", "head_request")),
        ("GET", "", ("bot", "no_user_agent")),
        ("GET", GMAIL, ("proxy_gmail", "user_agent_google_image_proxy fetched_later")),
        ("GET", "Mozilla/5.0", ("proxy_mpp", "user_agent_bare_mozilla")),
        ("GET", "Thunderbird 140", ("human_probable", "nothing_known_against")),
    ],
)
def test_a_hit_is_told_by_what_probably_made_it(method: str, agent: str, expected: tuple[str, str]) -> None:
    mailbox = Mailbox()
    mailbox.fetch(mailbox.site.pixel(), method=method, agent=agent)
    mailbox.deliver()
    (kept,) = mailbox.kept()
    assert (kept["class"], kept["reasons"]) == expected


@pytest.mark.parametrize("tracking", [TrackingConsent.DELIVERABILITY, TrackingConsent.CONSENTED])
def test_deliverability_keeps_the_day_of_the_last_open_and_nothing_else_T_02(tracking: TrackingConsent) -> None:
    """Of an invoice; whoever agreed to more after it had left is not followed by it either."""
    site = Site(customer=a_customer(consent=Consent(tracking)))
    mailbox = Mailbox(site)
    token = site.pixel(scope="last_day", is_service=True, document_kind="invoice")
    for day in (1, 1, 3, 2):
        site.clock.move_to(START + timedelta(days=day))
        mailbox.told.clear()
        mailbox.fetch(token, agent=FIREFOX if day < 3 else "Mozilla/5.0")
    mailbox.deliver()
    (kept,) = site.activity.kept.values()
    assert (kept.kind.value, kept.id, dict(kept.data)) == ("last_opened", "last-open", {"day": "2026-11-19"})
    assert kept.at == datetime(2026, 11, 18, 23, tzinfo=UTC), "midnight in Paris: no hour is kept"


def test_deliverability_counts_no_robot_and_not_the_seller_T_02_T_07() -> None:
    site = Site(company=a_company(own_networks=("203.0.113.0/24",)), customer=DELIVERABILITY)
    mailbox = Mailbox(site)
    mailbox.fetch(site.pixel(scope="last_day", is_service=True))
    mailbox.fetch(site.pixel(b"abcdefghij", scope="last_day", is_service=True), method="HEAD")
    mailbox.deliver()
    assert mailbox.kept() == []


def test_deliverability_says_nothing_of_offers_T_02() -> None:
    """The contact narrowed his consent after the mail of a quote had left: of that mail nothing is kept any more."""
    site = Site(customer=DELIVERABILITY)
    mailbox = Mailbox(site)
    mailbox.fetch(site.pixel(scope="events", is_service=False))
    mailbox.deliver()
    assert mailbox.kept() == []


def test_the_sellers_own_opening_of_his_mail_is_his_T_07() -> None:
    mailbox = Mailbox(Site(company=a_company(own_networks=("203.0.113.77",)), customer=a_customer(consents=True)))
    mailbox.fetch(mailbox.site.pixel())
    mailbox.deliver()
    assert [(kept["class"], kept["reasons"]) for kept in mailbox.kept()] == [("self", "own_visit")]


@pytest.mark.parametrize(("settled_s", "expected"), [(899, "bot"), (600, "human_probable")])
def test_a_hit_right_after_the_delivery_is_a_filters(settled_s: int, expected: str) -> None:
    """The delivery may come long after the sending: a mail that was delayed is scanned late. [C.2]"""
    site = Site(customer=a_customer(consents=True))
    mailbox, token = Mailbox(site), site.pixel()
    delivered = START + timedelta(seconds=settled_s)
    site.put(a_claim("delivery", START, rev=1, id="claim#delivery", fate=Fate.DELIVERED, settled_at=delivered))
    mailbox.fetch(token)
    mailbox.deliver()
    assert [kept["class"] for kept in mailbox.kept()] == [expected]


def test_an_open_alone_never_changes_a_document_T_10() -> None:
    site = Site(customer=a_customer(consents=True))
    site.quote()
    before = (site.stored(), site.run(), site.store.commits + 1)
    mailbox = Mailbox(site)
    mailbox.fetch(site.pixel())
    mailbox.deliver()
    assert [kept["class"] for kept in mailbox.kept()] == ["human_probable"]
    assert (site.stored(), site.run(), site.store.commits) == before


def test_a_flood_of_one_token_writes_once_a_minute_and_costs_nothing_else() -> None:
    """100,000 hits within 5 minutes of two containers: ten messages, five records, and no read beyond those."""
    site = Site(customer=a_customer(consents=True))
    mailbox, token = Mailbox(site), site.pixel()
    other: dict[str, int] = {}
    site.clock.move_to(START + timedelta(minutes=15))
    event = an_event(token)
    always = pixel.answer(an_event("forged"), pixel_wiring.Parts(KEY, site.clock, mailbox.queue, {}))
    for _ in range(5):
        for told in (mailbox.told, other):
            parts = pixel_wiring.Parts(KEY, site.clock, mailbox.queue, told)
            assert all(pixel.answer(event, parts) == always for _ in range(10_000))
        site.clock.advance(timedelta(minutes=1))
    assert len(mailbox.queue.bodies) == 10
    links, store = Counting(site.store), Counting(site.store)
    ctx = replace(site.ctx, store=store)
    recorded = recorder_wiring.Parts(ctx, links, site.activity, load_robots())
    records = [{"messageId": f"m{n}", "body": body} for n, body in enumerate(mailbox.queue.bodies)]
    assert recorder.record({"Records": records}, recorded) == {"batchItemFailures": []}
    assert (len(site.activity.kept), site.activity.records) == (5, 5)
    assert (links.calls, store.calls) == (5, 15), "once a minute: the pixel; customer, company and claim"


def test_the_memory_of_the_recorder_is_bounded() -> None:
    mailbox = Mailbox()
    mailbox.fetch(mailbox.site.pixel())
    parts = recorder_wiring.Parts(mailbox.site.ctx, mailbox.site.store, mailbox.site.activity, load_robots())
    parts.told.update({str(n): 0 for n in range(recorder.MAX_TOLD)})
    recorder.record({"Records": [{"messageId": "m", "body": mailbox.queue.bodies[0]}]}, parts)
    assert len(parts.told) == 1


def test_a_pixel_or_a_customer_that_is_gone_leaves_nothing() -> None:
    site = Site(customer=a_customer(consents=True))
    mailbox = Mailbox(site)
    hit = PixelHit("ab" * 10, 0, "GET", "203.0.113.77", FIREFOX)
    mailbox.queue.send(encode(hit))
    token = site.pixel()
    mailbox.fetch(token)
    site.store.commit(_erasing(site))
    mailbox.deliver()
    assert mailbox.kept() == []


def _erasing(site: Site) -> Commit:
    return Commit(TENANT, "erasing", deletes=(site.customer,))


def test_only_the_message_that_failed_comes_back() -> None:
    mailbox = Mailbox()
    mailbox.fetch(mailbox.site.pixel())
    mailbox.fetch(mailbox.site.pixel(b"abcdefghij"))
    mailbox.site.activity.failures = 1
    assert mailbox.deliver() == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert len(mailbox.kept()) == 1


@pytest.mark.parametrize(
    "body",
    ["", "x", "[]", "{}", '{"pixel_id":1,"at_ms":0,"method":"","ip":"","user_agent":""}', "null"],
)
def test_a_message_that_is_not_ours_is_dropped_for_good(body: str) -> None:
    mailbox = Mailbox()
    mailbox.queue.bodies.append(body)
    assert mailbox.deliver() == {"batchItemFailures": []}
    with pytest.raises(MalformedHit):
        decode(body)


def test_a_message_is_read_as_it_was_written() -> None:
    hit = PixelHit("ab" * 10, 1_700_000_000_000, "GET", "::1", 'x" é \u2028')
    assert decode(encode(hit)) == hit


@settings(max_examples=60)
@given(st.text(), st.text())
def test_whatever_a_program_calls_itself_the_message_is_json_and_says_so(agent: str, ip: str) -> None:
    hit = PixelHit("00" * 10, 1, "GET", ip, agent)
    assert json.loads(encode(hit)) == asdict(hit)


# --- taking it back ---------------------------------------------------------------------------------------------------


def consent(site: Site) -> TrackingConsent:
    customer = site.store.get(TENANT, Customer, site.customer.id)
    assert customer is not None
    return customer.consent.tracking


def test_looking_at_the_page_withdraws_nothing() -> None:
    site = Site(customer=a_customer(consents=True))
    token = site.pixel()
    for _ in range(20):
        assert "Ne plus suivre" in site.get(f"/u/{token}").body
    assert consent(site) is TrackingConsent.CONSENTED


def test_withdrawing_keeps_the_proof_of_both_and_twice_is_once() -> None:
    site = Site(customer=a_customer(consents=True), clock=ManualClock())
    token = site.pixel()
    page = site.get(f"/u/{token}")
    site.clock.advance(timedelta(days=3))
    for _ in range(2):
        assert "n’est pas suivie" in site.fill(page, token).body
    customer = site.store.get(TENANT, Customer, site.customer.id)
    assert customer is not None
    assert (customer.rev, customer.consent.tracking) == (2, TrackingConsent.WITHDRAWN)
    assert (customer.consent.at, customer.consent.text_version) == (site.clock.now(), "2026-04")


def test_a_mail_program_withdraws_in_one_click() -> None:
    site = Site(customer=a_customer(consents=True))
    answer = site.post(f"/u/{site.pixel()}", {"List-Unsubscribe": "One-Click"})
    assert (answer.status, consent(site)) == (200, TrackingConsent.WITHDRAWN)


@pytest.mark.parametrize("proof", ["", "A" * 22, "é"])
def test_withdrawing_for_somebody_else_takes_his_page(proof: str) -> None:
    site = Site(customer=a_customer(consents=True))
    assert site.post(f"/u/{site.pixel()}", {"form_token": proof}).status == 403
    assert consent(site) is TrackingConsent.CONSENTED


@pytest.mark.parametrize("token", ["", "x", "A" * 30])
def test_a_forged_link_has_no_page(token: str) -> None:
    site = Site(customer=a_customer(consents=True))
    site.pixel()
    assert site.get(f"/u/{token}").status == 404
    assert site.post(f"/u/{token}", {"List-Unsubscribe": "One-Click"}).status == 404


def test_whoever_is_only_counted_as_reached_reads_so_and_may_object_T_02_T_05() -> None:
    site = Site(customer=DELIVERABILITY)
    token = site.pixel(scope="last_day", is_service=True)
    page = site.get(f"/u/{token}")
    assert "note seulement le jour" in page.body
    assert "n’est pas suivie" in site.fill(page, token).body
    assert consent(site) is TrackingConsent.WITHDRAWN
