"""docs/tour.md, as far as it can be judged without a cloud: it is shell, and it calls what there is."""

import json
import re
import subprocess

from local.tour import PAGE, script
from tools.openapi import TARGET

SCRIPT = script(PAGE.read_text())


def test_the_page_is_shell() -> None:
    checked = subprocess.run(["bash", "-n", "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_every_call_of_the_page_is_one_of_the_api() -> None:
    known = {path.removeprefix("/v1") for path in json.loads(TARGET.read_text())["paths"]}
    written = [path.partition("?")[0] for path in re.findall(r'(?:api|await) "?(/[^" ]+)', SCRIPT)]
    called = {re.sub(r"\$\w+|[\w.]+@\d+", "{}", path) for path in written}
    assert len(called) > 15
    assert called <= {re.sub(r"{\w+}", "{}", path) for path in known}


def test_every_block_is_run_in_order_under_its_heading() -> None:
    page = "# T\n\n```sh\na=1\n```\n\ntext\n\n## First\n\n```sh\nb\n```\n\n```json\n{}\n```\n"
    assert script(page) == "set -euo pipefail\na=1\n\necho '· First'\nb\n"
