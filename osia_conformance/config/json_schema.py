"""The JSON Schema of conformance.toml, made from the types of the settings: for editors, and for what checks files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from osia_conformance.config.auth_settings import ALGORITHMS, KEPT_TOKENS, AuthSettings
from osia_conformance.config.settings import Product, ReportSettings, TargetSettings, Waiver
from osia_conformance.profile.images import OURS
from osia_conformance.standard.enrollment import EXTENSIBLE_BLOCKS
from osia_conformance.standard.operations import SCOPES

Schema = dict[str, Any]

_TABLES = {"product": Product, "target": TargetSettings, "auth": AuthSettings, "report": ReportSettings}
_SECRET = "SecretReference"  # noqa: S105 - the name of a type
_TEXTS: Schema = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
_SCALAR: Schema = {"type": ["string", "number", "boolean"]}


def json_schema() -> Schema:
    """Return the JSON Schema (2020-12) of conformance.toml.

    What it cannot say, such as which keys belong to a method or what a file holds, `config --check` says.
    """
    refs, parts = msgspec.json.schema_components((*_TABLES.values(), Waiver), schema_hook=_of_path)
    tables = {name: _plain(ref) for name, ref in zip((*_TABLES, "waiver"), refs, strict=True)}
    waivers = {"type": "array", "items": tables.pop("waiver"), "description": "findings that somebody answers for"}
    definitions = {name: _definition(name, part) for name, part in parts.items()}
    _fit_auth(definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:osia-conformance:conformance.toml:v1",
        "title": "conformance.toml, the configuration of osia-conformance",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "extends": {"type": "string", "description": "a file whose tables hold where this one says nothing"},
            **tables,
            "profile": _profile(),
            "read-only": _read_only(),
            "waiver": waivers,
        },
        "$defs": definitions,
    }


def _of_path(kind: type) -> Schema:
    if kind is Path:
        return {"type": "string", "minLength": 1}
    raise NotImplementedError(kind.__name__)


def _definition(name: str, part: Schema) -> Schema:
    if name == _SECRET:
        return {"type": "string", "pattern": "^(env|file):.+", "description": "env:NAME or file:PATH, never the secret"}
    members = {key.replace("_", "-"): _plain(value) for key, value in part["properties"].items()}
    required = [key.replace("_", "-") for key in part["required"]]
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": members,
        **({"required": required} if required else {}),
    }


def _plain(schema: Any) -> Schema:
    """Return a member's schema without null, which TOML has not, and without a default that says nothing."""
    kept = {name: _plain(value) if isinstance(value, dict) else value for name, value in schema.items()}
    if kept.get("default", 0) in (None, [], {}, ()):
        del kept["default"]
    ways = [_plain(one) for one in kept.pop("anyOf", []) if one != {"type": "null"}]
    if kept.get("type") == "array" and ways:
        # A text stands for an array of one.
        return {"anyOf": ways, **({"description": schema["description"]} if "description" in schema else {})}
    return {**kept, **(ways[0] if len(ways) == 1 else {"anyOf": ways} if ways else {})}


def _fit_auth(definitions: dict[str, Schema]) -> None:
    """Say what the types leave open in [auth]: algorithms, and the names in tables that go by scopes."""
    for name in ("AuthSettings", "ClientSettings"):
        definitions[name]["properties"]["algorithm"]["enum"] = list(ALGORITHMS)
    members = definitions["AuthSettings"]["properties"]
    definitions["AuthSettings"]["required"] = ["method"]
    members["method"].pop("default", None)
    members["scope-names"]["propertyNames"] = {"enum": list(SCOPES)}
    scopes = "|".join(scope.replace(".", r"\.") for scope in SCOPES)
    for key, words in (("tokens", ("none", *KEPT_TOKENS)), ("clients", ("none",))):
        members[key]["propertyNames"] = {"pattern": f"^(({scopes}| )+|{'|'.join(words)})$"}


def _table(description: str, properties: Schema, required: Iterable[str] = ()) -> Schema:
    names = list(required)
    table: Schema = {"type": "object", "description": description, "additionalProperties": False}
    return {**table, "properties": properties, **({"required": names} if names else {})}


def _profile() -> Schema:
    from osia_conformance.config.profile import GROUPS, LARGEST_BUFFER, LEAST_BUFFER, TYPES  # noqa: PLC0415
    from osia_conformance.config.profile_presets import PRESETS  # noqa: PLC0415

    json_or_file = {"type": ["object", "string"]}
    block = _table(
        "what the server accepts as this block",
        {"schema": json_or_file, "examples": {"type": "array", "items": json_or_file, "minItems": 1}},
    )
    kind = {"enum": list(TYPES)}
    values = {"type": "array", "items": _SCALAR, "minItems": 2}
    attribute = {"anyOf": [kind, _table("an attribute and its values", {"type": kind, "values": values}, ["type"])]}
    image = _table("an image of your own", {"file": {"type": "string"}, "mimetype": {"type": "string"}})
    return _table(
        "what the server accepts, where that is less than the standard lets it accept",
        {
            "file": {"type": "string", "description": "a TOML file that holds the whole profile"},
            "preset": {**_one_or_more(list(PRESETS)), "description": "profiles by name; what stands beside them wins"},
            **dict.fromkeys(EXTENSIBLE_BLOCKS, block),
            "enrollment-types": _TEXTS,
            "search": {"type": "object", "minProperties": 1, "additionalProperties": attribute},
            "marker": {"type": "string", "description": "the searchable text that tells the run's records apart"},
            "images": {"type": "array", "minItems": 1, "items": {"anyOf": [{"enum": list(OURS)}, image]}},
            "largest-buffer": {"type": "integer", "minimum": LEAST_BUFFER, "maximum": LARGEST_BUFFER},
            "required": {"type": "array", "items": {"enum": list(GROUPS)}},
            "attributes": _table("what a read calls a group", {name: {"type": "string"} for name in GROUPS}),
        },
    )


def _one_or_more(names: list[str]) -> Schema:
    return {"anyOf": [{"enum": names}, {"type": "array", "items": {"enum": names}, "minItems": 1}]}


def _read_only() -> Schema:
    text = {"type": "string", "minLength": 1}
    buffer = _table("a buffer that is there", {"enrollment": text, "buffer": text}, ["enrollment", "buffer"])
    search = _table("what finds the records", {"attribute": text, "value": _SCALAR}, ["attribute", "value"])
    return _table(
        "the vendor's own test records, for a run that writes nothing",
        {"enrollments": _TEXTS, "buffers": {"type": "array", "items": buffer}, "search": search},
    )
