"""What users of other products complain of about their sealed logs, each lived to its end here. [peers D.3, 2 to 5]

1 (the key or the store is away, and records are silently not written) is in test_outages.py; 6 (closings only by year)
in tests/unit/test_closing.py; 7 to 14 in tests/statemachine/test_complaints.py.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from hashlib import sha256
from random import Random
from typing import Any

import pytest

from relance.app import papers
from relance.app.archiving import drain, export, verify
from relance.app.history import take_over
from relance.app.settings import put_company
from relance.domain.chain import segment
from relance.domain.chain.canonical import canonical
from relance.domain.chain.event import content_hash
from relance.domain.history import History, PastDocument, PastKind
from relance.domain.party import Company
from relance.resources import verify_archive
from tests.builders import TENANT
from tests.doubles.archive_auditor import is_complete
from tests.doubles.exported import Files
from tests.doubles.house import NEXT_MORNING, House, a_house, invoice_id, owner
from tests.doubles.invariants import Invariants
from tests.doubles.outside import FakeRenderer


def exported(house: House) -> Files:
    made = io.BytesIO()
    export(TENANT, house.whole, made)
    with zipfile.ZipFile(made) as opened:
        return Files({name: opened.read(name) for name in opened.namelist()})


# --- complaint 2: only the last line of an invoice was hashed (odoo#17671) -------------------------------------------


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each number, text and flag of a printed content."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))
    else:
        yield path


def altered(content: Any, path: tuple[Any, ...]) -> Any:
    """Another content, in that one thing."""
    changed = json.loads(json.dumps(content))
    *way, last = path
    inner = changed
    for key in way:
        inner = inner[key]
    old = inner[last]
    inner[last] = not old if isinstance(old, bool) else old + 1 if isinstance(old, int) else f"{old or ''}0"
    return changed


def test_complaint_2_every_field_of_every_line_is_under_the_seal() -> None:
    """Each of them altered, with the hash of the content made again: the verifier names the event."""
    house = House().opens()
    house.issue(1)
    house.drain()
    files = exported(house)
    name = "seg/000000000001.jsonl.gz"
    lines = list(segment.unpack(files.read(name)))
    event = json.loads(lines[1])
    content = event["data"]["content"]
    paths = [("lines", *path) for path in leaves(content["lines"])] + [
        ("totals", *path) for path in leaves(content["totals"])
    ]
    assert len(content["lines"]) == 2
    assert len(paths) >= 20
    for path in paths:
        forged = altered(content, path)
        data = {**event["data"], "content": forged, "content_sha256": content_hash(forged)}
        body = segment.pack([lines[0], canonical({**event, "data": data})])
        report = verify_archive.verify(Files({**files.bodies, name: body}).resummed())
        assert not report.ok, f"{path} can be altered"


# --- complaint 3: honest data told altered, because it was sealed before its order was known (odoo#226032) ----------


@pytest.mark.parametrize("seed", range(6))
def test_complaint_3_concurrent_writers_seen_in_any_order_never_raise_a_false_alarm(seed: int) -> None:
    chance, house = Random(seed), a_house()
    house.clock.move_to(NEXT_MORNING)
    work = [("issue", 2), ("issue", 3), ("issue", 4), ("pay", 101), ("pay", 102), ("pay", 103)]
    chance.shuffle(work)
    for kind, n in work:
        if kind == "issue":
            house.issue(n)
        else:
            house.be_paid(1, f"pay {n}", n)
        house.world.hidden = {(TENANT, seq) for seq in range(1, 20) if chance.random() < 0.3}
        head = house.world.stored_heads[TENANT]
        house.world.hidden -= {(TENANT, seq) for seq in range(1, head.size + 1)}
        assert drain(TENANT, house.archiver, max_events=chance.randint(1, 4)).quarantine is None
    house.comes_to_rest()
    Invariants().hold(house)
    assert is_complete(house.world, TENANT)
    assert verify(TENANT, house.whole, now_ms=1).faults == ()


# --- complaint 4: the log cannot be enabled for a company with a history: « gap detected » (odoo#234238) -------------


def test_complaint_4_a_company_with_a_history_and_holes_in_it_begins_its_archive_AR_06() -> None:
    """Numbers of before go up to 123, with holes; the first of ours is 124, and nobody sees a gap."""
    house = House().opens()
    past = tuple(PastDocument(PastKind.INVOICE, f"FA-{n:05d}", date(2026, 11, 2), 120_000) for n in (118, 120, 123))
    take_over(house.ctx, owner(TENANT), History("Ancien logiciel", past, {PastKind.INVOICE: 123}))
    assert house.issue(1) == "F-2026-0124"
    house.comes_to_rest()
    report = verify_archive.verify(exported(house))
    assert [fault.sentence() for fault in report.faults] == []
    assert any(b'"FA-00120"' in event.line for event in house.store.events(TENANT)), "the manifest is in the chain"


# --- complaint 5: what was handed out is not known (Dolibarr#32358) --------------------------------------------------


def test_complaint_5_the_hash_of_every_pdf_that_left_is_in_the_chain_and_each_is_kept() -> None:
    """The original and two duplicates, between which the look of the company changed."""
    house, renderer = House().opens(), FakeRenderer()
    documents = house.world.archive().documents
    house.issue(1)
    house.seal(1)
    papers.duplicate(house.ctx, owner(TENANT), invoice_id(1), documents=documents, renderer=renderer)
    company = house.store.get(TENANT, Company, TENANT)
    assert company is not None
    changed = replace(company, branding=replace(company.branding, colour="#123456"))
    put_company(house.ctx, owner(TENANT), changed, expected_rev=company.rev)
    papers.duplicate(house.ctx, owner(TENANT), invoice_id(1), documents=documents, renderer=renderer)
    house.comes_to_rest()
    events = [json.loads(event.line) for event in house.store.events(TENANT)]
    told = [event["data"]["pdf_sha256"] for event in events if event["type"].startswith("document.")]
    assert len(set(told)) == 3, "three different papers"
    assert set(told) == set(house.world.pdfs), "what was drawn is what is told"
    kept = {sha256(body).hexdigest() for name, body in exported(house).bodies.items() if name.startswith("doc/")}
    assert told[0] in kept, "the original is locked with the event that seals it"
