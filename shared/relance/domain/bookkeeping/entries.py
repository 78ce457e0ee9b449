"""From documents and payments to entries that balance, in euros, in the order in which they were recorded.

    invoice        D 411 what it asks for, D 4191 deposits deducted / C 706-707-7085 what it sells, C 44571 its VAT
    deposit        D 411 / C 4191 without VAT, C 44571                 (facture d’acompte)
    credit note    the reverse; of a deposit too
    corrective     the reverse of the invoice that it replaces, then its own
    payment        D 512-530-5112 / C 411; a refund the reverse

What an earlier invoice of progress billed is not sold twice: the last invoice sells what is left. A document in another
currency is converted amount by amount at its own rate, and 658 or 758 takes the cent that this leaves. A payment by
credit moves no money: both its ends are in 411. VAT goes to 44571 with the document, also of a seller of services who
owes it when he is paid only: his accountant knows. [F-02, AF-02]
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from relance.domain.bookkeeping.accounts import Account, Chart, Journal, Role
from relance.domain.content import Exchange, InvoiceContent, InvoiceType
from relance.domain.invoice import PaymentMode
from relance.domain.money import spread
from relance.domain.perpetual import in_euros

NATURES = {"goods": Role.GOODS, "services": Role.SERVICES}


@dataclass(frozen=True, slots=True)
class Party:
    """The customer's own account under 411 (compte auxiliaire)."""

    number: str
    name: str


@dataclass(frozen=True, slots=True)
class Sold:
    """A document was issued on `on`. `replaced`: the invoice whose place it took."""

    on: date
    content: InvoiceContent
    party: Party
    replaced: InvoiceContent | None = None


@dataclass(frozen=True, slots=True)
class Paid:
    """Money was recorded on `on`: `amount` in cents of the document's currency, below zero when it was given back."""

    on: date
    content: InvoiceContent
    party: Party
    amount: int
    mode: PaymentMode
    paid_on: date
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of an entry, in euro cents: one of the two is above zero. `party` stands on accounts of customers alone.

    `foreign`: the same in the cents of the document's currency, 0 when that is the euro.
    """

    account: Account
    debit: int = 0
    credit: int = 0
    party: Party | None = None
    foreign: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry: `number` counts from 1 in its journal, `on` is when it was recorded, `piece` its document.

    The sum of debits is the sum of credits. `currency` is that of the document.
    """

    journal: Journal
    number: int
    on: date
    piece: str
    piece_date: date
    label: str
    postings: tuple[Posting, ...]
    currency: str = "EUR"


@dataclass(frozen=True, slots=True)
class _Draft:
    journal: Journal
    on: date
    piece: str
    piece_date: date
    label: str
    amounts: tuple[tuple[Account, int], ...]  # debits above zero, credits below, in the document's cents
    party: Party
    content: InvoiceContent


def entries(facts: Iterable[Sold | Paid], chart: Chart) -> Iterator[Entry]:
    """The entries of these facts, in their order. What comes to nothing is no entry."""
    numbers: Counter[str] = Counter()
    for fact in facts:
        for draft in _drafts(fact, chart):
            postings = _balanced(draft, chart)
            if not postings:
                continue
            numbers[draft.journal.code] += 1
            yield Entry(
                journal=draft.journal,
                number=numbers[draft.journal.code],
                on=draft.on,
                piece=draft.piece,
                piece_date=draft.piece_date,
                label=draft.label,
                postings=postings,
                currency=draft.content.currency,
            )


def _drafts(fact: Sold | Paid, chart: Chart) -> Iterator[_Draft]:
    if isinstance(fact, Paid):
        if fact.mode is not PaymentMode.CREDIT:
            yield _payment(fact, chart)
        return
    if fact.replaced is not None:
        label = f"Annulation {fact.replaced.number}, rectifiée par {fact.content.number}"
        yield _sale(fact, fact.replaced, label, chart, -1)
    name = "Avoir" if fact.content.type.is_credit else "Facture"
    yield _sale(fact, fact.content, f"{name} {fact.content.number} {fact.party.name}", chart)


def _payment(fact: Paid, chart: Chart) -> _Draft:
    verb = "Règlement" if fact.amount >= 0 else "Remboursement"
    amounts = ((chart.money(fact.mode), fact.amount), (chart[Role.CUSTOMERS], -fact.amount))
    label = f"{verb} {fact.content.number} {fact.party.name} {fact.reference}".rstrip()
    return _Draft(
        chart.journal(fact.mode), fact.on, fact.content.number, fact.paid_on, label, amounts, fact.party, fact.content
    )


def _sale(fact: Sold, content: InvoiceContent, label: str, chart: Chart, sign: int = 1) -> _Draft:
    sign = -sign if content.type.is_credit else sign
    amounts = [(account, sign * cents) for account, cents in _amounts(content, chart)]
    return _Draft(chart.sales, fact.on, content.number, content.issue_date, label, tuple(amounts), fact.party, content)


def _amounts(content: InvoiceContent, chart: Chart) -> Iterator[tuple[Account, int]]:
    """Debits above zero and credits below, for an invoice; they add up to zero."""
    deposit = InvoiceType.DEPOSIT.value
    advances = sum(part.net for part in content.deductions if part.type_code == deposit)
    net = content.totals.net - sum(part.net for part in content.deductions if part.type_code != deposit)
    yield chart[Role.CUSTOMERS], content.payable
    yield chart[Role.DEPOSITS], advances
    if content.type in (InvoiceType.DEPOSIT, InvoiceType.DEPOSIT_CREDIT):
        yield chart[Role.DEPOSITS], -net
    else:
        for role, cents in _sold(content, net).items():
            yield chart[role], -cents
    for row in content.remaining:
        yield chart.vat(row.treatment.rate_bp), -row.vat


def _sold(content: InvoiceContent, net: int) -> dict[Role, int]:
    """`net` by nature: the lines, each nature with its share of the discounts, and the charges; all in proportion."""
    nets: Counter[Role] = Counter()
    for line in content.lines:
        if line.counts:
            nets[NATURES[line.nature]] += line.net
    taken = spread(content.totals.discounts, list(nets.values()))
    weights = {role: cents - part for (role, cents), part in zip(nets.items(), taken, strict=True)}
    weights[Role.CHARGES] = content.totals.charges
    if not any(weights.values()):
        return {Role.SERVICES: net}
    return dict(zip(weights, spread(net, list(weights.values())), strict=True))


def _balanced(draft: _Draft, chart: Chart) -> tuple[Posting, ...]:
    """One posting per account, in euros, what the conversion leaves on a rounding account."""
    foreign: dict[Account, int] = {}
    for account, cents in draft.amounts:
        foreign[account] = foreign.get(account, 0) + cents
    exchange = draft.content.exchange
    euros = {account: _in_euros(cents, exchange) for account, cents in foreign.items() if cents}
    if left := sum(euros.values()):
        role = Role.ROUNDING_GAIN if left > 0 else Role.ROUNDING_LOSS
        euros[chart[role]] = euros.get(chart[role], 0) - left
    return tuple(
        Posting(
            account=account,
            debit=max(cents, 0),
            credit=max(-cents, 0),
            party=draft.party if account == chart[Role.CUSTOMERS] else None,
            foreign=abs(foreign.get(account, 0)) if exchange is not None else 0,
        )
        for account, cents in euros.items()
        if cents
    )


def _in_euros(cents: int, exchange: Exchange | None) -> int:
    return in_euros(cents, exchange) if cents >= 0 else -in_euros(-cents, exchange)
