"""The second verifier, in a real browser and opened from a file, before the same tampered exports as the first. [AR-03]

Both must accept what is intact and refuse everything else; where the first names an event, so must the second.
"""

import base64
import io
import json
import os
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from relance.resources import verify_archive
from tests.browser.test_layout import CONTRAST, UNNAMED
from tests.doubles import (
    periods,
    tampered,
    tampered_closings,
    tampered_forms,
    tampered_keys,
    tampered_points,
    tampered_removals,
)
from tests.doubles.bookkeeper import Bookkeeper, payment, utc
from tests.doubles.exported import Files, world_of, zip_of
from tests.doubles.jumbled import jumbled
from tests.doubles.tampered import EXPORT, NOTES, SEGMENTS, SMALL, actor, edited
from tests.golden.chain import archives

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PAGE = Path(verify_archive.__file__).with_name("verifier.html")

# A Source over files that the test hands over (each body once: most exports share most of theirs), and one small report
# of what the page found.
HARNESS = """() => {
globalThis.handed = new Map();
globalThis.memory = (files) => {
  const bodies = new Map(Object.entries(files).map(([name, digest]) => [name, unbase64(handed.get(digest))]));
  const names = () => [...bodies.keys()].sort();
  return { names, read: async (name) => bodies.get(name), isAsWritten: async () => true, bodies };
};
globalThis.found = async (source, options) => {
  const walk = await verify(source, options);
  return walk.faults.map(({ kind, seq, document }) => [kind, seq ?? null, document ?? null]);
};
globalThis.resummed = async (source) => {
  source.bodies.delete(SUMS);
  const line = async (name) => `${hex(await sha256(source.bodies.get(name)))}  ${name}\\n`;
  source.bodies.set(SUMS, utf8.encode((await Promise.all(source.names().map(line))).join("")));
  return source;
};
}"""


@pytest.fixture(scope="module")
def verifier(browser: "Browser") -> "Iterator[Page]":
    """The page as an inspector opens it: from a file, with nothing to talk to."""
    context = browser.new_context(locale="fr-FR", offline=True)
    page = context.new_page()
    page.goto(PAGE.as_uri())
    page.evaluate(HARNESS)
    yield page
    context.close()


def handed(page: "Page", files: Files) -> dict[str, str]:
    """The files as `memory` takes them: names, and digests of bodies that the page has from now on."""
    digests = {name: sha256(body).hexdigest() for name, body in files.bodies.items()}
    missing = set(page.evaluate("(digests) => digests.filter((one) => !handed.has(one))", list(digests.values())))
    bodies = {digests[name]: base64.b64encode(body).decode() for name, body in files.bodies.items()}
    more = {digest: body for digest, body in bodies.items() if digest in missing}
    page.evaluate("(more) => { for (const [digest, body] of Object.entries(more)) handed.set(digest, body); }", more)
    return digests


def found(page: "Page", files: Files, **options: Any) -> list[tuple[str, int | None, str | None]]:
    pins = [base64.b64encode(pin).decode() for pin in options.get("pins", ())]
    faults = page.evaluate(
        "([files, pins, vkey]) => found(memory(files), { pins: pins.map(unbase64), vkey })",
        [handed(page, files), pins, options.get("vkey", "")],
    )
    return [(kind, seq, document) for kind, seq, document in faults]


def test_an_intact_export_is_accepted_by_the_page(verifier: "Page") -> None:
    assert found(verifier, EXPORT) == []
    assert found(verifier, EXPORT, pins=[EXPORT.read(NOTES[1])]) == []


@pytest.mark.parametrize(
    "told",
    [tampered_closings, tampered_forms, tampered_keys, tampered_points, tampered_removals],
    ids=lambda told: told.__name__.rpartition(".")[2],
)
def test_what_is_intact_is_accepted_by_the_page(verifier: "Page", told: Any) -> None:
    for case in told.intact():
        if case.export:
            assert found(verifier, case.files, pins=case.pins, vkey=case.vkey) == [], case.name


