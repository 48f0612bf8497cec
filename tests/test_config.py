from __future__ import annotations

import datetime
import json
import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from osia_conformance import config_schema as schema
from osia_conformance.config import (
    AuthSettings,
    ClientSettings,
    ConfigurationError,
    Product,
    Settings,
    TargetSettings,
    load,
    parse_text,
    read_tables,
)
from osia_conformance.config_values import Place
from osia_conformance.references import Reference

SECRETS = {name: f"value-of-{name}" for name in ("KEY", "A", "B", "PW")}


@pytest.fixture(autouse=True)
def empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def loaded(text: str, options: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    Path("conformance.toml").write_text(text, encoding="utf-8")
    return load(options, {**SECRETS, **(environ or {})})


def refusal(text: str, options: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None) -> str:
    with pytest.raises(ConfigurationError) as caught:
        loaded(text, options, environ)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


def test_without_anything_the_defaults_hold() -> None:
    assert load({}, {}) == Settings()
    assert Settings().target == TargetSettings(url=None, timeout=10, rate=0, visible_within=5, proxy="none")


def test_a_whole_file_is_read() -> None:
    for name in ("ca.pem", "client.pem", "client.key"):
        Path(name).write_text("x")
    here = str(Path().absolute())
    Path("tenant.txt").write_text("tenant-1\n")
    found = loaded(
        """
        [product]
        vendor = "V"
        name = "Gateway"
        version = "1.0"
        build = ""
        environment = "staging"
        [target]
        url = "https://gateway.example.org/identity/"
        interface-version = "1.0.0"
        timeout = 2.5
        rate = 100
        visible-within = 0
        ca-file = "ca.pem"
        client-cert = "client.pem"
        client-key = "client.key"
        client-key-password = "env:PW"
        proxy = "http://proxy.example.org:3128"
        enrollment-id = "[0-9]{12}"
        [target.headers]
        X-Tenant = "blue"
        X-Api-Key = "env:A"
        [target.query]
        tenant = "file:tenant.txt"
        [auth]
        method = "jwt"
        algorithm = "ES256"
        key = "env:KEY"
        audience = ["a", "b"]
        scope-format = "list"
        lifetime = 60
        [auth.claims]
        roles = ["x", {y = 1.5}]
        [auth.jwt-header]
        typ = "at+jwt"
        """
    )
    assert found.product == Product("V", "Gateway", "1.0", "", "staging")
    assert found.target == TargetSettings(
        url="https://gateway.example.org/identity",
        interface_version="1.0.0",
        timeout=2.5,
        rate=100,
        visible_within=0,
        ca_file=Path(here, "ca.pem"),
        client_cert=Path(here, "client.pem"),
        client_key=Path(here, "client.key"),
        client_key_password=Reference("env:PW", here),
        proxy="http://proxy.example.org:3128",
        enrollment_id="[0-9]{12}",
        headers={"X-Tenant": "blue", "X-Api-Key": Reference("env:A", here)},
        query={"tenant": Reference("file:tenant.txt", here)},
    )
    assert found.auth == AuthSettings(
        method="jwt",
        algorithm="ES256",
        key=Reference("env:KEY", here),
        audience=("a", "b"),
        scope_format="list",
        lifetime=60,
        claims={"roles": ["x", {"y": 1.5}]},
        jwt_header={"typ": "at+jwt"},
    )


def test_paths_and_secret_files_are_relative_to_the_file() -> None:
    folder = Path("etc")
    folder.mkdir()
    (folder / "ca.pem").write_text("x")
    (folder / "key").write_text("the-secret\n")
    (folder / "c.toml").write_text(
        '[target]\nca-file = "ca.pem"\n[auth]\nmethod = "jwt"\nalgorithm = "HS256"\nkey = "file:key"\n'
    )
    found = load({}, {}, folder / "c.toml")
    assert found.target.ca_file == folder.absolute() / "ca.pem"
    assert found.auth.key is not None
    assert found.auth.key.resolve({}) == "the-secret"


def test_an_option_wins_over_the_environment_that_over_the_file() -> None:
    text = '[target]\nurl = "http://file.example"\ntimeout = 1\nrate = 1\n'
    environ = {"OSIA_URL": "http://env.example", "OSIA_TIMEOUT": "2", "OSIA_SEED": "7", "OSIA_WORKERS": "3"}
    options = {"url": "http://option.example", "seed": 8, "report_dir": None, "report-dir": Path("out")}
    found = loaded(text, options, environ)
    assert found.target.url == "http://option.example"
    assert (found.target.timeout, found.target.rate) == (2, 1)
    assert (found.seed, found.workers, found.effort) == (8, 3, "standard")
    assert found.report_dir == Path().absolute() / "out"
    assert loaded(text, {"url": None}, environ).target.url == "http://env.example"
    assert loaded(text).target.url == "http://file.example"


def test_every_scalar_of_the_target_has_its_variable() -> None:
    for name in ("ca.pem", "cert.pem", "cert.key", "openapi.yaml"):
        Path(name).write_text("x")
    environ = {
        "OSIA_URL": "https://h.example/p",
        "OSIA_INTERFACE_VERSION": "1.2.1",
        "OSIA_TIMEOUT": "3",
        "OSIA_MAX_TIME": "90",
        "OSIA_RATE": "4.5",
        "OSIA_VISIBLE_WITHIN": "0",
        "OSIA_CA_FILE": "ca.pem",
        "OSIA_CLIENT_CERT": "cert.pem",
        "OSIA_CLIENT_KEY": "cert.key",
        "OSIA_CLIENT_KEY_PASSWORD": "env:PW",
        "OSIA_PROXY": "env",
        "OSIA_ENROLLMENT_ID": "[0-9]{12}",
        "OSIA_TRANSACTION_ID": "t[0-9]{9}",
        "OSIA_READ_ONLY": "true",
        "OSIA_SPEC": "openapi.yaml",
        "OSIA_REPORT_DIR": "out",
        "OSIA_EFFORT": "quick",
    }
    found = load({}, {**SECRETS, **environ})
    scalars = [key.replace("-", "_") for key in schema.TARGET_SCALARS]
    assert all(getattr(found.target, key) != getattr(TargetSettings(), key) for key in scalars)
    assert {f"OSIA_{key.upper()}" for key in scalars} <= environ.keys()
    assert found.effort == "quick"


def test_an_empty_or_foreign_variable_counts_for_nothing() -> None:
    assert load({}, {"OSIA_URL": "", "OSIA_SEED": "", "OSIA_JWT_KEY": "x", "OSIA_CONFIG": ""}) == Settings()


def test_the_file_is_found_by_option_then_variable_then_name() -> None:
    for name in ("option", "variable", "conformance"):
        Path(f"{name}.toml").write_text(f'[product]\nname = "{name}"\n')
    environ = {"OSIA_CONFIG": "variable.toml"}
    assert load({}, environ, Path("option.toml")).product.name == "option"
    assert load({}, environ).product.name == "variable"
    assert load({}, {}).product.name == "conformance"


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


JWT = '[auth]\nmethod = "jwt"\nalgorithm = "HS256"\nkey = "env:KEY"\n'
CLIENT = '[auth]\nmethod = "client-credentials"\ntoken-url = "http://as.example/token"\n'
OWN = '[auth.clients."enroll.read"]\n'


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


@pytest.mark.parametrize(
    ("options", "environ", "parts"),
    [
        ({"url": "ftp://h"}, {}, ["option --url: url must be an http or https URL"]),
        ({"effort": "fast"}, {}, ["option --effort: effort must be one of quick, standard, thorough"]),
        ({"seed": "x"}, {}, ["option --seed: seed must be an integer, not other text"]),
        ({"seed": -1}, {}, ["option --seed: seed must be an integer from 0"]),
        ({"seed": "9" * 5000}, {}, ["option --seed: seed must be an integer"]),
        ({"workers": 0}, {}, ["option --workers: workers must be an integer from 1"]),
        (
            {"workers": 1.5},
            {},
            ["option --workers: workers must be an integer, not a number with a fraction"],
        ),
        ({"sed": 1}, {}, ["the options: sed is not a key", '"seed"']),
        ({"report-dir": "a\0b"}, {}, ["option --report-dir", "null character"]),
        ({}, {"OSIA_TIMEOUT": "soon"}, ["environment variable OSIA_TIMEOUT: timeout must be a number"]),
        ({}, {"OSIA_RATE": "-1"}, ["environment variable OSIA_RATE: rate must be a number from 0"]),
        ({}, {"OSIA_SEED": "1.5"}, ["environment variable OSIA_SEED: seed must be an integer"]),
        ({}, {"OSIA_CA_FILE": "gone"}, ['OSIA_CA_FILE: ca-file names the file "gone"']),
        (
            {},
            {"OSIA_CLIENT_KEY_PASSWORD": "hunter2"},
            ["OSIA_CLIENT_KEY_PASSWORD", "never the secret itself"],
        ),
        ({}, {"OSIA_CONFIG": "gone.toml"}, ['OSIA_CONFIG: there is no configuration file "gone.toml"']),
    ],
)
def test_a_wrong_option_or_variable_is_named(
    options: dict[str, Any], environ: dict[str, str], parts: list[str]
) -> None:
    sentence = refusal("", options, environ)
    assert "hunter2" not in sentence
    for part in parts:
        assert part in sentence


def test_a_file_that_is_not_there_or_no_file_is_named() -> None:
    for name in ("gone.toml", ".", "a\0b"):
        with pytest.raises(ConfigurationError, match="--config: there is no configuration file"):
            load({}, {}, Path(name))


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"[target]\nurl = \n", "is not valid TOML: Invalid value (at line 2, column 7)."),
        (b"[target]\nurl = '\xff'\n", "is not UTF-8 text"),
        (b"x = 1" + b"0" * 5000, "is not usable TOML"),
        (b"x = " + b"[" * 100_000, "is not usable TOML"),
        (b"#" * ((1 << 20) + 1), "is larger than 1048576 bytes"),
    ],
    ids=["syntax", "encoding", "number", "depth", "size"],
)
def test_what_is_no_toml_is_said_with_its_line(content: bytes, part: str) -> None:
    Path("conformance.toml").write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        load({}, {})
    assert str(caught.value).startswith("conformance.toml: the file")
    assert part in str(caught.value)


