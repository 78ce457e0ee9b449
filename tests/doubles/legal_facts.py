"""Facts as the journal of a small firm holds them: quotes, acceptances, invoices, payments, sealed documents."""

from collections.abc import Iterator
from hashlib import sha256

from relance.domain.chain.canonical import Json
from relance.domain.chain.event import Fact, Ref, content_hash

ACTOR = "user:usr_1"


def pdf_of(number: str) -> bytes:
    """A stand-in for a rendered document: distinct bytes per number."""
    return b"%PDF-1.7 " + number.encode()


def content(number: str, lines: int = 2) -> dict[str, Json]:
    """A printed content with the characters of real life."""
    return {
        "number": number,
        "salt": sha256(number.encode()).hexdigest(),
        "seller": {"name": "Maçonnerie Dupont & Fils", "siren": "732829320"},
        "lines": [
            {
                "description": f"Pose n° {i} – œuvre « clé en main »",
                "quantity": "12.5",
                "total_cents": 5625,
                "rate_bp": 2000,
            }
            for i in range(1, lines + 1)
        ],
        "paid": False,
        "discount": None,
    }


def quote_sent(n: int) -> Fact:
    number = f"D-2026-{n:04d}"
    return Fact(
        "quote.sent",
        Ref("quote", f"quo_{n}", number),
        ACTOR,
        {
            "number": number,
            "series": "quote:2026",
            "rank": n,
            "version": 1,
            "content_sha256": content_hash(content(number)),
            "total_cents": 13500,
        },
    )


def quote_accepted(n: int) -> Fact:
    number = f"D-2026-{n:04d}"
    printed = content(number)
    return Fact(
        "quote.accepted",
        Ref("quote", f"quo_{n}", number),
        "customer",
        {
            "number": number,
            "version": 1,
            "content": printed,
            "content_sha256": content_hash(printed),
            "pdf_sha256": sha256(pdf_of(number)).hexdigest(),
        },
    )


def vat_table(net: int) -> dict[str, Json]:
    """The totals of a content: everything at 20 %."""
    rows: list[Json] = [{"treatment": {"category": "S", "rate_bp": 2000}, "base": net, "vat": net // 5}]
    return {"net": net, "vat": net // 5, "gross": net + net // 5, "subtotals": rows}


def invoice_issued(n: int, lines: int = 2) -> Fact:
    number = f"F-2026-{n:04d}"
    printed = {**content(number, lines), "totals": vat_table(11_250)}
    return Fact(
        "invoice.issued",
        Ref("invoice", f"inv_{n}", number),
        ACTOR,
        {
            "number": number,
            "series": "invoice:2026",
            "rank": n,
            "issue_date": f"2026-01-{min(n, 28):02d}",
            "content": printed,
            "content_sha256": content_hash(printed),
        },
    )


def document_sealed(kind: str, n: int) -> Fact:
    number = f"{'F' if kind == 'invoice' else 'D'}-2026-{n:04d}"
    digest = sha256(pdf_of(number)).hexdigest()
    return Fact("document.sealed", Ref(kind, f"doc_{n}", number), "system", {"number": number, "pdf_sha256": digest})


def payment(n: int) -> Fact:
    number = f"F-2026-{n:04d}"
    data: dict[str, Json] = {
        "number": number,
        "amount_cents": 13500,
        "amount": 13500,
        "currency": "EUR",
        "mode": "transfer",
    }
    return Fact("payment.recorded", Ref("invoice", f"inv_{n}", number), ACTOR, data)


def sale(n: int) -> Iterator[Fact]:
    """One quote from sending to cash: six facts, two documents in the archive."""
    yield quote_sent(n)
    yield document_sealed("quote", n)
    yield quote_accepted(n)
    yield invoice_issued(n)
    yield document_sealed("invoice", n)
    yield payment(n)


def pdfs_of_sale(n: int) -> dict[str, bytes]:
    """What the document store holds once the sale is done."""
    bodies = (pdf_of(f"D-2026-{n:04d}"), pdf_of(f"F-2026-{n:04d}"))
    return {sha256(body).hexdigest(): body for body in bodies}
