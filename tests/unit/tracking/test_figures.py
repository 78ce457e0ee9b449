"""M-04 to M-06: three numbers over those who agreed, which add up, and never one rate."""

from datetime import timedelta

import pytest

from relance.domain.tracking.figures import Best, Figures, MailRecord, best_of, figures, median_of
from relance.domain.tracking.opens import OpenClass, Verdict, Via
from relance.domain.tracking.signals import Signal
from tests.doubles.outside import START

C = OpenClass


@pytest.mark.parametrize(
    ("classes", "best"),
    [
        ((), Best.UNKNOWN),
        ((C.BOT, C.SELF), Best.UNKNOWN),
        ((C.BOT, C.PROXY_MPP), Best.PROXY),
        ((C.PROXY_GMAIL, C.HUMAN_PROBABLE), Best.HUMAN_PROBABLE),
    ],
)
def test_a_mail_is_where_the_best_that_is_known_of_it_puts_it(classes: tuple[C, ...], best: Best) -> None:
    assert best_of(Signal(Via.PIXEL, START, Verdict(one, 50, ())) for one in classes) is best


def test_only_those_who_agreed_are_in_the_three_numbers_and_all_are_in_the_deliveries() -> None:
    mails = [
        MailRecord(True, False, False, True, Best.HUMAN_PROBABLE),
        MailRecord(True, False, False, True, Best.PROXY),
        MailRecord(True, False, True, True),
        MailRecord(False, True, False, True),
        MailRecord(True, False, False, False, Best.HUMAN_PROBABLE),  # viewed, by one who never agreed: in no number
    ]
    assert figures(mails) == Figures(
        sent=5, delivered=4, bounced=1, complained=1, followed=4, human_probable=1, proxy=1, unknown=2
    )
    total = figures(mails)
    assert total.human_probable + total.proxy + total.unknown == total.followed


def test_the_median_delay_is_the_middle_one_and_none_of_none() -> None:
    assert median_of([]) is None
    assert median_of([timedelta(hours=1), timedelta(days=9), timedelta(hours=3)]) == timedelta(hours=3)
    assert median_of([timedelta(seconds=1), timedelta(seconds=4)]) == timedelta(seconds=2)
