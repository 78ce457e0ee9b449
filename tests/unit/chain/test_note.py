"""Signed notes and checkpoints: one spelling each."""

import base64

import pytest

from relance.domain.chain.errors import BadNote
from relance.domain.chain.note import (
    Checkpoint,
    KeyNote,
    add_signature,
    key_id,
    open_key_note,
    open_note,
    parse_checkpoint,
    parse_key_note,
    parse_verifier_key,
    sign_note,
    verifier_key,
)

CHECKPOINT = Checkpoint("relance/ten_1", 12, b"\x01" * 32, "a" * 64, 7, "b" * 64)
TEXT = CHECKPOINT.text()
NOTE = sign_note(TEXT, "relance/ten_1", b"\x02" * 32, b"\x03" * 64)

# The example of the signed-note specification (C2SP) and of Go's sumdb/note: key, note and signature of somebody else.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_a_checkpoint_is_five_lines() -> None:
    root = base64.b64encode(b"\x01" * 32).decode()
    assert f"relance/ten_1\n12\n{root}\nchain {'a' * 64}\nsegment 7 {'b' * 64}\n" == TEXT
    assert parse_checkpoint(TEXT) == CHECKPOINT


def test_a_note_opens_to_its_text_and_signature() -> None:
    text, (signature,) = open_note(NOTE)
    assert text == TEXT
    assert (signature.name, signature.signature) == ("relance/ten_1", b"\x03" * 64)
    assert signature.key_id == key_id("relance/ten_1", b"\x02" * 32)


def test_the_published_note_and_key_of_the_specification_are_read_the_same_way() -> None:
    name, identifier, key = PETER.split("+", 2)
    public = base64.b64decode(key)[1:]
    assert key_id(name, public).hex() == identifier
    assert verifier_key(name, public) == PETER
    text, (signature,) = open_note(PETER_NOTE.encode())
    assert sign_note(text, name, public, signature.signature) == PETER_NOTE.encode()


@pytest.mark.parametrize(
    ("name", "key", "signature"),
    [("", 32, 64), ("a+b", 32, 64), ("a b", 32, 64), ("a\u00a0b", 32, 64), ("a", 31, 64), ("a", 32, 63)],
)
def test_what_the_format_does_not_take_is_not_signed(name: str, key: int, signature: int) -> None:
    with pytest.raises(BadNote):
        sign_note(TEXT, name, bytes(key), bytes(signature))


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"\xff",
        TEXT.encode(),
        NOTE[:-1],
        NOTE.replace("\u2014 ".encode(), b"-- "),
        NOTE.replace(b"AwM=", b"AwN="),
        NOTE.replace(b"AwM=", b"Aw!="),
        NOTE[:-1] + b" more\n",
        TEXT.encode() + b"\n\xe2\x80\x94 name AAAA\n",
    ],
)
def test_what_is_not_a_signed_note_is_refused(note: bytes) -> None:
    with pytest.raises(BadNote):
        open_note(note)


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT[:-1],
        TEXT + "\n",
        TEXT.replace("\n12\n", "\n012\n"),
        TEXT.replace("\n12\n", "\nx\n"),
        TEXT.replace("chain a", "chain A"),
        TEXT.replace("chain ", "maillon "),
        TEXT.replace("segment 7", "segment 13"),
        TEXT.replace("segment 7", "segment 0"),
        TEXT.replace("b" * 64, "b" * 63),
        TEXT.replace("=", ""),
        TEXT.replace(base64.b64encode(b"\x01" * 32).decode(), base64.b64encode(b"\x01" * 31).decode()),
    ],
)
def test_what_is_not_a_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        parse_checkpoint(text)


OLD, NEW = b"\x02" * 32, b"\x04" * 32
KEY_NOTE = KeyNote("relance/ten_1", 12, b"\x01" * 32, "a" * 64, NEW)
KEY_TEXT = KEY_NOTE.text()
CROSS_SIGNED = add_signature(
    sign_note(KEY_TEXT, "relance/ten_1", OLD, b"\x03" * 64), "relance/ten_1", NEW, b"\x05" * 64
)


