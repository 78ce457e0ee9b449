"""Is this identity one that the state would know? Keys of legal numbers, forms of addresses, numbers that must agree.

`…_fault` looks at one value and gives the French sentence of what is wrong and how to mend it, or None. Legal numbers
may hold the spaces, dots and hyphens that people type: `compact` gives what is stored. `company_faults` and
`customer_faults` look at whole parties. Which fields must be filled is not judged here but by the mentions of each
document, and what characters a text may hold is judged where it comes in.

Keys: SIREN and SIRET by Luhn (INSEE; La Poste's SIRETs by a sum of digits), French VAT key (BOI-TVA-DECLA-20-10-20),
IBAN by ISO 7064 mod 97, through python-stdnum, whose checks ask no server. Checked 2026-11. [I-02]
"""

import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from ipaddress import ip_network

from stdnum import bic, iban
from stdnum.eu import vat as eu_vat
from stdnum.fr import siren, siret

from relance.domain.countries import COUNTRIES, SIREN_COUNTRIES
from relance.domain.einvoice import FRENCH_DIRECTORY
from relance.domain.errors import Fault
from relance.domain.journal import is_number_format
from relance.domain.money import BASIS_POINTS, MAX_CENTS
from relance.domain.party import Address, Company, Customer, CustomerInput, CustomerKind, LegalKind

Check = Callable[[str], str | None]

EU_VAT_PREFIXES = frozenset(code.upper() for code in eu_vat.MEMBER_STATES) | {"EL"}
MAX_LOGO_CHARACTERS = 200_000  # base64: a PNG of 150 kB, well within an item of 400 kB and a mail
MAX_VALIDITY_DAYS = 365
MAX_NETWORKS = 20
NUMBER_SERIES = ("quote", "proforma", "invoice", "credit_note")
MAX_PAYMENT_DAYS = 60  # between professionals, from the invoice: C. com. L441-10 I, checked 2026-11 [P-01]

_WIDEST = {4: 16, 6: 32}  # what one firm may call its own
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_VAT = re.compile(r"[A-Z]{2}[0-9A-Z+*]{2,13}")
_POSTCODE = re.compile(r"(0[1-9]|[1-9][0-9])[0-9]{3}")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = rf"(?:{_LABEL}\.)+[A-Za-z]{{2,63}}"
_EMAIL = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_DOMAIN}")
_ELECTRONIC = re.compile(r"(?:[0-9A-Z]{2,4}:)?[A-Za-z0-9+\-_/@.]{1,125}")
_MONTH_DAY = re.compile(r"(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")
_SHORT_MONTHS = {"02": 28, "04": 30, "06": 30, "09": 30, "11": 30}
_COUNTED = re.compile(r"\{year\}|\{n(?::0[1-9]d)?\}|[0-9]")
_WEBSITE = re.compile(rf"https?://{_DOMAIN}(?::[0-9]{{1,5}})?(?:/[!-~]*)?")


def compact(text: str) -> str:
    """A legal number as it is stored: capitals, without the spaces, dots and hyphens that people type."""
    return re.sub(r"[\s.\-]", "", text).upper()


def siren_fault(text: str) -> str | None:
    """SIREN: nine digits with a Luhn key; nine zeros pass the key and name nobody."""
    number = compact(text)
    if not _is_digits(number, 9):
        return "Un SIREN compte 9 chiffres."
    if number == "000000000" or not siren.is_valid(number):
        return "Ce SIREN n’existe pas : sa clé est fausse, vérifiez chaque chiffre."
    return None


def siret_fault(text: str) -> str | None:
    """SIRET: the SIREN and five digits, Luhn; the establishments of La Poste (356 000 000) have a key of their own."""
    number = compact(text)
    if not _is_digits(number, 14):
        return "Un SIRET compte 14 chiffres : ceux du SIREN, puis 5."
    if number.startswith("000000000") or not siret.is_valid(number):
        return "Ce SIRET n’existe pas : sa clé est fausse, vérifiez chaque chiffre."
    return None


