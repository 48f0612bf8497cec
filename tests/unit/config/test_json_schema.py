"""The JSON Schema of conformance.toml says what the readers say, and the published file is that schema."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from osia_conformance.config import schema
from osia_conformance.config.json_schema import json_schema
from osia_conformance.config.keys import readers_of
from osia_conformance.config.settings import TargetSettings
from tests.harness.running import ROOT

SCHEMA = json_schema()
WHOLE = """
extends = "base.toml"
[product]
name = "gateway"
[target]
url = "https://gateway.example.org"
interface-version = "1.0.0"
timeout = 10
client-key-password = "env:PW"
proxy = "env"
read-only = false
restart-command = ["systemctl", "restart", "gateway"]
[target.headers]
X-Tenant = "blue"
[auth]
method = "client-credentials"
token-url = "https://as.example.org/token"
client-id = "suite"
client-secret = "file:secret"
client-auth = "post"
audience = "api"
resource = ["urn:a", "urn:b"]
assertion-audience = "https://as.example.org"
[auth.parameters]
tenant = "blue"
[auth.scope-names]
"enroll.read" = "api://x/.default"
[auth.clients."enroll.read enroll.write"]
client-id = "both"
[profile]
marker = "lastName"
search = {lastName = "string", age = {type = "number", values = [1.5, 2.5]}}
required = ["biographicData"]
images = ["png", {file = "a.png", mimetype = "image/png"}]
biographicData = {schema = "biographic.json"}
[report]
body = "Laboratory"
authorised-by = "A. Person, head of testing"
[read-only]
enrollments = "1"
search = {attribute = "lastName", value = "Doe"}
[[waiver]]
requirement = "ENR-PATCH-03"
reason = "known"
owner = "A. Person"
expires = "2027-03-31"
"""


README = (ROOT / "README.md").read_text("utf-8")
README_EXAMPLE = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)[0]
VENDOR_EXAMPLE = (ROOT / "examples" / "vendor-project" / "conformance.toml").read_text("utf-8")


def faults(text: str) -> list[str]:
    document: Any = tomllib.loads(text)
    return [error.message for error in Draft202012Validator(SCHEMA).iter_errors(document)]


def test_the_published_file_is_the_schema() -> None:
    published = files("osia_conformance.config").joinpath("conformance.schema.json").read_text("utf-8")
    assert json.loads(published) == SCHEMA, "run: osia-conformance config --schema > .../conformance.schema.json"


def test_it_is_a_schema_that_takes_what_the_readers_take() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert faults(WHOLE) == []


def test_it_knows_the_keys_of_the_readers() -> None:
    definitions = SCHEMA["$defs"]
    assert definitions["TargetSettings"]["properties"].keys() == readers_of(TargetSettings).keys()
    assert definitions["AuthSettings"]["properties"].keys() == schema._AUTH.keys()
    assert {*schema.TABLES, schema.WAIVERS, "extends"} == SCHEMA["properties"].keys()
    for part in ("Product", "TargetSettings", "AuthSettings", "ReportSettings", "Waiver"):
        assert all(member.get("description") for member in definitions[part]["properties"].values()), part


@pytest.mark.parametrize(
    "text",
    [
        "[targets]\n",
        "[target]\nurll = 'http://h'\n",
        "[target]\ntimeout = 0\n",
        "[target]\nclient-key-password = 'plain'\n",
        "[target]\nrestart-command = 'now'\n",
        "[auth]\nmethod = 'password'\n",
        "[auth]\nmethod = 'jwt'\nalgorithm = 'HS265'\n",
        "[auth]\nmethod = 'static'\n[auth.tokens]\n'enroll.raed' = 'env:A'\n",
        "[profile]\nlargest-buffer = 1\n",
        "[[waiver]]\nrequirement = 'ENR-PATCH-03'\n",
    ],
)
def test_it_refuses_what_the_readers_refuse(text: str) -> None:
    assert faults(text)


def checked_by_an_editors_tool(file: Path) -> subprocess.CompletedProcess[str]:
    """Check a file as editors and pre-commit hooks do, without a network."""
    published = files("osia_conformance.config").joinpath("conformance.schema.json")
    line = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(published), str(file)]
    return subprocess.run(line, capture_output=True, text=True, check=False, timeout=300)


@pytest.mark.parametrize("text", [WHOLE, README_EXAMPLE, VENDOR_EXAMPLE], ids=["all keys", "README", "example project"])
def test_check_jsonschema_takes_what_the_docs_show(text: str, tmp_path: Path) -> None:
    (tmp_path / "conformance.toml").write_text(text, "utf-8")
    done = checked_by_an_editors_tool(tmp_path / "conformance.toml")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("wrong", ['[target]\nurll = "http://h"\n', '[profile]\npreset = "open"\n'])
def test_check_jsonschema_refuses_what_is_no_key_or_value(wrong: str, tmp_path: Path) -> None:
    (tmp_path / "conformance.toml").write_text(wrong, "utf-8")
    done = checked_by_an_editors_tool(tmp_path / "conformance.toml")
    assert done.returncode == 1, done.stdout + done.stderr
