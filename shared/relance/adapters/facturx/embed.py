"""The XML of an invoice inside its own PDF, and what the PDF says of it: Factur-X, PDF/A-3a, PDF/UA-1.

WeasyPrint attaches the file; its metadata must stand in the one `rdf:RDF` that it wrote, because readers look at the
first only. The dates are those of the invoice, so that the same invoice gives the same bytes.
Factur-X 1.09 § 6 (file name, relationship, XMP), ISO 19005-3 6.8, ISO 14289-1 clause 5, checked 2026-11. [E-03]
"""

from datetime import datetime, time
from typing import Any, Final

from relance.adapters.facturx.cii import cii_xml
from relance.domain.content import InvoiceContent
from relance.domain.einvoice import is_electronic

FILE_NAME: Final = "factur-x.xml"
RELATIONSHIP: Final = "Data"
VARIANT: Final = "pdf/a-3a"  # tagged: what a screen reader needs, and PDF/UA with it
_SUBTYPE: Final = "/text#2fxml"
_END: Final = b"</rdf:RDF>"


def options(content: InvoiceContent, weasyprint: Any) -> dict[str, Any]:
    """What `write_pdf` must be told for the PDF of an invoice to be its Factur-X; `weasyprint` is the module.

    An invoice without an electronic form is an accessible archive with nothing inside. [IM-14]
    """
    if not is_electronic(content):
        return {"finisher": _tell_accessible, "pdf_variant": VARIANT}
    issued_at = datetime.combine(content.issue_date, time())
    attachment = weasyprint.Attachment(
        string=cii_xml(content).decode(),
        name=FILE_NAME,
        description="Facture électronique au format Factur-X",
        created=issued_at,
        modified=issued_at,
        relationship=RELATIONSHIP,
    )
    return {"attachments": [attachment], "finisher": _tell_all, "pdf_variant": VARIANT}


def _tell_accessible(_document: Any, pdf: Any) -> None:
    _describe(pdf, _ACCESSIBLE + _schemas(_UA_SCHEMA))


def _tell_all(_document: Any, pdf: Any) -> None:
    """Say in the metadata that this is a Factur-X, and once in the catalogue where its file is, with its type."""
    _describe(pdf, _ACCESSIBLE + _ELECTRONIC + _schemas(_UA_SCHEMA, _FX_SCHEMA))
    associated = dict.fromkeys(pdf.catalog["AF"])
    pdf.catalog["AF"][:] = associated
    for reference in associated:
        _object(pdf, _object(pdf, reference)["EF"]["F"]).extra["Subtype"] = _SUBTYPE


def _describe(pdf: Any, descriptions: str) -> None:
    metadata = _object(pdf, pdf.catalog["Metadata"])
    metadata.stream = [part.replace(_END, descriptions.encode() + _END, 1) for part in metadata.stream]


def _object(pdf: Any, reference: bytes) -> Any:
    """The object that « 12 0 R » points at."""
    return pdf.objects[int(reference.split()[0])]


def _property(name: str, value_type: str, category: str, description: str) -> str:
    return (
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name>"
        f"<pdfaProperty:valueType>{value_type}</pdfaProperty:valueType>"
        f"<pdfaProperty:category>{category}</pdfaProperty:category>"
        f"<pdfaProperty:description>{description}</pdfaProperty:description>"
        "</rdf:li>"
    )


def _schema(name: str, uri: str, prefix: str, *properties: str) -> str:
    """A PDF/A extension schema: what is not in PDF/A's own list of properties must be described (6.6.2.3)."""
    return (
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaSchema:schema>{name}</pdfaSchema:schema>"
        f"<pdfaSchema:namespaceURI>{uri}</pdfaSchema:namespaceURI>"
        f"<pdfaSchema:prefix>{prefix}</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{''.join(properties)}</rdf:Seq></pdfaSchema:property>"
        "</rdf:li>"
    )


def _schemas(*schemas: str) -> str:
    return (
        '<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
        ' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
        ' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" rdf:about="">'
        f"<pdfaExtension:schemas><rdf:Bag>{''.join(schemas)}</rdf:Bag></pdfaExtension:schemas>"
        "</rdf:Description>"
    )


_FX: Final = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_UA: Final = "http://www.aiim.org/pdfua/ns/id/"
_ACCESSIBLE: Final = (
    f'<rdf:Description xmlns:pdfuaid="{_UA}" rdf:about=""><pdfuaid:part>1</pdfuaid:part></rdf:Description>'
)
_ELECTRONIC: Final = (
    f'<rdf:Description xmlns:fx="{_FX}" rdf:about="">'
    "<fx:DocumentType>INVOICE</fx:DocumentType>"
    f"<fx:DocumentFileName>{FILE_NAME}</fx:DocumentFileName>"
    "<fx:Version>1.0</fx:Version>"
    "<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>"
    "</rdf:Description>"
)
_UA_SCHEMA: Final = _schema(
    "PDF/UA Universal Accessibility Schema",
    _UA,
    "pdfuaid",
    _property("part", "Integer", "internal", "part of ISO 14289 to which this document conforms"),
)
_FX_SCHEMA: Final = _schema(
    "Factur-X PDFA Extension Schema",
    _FX,
    "fx",
    _property("DocumentFileName", "Text", "external", "name of the embedded XML invoice file"),
    _property("DocumentType", "Text", "external", "INVOICE"),
    _property("Version", "Text", "external", "version of the Factur-X XML schema"),
    _property("ConformanceLevel", "Text", "external", "conformance level of the embedded Factur-X data"),
)
