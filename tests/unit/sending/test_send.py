"""One mail: every answer of the mail service, every crash, every fact that changes meanwhile."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from itertools import product
from typing import Final

import pytest

from relance.app.following import follow
from relance.app.outgoing import Post
from relance.app.ports.activity import ActivityKind
from relance.app.ports.composing import ComposedMail
from relance.app.ports.outside import Handover, Mail
from relance.app.ports.store import Commit, EntityMoved
from relance.app.sending import MailDeferred, Outcome
from relance.app.settling import settle
from relance.domain.chain.event import parse
from relance.domain.errors import Contention, NotFound, OutcomeUnknown, Retry
from relance.domain.ids import TenantId
from relance.domain.journal import Head
from relance.domain.links import Link, Pixel, link_id, pixel_id
from relance.domain.party import Company, TrackingConsent
from relance.domain.quote import Quote
from relance.domain.reminder.claim import Claim, ClaimState, Fate, Lesson, claim_id, parse_tag
from relance.domain.reminder.scenario import ACCEPTED_COPY, DELIVERY, DocumentKind
from tests.builders import OTHER_TENANT, TENANT, a_company
from tests.doubles.office import LINK_KEY, MACHINE, Office, a_claim, a_sent_quote
from tests.doubles.outside import MailFate
from tests.doubles.store import Crash, Fault, InMemoryStore

QUOTE: Final = DocumentKind.QUOTE


MOOT: Final = "moot"  # nothing was sent: there was nothing to send any more, or somebody has claimed it


def send_step(office: Office, quote: Quote, step: str) -> str:
    """What one wake made of that step."""
    return dict(office.wake(quote).done).get(step, MOOT)


def send_delivery(office: Office, quote: Quote) -> str:
    return send_step(office, quote, DELIVERY)


# --- what leaves -----------------------------------------------------------------------------------------------------


def test_the_mail_carries_the_sealed_pdf_to_the_frozen_address_in_the_seller_s_name() -> None:
    office = Office()
    quote = office.quote()
    assert send_delivery(office, quote) == Outcome.SENT
    (mail,) = office.mailer.delivered
    (attachment,) = mail.attachments
    assert sha256(attachment.body).hexdigest() == quote.pdf_sha256
    assert attachment.filename == "Devis D-2026-0001.pdf"
    assert mail.recipient == "camille.lefevre@client.example"
    assert mail.reply_to == "contact@atelier-verdier.example"
    assert mail.sender == "Atelier Verdier <envoi@envoi.relance.example>"
    assert parse_tag(mail.claim_id) == (TENANT, claim_id(quote.id, DELIVERY))
    assert mail.date == office.clock.now()


def test_the_claim_remembers_what_left() -> None:
    office = Office()
    quote = office.quote()
    send_delivery(office, quote)
    claim = office.claim(quote, DELIVERY)
    (mail,) = office.mailer.delivered
    assert claim is not None
    assert (claim.state, claim.provider_id, claim.pdf_sha256) == (ClaimState.SENT, "mail-1", quote.pdf_sha256)
    assert claim.mail_sha256 == sha256("\0".join((mail.subject, mail.text, mail.html)).encode()).hexdigest()
    assert claim.consent is TrackingConsent.NONE


def test_the_delivery_of_the_document_is_a_legal_fact_without_the_address_of_anybody() -> None:
    office = Office()
    quote = office.quote()
    send_delivery(office, quote)
    (event,) = [parse(sealed.line) for sealed in office.store.events(TENANT)]
    assert (event.type, event.ref.number) == ("document.sent", "D-2026-0001")
    claim = office.claim(quote, DELIVERY)
    assert claim is not None
    recipient = sha256(f"{claim.salt}\0{claim.recipient}".encode()).hexdigest()
    assert event.data == {
        "number": "D-2026-0001",
        "channel": "email",
        "pdf_sha256": quote.pdf_sha256,
        "recipient_sha256": recipient,
    }
    assert b"lefevre" not in event.line


def test_a_reminder_is_no_legal_fact_and_stays_in_the_thread_of_the_delivery() -> None:
    office = Office()
    quote = office.quote()
    office.put(a_claim(DELIVERY, office.clock.now(), quote.id, rev=1, message_id="<p@eu-west-3.amazonses.com>"))
    office.accept(quote)
    assert send_step(office, quote, ACCEPTED_COPY) == Outcome.SENT
    assert office.mailer.delivered[0].in_reply_to == "<p@eu-west-3.amazonses.com>"
    assert office.store.events(TENANT) == ()


def test_the_same_link_is_printed_in_every_mail_and_stored_once() -> None:
    office = Office()
    quote = office.quote()
    send_delivery(office, quote)
    office.accept(quote)
    send_step(office, quote, ACCEPTED_COPY)
    first, second, _to_the_seller = (mail.text.split()[1] for mail in office.mailer.delivered)
    assert first == second
    token = first.removeprefix("https://devis.example/q/")
    link = office.store.get(TENANT, Link, link_id(token))
    assert link is not None
    assert (link.document_kind, link.document_id, link.rev) == ("quote", quote.id, 1)


# --- the pixel -------------------------------------------------------------------------------------------------------


def test_without_consent_nothing_remote_is_in_the_mail_and_no_pixel_is_stored() -> None:
    office = Office()
    send_delivery(office, office.quote())
    assert "<img" not in office.mailer.delivered[0].html


def test_with_consent_the_mail_has_a_pixel_of_its_own() -> None:
    office = Office()
    office.consent()
    quote = office.quote()
    send_delivery(office, quote)
    html = office.mailer.delivered[0].html
    token = html.partition("https://devis.example/o/")[2].partition(".gif")[0]
    id = pixel_id(LINK_KEY, token)
    assert id is not None
    pixel = office.store.get(TENANT, Pixel, id)
    assert pixel is not None
    assert (pixel.claim_id, pixel.customer_id) == (claim_id(quote.id, DELIVERY), quote.customer_id)
    claim = office.claim(quote, DELIVERY)
    assert claim is not None
    assert claim.consent is TrackingConsent.CONSENTED


# --- the mail service's answers ---------------------------------------------------------------------------------------


def test_a_refusal_for_now_gives_the_claim_back_and_a_later_try_sends() -> None:
    office = Office()
    office.consent()
    quote = office.quote()
    office.mailer.next(MailFate.THROTTLED)
    with pytest.raises(MailDeferred):
        send_delivery(office, quote)
    assert office.claim(quote, DELIVERY) is None
    assert send_delivery(office, quote) == Outcome.SENT
    assert len(office.mailer.delivered) == 1


def test_a_refusal_for_good_is_kept_with_its_reason_and_never_tried_again() -> None:
    office = Office()
    quote = office.quote()
    office.mailer.next(MailFate.REFUSED)
    assert send_delivery(office, quote) == Outcome.REFUSED
    claim = office.claim(quote, DELIVERY)
    assert claim is not None
    assert (claim.state, claim.reason) == (ClaimState.REFUSED, "MessageRejected")
    assert send_delivery(office, quote) == MOOT
    assert office.store.events(TENANT) == (), "it did not leave, so the journal does not say so"


@pytest.mark.parametrize("fate", [MailFate.UNKNOWN_DELIVERED, MailFate.UNKNOWN_NOT_DELIVERED])
def test_a_lost_answer_is_unknown_and_never_sent_again(fate: MailFate) -> None:
    office = Office()
    quote = office.quote()
    office.mailer.next(fate)
    assert send_delivery(office, quote) == Outcome.UNKNOWN
    assert send_delivery(office, quote) == MOOT
    claim = office.claim(quote, DELIVERY)
    assert claim is not None
    assert (claim.state, claim.reason) == (ClaimState.UNKNOWN, "ReadTimeout")
    assert len(office.mailer.attempts) == 1


def test_the_delivery_event_settles_what_was_unknown_and_then_the_journal_says_it() -> None:
    office = Office()
    quote = office.quote()
    office.mailer.next(MailFate.UNKNOWN_DELIVERED)
    send_delivery(office, quote)
    delivered = Lesson(ClaimState.SENT, Fate.DELIVERED, provider_id="p-9")
    for _ in range(3):  # events come more than once
        claim = settle(
            office.ctx, MACHINE, claim_id(quote.id, DELIVERY), delivered, office.activity, at=office.clock.now()
        )
    assert (claim.state, claim.fate, claim.provider_id) == (ClaimState.SENT, Fate.DELIVERED, "p-9")
    assert [parse(sealed.line).type for sealed in office.store.events(TENANT)] == ["document.sent"]
    assert [kept.kind for kept in office.activity.kept.values()] == [ActivityKind.DELIVERED]


def test_an_event_that_overtakes_the_answer_is_not_undone_by_it() -> None:
    office = Office()
    quote = office.quote()

    class Overtaken:
        def send(self, mail: Mail) -> Handover:
            handover = office.mailer.send(mail)
            bounced = Lesson(ClaimState.SENT, Fate.BOUNCED)
            settle(office.ctx, MACHINE, claim_id(quote.id, DELIVERY), bounced, office.activity, at=mail.date)
            return handover

    office.post = replace(office.post, mailer=Overtaken())
    assert send_delivery(office, quote) == Outcome.SENT
    claim = office.claim(quote, DELIVERY)
    assert claim is not None
    assert (claim.state, claim.fate, claim.provider_id) == (ClaimState.SENT, Fate.BOUNCED, "mail-1")
    assert len(office.store.events(TENANT)) == 1, "one delivery, one fact"


class RivalStore(InMemoryStore):
    """Somebody else settles a claim between our reading and our writing, so many times."""

    rivals = 0

    def commit(self, commit: Commit) -> None:
        if self.rivals and any(isinstance(entity, Claim) and entity.rev > 1 for entity in commit.puts):
            self.rivals -= 1
            raise EntityMoved("moved")
        super().commit(commit)


def test_who_settles_with_a_rival_looks_again_and_gives_up_when_it_never_ends() -> None:
    store = RivalStore()
    office = Office(store=store)
    quote = office.quote()
    store.rivals = 2
    assert send_delivery(office, quote) == Outcome.SENT
    bounced = Lesson(ClaimState.SENT, Fate.BOUNCED)
    store.rivals = 3
    with pytest.raises(Contention):
        settle(office.ctx, MACHINE, claim_id(quote.id, DELIVERY), bounced, office.activity, at=office.clock.now())


def test_of_two_who_learn_the_same_at_once_one_writes() -> None:
    class Twin(InMemoryStore):
        """While we look, the other one settles the very same thing."""

        twin: Callable[[], object] | None = None

        def head(self, tenant: TenantId) -> Head:
            if (twin := self.twin) is not None:
                self.twin = None
                twin()
            return super().head(tenant)

    store = Twin()
    office = Office(store=store)
    quote = office.quote()
    office.mailer.next(MailFate.UNKNOWN_DELIVERED)
    send_delivery(office, quote)
    key, delivered = claim_id(quote.id, DELIVERY), Lesson(ClaimState.SENT, Fate.DELIVERED)
    at = office.clock.now()
    store.twin = lambda: settle(office.ctx, MACHINE, key, delivered, office.activity, at=at)
    claim = settle(office.ctx, MACHINE, key, delivered, office.activity, at=at)
    assert (claim.state, claim.fate) == (ClaimState.SENT, Fate.DELIVERED)
    assert len(office.store.events(TENANT)) == 1


def test_an_event_about_no_claim_of_ours_is_not_found() -> None:
    office = Office()
    with pytest.raises(NotFound):
        settle(office.ctx, MACHINE, "quo_1#unseen", Lesson(ClaimState.SENT), office.activity, at=office.clock.now())


# --- the facts change ------------------------------------------------------------------------------------------------


class MeanwhileComposer:
    """Writes the mail, and lets something happen while it does."""

    def __init__(self, post: Post, happens: list[str], office: Office, quote: Quote) -> None:
        self._post, self._happens, self._office, self._quote = post, happens, office, quote

    def compose(self, template: str, **parts: object) -> ComposedMail:
        if self._happens:
            match self._happens.pop():
                case "accepted":
                    self._office.accept(self._quote)
                case "seen":
                    self._office.change(self._quote, first_viewed_at=self._office.clock.now())
                case "claimed":
                    self._office.put(a_claim(DELIVERY, self._office.clock.now(), self._quote.id, rev=1))
        return self._post.composer.compose(template, **parts)  # type: ignore[arg-type]  # handed on as they came


def send_meanwhile(office: Office, quote: Quote, *happens: str) -> str:
    office.post = replace(office.post, composer=MeanwhileComposer(office.post, list(happens), office, quote))
    return send_delivery(office, quote)


def test_a_quote_accepted_while_its_mail_is_written_is_not_sent() -> None:
    office = Office()
    quote = office.quote()
    assert send_meanwhile(office, quote, "accepted") == MOOT
    assert not [mail for mail in office.mailer.attempts if mail.subject.startswith("quote_delivery")]
    assert office.claim(quote, DELIVERY) is None


def test_a_change_that_does_not_matter_only_has_the_mail_written_again() -> None:
    office = Office()
    quote = office.quote()
    assert send_meanwhile(office, quote, "seen") == Outcome.SENT
    assert len(office.mailer.delivered) == 1


def test_a_document_that_never_rests_is_left_for_later() -> None:
    office = Office()
    quote = office.quote()
    with pytest.raises(Contention):
        send_meanwhile(office, quote, *["seen"] * 5)
    assert office.mailer.attempts == []


def test_of_two_senders_the_second_finds_the_claim() -> None:
    office = Office()
    quote = office.quote()
    assert send_meanwhile(office, quote, "claimed") == MOOT
    assert office.mailer.attempts == []


def test_a_step_that_was_not_decided_is_not_sent() -> None:
    office = Office()
    quote = office.quote()
    assert send_step(office, quote, "unseen") == MOOT


def test_a_document_without_run_cannot_be_followed() -> None:
    office = Office()
    with pytest.raises(NotFound):
        follow(office.ctx, MACHINE, QUOTE, "quo_nothing", turn=1, post=office.post)


def test_a_document_of_another_tenant_is_not_found() -> None:
    office = Office()
    quote = office.quote()
    stranger = replace(MACHINE, tenant=OTHER_TENANT)
    with pytest.raises(NotFound):
        follow(office.ctx, stranger, QUOTE, quote.id, turn=1, post=office.post)


# --- crashes and lost answers ----------------------------------------------------------------------------------------

STORE_FAULTS: Final = (None, *Fault)


@dataclass
class ThenFault:
    """A mail service after whose first answer the store fails: the last write of the protocol meets the fault."""

    office: Office
    fault: Fault | None

    def send(self, mail: Mail) -> Handover:
        handover = self.office.mailer.send(mail)
        if self.fault is not None:
            self.office.store.fail_next(self.fault)
            self.fault = None
        return handover


@pytest.mark.parametrize(("claiming", "mailing", "settling"), list(product(STORE_FAULTS, MailFate, STORE_FAULTS)))
def test_whatever_breaks_at_most_one_mail_leaves_and_no_claim_lies(
    claiming: Fault | None, mailing: MailFate, settling: Fault | None
) -> None:
    """The first attempt meets these faults; then the machine tries again and again, and at last an event comes."""
    office = Office()
    quote = office.quote()
    office.store.fail_next(*([claiming] if claiming else []))
    office.mailer.next(mailing)
    office.post = replace(office.post, mailer=ThenFault(office, settling))
    for _ in range(4):
        with suppress(Crash, Retry, OutcomeUnknown):
            office.wake(quote)
    office.mailer.assert_at_most_once()
    claim = office.claim(quote, DELIVERY)
    if claim is None or claim.state is ClaimState.REFUSED:
        assert office.mailer.delivered == []
    if claim is not None and claim.state is ClaimState.SENT:
        assert len(office.mailer.delivered) == 1
    for mail in office.mailer.delivered:  # what left is told by the service, sooner or later
        known = parse_tag(mail.claim_id)
        assert known is not None
        event = Lesson(ClaimState.SENT, Fate.DELIVERED)
        settle(office.ctx, MACHINE, known[1], event, office.activity, at=mail.date)
    told = [parse(sealed.line).type for sealed in office.store.events(TENANT)]
    assert told == ["document.sent"] * len(office.mailer.delivered)


def test_a_mail_whose_claim_was_lost_on_the_way_back_is_still_sent_once() -> None:
    office = Office()
    quote = office.quote()
    office.store.fail_next(Fault.STORED)
    assert send_delivery(office, quote) == Outcome.SENT
    assert len(office.mailer.delivered) == 1


def test_when_the_store_forgot_our_token_the_mail_is_doubtful_and_not_sent_twice() -> None:
    office = Office()
    quote = office.quote()
    office.store.fail_next(Fault.STORED, Fault.STORED)
    with pytest.raises(OutcomeUnknown):
        send_delivery(office, quote)
    assert send_delivery(office, quote) == MOOT
    assert office.mailer.attempts == []
    claim = office.claim(quote, DELIVERY)
    assert claim is not None
    assert claim.state is ClaimState.CLAIMED


def test_a_pdf_that_is_not_the_sealed_one_keeps_the_mail_from_leaving() -> None:
    office = Office()
    quote = office.quote()
    office.documents.stored.clear()
    with pytest.raises(NotFound):
        send_delivery(office, quote)
    assert office.claim(quote, DELIVERY) is None


# --- headers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ['Dupont "& Fils"', "Été, Frères", "Verdier\r\nBcc: all@example.org", "<script>", "a@b.example"]
)
def test_the_seller_s_name_never_becomes_another_header(name: str) -> None:
    office = Office()
    company = office.store.get(TENANT, Company, TENANT)
    assert company is not None
    quote = a_sent_quote(pdf_sha256=office.drawn())
    assert quote.content is not None
    seller = replace(quote.content.seller, trading_name=name)
    quote = office.follow(replace(quote, content=replace(quote.content, seller=seller)))
    send_delivery(office, quote)
    message = EmailMessage(policy=SMTP)
    message["From"] = office.mailer.delivered[0].sender
    (address,) = message["From"].addresses
    assert address.addr_spec == "envoi@envoi.relance.example"
    assert address.display_name == " ".join(name.split())
    assert message.keys() == ["From"]


def test_a_second_version_says_so_in_the_name_of_its_file() -> None:
    office = Office()
    quote = a_sent_quote(pdf_sha256=office.drawn())
    assert quote.content is not None
    content = replace(quote.content, version=2, number="D/2026/7")
    office.follow(replace(quote, content=content))
    send_delivery(office, quote)
    assert office.mailer.delivered[0].attachments[0].filename == "Devis D-2026-7 v2.pdf"


def test_an_invoice_goes_the_same_way() -> None:
    office = Office()
    invoice = office.invoice()
    assert office.wake(invoice).done == ((DELIVERY, Outcome.SENT),)
    assert office.subjects() == ["invoice_delivery F-2026-0001"]
    assert office.mailer.delivered[0].attachments[0].filename == "Facture F-2026-0001.pdf"


def test_without_company_nothing_is_written() -> None:
    office = Office()
    quote = office.quote()
    office.store.commit(Commit(TENANT, "the company goes", deletes=(a_company(),)))
    with pytest.raises(NotFound):
        send_delivery(office, quote)
    assert office.mailer.attempts == []
