"""Q-01: what keeps a document from being sent, said mention by mention; and the dated data that says so."""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from relance.adapters.legal_data import load_law, load_mentions
from relance.domain.conditions import Kind
from relance.domain.content import (
    DepositNature,
    DepositStep,
    Enclosure,
    InvoiceContent,
    QuoteContent,
    QuoteKind,
    Reference,
)
from relance.domain.errors import Fault
from relance.domain.mentions import Field, Mention, MentionCatalogue, MentionResult, Status
from relance.domain.money import Cents
from relance.domain.party import Address, CustomerKind, InsuranceCover, LegalKind, Registry, Sector
from relance.domain.totals import Charge, ChargeKind
from relance.domain.vat import VatCategory, VatTreatment
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
CATALOGUE = load_mentions()
LAW = load_law()
BUSINESS = a_customer(kind=CustomerKind.BUSINESS)
QUOTES, INVOICES = frozenset({Kind.QUOTE}), frozenset({Kind.INVOICE})


def missing(content: QuoteContent | InvoiceContent, on: date = TODAY) -> list[tuple[str, str]]:
    """What a document misses, once the notes of that day are written into it."""
    return [(fault.code, fault.pointer) for fault in CATALOGUE.missing(LAW.worded(content, on), on)]


def result_of(id: str, content: QuoteContent | InvoiceContent, on: date = TODAY) -> MentionResult:
    return next(result for result in CATALOGUE.evaluate(LAW.worded(content, on), on) if result.id == id)


def status_of(id: str, content: QuoteContent | InvoiceContent, on: date = TODAY) -> Status:
    return result_of(id, content, on).status


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
    assert {result.id: result.required for result in advice} == dict.fromkeys(
        ("QM-24", "QM-25", "QM-26", "QM-27"), False
    )
    assert [fault.pointer for result in advice for fault in result.faults] == [
        "/general_terms",
        "/company/bank",
        "/company/phone",
        "/price_revision_terms",
    ]


def test_a_mention_is_asked_for_from_its_first_day_to_its_last() -> None:
    content = changed(an_invoice_content(customer=BUSINESS), {"buyer.siren": ""})
    assert missing(content, date(2026, 8, 31)) == []
    assert missing(content, date(2026, 9, 1)) == [("IR-01", "/customer/siren")]
    mention = Mention("X-1", "X", QUOTES, "", date(2020, 1, 1), date(2020, 12, 31))
    days = (date(2019, 12, 31), date(2020, 1, 1), date(2020, 12, 31), date(2021, 1, 1))
    assert [mention.is_in_force(day) for day in days] == [False, True, True, False]
    catalogue = MentionCatalogue((mention,))
    assert catalogue.evaluate(a_quote_content(), date(2021, 1, 1)) == ()
    assert catalogue.evaluate(an_invoice_content(), date(2020, 1, 1)) == (), "it is a mention of quotes"


def test_a_star_where_there_is_no_list_is_a_mistake_in_the_data() -> None:
    field = Field("seller.*.siren", "", "")
    mention = Mention("X-1", "X", QUOTES, "", TODAY, fields=(field,))
    with pytest.raises(AssertionError, match="no list"):
        MentionCatalogue((mention,)).missing(a_quote_content(), TODAY)


def ids_of(kind: Kind, *, unconditional: bool = False) -> set[str]:
    return {m.id for m in CATALOGUE.mentions if kind in m.kinds and not (unconditional and (m.when or not m.required))}


def test_the_catalogue_knows_every_mention_of_the_list_Q_01_I_01() -> None:
    assert ids_of(Kind.QUOTE) == {f"QM-{n:02d}" for n in range(1, 33)}
    assert ids_of(Kind.AMENDMENT) == ids_of(Kind.QUOTE)
    assert ids_of(Kind.PROFORMA) == {f"PM-{n:02d}" for n in range(1, 15)}
    special = {f"IS-0{n}" for n in range(1, 5)} | {f"IR-0{n}" for n in range(1, 6)} | {"I-04", "I-07"}
    general = {f"IM-{n:02d}" for n in range(1, 16)}
    assert ids_of(Kind.CREDIT_NOTE) == general | special | {"C-05"}
    assert ids_of(Kind.INVOICE) == general | special | {"IB-01", "IB-02", "IB-03"}


def test_the_catalogue_asks_for_all_that_must_always_be_there() -> None:
    always = {"QM-01", "QM-02", "QM-03", "QM-04", "QM-11", "QM-13", "QM-17", "QM-18", "QM-21"}
    assert always <= ids_of(Kind.QUOTE, unconditional=True)
    general = {f"IM-{n:02d}" for n in (1, 2, 3, 4, 5, 7, 8, 9, 11, 13)}
    assert general <= ids_of(Kind.INVOICE, unconditional=True)


