"""Buffers of any media type, and digests both ways, from 1.1.0 on."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from tests.harness.interface_versions import since

ONE = "/v1/enrollments/one"
BYTES = bytes(range(256)) * 2000
NEWER = pytest.mark.parametrize("version", since("1.1.0"))
NAMES = {"SHA": "sha1", "SHA-256": "sha256", "SHA-512": "sha512", "MD5": "md5"}


def digest(name: str, content: bytes = BYTES) -> str:
    computed = hashlib.new(NAMES[name.upper()], content).digest()
    return f"{name}={base64.b64encode(computed).decode()}"


@pytest.fixture
def ready(any_api: Any, any_body: Any) -> Any:
    any_api.create("one", any_body)
    return any_api


def send(api: Any, headers: Any) -> Any:
    return api("POST", f"{ONE}/buffer", content=BYTES, headers=headers)


def kept(api: Any) -> int:
    count: int = api.app.enrollments.store._database.execute("SELECT count(*) FROM buffer").fetchone()[0]
    return count


@NEWER
@pytest.mark.parametrize(
    "kind",
    [
        "image/png",
        "image/jp2",
        "application/json",
        "application/octet-stream",
        "application/vc+jwt",
        "application/x-www-form-urlencoded",
        "Image/PNG",
        'application/pdf; version="1.7"',
    ],
)
def test_a_buffer_is_answered_with_the_type_it_was_sent_with(ready: Any, kind: str) -> None:
    sent = send(ready, {"Content-Type": kind})
    assert sent.status_code == 201
    assert set(sent.json()) == {"bufferId"}
    answered = ready("GET", f"{ONE}/buffer/{sent.json()['bufferId']}")
    assert (answered.status_code, answered.content) == (200, BYTES)
    assert answered.headers["content-type"] == kind


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "multipart/form-data; boundary=x",
        "image",
        "image/",
        "image/*",
        "application/*",
        "*/*",
        "x-image/png",
        "image/png, text/html",
        "image/svg/xml",
    ],
)
def test_other_types_are_not_taken(ready: Any, kind: str) -> None:
    assert send(ready, {"Content-Type": kind}).status_code == 415
    assert kept(ready) == 0


@pytest.mark.parametrize("version", ["1.0.0"])
def test_the_oldest_version_takes_octets_only_and_knows_no_digest(ready: Any) -> None:
    assert send(ready, {"Content-Type": "image/png"}).status_code == 415
    sent = send(ready, {"Content-Type": "Application/Octet-Stream; x=y", "Digest": digest("SHA-256", b"other")})
    assert sent.status_code == 201
    answered = ready("GET", f"{ONE}/buffer/{sent.json()['bufferId']}")
    assert answered.headers["content-type"] == "application/octet-stream"
    assert "digest" not in answered.headers


def test_a_buffer_of_no_type_is_one_of_octets(ready: Any) -> None:
    sent = send(ready, {})
    answered = ready("GET", f"{ONE}/buffer/{sent.json()['bufferId']}")
    assert answered.headers["content-type"] == "application/octet-stream"


@NEWER
@pytest.mark.parametrize("content", [b"", BYTES])
def test_a_buffer_is_answered_with_its_digest(ready: Any, content: bytes) -> None:
    sent = ready("POST", f"{ONE}/buffer", content=content, headers={"Content-Type": "image/png"})
    answered = ready("GET", f"{ONE}/buffer/{sent.json()['bufferId']}")
    assert answered.content == content
    assert answered.headers["digest"] == digest("SHA-256", content)


@NEWER
@pytest.mark.parametrize(
    "header",
    [
        *(digest(name) for name in NAMES),
        *(digest(name.lower()) for name in NAMES),
        ",".join(digest(name) for name in NAMES),
        f" {digest('Sha-256')} ,, {digest('mD5')} ",
        f"UNIXsum=30637, {digest('SHA')}",
        "SHA-384=!!!",
        "crc32c=0a72a4df",
        "nothing",
        "",
    ],
)
def test_a_digest_that_is_right_or_unknown_lets_a_buffer_pass(ready: Any, header: str) -> None:
    sent = send(ready, {"Digest": header})
    assert sent.status_code == 201
    assert ready("GET", f"{ONE}/buffer/{sent.json()['bufferId']}").content == BYTES


def wrong() -> list[Any]:
    others = [digest(name, b"other") for name in NAMES]
    mixed = [f"{digest('SHA-256')},{other}" for other in others]
    right = digest("SHA-256").partition("=")[2]
    spoilt = [
        f"SHA-256={right.rstrip('=')}",
        f"SHA-256={right[:-5]}-_==",
        f"SHA-256=!{right}",
        "SHA-256=",
        "SHA-256",
        f"MD5={right}",
    ]
    in_hex = f"SHA-256={hashlib.sha256(BYTES).hexdigest()}"
    return [*others, *(other.lower() for other in others[:1]), *mixed, *spoilt, in_hex, f"x=y,{others[1]}"]


@NEWER
@pytest.mark.parametrize("header", wrong())
def test_a_digest_that_is_wrong_refuses_a_buffer_and_nothing_is_kept(ready: Any, header: str) -> None:
    response = send(ready, {"Digest": header})
    assert response.status_code == 400
    assert set(response.json()) == {"code", "message"}
    assert kept(ready) == 0


@NEWER
def test_each_of_several_digest_headers_counts(ready: Any) -> None:
    bearer = ("Authorization", f"Bearer {ready.token}")
    good, bad = ("Digest", digest("SHA-256")), ("Digest", digest("MD5", b"other"))
    for first, second, code in ((good, good, 201), (good, bad, 400), (bad, good, 400)):
        request = ready._client.build_request(
            "POST", f"{ONE}/buffer?transactionId=t", content=BYTES, headers=[bearer, first, second]
        )
        assert ready._runner.run(ready._client.send(request)).status_code == code
