"""An export in memory, and what somebody who wants to forge it can do with it."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256

from relance.app.archiving import drain, export
from relance.app.ports.archive import Sink
from relance.domain.archive_export import Period
from relance.resources import verify_archive
from tests.doubles.archive import World
from tests.doubles.legal_facts import pdfs_of_sale, sale

TENANT = "ten_a"


@dataclass(slots=True)
class Files:
    """A folder in memory: a Source for the verifier."""

    bodies: dict[str, bytes] = field(default_factory=dict)

    def names(self) -> list[str]:
        return sorted(self.bodies)

    def read(self, name: str) -> bytes:
        return self.bodies[name]

    def named(self, folder: str) -> list[str]:
        return [name for name in self.names() if name.startswith(f"{folder}/")]

    def copy(self) -> "Files":
        return Files(dict(self.bodies))

    def resummed(self) -> "Files":
        """As a careful forger leaves it: SHA256SUMS says what is there now."""
        names = [name for name in self.names() if name != "SHA256SUMS"]
        lines = "".join(f"{sha256(self.bodies[name]).hexdigest()}  {name}\n" for name in names)
        return Files({**self.bodies, "SHA256SUMS": lines.encode()})


@dataclass(slots=True)
class Shelf:
    """An ExportStore in memory. `filenames`: what links would call the files."""

    kept: dict[tuple[str, str], bytes] = field(default_factory=dict)
    filenames: list[str] = field(default_factory=list)

    @contextmanager
    def writing(self, tenant: str, name: str, media_type: str) -> Iterator[Sink]:
        assert media_type
        chunks = list[bytes]()

        class Writing:
            def write(self, data: bytes, /) -> object:
                chunks.append(bytes(data))
                return len(data)

        yield Writing()
        self.kept[tenant, name] = b"".join(chunks)

    def link(self, tenant: str, name: str, *, filename: str, valid_s: int) -> str | None:
        assert valid_s > 0
        self.filenames.append(filename)
        return f"https://exports/{tenant}/{name}" if (tenant, name) in self.kept else None


@dataclass(slots=True)
class Bell:
    """An ExportMaker that remembers what it was asked for."""

    rung: list[tuple[str, str]] = field(default_factory=list)

    def begin(self, tenant: str, export_id: str) -> None:
        self.rung.append((tenant, export_id))


def world_of(sales: Iterable[int] = (1, 2, 3), tenant: str = TENANT) -> World:
    """One drain, hence one segment and one checkpoint, per sale."""
    world = World()
    for n in sales:
        world.record(tenant, *sale(n))
        world.pdfs.update(pdfs_of_sale(n))
        drain(tenant, world.archive())
    return world


def zip_of(world: World, tenant: str = TENANT, period: Period | None = None) -> bytes:
    target = io.BytesIO()
    export(tenant, world.archive(), target, period)
    return target.getvalue()


def files_of(world: World, tenant: str = TENANT, period: Period | None = None) -> Files:
    with zipfile.ZipFile(io.BytesIO(zip_of(world, tenant, period))) as opened:
        return Files({name: opened.read(name) for name in opened.namelist()})


def faults_of(source: verify_archive.Source) -> list[verify_archive.Fault]:
    return verify_archive.verify(source).faults
