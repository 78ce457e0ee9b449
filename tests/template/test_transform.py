"""The transform of the tests and of the local cloud gives what the transform of AWS's own tools gives."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Final

from tests.template.conftest import ROOT

# In processes of their own: the repair stays for good. Two functions, two routes each, an authorizer, one API.
TRANSFORM: Final = """
import json
from samtranslator.translator.transform import transform
from tests.template.conftest import ManagedPolicies
{repair}
def function(name):
    route = {{"ApiId": {{"Ref": "Api"}}, "Path": f"/v1/{{name}}"}}
    events = {{m + name: {{"Type": "HttpApi", "Properties": {{**route, "Method": m}}}} for m in ("GET", "POST")}}
    properties = {{"Runtime": "python3.13", "Handler": "app.handler", "CodeUri": "s3://b/c", "Events": events}}
    return {{"Type": "AWS::Serverless::Function", "Properties": properties}}
authorizer = {{"FunctionArn": "arn:aws:lambda:eu-west-3:1:function:a", "AuthorizerPayloadFormatVersion": "2.0"}}
auth = {{"Authorizers": {{"Own": authorizer}}, "DefaultAuthorizer": "Own"}}
template = {{
    "Transform": "AWS::Serverless-2016-10-31",
    "Resources": {{
        "Api": {{"Type": "AWS::Serverless::HttpApi", "Properties": {{"Auth": auth}}}},
        "One": function("one"),
        "Two": function("two"),
    }},
}}
print(json.dumps(transform(template, {{}}, ManagedPolicies()), sort_keys=True))
"""


def transformed(repair: str) -> dict[str, object]:
    environment = {"AWS_DEFAULT_REGION": "eu-west-3", "PYTHONPATH": f"{ROOT}:{ROOT / 'shared'}"}
    done = subprocess.run(
        [sys.executable, "-c", TRANSFORM.format(repair=repair)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_what_is_not_copied_comes_out_the_same() -> None:
    plain = transformed("")
    assert json.dumps(plain).count('"AWS::Lambda::Function"') == 2
    assert transformed("from local.repairs import quick_transform; quick_transform.apply()") == plain


COUNTING: Final = """
from samtranslator.open_api import open_api
plain, copied = open_api._deepcopy, []
def counted(document):
    copied.append(len(document.get("paths", ())))
    return plain(document)
open_api._deepcopy = counted
def print(_, told=print):
    import json
    told(json.dumps({"copied": copied}))
"""


def test_it_is_still_the_whole_api_that_is_copied_for_each_route() -> None:
    """As soon as it is not, the repair is of no use."""
    copied = transformed(COUNTING)["copied"]
    assert isinstance(copied, list)
    assert len(copied) > 4, "more copies than routes"
