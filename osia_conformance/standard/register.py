"""The requirement register: what a server must do, by which clause, and how we rule where the standard is silent."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import jsonschema_rs
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from osia_conformance.standard.operations import OLDEST, OPERATIONS, by_code, by_id, operations
from osia_conformance.support.paths import bundled

LEVELS = ("MUST", "SHOULD", "MAY")
STATUSES = ("active", "untestable", "disputed")

STANDARD_FILE = "enrollment.yaml"
"""What the standard calls its OpenAPI file; clauses hold JSON pointers into it."""

Keywords = Mapping[str, Mapping[str, str]]
"""What a `fix` says of a schema's keyword: keyword -> placeholder -> words."""


class RegisterError(ValueError):
    """The register contradicts itself; the sentence names the entry."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """How we judge one silent, ambiguous or wrong point of the standard; `text` is one paragraph."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Requirement:
    """One rule for one operation (or several), with the clause that makes it one.

    `fix` says in one sentence what an implementer does about a failure.
    """

    id: str
    level: str
    operations: tuple[str, ...]
    title: str
    clause: str
    derived: str | None
    versions: SpecifierSet
    status: str
    reason: str | None
    rulings: tuple[str, ...]
    needs: tuple[str, ...]
    fix: str = ""

    def as_record(self) -> dict[str, Any]:
        """Return the requirement as `osia-conformance requirements --format json` prints it."""
        return {
            "id": self.id,
            "level": self.level,
            "operations": list(self.operations),
            "title": self.title,
            "clause": self.clause,
            "derived": self.derived,
            "versions": str(self.versions),
            "status": self.status,
            "reason": self.reason,
            "rulings": list(self.rulings),
            "needs": list(self.needs),
            "fix": self.fix,
        }


@dataclass(frozen=True, slots=True)
class Register:
    """Requirements and rulings by id."""

    requirements: Mapping[str, Requirement]
    rulings: Mapping[str, Ruling]

    def active(self) -> Iterator[Requirement]:
        """Yield the requirements that checks judge."""
        return (entry for entry in self.requirements.values() if entry.status == "active")


@cache
def whole_register() -> Register:
    """Return the register for all versions, with the operationIds of the oldest; raise RegisterError if it
    contradicts itself."""
    return _built(OLDEST)


@cache
def _built(version: str) -> Register:
    folder = bundled("specs") / "enrollment"
    rulings = tomllib.loads((folder / "rulings.toml").read_text("utf-8"))
    entries = tomllib.loads((folder / "requirements.toml").read_text("utf-8"))
    return build(entries, rulings, version)


@cache
def load_register(version: str) -> Register:
    """Return the register as it holds for interface `version`; raise RegisterError if it contradicts itself."""
    whole = _built(version)
    held = {name: entry for name, entry in whole.requirements.items() if version in entry.versions}
    return Register(held, whole.rulings)


def build(entries: Mapping[str, Any], rulings: Mapping[str, Any], version: str = OLDEST) -> Register:
    """Expand and validate a register, with the operationIds of `version`.

    Raise RegisterError with the entry's id and what is wrong with it.
    """
    known = {item["id"]: _ruling(item) for item in rulings["ruling"]}
    requirements: dict[str, Requirement] = {}
    for entry in entries["requirement"]:
        _validate(entry)
        for plain in _expand(entry, entries.get("keywords", {})):
            requirement = _named(plain, version)
            if requirement.id in requirements:
                raise RegisterError(f"{requirement.id} stands twice in the register; give one another id")
            requirements[requirement.id] = requirement
    for requirement in requirements.values():
        _check_references(requirement, requirements, known)
    return Register(requirements, known)


def _ruling(item: Mapping[str, str]) -> Ruling:
    # The file has one sentence a line.
    return Ruling(item["id"], item["title"], " ".join(item["text"].split()))


@cache
def _entry_schema() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["id", "title", "clause"],
        "additionalProperties": False,
        "properties": {
            "id": {"type": "string", "pattern": "^ENR-[A-Z]+(-[A-Z0-9]+)*$"},
            "each": {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "string"}},
            "operations": {"type": "array", "minItems": 1, "items": {"enum": ["*", *by_id()]}},
            "level": {"enum": list(LEVELS)},
            "title": {"type": "string", "minLength": 1},
            "clause": {"type": "string", "minLength": 1},
            "derived": {"type": "string", "minLength": 1},
            "versions": {"type": "string"},
            "status": {"enum": list(STATUSES)},
            "reason": {"type": "string", "minLength": 1},
            "rulings": {"type": "array", "items": {"type": "string"}},
            "needs": {"type": "array", "items": {"type": "string"}},
            "fix": {"type": "string", "minLength": 1},
        },
    }


@cache
def _entry_validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(_entry_schema())


