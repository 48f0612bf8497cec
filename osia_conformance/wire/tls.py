"""TLS on the way to a server (RFC 8446, RFC 5246).

The contexts are the standard library's, as httpx advises: httpx's own trusts a list of authorities that it brings, and
a test environment trusts what its machine trusts.
"""

from __future__ import annotations

import socket
import ssl

from osia_conformance.wire.errors import detail
from osia_conformance.wire.limits import Deadline


def tls_context(ca_file: str | None, cert: str | None, key: str | None, password: str | None) -> ssl.SSLContext:
    """Return the client's TLS settings: TLS 1.2 or newer, the system's authorities or only those of `ca_file`.

    Raises ValueError with a sentence that names the setting whose file cannot be used.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise ValueError(f"ca-file {ca_file}: no CA certificates in PEM could be read ({detail(error)})") from None
    if ca_file is not None:
        # Private authorities often lack key identifiers, and Python's versions differ in minding that.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    # Python's own default, but for the one of some distributions.
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if cert is not None:
        try:
            # Without any password OpenSSL would ask for one on the terminal.
            context.load_cert_chain(cert, key, password=password or "")
        except (OSError, ValueError) as error:
            raise ValueError(
                f"client-cert {cert}: certificate and key could not be loaded ({detail(error)}); "
                "check client-cert, client-key and client-key-password"
            ) from None
    return context


def start_tls(channel: socket.socket, context: ssl.SSLContext, host: str, deadline: Deadline) -> ssl.SSLSocket:
    """Return `channel` after a TLS handshake that verified `host`, or close it and raise OSError."""
    try:
        channel.settimeout(deadline.left())
        return context.wrap_socket(channel, server_hostname=host)
    except OSError:
        channel.close()
        raise
