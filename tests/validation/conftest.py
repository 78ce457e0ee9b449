"""Starting Java and loading the fonts once per session."""

from collections.abc import Iterator

import pytest

from relance.adapters.pdf_weasyprint import WeasyPrintRenderer
from tests.validation.pdf_rules import PdfJudge


@pytest.fixture(scope="session")
def judge() -> Iterator[PdfJudge]:
    with PdfJudge() as running:
        yield running


@pytest.fixture(scope="session")
def renderer() -> WeasyPrintRenderer:
    return WeasyPrintRenderer()
