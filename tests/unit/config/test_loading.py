"""What is read from where: file, environment and options, and which of them wins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from osia_conformance.config.keys import keys_of
from osia_conformance.config.loading import load, load_demonstration, load_target
from osia_conformance.config.run_options import RUN_OPTIONS
from osia_conformance.config.settings import AuthSettings, Product, Settings, TargetSettings
from osia_conformance.support.secrets import ConfigurationError, SecretReference
from tests.unit.config.reading import SECRETS, loaded, refusal


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
        client_key_password=SecretReference("env:PW", here),
        proxy="http://proxy.example.org:3128",
        enrollment_id="[0-9]{12}",
        headers={"X-Tenant": "blue", "X-Api-Key": SecretReference("env:A", here)},
        query={"tenant": SecretReference("file:tenant.txt", here)},
    )
    assert found.auth == AuthSettings(
        method="jwt",
        algorithm="ES256",
        key=SecretReference("env:KEY", here),
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
    scalars = [name.replace("-", "_") for name, key in keys_of(TargetSettings).items() if key.has_variable]
    assert all(getattr(found.target, key) != getattr(TargetSettings(), key) for key in scalars)
    assert {f"OSIA_{key.upper()}" for key in scalars} <= environ.keys()
    assert found.effort == "quick"


def test_a_foreign_variable_counts_for_nothing() -> None:
    assert load({}, {"OSIA_JWT_KEY": "x", "OSIA_NOTHING": ""}) == Settings()


@pytest.mark.parametrize("variable", ["OSIA_CONFIG", *(option.variable for option in RUN_OPTIONS)])
def test_an_empty_variable_is_refused_whatever_the_file_says(variable: str) -> None:
    Path("conformance.toml").write_text('[target]\nurl = "https://h.example"\ninterface-version = "1.0.0"\n')
    with pytest.raises(ConfigurationError, match=f"^{variable}: it is empty"):
        load({}, {variable: ""})
    with pytest.raises(ConfigurationError, match=f"^{variable}: it is empty"):
        load_target({}, {variable: ""})


def test_an_empty_variable_does_not_matter_where_an_option_says_the_same() -> None:
    found = load_target({"url": "https://h.example", "seed": 3}, {"OSIA_URL": "", "OSIA_SEED": ""})
    assert (found.target.url, found.seed) == ("https://h.example", 3)


def test_a_demonstration_asks_no_variable_of_a_target() -> None:
    assert load_demonstration({}, {"OSIA_URL": "", "OSIA_CONFIG": ""}).demonstration
    with pytest.raises(ConfigurationError, match=r"^OSIA_EFFORT: it is empty"):
        load_demonstration({}, {"OSIA_EFFORT": ""})


def test_the_file_is_found_by_option_then_variable_then_name() -> None:
    for name in ("option", "variable", "conformance"):
        Path(f"{name}.toml").write_text(f'[product]\nname = "{name}"\n')
    environ = {"OSIA_CONFIG": "variable.toml"}
    assert load({}, environ, Path("option.toml")).product.name == "option"
    assert load({}, environ).product.name == "variable"
    assert load({}, {}).product.name == "conformance"


@pytest.mark.parametrize(
    ("options", "environ", "parts"),
    [
        ({"url": "ftp://h"}, {}, ["option --url: url must be an http or https URL"]),
        ({"effort": "fast"}, {}, ["option --effort: effort must be one of quick, standard, thorough"]),
        ({"seed": "x"}, {}, ["option --seed: seed must be an integer, not other text"]),
        ({"seed": -1}, {}, ["option --seed: seed must be an integer from 0"]),
        ({"seed": "9" * 5000}, {}, ["option --seed: seed must be an integer"]),
        ({"workers": 0}, {}, ["option --workers: workers must be an integer from 1 to 256"]),
        ({"workers": 257}, {}, ["option --workers: workers must be an integer from 1 to 256"]),
        ({"url": "http://h:99999"}, {}, ["option --url: url must be a URL", "its port a number up to 65535"]),
        ({"url": "http://h:x"}, {}, ["option --url: url must be a URL", "its port a number up to 65535"]),
        ({}, {"OSIA_CLIENT_KEY": "file:k.pem"}, ["OSIA_CLIENT_KEY", "a file is named by its path alone"]),
        ({}, {"OSIA_INTERFACE_VERSION": "9"}, ["OSIA_INTERFACE_VERSION: interface-version cannot be used: '9' is no"]),
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
    for name in ("gone.toml", "a\0b"):
        with pytest.raises(ConfigurationError, match="--config: there is no configuration file"):
            load({}, {}, Path(name))
    with pytest.raises(ConfigurationError, match=r'--config: "\." is a directory; name the configuration file'):
        load({}, {}, Path())


def test_a_byte_order_mark_is_passed_over() -> None:
    assert loaded('\ufeff[product]\nname = "P"\n').product.name == "P"


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
