"""What is wrong with a file is said in one sentence that names the file and the key, and shows no secret."""

from __future__ import annotations

import pytest

from tests.unit.config.reading import CLIENT, JWT, OWN, refusal


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("[targt]\n", ["conformance.toml: targt", "not a key of the file", '"target"']),
        ("[target]\nurll = 1\n", ["conformance.toml: target.urll", "table [target]", '"url"']),
        ("[product]\nvendr = 1\n", ["product.vendr", '"vendor"']),
        ('[auth]\nmethod = "jwt"\nalgoritm = "HS256"\n', ["auth.algoritm", '"algorithm"']),
        (
            '[auth]\nmethod = "client-credentials"\n[auth.clients."enroll.read"]\nclientid = "x"\n',
            ['auth.clients."enroll.read".clientid', '"client-id"'],
        ),
        (
            '[auth]\nmethod = "static"\n[auth.tokens]\n"enrol.read" = "env:A"\n',
            ['auth.tokens."enrol.read"', '"enroll.read"'],
        ),
        (
            '[auth]\nmethod = "static"\n[auth.tokens]\n"enroll.read enroll.wrte" = "env:A"\n',
            ['"enroll.wrte"', '"enroll.write"'],
        ),
        ("target = 1\n", ["target must be a table, not a number"]),
        ("[target]\nheaders = []\n", ["target.headers must be a table, not an array"]),
        ("[product]\nversion = 1.0\n", ["product.version must be a string, not a number"]),
        ("[product]\nversion = 2024-01-01\n", ["a string, not a date or time"]),
        ("[target]\ninterface-version = 1.0\n", ["target.interface-version must be a string, not a number"]),
        ('[target]\ntimeout = "10"\n', ["target.timeout must be a number, not a string"]),
        ("[target]\ntimeout = true\n", ["target.timeout must be a number, not a boolean"]),
        ("[target]\ntimeout = 0\n", ["target.timeout must be a number above 0"]),
        ("[target]\ntimeout = -1\n", ["target.timeout must be a number above 0"]),
        ("[target]\ntimeout = nan\n", ["target.timeout must be a number above 0"]),
        ("[target]\ntimeout = inf\n", ["target.timeout must be a number above 0"]),
        (f"[target]\ntimeout = 1{'0' * 400}\n", ["target.timeout must be a number above 0"]),
        ("[target]\nrate = -0.5\n", ["target.rate must be a number from 0"]),
        ("[target]\nvisible-within = -1\n", ["target.visible-within must be a number from 0"]),
        ('[target]\nurl = ""\n', ["target.url must not be empty"]),
        ('[target]\nurl = "ftp://h/x"\n', ["target.url must be an http or https URL"]),
        ('[target]\nurl = "gateway.example.org"\n', ["target.url must be an http or https URL"]),
        ('[target]\nurl = "http://"\n', ["target.url must be an http or https URL"]),
        ('[target]\nurl = "http://h:99999/"\n', ["target.url must be a URL"]),
        ('[target]\nurl = "http://[::1/"\n', ["target.url must be a URL"]),
        ('[target]\nurl = "http://h/?x=1"\n', ["without a query", "[target.query]"]),
        ('[target]\nurl = "http://h/#x"\n', ["without a fragment"]),
        ('[target]\nurl = "http://h/a b"\n', ["target.url must be a URL"]),
        ('[target]\nproxy = "socks5://h"\n', ['target.proxy must be "none", "env" or the URL']),
        ('[target]\nca-file = "gone.pem"\n', ['target.ca-file names the file "gone.pem", which does not']),
        ('[target]\nca-file = "a\\u0000b"\n', ["target.ca-file must be a path without a null"]),
        ('[target]\nca-file = "."\n', ["target.ca-file names the file"]),
        ('[target]\nclient-key = "conformance.toml"\n', ["target.client-key needs client-cert"]),
        ('[target]\nclient-key-password = "env:A"\n', ["target.client-key-password needs client-cert"]),
        ('[target]\nenrollment-id = "["\n', ["target.enrollment-id cannot be used", "valid regular expr"]),
        ('[target]\nenrollment-id = "[0-9]"\n', ["target.enrollment-id cannot be used", "too few"]),
        ('[target]\ntransaction-id = "[0-9]"\n', ["target.transaction-id cannot be used", "too few"]),
        ('[target.headers]\n"X Y" = "a"\n', ['target.headers."X Y" is not a valid header name']),
        ('[target.headers]\nX = "a\\r\\nb"\n', ["target.headers.X must be printable ASCII"]),
        ("[target.headers]\nX = 1\n", ["target.headers.X must be a string or a secret reference"]),
        ('[target.headers]\nX = "a"\nx = "b"\n', ["the same header twice"]),
        ('[target.headers]\nContent-Type = "a"\n', ["is a header that the suite sets itself"]),
        ('[target.headers]\nX = "env:GONE"\n', ["target.headers.X cannot be used", "GONE is not set"]),
        ('[target.headers]\nX = "env:"\n', ["target.headers.X must be env:NAME or file:PATH"]),
        ('[target.query]\n"" = "a"\n', ["target.query has a value without a name"]),
        ('[target.query]\nlimit = "a"\n', ["is a parameter of the interface"]),
        ('[target.query]\nk = "env:GONE"\n', ["target.query.k cannot be used", "GONE is not set"]),
    ],
)
def test_a_wrong_target_is_one_sentence_with_file_and_key(text: str, parts: list[str]) -> None:
    sentence = refusal(text)
    assert sentence.startswith("conformance.toml: ")
    for part in parts:
        assert part in sentence


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ('[auth]\nalgorithm = "HS256"\n', ["auth.method is missing", "static, jwt"]),
        ('[auth]\nmethod = "jwtt"\n', ["auth.method must be one of", '"jwt"']),
        ("[auth]\nmethod = 1\n", ["auth.method must be a string"]),
        ('[auth]\nmethod = "none"\nkey = "env:KEY"\n', ['auth.key does not belong to the method "none"']),
        (JWT + 'token-url = "http://h/"\n', ["auth.token-url does not belong", "client-credentials"]),
        ('[auth]\nmethod = "static"\nissuer = "x"\n', ['does not belong to the method "static" but to jwt']),
        ('[auth]\nmethod = "jwt"\nkey = "env:KEY"\n', ["auth.algorithm is missing"]),
        ('[auth]\nmethod = "jwt"\nalgorithm = "HS256"\n', ["auth.key is missing"]),
        (JWT.replace("HS256", "HS255"), ["auth.algorithm must be one of", '"HS256"']),
        (JWT.replace("HS256", "none"), ["auth.algorithm must be one of"]),
        (JWT.replace("env:KEY", "env:GONE"), ["auth.key cannot be used", "GONE is not set"]),
        (JWT.replace("env:KEY", "file:gone.pem"), ["auth.key cannot be used", "No such file"]),
        (JWT + "lifetime = 0\n", ["auth.lifetime must be a number from 5"]),
        (JWT + 'scope-format = "csv"\n', ["auth.scope-format must be one of string, list"]),
        (JWT + "audience = []\n", ["auth.audience must not be an empty array"]),
        (JWT + "audience = 1\n", ["auth.audience must be a string or an array of strings"]),
        (JWT + "[auth.claims]\nexp = 1\n", ["auth.claims.exp is set by the suite; use lifetime"]),
        (JWT + "[auth.claims]\nx = 2024-01-01\n", ["auth.claims.x must be a JSON value"]),
        (JWT + "[auth.claims]\nx = [inf]\n", ["auth.claims.x must be a JSON value"]),
        (JWT + '[auth.jwt-header]\nalg = "x"\n', ["auth.jwt-header.alg is set by the suite; use algorithm"]),
        (JWT + 'scope-claim = "exp"\n', ["auth.scope-claim names a claim that is set to something else"]),
        ('[auth]\nmethod = "static"\n', ["auth.tokens needs a token"]),
        ('[auth]\nmethod = "static"\n[auth.tokens]\nnone = "env:A"\n', ["auth.tokens needs a token"]),
        ('[auth]\nmethod = "static"\n[auth.tokens]\n"" = "env:A"\n', ["names no scope"]),
        (
            '[auth]\nmethod = "static"\n[auth.tokens]\n'
            '"enroll.read enroll.write" = "env:A"\n"enroll.write enroll.read" = "env:B"\n',
            ["is given twice"],
        ),
        (
            '[auth]\nmethod = "static"\n[auth.tokens]\n"enroll.read" = "env:GONE"\n',
            ['auth.tokens."enroll.read" cannot be used', "GONE is not set"],
        ),
        ('[auth]\nmethod = "client-credentials"\nclient-id = "c"\n', ["auth.token-url is missing"]),
        (CLIENT, ["auth.client-id is missing"]),
        (CLIENT + 'client-id = "c"\n', ['auth.client-secret is missing; client-auth "basic" needs it']),
        (CLIENT + 'client-id = "c"\nclient-auth = "baisc"\n', ["auth.client-auth must be one of", '"basic"']),
        (CLIENT + 'client-id = "c"\nclient-auth = "private_key_jwt"\n', ["auth.key is missing"]),
        (
            CLIENT + 'client-id = "c"\nclient-auth = "private_key_jwt"\nkey = "env:KEY"\n',
            ["auth.algorithm is missing"],
        ),
        (CLIENT + 'client-id = "c"\nclient-auth = "mtls"\n', ["target.client-cert is missing"]),
        (CLIENT + OWN + 'client-secret = "env:A"\n', ['auth.clients."enroll.read".client-id is missing']),
        (CLIENT + OWN + 'client-id = "c"\nclient-secret = "env:GONE"\n', ["client-secret cannot be used"]),
        (
            CLIENT + 'client-id = "c"\nclient-secret = "env:A"\n[auth.tokens]\n"enroll.read" = "env:B"\n',
            ['auth.tokens."enroll.read"', '"expired"'],
        ),
        (
            JWT + '[target.headers]\nauthorization = "x"\n',
            ["target.headers.Authorization is set by the method of [auth]"],
        ),
    ],
)
def test_a_wrong_auth_is_one_sentence_with_file_and_key(text: str, parts: list[str]) -> None:
    sentence = refusal(text)
    assert sentence.startswith("conformance.toml: ")
    for part in parts:
        assert part in sentence


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (JWT.replace("env:KEY", "hunter2-hunter2"), "auth.key"),
        (CLIENT + 'client-id = "c"\nclient-secret = "hunter2-hunter2"\n', "auth.client-secret"),
        (
            '[auth]\nmethod = "static"\n[auth.tokens]\n"enroll.read" = "hunter2-hunter2"\n',
            'auth.tokens."enroll.read"',
        ),
        ('[target]\nclient-key-password = "hunter2-hunter2"\n', "target.client-key-password"),
        ('[target]\nurl = "http://me:hunter2-hunter2@h/"\n', "target.url"),
        ('[target]\nproxy = "http://me:hunter2-hunter2@h/"\n', "target.proxy"),
        ('[target]\nurl = "http://h/?api-key=hunter2-hunter2"\n', "target.url"),
    ],
)
def test_a_secret_written_down_is_refused_and_not_repeated(text: str, key: str) -> None:
    sentence = refusal(text)
    assert key in sentence
    assert "hunter2" not in sentence
    assert "env:NAME or file:PATH" in sentence or "must be a URL without" in sentence


def test_a_secret_that_cannot_stand_in_a_header_is_refused_without_showing_it() -> None:
    text = '[target.headers]\nX = "env:BAD"\n'
    sentence = refusal(text, environ={"BAD": "hunter2\r\nX-Evil: 1"})
    assert "target.headers.X cannot be used: what env:BAD holds is not printable ASCII" in sentence
    assert "hunter2" not in sentence