def test_a_secret_that_cannot_stand_in_a_header_is_refused_without_showing_it() -> None:
    text = '[target.headers]\nX = "env:BAD"\n'
    sentence = refusal(text, environ={"BAD": "hunter2\r\nX-Evil: 1"})
    assert "target.headers.X cannot be used: what env:BAD holds is not printable ASCII" in sentence
    assert "hunter2" not in sentence


def test_clients_for_single_scopes_take_from_auth_what_they_leave_out() -> None:
    found = loaded(
        CLIENT
        + 'client-auth = "post"\naudience = "api"\n'
        + OWN
        + 'client-id = "reader"\nclient-secret = "env:A"\nresource = "urn:x"\n'
    )
    client = schema.client_for(found.auth, "enroll.read")
    assert (client.client_id, client.client_auth) == ("reader", "post")
    assert (client.audience, client.resource) == (("api",), ("urn:x",))


def test_scope_combinations_have_one_spelling() -> None:
    found = loaded(
        '[auth]\nmethod = "static"\n[auth.tokens]\n"enroll.write  enroll.read" = "env:A"\nexpired = "env:B"\n'
    )
    assert set(found.auth.tokens) == {"enroll.read enroll.write", "expired"}


EVERYTHING = Settings(
    product=Product(vendor="V", name="N"),
    target=TargetSettings(
        url="https://h.example/p",
        ca_file=Path("/etc/ssl/private/ca.pem"),
        client_key_password=Reference("env:PW", "/etc"),
        headers={"X-Api-Key": "literal-hunter2", "X-Tenant": "blue", "Cookie": Reference("env:A", "/etc")},
        query={"token": "literal-hunter2", "t": Reference("file:k", "/etc")},
    ),
    auth=AuthSettings(
        method="client-credentials",
        audience=("a", "b"),
        claims={"reference": "x", "path": [1], "client_secret": "literal-hunter2"},
        tokens={"expired": Reference("env:B", "/etc")},
        clients={"enroll.read": ClientSettings("id", Reference("env:A", "/etc"), resource=("r",))},
        client_secret=Reference("env:A", "/etc"),
    ),
    report_dir=Path("/var/reports/one"),
    seed=5,
    workers=4,
    effort="thorough",
)


