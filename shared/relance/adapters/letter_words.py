"""The words of letters, in French: what is asked for, why and by when, with every figure written out. [DU-01, DU-05]"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final

from relance.adapters import french
from relance.domain.letters import FormalNoticeContent, LateInvoice
from relance.domain.statement import StatementContent, StatementRow

_NUMBERS: Final = ("", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")
_TOLD_REMINDERS: Final = 6
_FOUR: Final = Decimal("0.0001")  # of a segment: its cents add up with the others before they are rounded


@dataclass(frozen=True, slots=True)
class Annex:
    """How the interest of one invoice was computed: (from, to, days, on what, rate, interest) of each segment."""

    title: str
    rows: tuple[tuple[str, str, str, str, str, str], ...]
    total: str
    sources: tuple[str, ...]


def notice_opening(content: FormalNoticeContent) -> Sequence[str]:
    """What the letter is about, and what was done before it; a consumer is offered a way out. [DU-01]"""
    one = len(content.invoices) == 1
    days = max(row.days_late for row in content.invoices)
    reminders = _reminders(content.reminded_on)
    if content.is_to_consumer:
        which = "de la facture ci-dessous" if one else "des factures ci-dessous"
        return (
            f"Sauf erreur de notre part, nous n’avons pas reçu le règlement {which}{reminders}.",
            "Il s’agit peut-être d’un oubli. Si vous rencontrez une difficulté, appelez-nous : nous chercherons "
            "ensemble une solution, par exemple un paiement en plusieurs fois.",
        )
    late = f"échue depuis {_days(days)}" if one else f"dont la plus ancienne est échue depuis {_days(days)}"
    which = (
        f"la facture ci-dessous, {late}, reste impayée" if one else f"les factures ci-dessous, {late}, restent impayées"
    )
    return (f"Sauf erreur ou omission de notre part, {which} à ce jour{reminders}.",)


def _reminders(days: Sequence[date]) -> str:
    """« , malgré nos relances des 3 et 12 novembre 2026 »; the last ones when there were many."""
    if not days:
        return ""
    last = days[-_TOLD_REMINDERS:]
    if len(last) == 1:
        return f", malgré notre relance du {french.day(last[0])}"
    told = [_before(day, following) for day, following in pairwise(last)]
    return f", malgré nos relances des {', '.join(told)} et {french.day(last[-1])}"


def _before(day: date, following: date) -> str:
    """A day in a list, without the month or the year that the next one tells: « 3, 10 juin et 2 juillet 2026 »."""
    words = french.day(day).split(french.NBSP)
    same = (day.year == following.year, (day.year, day.month) == (following.year, following.month))
    return french.NBSP.join(words[: 3 - sum(same)])


def notice_row(row: LateInvoice, currency: str) -> tuple[str, ...]:
    """The line of one invoice."""
    return (
        row.number,
        french.short_day(row.issued_on),
        french.short_day(row.due_on),
        _days(row.days_late),
        french.money(row.asked, currency),
        french.money(row.settled, currency),
        french.money(row.balance, currency),
    )


def notice_sums(content: FormalNoticeContent) -> Sequence[tuple[str, str]]:
    """What the total is made of: the debt alone of a consumer."""
    sums = [("Principal restant dû", french.money(content.principal, content.currency))]
    if content.interest:
        label = f"Pénalités de retard au {french.short_day(content.on)} (voir l’annexe)"
        sums.append((label, french.money(content.interest, content.currency)))
    if content.indemnity:
        flat = {row.indemnity for row in content.invoices if row.indemnity}
        count = sum(1 for row in content.invoices if row.indemnity)
        each = french.money(flat.pop(), content.currency).replace(",00", "") if len(flat) == 1 else ""
        times = f" ({count}{french.NBSP}×{french.NBSP}{each})" if count > 1 and each else ""
        sums.append(
            (f"Indemnité forfaitaire de recouvrement{times}", french.money(content.indemnity, content.currency))
        )
    if content.penalties_paid:
        sums.append(("Pénalités déjà réglées", french.money(-content.penalties_paid, content.currency)))
    return sums


def per_day(content: FormalNoticeContent) -> str:
    """What each more day costs; "" when nothing does."""
    if not content.per_day:
        return ""
    each = french.money(content.per_day, content.currency)
    return f"Les pénalités courent jusqu’au règlement, à raison de {each} par jour."


def notice_closing(content: FormalNoticeContent, total: str) -> Sequence[str]:
    """What is asked for, by when, and what follows else. [DU-02, DU-05]"""
    days = _NUMBERS[content.deadline_days] if content.deadline_days < len(_NUMBERS) else str(content.deadline_days)
    delay = f"de {days} jours" if content.deadline_days > 1 else "d’un jour"
    within = f"dans un délai {delay} à compter de la réception de cette lettre"
    if content.is_to_consumer:
        return (
            f"Nous vous demandons de régler la somme de {total} {within}. {content.note('formal_notice')}",
            "Sans règlement ni réponse de votre part dans ce délai, nous pourrions demander en justice le paiement de "
            "cette somme. Si vous avez payé entre-temps, ne tenez pas compte de cette lettre.",
        )
    return (
        f"En conséquence, nous vous mettons en demeure de nous régler la somme de {total} {within}. "
        f"{content.note('formal_notice')}",
        "À défaut, nous engagerons, sans autre avis, les voies de droit propres à recouvrer notre créance, notamment "
        "une procédure d’injonction de payer. Si votre règlement a croisé cette lettre, n’en tenez pas compte.",
    )


def annex(row: LateInvoice, currency: str) -> Annex:
    """How the interest of one invoice was computed. [P-03]"""
    return Annex(
        title=f"Facture n° {row.number}, échue le {french.day(row.due_on)}",
        rows=tuple(
            (
                french.short_day(one.after + timedelta(days=1)),
                french.short_day(one.until),
                str(one.days),
                french.money(one.principal, currency),
                french.rate(one.rate_bp),
                french.decimal((one.interest / 100).quantize(_FOUR), at_least=4),
            )
            for one in row.segments
        ),
        total=french.money(row.interest, currency),
        sources=row.sources,
    )


def statement_opening(content: StatementContent) -> str:
    """What the statement is, or that there is nothing to state."""
    day = french.day(content.on)
    if not content.rows:
        return f"Au {day}, toutes nos factures sont réglées : votre compte est soldé."
    return f"Voici l’état de votre compte au {day}, d’après les règlements reçus à ce jour."


def statement_row(row: StatementRow, currency: str) -> tuple[str, ...]:
    """The line of one open invoice; one that is contested says so. [DR-05]"""
    late = "en litige" if row.is_disputed else _days(row.days_late) if row.days_late else "–"
    return (
        row.number,
        french.short_day(row.issued_on),
        french.short_day(row.due_on),
        late,
        french.money(row.asked, currency),
        french.money(row.settled, currency),
        french.money(row.balance, currency),
    )


def _days(days: int) -> str:
    return f"{days}{french.NBSP}jour{'s' if days > 1 else ''}"
