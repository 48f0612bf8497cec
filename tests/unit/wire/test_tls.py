from __future__ import annotations

import ssl
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from osia_conformance.wire.errors import NoAnswer
from tests.unit.wire.raw_server import OK, SHORT, Peer, Script, Server, answers, server_tls


def tls_failure(context: ssl.SSLContext, script: Script | None = None, **settings: Any) -> NoAnswer:
    with Server(script or answers(OK), tls=context) as server, server.wire(**settings) as wire:
        with pytest.raises(NoAnswer) as caught:
            wire.send("GET", "/")
        return caught.value


def plain_failure(script: Script, ca_file: str, **settings: Any) -> NoAnswer:
    """Call a server without TLS by https."""
    base = "https://127.0.0.1:{port}"
    with Server(script) as server, server.wire(base_url=base, ca_file=ca_file, **settings) as wire:
        with pytest.raises(NoAnswer) as caught:
            wire.send("GET", "/")
        return caught.value


def test_a_private_authority_is_trusted_when_it_is_named(authority: trustme.CA, ca_file: str) -> None:
    context = server_tls(authority.issue_cert("127.0.0.1"))
    with Server(answers(OK, OK), tls=context) as server, server.wire(ca_file=ca_file) as wire:
        assert [wire.send("POST", "/", body=b"{}").content for _ in range(2)] == [b"OK", b"OK"]


def test_an_unknown_authority_is_not_trusted(authority: trustme.CA) -> None:
    error = tls_failure(server_tls(authority.issue_cert("127.0.0.1")))
    assert error.reason.startswith("TLS: the server's certificate is not signed by an authority that is trusted here")
    assert error.sent is False


def test_a_certificate_for_another_host_is_not_accepted(authority: trustme.CA, ca_file: str) -> None:
    error = tls_failure(server_tls(authority.issue_cert("other.test")), ca_file=ca_file)
    assert error.reason.startswith("TLS: the server's certificate is for another address (")


def test_an_expired_certificate_is_not_accepted(authority: trustme.CA, ca_file: str) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    expired = authority.issue_cert("127.0.0.1", not_before=yesterday - timedelta(days=1), not_after=yesterday)
    error = tls_failure(server_tls(expired), ca_file=ca_file)
    assert error.reason == "TLS: the server's certificate has expired (certificate has expired)"


def test_an_old_protocol_is_not_accepted(authority: trustme.CA, ca_file: str) -> None:
    context = server_tls(authority.issue_cert("127.0.0.1"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    error = tls_failure(context, ca_file=ca_file)
    assert error.reason.startswith("TLS: the server offers no version from TLS 1.2 on")
    assert error.sent is False


def test_a_client_certificate_is_shown(authority: trustme.CA, ca_file: str, tmp_path: Path) -> None:
    context = server_tls(authority.issue_cert("127.0.0.1"))
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    authority.issue_cert("client@target.test").private_key_and_cert_chain_pem.write_to_path(tmp_path / "client.pem")
    settings = {"ca_file": ca_file, "client_cert": str(tmp_path / "client.pem")}
    with Server(answers(OK), tls=context) as server, server.wire(**settings) as wire:
        assert wire.send("GET", "/").content == b"OK"


def test_a_missing_client_certificate_is_named(authority: trustme.CA, ca_file: str) -> None:
    context = server_tls(authority.issue_cert("127.0.0.1"))
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    assert "client certificate" in tls_failure(context, ca_file=ca_file).reason


def test_a_server_without_tls_is_named(ca_file: str) -> None:
    def script(peer: Peer) -> None:
        peer.channel.recv(65536)
        peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        peer.wait_for_the_end()

    assert plain_failure(script, ca_file).reason.startswith("TLS: the server does not speak TLS on this port")


def test_a_silent_handshake_ends_at_the_timeout(ca_file: str) -> None:
    error = plain_failure(lambda peer: peer.wait_for_the_end(), ca_file, timeout=SHORT)
    assert (error.reason, error.sent) == ("no connection within 1 s", False)


def test_a_dripping_handshake_ends_at_the_timeout(ca_file: str) -> None:
    # A handshake record of 16 KiB, announced and then sent a byte at a time.
    def script(peer: Peer) -> None:
        peer.channel.recv(65536)
        peer.send(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc")
        peer.drip(b"\x03")

    assert plain_failure(script, ca_file, timeout=SHORT).reason == "no connection within 1 s"
