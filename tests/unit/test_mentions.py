"""Q-01: what keeps a document from being sent, said mention by mention; and the dated data that says so."""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from relance.adapters.legal_data import load_catalogue, load_vat_texts
from relance.domain.content import InvoiceContent, QuoteContent
from relance.domain.errors import Fault, Stop
from relance.domain.mentions import Condition, Field, Mention, MentionCatalogue, Status
from relance.domain.party import CustomerKind, Registry
from relance.domain.vat import VatCategory, VatTreatment
from relance.domain.vat_notes import VatCase, VatText, VatTexts
from tests.builders import (
    EXEMPT,
    a_company,
    a_customer,
    a_line,
    a_quote_content,
    a_sole_trader,
    an_invoice_content,
)

TODAY = date(2026, 11, 16)
CATALOGUE = load_catalogue()
BUSINESS = a_customer(kind=CustomerKind.BUSINESS)


def missing(content: QuoteContent | InvoiceContent, on: date = TODAY) -> list[tuple[str, str]]:
    return [(fault.code, fault.pointer) for fault in CATALOGUE.missing(content, on)]


def status_of(id: str, content: QuoteContent | InvoiceContent, on: date = TODAY) -> Status:
    return next(result.status for result in CATALOGUE.evaluate(content, on) if result.id == id)


