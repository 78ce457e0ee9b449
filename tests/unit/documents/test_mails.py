"""Mails in words: polite, complete, the same in text and HTML, and never with a hole in them."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any

import pytest

from relance.adapters.mail_composer import MAX_SUBJECT, JinjaMailComposer
from relance.app.ports.composing import ComposedMail, Late, MailTemplate, Owed, Words
from relance.domain.content import DocumentContent, QuoteContent, QuoteKind
from relance.domain.errors import Invalid
from relance.domain.mail_text import shortcodes
from relance.domain.money import Cents
from relance.domain.party import CustomerKind
from relance.domain.quote import Acceptance, Choice, Refusal, Withdrawal
from relance.domain.reminder.run import Alert, Asked
from relance.domain.reminder.scenario import DocumentKind
from tests.builders import a_company, a_customer, a_quote_content, a_sole_trader, an_invoice_content

OWING = {template for template in MailTemplate if template.startswith("invoice") and not template.is_news} - {
    MailTemplate.INVOICE_DELIVERY,
    MailTemplate.INVOICE_CREDIT_NOTE,
}
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
LOOKED = Alert("viewed", ACCEPTED.at)
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
        **{one.value: {"answer": LOOKED} for one in MailTemplate if one.endswith(("_viewed_news", "_hot_news"))},
        **{one.value: {"balance": Cents(100_000)} for one in MailTemplate if one in OWING},
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
            elif line.strip("- ") and not line.startswith(LINK) and not line.endswith(" :"):
                assert re.sub(r"\s+", " ", line.strip()) in shown.text, line
    assert shown.loaded == []
    assert (LINK in shown.links) is (LINK in mail.text)
    assert LINK in mail.text or MailTemplate(template).is_news


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


@pytest.mark.parametrize("template", ["quote_viewed_news", "quote_hot_news", "invoice_viewed_news", "invoice_hot_news"])
def test_a_look_is_told_without_claiming_to_know_who_looked_KB_03(template: str) -> None:
    mail = compose(template)
    assert "vos propres visites ne comptent pas" in mail.text
    assert "Ces avis se coupent dans les réglages des relances." in plain(mail.text)
    assert Reader(mail.html).links == [LINK], "his preview"
    assert template != "quote_viewed_news" or "probablement par une personne" in mail.text
    with pytest.raises(Invalid, match="la réponse du client"):
        compose(template, answer=None)


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


def test_more_time_is_asked_for_by_one_link_of_the_mail_that_says_when_the_offer_ends() -> None:
    mail, address = compose("quote_expiring"), f"{LINK}?question=prolonger#question"
    assert f"Demander un peu plus de temps\u00a0:\n{address}" in mail.text
    assert f'<a href="{address}"' in mail.html
    assert "?question" not in compose("quote_reminder").html
    assert "?question" not in compose("quote_expiring", link_url="").html, "a preview has no page to lead to"


@pytest.mark.parametrize("template", [one for one in MailTemplate if one.is_news])
def test_news_to_the_seller_tell_him_neither_his_own_account_nor_a_button_that_leads_nowhere(template: str) -> None:
    mail = compose(template, link_url="")
    assert "IBAN" not in mail.text
    assert "<a " not in mail.html
    assert "Répondez à ce courriel pour écrire à votre client." in mail.text


def test_an_avenant_is_called_by_its_name() -> None:
    mail = compose(content=a_quote_content(kind=QuoteKind.AMENDMENT, message=""))
    assert mail.subject.startswith("Votre avenant D-2026-0001")
    assert "Consulter l’avenant" in mail.text


# --- reminders of invoices ------------------------------------------------------------------------------------------

LATE = Late(Cents(12_34), Cents(45), Cents(40_00), 1215, "art. L441-10 et D441-5 C. com.")
CHRISTMAS = date(2026, 12, 28)  # twelve days late
CLAIMING = ["invoice_formal", "invoice_notice", "invoice_last"]
FEES = re.compile(r"pénalit|40,00|indemnité|L441|intérêt", re.IGNORECASE)


def reminder(template: str, **options: Any) -> ComposedMail:
    business = an_invoice_content(customer=a_customer(kind=CustomerKind.BUSINESS))
    content = options.pop("content", an_invoice_content() if template.endswith("consumer") else business)
    return compose(template, content, **{"today": CHRISTMAS, "balance": Cents(100_000), **options})


def several(count: int = 3) -> tuple[Owed, ...]:
    return tuple(
        Owed(f"F-2026-{i:04}", date(2026, 11, i), date(2026, 12, i), Cents(200_000), Cents(100_000 + i))
        for i in range(1, count + 1)
    )


@pytest.mark.parametrize("template", sorted(OWING))
def test_every_reminder_of_an_invoice_says_what_is_left_how_late_how_to_pay_and_whom_to_call_E_2(template: str) -> None:
    text = plain(reminder(template, late=LATE).text)
    for said in ("1 000,00 €", "Retard : 12 jours", "IBAN : FR76", "Référence : F-2026-0001", "04 78 00 00 00"):
        assert said in text
    assert "Si vous avez payé entre-temps, ignorez" in text


@pytest.mark.parametrize("template", sorted(OWING))
def test_no_consumer_is_asked_for_any_fee_whatever_the_template_DU_01_P_05(template: str) -> None:
    mail = reminder(template, content=an_invoice_content())
    assert not FEES.search(mail.subject + mail.text + mail.html)


@pytest.mark.parametrize("template", sorted(template for template in OWING if template.endswith("consumer")))
def test_the_words_for_consumers_have_no_place_for_a_fee_at_all_DU_01(template: str) -> None:
    assert not FEES.search(reminder(template, late=LATE).text)


def test_level_2_names_penalties_and_the_indemnity_without_claiming_them_P_02() -> None:
    text = plain(reminder("invoice_firm", late=LATE).text)
    assert "(12,34 € à ce jour, puis 0,45 € par jour, au taux de 12,15 %)" in text
    assert "40,00 € (art. L441-10 et D441-5 C. com.). Nous ne vous les réclamons pas à ce stade." in text
    assert "Total à régler" not in text
    unknown = plain(reminder("invoice_firm", late=replace(LATE, interest=Cents(0), rate_bp=0)).text)
    assert "des pénalités de retard et une indemnité forfaitaire pour frais de recouvrement de 40,00 €" in unknown


@pytest.mark.parametrize("template", CLAIMING)
def test_from_level_3_on_interest_and_indemnity_are_computed_and_added_up_P_03_P_04(template: str) -> None:
    text = plain(reminder(template, late=LATE).text)
    assert "Pénalités : 12,34 €" in text
    assert "Indemnité : 40,00 €" in text
    assert "Total à régler : 1 052,34 €" in text
    assert "0,45 €" in text
    assert "art. L441-10 et D441-5 C. com." in text


def test_what_came_in_for_penalties_is_taken_off_P_06() -> None:
    text = plain(reminder("invoice_formal", late=replace(LATE, paid=Cents(10_00))).text)
    assert "Déjà reçu : 10,00 €" in text
    assert "Total à régler : 1 042,34 €" in text
    first_day = plain(reminder("invoice_formal", late=replace(LATE, interest=Cents(0))).text)
    assert "Pénalités :" not in first_day


def test_several_invoices_are_asked_for_in_one_statement_DR_05() -> None:
    mail = reminder("invoice_firm", owed=several(), late=LATE)
    text = plain(mail.text)
    assert mail.subject == "Relance : 3 factures échues et impayées".replace(" :", "\u00a0:")
    assert "- F-2026-0001, échéance du 01/12/2026, 27 jours de retard : 1 000,01 €" in text
    assert "Reste à régler : 3 000,06 €" in text
    assert "Référence : F-2026-0001, F-2026-0002, F-2026-0003" in text
    shown = Reader(mail.html).text
    for cell in ("F-2026-0003", "03/12/2026", "25 jours", "1 000,03 €"):
        assert cell in shown
    assert "Référence : F-2026-0001 et 8 autres" in plain(reminder("invoice_overdue", owed=several(9)).text)


def test_sums_of_two_currencies_are_not_added_up() -> None:
    owed = (*several(1), replace(several(2)[1], currency="CHF"))
    text = plain(reminder("invoice_formal", owed=owed, late=LATE).text)
    assert "Reste à régler : 1 000,01 € + 1 000,02 CHF" in text
    assert "Total à régler : 1 052,35 € + 1 000,02 CHF" in text


def test_courtesy_before_the_due_date_speaks_of_no_delay() -> None:
    mail = reminder("invoice_courtesy", today=date(2026, 12, 11))
    assert "arrive à échéance" in mail.subject
    assert "Retard" not in mail.text


# --- somebody’s own words ------------------------------------------------------------------------------------------

OWN = Words("Facture {{ numero }}", "Chère Madame,\n\nil reste {{reste_du}} depuis {{jours_de_retard}} jours.")


def test_a_text_of_the_user_s_own_is_filled_and_dressed_like_the_others_KB_24() -> None:
    mail = reminder("text:txt_1@2", words=OWN)
    assert mail.subject == "Facture F-2026-0001"
    assert plain(mail.text).startswith("Chère Madame,\n\nil reste 1 000,00 € depuis 12 jours.\n\nFacture : F-2026-0001")
    assert "IBAN" in mail.text
    assert "Bien cordialement" in mail.text
    assert plain(mail.body) == "Chère Madame,\n\nil reste 1 000,00 € depuis 12 jours."


def test_the_address_of_the_page_can_be_followed_where_somebody_wrote_it() -> None:
    mail = reminder("text:t@1", words=Words("R", "Réglez ici : {{lien}} (merci)."))
    assert Reader(mail.html).links.count(LINK) == 2, "in the text, and on the button"
    assert f"{LINK} (merci)." in Reader(mail.html).text
    assert f"Réglez ici : {LINK} (merci)." in plain(mail.text)


def test_a_reminder_that_somebody_edited_keeps_its_figures() -> None:
    text = plain(reminder("invoice_formal", words=OWN, late=LATE).text)
    assert "Chère Madame," in text
    assert "Total à régler : 1 052,34 €" in text
    assert "mise en demeure" not in text


@pytest.mark.parametrize("code", sorted(shortcodes(DocumentKind.INVOICE)))
def test_every_shortcode_of_an_invoice_can_be_filled(code: str) -> None:
    content = an_invoice_content(customer=a_customer(kind=CustomerKind.BUSINESS))
    words = Words("Rappel", "Voici : {{" + code + "}}.")
    mail = reminder("text:txt_1@1", content=content, words=words, late=LATE, owed=several())
    assert not re.search(r"[{}]|Voici : \.", plain(mail.text))


@pytest.mark.parametrize("code", sorted(shortcodes(DocumentKind.QUOTE)))
def test_every_shortcode_of_a_quote_can_be_filled(code: str) -> None:
    mail = compose("text:txt_1@1", a_quote_content(), words=Words("Rappel", "Voici : {{" + code + "}}."))
    assert not re.search(r"[{}]|Voici : \.", plain(mail.text))
    assert "Consulter le devis" in mail.text


@pytest.mark.parametrize("code", ["penalites", "indemnite", "contact", "objet"])
def test_a_shortcode_without_a_value_stops_the_mail_DR_13(code: str) -> None:
    nobody = a_customer(kind=CustomerKind.BUSINESS, contact_name="")
    content = replace(an_invoice_content(customer=nobody), subject="")
    with pytest.raises(Invalid, match=code) as refused:
        reminder("text:txt_1@1", content=content, words=Words("Rappel", "Bonjour {{" + code + "}},"))
    assert refused.value.code == "mail_incomplete"


def test_an_unknown_rate_stops_a_text_that_tells_penalties_DR_13() -> None:
    with pytest.raises(Invalid) as refused:
        reminder("text:t@1", words=Words("R", "{{penalites_par_jour}}"), late=replace(LATE, rate_bp=0))
    assert refused.value.code == "mail_incomplete"


def test_what_fills_a_shortcode_is_neither_read_again_nor_run() -> None:
    evil = "{{iban}}<script>alert(1)</script>"
    content = an_invoice_content(customer=a_customer(name=evil))
    mail = reminder("text:t@1", content=content, words=Words("R", "Pour {{client}}."))
    assert "Pour {{iban}}<script>" in mail.text
    assert "<script" not in mail.html


def test_a_text_without_its_words_is_no_template() -> None:
    with pytest.raises(Invalid) as refused:
        reminder("text:t@1")
    assert refused.value.code == "unknown_template"
