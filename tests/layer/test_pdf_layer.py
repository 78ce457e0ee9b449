"""The PDF layer as `sam build` makes it: it would load on Lambda, and it draws with nothing else than itself.

Built for the interpreter at hand, so that it can run here; the native libraries are the same bytes for every Python.
What is not shown: a real Amazon Linux. Its glibc is older than any that these tests run on, hence the symbol versions.
"""

from __future__ import annotations

import ast
import json
import os
import pickle
import re
import subprocess
import sysconfig
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from relance.domain.content import DocumentContent
from tests.builders import a_quote_content, an_invoice_content
from tools import debian, elf, expat, isolated, native

ROOT = Path(__file__).resolve().parents[2]
MOST_BYTES = 130_000_000  # unzipped; Lambda takes 250 MB for a function and all its layers
DRAWN_BY = ("pango", "pangoft2", "harfbuzz", "harfbuzz-subset", "fontconfig", "freetype", "glib", "gobject", "expat")
DRAWING = Path(__file__).parent / "drawing.py"


@dataclass(frozen=True)
class Layers:
    """What Lambda unpacks for `render_pdf`: function and layers, each apart below `built`."""

    built: Path

    @property
    def pdf(self) -> Path:
        return self.built / isolated.PDF


@pytest.fixture(scope="session")
def layers(tmp_path_factory: pytest.TempPathFactory) -> Layers:
    """Built. Skips where the locked packages cannot be had: then no layer can be built either."""
    _skip_without_the_archive("amd64")
    out = tmp_path_factory.mktemp("layers")
    isolated.build(out)
    return Layers(out)


@dataclass(frozen=True)
class Drawn:
    """What the isolated process said."""

    pdf: bytes
    mapped: list[Path]
    fonts: list[Path]
    path: list[str]
    modules: list[str]


@pytest.fixture(scope="session")
def invoice(layers: Layers) -> Drawn:
    return _drawn(layers, an_invoice_content())


def test_every_object_loads_on_the_glibc_of_lambda(layers: Layers) -> None:
    found = elf.objects(layers.pdf)
    native_ = [shared for shared in found if shared.path.parent == layers.pdf / "lib"]
    assert len(native_) >= 20
    assert set(native.OPENED) <= {shared.name for shared in native_}
    assert len(found) > len(native_), "the extensions of the wheels count too"
    assert {shared.name: shared.glibc for shared in found if shared.glibc > (2, 34)} == {}
    assert all(shared.glibc != (0,) for shared in native_)


def test_every_library_that_is_needed_lies_in_the_layer_or_is_glibc(layers: Layers) -> None:
    assert elf.problems(layers.pdf) == []


def test_the_layer_holds_what_weasyprint_opens(layers: Layers) -> None:
    source = (layers.pdf / "python" / "weasyprint" / "text" / "ffi.py").read_text()
    opened = {name for names in _dlopens(source) for name in names if re.fullmatch(r"lib[\w.-]+\.so\.\d+", name)}
    optional = {"libharfbuzz-vector.so.0"}  # HarfBuzz 14 has it, to draw emoji; Debian 12 has 6
    assert opened - optional == set(native.OPENED)


def test_the_layer_is_small(layers: Layers) -> None:
    sizes = [path.stat().st_size for path in layers.pdf.rglob("*") if path.is_file()]
    assert len(sizes) > 500
    assert sum(sizes) <= MOST_BYTES


def test_each_package_in_the_layer_comes_with_its_licence(layers: Layers) -> None:
    locked = {file.package for file in debian.load()}
    told = {path.stem for path in (layers.pdf / "licences").glob("*.txt")}
    assert told == locked
    noted = (ROOT / "docs" / "licences.md").read_text()
    assert [package for package in sorted(locked) if f"| {package} |" not in noted] == []


def test_an_invoice_is_drawn_with_the_layer_alone(layers: Layers, invoice: Drawn) -> None:
    assert _from_elsewhere(layers, invoice) == []
    mapped = {path.name for path in invoice.mapped if path.parent == layers.pdf / "lib"}
    missing = [name for name in DRAWN_BY if not any(re.match(rf"lib{name}[-.][\d.]*", file) for file in mapped)]
    assert missing == []


def test_libraries_of_this_machine_would_be_noticed(layers: Layers) -> None:
    """Without `lib/` of the layer it draws with what setup.sh installed, and the check above sees that."""
    drawn = _drawn(layers, a_quote_content(), libraries=Path("/nowhere"))
    assert {path.name for path in _from_elsewhere(layers, drawn)} >= {"libexpat.so.1", "libpango-1.0.so.0"}


def test_nothing_else_of_this_machine_is_loaded_than_glibc_and_python(layers: Layers, invoice: Drawn) -> None:
    outside = [path for path in invoice.mapped if not path.is_relative_to(layers.built)]
    assert {shared.name for shared in _foreign(elf.read(outside))} <= elf.BASE_IMAGE
    assert [entry for entry in invoice.path if "site-packages" in entry or "dist-packages" in entry] == []


def test_no_font_of_this_machine_is_known(layers: Layers, invoice: Drawn) -> None:
    ours = {path for path in (layers.pdf / "fonts").iterdir() if path.suffix == ".ttf"}
    assert set(invoice.fonts) == ours
    used = {str(font["/BaseFont"]).partition("+")[2] for font in _fonts(PdfReader(BytesIO(invoice.pdf)))}
    assert used
    assert all(name.startswith(("Inter", "DejaVu", "Source-Serif", "SourceSerif")) for name in used)


