"""What hostile targets do with a connection, and what they make of answers."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from typing import Any

from tests.end_to_end.hostile.targets import Peer, Reply, Treatment, always, message, plain, through, with_body

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


def reset_in_headers(peer: Peer) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Le")
    peer.reset()


def reset_in_body(peer: Peer) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
    peer.reset()


def drip_headers(peer: Peer) -> None:
    peer.drip(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n", 1)


def drip_body(peer: Peer) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    peer.drip(b" ", 1)


def endless(peer: Peer) -> None:
    """Send a chunked body that never ends."""
    peer.send(CHUNKED)
    peer.flood(b"10000\r\n" + b" " * 65536 + b"\r\n")


def endless_interim(peer: Peer) -> None:
    peer.flood(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100)


def stop(peer: Peer) -> None:
    peer.server.stop_listening()


def bomb(coding: str, window: int, mebibytes: int = 512) -> bytes:
    """Return an answer that unpacks to a thousand times its size in JSON, never whole in memory, here either.

    Each mebibyte is packed by itself, so that one stands for all. What follows the last one is left out, since nobody
    is to come so far.
    """
    engine = zlib.compressobj(wbits=window)
    begun = engine.compress(b"[") + engine.flush(zlib.Z_FULL_FLUSH)
    mebibyte = engine.compress(b"0," * (1 << 19)) + engine.flush(zlib.Z_FULL_FLUSH)
    return message("200 OK", (*JSON, ("Content-Encoding", coding)), begun + mebibyte * mebibytes)


def bombing(coding: str, window: int) -> Treatment:
    return lambda: always(bomb(coding, window))()  # noqa: PLW0108 - made when it is needed, not at import


def brotli() -> bytes:
    return message("200 OK", (*JSON, ("Content-Encoding", "br")), b"\x00" * 64)


def tricked(answer: Reply) -> bytes:
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


def with_paths(value: Any) -> Any:
    ids = {"enrollmentId": "../../../../tmp/evil", "bufferId": "/../../../tmp/evil\x00.html"}
    return {**value, **{name: ids[name] for name in ids if name in value}} if isinstance(value, dict) else value


def with_member(member: bytes) -> Callable[[Reply], bytes]:
    """Every JSON object that is answered begins with `member`."""

    def change(answer: Reply) -> bytes:
        if not answer.body.startswith(b"{"):
            return plain(answer)
        return plain(with_body(answer, b"{" + member + (b"," if answer.body != b"{}" else b"") + answer.body[1:]))

    return change


def after_prefix(prefix: bytes) -> Callable[[Reply], bytes]:
    def change(answer: Reply) -> bytes:
        return plain(with_body(answer, prefix + answer.body)) if answer.body[:1] in (b"{", b"[") else plain(answer)

    return change


def with_length_off(offset: int) -> Callable[[Reply], bytes]:
    def change(answer: Reply) -> bytes:
        length = ("Content-Length", str(max(len(answer.body) + offset, 0)))
        headers = tuple(pair for pair in answer.headers if pair[0].lower() != "content-length")
        return message(f"{answer.status} X", (*headers, length), answer.body)

    return change


def two_lengths(answer: Reply) -> bytes:
    pairs = tuple(pair for pair in answer.headers if pair[0].lower() != "content-length")
    lengths = (("Content-Length", str(len(answer.body))), ("Content-Length", str(len(answer.body) + 1)))
    return message(f"{answer.status} X", (*pairs, *lengths), answer.body)


def body_after_204(answer: Reply) -> bytes:
    return b"HTTP/1.1 204 No Content\r\n\r\n{}surplus" if answer.status == 204 else plain(answer)


def told(change: Callable[[Reply], bytes]) -> Treatment:
    """What the server itself says is changed; the bytes of buffers are not its words."""
    return through(change, buffers=False)


def adding(member: bytes) -> Treatment:
    """Every JSON object that the server answers begins with `member`."""
    return told(with_member(member))


def redirect(where: str) -> bytes:
    return message("302 Found", (("Location", where),), b"")