@pytest.mark.parametrize(
    "told",
    [tampered, tampered_closings, tampered_forms, tampered_keys, tampered_points, tampered_removals],
    ids=lambda told: told.__name__.rpartition(".")[2],
)
def test_every_tampered_export_is_refused_by_both_and_for_the_same_events(verifier: "Page", told: Any) -> None:
    """Of the forms that nobody writes a third; `make validate` tries them all."""
    step = 3 if told is tampered_forms and not os.environ.get("WHOLE_CORPUS") else 1
    for case in list(told.cases())[::step]:
        first = verify_archive.verify(case.files, pins=case.pins, vkey=case.vkey or None).faults
        second = found(verifier, case.files, pins=case.pins, vkey=case.vkey)
        assert first, case.name
        assert second, case.name
        assert {seq for _, seq, _ in second if seq} == {f.seq for f in first if f.seq}, case.name


def test_the_published_archives_are_judged_by_the_page_as_published(verifier: "Page") -> None:
    """The vectors for other implementations: this is one."""
    for folder in ("export", "period"):
        assert found(verifier, archives.as_export(archives.stored(folder))) == [], folder
    for case in archives.altered():
        assert found(verifier, archives.as_export(case.files())), case.name


def test_the_export_of_a_period_is_judged_by_the_page_as_by_the_first(verifier: "Page") -> None:
    for case in periods.intact():
        assert found(verifier, case.files, pins=case.pins) == [], case.name
    for case in periods.tampered():
        first = verify_archive.verify(case.files, pins=case.pins).faults
        second = found(verifier, case.files, pins=case.pins)
        assert second, case.name
        assert {kind for kind, _, _ in second} == {fault.kind for fault in first}, case.name


def test_what_was_kept_elsewhere_is_held_against_the_archive_by_the_page_too(verifier: "Page") -> None:
    forked = Files({**EXPORT.bodies})
    del forked.bodies[SEGMENTS[-1]], forked.bodies[NOTES[-1]]
    rolled_back = forked.resummed()
    kept = EXPORT.read(NOTES[-1])
    assert "tronqué" in {kind for kind, _, _ in found(verifier, rolled_back, pins=[kept])}
    assert "signature" in {kind for kind, _, _ in found(verifier, EXPORT, vkey="relance/other+00000000+AAAA")}


@pytest.mark.parametrize("name", ["log.json", "SHA256SUMS", *SMALL.named("seg"), *SMALL.named("ckpt")])
def test_flipped_bytes_are_refused_by_the_page(verifier: "Page", name: str) -> None:
    unseen = verifier.evaluate(
        """async ([files, name]) => {
          const unseen = [];
          const size = memory(files).bodies.get(name).length;
          const step = name === SUMS ? 23 : 7;  // each seventh byte, and fewer of lines that are alike
          const flip = async (at) => {
            if (at % step) return;
            const source = memory(files);
            source.bodies.get(name)[at] ^= 1 << at % 8;
            if (name !== SUMS) await resummed(source);
            if (!(await found(source)).length) unseen.push(at);
          };
          for (let at = 0; at < size; at += 64) {
            await Promise.all(Array.from({ length: Math.min(64, size - at) }, (_, n) => flip(at + n)));
          }
          return unseen;
        }""",
        [handed(verifier, SMALL), name],
    )
    assert unseen == []


def test_flipped_bytes_of_a_key_note_leave_the_old_key_in_force_in_the_page_too(verifier: "Page") -> None:
    public = base64.b64encode(tampered_keys.public(tampered_keys.FIRST)).decode()
    good = base64.b64encode(tampered_keys.KEYED.read("key/000000000006.note")).decode()
    unseen = verifier.evaluate(
        """async ([name, publicKey, good]) => {
          const unseen = [];
          for (let at = 0; at < unbase64(good).length; at++) {
            const note = unbase64(good), told = [], keys = new Keys((...fault) => told.push(fault));
            keys.all = [await Key.of(name, unbase64(publicKey))];
            note[at] ^= 1 << at % 8;
            await keys.take(6, note);
            if (keys.all.length !== 1 || told.length !== 1) unseen.push(at);
          }
          return unseen;
        }""",
        [tampered_keys.ORIGIN, public, good],
    )
    assert unseen == []


