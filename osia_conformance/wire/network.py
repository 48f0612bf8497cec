"""Connections, bounded by the deadline of a call, and their failures in plain words."""

from __future__ import annotations

import base64
import ipaddress
import queue
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies_environment

LONGEST_QUOTE = 120
_NOT_TRUSTED = "is not signed by an authority that is trusted here (ca-file names a private one)"
_CERTIFICATE_FAULTS = {
    9: "is not valid yet",
    10: "has expired",
    18: _NOT_TRUSTED,
    19: _NOT_TRUSTED,
    20: _NOT_TRUSTED,
    21: _NOT_TRUSTED,
    62: "is for another host",
    64: "is for another address",
}
_TLS_FAULTS = {
    "WRONG_VERSION_NUMBER": "the server does not speak TLS on this port",
    "RECORD_LAYER_FAILURE": "the server does not speak TLS on this port",
    "UNSUPPORTED_PROTOCOL": "the server offers no version from TLS 1.2 on",
    "TLSV1_ALERT_PROTOCOL_VERSION": "the server offers no version from TLS 1.2 on",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "the server requires a client certificate",
    "TLSV1_ALERT_UNKNOWN_CA": "the server does not accept the client certificate",
    "SSLV3_ALERT_BAD_CERTIFICATE": "the server does not accept the client certificate",
    "SSLV3_ALERT_HANDSHAKE_FAILURE": "the server found no common ground, or misses a client certificate",
}


