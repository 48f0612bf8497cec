"""The TLS of hostile targets, with certificates of an authority of the tests' own."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import trustme

AUTHORITY = trustme.CA()


def valid_for(*names: str, **more: Any) -> Callable[[], ssl.SSLContext]:
    def make() -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        AUTHORITY.issue_cert(*names, **more).configure_cert(context)
        return context

    return make


def expired() -> ssl.SSLContext:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    return valid_for("127.0.0.1", not_before=yesterday - timedelta(days=1), not_after=yesterday)()


def asks_for_a_certificate() -> ssl.SSLContext:
    context = valid_for("127.0.0.1")()
    context.verify_mode = ssl.CERT_REQUIRED
    AUTHORITY.configure_trust(context)
    return context


def old_protocol() -> ssl.SSLContext:
    context = valid_for("127.0.0.1")()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def authority(directory: Path) -> Path:
    """Write the authority's certificate to a file and return its path."""
    path = directory / "ca.pem"
    AUTHORITY.cert_pem.write_to_path(str(path))
    return path
