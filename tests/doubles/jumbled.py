"""Exports in which one value of one line or file was replaced by chance, SHA256SUMS made again: by no plan of a forger.

The corpora beside this file hold what somebody would do on purpose. This is for what nobody thought of: a verifier may
refuse it as it likes, but must say so, of the same events as the other one, and not fall over it.
"""

import json
from random import Random
from typing import Any, Final

from relance.domain.chain import segment
from tests.doubles import periods, tampered, tampered_closings, tampered_keys
from tests.doubles.exported import Files

WHOLE: Final = (
    tampered.EXPORT,
    tampered_closings.CLOSED,
    tampered_keys.KEYED,
    *(case.files for case in periods.intact()),
)
JUNK: Final[tuple[Any, ...]] = (
    *(None, True, -1, 0, 2**53 - 1, 2**70, 1.5),
    *("", "é", "2026-13-45", "=1+1", "9" * 80, [], {}, [1], {"a": 1}),
)


def jumbled(random: Random) -> tuple[str, Files]:
    """The file that was changed, and the export with it."""
    files = random.choice(WHOLE).copy()
    name = random.choice([name for name in files.names() if name.endswith((".gz", ".json"))])
    if name.endswith(".gz"):
        lines = list(segment.unpack(files.read(name)))
        at = random.randrange(len(lines))
        lines[at] = changed(lines[at], random)
        files.bodies[name] = segment.pack(lines)
    else:
        files.bodies[name] = changed(files.read(name), random)
    return name, files.resummed()


def changed(line: bytes, random: Random) -> bytes:
    """One value, at any depth, replaced, taken out, or joined by another; spelled canonically where that can be."""
    whole = json.loads(line)
    holder, key = random.choice(list(places(whole)))
    what = random.random()
    if what < 0.6:
        holder[key] = random.choice(JUNK)
    elif what < 0.8:
        del holder[key]
    elif isinstance(holder, dict):
        holder[random.choice(("x", "seq", "at", "amount", "é"))] = random.choice(JUNK)
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def places(value: Any) -> list[tuple[Any, Any]]:
    """Each (object or array, key or index) within."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [place for key in keys for place in ((value, key), *places(value[key]))]
