"""Quotes, from draft to sent: written freely, then frozen with a number, once every mention the law asks for is there.

Nothing is half-sent: number, frozen content, the legal fact and the reminder run are one transaction. If we crash right
after it, the nightly sweep finds the run and starts it; if before, no number was taken. [Q-01, Q-03, Q-05, N-02]
"""

from relance.app.quoting.changing import cancel, extend, receive
from relance.app.quoting.deriving import Copy, amend, duplicate, new_version
from relance.app.quoting.drafting import create, delete, require_customer, update
from relance.app.quoting.enclosing import enclose, general_terms, keep_general_terms, remove_general_terms
from relance.app.quoting.freezing import MentionCatalogue, preview
from relance.app.quoting.reading import get, page
from relance.app.quoting.sending import send

__all__ = [
    "Copy",
    "MentionCatalogue",
    "amend",
    "cancel",
    "create",
    "delete",
    "duplicate",
    "enclose",
    "extend",
    "general_terms",
    "get",
    "keep_general_terms",
    "new_version",
    "page",
    "preview",
    "receive",
    "remove_general_terms",
    "require_customer",
    "send",
    "update",
]
