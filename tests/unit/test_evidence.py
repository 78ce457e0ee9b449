"""The proof of an acceptance: the bytes whose hash the journal holds, the same for older acceptances. [Q-04, Q-07]"""

import json
from dataclasses import replace
from hashlib import sha256

from relance.domain.content import Enclosure
from relance.domain.evidence import evidence, evidence_sha256
from relance.domain.quote import Acceptance, Choice
from tests.builders import an_instant

PLAIN = Acceptance("C. Lefèvre", "Bon pour accord", an_instant(), "d" * 64, 2, "192.0.2.1", "Firefox", "", "00")
BEFORE = {"name", "mention", "document_sha256", "version", "ip", "user_agent", "salt", "at"}


def test_what_was_not_asked_of_older_acceptances_is_left_out_so_that_they_still_verify() -> None:
    told = json.loads(evidence(PLAIN, None))
    assert told.keys() == BEFORE
    assert (told["name"], told["version"], told["at"]) == ("C. Lefèvre", 2, 1_794_819_600_000)
    assert evidence_sha256(PLAIN, None) == sha256(evidence(PLAIN, None)).hexdigest()


def test_terms_choices_and_an_early_start_are_part_of_the_proof_q_04() -> None:
    richer = replace(PLAIN, choices=(Choice(1, True, None),), early_start=True)
    told = json.loads(evidence(richer, Enclosure("CGV", "e" * 64)))
    assert told.keys() == BEFORE | {"general_terms_sha256", "choices", "early_start"}
    assert told["general_terms_sha256"] == "e" * 64


def test_every_word_of_it_changes_the_hash() -> None:
    hashes = {evidence_sha256(PLAIN, None), evidence_sha256(PLAIN, Enclosure("CGV", "e" * 64))}
    for changed in (
        {"name": "X"},
        {"mention": "Oui"},
        {"ip": ""},
        {"salt": "01"},
        {"version": 3},
        {"early_start": True},
    ):
        hashes.add(evidence_sha256(replace(PLAIN, **changed), None))
    assert len(hashes) == 8