def test_flipped_bytes_of_the_zips_own_headers_are_refused_by_the_page(verifier: "Page") -> None:
    whole = zip_of(world_of([1]))
    with zipfile.ZipFile(io.BytesIO(whole)) as opened:
        bodies = [(info.header_offset + 30 + len(info.filename), info.file_size) for info in opened.infolist()]
    unseen = verifier.evaluate(
        """async ([whole, bodies]) => {
          const bytes = unbase64(whole);
          const inside = (at) => bodies.some(([start, size]) => at >= start && at < start + size);
          const refused = async (content) => {
            try { return !await (await new Zip(new Blob([content])).open()).isAsWritten(); } catch { return true; }
          };
          if (await refused(bytes)) return ["the intact one"];
          const unseen = [];
          for (let at = 0; at < bytes.length; at++) {
            if (inside(at) || at % 7) continue;  // entry after entry is alike: each seventh byte of all headers
            const changed = bytes.slice();
            changed[at] ^= 1 << at % 8;
            if (!await refused(changed)) unseen.push(at);
          }
          return unseen;
        }""",
        [base64.b64encode(whole).decode(), bodies],
    )
    assert unseen == []


@pytest.mark.skipif(not os.environ.get("WHOLE_CORPUS"), reason="in `make validate`")
def test_the_page_reads_a_zip_of_more_files_than_sixteen_bits_count(verifier: "Page", tmp_path: Path) -> None:
    """An export of ten busy years: beyond 65,535 files the end of a zip is written in 64 bits. (APPNOTE 4.3.14)"""
    whole = tmp_path / "many.zip"
    with whole.open("wb") as file:
        verify_archive.write_zip(file, [f"{n:x}" for n in range(65_600)], lambda name: name[-1:].encode())
    verifier.evaluate(
        "document.body.append(Object.assign(document.createElement('input'), {type: 'file', id: 'many'}))"
    )
    verifier.set_input_files("#many", whole)
    told = verifier.evaluate(
        """async () => {
          const file = document.getElementById("many").files[0], zip = await new Zip(file).open();
          const written = await zip.isAsWritten(), last = text(await zip.read("1003f"));
          return [written, zip.names().length, last, zip.held.length <= WINDOW];
        }"""
    )
    assert told == [True, 65_600, "f", True]


def test_the_page_writes_the_headers_of_a_zip_beyond_two_gigabytes_as_the_export_does(
    verifier: "Page", tmp_path: Path
) -> None:
    far = 3 * 2**30
    with (tmp_path / "sparse.zip").open("w+b") as file:
        file.seek(far)
        verify_archive.write_zip(file, ["log.json"], lambda name: b"{}")
        file.seek(far + 30 + len("log.json") + len(b"{}"))
        expected = file.read()
    written = verifier.evaluate(
        """(far) => {
          const body = utf8.encode("{}"), fields = { crc: crc32(body), size: 2, name: utf8.encode("log.json") };
          const central = Zip.header(fields, far);
          return hex(joined(central, Zip.end(1, central.length, far + 40)));
        }""",
        far,
    )
    assert written == expected.hex()


