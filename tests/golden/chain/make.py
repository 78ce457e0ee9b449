"""The test vectors of the chain, for other implementations: `PYTHONPATH=shared:. python -m tests.golden.chain.make`
writes them again. README.md says what each file is and how to use it.

`vectors.json` are of lines of version 1: nobody writes them any more, everybody must read them, so they never change.
The others only change when the format gets a new version. `tests/unit/chain/test_golden.py` and
`tests/golden/test_chain.py` hold our code to all of them.
"""

import json
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from relance.domain.chain import note, segment
from relance.domain.chain.merkle import EMPTY, consistency_proof, inclusion_proof, leaf_hash
from relance.domain.ids import TenantId
from tests.doubles.bookkeeper import Bookkeeper
from tests.doubles.tampered_closings import tell
from tests.golden.chain import archives

VECTORS_1 = Path(__file__).parent / "vectors.json"
VECTORS = Path(__file__).parent / "vectors_2.json"
REFUSED = Path(__file__).parent / "refused.json"
TENANT = "ten_golden"
SECRET = sha256(b"relance golden vectors: not a secret").digest()


def vectors() -> dict[str, Any]:
    """A week around New Year: rates, modes, a currency, deposits, a correction, silent days, a year that moves."""
    book = tell(Bookkeeper(tenant=TenantId(TENANT)))
    half = len(book.events) // 2
    events = book.events
    leaves = [leaf_hash(bytes.fromhex(event.hash)) for event in events]
    key = Ed25519PrivateKey.from_private_bytes(SECRET)
    public, origin = key.public_key().public_bytes_raw(), f"relance/{TENANT}"
    checkpoints = []
    for first, size in ((1, half), (half + 1, len(events))):
        lines = b"".join(event.line + b"\n" for event in events[first - 1 : size])
        stored = segment.pack(event.line for event in events[first - 1 : size])
        root = EMPTY.extend(leaves[:size]).root()
        text = note.Checkpoint(origin, size, root, events[size - 1].hash, first, sha256(stored).hexdigest()).text()
        checkpoints.append(
            {
                "first_seq": first,
                "size": size,
                "lines_sha256": sha256(lines).hexdigest(),
                "segment": stored.hex(),
                "root": root.hex(),
                "note": note.sign_note(text, origin, public, key.sign(text.encode())).decode(),
            }
        )
    return {
        "origin": origin,
        "private_key": SECRET.hex(),
        "vkey": note.verifier_key(origin, public),
        "lines": [event.line.decode() for event in events],
        "event_hashes": [event.hash for event in events],
        "leaf_hashes": [leaf.hex() for leaf in leaves],
        "roots": [EMPTY.extend(leaves[:size]).root().hex() for size in range(len(leaves) + 1)],
        "checkpoints": checkpoints,
        "inclusion": [[node.hex() for node in inclusion_proof(leaves, index)] for index in range(len(leaves))],
        "consistency": {
            str(old): [node.hex() for node in consistency_proof(leaves, old)] for old in range(1, len(leaves) + 1)
        },
    }


def write() -> None:
    VECTORS.write_text(json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n", "utf-8")
    for folder in ("export", "period"):
        shutil.rmtree(archives.HERE / folder, ignore_errors=True)
        for name, body in archives.made(folder).bodies.items():
            path = archives.HERE / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
    REFUSED.write_text(json.dumps(archives.refused(), ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    write()
