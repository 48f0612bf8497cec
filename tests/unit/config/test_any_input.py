"""Whatever stands in a file, a variable or an option, there are settings or one sentence."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from osia_conformance.config import schema
from osia_conformance.config.keys import readers_of
from osia_conformance.config.loading import load, parse_text, read_tables
from osia_conformance.config.places import Place
from osia_conformance.config.run_options import BY_NAME
from osia_conformance.config.settings import Product, Settings, TargetSettings
from osia_conformance.support.secrets import ConfigurationError

MORE = ("enrollments", "buffers", "search", "attribute", "value", "enrollment", "buffer", "requirement", "expires")
OF_PROFILE = ("blocks", "biographicData", "schema", "examples", "marker", "images", "type", "values", "required")
WORDS = [
    *schema.TABLES,
    *readers_of(Product),
    *readers_of(TargetSettings),
    *schema._AUTH,
    *schema.SCOPES,
    "iss",
    *MORE,
    *OF_PROFILE,
]
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


@given(st.dictionaries(st.sampled_from(sorted(BY_NAME)), st.text()))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_variables_and_options_give_settings_or_one_sentence(values: dict[str, str]) -> None:
    environ = {f"OSIA_{key.upper().replace('-', '_')}": value for key, value in values.items()}
    ways = {"option --": (values, {}), "environment variable OSIA_": ({}, environ)}
    for source, (options, variables) in ways.items():
        found = outcome(lambda options=options, variables=variables: load(options, variables))  # type: ignore[misc]
        assert isinstance(found, Settings) or found.startswith((source, "OSIA_", "the configuration: "))
