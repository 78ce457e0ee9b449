"""Where each thing is stored in the core table: the one place that builds keys, and refuses to leave a tenant.

| what | pk | sk |
|---|---|---|
| company | tenant | `company` |
| company as it was (a version) | tenant | `identity#{rev}` |
| history taken over from another program | tenant | `history#history` |
| closing of a period | tenant | `closing#{kind}.{label}` |
| erasure of a prospect, settings of retention | tenant | `erasure#{customer}`, `retention#{tenant}` |
| purge of the live journal up to the end of an accounting year | tenant | `purge#{last day}` |
| customer, item, quote template, general terms, quote, need, invoice, duplicate | tenant | `{class}#{id}` |
| scenario, run, claim, proposal, task | tenant | `{class}#{id}` |
| mail in the user's own words, each of its versions | tenant | `mail_text#{id}`, `mail_text_version#{id}@{n}` |
| smart query, its nights | tenant | `segment#{id}`, `night#{segment}` |
| what a smart query knows of a document | tenant | `member#{segment}.{document}` |
| customer's letter box, settings of reminders | tenant | `letters#{customer}`, `settings#reminders` |
| export, alarm of the archive, account numbers | tenant | `export#{id}`, `alarm#{id}`, `accounts#{tenant}` |
| rebuild of the journal, the last one; mail of the checkpoint | tenant | `rebuild#rebuild`, `pin_mail#{month}` |
| fiscal version at work, right to come in | tenant | `software#running`, `right#{fingerprint}` |
| signing key that the journal tells of, the last one | tenant | `told_key#key` |
| claim of an item on its reference, customer's price | tenant | `reference#{reference}`, `price#{customer}.{item}` |
| rates of late interest, penalties claimed on an invoice | tenant | `late_terms#{tenant}`, `penalties#{invoice}` |
| formal notice, and where an invoice finds it | tenant | `notice#{id}`, `invoice_notice#{invoice}.{notice}` |
| head of the journal, head of the archive | tenant | `head`, `archive_head` |
| answer to an Idempotency-Key | tenant | `idem#{key}` |
| public link, pixel (looked up before the tenant is known) | `link#{sha256}`, `pixel#{random}` | `-` |
| API key, membership (read by the authorizer alone) | `apikey#{sha256}`, `member#{sha256}` | `-` |
| register of the tenants that have a journal | `tenants` | tenant |

All that belongs to a tenant is under its own partition key, so an IAM condition on `dynamodb:LeadingKeys` can confine a
session to it. A partition key with `#` is never a tenant: tenant ids may not hold one.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple

HEAD: Final = "head"
ARCHIVE_HEAD: Final = "archive_head"
ALONE: Final = "-"
TENANTS: Final = "tenants"


class Key(NamedTuple):
    """Primary key of an item of the core table."""

    pk: str
    sk: str


@dataclass(frozen=True, slots=True)
class Kind:
    """How a class of entities is stored: `version` of its stored shape; `is_global` when its id alone finds it.

    `is_run`: while it is open, it is found by its customer, and by when it is due.
    """

    prefix: str
    version: int = 1
    is_global: bool = False
    is_run: bool = False


# By class name, so that a function which stores quotes need not import reminders. What is not here is not stored.
KINDS: Final = {
    "Company": Kind("company"),
    "CompanyVersion": Kind("identity"),
    "ImportedHistory": Kind("history"),
    "Customer": Kind("customer"),
    "CustomerPrice": Kind("price"),
    "Item": Kind("item"),
    "ItemReference": Kind("reference"),
    "QuoteTemplate": Kind("template"),
    "Quote": Kind("quote"),
    "Need": Kind("need"),
    "GeneralTerms": Kind("terms"),
    "Invoice": Kind("invoice"),
    "Duplicate": Kind("duplicate"),
    "LateTerms": Kind("late_terms"),
    "PenaltyClaim": Kind("penalties"),
    "FormalNotice": Kind("notice"),
    "InvoiceNotice": Kind("invoice_notice"),
    "Scenario": Kind("scenario"),
    "Run": Kind("run", is_run=True),
    "Claim": Kind("claim"),
    "Proposal": Kind("proposal"),
    "Task": Kind("task"),
    "Correspondence": Kind("letters"),
    "ReminderSettings": Kind("settings"),
    "Segment": Kind("segment"),
    "Membership": Kind("member"),
    "Night": Kind("night"),
    "MailText": Kind("mail_text"),
    "MailTextVersion": Kind("mail_text_version"),
    "ArchiveExport": Kind("export"),
    "OwnAccounts": Kind("accounts"),
    "ArchiveAlarm": Kind("alarm"),
    "Closing": Kind("closing"),
    "Rebuild": Kind("rebuild"),
    "PinMail": Kind("pin_mail"),
    "RunningVersion": Kind("software"),
    "ToldKey": Kind("told_key"),
    "Right": Kind("right"),
    "Purge": Kind("purge"),
    "Erasure": Kind("erasure"),
    "RetentionSettings": Kind("retention"),
    "Link": Kind("link", is_global=True),
    "Pixel": Kind("pixel", is_global=True),
}


def kind_of(cls: type) -> Kind:
    """How `cls` is stored. Raises TypeError when it is not meant to be."""
    try:
        return KINDS[cls.__name__]
    except KeyError:
        raise TypeError(f"{cls.__name__} is not stored: give it a line in {__name__}.KINDS") from None


def entity_key(tenant: str, cls: type, id: str) -> Key:
    """Where the entity is. Raises ValueError on a tenant or an id that could name something else."""
    kind = kind_of(cls)
    pk = tenant_pk(tenant)
    if not id:
        raise ValueError("an entity without id")
    if kind.is_global:
        return global_key(cls, id)
    if kind.prefix == "company":
        return Key(pk, "company")
    return Key(pk, f"{kind.prefix}#{id}")


def listing_key(tenant: str, cls: type) -> Key:
    """The partition of a tenant, and what the sort keys of one class begin with."""
    return Key(tenant_pk(tenant), "company" if kind_of(cls).prefix == "company" else f"{kind_of(cls).prefix}#")


def global_key(cls: type, id: str) -> Key:
    """Where a link or a pixel is, whoever it belongs to."""
    kind = kind_of(cls)
    if not kind.is_global:
        raise TypeError(f"{cls.__name__} belongs to a tenant")
    return Key(f"{kind.prefix}#{id}", ALONE)


def tenant_pk(tenant: str) -> str:
    """The partition of a tenant. Raises ValueError on what could be the partition of something else."""
    if not tenant or "#" in tenant or tenant == TENANTS:
        raise ValueError(f"{tenant!r} cannot be a tenant")
    return tenant


def head_key(tenant: str) -> Key:
    """Where the head of the tenant's journal is."""
    return Key(tenant_pk(tenant), HEAD)


def archive_head_key(tenant: str) -> Key:
    """Where the head of the tenant's archive is."""
    return Key(tenant_pk(tenant), ARCHIVE_HEAD)


def answer_key(tenant: str, idempotency_key: str) -> Key:
    """Where the answer to a request is."""
    return Key(tenant_pk(tenant), f"idem#{idempotency_key}")


def open_partition(tenant: str, cls: type) -> str:
    """Partition of the sparse index `open`: what of one class is still open for a tenant."""
    return f"{tenant_pk(tenant)}#{kind_of(cls).prefix}"


def due_key(at: datetime) -> str:
    """Where an instant stands among others: in the order of time."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"


def customer_partition(tenant: str, customer_id: str) -> str:
    """Partition of the sparse index `customer`: what of one customer's is still open."""
    return f"{tenant_pk(tenant)}#{customer_id}"
