"""What a run judged by: the OpenAPI file and the register, by digest and as the journal keeps them.

A report is verified years later, with a suite whose register has moved on; what its outcomes derive from must
stand in the report itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from packaging.specifiers import SpecifierSet

from osia_conformance.paths import bundled
from osia_conformance.register import Register, Requirement, Ruling

SPECIFICATION = "openapi.yaml"
REGISTER = ("requirements.toml", "rulings.toml")

Record = Mapping[str, Any]


def digests(version: str) -> dict[str, str]:
    """Return the SHA-256 (hex) of the files that the judgement of interface `version` rests on, by name."""
    folder = bundled("specs") / "enrollment"
    files = {SPECIFICATION: folder / version / SPECIFICATION, **{name: folder / name for name in REGISTER}}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}


def as_line(register: Register) -> dict[str, Any]:
    """Return the members of the journal's `register` line (docs/journal.md)."""
    rulings = [{"id": one.id, "title": one.title, "text": one.text} for one in register.rulings.values()]
    return {
        "requirements": [entry.as_record() for entry in register.requirements.values()],
        "rulings": rulings,
    }


def recorded(records: Sequence[Record]) -> Register | None:
    """Return the register that the journal keeps, None if it keeps none.

    Raises KeyError, TypeError or ValueError (InvalidSpecifier) for a line that is no register.
    """
    line = next((record for record in records if record["kind"] == "register"), None)
    if line is None:
        return None
    entries = [_requirement(entry) for entry in line["requirements"]]
    rulings = [Ruling(**entry) for entry in line["rulings"]]
    return Register({entry.id: entry for entry in entries}, {ruling.id: ruling for ruling in rulings})


def _requirement(entry: Record) -> Requirement:
    lists = {name: tuple(entry[name]) for name in ("operations", "rulings", "needs")}
    return Requirement(**{**entry, **lists, "versions": SpecifierSet(entry["versions"])})
