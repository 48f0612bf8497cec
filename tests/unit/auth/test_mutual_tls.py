"""A token endpoint that asks for a client certificate."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from osia_conformance.config.settings import TargetSettings
from osia_conformance.support.secrets import ConfigurationError, SecretReference
from tests.unit.auth.endpoint import ENVIRON, HUNTER, Endpoint, client, serving
from tests.unit.auth.issued import READ, made, refused

PASSWORD = b"pass-word"


def written(folder: Path, issued: trustme.LeafCert) -> tuple[Path, Path]:
    """Write a client's certificate and its key, the key under the password; return their paths."""
    cert, key = folder / "client.pem", folder / "client.key"
    issued.cert_chain_pems[0].write_to_path(cert)
    pem, protection = serialization.Encoding.PEM, serialization.BestAvailableEncryption(PASSWORD)
    plain = serialization.load_pem_private_key(issued.private_key_pem.bytes(), None)
    key.write_bytes(plain.private_bytes(pem, serialization.PrivateFormat.PKCS8, protection))
    return cert, key


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[Endpoint, TargetSettings]]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    cert, key = written(tmp_path, authority.issue_cert("client@target.test"))
    password = SecretReference("env:PW")
    target = TargetSettings(ca_file=tmp_path / "ca.pem", client_cert=cert, client_key=key, client_key_password=password)
    for running in serving(Endpoint(), context):
        yield running, target


def test_mutual_tls_needs_no_secret(secure: tuple[Endpoint, TargetSettings]) -> None:
    endpoint, target = secure
    endpoint.answers(access_token="opaque-token-1")
    auth = client(endpoint, client_auth="mtls", client_secret=None)
    source = made(auth, {"PW": PASSWORD.decode()}, target=target)
    assert source.valid(READ).value == "opaque-token-1"
    assert endpoint.form["client_id"] == ["my client"]
    assert "client_secret" not in endpoint.form


def test_an_authority_that_is_not_trusted_is_one_sentence(secure: tuple[Endpoint, TargetSettings]) -> None:
    endpoint, _ = secure
    source = made(client(endpoint), ENVIRON)
    assert "not signed by an authority that is trusted" in refused(lambda: source.valid(READ)).reason


@pytest.mark.parametrize("password", [None, SecretReference("env:WRONG")])
def test_a_client_key_that_does_not_open_is_a_configuration_error(
    secure: tuple[Endpoint, TargetSettings], password: SecretReference | None
) -> None:
    endpoint, target = secure
    with pytest.raises(ConfigurationError, match="client-key") as caught:
        made(
            client(endpoint),
            {**ENVIRON, "WRONG": HUNTER},
            target=replace(target, client_key_password=password),
        )
    assert HUNTER not in str(caught.value)
