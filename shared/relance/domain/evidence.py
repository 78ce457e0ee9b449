"""The proof of an acceptance, as the bytes whose SHA-256 the journal holds: who, what, when, from where. [Q-04, Q-07]

Whoever has these bytes shows by their hash that they are what was recorded on that day; without the salt in them, the
hash cannot be searched for an address.
"""

from hashlib import sha256

from relance.domain.calendar_fr import to_ms
from relance.domain.chain.canonical import Json, canonical
from relance.domain.content import Enclosure, content_json
from relance.domain.quote import Acceptance


def evidence(acceptance: Acceptance, terms: Enclosure | None) -> bytes:
    """The record of an acceptance in canonical JSON; `terms` are the general conditions that went with the quote."""
    told: dict[str, Json] = {
        "name": acceptance.name,
        "mention": acceptance.mention,
        "document_sha256": acceptance.document_sha256,
        "version": acceptance.version,
        "ip": acceptance.ip,
        "user_agent": acceptance.user_agent,
        "salt": acceptance.salt,
        "at": to_ms(acceptance.at),
    }
    # What was not there when older acceptances were hashed is left out when it is empty, so they still verify.
    if terms is not None:
        told["general_terms_sha256"] = terms.sha256
    if acceptance.choices:
        told["choices"] = content_json(acceptance.choices)
    if acceptance.early_start:
        told["early_start"] = True
    return canonical(told)


def evidence_sha256(acceptance: Acceptance, terms: Enclosure | None) -> str:
    """The hash that the journal holds of it (hex)."""
    return sha256(evidence(acceptance, terms)).hexdigest()
