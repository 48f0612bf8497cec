"""Why no answer came, in plain words."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable

import httpx

LONGEST_REASON = 240
"""Characters of a reason, which may quote what a library or a server says."""

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


class NoAnswer(httpx.TransportError):
    """No whole response came: `reason` is one sentence, `sent` tells whether the server may have seen the request.

    `retries` is how often the request had been repeated on a new connection; `reused` tells that a connection which had
    served an earlier request was closed under it; `exchange` is the id of its journal line, "" before it has one.
    """

    exchange = ""
    retries = 0
    reused = False

    def __init__(self, reason: str, sent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent

    def clean(self, without_secrets: Callable[[str], str]) -> None:
        """Make the reason one line without secrets, and no longer than LONGEST_REASON characters.

        What it quotes is whole until here: of a secret that is cut first, the rest would not be found.
        """
        reason = " ".join(without_secrets(self.reason).split())
        self.reason = reason if len(reason) <= LONGEST_REASON else f"{reason[:LONGEST_REASON]}…"
        self.args = (self.reason,)


class Unsendable(NoAnswer):
    """The request cannot be sent as HTTP; nothing was sent and the server is not to blame."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, sent=False)


class ConnectionLost(NoAnswer):
    """The connection was refused, closed or reset before a byte of a response came."""


def translate_error(error: httpx.TransportError | httpx.InvalidURL, seconds: float) -> NoAnswer:
    """Return what an httpx transport that is not ours raised as NoAnswer; `seconds` is what the request had."""
    reason = str(error).strip() or type(error).__name__
    match error:
        case httpx.InvalidURL() | httpx.UnsupportedProtocol() | httpx.LocalProtocolError():
            return Unsendable(f"the request cannot be sent: {reason}")
        case httpx.ConnectTimeout() | httpx.PoolTimeout():
            return NoAnswer(f"no connection within {seconds:.3g} s", sent=False)
        case httpx.TimeoutException():
            return NoAnswer(f"no answer within {seconds:.3g} s", sent=True)
        case httpx.ConnectError() | httpx.ProxyError():
            return NoAnswer(f"no connection: {reason}", sent=False)
        case _:
            return NoAnswer(f"the connection failed ({reason})", sent=True)


def describe_failure(error: OSError) -> str:
    """Return why a connection failed, as one clause without a full stop."""
    match error:
        case ssl.SSLError():
            return f"TLS: {_describe_tls_failure(error)}"
        case ConnectionRefusedError():
            return "connection refused"
        case ConnectionResetError() | BrokenPipeError() | ConnectionAbortedError():
            return "the server reset the connection"
        case socket.gaierror():
            return f"the host name could not be resolved ({detail(error)})"
        case _:
            return f"the connection failed ({detail(error)})"


def _describe_tls_failure(error: ssl.SSLError) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            fault = _CERTIFICATE_FAULTS.get(error.verify_code, "was rejected")
            return f"the server's certificate {fault} ({error.verify_message.rstrip('.')})"
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return "the server closed the connection during the handshake"
        case _:
            return f"{_TLS_FAULTS.get(error.reason or '', 'the connection failed')} ({detail(error)})"


def detail(error: Exception) -> str:
    """Return what the library says of a failure."""
    reason = error.reason if isinstance(error, ssl.SSLError) else None
    return reason.replace("_", " ").lower() if reason else getattr(error, "strerror", None) or str(error)
