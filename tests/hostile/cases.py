"""The hostile targets: what each does, and what a run must make of it (docs/hostile.md is made from this)."""

from __future__ import annotations

import json
import ssl
import warnings
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import trustme

from osia_conformance.http1 import WireAnswer
from tests.hostile.targets import (
    Peer,
    Treatment,
    always,
    changed,
    later,
    message,
    plain,
    through,
    treated,
    with_body,
)

INCOMPLETE = "incomplete"
NONCONFORMANT = "nonconformant"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
JSON = (("Content-Type", "application/json"),)
HTML = (("Content-Type", "text/html"),)
PAGE = b"<!doctype html><title>Log in</title><script>alert(1)</script>" + b"<p>Log in</p>" * 5000
TRICKS = (
    "<script>document.title='pwned'</script><img src=x onerror=alert(1)>",
    "]]></failure><testcase/>&lt;!ENTITY x SYSTEM 'file:///etc/passwd'>&x;",
    "\x1b]0;pwned\x07\x1b[2J\x1b[31m\r\x08\x9b31m\u202e",
    "../../../../etc/passwd\x00..\\..\\C:\\CON",
    "{{ 7 * 7 }}{% raw %}[red]bold[/red]%s${IFS}$(id)`id`",
    "\ud800 \ufffe \U0001f4a3",
)
DEEP = b"[" * 100_000 + b"]" * 100_000
DIGITS = b"9" * 10_000


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


QUICK = {"timeout": 0.5}
BRISK = {"timeout": 1.5}
AMPLE = {"timeout": 2}
"""Enough to read what is more than is read."""
AUTHORITY = trustme.CA()


def _reset_in_headers(peer: Peer) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Le")
    peer.reset()


def _reset_in_body(peer: Peer) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
    peer.reset()


