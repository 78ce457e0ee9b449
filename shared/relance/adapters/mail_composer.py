"""Mails in words: each template says a message once, and two layouts dress it as plain text and as HTML.

`resources/templates/mail/{template}.txt.j2` holds the sentences in blocks (subject, preview, opening, button, closing);
facts, greeting and signature are the same for all and made here. So text and HTML cannot say different things.
A missing value stops the mail: it is never sent with a hole in it. [DR-13]
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from jinja2 import UndefinedError

from relance.adapters import french, identity
from relance.adapters.html_jinja import environment, render, typography
from relance.adapters.mail_facts import customer_facts, debt_facts, debt_of, document_facts, statement, values
from relance.adapters.palette import palette
from relance.app.ports.composing import ComposedMail, Late, MailTemplate, Owed, Words
from relance.domain.calendar_fr import civil_date
from relance.domain.content import Buyer, DocumentContent, InvoiceContent, QuoteContent, QuoteKind, Seller
from relance.domain.errors import Invalid
from relance.domain.mail_text import PREFIX, fill
from relance.domain.money import Cents
from relance.domain.party import Company, CustomerKind
from relance.domain.quote import Acceptance, Refusal, Withdrawal
from relance.domain.reminder.run import Alert, Asked
from relance.domain.withdrawal import payable_from

MAX_SUBJECT: Final = 140  # longer ones are cut by every mail program
_SALUTATION: Final = re.compile(r"\s*(bonjour|bonsoir|madame|monsieur|messieurs|mesdames|ch[eè]re?s?)\b", re.IGNORECASE)
_NOT_OWING: Final = frozenset({MailTemplate.INVOICE_DELIVERY, MailTemplate.INVOICE_CREDIT_NOTE})
_OWING: Final = frozenset(t for t in MailTemplate if t.startswith("invoice") and not t.is_news) - _NOT_OWING
_CLAIMING: Final = frozenset({MailTemplate.INVOICE_FORMAL, MailTemplate.INVOICE_NOTICE, MailTemplate.INVOICE_LAST})
_LOOKED: Final = frozenset(t for t in MailTemplate if t.endswith(("_viewed_news", "_hot_news")))
_NEEDS: Final = {
    MailTemplate.QUOTE_ACCEPTED_COPY: "acceptance",
    MailTemplate.QUOTE_ACCEPTED_NEWS: "acceptance",
    MailTemplate.QUOTE_WITHDRAWAL_RECEIPT: "answer",
    MailTemplate.QUOTE_WITHDRAWN_NEWS: "answer",
    MailTemplate.QUOTE_REFUSED_NEWS: "answer",
    MailTemplate.QUOTE_QUESTION_NEWS: "answer",
    MailTemplate.INVOICE_QUESTION_NEWS: "answer",
    **dict.fromkeys(_LOOKED, "answer"),
    **dict.fromkeys(_OWING, "debt"),
}
_MISSING: Final = {
    "acceptance": "l’accord du client",
    "answer": "la réponse du client",
    "debt": "ce qui reste à régler",
}
_WHY: Final = "Relance vous écrit à l’adresse de votre entreprise parce qu’un client a répondu à l’un de vos documents."
_WHY_LOOKED: Final = (
    "Relance vous écrit à l’adresse de votre entreprise parce qu’un client consulte l’un de vos documents. Ces avis se "
    "coupent dans les réglages des relances."
)
_BLOCKS: Final = ("subject", "preview", "opening", "button", "ask", "closing")
_OPTIONAL: Final = "ask"  # a second link: to the question of the page, with its words ready


class JinjaMailComposer:
    """Implements `relance.app.ports.composing.MailComposer`."""

    def compose(
        self,
        template: str,
        *,
        content: DocumentContent,
        company: Company,
        link_url: str,
        today: date,
        pixel_url: str | None = None,
        untrack_url: str | None = None,
        unsubscribe_url: str | None = None,
        acceptance: Acceptance | None = None,
        balance: Cents | None = None,
        answer: Refusal | Withdrawal | Asked | Alert | None = None,
        pdf_sha256: str = "",
        owed: Sequence[Owed] = (),
        late: Late | None = None,
        words: Words | None = None,
    ) -> ComposedMail:
        """See the port. The look is the company's of today, every word and figure the document's."""
        if pixel_url and not untrack_url:
            raise Invalid("Un courriel suivi doit dire comment ne plus l’être.", code="untrackable")
        known, debt = _known(template, content, words), debt_of(content, balance, owed, late, today)
        is_news = known is not None and known.is_news
        if words is not None:
            said = _own_words(words, content, values(content, debt, link_url, today))
        else:
            assert known is not None, "what has no words of its own is one of ours"
            said = _words(
                known,
                content=content,
                contact=_contact(content.seller),
                days_left=(content.validity_until - today).days if isinstance(content, QuoteContent) else 0,
                acceptance=acceptance,
                balance=balance,
                debt=debt,
                late=late,
                today=today,
                answer=answer,
                credited=_credited(content),
                payable_from=_payable_from(content, acceptance),
                **_called(content),
            )
        is_owing = debt is not None and (known is None or known in _OWING)
        dressed: dict[str, Any] = {
            **said,
            "subject": _subject(said["subject"]),
            "opening_paragraphs": [part for part in re.split(r"\n\s*\n", said["opening"]) if part.strip()],
            "greeting": "Bonjour," if is_news else _salutation(said["opening"], content.buyer),
            "facts": [
                *(customer_facts(content.buyer) if is_news else ()),
                *(
                    debt_facts(content, debt, claims=known in _CLAIMING)
                    if is_owing and debt is not None and isinstance(content, InvoiceContent)
                    else document_facts(content, acceptance, balance, answer, pdf_sha256, is_news=is_news)
                ),
            ],
            "statement": statement(debt) if is_owing else [],
            "news": (_WHY_LOOKED if known in _LOOKED else _WHY) if is_news else "",
            "number": content.number,
            "seller": content.seller,
            "seller_contact": list(_seller_contact(content.seller)),
            "legal": _legal(content.seller),
            "palette": palette(company.branding.colour),
            "link_url": link_url,
            "ask_url": f"{link_url}?question=prolonger#question",
            "pixel_url": pixel_url,
            "untrack_url": untrack_url,
            "unsubscribe_url": unsubscribe_url,
        }
        text = render("mail/layout.txt.j2", dressed)
        body = "\n\n".join(part for part in (said["opening"], said["closing"]) if part)
        return ComposedMail(dressed["subject"], tidy(text), render("mail/layout.html.j2", dressed), body)


def _known(template: str, content: DocumentContent, words: Words | None) -> MailTemplate | None:
    """The template of that name, if it speaks of this kind of document; None for a text of the user's own."""
    if template.startswith(PREFIX) and words is not None:
        return None
    kind = "quote" if isinstance(content, QuoteContent) else "invoice"
    if template not in set(MailTemplate) or not template.startswith(kind):
        raise Invalid(f"Le modèle de courriel « {template} » ne convient pas à ce document.", code="unknown_template")
    return MailTemplate(template)


