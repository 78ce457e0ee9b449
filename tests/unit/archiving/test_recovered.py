"""What single events say of the entities: those that random business seldom meets, read back one by one. [K-01]"""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pytest

from relance.app.recovery import HANDLERS, NO_ENTITY, carry
from relance.app.recovery.desk import Desk
from relance.app.recovery.printed import invoice_content, read
from relance.domain.archive_alarm import ArchiveAlarm, alarm_id
from relance.domain.bookkeeping.accounts import OwnAccounts, Role
from relance.domain.calendar_fr import from_ms, to_ms
from relance.domain.chain.canonical import Json
from relance.domain.chain.event import GENESIS_HASH, Event, Fact, Ref, parse, seal
from relance.domain.content import content_json, content_sha256
from relance.domain.erasure import Erasure, ErasureReason, ErasureState
from relance.domain.errors import Corrupted, ToReview
from relance.domain.history import ID, ImportedHistory
from relance.domain.invoice import Invoice, InvoiceStatus, require_draft
from relance.domain.key_change import ToldKey
from relance.domain.party import Company
from relance.domain.penalty_claim import PenaltyClaim, PenaltyState
from relance.domain.purge import Purge
from relance.domain.quote import Quote, QuoteStatus
from relance.domain.reminder.task import RESTORED, Task
from relance.domain.right import CredentialKind, Right
from relance.domain.running_version import RunningVersion
from tests.builders import TENANT, a_company, a_context, a_customer, a_quote, an_invoice, an_invoice_content
from tests.doubles.office import a_sent_quote
from tests.doubles.outside import START
from tests.doubles.store import InMemoryStore

APP: Final = Path("shared/relance")
_TYPE: Final = re.compile(r'"([a-z_]+\.[a-z_]+)"')  # in a file that makes facts
_CODE: Final = re.compile(r'code="[^"]+"')  # of an error
_NAMED: Final = re.compile(r"Fact\(\s*([A-Z]+),")  # a fact whose type is a constant
_CONSTANT: Final = re.compile(r'^([A-Z]+): Final = "([a-z_]+\.[a-z_]+)"', re.MULTILINE)


_ADDRESS: Final[Json] = {"line1": "1 rue", "postcode": "69001", "city": "Lyon"}


def an_event(type: str, ref: Ref, data: dict[str, Json], *, minutes: int = 0) -> Event:
    """As it is read from the archive."""
    at_ms = to_ms(START + timedelta(minutes=minutes))
    return parse(seal(Fact(type, ref, "usr_1", data), tenant=TENANT, seq=1, at_ms=at_ms, prev=GENESIS_HASH).line)


def a_desk(*stored: object) -> Desk:
    store = InMemoryStore()
    ctx = a_context(store=store)
    desk = Desk(ctx, TENANT)
    for one in stored:
        desk.put(one)  # type: ignore[arg-type]  # entities, whatever their class
    desk.overlook()
    return desk


def test_every_type_of_fact_of_the_product_was_decided_on() -> None:
    """A new one without a handler would be lost with its table, and nobody would know."""
    sources = [_CODE.sub("", path.read_text()) for path in [*APP.glob("app/**/*.py"), *APP.glob("domain/**/*.py")]]
    named = {name for source in sources for name in _NAMED.findall(source)}
    written = {type for source in sources if "Fact(" in source for type in _TYPE.findall(source)}
    written |= {type for source in sources for name, type in _CONSTANT.findall(source) if name in named}
    assert {"invoice.issued", "journal.rebuilt", "settings.changed"} <= written, "the search finds them"
    assert written - HANDLERS.keys() - NO_ENTITY == set()


def test_a_type_that_this_version_does_not_know_is_told() -> None:
    desk = a_desk()
    carry(desk, an_event("invoice.signed", Ref("invoice", "inv_1", "F-2026-0001"), {}))
    (loss,) = desk.losses.values()
    assert "« invoice.signed »" in loss.missing[0]


