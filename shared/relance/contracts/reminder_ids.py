"""How a claim, a proposal or a task is named in a path: `{document}.{step}`, for `#` would end it. [RFC 3986]"""

import re
from typing import Final

from relance.domain.errors import NotFound

_ID: Final = re.compile(r"([a-z]{2,8}_[0-9a-z]{26})\.([a-z][a-z0-9_]{0,63})")


def shown_id(id: str) -> str:
    """`quo_…#reminder` as `quo_….reminder`."""
    return id.replace("#", ".")


def to_id(shown: str) -> str:
    """The other way round. What cannot be one of ours is answered like one that names nothing: NotFound."""
    match = _ID.fullmatch(shown)
    if match is None:
        raise NotFound("Rien ne porte cet identifiant.")
    return f"{match[1]}#{match[2]}"