class NoAnswer(Exception):
    """No whole answer came: `reason` is one sentence, `sent` if the target may have seen the request.

    `retries` is how often the call had been repeated on a new connection; `reused`: a connection that had served an
    earlier call was closed under it.
    """

    retries = 0
    reused = False

    def __init__(self, reason: str, sent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent


class Unsendable(NoAnswer):
    """The request cannot be put on the wire as HTTP; nothing was sent and the target is not to blame."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, sent=False)


class Cut(NoAnswer):
    """The connection was refused, closed or reset before a byte of an answer came."""


class Deadline:
    """The time that one call may take in all, from now on, in seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.began = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds since the call began."""
        return time.monotonic() - self.began

    def part(self, most: float) -> Deadline:
        """Return a deadline for a first part of the call: `most` seconds from now on, or what is left of the call."""
        return Deadline(most) if self.seconds - self.elapsed > most else self

    def left(self) -> float:
        """Return the seconds that are left, more than 0; raise TimeoutError if there are none."""
        left = self.seconds - self.elapsed
        if left <= 0:
            raise TimeoutError
        return left


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Host (a name or a literal address, IPv6 without brackets) and TCP port."""

    host: str
    port: int

    def __str__(self) -> str:
        return self.authority(0)

    def authority(self, default_port: int) -> str:
        """Return host and port as in a URL or a Host header, without the port where it is the default."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == default_port else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy; `authorization` is the value of Proxy-Authorization, or None."""

    endpoint: Endpoint
    authorization: str | None = field(default=None, repr=False)


def find_proxy(setting: str, scheme: str, target: Endpoint) -> Proxy | None:
    """Return the proxy that `setting` ("none", "env" or a URL) asks for on the way to `target`, or None.

    "env" reads HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, in upper or lower case. Raises ValueError
    with a sentence.
    """
    if setting == "none":
        return None
    if setting != "env":
        return _parse_proxy(setting)
    proxies = getproxies_environment()
    url = proxies.get(scheme) or proxies.get("all")
    if not url or _bypassed(target, proxies.get("no", "")):
        return None
    return _parse_proxy(url if "://" in url else f"http://{url}")


def _bypassed(target: Endpoint, no_proxy: str) -> bool:
    """Tell whether NO_PROXY lists the host, a domain above it, host and port, or "*"."""
    names = [name.strip().lower().removeprefix("*").removeprefix(".") for name in no_proxy.split(",")]
    if "*" in (name.strip() for name in no_proxy.split(",")):
        return True
    host = target.host.lower()
    return any(name and (host == name or str(target) == name or host.endswith(f".{name}")) for name in names)


def _parse_proxy(url: str) -> Proxy:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or 80
    except ValueError:
        raise ValueError("proxy: the URL is malformed; write http://host:port") from None
    if parts.scheme != "http" or not host:
        raise ValueError("proxy: only HTTP proxies are supported; write none, env or http://host:port")
    authorization = None
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = "Basic " + base64.b64encode(pair.encode()).decode()
    return Proxy(Endpoint(host, port), authorization)


CONNECTING = 5.0
"""Seconds in which a connection must stand, TLS included, where the call leaves it more."""


def connect(endpoint: Endpoint, deadline: Deadline) -> socket.socket:
    """Return a TCP connection without Nagle's delay; raise OSError (TimeoutError at the deadline).

    Every address of the host is tried; each gets an equal share of the time that is left.
    """
    addresses = _resolve(endpoint, deadline)
    failure: OSError = OSError("the host has no address")
    for number, (family, address) in enumerate(addresses):
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(deadline.left() / (len(addresses) - number))
            connection.connect(address)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            connection.close()
            failure = error
        else:
            return connection
    raise failure


def _resolve(endpoint: Endpoint, deadline: Deadline) -> list[tuple[int, Any]]:
    if _is_address(endpoint.host):
        return _look_up(endpoint)
    # The system's resolver knows no deadline, so that it runs aside and may be left behind.
    results: queue.SimpleQueue[list[tuple[int, Any]] | OSError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            results.put(_look_up(endpoint))
        except OSError as error:
            results.put(error)
        except UnicodeError:
            results.put(socket.gaierror(socket.EAI_NONAME, "not a host name"))

    threading.Thread(target=look_up, name="resolver", daemon=True).start()
    try:
        result = results.get(timeout=deadline.left())
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(result, OSError):
        raise result
    return result


def _look_up(endpoint: Endpoint) -> list[tuple[int, Any]]:
    found = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
    return [(int(family), address) for family, _, _, _, address in found]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def tls_context(ca_file: str | None, cert: str | None, key: str | None, password: str | None) -> ssl.SSLContext:
    """Return the client's TLS settings: TLS 1.2 or newer, the system's authorities or only `ca_file`'s.

    Raises ValueError with a sentence that names the setting whose file cannot be used.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise ValueError(f"ca-file {ca_file}: no CA certificates in PEM could be read ({_detail(error)})") from None
    if ca_file is not None:
        # Private authorities often lack key identifiers, and Python's versions differ in minding that.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.set_alpn_protocols(["http/1.1"])
    if cert is not None:
        try:
            # Without any password OpenSSL would ask for one on the terminal.
            context.load_cert_chain(cert, key, password=password or "")
        except (OSError, ValueError) as error:
            raise ValueError(
                f"client-cert {cert}: certificate and key could not be loaded ({_detail(error)}); "
                "check client-cert, client-key and client-key-password"
            ) from None
    return context


def start_tls(connection: socket.socket, context: ssl.SSLContext, host: str, deadline: Deadline) -> ssl.SSLSocket:
    """Return `connection` after a TLS handshake that verified `host`, or close it and raise OSError."""
    try:
        connection.settimeout(deadline.left())
        return context.wrap_socket(connection, server_hostname=host)
    except OSError:
        connection.close()
        raise


def plain_words(error: OSError) -> str:
    """Return why a connection failed, as one clause without a full stop."""
    match error:
        case ssl.SSLError():
            return f"TLS: {_tls_words(error)}"
        case ConnectionRefusedError():
            return "connection refused"
        case ConnectionResetError() | BrokenPipeError() | ConnectionAbortedError():
            return "the server reset the connection"
        case socket.gaierror():
            return f"the host name could not be resolved ({_detail(error)})"
        case _:
            return f"the connection failed ({_detail(error)})"


def _tls_words(error: ssl.SSLError) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            fault = _CERTIFICATE_FAULTS.get(error.verify_code, "was rejected")
            return f"the server's certificate {fault} ({error.verify_message.rstrip('.')})"
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return "the server closed the connection during the handshake"
        case _:
            return f"{_TLS_FAULTS.get(error.reason or '', 'the connection failed')} ({_detail(error)})"


def _detail(error: Exception) -> str:
    reason = error.reason if isinstance(error, ssl.SSLError) else None
    text = reason.replace("_", " ").lower() if reason else getattr(error, "strerror", None) or str(error)
    return text[:LONGEST_QUOTE]
