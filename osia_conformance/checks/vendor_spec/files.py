"""A vendor's OpenAPI document in several files, made into one: references to files beside it, and to no others.

A file is read only if it lies in the folder of the first one or below it, and nothing is fetched. Schemas of other
files come under `components/schemas`, where references to them stay references (they may be recursive); all other
parts come under `x-files`, a member for each file.
"""

from __future__ import annotations

import errno
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from osia_conformance.checks.vendor_spec.normal_form import SCHEMAS
from osia_conformance.checks.vendor_spec.references import NAMED, VALUES
from osia_conformance.support.bounded_yaml import LARGEST, UnreadableError, parsed
from osia_conformance.support.json_pointer import escaped, unescaped
from osia_conformance.support.quoting import quoted

MOST_FILES = 100
FILES = "x-files"
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")
_ABOVE_SCHEMAS = frozenset({"schema", "schemas"})
"""Below these names stand schemas: in parameters and media types, and in `components`."""


def bytes_of(path: Path) -> bytes:
    """Return the file's bytes; of a document in several files, those of one JSON document that holds them all.

    Of a file that is too large no more is read than shows it. Raises OSError for the first file, UnreadableError for
    others that cannot be read or lie elsewhere.
    """
    data = _content(path)
    # Most documents stand in one file, and are kept as they are.
    if b"$ref" not in data:
        return data
    document = parsed(data)
    if not isinstance(document, Mapping):
        return data
    bundle = _Bundle(path)
    try:
        whole = bundle.of(document)
    except RecursionError:
        raise UnreadableError("its parts refer to each other without end; write out what is meant") from None
    return json.dumps(whole, ensure_ascii=False, indent=1).encode("utf-8") if bundle.has_more else data


