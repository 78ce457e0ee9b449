"""Links and pixels by their unguessable ids. Port: relance.app.ports.links.LinkDirectory."""

from dataclasses import dataclass

from relance.adapters.dynamo import codec
from relance.adapters.dynamo.attempts import read
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.keys import global_key
from relance.domain.links import Link, Pixel


@dataclass(frozen=True, slots=True)
class DynamoLinks:
    """The global items of the core table that a public request may begin with."""

    database: Database

    def find(self, link_id: str) -> Link | None:
        body = self._body(Link, link_id)
        return codec.decode(Link, body) if body else None

    def find_pixel(self, pixel_id: str) -> Pixel | None:
        body = self._body(Pixel, pixel_id)
        return codec.decode(Pixel, body) if body else None

    def _body(self, cls: type, id: str) -> bytes | None:
        key, core = global_key(cls, id), self.database.core

        def get() -> bytes | None:
            try:
                return core.get(key.pk, key.sk, consistent_read=True).body.encode()
            except core.DoesNotExist:
                return None

        return read(get)
