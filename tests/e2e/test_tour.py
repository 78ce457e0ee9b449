"""docs/tour.md runs as it is written, and leaves each kind of document. [KX-01, KX-11, KX-12, KB-29, PF-01, CY-08]"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local.tour import play
from tests.e2e.conftest import a_firm

if TYPE_CHECKING:
    from local.cloud import LocalCloud

pytestmark = pytest.mark.cloud


@pytest.fixture(scope="module")
def papers(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the tour leaves; it is run once for all tests of this module."""
    out = tmp_path_factory.mktemp("tour")
    done = play(a_firm(cloud).api, cloud.mailbox_url, out)
    assert done.returncode == 0, done.stdout
    return out


# The type of each (UNTDID 1001) and the VAT categories in it.
INVOICES = {
    "deposit": ("386", {"S"}),
    "final": ("380", {"S"}),
    "credit-note": ("381", {"S"}),
    "corrective": ("384", {"S"}),
    "reverse-charge": ("380", {"AE"}),
    "eu-services": ("380", {"AE"}),
    "eu-goods": ("380", {"K"}),
    "export": ("380", {"G"}),
    "foreign-services": ("380", {"O"}),
    "francs-in-english": ("380", {"S"}),
}


@pytest.mark.parametrize("paper", INVOICES)
def test_each_invoice_of_the_tour_holds_its_electronic_form(papers: Path, paper: str) -> None:
    kind, categories = INVOICES[paper]
    xml = (papers / f"{paper}.xml").read_text()
    assert re.search(r"<rsm:ExchangedDocument>.*?<ram:TypeCode>(\d+)", xml, re.DOTALL)[1] == kind  # type: ignore[index]
    assert set(re.findall(r"<ram:CategoryCode>(\w+)", xml)) == categories


@pytest.mark.parametrize(
    ("paper", "said"),
    [
        ("quote", ["Préparation", "Pose", "Remise de bienvenue", "Acompte à la commande", "gratuit"]),
        ("pro-forma", ["pro forma"]),
        ("consumer-at-a-distance", ["rétractation"]),
        ("reverse-charge", ["Autoliquidation"]),
        ("francs-in-english", ["Invoice", "CHF"]),
        ("statement", ["Relevé de compte", "Solde"]),
        ("credit-note", ["Avoir", "plinthe"]),
    ],
)
def test_each_paper_of_the_tour_says_what_it_is(papers: Path, paper: str, said: list[str]) -> None:
    read = subprocess.run(
        ["pdftotext", "-layout", papers / f"{paper}.pdf", "-"], capture_output=True, text=True, check=True
    )
    for words in said:
        assert words.lower() in read.stdout.lower(), read.stdout
