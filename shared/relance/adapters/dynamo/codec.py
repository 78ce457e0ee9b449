"""Domain objects to stored bytes and back: `{"v":1,"data":{…}}`, JSON, checked against the types when it is read.

`v` is the version of the stored shape of that class (`keys.KINDS`). A field with a default may be added without a new
version; anything else takes a new one. What a later release wrote is refused, never half understood. Decimals are
strings, instants ISO 8601 in UTC, so what is read back equals what was written. One item holds at most 400 KB
(DynamoDB developer guide, "Quotas", checked 2026-11): a larger body is refused before anything is written.
"""

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any, Final, TypeVar

import msgspec

from relance.adapters.dynamo.keys import kind_of
from relance.domain.errors import Corrupted, Fault, Invalid

T = TypeVar("T")

MAX_BODY: Final = 390_000  # 400 KB less the keys and small attributes beside the body
PACK_ABOVE: Final = 64_000  # beyond that a body is deflated: a quote of 500 lines holds each line twice


class Envelope(msgspec.Struct):
    """What every stored body starts with."""

    v: int
    data: msgspec.Raw


_encoder: Final = msgspec.json.Encoder(decimal_format="string", order="deterministic")
_envelopes: Final = msgspec.json.Decoder(Envelope)
_decoders: Final[dict[type, msgspec.json.Decoder[Any]]] = {}  # made at the first use of a class: each costs its types


def encode(value: object, version: int | None = None) -> bytes:
    """The body of an entity (version by its class), or of another dataclass with its version given."""
    v = kind_of(type(value)).version if version is None else version
    return _encoder.encode(Envelope(v, msgspec.Raw(_encoder.encode(value))))


def version_of(body: bytes) -> int:
    """The version of the stored shape of a body. Raises Corrupted."""
    try:
        return _envelopes.decode(body).v
    except msgspec.MsgspecError as error:
        raise Corrupted(f"Contenu enregistré illisible : {error}.") from error


def decode(cls: type[T], body: bytes, version: int | None = None) -> T:
    """The object of a body. Raises Corrupted when it is not one of `cls`, or was written by a later release."""
    known = kind_of(cls).version if version is None else version
    try:
        envelope = _envelopes.decode(body)
        if envelope.v != known:
            raise Corrupted(
                f"{cls.__name__} est enregistré en version {envelope.v}, ce programme connaît la version {known} : "
                "mettez-le à jour.",
                code="unknown_version",
            )
        return _decoder(cls).decode(envelope.data)
    except msgspec.MsgspecError as error:
        raise Corrupted(f"{cls.__name__} enregistré illisible : {error}.") from error


def _decoder(cls: type[T]) -> msgspec.json.Decoder[T]:
    if cls not in _decoders:
        _decoders[cls] = msgspec.json.Decoder(cls)
    return _decoders[cls]


def pack(body: bytes) -> bytes | None:
    """The deflated body when it is large, else None: small ones stay readable in the console."""
    return zlib.compress(body, 6) if len(body) > PACK_ABOVE else None


def unpack(packed: bytes) -> bytes:
    """What `pack` deflated. Raises Corrupted."""
    try:
        return zlib.decompress(packed)
    except zlib.error as error:
        raise Corrupted("Contenu enregistré illisible.") from error


def require_fits(size: int) -> None:
    """Raise Invalid when a body (or line) of `size` bytes would not fit one item."""
    if size > MAX_BODY:
        sentence = f"Ce document est trop volumineux ({size // 1000} Ko, {MAX_BODY // 1000} Ko au plus)."
        raise Invalid(sentence, code="too_large", faults=[Fault("", sentence + " Raccourcissez-le.", "too_large")])


def cursor(tenant: str, cls: type, last_id: str) -> str:
    """Where a listing goes on: after `last_id`. Opaque, and good for this listing only."""
    return urlsafe_b64encode(_seal(tenant, cls, last_id) + last_id.encode()).rstrip(b"=").decode("ascii")


def read_cursor(tenant: str, cls: type, text: str, prefix: str = "") -> str:
    """The last id that a cursor of this very listing (ids from `prefix`) names. Raises Invalid on any other text."""
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        last_id = raw[6:].decode()
        is_ours = raw[:6] == _seal(tenant, cls, last_id) and cursor(tenant, cls, last_id) == text
        if is_ours and last_id.startswith(prefix):
            return last_id
    except ValueError:
        pass
    sentence = "Ce curseur ne vient pas de cette liste : reprenez-la depuis le début."
    raise Invalid(sentence, faults=[Fault("/cursor", sentence, "cursor")])


def _seal(tenant: str, cls: type, last_id: str) -> bytes:
    """Not a secret: it only tells apart the cursor of another listing, and a cursor opens nothing by itself."""
    return sha256("\0".join((tenant, kind_of(cls).prefix, last_id)).encode()).digest()[:6]
