"""Mails in words: polite, complete, the same in text and HTML, and never with a hole in them."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any

import pytest

from relance.adapters.mail_composer import MAX_SUBJECT, JinjaMailComposer
from relance.app.ports.composing import ComposedMail, MailTemplate
from relance.domain.content import DocumentContent, QuoteContent, QuoteKind
from relance.domain.errors import Invalid
from relance.domain.money import Cents
from relance.domain.party import CustomerKind
from relance.domain.quote import Acceptance, Choice, Refusal, Withdrawal
from relance.domain.reminder.run import Asked
from tests.builders import a_company, a_customer, a_quote_content, a_sole_trader, an_invoice_content

LINK = "https://relance.example/q/AbCdEfGhIjKlMnOpQrStUv"
ACCEPTED = Acceptance(
    name="Camille Lefèvre",
    mention="Bon pour accord",
    at=datetime(2026, 11, 25, 13, 4, tzinfo=UTC),
    document_sha256="3f" * 32,
    version=1,
    ip="",
    user_agent="",
    evidence_sha256="",
)

WITHDRAWN = Withdrawal(ACCEPTED.at, "Camille Lefèvre", "camille.lefevre@client.example", "Je me rétracte.", "e" * 64)
ASKED = Asked("0" * 16, ACCEPTED.at, "Le bois est-il français\u202f?")


def compose(template: str = "quote_delivery", content: DocumentContent | None = None, **options: Any) -> ComposedMail:
    if content is None:
        content = a_quote_content() if template.startswith("quote") else an_invoice_content()
    needed: dict[str, Any] = {
        "quote_accepted_copy": {"acceptance": ACCEPTED},
        "quote_accepted_news": {"acceptance": ACCEPTED},
        "quote_refused_news": {"answer": Refusal(ACCEPTED.at, "Trop cher pour nous, hélas.")},
        "quote_withdrawal_receipt": {"answer": WITHDRAWN},
        "quote_withdrawn_news": {"answer": WITHDRAWN},
        "quote_question_news": {"answer": ASKED},
        "invoice_question_news": {"answer": ASKED},
        "invoice_overdue": {"balance": Cents(100_000)},
    }
    options = {"today": date(2026, 11, 16), "link_url": LINK, **needed.get(template, {}), **options}
    return JinjaMailComposer().compose(template, content=content, company=a_company(), **options)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


class Reader(HTMLParser):
    """What a mail program shows of an HTML mail, and what it would load."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self._skipping = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._skipping = tag in {"style", "title"}
        values = dict(attrs)
        if tag == "a":
            self.links.append(values["href"] or "")
        if loaded := values.get("src") or values.get("background") or (values.get("href") if tag == "link" else None):
            self.loaded.append(loaded)

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._skipping = False

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", plain("".join(self.words)))


@pytest.mark.parametrize("template", list(MailTemplate))
def test_text_and_html_say_the_same_and_nothing_is_loaded(template: str) -> None:
    mail = compose(template)
    shown = Reader(mail.html)
    for paragraph in mail.text.split("\n\n"):
        for line in plain(paragraph).splitlines():
            label, colon, value = line.partition(" : ")
            if colon and len(label) < 20:
                assert label in shown.text
                assert value in shown.text
            elif line.strip("- ") and line != LINK and not line.endswith(" :"):
                assert re.sub(r"\s+", " ", line.strip()) in shown.text, line
    assert shown.loaded == []
    assert LINK in shown.links
    assert LINK in mail.text


@pytest.mark.parametrize("template", list(MailTemplate))
def test_no_mail_has_a_hole_a_tag_or_a_wrong_space(template: str) -> None:
    mail = compose(template)
    for part in (mail.subject, mail.text):
        assert not re.search(r"\{\{|\}\}|\{%|None|Undefined|<[a-z]", part)
        assert not re.search(r" [?!;:»]|« |'", part), part
        assert not re.search(r"\d (?:€|%)", part)
    assert not re.search(r"\{\{|\}\}|\{%|>None<|Undefined", mail.html)
    assert "\n" not in mail.subject
    assert "n°\u00a0" in mail.text or template in {"quote_expiring"}


