from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import trustme

from osia_conformance.wire.client import open_client
from osia_conformance.wire.settings import HttpSettings


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"base_url": "ftp://target.test"}, "url: not an http or https URL"),
        ({"base_url": "target.test"}, "url: not an http or https URL"),
        ({"base_url": "http://"}, "url: not an http or https URL"),
        ({"base_url": "http://[::1"}, "url: not a URL"),
        ({"base_url": "http://target.test:port"}, "url: not a URL"),
        ({"base_url": "http://user:pass@target.test"}, "url: must not hold a user name"),
        ({"base_url": "http://target.test/?a=b"}, r"use \[target.query\]"),
        ({"base_url": "http://target.test/a b"}, "url: the path must be percent-encoded"),
        ({"timeout": 0}, "timeout: must be seconds"),
        ({"timeout": 1e10}, "timeout: must be seconds"),
        ({"timeout": float("nan")}, "timeout: must be seconds"),
        ({"headers": {"X": "a\r\nb"}}, "headers: the header 'X' holds a line break"),
        ({"ca_file": "missing.pem"}, "ca-file missing.pem: .*No such file"),
        ({"ca_file": __file__}, "ca-file .*: no CA certificates in PEM"),
        ({"client_cert": "missing.pem"}, "client-cert missing.pem: .*check client-cert, client-key"),
        ({"proxy": "socks5://127.0.0.1"}, "proxy: only HTTP proxies"),
        ({"proxy": "nonsense"}, "proxy: only HTTP proxies"),
        ({"proxy": "http://127.0.0.1:port"}, "proxy: the URL is malformed"),
    ],
)
def test_a_setting_that_cannot_work_is_named(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        open_client(HttpSettings(**{"base_url": "https://target.test", **settings}))


def test_an_encrypted_key_without_its_password_is_refused_and_not_asked_for(
    authority: trustme.CA, tmp_path: Path
) -> None:
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        BestAvailableEncryption,
        Encoding,
        PrivateFormat,
        load_pem_private_key,
    )

    leaf = authority.issue_cert("client@target.test")
    key = load_pem_private_key(leaf.private_key_pem.bytes(), None)
    locked = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    (tmp_path / "key.pem").write_bytes(locked)
    leaf.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    files: dict[str, Any] = {
        "client_cert": str(tmp_path / "cert.pem"),
        "client_key": str(tmp_path / "key.pem"),
    }
    with pytest.raises(ValueError, match="client-key-password"):
        open_client(HttpSettings("https://target.test", **files))
    open_client(HttpSettings("https://target.test", **files, client_key_password="secret")).close()


def test_secrets_are_not_in_the_printed_settings() -> None:
    settings = HttpSettings(
        "https://target.test",
        client_key_password="secret",
        proxy="http://user:secret@proxy.test",
        headers={"X-Key": "secret"},
        query={"key": "secret"},
    )
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("http://target.test", "http://target.test/"),
        ("http://target.test:80/", "http://target.test/"),
        ("https://Target.test:8443", "https://target.test:8443/"),
        ("http://[::1]:8080/a/", "http://[::1]:8080/a"),
        ("http://[::1]", "http://[::1]/"),
    ],
)
def test_urls_begin_with_the_base_url(base: str, url: str) -> None:
    with open_client(HttpSettings(base)) as wire:
        assert wire.url("") == url