@pytest.mark.parametrize(
    "content",
    [
        a_quote_content(),
        a_quote_content(customer=BUSINESS),
        a_quote_content(a_sole_trader(), lines=(a_line(vat=EXEMPT),)),
        an_invoice_content(),
        an_invoice_content(customer=BUSINESS),
        an_invoice_content(a_sole_trader(), lines=(a_line(vat=EXEMPT),)),
    ],
)
def test_a_complete_document_misses_nothing(content: QuoteContent | InvoiceContent) -> None:
    assert missing(content) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"title": "Facture"}, ("QM-01", "/title")),
        ({"title": ""}, ("QM-01", "/title")),
        ({"seller.legal_name": " "}, ("QM-04", "/company/legal_name")),
        ({"seller.address.line1": ""}, ("QM-04", "/company/address/line1")),
        ({"seller.address.postcode": ""}, ("QM-04", "/company/address/postcode")),
        ({"seller.address.city": ""}, ("QM-04", "/company/address/city")),
        ({"seller.legal_form": ""}, ("QM-05", "/company/legal_form")),
        ({"seller.share_capital": 0}, ("QM-06", "/company/share_capital")),
        ({"seller.siren": ""}, ("QM-07", "/company/siren")),
        ({"seller.vat_number": ""}, ("QM-08", "/company/vat_number")),
        ({"seller.registry_city": ""}, ("QM-09", "/company/registry_city")),
        ({"buyer.name": ""}, ("QM-11", "/customer/name")),
        ({"buyer.address.line1": ""}, ("QM-11", "/customer/address/line1")),
        ({"start_date": ""}, ("QM-12", "/start_date")),
        ({"duration": "\n"}, ("QM-12", "/duration")),
        ({"payment_terms": ""}, ("QM-18", "/payment_terms")),
        ({"delivery_terms": ""}, ("QM-18", "/delivery_terms")),
        ({"price_terms": ""}, ("QM-21", "/price_terms")),
        ({"seller.mediator": ""}, ("QM-32", "/company/mediator")),
    ],
)
def test_each_mention_of_a_quote_is_missed_where_a_person_fills_it_Q_01(
    changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert missing(changed(a_quote_content(), changes)) == [expected]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"number": ""}, ("IM-02", "/company/invoice_number_format")),
        ({"buyer.name": ""}, ("IM-04", "/customer/name")),
        ({"seller.siren": ""}, ("IM-05", "/company/siren")),
        ({"seller.legal_form": ""}, ("IM-05", "/company/legal_form")),
        ({"seller.share_capital": 0}, ("IM-05", "/company/share_capital")),
        ({"seller.registry_city": ""}, ("IM-05", "/company/registry_city")),
        ({"seller.vat_number": ""}, ("IM-06", "/company/vat_number")),
        ({"payment_terms": ""}, ("IB-01", "/payment_terms")),
        ({"early_discount_terms": ""}, ("IB-01", "/company/defaults/early_discount_terms")),
        ({"late_penalty_terms": ""}, ("IB-02", "/company/defaults/late_penalty_terms")),
        ({"recovery_indemnity_terms": ""}, ("IB-03", "/company/defaults/recovery_indemnity_terms")),
        ({"buyer.siren": ""}, ("IR-01", "/customer/siren")),
    ],
)
def test_each_mention_of_an_invoice_is_missed_where_a_person_fills_it_I_01(
    changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert missing(changed(an_invoice_content(customer=BUSINESS), changes)) == [expected]


def test_every_missing_mention_is_named_at_once_and_says_how_to_mend_it_Q_01() -> None:
    bare = changed(a_quote_content(), {"start_date": "", "seller.siren": "", "price_terms": "", "delivery_terms": ""})
    faults = CATALOGUE.missing(bare, TODAY)
    assert [fault.code for fault in faults] == ["QM-07", "QM-12", "QM-18", "QM-21"]
    assert faults[0] == Fault(
        "/company/siren",
        "Numéro SIREN (QM-07) : renseignez les 9 chiffres du SIREN dans la fiche de l’entreprise.",
        "QM-07",
    )


def test_a_document_without_lines_has_neither_detail_nor_total() -> None:
    empty = a_quote_content(lines=())
    assert missing(empty) == [("QM-13", "/lines"), ("QM-16", "/lines"), ("QM-17", "/lines")]


def test_the_pointer_of_a_line_names_its_index() -> None:
    lines = (a_line(), a_line(description=" "), a_line(vat=VatTreatment(VatCategory.EXPORT, 0)))
    assert missing(a_quote_content(lines=lines)) == [
        ("QM-13", "/lines/1/description"),
        ("QM-16", "/lines/2/vat/reason"),
    ]
    assert missing(an_invoice_content(lines=lines)) == [
        ("IM-07", "/lines/1/description"),
        ("IS-03", "/lines/2/vat/reason"),
    ]


def test_a_price_of_zero_is_printed_and_not_missing_Q_06() -> None:
    content = a_quote_content(lines=(a_line(unit_price="0"),))
    assert missing(content) == []
    assert status_of("QM-22", content) is Status.PRESENT
    assert status_of("QM-22", a_quote_content(lines=(a_line(),))) is Status.NOT_APPLICABLE


def test_goods_alone_need_neither_start_nor_duration() -> None:
    goods = a_quote_content(lines=(a_line(nature="goods"),), start_date="", duration="")
    assert missing(goods) == []
    assert status_of("QM-12", goods) is Status.NOT_APPLICABLE


def test_a_sole_trader_is_asked_no_capital_and_prints_ei_I_05() -> None:
    trader = a_quote_content(a_sole_trader(), lines=(a_line(vat=EXEMPT),))
    assert [status_of(id, trader) for id in ("QM-05", "QM-06", "QM-08", "QM-09")] == [Status.NOT_APPLICABLE] * 4
    assert [status_of(id, trader) for id in ("QM-10", "QM-30")] == [Status.PRESENT] * 2


def test_a_profession_without_registry_is_asked_none() -> None:
    content = a_quote_content(a_company(registry=Registry.NONE, registry_city=""))
    assert status_of("QM-09", content) is Status.NOT_APPLICABLE
    assert status_of("QM-10", content) is Status.NOT_APPLICABLE


def test_an_invoice_under_the_vat_franchise_says_so_V_01() -> None:
    silent = an_invoice_content(a_sole_trader(), lines=(a_line(vat=replace(EXEMPT, reason="")),))
    assert missing(silent) == [("IS-02", "/lines/0/vat/reason"), ("IS-03", "/lines/0/vat/reason")]


def test_a_consumer_is_told_no_penalty_P_05() -> None:
    consumer = changed(an_invoice_content(), {"late_penalty_terms": "", "recovery_indemnity_terms": ""})
    assert missing(consumer) == []
    assert status_of("IB-03", consumer) is Status.NOT_APPLICABLE


def test_a_foreign_business_has_no_siren_I_02() -> None:
    address = replace(BUSINESS.address, country="BE", postcode="1000", city="Bruxelles")
    belgian = replace(BUSINESS, address=address, siren="", vat_number="BE0428759497")
    assert missing(an_invoice_content(customer=belgian)) == []


def test_advice_is_reported_and_never_blocks() -> None:
    content = changed(a_quote_content(), {"seller.bank": None, "seller.phone": ""})
    assert missing(content) == []
    advice = [result for result in CATALOGUE.evaluate(content, TODAY) if result.status is Status.MISSING]
    assert [(result.id, result.required) for result in advice] == [("QM-25", False), ("QM-26", False)]
    assert [fault.pointer for result in advice for fault in result.faults] == ["/company/bank", "/company/phone"]


def test_a_mention_is_asked_for_from_its_first_day_to_its_last() -> None:
    content = changed(an_invoice_content(customer=BUSINESS), {"buyer.siren": ""})
    assert missing(content, date(2026, 8, 31)) == []
    assert missing(content, date(2026, 9, 1)) == [("IR-01", "/customer/siren")]
    mention = Mention("X-1", "X", Condition.ALWAYS, "", date(2020, 1, 1), date(2020, 12, 31))
    days = (date(2019, 12, 31), date(2020, 1, 1), date(2020, 12, 31), date(2021, 1, 1))
    assert [mention.is_in_force(day) for day in days] == [False, True, True, False]
    catalogue = MentionCatalogue(quote=(mention,), invoice=())
    assert catalogue.evaluate(a_quote_content(), date(2021, 1, 1)) == ()


@pytest.mark.parametrize(
    ("condition", "holds", "not_for"),
    [
        (Condition.VAT_FRANCHISE, a_quote_content(a_sole_trader()), a_quote_content()),
        (Condition.DISCOUNTS, a_quote_content(lines=(a_line(off=1),)), a_quote_content(lines=(a_line(),))),
        (Condition.BUSINESS_CUSTOMER, a_quote_content(customer=BUSINESS), a_quote_content()),
        (Condition.CONSUMER, a_quote_content(), a_quote_content(customer=BUSINESS)),
    ],
)
def test_a_condition_decides_whether_a_mention_is_due(
    condition: Condition, holds: QuoteContent, not_for: QuoteContent
) -> None:
    catalogue = MentionCatalogue(quote=(Mention("X-1", "X", condition, "", TODAY),), invoice=())
    assert catalogue.evaluate(holds, TODAY)[0].status is Status.PRESENT
    assert catalogue.evaluate(not_for, TODAY)[0].status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("condition", list(Condition))
def test_every_condition_has_its_meaning(condition: Condition) -> None:
    catalogue = MentionCatalogue(quote=(Mention("X-1", "X", condition, "", TODAY),), invoice=())
    assert catalogue.evaluate(a_quote_content(), TODAY)[0].status in (Status.PRESENT, Status.NOT_APPLICABLE)


def test_a_star_where_there_is_no_list_is_a_mistake_in_the_data() -> None:
    field = Field("seller.*.siren", "", "")
    mention = Mention("X-1", "X", Condition.ALWAYS, "", TODAY, fields=(field,))
    with pytest.raises(AssertionError, match="no list"):
        MentionCatalogue(quote=(mention,), invoice=()).missing(a_quote_content(), TODAY)


def test_the_catalogue_asks_for_all_that_must_always_be_there() -> None:
    always = {"QM-01", "QM-02", "QM-03", "QM-04", "QM-07", "QM-11", "QM-13", "QM-17", "QM-18", "QM-21"}
    assert always <= {m.id for m in CATALOGUE.quote if m.when is Condition.ALWAYS and m.required}
    general = {f"IM-{n:02d}" for n in (1, 2, 3, 4, 5, 7, 8, 9, 11, 13)}
    assert general <= {m.id for m in CATALOGUE.invoice if m.when is Condition.ALWAYS and m.required}
    assert {"IB-01", "IB-02", "IB-03", "IM-06", "IM-12", "IS-02", "IS-03", "IR-01"} <= {m.id for m in CATALOGUE.invoice}


@pytest.mark.parametrize("mentions", [CATALOGUE.quote, CATALOGUE.invoice])
def test_the_dated_data_never_says_two_things_of_one_day(mentions: tuple[Mention, ...]) -> None:
    periods = defaultdict(list)
    for mention in mentions:
        assert mention.valid_to is None or mention.valid_from <= mention.valid_to
        assert mention.source
        periods[mention.id].append((mention.valid_from, mention.valid_to or date.max))
    for spans in periods.values():
        assert all(before[1] < after[0] for before, after in pairwise(sorted(spans)))


def test_the_data_is_read_once() -> None:
    assert load_catalogue() is CATALOGUE
    assert load_vat_texts() is load_vat_texts()


def test_a_seller_under_the_franchise_prints_its_article_V_01() -> None:
    texts = load_vat_texts()
    assert texts.text_for(VatCase.FRANCHISE, TODAY) == "TVA non applicable, art. 293 B du CGI"
    assert texts.treatment_for(VatCase.FRANCHISE, TODAY) == EXEMPT


@pytest.mark.parametrize("case", list(VatCase))
def test_every_case_has_its_text_today(case: VatCase) -> None:
    assert load_vat_texts().text_for(case, TODAY)


def test_a_text_changes_with_the_law_and_the_old_one_stays_for_old_documents() -> None:
    old = VatText(VatCase.EXPORT, "ancien", VatCategory.EXPORT, "CGI", date(2003, 7, 1), date(2027, 8, 31))
    new = VatText(VatCase.EXPORT, "nouveau", VatCategory.EXPORT, "CIBS", date(2027, 9, 1))
    texts = VatTexts((old, new))
    assert texts.text_for(VatCase.EXPORT, date(2027, 8, 31)) == "ancien"
    assert texts.text_for(VatCase.EXPORT, date(2027, 9, 1)) == "nouveau"
    for case, on in ((VatCase.EXPORT, date(2003, 6, 30)), (VatCase.EXEMPT, TODAY)):
        with pytest.raises(Stop) as stopped:
            texts.text_for(case, on)
        assert stopped.value.code == "legal_data_missing"


def test_a_case_that_says_nothing_of_lines_taxes_none() -> None:
    with pytest.raises(Stop):
        load_vat_texts().treatment_for(VatCase.ON_DEBITS, TODAY)


def changed(content: Any, changes: dict[str, Any]) -> Any:
    """`content` with values replaced along dotted paths."""
    for path, value in changes.items():
        content = _set(content, path.split("."), value)
    return content


def _set(node: Any, path: list[str], value: Any) -> Any:
    inner = value if len(path) == 1 else _set(getattr(node, path[0]), path[1:], value)
    return replace(node, **{path[0]: inner})
