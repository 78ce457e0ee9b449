"""The accounts that a company chose, on the wire: `GET` and `PUT /v1/settings/accounts`. [F-02]"""

from datetime import datetime

import msgspec

from relance.contracts.fields import Word
from relance.contracts.parse import Body
from relance.domain.bookkeeping.accounts import Chart, OwnAccounts, Role
from relance.domain.ids import TenantId


class AccountsBody(Body, frozen=True, kw_only=True):
    """Account numbers, each 3 to 12 digits or capitals; null or left out: the default of the day."""

    customers: Word | None = None
    deposits: Word | None = None
    services: Word | None = None
    goods: Word | None = None
    charges: Word | None = None
    vat_2000: Word | None = None
    vat_1000: Word | None = None
    vat_850: Word | None = None
    vat_550: Word | None = None
    vat_210: Word | None = None
    vat_other: Word | None = None
    rounding_loss: Word | None = None
    rounding_gain: Word | None = None
    transfer: Word | None = None
    card: Word | None = None
    cheque: Word | None = None
    cash: Word | None = None
    direct_debit: Word | None = None


class AccountView(msgspec.Struct, frozen=True):
    """Where an amount goes; `is_own`: the company chose it."""

    role: str
    number: str
    label: str
    is_own: bool


class AccountsView(msgspec.Struct, frozen=True):
    """The chart that exports use today; `source` tells where its defaults come from. `rev` is what `If-Match` wants."""

    accounts: tuple[AccountView, ...]
    source: str
    rev: int
    updated_at: datetime | None


def to_own_accounts(body: AccountsBody) -> OwnAccounts:
    """What was chosen; tenant, rev and instant are the use case's to fill."""
    given = {role: getattr(body, role.value) for role in Role}
    return OwnAccounts(TenantId(""), numbers={role: number for role, number in given.items() if number})


def accounts_view(chart: Chart, own: OwnAccounts) -> AccountsView:
    """`chart` with the company's own numbers in it."""
    return AccountsView(
        tuple(AccountView(r.value, chart[r].number, chart[r].label, r in own.numbers) for r in Role),
        chart.source,
        own.rev,
        own.updated_at,
    )
