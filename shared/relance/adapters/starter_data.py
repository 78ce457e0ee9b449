"""The ready-made quote templates, from TOML files of the package: `societe-travaux.toml` is `starter.societe-travaux`.

They are read where they are instead of being copied into each tenant. Tests hold each to what a quote may say.
"""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Final

from relance.domain.ids import TemplateId, TenantId
from relance.domain.party import LegalKind
from relance.domain.template import QuoteTemplate

_NOBODY: Final = TenantId("-")
_PUBLISHED: Final = datetime(2026, 11, 22, tzinfo=UTC)


class PackagedStarters:
    """Implements `relance.app.ports.starters.StarterTemplates`."""

    def get(self, tenant: TenantId, id: str) -> QuoteTemplate | None:
        template = _published().get(id)
        return replace(template, tenant=tenant) if template else None

    def all(self, tenant: TenantId) -> Sequence[QuoteTemplate]:
        by_name = sorted(_published().values(), key=lambda template: template.name)
        return [replace(template, tenant=tenant) for template in by_name]


@cache
def _published() -> Mapping[str, QuoteTemplate]:
    folder = files("relance.resources") / "starters"
    found = (file for file in folder.iterdir() if file.name.endswith(".toml"))
    templates = [_parse(file.name.removesuffix(".toml"), file.read_text("utf-8")) for file in found]
    return {template.id: template for template in templates}


def _parse(name: str, text: str) -> QuoteTemplate:
    """Raises ValueError or KeyError on a file that is not a template: a fault of the build, not of a user."""
    data = tomllib.loads(text)
    return QuoteTemplate(
        tenant=_NOBODY,
        id=TemplateId(f"starter.{name}"),
        rev=1,
        created_at=_PUBLISHED,
        updated_at=_PUBLISHED,
        name=data["name"],
        form=json.dumps(data["quote"], ensure_ascii=False),
        summary=data["summary"],
        suits=LegalKind(data["suits"]),
    )
