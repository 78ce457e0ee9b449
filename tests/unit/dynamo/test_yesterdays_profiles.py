"""What an earlier release stored is still read: a profile without the fields of today has their defaults. CY-01"""

import json
from dataclasses import MISSING, fields
from typing import Any

import pytest

from relance.adapters.dynamo import codec
from relance.domain.content import Buyer, Seller, buyer_of, content_json, seller_of
from relance.domain.party import Company, Customer, Defaults, SalesChannel
from relance.domain.payment_terms import PaymentRule
from relance.domain.vat import VatTreatment
from tests.builders import EXEMPT, a_company, a_customer

NEW = {
    Company: {"registration_pending", "sector", "vat_on_debits", "vat_group", "approved_association", "must_be_insured",
              "insurance_cover", "term_sector", "credit_note_number_format", "proforma_number_format",
              "fiscal_year_start"},
    Customer: {"delivery_address", "billing_address", "payment_rule", "purchase_order_required", "electronic_address"},
    Seller: {"registration_pending", "sector", "vat_group", "approved_association", "must_be_insured",
             "insurance_cover", "term_sector"},
    Buyer: {"billing_address", "electronic_address", "purchase_order_required"},
    VatTreatment: {"code", "case"},
}  # fmt: skip


@pytest.mark.parametrize("value", [a_company(), a_customer()])
def test_a_stored_profile_of_yesterday_is_read_with_the_defaults_of_today(value: Company | Customer) -> None:
    cls = type(value)
    body: dict[str, Any] = json.loads(codec.encode(value))
    for name in NEW[cls]:
        del body["data"][name]
    if isinstance(value, Company):
        for name in ("payment_rule", "deposit_percent_bp", "channel"):
            del body["data"]["defaults"][name]
    assert codec.decode(cls, json.dumps(body).encode()) == value


def test_the_defaults_of_today_mean_what_yesterday_did() -> None:
    defaults = Defaults(payment_days=45)
    assert (defaults.rule, defaults.deposit_percent_bp, defaults.channel) == (
        PaymentRule(45),
        0,
        SalesChannel.DISTANCE,
    )


@pytest.mark.parametrize("printed", [seller_of(a_company()), buyer_of(a_customer()), EXEMPT])
def test_a_field_of_today_that_says_nothing_leaves_the_hash_of_yesterday_AR_05(
    printed: Seller | Buyer | VatTreatment,
) -> None:
    names = {f.name for f in fields(printed) if f.default is not MISSING}
    assert names >= NEW[type(printed)]
    told = content_json(printed)
    assert isinstance(told, dict)
    assert not NEW[type(printed)] & told.keys()