@pytest.mark.parametrize("width", [375, 1280])
def test_a_zip_dropped_on_the_page_is_judged_in_french(browser: "Browser", tmp_path: Path, width: int) -> None:
    intact, forged, closed, short = (tmp_path / f"{name}.zip" for name in ("archive", "autre", "closed", "short"))
    intact.write_bytes(zip_of(world_of()))
    closed.write_bytes(zip_of(tampered_closings.world_of(tampered_closings.BOOK)))
    book = Bookkeeper()
    for day in (5, 6):
        book.write(utc(f"2027-01-0{day}T09:00"), payment(12_400))
    short.write_bytes(zip_of(tampered_closings.world_of(book)))
    with zipfile.ZipFile(forged, "w") as output:
        for name, body in edited(3, actor).bodies.items():
            output.writestr(name, body)
    context = browser.new_context(locale="fr-FR", offline=True, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(PAGE.as_uri())
    assert page.locator("[role=status]").first.evaluate("e => e.id === 'verdict' && !e.closest('[hidden]')"), (
        "read aloud"
    )
    page.set_input_files("#zip", intact)
    page.get_by_text("Archive intacte").wait_for()
    assert page.locator("#rows tr").count() == 18
    page.fill("#find", "nothing")
    page.get_by_text("Aucun fait ne correspond").wait_for()
    page.fill("#find", "F-2026-0002")
    assert "Facture émise" in page.locator("#rows").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_input_files("#zip", closed)
    page.get_by_text("Archive intacte").wait_for()
    month = page.locator("#periods tr").inner_text().replace("\u202f", " ").replace("\u00a0", " ").split("\t")
    assert month == ["décembre 2026", "1 à 8", "181,00", "124,00", "181,00", "181,00"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_input_files("#zip", forged)
    page.get_by_text("Archive refusée").wait_for()
    assert page.evaluate(UNNAMED) == page.evaluate(CONTRAST) == []
    named, files = page.locator("#faults ul").all()
    assert "événement 10, document F-2026-0002" in named.inner_text()
    assert "seg/000000000007.jsonl.gz" in files.inner_text()
    assert page.locator("#rows tr.touched td").first.inner_text() == "10"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_input_files("#zip", short)
    page.get_by_text("Archive intacte").wait_for()
    assert "05/01/2027" in page.locator("#periods").inner_text(), "days, while no month is over"
    page.set_input_files("#zip", {"name": "x.zip", "mimeType": "application/zip", "buffer": json.dumps({}).encode()})
    page.get_by_text("Archive refusée : ce n’est pas un zip lisible").wait_for()
    context.close()


def test_what_an_altered_event_says_now_is_told_by_the_page_as_by_the_first(verifier: "Page") -> None:
    """Where and what, also of an event that is not what was recorded: date, document, amount, and its PDF."""

    def more(event: dict[str, Any]) -> None:
        event["data"]["content"]["totals"]["gross"] += 100_000

    files = edited(3, more)
    told = verifier.evaluate("async (files) => [...(await verify(memory(files), {})).says]", handed(verifier, files))
    said = {seq: plain(words) for seq, words in told}
    assert said == {seq: plain(words) for seq, words in verify_archive.verify(files).told.items()}
    assert "F-2026-0002" in said[10]


def plain(words: str) -> str:
    for fancy, simple in (("\u202f", " "), ("\u00a0", " "), ("’", "'")):
        words = words.replace(fancy, simple)
    return words


def test_a_payment_changed_after_the_fact_is_told_by_the_page_where_it_came_in(verifier: "Page") -> None:
    lines = [line.replace(b'"amount":12000', b'"amount":13000') for line in tampered_closings.LINES]
    files = tampered_closings.files_with(lines)
    expected = [(fault.kind, fault.seq, fault.document) for fault in verify_archive.verify(files).faults]
    assert sorted(found(verifier, files), key=str) == sorted(expected, key=str)


@pytest.fixture
def opened(browser: "Browser") -> "Iterator[Page]":
    """The page as an inspector opens it, and nothing done yet."""
    context = browser.new_context(locale="fr-FR", offline=True)
    page = context.new_page()
    page.goto(PAGE.as_uri())
    yield page
    context.close()


def drop(page: "Page", path: Path) -> None:
    """As by a hand from the desktop."""
    session = page.context.new_cdp_session(page)
    at = {"x": 40, "y": 40, "data": {"items": [], "files": [str(path)], "dragOperationsMask": 1}}
    for step in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": step, **at})


def test_a_zip_or_its_folder_may_be_dropped_anywhere_on_the_page(opened: "Page", tmp_path: Path) -> None:
    (tmp_path / "archive.zip").write_bytes(zip_of(world_of([1])))
    with zipfile.ZipFile(tmp_path / "archive.zip") as whole:
        whole.extractall(tmp_path / "archive")
    for name in ("archive.zip", "archive"):
        drop(opened, tmp_path / name)
        opened.get_by_text(f"{name}, le ").wait_for()
        assert opened.locator("#verdict").inner_text().startswith("Archive intacte.")


def test_a_browser_that_cannot_verify_says_so_before_anything_is_asked_of_it(browser: "Browser") -> None:
    context = browser.new_context(locale="fr-FR", offline=True)
    page = context.new_page()
    page.add_init_script(
        """const known = crypto.subtle.importKey.bind(crypto.subtle);
        crypto.subtle.importKey = (format, key, algorithm, ...rest) => algorithm.name === "Ed25519"
          ? Promise.reject(new DOMException("Unrecognized name.", "NotSupportedError"))
          : known(format, key, algorithm, ...rest);"""
    )
    page.goto(PAGE.as_uri())
    page.locator("#drop").wait_for(state="hidden")
    assert "Ce navigateur ne peut pas vérifier d’archive" in page.locator("main").inner_text()
    page.set_input_files("#zip", {"name": "x.zip", "mimeType": "application/zip", "buffer": zip_of(world_of([1]))})
    page.get_by_text("Rien n’est dit de l’archive.").wait_for()
    context.close()
    silent = browser.new_context(java_script_enabled=False)
    page = silent.new_page()
    page.goto(PAGE.as_uri())
    assert "ou il bloque les scripts" in page.locator("main").inner_text()
    silent.close()


def test_a_kept_file_that_is_no_checkpoint_is_not_held_against_the_archive(opened: "Page", tmp_path: Path) -> None:
    opened.set_input_files("#pin", {"name": "lettre.note", "mimeType": "text/plain", "buffer": b"bonjour"})
    opened.set_input_files("#zip", {"name": "x.zip", "mimeType": "application/zip", "buffer": zip_of(world_of([1]))})
    opened.get_by_text("Le point de contrôle gardé lettre.note ne se lit pas").wait_for()
    assert "refusée" not in opened.locator("#verdict").inner_text()


def test_what_was_kept_may_be_given_after_the_archive_and_as_an_editor_left_it(opened: "Page") -> None:
    """The monthly mail says: the export, then the file. A checkpoint copied from it into a text file serves as well."""
    archive = zip_of(world_of())
    opened.set_input_files("#zip", {"name": "x.zip", "mimeType": "application/zip", "buffer": archive})
    opened.get_by_text("0 point de contrôle comparé").wait_for()
    copied = b"\xef\xbb\xbf" + EXPORT.read(NOTES[0]).rstrip().replace(b"\n", b"\r\n")
    opened.locator("summary").click()
    opened.set_input_files("#pin", {"name": "garde.txt", "mimeType": "text/plain", "buffer": copied})
    opened.get_by_text("1 point de contrôle comparé").wait_for()
    assert opened.locator("#verdict").inner_text().startswith("Archive intacte.")
    opened.fill("#key", "relance/other+00000000+AAAA")
    opened.keyboard.press("Tab")
    opened.get_by_text("la clé de l’archive n’est pas celle que vous avez donnée").wait_for()


def test_a_zip_that_was_made_again_is_not_judged_and_the_page_says_what_to_do(opened: "Page") -> None:
    again = io.BytesIO()
    with zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as output:
        for name, body in EXPORT.bodies.items():
            output.writestr(f"archive/{name}", body)
    opened.set_input_files("#zip", {"name": "x.zip", "mimeType": "application/zip", "buffer": again.getvalue()})
    opened.get_by_text("ce zip a été refait : décompressez-le, puis déposez le dossier").wait_for()


def test_a_printed_verdict_can_be_read(opened: "Page") -> None:
    """Printers leave backgrounds out: white words on green would be lost. What paper cannot do is not there."""
    opened.set_input_files("#zip", {"name": "x.zip", "mimeType": "application/zip", "buffer": zip_of(world_of([1]))})
    opened.get_by_text("Archive intacte").wait_for()
    opened.emulate_media(media="print")
    assert opened.locator("#verdict").evaluate("(it) => getComputedStyle(it).color") == "rgb(28, 42, 48)"
    assert not opened.locator("#drop").is_visible()
    assert opened.locator("#facts").is_visible()


def test_what_nobody_thought_of_is_told_by_both_of_the_same_events_and_stops_neither(verifier: "Page") -> None:
    """Any value of any line or file replaced by chance. All that both say is set out too, as a person would see it."""
    random = Random(2026)
    for number in range(600 if os.environ.get("WHOLE_CORPUS") else 12):
        name, files = jumbled(random)
        first = verify_archive.verify(files, alone=True)
        assert list(verify_archive.describe(first))
        second = verifier.evaluate(
            """async (files) => {
              const walk = await verify(memory(files), {});
              show(walk, "archive");
              return walk.faults.map(({ seq }) => seq ?? null);
            }""",
            handed(verifier, files),
        )
        assert bool(first.faults) == bool(second), f"{number}: {name}"
        assert {fault.seq for fault in first.faults if fault.seq} == set(filter(None, second)), f"{number}: {name}"
