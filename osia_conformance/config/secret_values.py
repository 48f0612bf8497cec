"""The secrets that settings name or hold: all of them, for whoever takes them out of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from osia_conformance.config.places import Place
from osia_conformance.config.settings import Settings
from osia_conformance.support.pem import key_texts, pem_text
from osia_conformance.support.secrets import LONGEST_SECRET, ConfigurationError, Redactor, SecretReference
from osia_conformance.support.sensitive_names import is_sensitive

_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----", re.DOTALL)


def references(value: Any, place: Place) -> Iterator[tuple[SecretReference, Place]]:
    """Yield each secret reference in a setting, with the place of its key."""
    if isinstance(value, SecretReference):
        yield value, place
    elif is_dataclass(value):
        for member in fields(value):
            yield from references(getattr(value, member.name), place.under(member.name.replace("_", "-")))
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from references(item, place.under(name))


def add_secrets(redactor: Redactor, settings: Settings, environ: Mapping[str, str] | None = None) -> None:
    """Tell `redactor` every secret of the settings: what references lead to, plain values of headers and parameters
    whose names usually hold a secret, and the private keys: the client certificate's and what signs the report.

    One that cannot be read is left out: whoever needs it says so.
    """
    target, auth = settings.target, settings.auth
    for reference, _ in references({"target": target, "auth": auth, "sign": settings.signing_key}, Place("")):
        with suppress(ConfigurationError):
            secret = reference.resolve(environ)
            for text in key_texts(secret) if reference is settings.signing_key else (secret, pem_text(secret)):
                redactor.add(text)
    for part in (target.headers, target.query, auth.parameters):
        for name, value in part.items():
            if isinstance(value, str) and is_sensitive(name):
                redactor.add(value)
    for path in {target.client_cert, target.client_key} - {None}:
        for key in _private_keys(Path(str(path))):
            redactor.add(key)


def _private_keys(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            return _PRIVATE_KEY.findall(file.read(LONGEST_SECRET).decode("ascii", "replace"))
    except (OSError, ValueError):
        return []