def _words(template: MailTemplate, **context: Any) -> Mapping[str, str]:
    """Each block of the template as text, with French spaces."""
    if (needed := _NEEDS.get(template)) and context[needed] is None:
        raise Invalid(f"Il manque au courriel « {template} » {_MISSING[needed]}.", code="mail_incomplete")
    source = environment().get_template(f"mail/{template.value}.txt.j2")
    written = [name for name in _BLOCKS if name in source.blocks or name != _OPTIONAL]
    try:
        words = {name: "".join(source.blocks[name](source.new_context(context))) for name in written}
    except UndefinedError as error:
        raise Invalid(f"Il manque une donnée au courriel « {template} » : {error}.", code="mail_incomplete") from error
    return {_OPTIONAL: "", **{name: typography(text.strip()) for name, text in words.items()}}


def _own_words(words: Words, content: DocumentContent, known: Mapping[str, str]) -> Mapping[str, str]:
    """Somebody's own words in place of a template's; what they lack is the same in every mail."""
    subject, body = (typography(fill(text, known).strip()) for text in (words.subject, words.body))
    button = f"Consulter {_called(content)['the']}" if isinstance(content, QuoteContent) else "Consulter la facture"
    return {
        "subject": subject,
        "preview": body.split("\n")[0][:120],
        "opening": body,
        "button": button,
        "ask": "",
        "closing": "",
    }


def _subject(text: str) -> str:
    """One line, of a length that is shown whole."""
    line = re.sub(r"[ \t\r\n]+", " ", text)
    return line if len(line) <= MAX_SUBJECT else line[: MAX_SUBJECT - 1].rstrip() + "…"


def _salutation(opening: str, buyer: Buyer) -> str:
    return "" if _SALUTATION.match(opening) else _greeting(buyer)


def _greeting(buyer: Buyer) -> str:
    """« Bonjour Camille Lefèvre, »: by name when there is a person to name, and never with a hole."""
    person = buyer.contact_name or (buyer.name if buyer.kind is CustomerKind.CONSUMER else "")
    return f"Bonjour {person.strip()}," if person.strip() else "Bonjour,"


def _contact(seller: Seller) -> str:
    phone = f" ou appelez-nous au {french.phone(seller.phone)}" if seller.phone else ""
    return f"Répondez simplement à ce courriel{phone}."


def _called(content: DocumentContent) -> dict[str, Any]:
    """How sentences name a quote of that kind, and whether they may invite to accept it. [Q-11]"""
    if not isinstance(content, QuoteContent):
        return {}
    what = {QuoteKind.QUOTE: "devis", QuoteKind.PROFORMA: "document pro forma", QuoteKind.AMENDMENT: "avenant"}
    the = "l’avenant" if content.kind is QuoteKind.AMENDMENT else f"le {what[content.kind]}"
    return {"what": what[content.kind], "the": the, "acceptable": content.kind is not QuoteKind.PROFORMA}


def _payable_from(content: DocumentContent, acceptance: Acceptance | None) -> date | None:
    """From when the seller may be paid, if the law makes him wait. [W-03]"""
    if acceptance is None or not isinstance(content, QuoteContent):
        return None
    agreed_on = civil_date(acceptance.at)
    day = payable_from(content, agreed_on)
    return day if day > agreed_on else None


def _credited(content: DocumentContent) -> str:
    """« la facture n° F-2026-0001 », or several of them."""
    numbers = [reference.number for reference in content.references] if isinstance(content, InvoiceContent) else []
    return f"la facture n° {numbers[0]}" if len(numbers) == 1 else f"les factures n° {', '.join(numbers)}"


def _seller_contact(seller: Seller) -> Iterator[str]:
    if seller.phone:
        yield french.phone(seller.phone)
    yield seller.email
    if seller.website:
        yield seller.website.removeprefix("https://").removeprefix("http://").rstrip("/")


def _legal(seller: Seller) -> str:
    """The footer: who writes, as the law wants it on commercial papers. Code de commerce R123-237, checked 2026-11."""
    parts = [identity.seller_name(seller), *identity.legal_mentions(seller)]
    return " · ".join([*parts, ", ".join(identity.address_lines(seller.address))])


def tidy(text: str) -> str:
    """No blank line twice, no space at the end of a line but the one of a signature mark (RFC 3676, 4.3)."""
    lines = [line if line == "-- " else line.rstrip() for line in text.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"