def _drip_headers(peer: Peer) -> None:
    peer.drip(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n", 1)


def _drip_body(peer: Peer) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    peer.drip(b" ", 1)


def endless(peer: Peer) -> None:
    """Send a chunked body that never ends."""
    peer.send(CHUNKED)
    peer.flood(b"10000\r\n" + b" " * 65536 + b"\r\n")


def _interim(peer: Peer) -> None:
    peer.flood(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100)


def _stop(peer: Peer) -> None:
    peer.server.stop_listening()


def bomb(coding: str, window: int, mebibytes: int = 512) -> bytes:
    """Return an answer that unpacks to a thousand times its size in JSON, never whole in memory, here either."""
    engine = zlib.compressobj(wbits=window)
    packed = [engine.compress(b"["), *(engine.compress(b"0," * (1 << 19)) for _ in range(mebibytes)), engine.flush()]
    return message("200 OK", (*JSON, ("Content-Encoding", coding)), b"".join(packed))


def _bombing(coding: str, window: int) -> Treatment:
    return lambda: always(bomb(coding, window))()  # noqa: PLW0108 - made when it is needed, not at import


def _brotli() -> bytes:
    return message("200 OK", (*JSON, ("Content-Encoding", "br")), b"\x00" * 64)


def tricked(answer: WireAnswer) -> bytes:
    """Put markup, terminal escapes and path tricks into every string that the target has a say in."""
    reason = (TRICKS[0] + TRICKS[3] + TRICKS[4]).replace("\0", "")
    header = "".join(TRICKS).encode("utf-8", "replace").decode("latin-1")
    header = "".join(letter for letter in header if letter not in "\0\r\n\x1b\x07\x08\x7f")
    pairs = (("X-Trick", header), *answer.headers)
    body = answer.body
    if "json" in dict(answer.headers).get("content-type", ""):
        value = json.loads(body)
        body = json.dumps(_with_tricks(value)).encode()
    if answer.status == 204:
        return message(f"204 {reason}", (*pairs, ("Content-Length", "0")), b"")
    pairs = tuple(pair for pair in pairs if pair[0].lower() != "content-length")
    return message(f"{answer.status} {reason}", pairs, body)


def _with_tricks(value: Any) -> Any:
    """Return a record, or each of a list, with members of the target's own; what was sent stays as it is."""
    if isinstance(value, dict):
        return {"trick": list(TRICKS), TRICKS[0]: {TRICKS[1]: TRICKS[2]}, **value}
    if isinstance(value, list):
        return [_with_tricks(item) for item in value]
    return value


def spoiled(value: Any) -> Any:
    """Return JSON with a trick behind every string."""
    if isinstance(value, dict):
        return {name + TRICKS[0]: spoiled(inner) for name, inner in value.items()} | {
            name: spoiled(inner) for name, inner in value.items()
        }
    if isinstance(value, list):
        return [spoiled(inner) for inner in value]
    return value + "".join(TRICKS) if isinstance(value, str) else value


def _paths(value: Any) -> Any:
    ids = {"enrollmentId": "../../../../tmp/evil", "bufferId": "/../../../tmp/evil\x00.html"}
    return {**value, **{name: ids[name] for name in ids if name in value}} if isinstance(value, dict) else value


def _json(member: bytes) -> Callable[[WireAnswer], bytes]:
    """Every JSON object that is answered begins with `member`."""

    def change(answer: WireAnswer) -> bytes:
        if not answer.body.startswith(b"{"):
            return plain(answer)
        return plain(with_body(answer, b"{" + member + (b"," if answer.body != b"{}" else b"") + answer.body[1:]))

    return change


def _before(prefix: bytes) -> Callable[[WireAnswer], bytes]:
    def change(answer: WireAnswer) -> bytes:
        return plain(with_body(answer, prefix + answer.body)) if answer.body[:1] in (b"{", b"[") else plain(answer)

    return change


def _length(offset: int) -> Callable[[WireAnswer], bytes]:
    def change(answer: WireAnswer) -> bytes:
        length = ("Content-Length", str(max(len(answer.body) + offset, 0)))
        headers = tuple(pair for pair in answer.headers if pair[0].lower() != "content-length")
        return message(f"{answer.status} X", (*headers, length), answer.body)

    return change


def _two_lengths(answer: WireAnswer) -> bytes:
    pairs = tuple(pair for pair in answer.headers if pair[0].lower() != "content-length")
    lengths = (("Content-Length", str(len(answer.body))), ("Content-Length", str(len(answer.body) + 1)))
    return message(f"{answer.status} X", (*pairs, *lengths), answer.body)


def _body_after_204(answer: WireAnswer) -> bytes:
    return b"HTTP/1.1 204 No Content\r\n\r\n{}surplus" if answer.status == 204 else plain(answer)


def told(change: Callable[[WireAnswer], bytes]) -> Treatment:
    """What the server itself says is changed; the bytes of buffers are not its words."""
    return through(change, buffers=False)


def _redirect(where: str) -> bytes:
    return message("302 Found", (("Location", where),), b"")


def _tls(*names: str, **more: Any) -> Callable[[], ssl.SSLContext]:
    def make() -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        AUTHORITY.issue_cert(*names, **more).configure_cert(context)
        return context

    return make


def _expired() -> ssl.SSLContext:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    return _tls("127.0.0.1", not_before=yesterday - timedelta(days=1), not_after=yesterday)()


def _asks_for_a_certificate() -> ssl.SSLContext:
    context = _tls("127.0.0.1")()
    context.verify_mode = ssl.CERT_REQUIRED
    AUTHORITY.configure_trust(context)
    return context


def _old_protocol() -> ssl.SSLContext:
    context = _tls("127.0.0.1")()
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


def _putting_off(status: str, long: str, until: str) -> Iterator[Case]:
    """Yield a target that asks to be called again in a second, whenever it is called, and one that asks for more."""
    code = status[:3]
    for name, after, target in ((f"always {code}", "1", BRISK), (f"always {code}, {long}", until, QUICK)):
        serve = always(message(status, (("Retry-After", after),), b""))
        yield Case(name, serve, INCOMPLETE, code, OPEN, few=DONE, target=target)


UNSEEN = "no answer that could be read ever came, so nothing can be said against the target"
DEAD = "nothing is judged after the target is gone"
OPEN = "the ruling on codes leaves 429 and 501 to 504 open"
OURS = "our limits are ours: what we cannot read whole is no fault of the target"

LARGE = "more than is read of one answer"
DONE = ("ENR-DONE-01",)
SOME = ("ENR-DONE-01", "ENR-CREATE-01", "ENR-READ-01", "ENR-BUFFER-05")

CASES = (
    Case(
        "closes at once",
        treated(lambda peer: None),
        INCOMPLETE,
        "closed the connection without an answer",
        UNSEEN,
        target=QUICK,
    ),
    Case("accepts and says nothing", treated(Peer.silence), INCOMPLETE, "no answer within", UNSEEN, target=QUICK),
    Case("resets in the headers", treated(_reset_in_headers), INCOMPLETE, "reset the connection", UNSEEN, target=QUICK),
    Case("resets in the body", treated(_reset_in_body), INCOMPLETE, "reset the connection", UNSEEN, target=QUICK),
    Case("drips the headers", treated(_drip_headers), INCOMPLETE, "headers were not complete", UNSEEN, target=QUICK),
    Case("drips the body", treated(_drip_body), INCOMPLETE, "was not complete within", UNSEEN, target=QUICK),
    Case("endless chunked body", treated(endless), INCOMPLETE, LARGE, OURS, few=DONE, target=AMPLE),
    Case("endless interim answers", treated(_interim), INCOMPLETE, "interim answers", UNSEEN, target=QUICK),
    Case("gzip bomb", _bombing("gzip", 31), INCOMPLETE, LARGE, OURS, few=DONE, target=AMPLE),
    Case("deflate bomb", _bombing("deflate", 15), INCOMPLETE, LARGE, OURS, few=DONE, target=AMPLE),
    Case("a coding that was not asked for (br)", always(_brotli()), INCOMPLETE, "not asked for", UNSEEN),
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
    Case("Content-Length too long", through(_length(7)), INCOMPLETE, "was not complete", UNSEEN, target=QUICK),
    Case(
        "Content-Length too short",
        through(_length(-7)),
        NONCONFORMANT,
        "no JSON",
        "the body that was announced is cut JSON",
        few=SOME,
    ),
    Case("Content-Length twice", through(_two_lengths), INCOMPLETE, "conflicting Content-Length", UNSEEN),
    Case("body after 204", through(_body_after_204), "conformant", "", "not this interface's business", few=DONE),
    Case("redirects to itself", always(_redirect("/v1/enrollments/x")), NONCONFORMANT, "302", "RUL-CODES", few=SOME),
    Case("always 500", always(message("500 X", HTML, PAGE)), NONCONFORMANT, "500", "RUL-CODES", few=SOME),
    Case("always 200 with HTML", always(message("200 OK", HTML, PAGE)), NONCONFORMANT, "200", "RUL-CODES", few=SOME),
    *_putting_off("429 Too Many Requests", "for an hour", "3600"),
    *_putting_off("503 Service Unavailable", "until a date", "Fri, 31 Dec 2099 23:59:59 GMT"),
    Case("JSON 100,000 deep", told(_json(b'"x":' + DEEP)), INCOMPLETE, "deep", OURS, few=SOME),
    Case("JSON with NaN", told(_json(b'"x":NaN')), NONCONFORMANT, "no JSON", "RFC 8259, 6", few=SOME),
    Case("JSON with duplicate keys", told(_json(b'"x":1,"x":2')), "conformant", "", "RFC 8259, 4: SHOULD", few=SOME),
    Case("JSON with lone surrogates", told(_json(b'"x":"\\ud800"')), "conformant", "", "RFC 8259, 8.2", few=SOME),
    Case("JSON with invalid UTF-8", told(_json(b'"x":"\xff"')), NONCONFORMANT, "no JSON", "RFC 8259, 8.1", few=SOME),
    Case("JSON with a BOM", told(_before(b"\xef\xbb\xbf")), NONCONFORMANT, "no JSON", "RFC 8259, 8.1", few=SOME),
    Case("numbers with 10,000 digits", told(_json(b'"x":' + DIGITS)), "conformant", "", "free", few=SOME),
    Case(
        "millions of values",
        always(message("200 OK", JSON, b"[" + b"[]," * 2_500_000 + b"0]")),
        INCOMPLETE,
        LARGE,
        OURS,
        few=DONE,
        target=AMPLE,
    ),
    Case("markup and escapes in what it adds", told(tricked), "conformant", "", "extra members are free", few=SOME),
    Case("markup and escapes in every string", told(changed(spoiled)), NONCONFORMANT, "", "RUL-ECHO", few=SOME),
    Case("ids that look like paths", told(changed(_paths)), NONCONFORMANT, "", "RUL-ECHO", few=SOME),
    Case("dies on the way: refuses", later(12, _stop), INCOMPLETE, "refused", DEAD, few=DONE, target=QUICK),
    Case(
        "dies on the way: hangs", later(12, Peer.silence), INCOMPLETE, "no answer within", DEAD, few=DONE, target=QUICK
    ),
    Case(
        "dies on the way: hangs up",
        later(12, lambda peer: None),
        INCOMPLETE,
        "closed the connection",
        DEAD,
        few=DONE,
        target=QUICK,
    ),
    Case("TLS: expired", treated(Peer.silence), INCOMPLETE, "has expired", UNSEEN, tls=_expired),
    Case("TLS: for another host", treated(Peer.silence), INCOMPLETE, "is for another", UNSEEN, tls=_tls("other.test")),
    Case(
        "TLS: unknown authority",
        treated(Peer.silence),
        INCOMPLETE,
        "not signed by an authority",
        UNSEEN,
        tls=_tls("127.0.0.1"),
        trusted=False,
    ),
    Case(
        "TLS: wants a client certificate",
        treated(Peer.silence),
        INCOMPLETE,
        "client certificate",
        UNSEEN,
        tls=_asks_for_a_certificate,
    ),
    Case("TLS: an old protocol", treated(Peer.silence), INCOMPLETE, "TLS 1.2", UNSEEN, tls=_old_protocol),
)