@pytest.mark.parametrize("settings_", [Settings(), EVERYTHING])
def test_settings_survive_the_way_to_a_worker(settings_: Settings) -> None:
    dumped = json.loads(json.dumps(settings_.dump()))
    assert Settings.restore(dumped) == settings_
    assert Settings.restore(pickle.loads(pickle.dumps(settings_.dump()))) == settings_


def test_the_record_has_references_but_no_secret_and_no_directory() -> None:
    record = EVERYTHING.as_record()
    text = json.dumps(record)
    assert "hunter2" not in text
    assert "/etc" not in text
    assert "/var" not in text
    assert record["target"]["headers"] == {"X-Api-Key": "[redacted]", "X-Tenant": "blue", "Cookie": "env:A"}
    assert record["target"]["query"] == {"token": "[redacted]", "t": "file:k"}
    assert record["auth"]["client-secret"] == "env:A"
    assert record["auth"]["clients"]["enroll.read"]["client-secret"] == "env:A"
    assert record["effort"] == "thorough"


MORE = ("enrollments", "buffers", "search", "attribute", "value", "enrollment", "buffer", "requirement", "expires")
OF_PROFILE = ("blocks", "biographicData", "schema", "examples", "marker", "images", "type", "values", "required")
WORDS = [*schema.TABLES, *schema.PRODUCT, *schema.TARGET, *schema._AUTH, *schema.SCOPES, "iss", *MORE, *OF_PROFILE]
VALUES = [
    *schema.METHODS,
    *schema.ALGORITHMS[:2],
    *schema.CLIENT_AUTHS,
    "env:KEY",
    "file:x",
    "http://h/",
    "uuid",
    "[0-9]{9}",
]
SCALARS = st.one_of(
    st.none().map(lambda _: datetime.date(2024, 1, 1)),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(VALUES),
)
KEYS = st.sampled_from(WORDS) | st.text(max_size=5)
TABLES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=10,
)
SECTION = st.dictionaries(KEYS, TABLES, max_size=5) | TABLES
DOCUMENTS = st.dictionaries(st.sampled_from([*schema.TABLES, schema.WAIVERS]), SECTION) | st.dictionaries(KEYS, TABLES)


