"""Style sheets as the build parsed them: reading ours is a tenth of a cold start of what prints.

The build keeps each parsed sheet under the digest of its text, of the versions that parsed it and of the Python that
compiled its selectors. A sheet that is not there is parsed as ever; nothing is written while requests are served.
"""

import marshal
import pickle
from collections.abc import Callable, Iterable
from hashlib import blake2b
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import FunctionType
from typing import Any, Final

import tinycss2
import weasyprint
from cssselect2 import VERSION, compiler

FOLDER: Final = Path(__file__).resolve().parent.parent / "resources" / "compiled"

_NAMES: Final = {name: getattr(compiler, name) for name in ("split_whitespace", "ascii_lower", "urlparse")}


def sheet(text: str, counter_style: dict[str, Any], **context: Any) -> Any:
    """`weasyprint.CSS(string=text, …)`, for a sheet without fonts of its own; ways to count go to `counter_style`."""
    try:
        parsed, counters = pickle.loads(_file(text).read_bytes())  # noqa: S301 - part of our package
    except FileNotFoundError:
        return weasyprint.CSS(string=text, counter_style=counter_style, **context)
    counter_style.update(counters)
    return parsed


def ship(texts: Iterable[str]) -> int:
    """Parse each sheet into the folder; how many."""
    made: dict[Path, tuple[Any, dict[str, Any]]] = {}
    for text in texts:
        counters: dict[str, Any] = {}
        made[_file(text)] = weasyprint.CSS(string=text, counter_style=counters), counters
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file, parsed in made.items():
        with file.open("wb") as stream:
            _Pickler(stream, protocol=5).dump(parsed)
    return len(made)


class _Pickler(pickle.Pickler):
    """Selectors are compiled to functions without a name, which are kept as their code."""

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, FunctionType) and value.__name__ == "<lambda>" and "split_whitespace" in value.__globals__:
            return _selector, (marshal.dumps(value.__code__),)
        return NotImplemented


def _selector(code: bytes) -> Callable[[Any], bool]:
    return FunctionType(marshal.loads(code), _NAMES)  # noqa: S302 - part of our package


def _file(text: str) -> Path:
    versions = weasyprint.__version__, tinycss2.__version__, VERSION, MAGIC_NUMBER.hex()
    return FOLDER / f"sheet-{blake2b(' '.join((*versions, text)).encode(), digest_size=8).hexdigest()}.bin"
