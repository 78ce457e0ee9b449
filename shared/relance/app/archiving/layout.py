"""Where things lie in an archive, and what the small file that opens it says.

`{tenant}/log.json`, `seg/{first_seq}.jsonl.gz`, `ckpt/{size}.note`, `doc/{sha256}.pdf`, and `key/{size}.note` where
another key took over; numbers on 12 digits, so that the order of names is the order of events. An export holds the same
names without the tenant.
"""

import re
from base64 import b64encode
from typing import Final

from relance.domain.chain.canonical import canonical
from relance.domain.chain.event import Event
from relance.domain.chain.note import key_id, verifier_key
from relance.domain.errors import Invalid

FORMAT: Final = "relance.archive.v1"
LOG: Final = "log.json"
KEYS: Final = "key/"
START: Final = "start.json"  # in the export of a period alone: what came before it
MEDIA_TYPES: Final = {
    "json": "application/json",
    "gz": "application/gzip",
    "note": "text/plain; charset=utf-8",
    "pdf": "application/pdf",
    "tsr": "application/timestamp-reply",
}
_CHECKPOINT: Final = re.compile(r"ckpt/[0-9]{12}\.note\Z")
_TENANT: Final = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")


def tenant_id(tenant: str) -> str:
    """The same; raises Invalid for an id that could leave its folder."""
    if not _TENANT.match(tenant):
        raise Invalid(f"Identifiant d’entreprise « {tenant} » refusé.")
    return tenant


def prefix(tenant: str) -> str:
    """The folder of a tenant. Raises Invalid as `tenant_id` does."""
    return f"{tenant_id(tenant)}/"


def segment(first_seq: int) -> str:
    return f"seg/{first_seq:012d}.jsonl.gz"


def is_segment(name: str) -> bool:
    return name.startswith("seg/")


def first_seq(name: str) -> int:
    """The number of the first event of a segment, from its name."""
    return int(name.removeprefix("seg/").removesuffix(".jsonl.gz"))


def checkpoint(size: int) -> str:
    return f"ckpt/{size:012d}.note"


def is_checkpoint(name: str) -> bool:
    return _CHECKPOINT.match(name) is not None


def checkpoint_size(name: str) -> int:
    """How many events a checkpoint is about, from its name."""
    return int(name.removeprefix("ckpt/").removesuffix(".note"))


def key_note(size: int) -> str:
    """Where the keys cross-signed that another one signs every checkpoint beyond `size`. Decision 0024."""
    return f"{KEYS}{size:012d}.note"


def document(sha256: str) -> str:
    return f"doc/{sha256}.pdf"


def closings(day: str) -> str:
    """The closings of a day (ISO 8601), in an export alone: the locked archive has them as lines."""
    return f"close/{day.replace('-', '/')}.json"


def media_type(name: str) -> str:
    return MEDIA_TYPES[name.rsplit(".", 1)[1]]


def origin(tenant: str) -> str:
    """First line of every checkpoint and name of its key: one log, one origin, for ever."""
    return f"relance/{tenant}"


def log_json(tenant: str, public_key: bytes) -> bytes:
    """What a reader needs before the first line. A key is valid from a size of the log on, not from a date: no clock
    to trust.
    """
    name = origin(tenant)
    return canonical(
        {
            "algorithms": {
                "checkpoint": "C2SP signed-note, Ed25519 (RFC 8032)",
                "event": "SHA-256(relance.event.v1 || 0x00 || line)",
                "line": "RFC 8785, ASCII snake_case keys, no float",
                "tree": "RFC 6962, SHA-256, leaf data = event hash (32 bytes)",
            },
            "format": FORMAT,
            "keys": [
                {
                    "from_size": 1,
                    "id": key_id(name, public_key).hex(),
                    "public_key": b64encode(public_key).decode(),
                    "vkey": verifier_key(name, public_key),
                }
            ],
            "origin": name,
            "tenant": tenant,
        }
    )


def archived_document(event: Event) -> str | None:
    """The SHA-256 of the PDF that must be in the archive before this event, if any.

    Invoices and credit notes once sealed, quotes once accepted: an unaccepted quote is personal data of a prospect and
    stays erasable, so it never enters a store from which nothing can be removed. [AR-05]
    """
    accepted = event.type == "quote.accepted"
    # An offer is sealed as `quote`; the contract that a customer's choices made of it, as `accepted_quote`.
    kept = event.ref.kind != "quote" or event.data.get("kind") == "accepted_quote"
    sealed = event.type == "document.sealed" and kept
    digest = event.data.get("pdf_sha256") if accepted or sealed else None
    return digest if isinstance(digest, str) else None