def outcome(call: Callable[[], Settings]) -> Settings | str:
    """Return the settings, or the sentence that refuses them; any other exception fails the test."""
    try:
        return call()
    except ConfigurationError as error:
        return str(error)


@given(DOCUMENTS)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_tables_give_settings_or_one_sentence(document: dict[str, Any]) -> None:
    found = outcome(lambda: read_tables(document, Place("c.toml")))
    if isinstance(found, str):
        assert found.startswith("c.toml: ")
        assert "\n" not in found
    else:
        assert Settings.restore(json.loads(json.dumps(found.dump()))) == found
        assert json.dumps(found.as_record())


TOML_TEXT = st.lists(
    st.sampled_from(["[", "]", "=", '"', "'", "\n", ".", "{", "}", ",", "1", "0x", "\\u0000", "#", *WORDS])
    | st.text(max_size=3),
    max_size=30,
).map("".join)


@given(TOML_TEXT)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_gives_settings_or_one_sentence(text: str) -> None:
    found = outcome(lambda: read_tables(parse_text(text, "c.toml"), Place("c.toml")))
    assert isinstance(found, Settings) or found.startswith("c.toml: ")


@given(st.binary(max_size=60))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_give_settings_or_one_sentence(content: bytes) -> None:
    Path("conformance.toml").write_bytes(content)
    found = outcome(lambda: load({}, {}))
    assert isinstance(found, Settings) or found.startswith("conformance.toml: ")


@given(st.dictionaries(st.sampled_from(sorted({*schema.TARGET_SCALARS, *schema.RUN_OPTIONS})), st.text()))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_variables_and_options_give_settings_or_one_sentence(values: dict[str, str]) -> None:
    environ = {f"OSIA_{key.upper().replace('-', '_')}": value for key, value in values.items()}
    ways = {"option --": (values, {}), "environment variable OSIA_": ({}, environ)}
    for source, (options, variables) in ways.items():
        found = outcome(lambda options=options, variables=variables: load(options, variables))  # type: ignore[misc]
        assert isinstance(found, Settings) or found.startswith((source, "the configuration: "))
