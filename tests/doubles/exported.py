"""An export in memory, and what somebody who wants to forge it can do with it."""

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import IO

from relance.app.archiving import drain, export
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
    """An ExportStore in memory."""

    kept: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def put(self, tenant: str, export_id: str, file: IO[bytes]) -> None:
        self.kept[tenant, export_id] = file.read()

    def link(self, tenant: str, export_id: str, *, valid_s: int) -> str | None:
        assert valid_s > 0
        return f"https://exports/{tenant}/{export_id}" if (tenant, export_id) in self.kept else None


def world_of(sales: Iterable[int] = (1, 2, 3), tenant: str = TENANT) -> World:
    """One drain, hence one segment and one checkpoint, per sale."""
    world = World()
    for n in sales:
        world.record(tenant, *sale(n))
        world.pdfs.update(pdfs_of_sale(n))
        drain(tenant, world.archive())
    return world


def zip_of(world: World, tenant: str = TENANT) -> bytes:
    target = io.BytesIO()
    export(tenant, world.archive(), target)
    return target.getvalue()


def files_of(world: World, tenant: str = TENANT) -> Files:
    with zipfile.ZipFile(io.BytesIO(zip_of(world, tenant))) as opened:
        return Files({name: opened.read(name) for name in opened.namelist()})


def faults_of(source: verify_archive.Source) -> list[verify_archive.Fault]:
    return verify_archive.verify(source).faults
