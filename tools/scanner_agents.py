"""Make `resources/tracking/scanner_agents.txt` again from the PyPI package crawler-user-agents (MIT).

The package is a developer's: 545 KB of JSON with examples and links would be loaded at each cold start for 20 KB of
patterns. A test compares the file with the package that is installed, so a new version is a diff to look at.
"""

import json
import re
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "shared" / "relance" / "resources" / "tracking" / "scanner_agents.txt"
OURS = frozenset({"GoogleImageProxy", "YahooMailProxy"})  # images for a person's mail: judged as proxies, not as robots
_HEAD = """\
# Words of user agents by which programs name themselves: one regular expression a line, case matters.
# Made by tools/scanner_agents.py from crawler-user-agents {version}; do not edit. Mail image proxies are left out.
#
# Copyright (c) 2017 Martin Monperrus. MIT License: permission is granted, free of charge, to deal in this
# list without restriction, provided that this notice is kept with it. It comes without warranty of any kind.
"""


def made() -> str:
    """The file as it should be. Raises re.error on a pattern that Python cannot read."""
    listed = json.loads((files("crawleruseragents") / "crawler-user-agents.json").read_text(encoding="utf-8"))
    patterns = sorted({entry["pattern"] for entry in listed} - OURS)
    for pattern in patterns:
        re.compile(pattern)
    return _HEAD.format(version=version("crawler-user-agents")) + "\n".join(patterns) + "\n"


if __name__ == "__main__":
    TARGET.write_text(made(), encoding="utf-8")
