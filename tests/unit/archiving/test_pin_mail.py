"""The checkpoint as the user's pin: once a month in his own mailbox, at most once, byte for byte. [AR-02, S-07]"""

import io
import zipfile
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from relance.adapters.pin_composer import JinjaPinComposer
from relance.adapters.ses_mailer import mime_of
from relance.app.archiving import Archiver, drain, export
from relance.app.context import Context
from relance.app.pin_mail import PinPost, mail_pin
from relance.app.pins import last_pin, settle_pin
from relance.app.ports.outside import Mail
from relance.app.ports.store import Commit, Entity
from relance.domain.errors import NotFound, OutcomeUnknown, Retry
from relance.domain.ids import TenantId
from relance.domain.party import Company
from relance.domain.pin_mail import Pin, PinMail
from relance.domain.reminder.claim import ClaimState, Fate, Lesson, parse_tag
from relance.domain.reminder.settings import ReminderSettings
from relance.resources import verify_archive
from tests.builders import a_company, a_context
from tests.doubles.archive import World
from tests.doubles.exported import TENANT
from tests.doubles.legal_facts import pdfs_of_sale, sale
from tests.doubles.outside import MailFate, ManualClock, RecordingMailer
from tests.doubles.racing import LettingIn
from tests.doubles.store import Crash, Fault, InMemoryStore

FIRST = datetime(2026, 12, 1, 2, 30, tzinfo=UTC)
MINE = TenantId(TENANT)


@dataclass(slots=True)
class Post:
    """A company with an archive on the first of December, and its mailbox."""

    store: InMemoryStore = field(default_factory=InMemoryStore)
    clock: ManualClock = field(default_factory=lambda: ManualClock(FIRST))
    mailer: RecordingMailer = field(default_factory=RecordingMailer)
    world: World = field(default_factory=World)
    archiver: Archiver = field(init=False)
    ctx: Context = field(init=False)

    def __post_init__(self) -> None:
        for n in (1, 2):
            for body in pdfs_of_sale(n).values():
                self.world.archive().documents.put(body)
            self.world.record(TENANT, *sale(n))
        self.archiver = self.world.archive()
        drain(TENANT, self.archiver)
        self.ctx = a_context(store=self.store, clock=self.clock)
        self.put(a_company(MINE))

    def put(self, *entities: Entity) -> None:
        self.store.commit(Commit(MINE, self.ctx.new_id("tok"), puts=entities))

    def mails(self) -> PinMail | None:
        return mail_pin(self.ctx, MINE, self.archiver, PinPost(JinjaPinComposer(), self.mailer, "envoi.example"))

    @property
    def mail(self) -> Mail:
        (sent,) = self.mailer.delivered
        return sent


def test_on_the_first_of_the_month_the_company_gets_the_signed_note_byte_for_byte() -> None:
    post = Post()
    done = post.mails()
    assert done is not None
    assert (done.id, done.state, done.size) == ("2026-12", ClaimState.SENT, 12)
    note = post.world.objects[f"{TENANT}/ckpt/000000000012.note"][0]
    (attached,) = post.mail.attachments
    assert (attached.filename, attached.body) == ("point-de-controle-2026-12-01.note", note)
    assert post.mail.recipient == a_company().email
    assert note.decode() in post.mail.text
    assert Pin(12, note, FIRST.date()).fingerprint in post.mail.text
    assert parse_tag(post.mail.claim_id) == (MINE, "pin#2026-12"), "what SES tells of it is of no document"
    mime = mime_of(post.mail)
    (part,) = mime.iter_attachments()
    assert part.get_content() == note, "no line end is touched on its way"


def test_the_mail_says_why_and_how_and_the_recipe_works(tmp_path: Path) -> None:
    post = Post()
    post.mails()
    text = post.mail.text
    assert "c’est votre épingle" in text
    assert "python3 verify_archive.py --epingle ../point-de-controle-2026-12-01.note" in text
    assert "se coupe dans les réglages des relances" in text
    assert "{{" not in post.mail.html
    assert "white-space:pre-wrap" in post.mail.html
    (attached,) = post.mail.attachments
    (tmp_path / attached.filename).write_bytes(attached.body)
    for name, body in files_of(post).items():
        (tmp_path / "export" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "export" / name).write_bytes(body)
    kept = ["--epingle", str(tmp_path / attached.filename)]
    assert verify_archive.main([str(tmp_path / "export"), *kept]) == 0
    (tmp_path / attached.filename).write_bytes(attached.body.replace(b"\n12\n", b"\n11\n"))
    assert verify_archive.main([str(tmp_path / "export"), *kept]) != 0


def files_of(post: Post) -> dict[str, bytes]:
    """An export of the same archive, unpacked."""
    target = io.BytesIO()
    export(MINE, post.archiver, target)
    with zipfile.ZipFile(target) as unpacked:
        return {name: unpacked.read(name) for name in unpacked.namelist()}


def test_it_leaves_once_a_month_and_again_the_month_after() -> None:
    post = Post()
    assert post.mails() is not None
    assert post.mails() is None
    post.clock.move_to(datetime(2026, 12, 2, 2, 30, tzinfo=UTC))
    assert post.mails() is None
    post.clock.move_to(datetime(2027, 1, 1, 2, 30, tzinfo=UTC))
    assert post.mails() is not None
    assert len(post.mailer.delivered) == 2
    post.mailer.assert_at_most_once()
    latest = last_pin(post.ctx, MINE)
    assert latest is not None
    assert latest.id == "2027-01"


