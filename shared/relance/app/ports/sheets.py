"""Drawing sheets: proofs and attestations."""

from typing import Protocol

from relance.domain.sheets import Sheet


class SheetRenderer(Protocol):
    """Draws a sheet."""

    def sheet(self, sheet: Sheet) -> bytes:
        """The PDF, with fonts embedded and no network used; the same bytes for the same sheet. Raises Invalid."""
        ...
