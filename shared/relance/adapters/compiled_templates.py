"""Templates as the build compiled them: a cold start reads their bytecode instead of parsing them.

The bytecode lies in `resources/compiled` of a built package, and nowhere else. Each file says the template's hash, the
Python and the Jinja that it was made with; where one differs, or the file is missing, the template is compiled as ever.
Nothing is written while requests are served: a package is read-only.
"""

from pathlib import Path
from types import CodeType
from typing import Final

from jinja2 import BaseLoader, BytecodeCache, Environment
from jinja2.bccache import Bucket


class CompiledTemplates(BytecodeCache):
    """Reads from `folder`; writes to it while `ship` runs."""

    def __init__(self, folder: Path) -> None:
        self._folder: Final = folder
        self._writes = False

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """The name alone: a template lies elsewhere when it is compiled than when it is used."""
        return name.replace("/", "-") + ".bin"

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            with (self._folder / bucket.key).open("rb") as stream:
                bucket.load_bytecode(stream)
        except FileNotFoundError:
            pass

    def dump_bytecode(self, bucket: Bucket) -> None:
        if self._writes and bucket.code is not None:
            bucket.code = _named(bucket.code, bucket.key)  # not the place where the build happened to put it
            with (self._folder / bucket.key).open("wb") as stream:
                bucket.write_bytecode(stream)

    def ship(self, environment: Environment) -> int:
        """Compile every template of the environment's loader into the folder; how many."""
        loader = environment.loader
        assert isinstance(loader, BaseLoader)
        self._folder.mkdir(exist_ok=True)
        self._writes = True
        names = loader.list_templates()
        for name in names:
            loader.load(environment, name)
        self._writes = False
        return len(names)


def _named(code: CodeType, filename: str) -> CodeType:
    """The same code, said to be of `filename`, inner functions included."""
    inner = tuple(_named(part, filename) if isinstance(part, CodeType) else part for part in code.co_consts)
    return code.replace(co_filename=filename, co_consts=inner)
