"""What to change where no answer comes: one sentence for each kind of trouble on the way to a server."""

from __future__ import annotations

_ADVICE = {
    "is not signed by an authority": "name the file with the CA's certificate as ca-file in [target]",
    "is for another": "write into url the host that the certificate names, or have one issued for this host",
    "has expired": "have the server's certificate renewed, and see that this machine's clock is right",
    "is not valid yet": "see that the clocks of both machines are right",
    "requires a client certificate": "name client-cert and client-key in [target]",
    "misses a client certificate": "name client-cert and client-key in [target], if the server wants them",
    "does not accept the client certificate": "have client-cert signed by an authority that the server trusts",
    "does not speak TLS": "write http:// into url if the server speaks plain HTTP there",
    "no version from TLS 1.2 on": "let the server offer TLS 1.2 or 1.3",
    "connection refused": "start the server, or let --wait-for 60 wait for it, and see that url names its port",
    "could not be resolved": "see that url names the right host",
    "no connection within": "see that url names the right host and port, and that no firewall is between",
    "proxy": "see that proxy in [target] is right",
}
"""Parts of the reasons that the wire gives, and what to do about each."""


_CLOSED = "closed the connection"


def advice_on(reason: str, *, may_want_certificate: bool = False) -> str:
    """Return what to change when no answer came for `reason`, as the wire says it.

    `may_want_certificate` says that TLS was spoken without a client certificate: many servers that want one just close.
    """
    general = "see that the server runs and that url in [target] names it"
    if may_want_certificate and _CLOSED in reason:
        return f"name client-cert and client-key in [target] if it wants a client certificate, else {general}"
    return next((advice for part, advice in _ADVICE.items() if part in reason), general)
