"""Drawing letters: formal notices and statements of account."""

from typing import Protocol

from relance.domain.letters import LetterContent
from relance.domain.party import Branding


class LetterRenderer(Protocol):
    """Draws a letter."""

    def letter(self, content: LetterContent, branding: Branding) -> bytes:
        """The PDF, with fonts embedded and no network used; the same bytes for the same arguments. Raises Invalid."""
        ...
