"""What a vendor says their server accepts: the table [profile] as typed settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True)
class BlockSettings:
    """What the server accepts as one extensible block: a JSON Schema of an object, examples, or both."""

    schema: Mapping[str, Any] | bool | None = None
    examples: tuple[Any, ...] = ()


@dataclass(frozen=True)
class SearchSettings:
    """One attribute that searches can name: its type, and values for it, ascending (none: the suite's own)."""

    type: Literal["string", "date", "number", "integer", "boolean"]
    values: tuple[Any, ...] = ()


@dataclass(frozen=True)
class ImageSettings:
    """An image of the vendor's own, and its media type (RFC 6838)."""

    file: Path
    mimetype: str


@dataclass(frozen=True)
class ProfileSettings:
    """What the vendor says their server accepts; what is None, or empty, is the suite's default.

    `blocks` go by the standard's names (biographicData, ...), `search` by attribute name. `marker` is the
    searchable string attribute that tells this run's records apart. `largest_buffer` is bytes. `required` are the
    members that each enrollment must have, though the standard lets them go. `attributes` are the names that a read
    takes for groups, by the groups' names in the standard.
    """

    blocks: Mapping[str, BlockSettings] = field(default_factory=dict)
    enrollment_types: tuple[str, ...] = ()
    search: Mapping[str, SearchSettings] = field(default_factory=dict)
    marker: str | None = None
    images: tuple[str | ImageSettings, ...] = ()
    largest_buffer: int | None = None
    required: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