def vat_number_fault(text: str) -> str | None:
    """VAT number with its country prefix: the key is checked within the European Union, the form alone elsewhere."""
    number = compact(text)
    if not _VAT.fullmatch(number):
        return "Un numéro de TVA commence par les deux lettres du pays, comme FR65912345675."
    if number[:2] in EU_VAT_PREFIXES and not eu_vat.is_valid(number):
        return "Ce numéro de TVA n’existe pas : sa clé est fausse, vérifiez chaque caractère."
    return None


def iban_fault(text: str) -> str | None:
    """IBAN: country, two check digits (mod 97), and the length and structure of that country (ISO 13616).

    National keys are left out: some go by a list of banks, which is older than the newest bank.
    """
    if not iban.is_valid(compact(text), check_country=False):
        return "Cet IBAN n’existe pas : vérifiez chaque caractère, du pays (FR…) au dernier chiffre."
    return None


def bic_fault(text: str) -> str | None:
    """BIC (ISO 9362): 8 or 11 characters."""
    return None if bic.is_valid(compact(text)) else "Un BIC compte 8 ou 11 caractères, comme AGRIFRPP."


def email_fault(text: str) -> str | None:
    """A mail address as mail services take it: dot-atom (RFC 5322), ASCII, a domain with a dot, 254 characters.

    Quoted local parts and address literals are lawful and refused: nobody has one, and they break other people's code.
    """
    if len(text) > 254 or not _EMAIL.fullmatch(text):
        return "Cette adresse électronique est mal formée : elle s’écrit nom@domaine.fr."
    return None


def website_fault(text: str) -> str | None:
    """A web address that a browser may follow: http or https, so neither `javascript:` nor `file:`."""
    return None if _WEBSITE.fullmatch(text) else "Une adresse de site commence par https:// suivi du nom de domaine."


def postcode_fault(text: str) -> str | None:
    """French postcode: five digits, the first two from 01."""
    return None if _POSTCODE.fullmatch(text) else "Un code postal français compte 5 chiffres."


def country_fault(text: str) -> str | None:
    """ISO 3166-1 alpha-2."""
    return None if text in COUNTRIES else "Un pays s’écrit en deux lettres majuscules (FR, BE… : norme ISO 3166-1)."


def colour_fault(text: str) -> str | None:
    """`#rrggbb`: it goes into a style sheet, so nothing else may."""
    return None if _COLOUR.fullmatch(text) else "Une couleur s’écrit # et six chiffres hexadécimaux, comme #1f4e5f."


def logo_fault(text: str, signature: bytes = _PNG) -> str | None:
    """A PNG (or a JPEG) in base64, of a size that a document and a mail can carry; what it shows is read elsewhere."""
    if len(text) > MAX_LOGO_CHARACTERS:
        return "Ce logo est trop lourd : 150 ko au plus."
    try:
        image = b64decode(text, validate=True)
    except ValueError:
        image = b""
    name = "PNG" if signature == _PNG else "JPEG"
    return None if image.startswith(signature) else f"Le logo doit être une image {name} encodée en base64."


def number_format_fault(text: str) -> str | None:
    """A numbering format that gives unique, sortable numbers: it names the year, because each year counts anew."""
    if is_number_format(text):
        return None
    return "Un format de numéro porte {year} et {n} (ou {n:04d}), et sinon des lettres, chiffres, + - _ / seulement."


def fiscal_year_start_fault(text: str) -> str | None:
    """A day that every year has, as MM-DD: an accounting year does not start on 29 February."""
    if _MONTH_DAY.fullmatch(text) and int(text[3:]) <= _SHORT_MONTHS.get(text[:2], 31):
        return None
    return "Le premier jour de l’exercice s’écrit MM-JJ, comme 01-01 ou 07-01 (le 29 février n’est pas possible)."


