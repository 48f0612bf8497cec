"""Secrets in disguise: escaped, in another case, in hexadecimal, cut before they are looked for."""

from __future__ import annotations

import base64
import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osia_conformance.support.secrets import Redactor, add_proxies, without_known_secrets
from osia_conformance.support.sensitive_names import is_sensitive

SECRET = "Kanarie-4711/Secret"
PRINTABLE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=8, max_size=30)

DISGUISES = {
    "upper case": SECRET.upper(),
    "lower case": SECRET.lower(),
    "title case": SECRET.title(),
    "hexadecimal": SECRET.encode().hex(),
    "hexadecimal in upper case": SECRET.encode().hex().upper(),
    "every character as \\u00XX": "".join(f"\\u{ord(one):04x}" for one in SECRET),
    "every character as \\u00XX, upper case": "".join(f"\\u{ord(one):04X}" for one in SECRET),
    "one character as \\u00XX": SECRET.replace("n", "\\u006e", 1),
    "escapes escaped": SECRET.replace("n", "\\\\u006e", 1),
    "every character as %XX": "".join(f"%{ord(one):02x}" for one in SECRET),
    "one character as %XX": SECRET.replace("e", "%65", 1),
    "percent signs escaped": SECRET.replace("e", "%2565", 1),
    "every character as \\xXX": "".join(f"\\x{ord(one):02x}" for one in SECRET),
    "character references": "".join(f"&#{ord(one)};" for one in SECRET),
    "hexadecimal character references": "".join(f"&#x{ord(one):X};" for one in SECRET),
    "a slash escaped": SECRET.replace("/", "\\/"),
    "base64 in lower case": base64.b64encode(SECRET.encode()).decode().lower().rstrip("="),
}


@pytest.mark.parametrize("name", DISGUISES)
def test_a_disguise_is_seen_through(name: str) -> None:
    assert Redactor([SECRET]).text(f"before {DISGUISES[name]} after") == "before [redacted] after"


@given(PRINTABLE, st.data())
def test_any_mixture_of_escapes_is_seen_through(secret: str, data: st.DataObject) -> None:
    ways = (str, lambda one: f"\\u{ord(one):04x}", lambda one: f"%{ord(one):02X}", lambda one: f"&#{ord(one)};")
    mixed = "".join(data.draw(st.sampled_from(ways))(one) for one in secret)
    if not re.search(r"[\\%&]", secret):
        assert Redactor([secret]).text(f"<{mixed}>") == "<[redacted]>"


def test_what_is_not_found_is_as_documented() -> None:
    assert Redactor([SECRET]).text(SECRET[::-1]) == SECRET[::-1]


@pytest.mark.parametrize("mark", ["…", "'", '"', "...", ")", ""])
def test_a_secret_that_was_cut_before_is_found_by_its_beginning(mark: str) -> None:
    assert Redactor([SECRET]).shortened(f"it says '{SECRET[:11]}{mark}") == f"it says '[redacted]{mark}"


def test_what_is_cut_here_is_cut_after_its_secrets_are_out() -> None:
    redactor = Redactor([SECRET])
    data = b"x" * 90 + SECRET.encode() + b"y" * 90
    for most in range(85, 120):
        kept = redactor.beginning(data, most)
        assert len(kept) <= most + len(b"[redacted]")
        assert SECRET[:5].encode() not in kept
    # The last of what came may be the beginning of one.
    assert redactor.beginning(b"x" * 20 + SECRET.encode()[:9] + b"zzz", 29) == b"x" * 20 + b"[redacted]"


@pytest.mark.parametrize(
    "secret",
    [SECRET, 'quo"ted/and\\slashed-word', "Schl\u00fcssel-der-T\u00fcr", "a&b<c>d-secret-of-signs"],
)
@pytest.mark.parametrize("form", [str, lambda text: json.dumps(text)[1:-1], lambda text: quote(text, safe=""), repr])
def test_wherever_an_escaped_secret_is_cut_no_five_characters_of_it_remain(secret: str, form: Any) -> None:
    whole = form(secret)
    redactor = Redactor([secret])
    for end in range(len(whole) + 1):
        left = redactor.shortened(f"it says {whole[:end]}…")
        assert secret[:5] not in left
        assert form(secret)[:9] not in left


@pytest.mark.parametrize(
    "name",
    [
        *("Ocp-Apim-Subscription-Key", "X-Access-Key", "X-Auth", "sig", "code", "X-Api-Key", "x_auth_token", "Key"),
        *("X-Signature", "X-Amz-Security-Token", "PHPSESSIONID", "Cookie", "pwd", "db-pwd", "X-Goog-Signature", "SAS"),
        *("client_secret", "sid", "accessKey", "otp", "Proxy-Authorization", "X-MS-AUTH"),
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert is_sensitive(name)


@pytest.mark.parametrize("name", ["X-Tenant", "Accept", "X-Country-Code", "Author", "limit", "monkey", "X-Design"])
def test_names_of_no_secrets(name: str) -> None:
    assert not is_sensitive(name)


def test_the_credentials_of_a_proxy_are_found_in_each_form() -> None:
    for setting, environ in (
        ("http://user:pa%2Fss-word@proxy:3128", {}),
        ("env", {"HTTPS_PROXY": "http://user:pa%2Fss-word@proxy:3128"}),
        ("env", {"http_proxy": "user:pa%2Fss-word@proxy:3128"}),
    ):
        redactor = Redactor()
        add_proxies(redactor, setting, environ)
        pair = base64.b64encode(b"user:pa/ss-word").decode()
        assert redactor.text(f"Basic {pair}") == "Basic [redacted]"
        assert redactor.text("pa/ss-word pa%2Fss-word") == "[redacted] [redacted]"
        assert "user" not in redactor.text(setting) or setting == "env"


def test_the_query_of_a_token_url_may_hold_a_secret() -> None:
    redactor = Redactor()
    redactor.add_url("https://issuer.example/token?code=function-key-1&tenant=blue-tenant")
    assert redactor.text("function-key-1 blue-tenant") == "[redacted] blue-tenant"


def test_what_stands_in_a_query_without_a_name_is_a_secret_unless_it_is_a_word() -> None:
    redactor = Redactor()
    redactor.add_url("https://issuer.example/token?x7Kq2p-Zt9&json&token&debug=&a-secret-in-words-alone")
    said = "application/json, a token, debug; x7Kq2p-Zt9 a-secret-in-words-alone"
    assert redactor.text(said) == "application/json, a token, debug; [redacted] [redacted]"


@pytest.mark.parametrize("query", ["json", "v2", "debug=", "api_version=", "token=", "X-Long-Name-Of-An-Empty-One="])
def test_a_word_in_a_query_is_no_secret(query: str) -> None:
    redactor = Redactor()
    redactor.add_url(f"https://issuer.example/token?{query}")
    assert redactor.text(query.rstrip("=")) == query.rstrip("=")


def test_words_about_a_crash_are_free_of_every_secret_that_is_known() -> None:
    kept = [Redactor([SECRET]), Redactor(["another-secret"])]
    said = without_known_secrets(f"LookupError: {SECRET} and another-secret, {SECRET[:7]}")
    assert said == "LookupError: [redacted] and [redacted], [redacted]"
    assert kept
