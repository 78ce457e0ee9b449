"""Writing mails: what a customer, or his seller, is told about a document. Sending them is another port's business."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from relance.domain.content import DocumentContent
from relance.domain.money import Cents
from relance.domain.party import Company
from relance.domain.pin_mail import Pin
from relance.domain.quote import Acceptance, Refusal, Withdrawal
from relance.domain.reminder.run import Alert, Asked


class MailTemplate(StrEnum):
    """Every mail that the product knows how to write."""

    QUOTE_DELIVERY = "quote_delivery"
    QUOTE_REMINDER_UNSEEN = "quote_reminder_unseen"
    QUOTE_REMINDER_VIEWED = "quote_reminder_viewed"
    QUOTE_REMINDER = "quote_reminder"
    QUOTE_EXPIRING = "quote_expiring"
    QUOTE_ACCEPTED_COPY = "quote_accepted_copy"
    QUOTE_WITHDRAWAL_RECEIPT = "quote_withdrawal_receipt"
    QUOTE_ACCEPTED_NEWS = "quote_accepted_news"
    QUOTE_REFUSED_NEWS = "quote_refused_news"
    QUOTE_WITHDRAWN_NEWS = "quote_withdrawn_news"
    QUOTE_QUESTION_NEWS = "quote_question_news"
    INVOICE_DELIVERY = "invoice_delivery"
    INVOICE_CREDIT_NOTE = "invoice_credit_note"
    INVOICE_COURTESY = "invoice_courtesy"
    INVOICE_OVERDUE = "invoice_overdue"
    INVOICE_FIRM = "invoice_firm"
    INVOICE_FIRM_CONSUMER = "invoice_firm_consumer"
    INVOICE_FORMAL = "invoice_formal"
    INVOICE_FORMAL_CONSUMER = "invoice_formal_consumer"
    INVOICE_NOTICE = "invoice_notice"
    INVOICE_NOTICE_CONSUMER = "invoice_notice_consumer"
    INVOICE_LAST = "invoice_last"
    INVOICE_LAST_CONSUMER = "invoice_last_consumer"
    INVOICE_DEPOSIT = "invoice_deposit"
    INVOICE_DEPOSIT_LAST = "invoice_deposit_last"
    INVOICE_QUESTION_NEWS = "invoice_question_news"
    QUOTE_VIEWED_NEWS = "quote_viewed_news"
    QUOTE_HOT_NEWS = "quote_hot_news"
    INVOICE_VIEWED_NEWS = "invoice_viewed_news"
    INVOICE_HOT_NEWS = "invoice_hot_news"

    @property
    def is_news(self) -> bool:
        """Whether it is written to the seller, about his customer."""
        return self.endswith("_news")


@dataclass(frozen=True, slots=True)
class ComposedMail:
    """A mail in words: one line of subject, and the same message as plain text and as HTML without remote content.

    The one remote thing the HTML may hold is the pixel, and only when its URL was given. [T-02] `body` is what the
    author of the mail says in it, without greeting, figures and signature: what a person may edit, see `Words`.
    """

    subject: str
    text: str
    html: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Owed:
    """One overdue invoice that a mail asks for: `remaining` is what is left of `amount`, in cents of its currency."""

    number: str
    issue_date: date
    due_date: date
    amount: Cents
    remaining: Cents
    currency: str = "EUR"

    def days_late(self, today: date) -> int:
        """Days since the due date; 0 when it is not past."""
        return max(0, (today - self.due_date).days)


@dataclass(frozen=True, slots=True)
class Late:
    """What a business owes for being late, over all the invoices of a mail, in cents. [P-02, P-04]

    `interest` has accrued so far and grows by `per_day`; `indemnity` is that of all the invoices together; `paid` came
    in for either already. `rate_bp` is the yearly rate of today in ten-thousandths; `basis` names the law.
    """

    interest: Cents
    per_day: Cents
    indemnity: Cents
    rate_bp: int
    basis: str
    paid: Cents = Cents(0)
    currency: str = "EUR"

    @property
    def total(self) -> Cents:
        """What is left of both."""
        return Cents(self.interest + self.indemnity - self.paid)


@dataclass(frozen=True, slots=True)
class Words:
    """A mail in somebody's own words: a stored text (`domain.mail_text`), or a proposed reminder that he edited.

    `body` takes the place of what the template says before and after the facts; shortcodes in both are filled.
    """

    subject: str
    body: str


class PinComposer(Protocol):
    """Writes the monthly mail of the checkpoint, in French."""

    def compose_pin(self, pin: Pin, company: Company) -> ComposedMail:
        """The mail to the company itself. Raises Invalid when it cannot be written."""
        ...


class MailComposer(Protocol):
    """Writes a mail in the seller's name, or to him, in French."""

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
        """The mail of that template about a frozen document.

        `link_url` is the customer's page. `pixel_url` wants `untrack_url` beside it: a tracked mail says how to stop
        it [T-05]. `acceptance` is needed by `quote_accepted_copy`, `balance` (what is still owed) by `invoice_overdue`.
        `answer` is what the mails about a refusal, a withdrawal, a question and a look speak of. News to the seller
        lead to no page, so `link_url` may be "" for them; those of a look lead to his preview. `pdf_sha256` is the hash
        of the attached document. `today` is the civil date in Paris of the sending.

        `owed` are the invoices that a reminder asks for, the one due first at its head; () for this one alone. `late`
        is what their lateness costs, None when nothing is asked for it: of a consumer, always [DU-01]. `words` replace
        those of the template, and are needed by one named `text:<id>@<version>`. Raises Invalid for an unknown
        template, and `mail_incomplete` for a missing part: a mail with a hole in it is never written [DR-13].
        """
        ...