def electronic_address_fault(text: str) -> str | None:
    """An address of the French directory, or `scheme:id` with a scheme of the CEF list EAS (BR-FR-21 to 24)."""
    if _ELECTRONIC.fullmatch(text):
        return None
    return "Une adresse électronique de facturation : le SIREN et son suffixe, ou schéma:identifiant (0208:0428759497)."


def network_fault(text: str) -> str | None:
    """Why it is no address or network of one's own: of a whole provider it would hide the customers' looks. [T-07]"""
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return "Une adresse ou un réseau est attendu : 203.0.113.7 ou 203.0.113.0/24."
    if network.prefixlen < _WIDEST[network.version]:
        return f"Ce réseau est trop large : /{_WIDEST[network.version]} au plus, ou vos clients en feraient partie."
    return None


def company_faults(company: Company) -> list[Fault]:
    """Everything in the tenant's own settings that the state, a bank or a printer would not take."""
    return list(_company_faults(company))


def customer_faults(customer: Customer | CustomerInput) -> list[Fault]:
    """Everything in a customer's record that cannot be; a consumer has neither SIREN nor VAT number."""
    return list(_customer_faults(customer))


def _company_faults(company: Company) -> Iterator[Fault]:
    if company.siren or not company.registration_pending:
        yield from _faults("/siren", company.siren, siren_fault)
    yield from _optional("/siret", company.siret, siret_fault)
    if company.siret and not compact(company.siret).startswith(compact(company.siren)):
        yield Fault("/siret", "Ce SIRET ne commence pas par votre SIREN.", "other_siren")
    yield from _vat_number_faults(company.vat_number, company.siren)
    yield from _address_faults(company.address)
    yield from _faults("/email", company.email, email_fault)
    yield from _optional("/website", company.website, website_fault)
    if not 0 <= company.share_capital <= MAX_CENTS:
        yield Fault("/share_capital", "Le capital social est un montant positif ou nul.", "out_of_range")
    if company.bank is not None:
        yield from _faults("/bank/iban", company.bank.iban, iban_fault)
        yield from _optional("/bank/bic", company.bank.bic, bic_fault)
    yield from _faults("/branding/colour", company.branding.colour, colour_fault)
    yield from _optional("/branding/logo_png", company.branding.logo_png, logo_fault)
    yield from _optional("/branding/logo_jpeg", company.branding.logo_jpeg, lambda text: logo_fault(text, _JPEG))
    if company.branding.logo_png and company.branding.logo_jpeg:
        yield Fault("/branding/logo_jpeg", "Un seul logo : videz ce champ ou logo_png.", "two_logos")
    if not 1 <= company.defaults.validity_days <= MAX_VALIDITY_DAYS:
        message = f"Une offre reste valable de 1 à {MAX_VALIDITY_DAYS} jours."
        yield Fault("/defaults/validity_days", message, "out_of_range")
    if not 0 <= company.defaults.payment_days <= MAX_PAYMENT_DAYS:
        message = f"Un délai de paiement va de 0 à {MAX_PAYMENT_DAYS} jours après la facture (C. com. L441-10)."
        yield Fault("/defaults/payment_days", message, "out_of_range")
    if not 0 <= company.defaults.deposit_percent_bp <= BASIS_POINTS:
        yield Fault("/defaults/deposit_percent", "Un acompte va de 0 à 100 % du total.", "out_of_range")
    yield from _faults("/fiscal_year_start", company.fiscal_year_start, fiscal_year_start_fault)
    if len(company.own_networks) > MAX_NETWORKS:
        yield Fault("/own_networks", f"{MAX_NETWORKS} adresses ou réseaux au plus.", "too_many")
    for i, network in enumerate(company.own_networks):
        yield from _faults(f"/own_networks/{i}", network, network_fault)
    if company.legal_kind is LegalKind.ASSOCIATION and company.share_capital:
        yield Fault("/share_capital", "Une association n’a pas de capital social : videz ce champ.", "not_for_kind")
    yield from _number_format_faults(company)


