"""The hostile targets: what each does, and what a run must make of it (docs/hostile.md is made from this)."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.end_to_end.hostile import answers as made
from tests.end_to_end.hostile import certificates
from tests.end_to_end.hostile.targets import Peer, Treatment, always, changed, later, message, silent, through, treated

INCOMPLETE = "incomplete"
NONCONFORMANT = "nonconformant"


@dataclass(frozen=True)
class Case:
    """`says` is a part of what the report must say about it; `few` are the requirements that tests judge (all of
    them where it is empty), `target` the [target] settings that a test uses to be quick."""

    name: str
    serve: Treatment
    verdict: str
    says: str
    why: str
    few: tuple[str, ...] = ()
    target: Mapping[str, Any] = field(default_factory=dict)
    tls: Callable[[], ssl.SSLContext] | None = None
    trusted: bool = True

    @property
    def code(self) -> int:
        """The exit code of the verdict."""
        return {INCOMPLETE: 2, NONCONFORMANT: 1, "conformant": 0}[self.verdict]


QUICK = {"timeout": 1}
"""What is to come must have come by then, on a busy machine, too."""

BRISK = {"timeout": 1.5}
AMPLE = {"timeout": 2}
"""Enough to read what is more than is read."""


def _putting_off(status: str, long: str, until: str) -> Iterator[Case]:
    """Yield a target that asks to be called again in a second, whenever it is called, and one that asks for more."""
    code = status[:3]
    for name, after, target in ((f"always {code}", "1", BRISK), (f"always {code}, {long}", until, QUICK)):
        serve = always(message(status, (("Retry-After", after),), b""))
        yield Case(name, serve, INCOMPLETE, code, OPEN, few=SUCCESS, target=target)


UNSEEN = "no answer that could be read ever came, so nothing can be said against the target"
DEAD = "nothing is judged after the target is gone"
OPEN = "the ruling on codes leaves 429 and 501 to 504 open"
OURS = "our limits are ours: what we cannot read whole is no fault of the target"

LARGE = "more than is read of one answer"
SUCCESS = ("ENR-DONE-01",)
SOME = ("ENR-DONE-01", "ENR-CREATE-01", "ENR-READ-01", "ENR-BUFFER-05")

CASES = (
    Case(
        "closes at once",
        treated(lambda peer: None),
        INCOMPLETE,
        "closed the connection without an answer",
        UNSEEN,
    ),
    Case("accepts and says nothing", silent, INCOMPLETE, "no answer within", UNSEEN, target=QUICK),
    Case(
        "resets in the headers",
        treated(made.reset_in_headers),
        INCOMPLETE,
        "reset the connection",
        UNSEEN,
    ),
    Case("resets in the body", treated(made.reset_in_body), INCOMPLETE, "reset the connection", UNSEEN),
    Case(
        "drips the headers", treated(made.drip_headers), INCOMPLETE, "headers were not complete", UNSEEN, target=QUICK
    ),
    Case("drips the body", treated(made.drip_body), INCOMPLETE, "was not complete within", UNSEEN, target=QUICK),
    Case("endless chunked body", treated(made.endless), INCOMPLETE, LARGE, OURS, few=SUCCESS, target=AMPLE),
    Case("endless interim answers", treated(made.endless_interim), INCOMPLETE, "interim answers", UNSEEN),
    Case("gzip bomb", made.bombing("gzip", 31), INCOMPLETE, LARGE, OURS, few=SUCCESS, target=AMPLE),
    Case("deflate bomb", made.bombing("deflate", 15), INCOMPLETE, LARGE, OURS, few=SUCCESS, target=AMPLE),
    Case("a coding that was not asked for (br)", always(made.brotli()), INCOMPLETE, "not asked for", UNSEEN),
    Case(
        "giant header",
        always(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n"),
        INCOMPLETE,
        "longer than 64 KiB",
        OURS,
    ),
    Case(
        "too many headers",
        always(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5_000 + b"Content-Length: 0\r\n\r\n"),
        INCOMPLETE,
        "headers",
        OURS,
    ),
    Case("garbage", treated(lambda peer: peer.send(b"\x00\xff\x16\x03" * 999)), INCOMPLETE, "not HTTP", UNSEEN),
    Case("an HTTP/0.9 line", treated(lambda peer: peer.send(b"<html>hello</html>")), INCOMPLETE, "not HTTP", UNSEEN),
    Case(
        "Content-Length too long",
        through(made.with_length_off(7)),
        INCOMPLETE,
        "was not complete",
        UNSEEN,
        target=QUICK,
    ),
    Case(
        "Content-Length too short",
        through(made.with_length_off(-7)),
        NONCONFORMANT,
        "no JSON",
        "the body that was announced is cut JSON",
        few=SOME,
    ),
    Case("Content-Length twice", through(made.two_lengths), INCOMPLETE, "conflicting Content-Length", UNSEEN),
    Case(
        "body after 204", through(made.body_after_204), "conformant", "", "not this interface's business", few=SUCCESS
    ),
    Case(
        "redirects to itself", always(made.redirect("/v1/enrollments/x")), NONCONFORMANT, "302", "RUL-CODES", few=SOME
    ),
    Case("always 500", always(message("500 X", made.HTML, made.PAGE)), NONCONFORMANT, "500", "RUL-CODES", few=SOME),
    Case(
        "always 200 with HTML",
        always(message("200 OK", made.HTML, made.PAGE)),
        NONCONFORMANT,
        "200",
        "RUL-CODES",
        few=SOME,
    ),
    *_putting_off("429 Too Many Requests", "for an hour", "3600"),
    *_putting_off("503 Service Unavailable", "until a date", "Fri, 31 Dec 2099 23:59:59 GMT"),
    Case("JSON 100,000 deep", made.adding(b'"x":' + made.DEEP), INCOMPLETE, "deep", OURS, few=SOME),
    Case("JSON with NaN", made.adding(b'"x":NaN'), NONCONFORMANT, "no JSON", "RFC 8259, 6", few=SOME),
    Case("JSON with duplicate keys", made.adding(b'"x":1,"x":2'), "conformant", "", "RFC 8259, 4: SHOULD", few=SOME),
    Case("JSON with lone surrogates", made.adding(b'"x":"\\ud800"'), "conformant", "", "RFC 8259, 8.2", few=SOME),
    Case("JSON with invalid UTF-8", made.adding(b'"x":"\xff"'), NONCONFORMANT, "no JSON", "RFC 8259, 8.1", few=SOME),
    Case(
        "JSON with a BOM",
        made.told(made.after_prefix(b"\xef\xbb\xbf")),
        NONCONFORMANT,
        "no JSON",
        "RFC 8259, 8.1",
        few=SOME,
    ),
    Case("numbers with 10,000 digits", made.adding(b'"x":' + made.DIGITS), "conformant", "", "free", few=SOME),
    Case(
        "millions of values",
        always(message("200 OK", made.JSON, b"[" + b"[]," * 2_500_000 + b"0]")),
        INCOMPLETE,
        LARGE,
        OURS,
        few=SUCCESS,
        target=AMPLE,
    ),
    Case(
        "markup and escapes in what it adds",
        made.told(made.tricked),
        "conformant",
        "",
        "extra members are free",
        few=SOME,
    ),
    Case(
        "markup and escapes in every string", made.told(changed(made.spoiled)), NONCONFORMANT, "", "RUL-ECHO", few=SOME
    ),
    Case("ids that look like paths", made.told(changed(made.with_paths)), NONCONFORMANT, "", "RUL-ECHO", few=SOME),
    Case("dies on the way: refuses", later(12, made.stop), INCOMPLETE, "refused", DEAD, few=SUCCESS, target=QUICK),
    Case(
        "dies on the way: hangs",
        later(12, Peer.silence),
        INCOMPLETE,
        "no answer within",
        DEAD,
        few=SUCCESS,
        target=QUICK,
    ),
    Case(
        "dies on the way: hangs up",
        later(12, lambda peer: None),
        INCOMPLETE,
        "closed the connection",
        DEAD,
        few=SUCCESS,
        target=QUICK,
    ),
    Case("TLS: expired", treated(Peer.silence), INCOMPLETE, "has expired", UNSEEN, tls=certificates.expired),
    Case(
        "TLS: for another host",
        treated(Peer.silence),
        INCOMPLETE,
        "is for another",
        UNSEEN,
        tls=certificates.valid_for("other.test"),
    ),
    Case(
        "TLS: unknown authority",
        treated(Peer.silence),
        INCOMPLETE,
        "not signed by an authority",
        UNSEEN,
        tls=certificates.valid_for("127.0.0.1"),
        trusted=False,
    ),
    Case(
        "TLS: wants a client certificate",
        treated(Peer.silence),
        INCOMPLETE,
        "client certificate",
        UNSEEN,
        tls=certificates.asks_for_a_certificate,
    ),
    Case("TLS: an old protocol", treated(Peer.silence), INCOMPLETE, "TLS 1.2", UNSEEN, tls=certificates.old_protocol),
)
