"""Complaint 17, T-10, T-11 and T-13: what the hits of one document mean together, and how often they count."""

from datetime import timedelta

import pytest

from relance.domain.tracking.opens import OpenClass, Verdict, Via
from relance.domain.tracking.signals import Signal, counted, is_shared, reconsider, views
from tests.doubles.outside import START

HUMAN = Verdict(OpenClass.HUMAN_PROBABLE, 60, ("nothing_known_against",))
GMAIL = Verdict(OpenClass.PROXY_GMAIL, 50, ("user_agent_google_image_proxy",))
SELF = Verdict(OpenClass.SELF, 100, ("own_visit",))
HOME, OFFICE, FILTER = "203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24"


def at(after_s: float, via: Via, network: str = HOME, verdict: Verdict = HUMAN, **more: object) -> Signal:
    return Signal(via, START + timedelta(seconds=after_s), verdict, network=network, **more)  # type: ignore[arg-type]  # fields of a Signal


def classes(*signals: Signal, delivered_s: tuple[float, ...] = ()) -> list[str]:
    delivered = [START + timedelta(seconds=s) for s in delivered_s]
    return [signal.verdict.open_class.value for signal in reconsider(signals, delivered)]


def test_who_follows_the_trap_unmasks_what_was_fetched_around_it() -> None:
    pixel, link = at(0, Via.PIXEL, OFFICE), at(30, Via.LINK, FILTER)
    trap = at(60, Via.LINK, FILTER, Verdict(OpenClass.BOT, 95, ("trap_link",)), trap=True)
    judged = reconsider([trap, link, pixel])
    assert [signal.via for signal in judged] == [Via.PIXEL, Via.LINK, Via.LINK], "in order of time"
    assert {signal.verdict for signal in judged} == {Verdict(OpenClass.BOT, 95, ("trap_link",))}


def test_what_is_further_than_a_minute_from_the_trap_stays_what_it_was() -> None:
    trap = at(0, Via.LINK, FILTER, trap=True)
    assert classes(trap, at(61, Via.PIXEL)) == ["bot", "human_probable"]


def test_a_page_really_shown_is_a_robots_only_from_the_network_of_the_trap() -> None:
    trap = at(0, Via.LINK, FILTER, trap=True)
    assert classes(trap, at(20, Via.PAGE, HOME)) == ["bot", "human_probable"]
    assert classes(trap, at(20, Via.PAGE, FILTER)) == ["bot", "bot"]


def test_all_links_of_a_mail_within_a_minute_are_a_gateways() -> None:
    assert classes(at(0, Via.LINK), at(2, Via.LINK, opt_out=True), at(3, Via.PIXEL)) == ["bot", "bot", "bot"]
    assert classes(at(0, Via.LINK), at(61, Via.LINK, opt_out=True)) == ["human_probable"] * 2
    assert classes(at(0, Via.LINK), at(9, Via.LINK)) == ["human_probable"] * 2, "the same link twice is no crawl"


def test_whoever_reads_and_then_opts_out_was_a_person_all_the_same() -> None:
    read = (at(0, Via.LINK), at(5, Via.PAGE), at(40, Via.LINK, opt_out=True))
    assert classes(*read) == ["bot", "human_probable", "bot"]


def test_a_delivery_that_becomes_known_later_unmasks_what_came_right_after_it() -> None:
    assert classes(at(3, Via.PIXEL), at(12, Via.PIXEL), delivered_s=(2,)) == ["bot", "human_probable"]
    assert classes(at(1, Via.LINK), delivered_s=(2,)) == ["bot"], "fetched before it was handed over"
    assert classes(at(3, Via.PAGE), delivered_s=(2,)) == ["human_probable"], "a page that was shown is no prefetch"


def test_what_was_judged_before_is_not_judged_again() -> None:
    trap = at(0, Via.LINK, FILTER, trap=True)
    assert classes(trap, at(1, Via.PIXEL, FILTER, GMAIL), at(2, Via.PAGE, FILTER, SELF))[1:] == ["proxy_gmail", "self"]


def test_the_same_class_within_three_minutes_counts_once_with_its_longest_look_T_11() -> None:
    looks = [at(0, Via.PAGE, seconds=3), at(120, Via.PAGE, OFFICE, seconds=120), at(180, Via.PAGE, seconds=5)]
    assert [(signal.at, signal.seconds) for signal in counted(looks)] == [(START, 120)]
    assert len(counted([*looks, at(181, Via.PAGE)])) == 2
    assert len(counted([at(0, Via.PIXEL, subject="a"), at(1, Via.PIXEL, subject="b"), at(2, Via.PAGE)])) == 3


@pytest.mark.parametrize(
    ("signal", "is_view"),
    [
        (at(0, Via.PAGE), True),
        (at(0, Via.PDF), True),
        (at(0, Via.LINK), False),
        (at(0, Via.PIXEL), False),
        (at(0, Via.PAGE, verdict=SELF), False),
    ],
)
def test_a_view_is_the_page_or_its_pdf_before_a_person_T_10(signal: Signal, is_view: bool) -> None:
    assert signal.is_view is is_view


def test_views_are_human_reconsidered_and_counted() -> None:
    trap = at(0, Via.LINK, FILTER, trap=True)
    signals = [trap, at(1, Via.PAGE, FILTER), at(300, Via.PAGE), at(310, Via.PAGE), at(320, Via.PIXEL)]
    assert [signal.at for signal in views(signals)] == [START + timedelta(seconds=300)]


def test_a_second_device_on_a_second_network_hints_at_sharing_T_13() -> None:
    phone, desk = at(0, Via.PAGE, HOME, agent="ios"), at(9, Via.PAGE, OFFICE, agent="windows")
    assert is_shared([phone, desk])
    assert not is_shared([phone, at(9, Via.PAGE, OFFICE, agent="ios")]), "one telephone that moved"
    assert not is_shared([phone, at(9, Via.PAGE, HOME, agent="windows")]), "two devices of one household"
    assert not is_shared([phone, at(9, Via.PIXEL, OFFICE, agent="windows")])
    assert not is_shared([phone, at(9, Via.PAGE, "", agent="windows")]), "an address that is unknown proves nothing"