@pytest.mark.parametrize("kind", list(Kind))
def test_the_dated_data_never_says_two_things_of_one_day(kind: Kind) -> None:
    periods = defaultdict(list)
    for mention in CATALOGUE.mentions:
        assert mention.valid_to is None or mention.valid_from <= mention.valid_to
        assert mention.source
        if kind in mention.kinds:
            periods[mention.id].append((mention.valid_from, mention.valid_to or date.max))
    for spans in periods.values():
        assert all(before[1] < after[0] for before, after in pairwise(sorted(spans)))


def test_the_data_is_read_once() -> None:
    assert load_mentions() is CATALOGUE
    assert load_law() is LAW
    assert LAW.mentions is CATALOGUE


WORKS = a_company(sector=Sector.WORKS)
REPAIRS = a_company(sector=Sector.REPAIRS)
DEPOSITS = (DepositStep("À la commande", percent_bp=3000),)
TRAVEL = (Charge(" ", Cents(3000), VatTreatment(VatCategory.STANDARD, 2000), ChargeKind.TRAVEL),)
UNTAXED_TRAVEL = (Charge("Déplacement", Cents(3000), VatTreatment(VatCategory.EXEMPT, 0)),)
LABOUR = "Main-d’œuvre : 48 € TTC de l’heure"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (a_quote_content(WORKS), [("QM-14", "/labour_rate")]),
        (a_quote_content(WORKS, lines=(a_line(nature="goods"),)), []),
        (a_quote_content(charges=TRAVEL), [("QM-15", "/charges/0/label")]),
        (a_quote_content(charges=UNTAXED_TRAVEL), [("QM-16", "/charges/0/vat/reason")]),
        (a_quote_content(deposits=(replace(DEPOSITS[0], label=""),)), [("QM-19", "/deposits/0/label")]),
        (a_quote_content(REPAIRS, labour_rate=LABOUR), [("QM-28", "/execution_place")]),
        (a_quote_content(REPAIRS, BUSINESS, labour_rate=LABOUR), []),
        (
            a_quote_content(replace(WORKS, insurance=""), labour_rate=LABOUR),
            [("QM-29", "/company/insurance_cover")],
        ),
        (a_quote_content(a_company(must_be_insured=True, insurance=" ")), [("QM-29", "/company/insurance_cover")]),
        (
            a_quote_content(
                a_company(
                    must_be_insured=True,
                    insurance="",
                    insurance_cover=InsuranceCover("MAAF", "79180 Chauray", "France"),
                )
            ),
            [],
        ),
        (a_quote_content(a_company(phone=""), channel="distance"), [("QM-31", "/company/phone")]),
        (a_quote_content(a_company(phone=""), BUSINESS, channel="distance"), []),
        (an_invoice_content(charges=TRAVEL), [("IM-10", "/charges/0/label")]),
        (
            an_invoice_content(customer=replace(BUSINESS, purchase_order_required=True)),
            [("IM-04", "/purchase_order")],
        ),
        (an_invoice_content(a_company(must_be_insured=True, insurance="")), [("IS-04", "/company/insurance_cover")]),
        (an_invoice_content(charges=UNTAXED_TRAVEL), [("IS-03", "/charges/0/vat/reason")]),
        (an_invoice_content(currency="CHF"), [("I-07", "/exchange")]),
    ],
)
def test_a_trade_a_customer_or_a_channel_asks_for_more_I_03_I_07(
    content: QuoteContent | InvoiceContent, expected: list[tuple[str, str]]
) -> None:
    assert missing(content) == expected


def test_a_company_being_registered_says_so_instead_of_its_numbers_IM_14() -> None:
    young = a_company(registration_pending=True, siren="", siret="", vat_number="", registry_city="")
    assert missing(a_quote_content(young)) == []
    assert missing(an_invoice_content(young)) == []
    assert result_of("IM-14", an_invoice_content(young)).text == "SIRET en cours d’attribution"


def test_an_association_has_neither_form_nor_capital_to_print() -> None:
    association = a_company(legal_kind=LegalKind.ASSOCIATION, legal_form="", share_capital=0, registry=Registry.NONE)
    assert missing(a_quote_content(association)) == []
    assert missing(an_invoice_content(association)) == []


def test_a_consumer_away_from_premises_gets_the_notice_and_the_form_QM_31() -> None:
    content = a_quote_content(channel="off_premises")
    assert missing(content) == []
    assert "quatorze jours" in result_of("QM-31", content).text
    bare = CATALOGUE.missing(content, TODAY)
    assert [(fault.code, fault.pointer) for fault in bare] == [("QM-31", "/channel")] * 2


