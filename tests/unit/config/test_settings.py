"""Settings as they were made: what tables leave out, the way to a worker, and the record in the report."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

from osia_conformance.config import schema
from osia_conformance.config.settings import AuthSettings, ClientSettings, Product, Settings, TargetSettings
from osia_conformance.support.secrets import SecretReference
from tests.unit.config.reading import CLIENT, OWN, loaded


def test_clients_for_single_scopes_take_from_auth_what_they_leave_out() -> None:
    found = loaded(
        CLIENT
        + 'client-auth = "post"\naudience = "api"\n'
        + OWN
        + 'client-id = "reader"\nclient-secret = "env:A"\nresource = "urn:x"\n'
    )
    client = schema.client_for(found.auth, "enroll.read")
    assert (client.client_id, client.client_auth) == ("reader", "post")
    assert (client.audience, client.resource) == (("api",), ("urn:x",))


def test_scope_combinations_have_one_spelling() -> None:
    found = loaded(
        '[auth]\nmethod = "static"\n[auth.tokens]\n"enroll.write  enroll.read" = "env:A"\nexpired = "env:B"\n'
    )
    assert set(found.auth.tokens) == {"enroll.read enroll.write", "expired"}


EVERYTHING = Settings(
    product=Product(vendor="V", name="N"),
    target=TargetSettings(
        url="https://h.example/p",
        ca_file=Path("/etc/ssl/private/ca.pem"),
        client_key_password=SecretReference("env:PW", "/etc"),
        headers={"X-Api-Key": "literal-hunter2", "X-Tenant": "blue", "Cookie": SecretReference("env:A", "/etc")},
        query={"token": "literal-hunter2", "t": SecretReference("file:k", "/etc")},
    ),
    auth=AuthSettings(
        method="client-credentials",
        audience=("a", "b"),
        claims={"reference": "x", "path": [1], "client_secret": "literal-hunter2"},
        tokens={"expired": SecretReference("env:B", "/etc")},
        clients={"enroll.read": ClientSettings("id", SecretReference("env:A", "/etc"), resource=("r",))},
        client_secret=SecretReference("env:A", "/etc"),
    ),
    report_dir=Path("/var/reports/one"),
    seed=5,
    workers=4,
    effort="thorough",
    signing_key=SecretReference("env:SIGNING_KEY"),
)


@pytest.mark.parametrize("settings_", [Settings(), EVERYTHING])
def test_settings_survive_the_way_to_a_worker(settings_: Settings) -> None:
    dumped = json.loads(json.dumps(settings_.dump()))
    assert Settings.restore(dumped) == settings_
    assert Settings.restore(pickle.loads(pickle.dumps(settings_.dump()))) == settings_


def test_the_record_has_references_but_no_secret_and_no_directory() -> None:
    record = EVERYTHING.as_record()
    text = json.dumps(record)
    assert "hunter2" not in text
    assert "/etc" not in text
    assert "/var" not in text
    assert record["target"]["headers"] == {"X-Api-Key": "[redacted]", "X-Tenant": "blue", "Cookie": "env:A"}
    assert record["target"]["query"] == {"token": "[redacted]", "t": "file:k"}
    assert record["auth"]["client-secret"] == "env:A"
    assert record["auth"]["clients"]["enroll.read"]["client-secret"] == "env:A"
    assert record["effort"] == "thorough"
    assert "signing-key" not in record
