"""The dated law of late payments, read once per process."""

from decimal import Decimal
from functools import cache

from relance.adapters.legal_file import read
from relance.domain.dunning_law import ContractRate, DunningLaw, DunningText, Indemnity, LegalRate, PrescriptionTerm
from relance.domain.money import Cents
from relance.domain.party import CustomerKind


@cache
def load_dunning_law() -> DunningLaw:
    """All of it. A mistake in the data raises here, so that no function starts on half a law."""
    rows = read("late_payment.toml")
    return DunningLaw(
        indemnities=tuple(
            Indemnity(Cents(row["amount"] * 100), row["source"], row["valid_from"], row.get("valid_to"))
            for row in rows["indemnity"]
        ),
        legal_rates=tuple(
            LegalRate(int(Decimal(row["rate"]) * 100), row["source"], row["valid_from"], row["valid_to"])
            for row in rows["legal_rate"]
        ),
        contract_rates=tuple(
            ContractRate(row["times"], row["source"], row["valid_from"], row.get("valid_to"))
            for row in rows["contract_rate"]
        ),
        prescriptions=tuple(
            PrescriptionTerm(
                CustomerKind(row["who"]), row["years"], row["source"], row["valid_from"], row.get("valid_to")
            )
            for row in rows["prescription"]
        ),
        texts=tuple(
            DunningText(row["id"], row["text"].strip(), row["source"], row["valid_from"], row.get("valid_to"))
            for row in rows["text"]
        ),
    )
