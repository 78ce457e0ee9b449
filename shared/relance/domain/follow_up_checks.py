"""Whether what is special about a customer can be: every fault with its place and how to mend it. [DR-04]"""

from collections.abc import Iterator
from typing import Final

from relance.domain.errors import Fault
from relance.domain.follow_up import FollowUp

MAX_EXTRA_DAYS: Final = 90
MAX_LEVEL: Final = 5
MAX_TAGS: Final = 30
MAX_TAG: Final = 40
APPROVALS: Final = ("", "auto", "delegate", "manual")


def follow_up_faults(own: FollowUp) -> Iterator[Fault]:
    """What is wrong, with pointers into the customer's `follow_up`; scenarios are looked up by the use case."""
    if not 0 <= own.extra_days <= MAX_EXTRA_DAYS:
        message = f"De 0 à {MAX_EXTRA_DAYS} jours de plus avant chaque relance."
        yield Fault("/extra_days", message, "extra_days")
    for name, level in (("min_level", own.min_level), ("max_level", own.max_level)):
        if not 0 <= level <= MAX_LEVEL:
            yield Fault(f"/{name}", f"Le niveau va de 0 (courtois) à {MAX_LEVEL} (dernier avis).", "level")
    if own.min_level > own.max_level:
        message = "Le niveau minimal dépasse le maximal : aucune relance ne partirait. Excluez plutôt ce client."
        yield Fault("/min_level", message, "levels")
    if own.approval not in APPROVALS:
        yield Fault("/approval", "Choisissez auto, delegate ou manual, ou laissez vide.", "approval")
    if len(own.tags) > MAX_TAGS:
        yield Fault("/tags", f"Au plus {MAX_TAGS} étiquettes.", "too_many")
    seen: set[str] = set()
    for index, tag in enumerate(own.tags):
        if not tag.strip() or len(tag) > MAX_TAG:
            yield Fault(f"/tags/{index}", f"Une étiquette compte de 1 à {MAX_TAG} caractères.", "tag")
        elif tag.casefold() in seen:
            yield Fault(f"/tags/{index}", f"L’étiquette « {tag} » est déjà là.", "tag_taken")
        seen.add(tag.casefold())