def test_a_key_note_says_after_which_size_which_key_signs() -> None:
    root = base64.b64encode(b"\x01" * 32).decode()
    vkey = verifier_key("relance/ten_1", NEW)
    assert f"relance/ten_1\n12\n{root}\nchain {'a' * 64}\nnext {vkey}\n" == KEY_TEXT
    assert parse_key_note(KEY_TEXT) == KEY_NOTE


def test_a_key_note_opens_to_the_signature_of_the_old_key_then_of_the_new_one() -> None:
    key_note, old, new = open_key_note(CROSS_SIGNED)
    assert key_note == KEY_NOTE
    assert (old.key_id, old.signature) == (key_id("relance/ten_1", OLD), b"\x03" * 64)
    assert (new.key_id, new.signature) == (key_id("relance/ten_1", NEW), b"\x05" * 64)


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT,
        KEY_TEXT[:-1],
        KEY_TEXT + "\n",
        KEY_TEXT + "more\n",
        KEY_TEXT.replace("\n12\n", "\n012\n"),
        KEY_TEXT.replace("\n12\n", "\n0\n"),
        KEY_TEXT.replace("\n12\n", "\nx\n"),
        KEY_TEXT.replace("chain a", "chain A"),
        KEY_TEXT.replace("chain ", ""),
        KEY_TEXT.replace("next ", ""),
        KEY_TEXT.replace("next relance/ten_1+", "next relance/ten_2+"),
        KEY_TEXT.replace(verifier_key("relance/ten_1", NEW), verifier_key("relance/ten_2", NEW)),
        KEY_TEXT.replace(base64.b64encode(b"\x01" * 32).decode(), base64.b64encode(b"\x01" * 31).decode()),
        KEY_TEXT.replace(base64.b64encode(b"\x01" * 32).decode(), "!"),
    ],
)
def test_what_is_not_a_key_note_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        parse_key_note(text)


@pytest.mark.parametrize(
    "note",
    [
        sign_note(KEY_TEXT, "relance/ten_1", OLD, b"\x03" * 64),
        sign_note(KEY_TEXT, "relance/ten_1", NEW, b"\x05" * 64),
        add_signature(sign_note(KEY_TEXT, "relance/ten_1", NEW, bytes(64)), "relance/ten_1", OLD, bytes(64)),
        add_signature(sign_note(KEY_TEXT, "relance/ten_1", NEW, bytes(64)), "relance/ten_1", NEW, bytes(64)),
        add_signature(sign_note(KEY_TEXT, "relance/ten_2", OLD, bytes(64)), "relance/ten_1", NEW, bytes(64)),
        add_signature(CROSS_SIGNED, "relance/ten_1", NEW, bytes(64)),
        add_signature(NOTE, "relance/ten_1", NEW, bytes(64)),
    ],
)
def test_a_key_note_without_its_two_signatures_in_order_is_refused(note: bytes) -> None:
    with pytest.raises(BadNote):
        open_key_note(note)


def test_a_verifier_key_is_read_as_it_is_written() -> None:
    assert parse_verifier_key(verifier_key("relance/ten_1", NEW)) == ("relance/ten_1", NEW)
    assert verifier_key(*parse_verifier_key(PETER)) == PETER


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "relance/ten_1",
        PETER[1:],
        PETER.replace("+c74f20a3+", "+c74f20a4+"),
        PETER.replace("+c74f20a3+", "+C74F20A3+"),
        PETER + "A",
        PETER.replace("ARpc", "Ahpc"),
        f"{PETER}\n",
        verifier_key("a b", NEW),
        verifier_key("", NEW),
        verifier_key("a", NEW[1:]),
    ],
)
def test_what_is_not_a_verifier_key_is_refused(vkey: str) -> None:
    with pytest.raises(BadNote):
        parse_verifier_key(vkey)