def test_the_invoice_that_the_layer_draws_is_a_factur_x(invoice: Drawn) -> None:
    """[E-04] ISO 19005-3: PDF/A-3, with the invoice as XML in it."""
    reader = PdfReader(BytesIO(invoice.pdf))
    metadata = reader.trailer["/Root"]["/Metadata"].get_object().get_data().decode()  # type: ignore[index]  # a dictionary
    assert re.search(r"pdfaid:part(>|=\")3", metadata)
    (xml,) = reader.attachments["factur-x.xml"]
    assert b"CrossIndustryInvoice" in xml


def test_no_declaration_is_parsed_at_a_cold_start(invoice: Drawn) -> None:
    """The build has parsed them; made from another text than WeasyPrint's, they would be parsed again."""
    assert "weasyprint_declarations" in invoice.modules
    assert [name for name in invoice.modules if name.startswith("pycparser")] == []


def test_the_function_comes_with_compiled_templates(layers: Layers) -> None:
    resources = layers.built / isolated.FUNCTION / "relance" / "resources"
    templates = [path for path in (resources / "templates").rglob("*.j2") if path.is_file()]
    assert len(templates) == len(list((resources / "compiled").glob("*.j2.bin"))) > 0


def test_the_function_compiles_no_data_class_and_parses_no_style_sheet_of_ours(layers: Layers) -> None:
    """The build has done it; done again, each costs a tenth of a cold start."""
    script = (
        "import pickle, sys; from relance import ready_code; compiled = []; "
        "ready_code.exec = lambda code, *names: (compiled.append(code), exec(code, *names)); "
        "from relance.adapters import pdf_weasyprint; from relance.domain.party import Branding; parsed = []; "
        "import tinycss2; parse = tinycss2.parse_stylesheet; "
        "tinycss2.parse_stylesheet = lambda text: (parsed.append(text), parse(text))[1]; "
        "pdf_weasyprint.WeasyPrintRenderer().pdf(pickle.load(sys.stdin.buffer), Branding()); "
        "print(len(compiled), sum(isinstance(code, str) for code in compiled), max(map(len, parsed)))"
    )
    environment = isolated.environment(layers.built)
    command, content = isolated.command("-c", script), pickle.dumps(a_quote_content())
    ran = subprocess.run(command, env=environment, input=content, capture_output=True, check=True)
    pieces, from_source, longest = map(int, ran.stdout.split())
    assert (pieces > 30, from_source) == (True, 0)
    assert longest < 1_000, "more than the company's colours was parsed"


def test_a_quote_is_drawn_with_the_layer_alone(layers: Layers) -> None:
    drawn = _drawn(layers, a_quote_content())
    assert len(PdfReader(BytesIO(drawn.pdf)).pages) == 1
    assert layers.pdf / "lib" / "libpango-1.0.so.0" in drawn.mapped


@pytest.mark.skipif(not os.environ.get("WHOLE_CORPUS"), reason="half a minute: `make validate`")
@pytest.mark.skipif(expat.compiler("arm64") is None, reason="no cross compiler here (gcc-aarch64-linux-gnu)")
def test_the_same_lock_gives_libraries_for_arm64(tmp_path: Path) -> None:
    """Static checks alone: nothing here runs them."""
    _skip_without_the_archive("arm64")
    native.stage(tmp_path, "arm64")
    found = elf.objects(tmp_path)
    assert {shared.machine for shared in found} == {"AArch64"}
    assert set(native.OPENED) <= {shared.name for shared in found}


def _skip_without_the_archive(architecture: str) -> None:
    try:
        for file in debian.load():
            if file.architecture in {architecture, "source"}:
                debian.fetch(file)
    except debian.ArchiveError as error:
        pytest.skip(str(error))


def _from_elsewhere(layers: Layers, drawn: Drawn) -> list[Path]:
    """Where libraries were loaded from that the layer has."""
    held = {shared.name for shared in elf.objects(layers.pdf / "lib")}
    mapped = elf.read(path for path in drawn.mapped if path.parent != layers.pdf / "lib")
    return [shared.path.with_name(shared.name) for shared in mapped if shared.name in held]


def _drawn(layers: Layers, content: DocumentContent, libraries: Path | None = None) -> Drawn:
    """Draw in a new process that has the layers' environment, as the template says, and no other.

    `libraries` stands for the layer's `lib/`.
    """
    environment = isolated.environment(layers.built, libraries)
    command = isolated.command(str(DRAWING))
    ran = subprocess.run(command, env=environment, input=pickle.dumps(content), capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr.decode()
    length, _, rest = ran.stdout.partition(b"\n")
    told = json.loads(rest[: int(length)])
    return Drawn(
        pdf=rest[int(length) :],
        mapped=[Path(path) for path in told["mapped"]],
        fonts=[Path(path) for path in told["fonts"]],
        path=told["path"],
        modules=told["modules"],
    )


def _dlopens(source: str) -> list[list[str]]:
    """The names that each `_dlopen(ffi, …)` tries."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [
        [str(argument.value) for argument in call.args if isinstance(argument, ast.Constant)]
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "_dlopen"
    ]


def _foreign(mapped: list[elf.SharedObject]) -> list[elf.SharedObject]:
    """Without the interpreter, its own library and extension modules, and what these need (OpenSSL, …)."""
    modules = Path(str(sysconfig.get_config_var("DESTSHARED")))
    own = {shared.path for shared in mapped if shared.path.is_relative_to(modules) or "python" in shared.path.name}
    while True:
        needed = {name for shared in mapped if shared.path in own for name in shared.needed}
        found = {shared.path for shared in mapped if shared.name in needed} - own
        if not found:
            return [shared for shared in mapped if shared.path not in own]
        own |= found


def _fonts(reader: PdfReader) -> list[dict[str, object]]:
    return [
        font.get_object()
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]  # a dictionary
    ]
