"""How one setting's value is read: each reader says in one sentence what is wrong with a value.

Every reader takes a value, as TOML, a variable or an option gives it, and its Place; it returns the value as settings
hold it, and raises ConfigurationError.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from osia_conformance.config.places import Place, kind_of
from osia_conformance.standard.versions import UnknownVersion, resolve
from osia_conformance.support.ids import IdFactory
from osia_conformance.support.quoting import nearest, quoted
from osia_conformance.support.secrets import ConfigurationError, SecretReference, is_reference
from osia_conformance.support.urls import host_of

INSECURE = (
    "certificates are always checked; name the CA that signed the target's certificate as ca-file in [target], "
    "or in OSIA_CA_FILE."
)
_SIZE = re.compile(r"([1-9][0-9]{0,12})(KiB|MiB|GiB|)")
_UNITS = ("", "KiB", "MiB", "GiB")
_LARGEST_SIZE = 1024**4
_LARGEST = 1e9
_LARGEST_INTEGER = 10**18 - 1
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{0,18})?")


def table(value: Any, place: Place) -> Mapping[str, Any]:
    """Read a table."""
    if not isinstance(value, Mapping):
        raise place.error(f"must be a table, not {kind_of(value)}.")
    return value


def any_text(value: Any, place: Place) -> str:
    """Read a string, even an empty one."""
    if not isinstance(value, str):
        raise place.error(f"must be a string, not {kind_of(value)}.")
    return value


def text(value: Any, place: Place) -> str:
    """Read a string with something in it."""
    if not any_text(value, place).strip():
        raise place.error("must not be empty.")
    return str(value)


def texts(value: Any, place: Place) -> tuple[str, ...]:
    """Read a string, or an array of at least one."""
    if isinstance(value, list):
        if not value:
            raise place.error("must not be an empty array.")
        return tuple(text(item, place) for item in value)
    if not isinstance(value, str):
        raise place.error(f"must be a string or an array of strings, not {kind_of(value)}.")
    return (text(value, place),)


def command(value: Any, place: Place) -> tuple[str, ...]:
    """Read a program and its arguments: an array, since no shell takes a text apart."""
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        raise place.error('must be an array of a program and its arguments, such as ["./restart", "--now"].')
    if not value[0].strip() or any("\0" in item for item in value):
        raise place.error("must name a program first, and hold no null character.")
    return tuple(value)


def number(least: float, *, exclusive: bool = False) -> Callable[[Any, Place], float]:
    """Return a reader of finite numbers from `least`, or above it."""

    def read(value: Any, place: Place) -> float:
        if place.textual and isinstance(value, str) and _DECIMAL.fullmatch(value.strip()):
            value = float(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise place.error(f"must be a number, not {_not_a_number(value, place)}.")
        low = value <= least if exclusive else value < least
        if low or value > _LARGEST or math.isnan(value):
            raise place.error(f"must be a number {'above' if exclusive else 'from'} {least:g} up to {_LARGEST:.0f}.")
        return float(value)

    return read


def boolean(value: Any, place: Place) -> bool:
    """Read true or false; in the environment also 1 and 0."""
    if place.textual and isinstance(value, str):
        value = {"true": True, "1": True, "false": False, "0": False}.get(value.strip().lower(), value)
    if not isinstance(value, bool):
        raise place.error(f"must be true or false, not {'other text' if place.textual else kind_of(value)}.")
    return value


def integer(least: int, most: int | None = None) -> Callable[[Any, Place], int]:
    """Return a reader of integers from `least` up to `most`, or to 18 digits."""

    def read(value: Any, place: Place) -> int:
        if place.textual and isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise place.error(f"must be an integer, not {_not_a_number(value, place)}.")
        if not least <= value <= (most or _LARGEST_INTEGER):
            limit = f" to {most}" if most else ", of at most 18 digits"
            raise place.error(f"must be an integer from {least}{limit}.")
        return value

    return read


def integer_or(word: str, least: int, most: int) -> Callable[[Any, Place], int | str]:
    """Return a reader of integers from `least` to `most`, or of one word in their place."""
    whole = integer(least, most)

    def read(value: Any, place: Place) -> int | str:
        if value == word:
            return word
        if isinstance(value, str) and not _INTEGER.fullmatch(value.strip()):
            raise place.error(f'must be "{word}" or an integer from {least} to {most}.')
        return whole(value, place)

    return read


def _not_a_number(value: Any, place: Place) -> str:
    if isinstance(value, float):
        return "a number with a fraction"
    return "other text" if place.textual else kind_of(value)


def size(value: Any, place: Place) -> int:
    """Read a number of bytes: "1048576", "64KiB", "256MiB" or "1GiB"."""
    match = _SIZE.fullmatch(str(value))
    found = int(match[1]) * 1024 ** _UNITS.index(match[2]) if match else 0
    if not 0 < found <= _LARGEST_SIZE:
        raise place.error('must be a size from 1 byte to 1 TiB, such as "64MiB" or "1GiB".')
    return found


def choice(*allowed: str) -> Callable[[Any, Place], str]:
    """Return a reader of one of the `allowed` words."""

    def read(value: Any, place: Place) -> str:
        word = text(value, place)
        if word not in allowed:
            raise place.error(f"must be one of {', '.join(allowed)}; the nearest is {nearest(word, allowed)}.")
        return word

    return read


def version(value: Any, place: Place) -> str:
    """Read an interface version or OSIA release that the suite judges."""
    claim = text(value, place)
    try:
        resolve(claim)
    except UnknownVersion as error:
        raise place.error(f"cannot be used: {error.sentence}") from None
    return claim


def url(value: Any, place: Place) -> str:
    """Read an absolute http or https URL without user information, query and fragment; no slash ends it."""
    if "?" in text(value, place):
        raise place.error("must be a URL without a query; parameters for every request go into [target.query].")
    return token_url(value, place).rstrip("/")


def token_url(value: Any, place: Place) -> str:
    """Read an absolute http or https URL without user information and fragment (RFC 6749, 3.2)."""
    whole = text(value, place)
    try:
        parts = urlsplit(whole)
        _ = parts.port
        host_of(whole)
    except ValueError as error:
        port = ", its port a number up to 65535" if "port" in str(error).lower() else ""
        raise place.error(f"must be a URL such as https://gateway.example.org/identity{port}.") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise place.error("must be an http or https URL such as https://gateway.example.org/identity.")
    if "@" in parts.netloc:
        raise place.error("must be a URL without user name and password; credentials are configured elsewhere.")
    if "#" in whole or not whole.isprintable() or " " in whole:
        raise place.error("must be a URL without a fragment and without spaces.")
    return whole


def proxy(value: Any, place: Place) -> str | SecretReference:
    """Read "none", "env", the URL of an HTTP proxy, or a reference to a URL that holds credentials."""
    word = text(value, place)
    if is_reference(word):
        return reference(value, place)
    if word in {"none", "env"}:
        return word
    if not word.startswith("http://"):
        raise place.error('must be "none", "env" or the URL of an HTTP proxy such as http://proxy.example.org:3128.')
    return url(value, place)


def path(value: Any, place: Place) -> Path:
    """Read a path, relative to where it is written."""
    name = text(value, place)
    if "\0" in name:
        raise place.error("must be a path without a null character.")
    return place.base.absolute() / name


def existing(value: Any, place: Place) -> Path:
    """Read the path of a file that is there."""
    file = path(value, place)
    try:
        found, other = file.is_file(), file.exists()
    except OSError:
        found = other = False
    if not found:
        wrong = "is no file but a directory or a device" if other else "does not exist"
        hint = "; a file is named by its path alone" if str(value).startswith(("file:", "env:")) else ""
        raise place.error(f"names the file {quoted(str(value))}, which {wrong}{hint}.")
    return file


def reference(value: Any, place: Place) -> SecretReference:
    """Read a secret reference; the value is never repeated, since it may be the secret itself."""
    if not isinstance(value, str):
        raise place.error(f"must be a secret reference, env:NAME or file:PATH, not {kind_of(value)}.")
    try:
        return SecretReference(value, str(place.base.absolute()))
    except ConfigurationError:
        raise place.error("must be env:NAME or file:PATH, never the secret itself.") from None


def pattern(value: Any, place: Place) -> str:
    """Read "uuid" or a regular expression from which ids can be made."""
    expression = text(value, place)
    try:
        IdFactory(expression, "")
    except ConfigurationError as error:
        raise place.error(f"cannot be used: {error}") from None
    return expression