def test_a_draft_whose_issue_cannot_be_read_is_not_issued_a_second_time() -> None:
    """An event of another version: told, and the draft that the table holds waits until a person looked. [N-02]"""
    draft = an_invoice()
    desk = a_desk(draft)
    data: dict[str, Json] = {"number": "F-2026-0001", "content": {"v": 9}, "content_sha256": "0" * 64}
    carry(desk, an_event("invoice.issued", Ref("invoice", draft.id, "F-2026-0001"), data))
    after = desk.get(Invoice, draft.id)
    assert after is not None
    with pytest.raises(ToReview):
        require_draft(after)
    assert "relisez-le dans l’archive" in after.to_review[0]


def test_a_printed_content_is_read_back_to_its_hash() -> None:
    content = an_invoice_content(a_company(), a_customer())
    data: dict[str, Json] = {"content": content_json(content), "content_sha256": content_sha256(content)}
    assert invoice_content(data) == content


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told | {"colour": "red"},
        lambda told: told | {"issue_date": "hier"},
        lambda told: told | {"lines": [{"description": "Pose"}]},
        lambda told: told | {"subject": 5},
        lambda told: told | {"subject": "autre chose"},
    ],
)
def test_a_content_that_cannot_be_read_back_exactly_is_refused(change: object) -> None:
    content = an_invoice_content(a_company(), a_customer())
    assert callable(change)
    with pytest.raises(Corrupted):
        invoice_content({"content": change(content_json(content)), "content_sha256": content_sha256(content)})


def test_an_empty_option_is_none() -> None:
    assert read(Company | None, None) is None  # type: ignore[arg-type]  # what a type hint may say


def test_penalties_come_back_as_they_were_claimed_paid_and_waived() -> None:
    invoice = an_invoice(status=InvoiceStatus.ISSUED, number="F-2026-0001")
    desk, ref = a_desk(invoice), Ref("penalty", invoice.id, invoice.number)
    amounts: dict[str, Json] = {
        "number": invoice.number, "currency": "EUR", "interest": 500, "indemnity": 4000, "total": 4500, "paid": 0,
    }  # fmt: skip
    segment: Json = {"after": "2026-01-01", "until": "2026-02-01", "principal": 100000, "rate_bp": 1215}
    claim_data = amounts | {"added": 4500, "until": "2026-02-01", "segments": [segment], "sources": ["BCE"]}
    claimed = an_event("penalty.claimed", ref, claim_data)
    carry(desk, claimed)
    claim = desk.get(PenaltyClaim, invoice.id)
    assert claim is not None
    assert (claim.state, claim.total, claim.until, claim.customer_id) == (
        PenaltyState.CLAIMED, 4500, date(2026, 2, 1), invoice.customer_id,
    )  # fmt: skip
    paid = an_event(
        "penalty.paid",
        ref,
        {
            "payment_id": "pay_1",
            "number": invoice.number,
            "amount": 4500,
            "paid_on": "2026-02-03",
            "mode": "transfer",
            "reference": "",
        },
        minutes=1,
    )
    for event in (claimed, paid, paid):
        carry(desk, event)
    claim = desk.get(PenaltyClaim, invoice.id)
    assert claim is not None
    assert (claim.state, claim.paid, len(claim.payments)) == (PenaltyState.PAID, 4500, 1)
    other = an_event("penalty.waived", Ref("penalty", "inv_2", "F-2026-0002"), amounts | {"reason": "geste"})
    carry(desk, other)
    waived = desk.get(PenaltyClaim, "inv_2")
    assert waived is not None
    assert (waived.state, waived.reason, waived.total) == (PenaltyState.WAIVED, "geste", 4500)


def test_fiscal_settings_come_back_and_what_the_company_was_is_kept() -> None:
    company = a_company()
    desk = a_desk(company)
    data: dict[str, Json] = {
        "fiscal_year_start": "07-01",
        "address": {"line1": "1 rue", "postcode": "69001", "city": "L"},
    }
    event = an_event("settings.changed", Ref("company", TENANT), data, minutes=5)
    carry(desk, event)
    carry(desk, event)
    after = desk.get(Company, TENANT)
    assert after is not None
    assert (after.fiscal_year_start, after.address.line1, after.bank) == ("07-01", "1 rue", company.bank)
    assert sorted(name for name, _ in desk.changes) == ["Company", "CompanyVersion"]