def test_what_cannot_be_withdrawn_from_says_so_W_04() -> None:
    content = a_quote_content(channel="distance", withdrawal_exception="custom_made")
    assert missing(content) == []
    assert status_of("QM-31", content) is Status.NOT_APPLICABLE
    assert [note.id for note in LAW.worded(content, TODAY).legal_notes] == ["QM-31-none"]


def test_a_deposit_says_whether_it_binds_D_03() -> None:
    content = a_quote_content(deposits=DEPOSITS, deposit_nature=DepositNature.ARRHES)
    assert missing(content) == []
    assert [fault.code for fault in CATALOGUE.missing(content, TODAY)] == ["QM-19"]


def test_free_terms_and_warranty_are_told_when_there_are_any() -> None:
    full = a_quote_content(
        warranty_terms="Deux ans.", price_revision_terms="Prix ferme.", general_terms=Enclosure("CGV", "0" * 64)
    )
    assert [status_of(id, full) for id in ("QM-20", "QM-24", "QM-27")] == [Status.PRESENT] * 3
    assert status_of("QM-20", a_quote_content()) is Status.NOT_APPLICABLE


def test_an_amendment_is_called_one_and_names_its_quote_Q_05() -> None:
    content = a_quote_content(title="Avenant", kind=QuoteKind.AMENDMENT, amends="D-2026-0001")
    assert missing(content) == []
    assert missing(replace(content, amends="")) == [("QM-01", "/amends")]
    assert missing(replace(content, title="Devis")) == [("QM-01", "/title")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"title": "Facture"}, [("PM-01", "/title")]),
        ({"number": ""}, [("PM-02", "/company/proforma_number_format")]),
        ({"seller.siren": ""}, [("PM-04", "/company/siren")]),
        ({"buyer.address.city": ""}, [("PM-05", "/customer/address/city")]),
        ({"lines": ()}, [("PM-06", "/lines")]),
        ({"payment_terms": ""}, [("PM-11", "/payment_terms")]),
        ({"start_date": "", "duration": "", "price_terms": ""}, []),
    ],
)
def test_a_pro_forma_has_mentions_of_its_own_Q_11(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    content = a_quote_content(title="Facture pro forma", kind=QuoteKind.PROFORMA, number="PF-2026-0001")
    assert missing(changed(content, changes)) == expected


def test_a_pro_forma_says_that_it_is_no_invoice_Q_11() -> None:
    content = a_quote_content(title="Facture pro forma", kind=QuoteKind.PROFORMA)
    assert "ne constitue pas une facture" in result_of("PM-14", LAW.worded(content, TODAY)).name.lower()
    assert [fault.code for fault in CATALOGUE.missing(content, TODAY)] == ["PM-14"]


def test_a_credit_note_asks_for_no_payment_C_01() -> None:
    credit = an_invoice_content(
        customer=BUSINESS,
        type_code="381",
        references=(Reference("F-2026-0001", TODAY),),
        payment_terms="",
        early_discount_terms="",
        late_penalty_terms="",
        recovery_indemnity_terms="",
    )
    assert missing(credit) == []


def test_a_credit_note_names_the_original_C_05() -> None:
    assert missing(an_invoice_content(type_code="381")) == [("C-05", "/refers_to")]


def test_an_invoice_says_when_it_was_issued_and_when_it_was_supplied_I_06() -> None:
    content = an_invoice_content(supply_date=date(2026, 11, 13))
    assert [status_of(id, content) for id in ("IM-01", "IM-03")] == [Status.PRESENT] * 2
    assert missing(replace(content, supply_date=None)) == [("IM-03", "/supply_date"), ("I-04", "/supply_date")]  # type: ignore[arg-type]  # what a slip would store


def test_goods_delivered_elsewhere_are_told_where_once_the_law_says_so_IR_02() -> None:
    place = Address("", "13001", "Marseille")
    content = an_invoice_content(lines=(a_line(nature="goods"),), delivery_address=place)
    assert missing(content, date(2027, 8, 31)) == []
    assert missing(content, date(2027, 9, 1)) == [("IR-02", "/delivery_address/line1")]


def test_a_note_to_a_consumer_is_due_from_25_euros_I_04() -> None:
    cheap, dear = (a_line(quantity="1", unit_price=price, vat=EXEMPT) for price in ("24.99", "25"))
    assert status_of("I-04", an_invoice_content(lines=(cheap,))) is Status.NOT_APPLICABLE
    assert status_of("I-04", an_invoice_content(lines=(dear,))) is Status.PRESENT


def changed(content: Any, changes: dict[str, Any]) -> Any:
    """`content` with values replaced along dotted paths."""
    for path, value in changes.items():
        content = _set(content, path.split("."), value)
    return content


def _set(node: Any, path: list[str], value: Any) -> Any:
    inner = value if len(path) == 1 else _set(getattr(node, path[0]), path[1:], value)
    return replace(node, **{path[0]: inner})
