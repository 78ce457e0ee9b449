"""The words of the attestation, who publishes, and the released versions, read once per process."""

from functools import cache

from relance.adapters.legal_file import read
from relance.domain.attestation import Attestations, AttestationText, Editor


@cache
def load_attestations() -> Attestations:
    """All of it. A mistake in the data raises here."""
    data = read("attestation.toml")
    return Attestations(
        texts=tuple(
            AttestationText(
                valid_from=row["valid_from"],
                title=row["title"],
                law=row["law"],
                editor_title=row["editor_title"],
                editor=tuple(row["editor"]),
                user_title=row["user_title"],
                user=tuple(row["user"]),
                notice=tuple(row["notice"]),
                warning=row["warning"],
            )
            for row in data["text"]
        ),
        editor=Editor(**data["editor"]),
        releases=data["releases"],
    )