def test_account_numbers_come_back_as_they_were_put() -> None:
    desk = a_desk()
    event = an_event("accounts.changed", Ref("accounts", TENANT), {"numbers": {"services": "706100"}})
    carry(desk, event)
    carry(desk, event)
    known = desk.get(OwnAccounts, TENANT)
    assert known is not None
    assert (known.numbers, known.rev) == ({Role.SERVICES: "706100"}, 1)


def test_the_version_at_work_is_known_again() -> None:
    desk = a_desk()
    event = an_event("software.changed", Ref("software", TENANT), {"sha256": "b" * 64, "product": "1.1"})
    carry(desk, event)
    carry(desk, event)
    known = desk.get(RunningVersion, "running")
    assert known is not None
    assert (known.sha256, known.product, known.rev) == ("b" * 64, "1.1", 1)


def test_up_to_which_key_the_journal_tells_is_known_again() -> None:
    """[AF-11] Or the next walk would tell the same changes twice."""
    desk = a_desk()
    for size in (12, 6, 12):
        carry(desk, an_event("key.rotated", Ref("key", f"key/{size:012d}.note"), {"size": size, "key": f"key {size}"}))
    known = desk.get(ToldKey, "key")
    assert known is not None
    assert (known.from_size, known.key, known.rev) == (13, "key 12", 1)


def test_a_company_that_is_gone_is_to_be_entered_again() -> None:
    desk = a_desk()
    carry(desk, an_event("settings.changed", Ref("company", TENANT), {"fiscal_year_start": "07-01"}))
    (loss,) = desk.losses.values()
    assert "ressaisissez-la" in loss.missing[0]


def test_a_history_that_was_taken_over_is_known_again() -> None:
    desk = a_desk()
    rows: list[Json] = [{"kind": "invoice", "number": f"F{n}", "date": f"2025-0{n}-01", "gross": 1} for n in (1, 2)]
    for seq, row in enumerate(rows, 1):
        event = an_event("history.imported", Ref("history", ID), {"source": "Ancien", "documents": [row]})
        carry(desk, replace(event, seq=seq))
        carry(desk, replace(event, seq=seq))
    taken = desk.get(ImportedHistory, ID)
    assert taken is not None
    assert (taken.documents, taken.first_date, taken.last_date, taken.last_seq) == (
        2, date(2025, 1, 1), date(2025, 2, 1), 2,
    )  # fmt: skip


def test_alarms_marks_of_a_purge_and_letters_are_told_or_known_again() -> None:
    desk = a_desk()
    alarm: dict[str, Json] = {"size": 9, "count": 1, "faults": ["[altéré] x"], "journal_intact": True}
    carry(desk, an_event("archive.integrity_failed", Ref("archive", TENANT), alarm))
    carry(desk, an_event("archive.integrity_failed", Ref("archive", TENANT), alarm | {"count": 99}))
    assert desk.get(ArchiveAlarm, alarm_id(9, ("[altéré] x",))) is not None
    purge: dict[str, Json] = {
        "first_seq": 1, "last_seq": 9, "last_hash": "a" * 64, "checkpoint_size": 12, "checkpoint_sha256": "b" * 64,
        "stamp_sha256": "c" * 64, "fiscal_year_end": "2014-12-31",
    }  # fmt: skip
    carry(desk, an_event("journal.purged", Ref("journal", "2014-12-31"), purge))
    mark = desk.get(Purge, "2014-12-31")
    assert mark is not None
    assert (mark.last_seq, mark.is_open) == (9, True), "its lines came back with the restore"
    letter: dict[str, Json] = {"pdf_sha256": "d" * 64, "dispatch_number": "1A", "sent_on": "2026-11-16"}
    carry(desk, an_event("letter.dispatched", Ref("letter", "let_1"), letter))
    assert "1A" in desk.losses["letter", "let_1"].missing[0]


