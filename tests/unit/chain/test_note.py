"""Signed notes and checkpoints: one spelling each."""

import base64

import pytest

from relance.domain.chain.errors import BadNote
from relance.domain.chain.note import Checkpoint, key_id, open_note, parse_checkpoint, sign_note, verifier_key

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
