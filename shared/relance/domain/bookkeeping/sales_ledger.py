"""The ledger of sales (journal des ventes): one row for each document and VAT treatment, signed, what enters turnover.

A credit note and an invoice that was replaced count below zero, deposits deducted are not counted again: the sums of a
period are its turnover. [F-02, AF-05]
"""

from collections.abc import Iterable, Iterator
from typing import Final

from relance.domain.bookkeeping.entries import Sold
from relance.domain.bookkeeping.fec import amount
from relance.domain.closing_words import category_name
from relance.domain.content import InvoiceContent, InvoiceType
from relance.domain.perpetual import in_euros

HEADER: Final = (
    "Date",
    "Numéro",
    "Nature",
    "Client",
    "Compte client",
    "SIREN",
    "N° de TVA",
    "Catégorie de TVA",
    "Taux de TVA (%)",
    "HT",
    "TVA",
    "TTC",
    "Devise",
    "HT (EUR)",
    "TVA (EUR)",
    "TTC (EUR)",
)
_NAMES: Final = {
    InvoiceType.COMMERCIAL: "Facture",
    InvoiceType.DEPOSIT: "Facture d’acompte",
    InvoiceType.CORRECTIVE: "Facture rectificative",
    InvoiceType.CREDIT_NOTE: "Avoir",
    InvoiceType.DEPOSIT_CREDIT: "Avoir sur acompte",
}


def ledger_rows(facts: Iterable[Sold]) -> Iterator[tuple[str, ...]]:
    """The rows, in the order of the facts. Who writes the file protects its cells: a name may look like a formula."""
    for fact in facts:
        if fact.replaced is not None:
            yield from _rows(fact, fact.replaced, "Facture annulée (rectifiée)", -1)
        sign = -1 if fact.content.type.is_credit else 1
        yield from _rows(fact, fact.content, _NAMES[fact.content.type], sign)


def _rows(fact: Sold, content: InvoiceContent, name: str, sign: int) -> Iterator[tuple[str, ...]]:
    buyer = content.buyer
    for row in content.remaining:
        net, vat = sign * row.base, sign * row.vat
        euros = [sign * in_euros(cents, content.exchange) for cents in (row.base, row.vat)]
        yield (
            f"{fact.on:%d/%m/%Y}",
            content.number,
            name,
            fact.party.name,
            fact.party.number,
            buyer.siren,
            buyer.vat_number,
            category_name(row.treatment.category),
            amount(row.treatment.rate_bp),
            amount(net),
            amount(vat),
            amount(net + vat),
            content.currency,
            *(amount(cents) for cents in (*euros, sum(euros))),
        )
