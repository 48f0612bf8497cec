"""Settings as a report shows them: without secrets, without directories, without what is not set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from osia_conformance.support.secrets import REDACTED, SecretReference
from osia_conformance.support.sensitive_names import is_sensitive
from osia_conformance.support.urls import without_query_values


def shown(value: Any) -> Any:
    """Return a setting as a JSON value fit for a report, as `Settings.as_record` says."""
    if isinstance(value, SecretReference):
        return str(value)
    if isinstance(value, Path):
        return value.name
    if isinstance(value, tuple | list):
        return [shown(item) for item in value]
    if is_dataclass(value):
        members = {member.name: getattr(value, member.name) for member in fields(value)}
        kept = {key: item for key, item in members.items() if item not in (None, (), {})}
        return {key.replace("_", "-"): _member(key, item) for key, item in kept.items()}
    if isinstance(value, Mapping):
        return {key: _named(key, item) for key, item in value.items()}
    return value


def _member(name: str, value: Any) -> Any:
    """Show one member; of a command its program alone, since arguments may hold what they should not."""
    if name.endswith("_command"):
        return [Path(value[0]).name, *(["..."] if value[1:] else [])]
    # What it asks a token endpoint with may be its key.
    return without_query_values(value) if name == "token_url" else shown(value)


def _named(name: str, value: Any) -> Any:
    """Show one member of a table whose names the vendor chose."""
    return REDACTED if isinstance(value, str) and is_sensitive(name) else shown(value)
