"""The checks of the PDF layer fail on layers that Lambda could not load: each fault is planted, one at a time."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.template.conftest import ROOT
from tools import debian, elf, native_lock

pytestmark = pytest.mark.skipif(shutil.which("gcc") is None, reason="plants faults with a C compiler: `make setup`")

HARMLESS = "int answer(void) { return 42; }"
# glibc 2.36 has it, 2.34 has not: what makes Debian's libexpat useless on Lambda.
TOO_NEW = "#include <stdlib.h>\nvoid fill(void *p) { arc4random_buf(p, 8); }"


@pytest.fixture
def layer(tmp_path: Path) -> Path:
    """A layer of one library and one that needs it, without a fault."""
    tree = tmp_path / "layer"
    _library(tree, "libbase.so.1", HARMLESS)
    _library(tree, "libuser.so.1", "int answer(void); int twice(void) { return 2 * answer(); }", needs=["libbase.so.1"])
    return tree


def test_a_layer_without_a_fault_has_no_problem(layer: Path) -> None:
    found = elf.objects(layer)
    assert [(shared.name, shared.glibc <= (2, 34)) for shared in found] == [
        ("libbase.so.1", True),
        ("libuser.so.1", True),
    ]
    assert "libbase.so.1" in found[1].needed
    assert elf.problems(layer) == []


def test_an_object_that_needs_a_newer_glibc_is_named(layer: Path) -> None:
    _library(layer, "libnew.so.1", TOO_NEW, folder="python/package")
    assert elf.problems(layer) == ["python/package/libnew.so.1: needs glibc 2.36, Lambda has 2.34"]


def test_a_needed_library_that_is_nowhere_is_named(layer: Path) -> None:
    (layer / "lib" / "libbase.so.1").unlink()
    assert elf.problems(layer) == ["lib/libuser.so.1: needs libbase.so.1, which is nowhere"]


def test_a_library_that_searches_elsewhere_first_is_named(layer: Path) -> None:
    _library(layer, "libodd.so.1", HARMLESS, more=["-Wl,-rpath,/usr/local/lib"])
    assert elf.problems(layer) == ["lib/libodd.so.1: searches /usr/local/lib, not the layer"]


def test_the_libraries_that_a_wheel_brings_beside_its_extensions_are_found(layer: Path) -> None:
    _library(layer, "libown.so.1", HARMLESS, folder="python/a.libs")
    more = ["-Wl,--disable-new-dtags", "-Wl,-rpath,$ORIGIN/../a.libs"]
    source = "int answer(void); int use(void) { return answer(); }"
    own = layer / "python" / "a.libs"
    _library(layer, "use.so", source, folder="python/a", needs=["libown.so.1"], more=more, beside=own)
    assert elf.problems(layer) == []
    (own / "libown.so.1").unlink()
    assert elf.problems(layer) == ["python/a/use.so: needs libown.so.1, which is nowhere"]


def test_a_library_under_another_name_than_its_own_is_named(layer: Path) -> None:
    shutil.copy(layer / "lib" / "libbase.so.1", layer / "lib" / "libbase.so.1.0")
    assert elf.problems(layer) == ["lib/libbase.so.1.0: calls itself libbase.so.1; nobody would find it"]


def test_an_object_of_another_architecture_is_named(layer: Path) -> None:
    foreign = bytearray((layer / "lib" / "libbase.so.1").read_bytes())
    foreign[18:20] = (183).to_bytes(2, "little")  # e_machine of the ELF header: EM_AARCH64
    (layer / "python").mkdir()
    (layer / "python" / "foreign.so").write_bytes(foreign)
    assert elf.problems(layer) == ["several architectures: AArch64, Advanced Micro Devices X86-64"]


def test_other_files_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "fonts.conf").write_text("<fontconfig/>")
    (tmp_path / "empty").touch()
    assert elf.objects(tmp_path) == []
    assert elf.problems(tmp_path) == [f"{tmp_path}: nothing that can be loaded"]


def test_the_lock_has_every_package_for_both_architectures() -> None:
    locked = {(file.package, file.architecture): file for file in debian.load()}
    for package in native_lock.PACKAGES:
        versions = {locked[package, architecture].version for architecture in native_lock.ARCHITECTURES}
        assert len({version.split("+b")[0] for version in versions}) == 1, package  # +b1: rebuilt, the same sources
    assert {package for package, architecture in locked if architecture == "source"} == set(native_lock.SOURCES)
    assert all(len(file.sha256) == 64 and file.path.startswith("pool/") for file in locked.values())


def test_the_lock_names_no_archive() -> None:
    assert "://" not in debian.LOCK.read_text()


def test_a_file_that_has_left_the_archive_says_how_to_go_on(tmp_path: Path) -> None:
    gone = debian.Pinned("libgone1", "1.0-1", "amd64", "pool/main/g/gone/libgone1_1.0-1_amd64.deb", "0" * 64)
    with pytest.raises(debian.ArchiveError) as caught:
        debian.fetch(gone, tmp_path, [f"file://{tmp_path}/nowhere"])
    assert "libgone1_1.0-1_amd64.deb cannot be had as locked" in str(caught.value)
    assert "make lock" in str(caught.value)
    assert debian.MORE_ARCHIVES in str(caught.value)


def test_a_file_with_other_bytes_than_locked_is_refused(tmp_path: Path) -> None:
    changed = tmp_path / "archive" / "pool" / "libx1_1_amd64.deb"
    changed.parent.mkdir(parents=True)
    changed.write_bytes(b"not what was locked")
    locked = debian.Pinned("libx1", "1", "amd64", "pool/libx1_1_amd64.deb", "0" * 64)
    with pytest.raises(debian.ArchiveError, match=r"[Hh]ash"):
        debian.fetch(locked, tmp_path / "kept", [f"file://{tmp_path}/archive"])
    assert [path for path in (tmp_path / "kept").iterdir() if path.is_file()] == []


def test_no_other_file_of_the_layers_folder_than_fonts_is_shipped() -> None:
    shipped = {path.name for path in (ROOT / "layers" / "pdf").iterdir()} - {"requirements.txt", debian.LOCK.name}
    assert shipped == {"fonts"}


def _library(
    tree: Path,
    name: str,
    source: str,
    *,
    folder: str = "lib",
    needs: Sequence[str] = (),
    more: Sequence[str] = (),
    beside: Path | None = None,
) -> None:
    """Compile `source` to `tree/folder/name`, which calls itself `name` and needs `needs`, found in `beside`."""
    target = tree / folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    found = [f"-L{beside or tree / 'lib'}", *(f"-l:{library}" for library in needs)]
    command = ["gcc", "-shared", "-fPIC", "-x", "c", "-", "-x", "none", f"-Wl,-soname,{name}", "-o", str(target)]
    subprocess.run([*command, *found, *more], input=source, text=True, check=True)