def test_the_first_is_the_first_in_paris() -> None:
    post = Post()
    post.clock.move_to(datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    done = post.mails()
    assert done is not None
    assert done.id == "2027-01"


def test_who_does_not_want_it_gets_none() -> None:
    post = Post()
    post.put(ReminderSettings(MINE, 1, pin_mail=False))
    assert post.mails() is None
    assert last_pin(post.ctx, MINE) is None


@pytest.mark.parametrize("lacks", ["company", "address", "checkpoint"])
def test_without_an_address_or_a_checkpoint_there_is_nothing_to_send(lacks: str) -> None:
    post = Post()
    company = post.store.get(MINE, Company, TENANT)
    assert company is not None
    if lacks == "company":
        post.store.commit(Commit(MINE, "t" * 32, deletes=(company,)))
    elif lacks == "address":
        post.put(replace(company, rev=2, email=""))
    else:
        post.world.stored_heads.clear()
    assert post.mails() is None
    assert post.mailer.attempts == []


@pytest.mark.parametrize("fate", [MailFate.UNKNOWN_DELIVERED, MailFate.UNKNOWN_NOT_DELIVERED, MailFate.REFUSED])
def test_what_is_in_doubt_or_refused_is_not_sent_again(fate: MailFate) -> None:
    post = Post()
    post.mailer.next(fate)
    done = post.mails()
    assert done is not None
    assert done.state is (ClaimState.REFUSED if fate is MailFate.REFUSED else ClaimState.UNKNOWN)
    assert post.mails() is None
    assert len(post.mailer.attempts) == 1


def test_a_service_that_takes_none_now_gets_it_the_next_day() -> None:
    post = Post()
    post.mailer.next(MailFate.THROTTLED)
    with pytest.raises(Retry):
        post.mails()
    assert last_pin(post.ctx, MINE) is None
    post.clock.move_to(datetime(2026, 12, 2, 2, 30, tzinfo=UTC))
    assert post.mails() is not None
    assert len(post.mailer.delivered) == 1


@pytest.mark.parametrize("write", [0, 1])
@pytest.mark.parametrize("fault", list(Fault))
def test_whatever_becomes_of_a_write_it_never_leaves_twice(write: int, fault: Fault) -> None:
    post = Post()
    post.store.fail_next(*[None] * write, fault)
    try:
        post.mails()
    except (Crash, Retry, OutcomeUnknown):
        post.store.forget_faults()
        post.mails()
    assert len(post.mailer.delivered) <= 1
    post.mailer.assert_at_most_once()


@pytest.mark.parametrize("fate", [MailFate.CRASH_BEFORE, MailFate.CRASH_AFTER])
def test_a_crash_around_the_call_leaves_the_claim_and_no_second_mail(fate: MailFate) -> None:
    post = Post()
    post.mailer.next(fate)
    with pytest.raises(BaseException):  # noqa: B017, PT011 - a crash is no Exception
        post.mails()
    assert post.mails() is None
    left = last_pin(post.ctx, MINE)
    assert left is not None
    assert left.state is ClaimState.CLAIMED


def bounce(at: datetime, fate: Fate = Fate.BOUNCED) -> tuple[Lesson, datetime]:
    return Lesson(ClaimState.SENT, fate, provider_id="p-1", reason="Permanent General"), at


@pytest.mark.parametrize(
    ("fate", "saved_again", "address", "leaves"),
    [
        (Fate.BOUNCED, False, "", False),
        (Fate.BOUNCED, True, "", True),
        (Fate.BOUNCED, False, "autre@atelier.example", True),
        (Fate.COMPLAINED, True, "", False),
        (Fate.COMPLAINED, False, "autre@atelier.example", True),
        (Fate.DELIVERED, False, "", True),
    ],
)
def test_an_address_where_a_pin_came_back_gets_no_other_until_its_owner_says_so(
    fate: Fate, *, saved_again: bool, address: str, leaves: bool
) -> None:
    """[S-04] Saving the record again says that the mailbox was mended; a complaint stays until another address."""
    post = Post()
    post.mails()
    lesson, at = bounce(FIRST, fate)
    settle_pin(post.ctx, MINE, "2026-12", lesson, at=at)
    company = post.store.get(MINE, Company, TENANT)
    assert company is not None
    if saved_again or address:
        saved_at = datetime(2026, 12, 9, tzinfo=UTC) if saved_again else company.updated_at
        post.put(replace(company, rev=2, email=address or company.email, updated_at=saved_at))
    post.clock.move_to(datetime(2027, 1, 1, 2, 30, tzinfo=UTC))
    assert (post.mails() is not None) is leaves
    assert len(post.mailer.delivered) == 1 + leaves


def test_an_event_that_is_faster_than_the_answer_is_not_lost() -> None:
    """The service tells of the delivery before whoever handed the mail over has stored its answer. [S-07]"""
    told = Lesson(ClaimState.SENT, Fate.DELIVERED, provider_id="early")
    came = 0
    for n in range(1, 12):
        post = Post()
        other = a_context(store=post.store, clock=post.clock, seed=9)
        delivered = partial(settle_pin, other, MINE, "2026-12", told, at=FIRST)
        post.ctx = Context(LettingIn(post.store, n, delivered), post.clock, post.ctx.entropy)
        with suppress(NotFound):  # nothing was claimed yet: no event comes so early
            done = post.mails()
            assert done is not None
            assert (done.state, last_pin(other, MINE)) == (ClaimState.SENT, done)
            came += done.fate is Fate.DELIVERED
    assert came == 2, "between the claim and the reading of it, and between that and the write"