class _Bundle:
    """The files that one document leads to, while they are put together."""

    def __init__(self, first: Path) -> None:
        self._folder = first.parent.resolve()
        self._first = first.resolve()
        self._documents: dict[Path, Any] = {}
        self._files: dict[str, Any] = {}
        self._schemas: dict[str, Any] = {}
        self._names: dict[tuple[Path, str], str] = {}
        self._taken: set[str] = set()

    @property
    def has_more(self) -> bool:
        """Whether anything came from another file."""
        return bool(self._documents)

    def of(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return the whole as one document."""
        own = _members(_members(document.get("components")).get("schemas"))
        for name, schema in own.items():
            self._bind(name, schema)
        self._taken.update(own)
        whole: dict[str, Any] = self._rewritten(document, self._first, names=False, is_schema=False)
        if self._schemas:
            # What the first file only refers to stands there in full.
            components = _members(whole.get("components"))
            whole["components"] = {**components, "schemas": {**_members(components.get("schemas")), **self._schemas}}
        return {**whole, **({FILES: self._files} if self._files else {})}

    def _bind(self, name: str, schema: Any) -> None:
        """Give a schema of another file the name under which the first file lists it."""
        reference = schema.get("$ref") if isinstance(schema, Mapping) else None
        if isinstance(reference, str) and not reference.startswith("#"):
            self._names.setdefault(self._target(reference, self._first), name)

    def _rewritten(self, node: Any, file: Path, *, names: bool, is_schema: bool) -> Any:
        """Return a copy of a part of `file` with references into the one document; `names` if its members' names are
        free."""
        if isinstance(node, list):
            return [self._rewritten(each, file, names=False, is_schema=is_schema) for each in node]
        if not isinstance(node, Mapping):
            return node
        return {name: self._member(name, value, file, names=names, is_schema=is_schema) for name, value in node.items()}

    def _member(self, name: str, value: Any, file: Path, *, names: bool, is_schema: bool) -> Any:
        if name == "$ref" and not names:
            return self._reference(value, file, is_schema=is_schema)
        if name in VALUES and not names:
            return value
        below = is_schema or (name in _ABOVE_SCHEMAS and not names)
        return self._rewritten(value, file, names=name in NAMED and not names, is_schema=below)

    def _reference(self, reference: Any, file: Path, *, is_schema: bool) -> Any:
        if not isinstance(reference, str) or (file == self._first and reference.startswith("#")):
            return reference
        target, pointer = self._target(reference, file)
        if target == self._first:
            return f"#{pointer}"
        if is_schema or "/schemas/" in pointer:
            return SCHEMAS + self._schema(target, pointer)
        return f"#/{FILES}/{escaped(self._file(target))}{pointer}"

    def _schema(self, file: Path, pointer: str) -> str:
        """Return the name under which the whole has a schema of another file."""
        key = (file, pointer)
        if key not in self._names:
            stem = unquote(pointer).rpartition("/")[2] or file.stem
            self._names[key] = self._free(re.sub(r"[^A-Za-z0-9._-]", "_", stem))
        name = self._names[key]
        if name not in self._schemas:
            # Named before it is copied, since it may hold itself.
            self._schemas[name] = {}
            self._schemas[name] = self._rewritten(self._part(file, pointer), file, names=False, is_schema=True)
        return name

    def _free(self, stem: str) -> str:
        name, number = stem, 2
        while name in self._taken:
            name, number = f"{stem}-{number}", number + 1
        self._taken.add(name)
        return name

    def _file(self, file: Path) -> str:
        """Return the member of `x-files` that holds a file."""
        name = file.relative_to(self._folder).as_posix()
        if name not in self._files:
            self._files[name] = {}
            self._files[name] = self._rewritten(self._document(file), file, names=False, is_schema=False)
        return name

    def _target(self, reference: str, file: Path) -> tuple[Path, str]:
        """Return which file a reference leads to, and where in it."""
        name, _, pointer = reference.partition("#")
        if pointer and not pointer.startswith("/"):
            raise UnreadableError(f"its reference {quoted(reference)} is no JSON pointer; write `file#/a/b`")
        if _URL.match(name):
            raise UnreadableError(
                f"it refers to {quoted(reference)}, outside of the file, and nothing is fetched; put that into the file"
            )
        try:
            target = (file.parent / unquote(name)).resolve() if name else file
        except (OSError, ValueError, RuntimeError):
            # A loop of links is a RuntimeError up to Python 3.12.
            raise UnreadableError(f"it refers to {quoted(reference)}, which names no file; correct it") from None
        if target != self._first and not target.is_relative_to(self._folder):
            raise UnreadableError(
                f"it refers to {quoted(reference)}, outside of its folder, which is not read; put that file beside it"
            )
        return target, pointer

    def _document(self, file: Path) -> Any:
        if file not in self._documents:
            if len(self._documents) == MOST_FILES:
                raise UnreadableError(f"it has more than {MOST_FILES} files; put them into fewer")
            self._documents[file] = _read(file, file.relative_to(self._folder).as_posix())
        return self._documents[file]

    def _part(self, file: Path, pointer: str) -> Any:
        node = self._document(file)
        for part in unquote(pointer).split("/")[1:]:
            try:
                node = _below(node, unescaped(part))
            except LookupError:
                words = f"its reference {quoted(f'{file.name}#{pointer}')} leads nowhere; correct it"
                raise UnreadableError(words) from None
        return node


def _members(value: Any) -> Mapping[str, Any]:
    """Return an object's members; none of what is no object, such as a null."""
    return value if isinstance(value, Mapping) else {}


def _below(node: Any, name: str) -> Any:
    """Return a member of an object or an item of an array (RFC 6901, 4); raise LookupError if there is none."""
    if isinstance(node, Mapping):
        return node[name]
    if isinstance(node, list) and _INDEX.fullmatch(name):
        return node[int(name)]
    raise LookupError(name)


def _read(file: Path, name: str) -> Any:
    try:
        data = _content(file)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it cannot be opened"
        raise UnreadableError(f"its file {quoted(name)} cannot be read: {reason}") from None
    try:
        return parsed(data)
    except UnreadableError as error:
        raise UnreadableError(f"its file {quoted(name)} cannot be used: {error}") from None


def _content(file: Path) -> bytes:
    if file.exists() and not file.is_file():
        # A pipe would be waited for without end.
        raise OSError(errno.EINVAL, "it is no regular file")
    with file.open("rb") as stream:
        return stream.read(LARGEST + 1)
