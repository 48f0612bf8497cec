"""What a run judged by and where: the OpenAPI file and the register, by digest and as the journal keeps them.

A report is verified years later, with a suite whose register has moved on; what its outcomes derive from must
stand in the report itself.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement as Package
from packaging.specifiers import SpecifierSet

from osia_conformance.standard.register import Register, Requirement, Ruling, load_register
from osia_conformance.standard.versions import public
from osia_conformance.support.json_types import Record
from osia_conformance.support.paths import PACKAGE, bundled

SPECIFICATION, SUITE = "openapi.yaml", "suite"
REGISTER = ("requirements.toml", "rulings.toml")
_CODE = frozenset({".py", ".json", ".j2", ".css", ".js", ".ttl", ".typ"})
_INDIRECT = ("markupsafe",)
"""What writes reports, too, and comes with a package that the suite names."""
_UNINSTALLED = ("h11", "httpx", "hypothesis", "jinja2", "joserfc", "jsonschema-rs", "pytest", "schemathesis")
"""What judges and writes before all in a checkout that runs without being installed."""


def digests(version: str) -> dict[str, str]:
    """Return the SHA-256 (hex) of what the judgement of interface `version` rests on, by name."""
    folder = bundled("specs") / "enrollment"
    files = {SPECIFICATION: folder / public(version) / SPECIFICATION, **{name: folder / name for name in REGISTER}}
    found = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
    return {**found, SUITE: suite_digest()}


@cache
def suite_digest() -> str:
    """Return the SHA-256 (hex) over the suite's own code, checks and templates: their paths and digests, sorted.

    It is the same in a checkout and installed, and another as soon as a check says something else.
    """
    code, checks = PACKAGE, bundled("suites")
    listed = [(f"code/{path.relative_to(code).as_posix()}", path) for path in _own(code)]
    listed += [(f"suites/{path.relative_to(checks).as_posix()}", path) for path in _own(checks)]
    whole = hashlib.sha256()
    for name, path in sorted(listed):
        whole.update(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}\n".encode())
    return whole.hexdigest()


def judge_digest(records: Sequence[Record]) -> str:
    """Return the SHA-256 (hex) of what a journal says it was judged by: the suite's code, the specification, and the
    register itself."""
    header = next(record for record in records if record["kind"] == "header")
    register = next((record for record in records if record["kind"] == "register"), None)
    return _judge_digest(header.get("sources", {}), register or {})


def own_judge_digest(version: str) -> str:
    """Return what `judge_digest` gives for a run of this suite at an interface version."""
    return _judge_digest(digests(version), as_line(load_register(version)))


def _judge_digest(sources: Record, register: Record) -> str:
    entries = {name: register.get(name) for name in ("requirements", "rulings")}
    whole = {name: sources.get(name) for name in (SUITE, SPECIFICATION)} | entries
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def environment() -> dict[str, Any]:
    """Return where the suite runs, as the journal's header keeps it: python, platform, packages."""
    return {
        "python": platform.python_version(),
        "platform": _platform(),
        "packages": dict(_installed()),
    }


@cache
def _installed() -> tuple[tuple[str, str], ...]:
    """Return the packages with their versions, which cannot change while the suite runs: each is a file to read."""
    return tuple(_versions(sorted({*_required(), *_INDIRECT})))


def _versions(packages: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name in packages:
        with suppress(importlib.metadata.PackageNotFoundError):
            yield name, importlib.metadata.version(name)


def _required() -> Iterator[str]:
    """Yield the names of the packages that the suite requires, without its extras."""
    try:
        lines = list(importlib.metadata.requires("osia-conformance") or ())
    except importlib.metadata.PackageNotFoundError:
        # A checkout that is not installed says so nowhere but in its pyproject.toml.
        lines = list(_UNINSTALLED)
    for line in lines:
        package = Package(line)
        if package.marker is None or package.marker.evaluate({"extra": ""}):
            yield package.name


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


def _own(folder: Path) -> Iterator[Path]:
    apart = {PACKAGE / "suites", PACKAGE / "specs"} - {folder}
    for place, folders, names in os.walk(folder):
        here = Path(place)
        folders[:] = [name for name in folders if here / name not in apart]
        yield from (path for name in names if (path := here / name).suffix in _CODE and path.is_file())


def _requirement(entry: Record) -> Requirement:
    lists = {name: tuple(entry[name]) for name in ("operations", "rulings", "needs")}
    return Requirement(**{**entry, **lists, "versions": SpecifierSet(entry["versions"])})


def _platform() -> str:
    """Return operating system, processor and C library; which kernel a machine runs is nobody's business."""
    return " ".join(part for part in (platform.system(), platform.machine(), "".join(platform.libc_ver())) if part)