def _number_format_faults(company: Company) -> Iterator[Fault]:
    """Pro-formas and credit notes are not numbered like invoices: one number would name two of them. [N-04, N-06]"""
    for series in NUMBER_SERIES:
        name = f"{series}_number_format"
        yield from _faults(f"/{name}", getattr(company, name), number_format_fault)
    # What is left of a number without its digits: two formats that differ in that can never give one number, whatever
    # the year, the rank and its padding. (`F-1{n}` and `F-{n}` would: rank 1 of one is rank 11 of the other.)
    invoice = _COUNTED.sub("", company.invoice_number_format)
    for series in ("proforma", "credit_note"):
        if _COUNTED.sub("", getattr(company, f"{series}_number_format")) == invoice:
            message = "Distinguez ce format de celui des factures par une lettre ou un signe, comme A- et F-."
            yield Fault(f"/{series}_number_format", message, "same_format")


def _customer_faults(customer: Customer | CustomerInput) -> Iterator[Fault]:
    yield from _address_faults(customer.address)
    for name in ("delivery_address", "billing_address"):
        if (address := getattr(customer, name)) is not None:
            yield from _address_faults(address, f"/{name}")
    yield from _faults("/email", customer.email, email_fault)
    if customer.kind is CustomerKind.CONSUMER:
        for pointer, value in (
            ("/siren", customer.siren),
            ("/vat_number", customer.vat_number),
            ("/electronic_address", customer.electronic_address),
        ):
            if value:
                message = "Un particulier n’a pas ce numéro : videz le champ, ou dites que c’est un professionnel."
                yield Fault(pointer, message, "not_for_consumer")
        return
    yield from _optional("/siren", customer.siren, siren_fault)
    yield from _vat_number_faults(customer.vat_number, customer.siren)
    yield from _electronic_faults(customer)


def _electronic_faults(customer: Customer | CustomerInput) -> Iterator[Fault]:
    """An address of the French directory starts with the SIREN of its owner (BR-FR-21, checked 2026-11). [E-04]"""
    address, own_siren = customer.electronic_address, compact(customer.siren)
    faults = list(_optional("/electronic_address", address, electronic_address_fault))
    yield from faults
    if faults or not address or not own_siren:
        return
    scheme, _, id = address.rpartition(":")
    if scheme in ("", FRENCH_DIRECTORY) and not id.startswith(own_siren):
        message = "Une adresse de l’annuaire français commence par le SIREN du client."
        yield Fault("/electronic_address", message, "other_siren")


def _vat_number_faults(number: str, own_siren: str) -> Iterator[Fault]:
    """The key, then the SIREN inside a French number; those of Monaco (FR.. 000…) hold none."""
    number, own_siren = compact(number), compact(own_siren)
    faults = list(_optional("/vat_number", number, vat_number_fault))
    yield from faults
    holds_siren = number.startswith("FR") and number[4:7] != "000"
    if not faults and own_siren and holds_siren and number[4:] != own_siren:
        yield Fault("/vat_number", "Ce numéro de TVA est celui d’un autre SIREN.", "other_siren")


def _address_faults(address: Address, pointer: str = "/address") -> Iterator[Fault]:
    yield from _faults(f"{pointer}/country", address.country, country_fault)
    if address.country in SIREN_COUNTRIES:
        yield from _faults(f"{pointer}/postcode", address.postcode, postcode_fault)


def _optional(pointer: str, value: str, check: Check) -> Iterator[Fault]:
    if value:
        yield from _faults(pointer, value, check)


def _faults(pointer: str, value: str, check: Check) -> Iterator[Fault]:
    if (message := check(value)) is not None:
        yield Fault(pointer, message)


def _is_digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdigit()
