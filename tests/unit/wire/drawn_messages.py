"""HTTP messages for tests that draw them: plain ones, and others that are odd in one place or in all."""

from __future__ import annotations

from hypothesis import strategies as st

from osia_conformance.wire.plain_messages import Fields

HOST = (b"Host", b"target.test")
Asked = tuple[str, Fields, bytes]

ODD_STATUS_LINES = (
    *(b"HTTP/1.1 204 No Content", b"HTTP/1.1 304 ", b"HTTP/1.1 200", b"HTTP/1.1 200 ", b"HTTP/1.1 404 Not\tFound \xff"),
    *(b"HTTP/1.1 100 Continue", b"HTTP/1.1 101 Switching", b"HTTP/1.1 099 x", b"HTTP/1.1 20 x", b"HTTP/1.1 2000"),
    *(b"HTTP/1.0 200 OK", b"HTTP/1.2 200 OK", b"HTTP/2 200", b"http/1.1 200 OK", b"HTTP/1.1  200 OK", b""),
    *(b" HTTP/1.1 200", b"HTTP/1.1 200 a\0b", b"HTTP/1.1 200 a\x0bb", b"HTTP/1.1 \xb2\xb20 OK"),
)
ODD_NAMES = (b"Content-Length ", b"X Y", b"", b" X", b"X\xff", b"X\0", b"!#$%&'*+-.^_`|~9")
FRAMING_NAMES = (b"Content-Length", b"content-LENGTH", b"Transfer-Encoding", b"Connection", b"connection", b"Upgrade")
LENGTHS = (b"0", b"5", b"05", b"5, 5", b"5,6", b"+5", b"-5", b"5 ", b"\xb2", b"0x5", b"9" * 18, b"9" * 21)
FRAMING_VALUES = (b"keep-alive", b"Keep-Alive", b"close", b"keep-alive, close", b"chunked", b"identity", b"h2c")
ODD_VALUES = (
    *(b"", b" a", b"a ", b"\t a \t b\t", b"a\0b", b"a\x0bb"),
    *(b"a\x0cb", b"a\rb", b"a\nb", b"a\r\n b", b"\xff\xfe", b"a:b"),
)
BODIES = (b"", b"x", b"hello", b"5\r\nhello\r\n0\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"y" * 70_000)
BREAKS = (*[b"\r\n"] * 12, b"\n", b"\r", b"\r\r\n", b"\n\r\n", b"\r\n ")
LARGE = ([(b"X", b"y" * 70_000)], [(b"X", b"y")] * 498, [(b"X", b"y")] * 499, [(b"X", b"y")] * 501)
FIELDS = st.lists(
    st.tuples(st.sampled_from(FRAMING_NAMES + ODD_NAMES), st.sampled_from(LENGTHS + FRAMING_VALUES + ODD_VALUES)),
    max_size=4,
)
ODDITIES = ("none", "none", "status", "fields", "large", "length", "no length", "breaks", "byte", "cut", "all")


@st.composite
def responses(draw: st.DrawFn) -> list[bytes]:
    """Draw one response, in the pieces that a network may cut it into: plain, or odd in one place, or in all."""
    oddity, body = draw(st.sampled_from(ODDITIES)), draw(st.sampled_from(BODIES))

    def odd(what: str) -> bool:
        return oddity in (what, "all")

    fields = [(b"Content-Type", b"text/plain"), *(draw(FIELDS) if odd("fields") else [])]
    fields += draw(st.sampled_from(LARGE)) if oddity == "large" else []
    length = len(body) + (draw(st.integers(0 if not body else -1, 1)) if odd("length") else 0)
    fields += [(b"Content-Length", b"%d" % length)] if oddity != "no length" else []
    status_line = draw(st.sampled_from(ODD_STATUS_LINES)) if odd("status") else b"HTTP/1.1 200 OK"
    lines = [status_line, *(b": ".join(field) for field in fields), b""]
    head = b"".join(line + (draw(st.sampled_from(BREAKS)) if odd("breaks") else b"\r\n") for line in lines)
    if odd("byte"):
        at = draw(st.integers(0, len(head) - 1))
        head = head[:at] + draw(st.binary(max_size=2)) + head[at + draw(st.integers(0, 2)) :]
    data = head + body
    cuts = sorted(draw(st.lists(st.integers(0, min(len(data), 300)), max_size=3))) if odd("cut") else []
    return [data[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


REQUEST_NAMES = (
    *(b"Accept", b"Content-Length", b"Transfer-Encoding", b"Expect"),
    *(b"Connection", b"Upgrade", b"host", b"X y"),
)
REQUEST_VALUES = (
    *(b"a", b" a", b"a\r\nb: c", b"\0", b"5", b"05"),
    *(b"chunked", b"100-continue", b"close", b"keep-alive", b"\xe4"),
)
REQUEST_FIELDS = st.lists(st.tuples(st.sampled_from(REQUEST_NAMES), st.sampled_from(REQUEST_VALUES)), max_size=2)
METHODS = (*["GET", "POST", "PUT", "DELETE"] * 3, "HEAD", "CONNECT", "get", "G T", "", "GÄT")


@st.composite
def requests(draw: st.DrawFn) -> Asked:
    """Draw one request: plain, or with fields that say otherwise, or without the ones that it needs."""
    body = draw(st.sampled_from([b"", b"hello"]))
    fields = [HOST, (b"Content-Length", b"%d" % len(body))]
    if draw(st.booleans()):
        fields = draw(st.permutations(fields))[: draw(st.integers(0, 2))] + draw(REQUEST_FIELDS)
    return draw(st.sampled_from(METHODS)), fields, body
