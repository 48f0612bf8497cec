from __future__ import annotations

import base64
import html
import json
import os
import re
from pathlib import Path
from threading import Event, Thread
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osia_conformance.support import secrets
from osia_conformance.support.secrets import ConfigurationError, Redactor, SecretReference, resolve_all

SECRET = 'p@ss/w+rd "ü" &<x>'
SECRETS = st.text(min_size=4, max_size=40).filter(lambda text: text not in "[redacted]")


def test_a_variable_is_looked_up_at_each_use() -> None:
    environ = {"KEY": "first-value"}
    reference = SecretReference("env:KEY")
    assert reference.resolve(environ) == "first-value"
    environ["KEY"] = "second-value"
    assert reference.resolve(environ) == "second-value"


def test_without_a_mapping_the_process_environment_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OSIA_TEST_SECRET", "from-the-process")
    assert SecretReference("env:OSIA_TEST_SECRET").resolve() == "from-the-process"


def test_a_file_is_read_at_each_use_relative_to_its_base_without_the_last_newline(tmp_path: Path) -> None:
    file = tmp_path / "token"
    reference = SecretReference("file:token", str(tmp_path))
    for content, secret in ((b"first\n", "first"), (b"second\r\n", "second"), (b"third\n\n", "third\n")):
        file.write_bytes(content)
        assert reference.resolve({}) == secret


@pytest.mark.parametrize("text", ["hunter2", "", "env:", "file:", "ENV:X", "env:A=B", "file:a\0b", "vault:x"])
def test_anything_else_is_no_reference_and_is_not_repeated(text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        SecretReference(text)
    assert "env:NAME or file:PATH" in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "environ", "sentence"),
    [
        ("env:GONE", {}, "the environment variable GONE is not set or is empty."),
        ("env:GONE", {"GONE": ""}, "the environment variable GONE is not set or is empty."),
        ("env:TINY", {"TINY": "abc"}, "the secret behind env:TINY is shorter than 4 characters"),
        ("file:gone", {}, "the file of file:gone cannot be read: No such file or directory."),
        ("file:.", {}, "file:. is not a regular file."),
        ("file:empty", {}, "the file of file:empty is empty."),
        ("file:binary", {}, "the file of file:binary is not UTF-8 text."),
        ("file:" + "x" * 5000, {}, "cannot be read: File name too long."),
        ("file:huge", {}, "the file of file:huge is larger than 1048576 bytes."),
    ],
)
def test_a_missing_secret_is_one_sentence(tmp_path: Path, text: str, environ: dict[str, str], sentence: str) -> None:
    (tmp_path / "empty").write_bytes(b"\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\xfd\xfc")
    (tmp_path / "huge").write_bytes(b"x" * ((1 << 20) + 1))
    with pytest.raises(ConfigurationError) as caught:
        SecretReference(text, str(tmp_path)).resolve(environ)
    assert sentence in str(caught.value)


def test_a_pipe_is_refused_since_it_can_be_read_only_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigurationError, match="not a regular file"):
        SecretReference("file:pipe", str(tmp_path)).resolve({})


def spellings(secret: str) -> list[str]:
    raw = secret.encode()
    lower = re.sub("%..", lambda escape: escape.group().lower(), quote(secret, safe=""))
    return [
        secret,
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        lower,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        json.dumps(secret)[1:-1].replace("/", "\\/"),
        json.dumps(json.dumps(secret)[1:-1])[1:-1],
        html.escape(secret),
        base64.b64encode(raw).decode(),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
        base64.b64encode(json.dumps(secret)[1:-1].encode()).decode(),
    ]


@pytest.mark.parametrize("form", spellings(SECRET))
def test_each_spelling_is_replaced_in_text_and_in_bytes(form: str) -> None:
    redactor = Redactor([SECRET])
    assert redactor.text(f"before {form.rstrip('=')} after") == "before [redacted] after"
    assert redactor.data(f"before {form.rstrip('=')} after".encode()) == b"before [redacted] after"


@given(secret=SECRETS, before=st.text(max_size=10), after=st.text(max_size=10))
def test_no_spelling_of_a_secret_survives(secret: str, before: str, after: str) -> None:
    redactor = Redactor([secret])
    for form in spellings(secret) if secret.isprintable() else [secret]:
        if len(form) < 4:
            continue
        clean = redactor.text(f"{before} | {form} | {after}")
        middle = clean.removeprefix(before).removesuffix(after)
        assert "[redacted]" in clean
        assert form not in middle.replace("[redacted]", "")


