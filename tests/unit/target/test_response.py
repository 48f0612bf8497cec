"""How much content an answer has, that included which HTTP does not allow it to have."""

from __future__ import annotations

import pytest

from osia_conformance.target.response import Response
from osia_conformance.wire.headers import Headers


@pytest.mark.parametrize(
    ("headers", "body", "extra_bytes", "content"),
    [
        ((), b"", 0, 0),
        ((("Content-Length", "0"),), b"", 0, 0),
        ((), b"{}", 0, 2),
        ((("content-length", "16"),), b"", 0, 16),
        ((), b"", 16, 16),
        ((("Transfer-Encoding", "chunked"),), b"", len("0\r\n\r\n"), 0),
        ((("Content-Length", "²"),), b"", 0, 0),
        ((("Content-Length", "9" * 5000),), b"", 0, 0),
    ],
)
def test_content_is_what_came_or_was_promised(headers: Headers, body: bytes, extra_bytes: int, content: int) -> None:
    response = Response("deleteEnrollment", "main.1", 204, headers, body, extra_bytes=extra_bytes)
    assert response.content == content
