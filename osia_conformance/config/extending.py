"""`extends = "base.toml"`: a configuration file that says only what is different from another one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from osia_conformance.config import values
from osia_conformance.config.places import Place
from osia_conformance.support.quoting import quoted
from osia_conformance.support.secrets import ConfigurationError

EXTENDS = "extends"
_MOST = 8
_TOGETHER = ("profile",)
"""Tables that are one statement: one of them in a file stands in the place of another file's whole one."""

Parse = Callable[[Path], dict[str, Any]]


@dataclass(slots=True)
class Document:
    """The tables of a file and of those that it extends; `origins` says which keys another file gives."""

    tables: dict[str, Any]
    origins: dict[str, Path] = field(default_factory=dict)


def read_document(file: Path, parse: Parse) -> Document:
    """Return what `file` and the files that it extends say: what a file says itself wins, key by key.

    Arrays, and the whole [profile], are taken from one file. Raises ConfigurationError for a base that is not there,
    and for files that extend each other.
    """
    return _read(file, parse, ())


def _read(file: Path, parse: Parse, above: tuple[Path, ...]) -> Document:
    tables = parse(file)
    name = tables.pop(EXTENDS, None)
    if name is None:
        return Document(tables)
    place = Place(str(file), EXTENDS, base=file.parent)
    values.existing(values.text(name, place), place)
    base = file.parent / name
    chain = (*above, file.resolve())
    if base.resolve() in chain or len(chain) >= _MOST:
        raise ConfigurationError(f"{file}: extends names {quoted(str(name))}, which comes back to this file.")
    lower = _read(base, parse, chain)
    origins: dict[str, Path] = {}
    _fill(tables, lower.tables, Place(""), (base, lower.origins), origins)
    return Document(tables, origins)


def _fill(
    own: dict[str, Any],
    lower: Mapping[str, Any],
    place: Place,
    source: tuple[Path, Mapping[str, Path]],
    origins: dict[str, Path],
) -> None:
    """Put into `own` what only `lower` says, and note in `origins` where it stands."""
    base, known = source
    for name, value in lower.items():
        here = place.under(name)
        if name not in own:
            own[name] = value
            origins[here.key] = known.get(here.key, base)
            origins.update({key: file for key, file in known.items() if key.startswith(f"{here.key}.")})
        elif isinstance(own[name], dict) and isinstance(value, Mapping) and here.key not in _TOGETHER:
            _fill(own[name], value, here, source, origins)
