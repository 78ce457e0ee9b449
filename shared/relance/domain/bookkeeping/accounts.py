"""Which account each amount goes to: a chart with dated defaults, in which a company may put its own numbers.

Plan comptable général (règlement ANC 2014-03, as changed by 2022-06), classes 4, 5, 6 and 7; the defaults are data
(`resources/legal/accounts.toml`). [F-02]
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from re import compile as pattern
from typing import Final

from relance.domain.errors import Fault, Stop
from relance.domain.ids import TenantId
from relance.domain.invoice import PaymentMode

_NUMBER: Final = pattern(r"[1-7][0-9A-Z]{2,11}")


class Role(StrEnum):
    """What an account is for. `vat_2000`: VAT collected at 20 %; `vat_other`: at a rate that has no account."""

    CUSTOMERS = "customers"
    DEPOSITS = "deposits"
    SERVICES = "services"
    GOODS = "goods"
    CHARGES = "charges"
    VAT_2000 = "vat_2000"
    VAT_1000 = "vat_1000"
    VAT_850 = "vat_850"
    VAT_550 = "vat_550"
    VAT_210 = "vat_210"
    VAT_OTHER = "vat_other"
    ROUNDING_LOSS = "rounding_loss"
    ROUNDING_GAIN = "rounding_gain"
    TRANSFER = "transfer"
    CARD = "card"
    CHEQUE = "cheque"
    CASH = "cash"
    DIRECT_DEBIT = "direct_debit"


@dataclass(frozen=True, slots=True)
class Account:
    """An account: number and label."""

    number: str
    label: str


@dataclass(frozen=True, slots=True)
class Journal:
    """A book that entries go into: code and label."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The accounts in force from `valid_from` on, one for each role, and the journals."""

    valid_from: date
    source: str
    accounts: Mapping[Role, Account]
    sales: Journal
    bank: Journal
    cash: Journal

    def __getitem__(self, role: Role) -> Account:
        return self.accounts[role]

    def vat(self, rate_bp: int) -> Account:
        """VAT collected at a rate."""
        known = {role.value: role for role in Role}
        return self.accounts[known.get(f"vat_{rate_bp}", Role.VAT_OTHER)]

    def money(self, mode: PaymentMode) -> Account:
        """Where money of that mode arrives; `credit` moves none, so it has no account."""
        return self.accounts[Role(mode.value)]

    def journal(self, mode: PaymentMode) -> Journal:
        """The book of that money."""
        return self.cash if mode is PaymentMode.CASH else self.bank

    def renumbered(self, numbers: Mapping[Role, str]) -> "Chart":
        """With the company's own numbers in the place of the defaults; labels stay."""
        own = {role: replace(self.accounts[role], number=number) for role, number in numbers.items()}
        return replace(self, accounts={**self.accounts, **own})


@dataclass(frozen=True, slots=True)
class Charts:
    """The default charts, past and present."""

    charts: Sequence[Chart] = ()

    def on(self, day: date) -> Chart:
        """The one in force on a day. Raises Stop when the data has none."""
        known = [chart for chart in self.charts if chart.valid_from <= day]
        if not known:
            raise Stop(f"Aucun plan de comptes n’est connu pour le {day:%d/%m/%Y}.", code="no_chart")
        return max(known, key=lambda chart: chart.valid_from)


@dataclass(frozen=True, slots=True)
class OwnAccounts:
    """The account numbers that a company chose, by role; the others are the defaults. `id` is the tenant."""

    tenant: TenantId
    rev: int = 0
    numbers: Mapping[Role, str] = field(default_factory=dict)
    updated_at: datetime | None = None

    @property
    def id(self) -> str:
        """One per tenant."""
        return self.tenant


def account_faults(numbers: Mapping[Role, str]) -> list[Fault]:
    """What is no account number: three to twelve characters, a class from 1 to 7 first."""
    message = "Un numéro de compte du plan comptable : 3 à 12 chiffres ou majuscules, le premier de 1 à 7."
    return [
        Fault(f"/{role.value}", message, "F-02") for role, number in numbers.items() if not _NUMBER.fullmatch(number)
    ]
