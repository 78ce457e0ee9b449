"""Postal addresses on the wire."""

from relance.contracts.fields import RequiredText, Text, Word, one_line
from relance.contracts.identities import Country
from relance.contracts.parse import Body
from relance.domain.party import Address


class AddressBody(Body, frozen=True):
    """A postal address."""

    line1: RequiredText
    postcode: Word
    city: RequiredText
    line2: Text = ""
    country: Country = "FR"


def to_address(body: AddressBody) -> Address:
    """The domain's address."""
    return Address(
        line1=one_line(body.line1),
        postcode=one_line(body.postcode),
        city=one_line(body.city),
        line2=one_line(body.line2),
        country=body.country,
    )


def address_body(address: Address) -> AddressBody:
    """An address as it is told."""
    return AddressBody(
        line1=address.line1,
        postcode=address.postcode,
        city=address.city,
        line2=address.line2,
        country=address.country,
    )
