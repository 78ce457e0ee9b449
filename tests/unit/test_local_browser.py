"""The small browser of the local cloud sends what a real one would: tests and the tour act through it."""

from collections.abc import Iterator
from urllib.parse import parse_qsl

import pytest

from local.client import Customer, UnexpectedAnswerError
from local.customer import submit
from local.web import Handler, Server

Sent = tuple[str, list[tuple[str, dict[str, str]]]]
PAGE = """
<input form="reponse" type="checkbox" name="choice-1" value="yes" checked>
<input form="reponse" type="checkbox" name="choice-2" value="yes">
<form id="reponse" method="post" action="/q/t/accept"><input type="hidden" name="proof" value="a&amp;b">
<input name="name" value=""><textarea name="note">deux
lignes</textarea><input type="submit" name="go" value="Oui"></form>
<input form="reponse" name="quantity-0" value="42,5">
"""
CONFIRMATION = '<form action="/q/t/accept"><input type="hidden" name="confirmed" value="yes"></form>'


class Site(Handler):
    """Shows one page, asks for a confirmation, keeps what it was sent."""

    def do_GET(self) -> None:
        self.answer(200, PAGE.encode(), {"Content-Type": "text/html"})

    def do_POST(self) -> None:
        sent = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode(), keep_blank_values=True))
        self.server.sent.append((self.path, sent))  # type: ignore[attr-defined]  # set by Server
        done = sent.get("confirmed") == "yes"
        self.answer(303 if done else 200, b"" if done else CONFIRMATION.encode(), {"Location": "/q/t"} if done else {})


@pytest.fixture
def sent() -> Iterator[Sent]:
    kept: list[tuple[str, dict[str, str]]] = []
    server = Server(0, Site, sent=kept)
    yield server.url, kept
    server.stop()


def test_a_form_is_sent_with_its_fields_wherever_they_stand(sent: Sent) -> None:
    url, kept = sent
    answer = submit(f"{url}/q/t", "accept", {"name": "Nadia Perrin"})
    assert answer.status == 303
    first, confirmed = kept
    assert first == (
        "/q/t/accept",
        {"choice-1": "yes", "proof": "a&b", "name": "Nadia Perrin", "note": "deux\nlignes", "quantity-0": "42,5"},
    )
    assert confirmed == ("/q/t/accept", {"confirmed": "yes"})


def test_a_form_that_is_not_on_the_page_is_not_made_up(sent: Sent) -> None:
    with pytest.raises(UnexpectedAnswerError):
        Customer().submit(f"{sent[0]}/q/t", "/refuse", reason="Trop cher")
    assert sent[1] == []
