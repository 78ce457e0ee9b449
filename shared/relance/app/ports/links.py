"""From a public link or a pixel to what it stands for: the only reads that begin without knowing the tenant."""

from typing import Protocol

from relance.domain.links import Link, Pixel


class LinkDirectory(Protocol):
    """Links and pixels of every tenant, by ids that cannot be guessed (128 and 80 random bits).

    What is found names its tenant; every later read goes through the store under that tenant. Links and pixels are
    written with `Store.commit`, like any entity.
    """

    def find(self, link_id: str) -> Link | None:
        """The link of that id (`domain.links.link_id` of its token), revoked or not; None when there is none."""
        ...

    def find_pixel(self, pixel_id: str) -> Pixel | None:
        """The pixel of that id (`domain.links.pixel_id` of its token), or None."""
        ...
