"""The address of a document's page on the wire."""

import msgspec


class PageLinkView(msgspec.Struct, frozen=True):
    """`url` is the customer's page, to pass on. `preview_url` is for the seller alone: his visits are not counted."""

    url: str
    preview_url: str
