"""What the function that draws is handed for a sheet; it answers as for any drawing (`contracts.drawing`)."""

from collections.abc import Mapping

import msgspec

from relance.domain.sheets import Sheet


class SheetTask(msgspec.Struct, frozen=True):
    """A sheet to draw."""

    sheet: Sheet


def is_sheet(task: Mapping[str, object]) -> bool:
    """Whether what came is a sheet to draw: told apart by what only a sheet has."""
    return "sheet" in task
