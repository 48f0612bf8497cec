"""What a server says of an error of its own."""

from __future__ import annotations

import pytest

from osia_conformance.target.response import Response
from osia_conformance.target.server_words import server_words
from osia_conformance.target.statuses import answered


def response(body: bytes, status: int = 500) -> Response:
    return Response("findEnrollments", "main.1", status, body=body)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", ""),
        (b'{"code": 500, "message": "column bogus is unknown"}', "column bogus is unknown"),
        (b'{"type": "about:blank", "title": "Oops", "detail": "no such table"}', "no such table"),
        (b'{"status": 500}', '{"status": 500}'),
        (b'"it broke"', "it broke"),
        (b"<html><style>a {}</style><h1>Server</h1>\r\n<p>is down</p></html>", "Server is down"),
        (b"line one\n\tline two \x1b[2J", "line one line two \\u001b[2J"),
        (b"\xff\xfe broken", "\ufffd\ufffd broken"),
    ],
)
def test_its_words_are_found_in_any_form_and_made_safe(body: bytes, words: str) -> None:
    assert server_words(response(body)) == words


def test_they_are_at_most_200_characters() -> None:
    assert server_words(response(b"x" * 5000)) == f"{'x' * 199}…"


def test_only_an_unexpected_server_error_has_them() -> None:
    assert answered(response(b"it broke")) == 'findEnrollments answered 500 Internal Server Error ("it broke")'
    assert answered(response(b"later", 503)) == "findEnrollments answered 503 Service Unavailable"
    assert answered(response(b"no", 404)) == "findEnrollments answered 404 Not Found"