def _entry_fault(entry: Mapping[str, Any]) -> str:
    """Return what is wrong with an entry that does not fit, and where."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - slow, and seldom needed

    error = next(Draft202012Validator(_entry_schema()).iter_errors(entry), None)
    return f"{error.message} at {error.json_path}" if error else "it is no entry of a register"


def _fits(entry: Mapping[str, Any]) -> bool:
    try:
        return _entry_validator().is_valid(entry)
    except ValueError:
        # A value that no JSON has.
        return False


def _validate(entry: Mapping[str, Any]) -> None:
    name = entry.get("id", "an entry without id")
    if not _fits(entry):
        raise RegisterError(f"{name}: {_entry_fault(entry)}")
    if entry.get("status", "active") != "active" and "reason" not in entry:
        raise RegisterError(f"{name}: what is not active says why, in `reason`")
    if "operations" not in entry and "each" not in entry:
        raise RegisterError(f"{name}: names no operation, neither in `operations` nor in `each`")


def _expand(entry: Mapping[str, Any], keywords: Keywords) -> Iterator[Requirement]:
    for member in entry.get("each", [None]):
        operations = tuple(entry.get("operations") or [_operation_of(entry["id"], member)])
        yield _requirement(entry, member, operations, _places(member or "", operations, keywords))


def _operation_of(name: str, member: str) -> str:
    if member not in by_code():
        raise RegisterError(f"{name}: {member!r} is no operation code; use one of {', '.join(by_code())}")
    return by_code()[member].id


def _places(member: str, operations: tuple[str, ...], keywords: Keywords) -> Mapping[str, str]:
    """Return what stands for the placeholders of an entry: "{op}" and "{UPDATE}" for operations in the standard's file,
    the others for the member of the family and for what its keyword demands."""
    schema, _, keyword = member.partition("/")
    pointers = _pointers()
    first = by_id().get(operations[0])
    named = {
        "op": pointers[first.code] if first else STANDARD_FILE,
        "operation": operations[0],
        "schema": schema,
        "keyword": keyword,
        "member": member,
    }
    return {f"{{{name}}}": text for name, text in {**named, **pointers, **keywords.get(keyword, {})}.items()}


@cache
def _pointers() -> Mapping[str, str]:
    """Return where each operation, by its code, stands in the standard's file."""
    return {code: f"{STANDARD_FILE}#{one.pointer}" for code, one in by_code().items()}


def _requirement(
    entry: Mapping[str, Any], member: str | None, operations: tuple[str, ...], places: Mapping[str, str]
) -> Requirement:
    def fill(text: str) -> str:
        if "{" not in text:
            return text
        for place, value in places.items():
            text = text.replace(place, value)
        return text

    name = f"{entry['id']}-{member.replace('/', '-').upper()}" if member else entry["id"]
    needs = tuple(fill(need) for need in entry.get("needs", ()))
    return Requirement(
        id=name,
        level=entry.get("level", "MUST"),
        operations=operations,
        title=fill(entry["title"]),
        clause=fill(entry["clause"]),
        derived=entry.get("derived"),
        versions=_versions(entry),
        status=entry.get("status", "active"),
        reason=entry.get("reason"),
        rulings=tuple(entry.get("rulings", ())),
        needs=needs if entry["id"] == "ENR-DONE-01" else (*_basics(operations), *needs),
        fix=fill(entry.get("fix", "")),
    )


def _versions(entry: Mapping[str, Any]) -> SpecifierSet:
    try:
        return SpecifierSet(entry.get("versions", ""))
    except InvalidSpecifier as error:
        raise RegisterError(f"{entry['id']}: {error} at $.versions (PEP 440)") from None


def _basics(operations: tuple[str, ...]) -> Iterator[str]:
    codes = {operation.id: operation.code for operation in OPERATIONS}
    return (f"ENR-DONE-01-{codes[name]}" for name in operations if name in codes)


@cache
def _new_names(version: str) -> tuple[Mapping[str, str], re.Pattern[str]]:
    """Return the operationIds of 1.0.0 that the version calls otherwise, with their new names, and what finds them."""
    names = {old.id: new.id for old, new in zip(OPERATIONS, operations(version), strict=True) if old.id != new.id}
    return names, re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")


def _named(entry: Requirement, version: str) -> Requirement:
    """Return a requirement with the operationIds of the version in place of those of 1.0.0."""
    names, words = _new_names(version)
    if not names:
        return entry

    def renamed(text: str) -> str:
        return words.sub(lambda word: names[word[0]], text)

    own = tuple(names.get(name, name) for name in entry.operations)
    title, clause, fix = map(renamed, (entry.title, entry.clause, entry.fix))
    return replace(entry, operations=own, title=title, clause=clause, fix=fix)


def _check_references(
    entry: Requirement, requirements: Mapping[str, Requirement], rulings: Mapping[str, Ruling]
) -> None:
    for need in entry.needs:
        if need not in requirements:
            raise RegisterError(f"{entry.id}: needs {need}, which is not in the register")
    for ruling in entry.rulings:
        if ruling not in rulings:
            raise RegisterError(f"{entry.id}: cites {ruling}, which is not among the rulings")
