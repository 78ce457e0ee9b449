"""An export in bounded memory: what leaves never comes back, and the zip is the one that zipfile writes to a file."""

import gc
import io
import random
import tracemalloc
from dataclasses import dataclass
from hashlib import sha256

from relance.app.archiving import drain, export
from relance.app.archiving.zipping import ZipStream
from relance.domain.chain.event import Fact
from relance.resources import verify_archive
from tests.doubles.archive import World
from tests.doubles.exported import TENANT
from tests.doubles.legal_facts import document_sealed, payment


@dataclass(slots=True)
class Counting:
    """A sink that keeps nothing but how much went by."""

    length: int = 0

    def write(self, data: bytes, /) -> int:
        self.length += len(data)
        return len(data)


def test_the_stream_is_the_zip_that_the_verifier_writes_again() -> None:
    chance = random.Random(7)
    bodies = {f"doc/{n}": chance.randbytes(chance.randrange(5_000)) for n in range(200)} | {"empty": b""}
    streamed, written = io.BytesIO(), io.BytesIO()
    output = ZipStream(streamed)
    for name, body in bodies.items():
        output.add(name, body)
    output.close()
    verify_archive.write_zip(written, list(bodies), bodies.__getitem__)
    assert streamed.getvalue() == written.getvalue()
    assert (output.length, output.sha256) == (len(written.getvalue()), sha256(written.getvalue()).hexdigest())


def test_an_export_holds_one_object_at_a_time_whatever_its_size() -> None:
    """Four times the events and documents leave in the memory of one: names and sums are all that grows."""
    peak_of_export(documents=1)  # what is imported and cached at the first export
    small, large = peak_of_export(documents=20), peak_of_export(documents=80)
    assert large - small < 60 * 100_000 / 20, "of what more went out, a twentieth: names, sums, the double's own notes"


def peak_of_export(documents: int) -> int:
    """The most bytes held while exporting 100 KB a document, and 33 other facts a document."""
    world = World()
    for n in range(documents):
        fact = document_sealed("invoice", n)
        body = b"%PDF" + n.to_bytes(4, "big") * 25_000
        digest = sha256(body).hexdigest()
        world.record(TENANT, Fact(fact.type, fact.ref, fact.actor, {**fact.data, "pdf_sha256": digest}))
        world.pdfs[digest] = body
        world.record(TENANT, *[payment(1)] * 33)
    drain(TENANT, world.archive())
    gc.collect()
    sink = Counting()
    tracemalloc.start()
    try:
        made = export(TENANT, world.archive(), sink)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (made.size, made.length) == (documents * 34, sink.length)
    assert sink.length > documents * 100_000
    return peak