@pytest.mark.parametrize(
    ("content", "greeting"),
    [
        (a_quote_content(message=""), "Bonjour Camille Lefèvre,"),
        (a_quote_content(customer=a_customer(kind=CustomerKind.BUSINESS), message=""), "Bonjour Nadia Perrin,"),
        (a_quote_content(customer=a_customer(kind=CustomerKind.BUSINESS, contact_name=" "), message=""), "Bonjour,"),
    ],
)
def test_a_person_is_greeted_by_name_and_a_company_without(content: QuoteContent, greeting: str) -> None:
    assert compose(content=content).text.startswith(greeting + "\n")


def test_the_message_of_the_author_opens_the_mail_and_greets_once() -> None:
    text = compose(content=a_quote_content(message="Bonjour Camille,\nvoici l'offre dont nous parlions.")).text
    assert text.startswith("Bonjour Camille,\nvoici l’offre dont nous parlions.\n\n")
    assert text.count("Bonjour") == 1
    without = compose(content=a_quote_content(message="Voici l'offre.")).text
    assert without.startswith("Bonjour Camille Lefèvre,\n\nVoici l’offre.")


def test_the_quote_tells_its_amount_and_its_end() -> None:
    text = plain(compose().text)
    assert "Montant TTC : 2 215,35 €" in text
    assert "Montant HT" not in text, "a consumer pays with VAT"
    assert "Valable jusqu’au : 16 décembre 2026" in text
    business = compose(content=a_quote_content(customer=a_customer(kind=CustomerKind.BUSINESS)))
    assert "Montant HT : 1 886,85 €" in plain(business.text)


def test_a_new_version_says_which_one_it_replaces() -> None:
    mail = compose(content=a_quote_content(version=2, message=""))
    assert "(version 2)" in mail.subject
    assert "elle remplace la précédente" in mail.text


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2026, 12, 13), "mercredi 16 décembre 2026."),
        (date(2026, 12, 15), "demain."),
        (date(2026, 12, 16), "aujourd’hui."),
    ],
)
def test_the_end_of_an_offer_is_told_as_it_nears(today: date, said: str) -> None:
    assert said in plain(compose("quote_expiring", today=today).text)


def test_the_copy_of_an_accepted_quote_holds_the_evidence() -> None:
    text = plain(compose("quote_accepted_copy").text)
    assert "Accepté par : Camille Lefèvre" in text
    assert "25 novembre 2026 à 14 h 04" in text
    assert "« Bon pour accord »" in text
    assert ACCEPTED.document_sha256 in text


def test_an_overdue_invoice_asks_for_what_is_left_and_claims_no_penalty() -> None:
    text = plain(compose("invoice_overdue").text)
    assert "il reste 1 000,00 € à régler sur notre facture n° F-2026-0001" in text
    assert "Reste à régler : 1 000,00 €" in text
    assert "IBAN : FR76 3000 3012 3400 0123 4567 854" in text
    assert not re.search(r"pénalit|40 €|indemnité|mise en demeure", text)
    untouched = plain(compose("invoice_overdue", balance=an_invoice_content().totals.gross).text)
    assert "nous n’avons pas encore reçu le règlement de notre facture" in untouched
    assert "Déjà réglé" not in untouched


def test_the_pixel_is_there_only_when_given_and_then_says_how_to_stop_it() -> None:
    pixel, stop = "https://relance.example/o/x.gif", "https://relance.example/u/x"
    tracked = compose(pixel_url=pixel, untrack_url=stop)
    assert Reader(tracked.html).loaded == [pixel]
    assert stop in Reader(tracked.html).links
    assert stop in tracked.text
    assert pixel not in tracked.text
    with pytest.raises(Invalid) as refused:
        compose(pixel_url=pixel)
    assert refused.value.code == "untrackable"


def test_reminders_may_say_how_to_stop_them() -> None:
    stop = "https://relance.example/r/x"
    mail = compose("quote_reminder", unsubscribe_url=stop)
    assert stop in mail.text
    assert stop in Reader(mail.html).links