def test_what_was_decided_of_a_right_comes_back_once() -> None:
    """[AF-11] Given, given with another role, taken back: the last decision, whatever the table knew."""
    rank = {"kind": "api_key", "user": "usr_2"}
    given = an_event("rights.granted", Ref("right", "ab12"), {**rank, "role": "owner"}, minutes=1)
    lowered = an_event("rights.granted", Ref("right", "ab12"), {**rank, "role": "member"}, minutes=2)
    gone = an_event("rights.revoked", Ref("right", "ab12"), {**rank, "role": "member"}, minutes=3)
    known = Right(TENANT, "ab12", 1, CredentialKind.API_KEY, "usr_2", "owner", since=from_ms(given.at_ms))
    for desk in (a_desk(), a_desk(known)):
        for event in (given, given, lowered, lowered):
            carry(desk, event)
        held = desk.get(Right, "ab12")
        assert held is not None
        assert (held.role, held.is_open, held.since) == ("member", True, from_ms(lowered.at_ms))
        for event in (gone, gone, lowered, given):
            carry(desk, event)
        assert desk.get(Right, "ab12") == replace(held, revoked_at=from_ms(gone.at_ms), rev=held.rev)
        assert not desk.losses
    desk = a_desk()
    carry(desk, gone)
    held = desk.get(Right, "ab12")
    assert held is not None
    assert not held.is_open, "though its grant was lost in the same hour"


def test_who_was_erased_is_to_be_erased_again_unless_he_was_since() -> None:
    """[K-07] Under way or done since: left as it is. A proposal, or a duty to keep that stopped it, is asked anew."""
    event = an_event("prospect.erased", Ref("customer", "cus_1"), {"reason": "retention", "quotes": 1}, minutes=5)
    at = from_ms(event.at_ms)
    asked = Erasure(TENANT, "cus_1", 1, ErasureState.ASKED, ErasureReason.RETENTION, at, "usr_1")
    before = replace(asked, reason=ErasureReason.REQUEST, at=START, by="usr_2")
    under_way = replace(before, pdfs=("a" * 64,), quotes=2)
    done = replace(before, state=ErasureState.DONE, done_at=at)
    for known, wanted in (
        (None, asked),
        (under_way, None),
        (done, None),
        (replace(done, done_at=START), replace(asked, rev=2)),
        (replace(before, state=ErasureState.STOPPED, why="Facture"), replace(asked, rev=2)),
        (replace(before, state=ErasureState.PROPOSED), replace(asked, rev=2)),
    ):
        desk = a_desk(*[known] if known else [])
        carry(desk, event)
        carry(desk, event)
        assert list(desk.changes.values()) == ([wanted] if wanted else [])
        assert not desk.losses


@pytest.mark.parametrize(
    ("type", "status", "said"),
    [
        ("quote.refused", QuoteStatus.REFUSED, "refusé"),
        ("quote.withdrawn", QuoteStatus.WITHDRAWN, "rétracté"),
        ("quote.cancelled", QuoteStatus.CANCELLED, ""),
        ("quote.not_retained", QuoteStatus.NOT_RETAINED, ""),
    ],
)
def test_answers_come_back_on_what_the_table_still_holds(type: str, status: QuoteStatus, said: str) -> None:
    quote = a_sent_quote(START, pdf_sha256="f" * 64)
    desk = a_desk(quote)
    event = an_event(type, Ref("quote", quote.id, quote.number), {"version": 1, "retained": "D-2026-0009"}, minutes=1)
    carry(desk, event)
    carry(desk, event)
    after = desk.get(Quote, quote.id)
    assert after is not None
    assert after.status is status
    assert said in " ".join(after.to_review)
    assert bool(after.to_review) is bool(said)
    task = desk.get(Task, f"{quote.id}#{RESTORED}")
    assert (task is not None) is bool(said)


def test_what_happened_to_a_document_that_nobody_has_is_told() -> None:
    desk = a_desk()
    payment: dict[str, Json] = {"payment_id": "pay_1", "amount": 1250, "paid_on": "2026-11-16", "mode": "card"}
    carry(desk, an_event("payment.recorded", Ref("invoice", "inv_9", "F-2026-0009"), payment))
    assert "12,50" in desk.losses["invoice", "inv_9"].missing[0]
    assert desk.get(Invoice, "inv_9") is None
    assert a_quote().to_review == ()
