"""Where a value of the configuration stands, and how its kind is named in the sentence about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from pathlib import Path
from typing import Any

from osia_conformance.support.quoting import quoted
from osia_conformance.support.secrets import ConfigurationError


@dataclass(frozen=True)
class Place:
    """Where a value stands: a file, a variable or an option; `textual` if it can only be text there.

    `origins` are the files of the keys that another file gives, by key.
    """

    source: str
    key: str = ""
    base: Path = Path()
    textual: bool = False
    origins: Mapping[str, Path] = field(default_factory=dict, compare=False)

    def under(self, key: str) -> Place:
        """Return the place of member `key`."""
        name = key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else quoted(key)
        whole = f"{self.key}.{name}" if self.key else name
        origin = self.origins.get(whole)
        if origin is None:
            return replace(self, key=whole)
        return replace(self, key=whole, source=str(origin), base=origin.parent)

    def error(self, what: str) -> ConfigurationError:
        """Return the error that says `what` about the value here."""
        return ConfigurationError(f"{self.source}: {self.key} {what}")


def kind_of(value: Any) -> str:
    """Name the TOML type of a value."""
    names: list[tuple[type | tuple[type, ...], str]] = [
        (bool, "a boolean"),
        (str, "a string"),
        ((int, float), "a number"),
        (Mapping, "a table"),
        (list, "an array"),
        ((date, time), "a date or time"),
    ]
    return next((name for kind, name in names if isinstance(value, kind)), "something else")
