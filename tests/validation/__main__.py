"""Judge files by the official rules: `python -m tests.validation out/*.pdf sent.xml`; ends with 1 if one fails.

A PDF with a factur-x.xml is judged as an invoice (PDF/A-3a, PDF/UA-1, its XML), another as a quote (PDF/A-3b).
"""

import sys
from pathlib import Path

from pypdf import PdfReader

from relance.adapters.facturx.embed import FILE_NAME
from tests.validation import xml_rules
from tests.validation.pdf_rules import PdfJudge


def failures(file: Path, judge: PdfJudge) -> list[str]:
    """What the rules find in one file."""
    if file.suffix == ".xml":
        return list(xml_rules.judge(file.read_bytes()).failures)
    inside = PdfReader(file).attachments.get(FILE_NAME, [])
    told = judge.verdict(file, "3a", "ua1") if inside else judge.verdict(file, "3b")
    return [told] * bool(told) + [failure for xml in inside for failure in xml_rules.judge(xml).failures]


def main(names: list[str]) -> int:
    """The exit status."""
    status = 0
    with PdfJudge() as judge:
        for name in names:
            found = failures(Path(name).resolve(), judge)
            status |= bool(found)
            print(name, "FAILS" if found else "passes", *found, sep="\n  " if found else " ")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
