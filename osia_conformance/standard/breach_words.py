"""What an instance breaks of a schema, in JSON's words: "null is no array"."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from osia_conformance.support.json_words import show

if TYPE_CHECKING:
    from jsonschema.exceptions import SchemaError, ValidationError

_FORMATS = {
    "byte": "base64",
    "date": "RFC 3339, full-date",
    "date-time": "RFC 3339, date-time",
    "uri": "RFC 3986, with a scheme",
    "int32": "32 bits, signed",
}
_LONGEST = 160

_Error: TypeAlias = "ValidationError | SchemaError"


def breach_words(error: _Error) -> str:
    """Return in one phrase what is wrong with the instance that a validation error is about, shortened."""
    if not isinstance(error.validator, str):
        return f"{show(error.instance)} stands where the schema allows nothing"
    words = _WORDS.get(error.validator, _any_keyword)(error)
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"


def _type(error: _Error) -> str:
    wanted = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    return f"{show(error.instance)} is no {' or '.join(map(str, wanted))}"


def _enum(error: _Error) -> str:
    return f"{show(error.instance)} is none of {_names(_value(error))}"


def _required(error: _Error) -> str:
    # The error is about one of the names, and only its message says which.
    missing = [name for name in _value(error) if error.message.startswith(repr(name))]
    return f"the member {_names(missing)} is missing"


def _additional_properties(error: _Error) -> str:
    known: Any = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
    more = [name for name in _instance(error) if name not in known]
    return f"the schema has no member {_names(more)}"


def _format(error: _Error) -> str:
    name = str(error.validator_value)
    meaning = f" ({_FORMATS[name]})" if name in _FORMATS else ""
    return f"{show(error.instance)} is not of the format {name}{meaning}"


def _one_of(error: _Error) -> str:
    count = "more than one" if "valid under each of" in error.message else "none"
    return f"{show(error.instance)} fits {count} of the {len(_value(error))} forms that the schema allows"


def _any_keyword(error: _Error) -> str:
    return f"{show(error.instance)} breaks {error.validator}: {show(error.validator_value)}"


def _instance(error: _Error) -> Any:
    return error.instance


def _value(error: _Error) -> Any:
    return error.validator_value


def _names(values: list[Any]) -> str:
    return ", ".join(map(show, values))


_WORDS: dict[str, Callable[[_Error], str]] = {
    "type": _type,
    "enum": _enum,
    "required": _required,
    "additionalProperties": _additional_properties,
    "format": _format,
    "oneOf": _one_of,
    "anyOf": _one_of,
}