@given(st.binary(max_size=7), st.binary(min_size=12, max_size=30), st.binary(max_size=7))
def test_base64_of_something_longer_gives_nothing_of_the_secret_but_edges(
    before: bytes, secret: bytes, after: bytes
) -> None:
    text = secret.hex()
    clean = Redactor([text]).text(base64.b64encode(before + text.encode() + after).decode())
    assert "[redacted]" in clean
    assert len(clean.replace("[redacted]", "")) <= (len(before) + len(after)) * 4 / 3 + 12


def test_basic_credentials_are_replaced_as_a_whole() -> None:
    redactor = Redactor()
    redactor.add_basic("client:1", "s3cret/!")
    for pair in ("client:1:s3cret/!", "client%3A1:s3cret%2F%21"):
        header = "Basic " + base64.b64encode(pair.encode()).decode().rstrip("=")
        assert redactor.text(header) == "Basic [redacted]"


def test_overlapping_and_nested_secrets_leave_nothing_behind() -> None:
    redactor = Redactor(["abcdef", "defghi", "cdef", "xxabcdefxx"])
    assert redactor.text("1 abcdefghi 2 xxabcdefxx 3") == "1 [redacted] 2 [redacted] 3"
    assert Redactor(["aaaa"]).text("aaaaaa") == "[redacted]"


def test_the_lines_of_a_key_are_replaced_one_by_one() -> None:
    body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"
    redactor = Redactor([f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----"])
    assert redactor.text(f"  {body}  ") == "  [redacted]  "
    assert redactor.text("-----BEGIN PRIVATE KEY-----") == "-----BEGIN PRIVATE KEY-----"


def test_what_holds_no_secret_comes_back_as_it_was() -> None:
    redactor = Redactor(["some-secret", "abc", ""])
    data, text = b"plain abc \xff\xfe", "plain abc \ud800"
    assert redactor.data(data) is data
    assert redactor.text(text) is text
    assert Redactor().data(data) is data


@pytest.mark.parametrize(
    ("texts", "clean"),
    [
        (["plain", "x=s3cret-word", ""], ["plain", "x=[redacted]", ""]),
        (["two\nlines", "s3cret-word"], ["two\nlines", "[redacted]"]),
        (["s3cret", "word"], ["s3cret", "word"]),
        (["s3cret\nword", "a"], ["[redacted]", "a"]),
        (["s3cret", "word\ns3cret-word"], ["s3cret", "word\n[redacted]"]),
    ],
)
def test_several_texts_are_cleaned_each_by_itself(texts: list[str], clean: list[str]) -> None:
    assert Redactor(["s3cret-word", "s3cret\nword"]).texts(texts) == clean


def test_headers_are_resolved_and_their_secrets_are_told() -> None:
    redactor = Redactor()
    values: dict[str, str | SecretReference] = {
        "X-Tenant": "blue",
        "X-Api-Key": "literal-key",
        "X-Other": SecretReference("env:OTHER"),
    }
    plain = resolve_all(values, redactor, {"OTHER": "other-secret"})
    assert plain == {"X-Tenant": "blue", "X-Api-Key": "literal-key", "X-Other": "other-secret"}
    assert redactor.text("blue literal-key other-secret") == "blue [redacted] [redacted]"


def test_a_header_secret_with_a_line_break_is_refused_without_showing_it() -> None:
    with pytest.raises(ConfigurationError, match="control characters") as caught:
        resolve_all({"X-Key": SecretReference("env:K")}, Redactor(), {"K": "good\r\nX-Evil: 1"})
    assert "Evil" not in str(caught.value)


def test_a_secret_is_known_only_once_it_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    redactor, begun, done, found = Redactor(), Event(), Event(), secrets.spellings

    def held(secret: str) -> set[bytes]:
        if not begun.is_set():
            begun.set()
            done.wait()
        return found(secret)

    monkeypatch.setattr(secrets, "spellings", held)
    first = Thread(target=redactor.add, args=(SECRET,))
    first.start()
    begun.wait()
    try:
        redactor.add(SECRET)
        told = redactor.text(f"Bearer {SECRET}")
    finally:
        done.set()
        first.join()
    assert told == "Bearer [redacted]"


def test_what_stands_behind_many_beginnings_is_found_as_behind_few() -> None:
    redactor = Redactor(["token-first", "token-second-one", "token-s"])
    once = b"a token-second-one, token-firs and token-first"
    cleaned = b"a [redacted], token-firs and [redacted]"
    assert redactor.data(once) == cleaned
    many = b"token-, " * 100
    assert redactor.data(many + once) == many + cleaned
    assert redactor.data(many + b"token-first" * 2) == many + b"[redacted]" * 2
    # Shorter than the longest spelling, at the very end.
    assert redactor.data(b"token-s") == b"[redacted]"