@pytest.mark.parametrize(
    ("template", "options"),
    [("quote_accepted_copy", {"acceptance": None}), ("invoice_overdue", {"balance": None})],
)
def test_a_mail_that_lacks_something_is_not_written(template: str, options: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        compose(template, **options)
    assert refused.value.code == "mail_incomplete"


@pytest.mark.parametrize(
    ("template", "content"),
    [
        ("invoice_delivery", a_quote_content()),
        ("quote_reminder", an_invoice_content()),
        ("../page/quote", None),
        ("nope", None),
    ],
)
def test_a_template_for_another_document_or_of_no_name_is_refused(
    template: str, content: DocumentContent | None
) -> None:
    with pytest.raises(Invalid) as refused:
        compose(template, content or a_quote_content())
    assert refused.value.code == "unknown_template"


def test_names_are_text_in_html_and_one_line_in_the_subject() -> None:
    evil = '<script>alert(1)</script>"\r\nBcc: victim@example.org'
    mail = compose(content=a_quote_content(customer=a_customer(name=evil), subject=evil, message=evil))
    assert "<script" not in mail.html
    assert "\r" not in mail.subject
    assert "\n" not in mail.subject
    assert "<script>alert(1)</script>" in Reader(mail.html).text


def test_an_endless_subject_is_cut() -> None:
    subject = compose(content=a_quote_content(subject="long " * 80)).subject
    assert len(subject) <= MAX_SUBJECT
    assert subject.endswith("…")


def test_the_footer_is_the_law_s_and_a_sole_trader_signs_ei() -> None:
    content = replace(a_quote_content(company=a_sole_trader(phone="", website="")), message="")
    text = plain(compose(content=content).text)
    assert "Louise Morel EI · Entrepreneur individuel (EI) · SIRET 452 109 879 00018 · RNE 452 109 879 ·" in text
    assert "Répondez simplement à ce courriel.\n" in text


# --- what is told because something happened --------------------------------------------------------------------------


def test_the_receipt_of_a_withdrawal_holds_its_content_its_date_and_its_hour_W_02() -> None:
    mail = compose("quote_withdrawal_receipt")
    text = plain(mail.text)
    assert "reçue le 25 novembre 2026 à 14 h 04" in text
    assert "« Je me rétracte. »" in text
    assert "D-2026-0001" in mail.subject
    assert "quatorze jours" in text


@pytest.mark.parametrize("template", [template for template in MailTemplate if template.is_news])
def test_news_are_written_to_the_seller_about_his_customer(template: MailTemplate) -> None:
    mail = compose(template, link_url="")
    text = plain(mail.text)
    assert text.startswith("Bonjour,\n")
    assert "Client : Camille Lefèvre" in text
    assert "camille.lefevre@client.example" in text
    assert "Relance vous écrit" in text
    assert "Bien cordialement" not in text, "it is not signed in the name of who reads it"
    assert Reader(mail.html).links == []


def test_a_refusal_without_a_reason_says_so() -> None:
    mail = compose("quote_refused_news", answer=Refusal(ACCEPTED.at, ""))
    assert "Aucun motif n’a été indiqué." in mail.text


def test_the_seller_is_told_from_when_he_may_be_paid_W_03() -> None:
    content = a_quote_content(channel="off_premises")
    assert "avant le 3 décembre 2026" in plain(compose("quote_accepted_news", content).text)
    assert "L221-10" not in compose("quote_accepted_news", a_quote_content(channel="distance")).text


def test_the_seller_is_told_that_his_customer_chose() -> None:
    chosen = replace(ACCEPTED, choices=(Choice(1),))
    assert "parmi vos options" in compose("quote_accepted_news", acceptance=chosen).text
    assert "parmi vos options" not in compose("quote_accepted_news").text


def test_the_hash_in_the_copy_is_that_of_the_file_that_is_attached_Q_04() -> None:
    """With choices the contract is another file than the offer that was shown."""
    mail = compose("quote_accepted_copy", acceptance=replace(ACCEPTED, choices=(Choice(1),)), pdf_sha256="c0" * 32)
    assert "c0" * 32 in mail.text
    assert ACCEPTED.document_sha256 not in mail.text
    assert "avec vos choix" in mail.text


@pytest.mark.parametrize("template", ["quote_delivery", "quote_reminder", "quote_reminder_unseen", "quote_expiring"])
def test_a_pro_forma_is_called_by_its_name_and_nobody_is_asked_to_accept_it_Q_11(template: str) -> None:
    proforma = a_quote_content(kind=QuoteKind.PROFORMA, number="PF-2026-0001", message="")
    mail = compose(template, proforma)
    assert "document pro forma" in mail.subject
    assert "accepter" not in mail.text
    assert "devis" not in mail.text.lower()


def test_an_avenant_is_called_by_its_name() -> None:
    mail = compose(content=a_quote_content(kind=QuoteKind.AMENDMENT, message=""))
    assert mail.subject.startswith("Votre avenant D-2026-0001")
    assert "Consulter l’avenant" in mail.text
