"""The customer, from a terminal: finds the mail about a document in the mailbox, opens its page, fills a form of it.

    python -m local.customer nadia@client.example D-2026-0001 accept name="Nadia Perrin" mention="Bon pour accord"
    python -m local.customer nadia@client.example D-2026-0002 refuse reason="Trop cher"

Nothing is faked: the address comes out of the mail that was sent, and the form is the one on the page. A second step
that the page asks for (a consumer confirms) is taken. MAILBOX says where the mailbox is (http://127.0.0.1:8025).
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from email import message_from_bytes, policy

from local.client import Answer, Customer, UnexpectedAnswerError, call

MAILBOX = "http://127.0.0.1:8025"
PATIENCE_S = 120.0
_PAGE = re.compile(r"https?://[^\s\"'<>]+/q/[A-Za-z0-9_\-.]+")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.customer", description="Answer a document as its customer.")
    parser.add_argument("email", help="whom the mail was sent to")
    parser.add_argument("number", help="the document's number, as printed on it")
    parser.add_argument("form", help="accept, refuse, question or withdraw")
    parser.add_argument("fields", nargs="*", help="field=text, as the form on the page has them", metavar="field=text")
    args = parser.parse_args()
    typed = dict(field.split("=", 1) for field in args.fields)
    try:
        page = page_of(os.environ.get("MAILBOX", MAILBOX), args.email, args.number)
        answer = submit(page, args.form, typed)
    except (UnexpectedAnswerError, TimeoutError) as problem:
        print(problem, file=sys.stderr)
        return 1
    if answer.status >= 400 or answer.status == 200:
        print(f"{answer.status} {_said(answer)}", file=sys.stderr)
        return 1
    print(page)
    return 0


def page_of(mailbox: str, email: str, number: str) -> str:
    """The customer's page in the newest mail to somebody about a document, waiting for it. Raises TimeoutError."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        for mail in reversed(call("GET", f"{mailbox}/api/mails").json):
            is_it = email in mail["to"] and re.search(rf"{re.escape(number)}\b", mail["subject"])
            if is_it and (found := _link(mailbox, mail["id"])):
                return found
        time.sleep(0.2)
    raise TimeoutError(f"no mail to {email} about {number} within {PATIENCE_S:.0f} s")


def submit(page: str, form: str, typed: dict[str, str]) -> Answer:
    """Fill the form of the page; when another step follows, confirm it. 303 is what success answers."""
    browser = Customer()
    try:
        answer = browser.submit(page, f"/{form}", **typed)
    except UnexpectedAnswerError:  # some forms have a page of their own
        answer = browser.submit(f"{page}/{form}", f"/{form}", **typed)
    if answer.status == 200 and 'name="confirmed"' in answer.text:
        answer = browser.fill(f"{page}/{form}", answer.text, f"/{form}", confirmed="yes")
    return answer


def _link(mailbox: str, id: int) -> str | None:
    message = message_from_bytes(call("GET", f"{mailbox}/api/mails/{id}.eml").body, policy=policy.default)
    html = message.get_body(("html",))
    found = _PAGE.search(html.get_content()) if html else None
    return found.group() if found else None


def _said(answer: Answer) -> str:
    """What the page says, without its markup."""
    text = re.sub(r"<(style|script)\b.*?</\1>|<[^>]*>", " ", answer.text, flags=re.DOTALL)
    return " ".join(text.split())[:1000]


if __name__ == "__main__":
    sys.exit(main())
