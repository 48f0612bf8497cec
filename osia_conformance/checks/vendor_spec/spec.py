"""A vendor's OpenAPI file (`--spec`): it gives more generated input, and what it says otherwise is observed.

Answers are judged by our own file alone, and all that a run sends without `--spec` is sent with it as well: a
vendor's file can neither hide a failure nor make one of what it allows beyond ours (RUL-VENDOR-SPEC).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from osia_conformance.checks.vendor_spec.facts import Difference, NotOpenApiError, differences
from osia_conformance.checks.vendor_spec.files import FILES, bytes_of
from osia_conformance.checks.vendor_spec.references import checked_references, followed, inlined
from osia_conformance.standard.operations import Operation, operations
from osia_conformance.standard.specification import load_specification
from osia_conformance.support.bounded_yaml import UnreadableError, parsed
from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.target.session import Run
from osia_conformance.verdict.journal import BODIES

RULING = "RUL-VENDOR-SPEC"
MOST_OBSERVED = 100
LONGEST = 600

_TEMPLATED = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class VendorSpec:
    """A file that can be used: its name, the SHA-256 (hex) of its bytes, and the operations to draw from.

    `file` is where a report keeps it. `observed` holds, for each difference from ours, an operationId (or "*") and
    a text. `agreed` holds, by operationId and member of an enrollment that the profile states, the values that fit
    both; none at all where nothing does. `data` are its bytes, as long as nobody has kept them.
    """

    name: str
    sha256: str
    file: str
    document: Mapping[str, Any] = field(compare=False, repr=False)
    observed: tuple[tuple[str, str], ...] = field(default=(), compare=False, repr=False)
    agreed: Mapping[str, Mapping[str, Sequence[Any]]] = field(default_factory=dict, compare=False, repr=False)
    data: bytes = field(default=b"", compare=False, repr=False)

    def as_record(self) -> dict[str, str]:
        """Return what the journal's header keeps."""
        return {"name": self.name, "sha256": self.sha256, "file": self.file}


def spec_of_run(run: Run) -> VendorSpec | None:
    """Return the vendor's file that a run was handed; None for a run without one."""
    return VendorSpec(**run.spec) if run.spec is not None else None


def load(path: Path, version: str) -> VendorSpec:
    """Return the file at `path`, for a run that judges `version`; only files beside it are read, and nothing fetched.

    Raises ConfigurationError with one sentence for a file that cannot be used.
    """
    try:
        return understood(path.name, bytes_of(path), version)
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise ConfigurationError(f"--spec: {path.name} cannot be read: {reason}.") from None
    except UnreadableError as error:
        raise ConfigurationError(f"--spec: {path.name} cannot be used: {str(error).rstrip('.')}.") from None


def understood(name: str, data: bytes, version: str) -> VendorSpec:
    """Return a file's bytes as `load` does; raise UnreadableError for what cannot be used."""
    document = parsed(data)
    if not isinstance(document, Mapping):
        raise UnreadableError("it is no OpenAPI document but a single value or a list; name the right file")
    edition = document.get("openapi")
    if not isinstance(edition, str) or not re.match(r"3\.[012](\.|$)", edition):
        raise UnreadableError('it is not OpenAPI 3.0, 3.1 or 3.2; it needs a member "openapi" such as "3.0.0"')
    checked_references(document)
    try:
        found = differences(load_specification(version).document, document)
    except NotOpenApiError as error:
        raise UnreadableError(str(error)) from None
    except RecursionError:
        raise UnreadableError("its parts refer to each other without end; write out what is meant") from None
    texts = _texts(name, found, version)
    drawn = drawable(document, version)
    digest = hashlib.sha256(data).hexdigest()
    return VendorSpec(name, digest, f"{BODIES}/{digest}", drawn, tuple(texts), data=data)


def _texts(name: str, found: Sequence[Difference], version: str) -> list[tuple[str, str]]:
    """Return what is observed: each difference that matters with its operationId, and a count of the others."""
    matter = [one for one in found if not one.is_permitted]
    texts = [(_operation(one.pointer, version), f"{name} differs at {one}"[:LONGEST]) for one in matter]
    if len(texts) > MOST_OBSERVED:
        rest = len(texts) - MOST_OBSERVED
        texts = [*texts[:MOST_OBSERVED], ("*", f"{name} differs in {rest} more facts than are listed")]
    free = [one.pointer for one in found if one.is_permitted and not one.pointer.startswith(f"/{FILES}")]
    if free:
        places = f"{len(free)} place" if len(free) == 1 else f"{len(free)} places"
        texts.append(("*", f"{name} differs in {places} that the standard leaves free, such as {free[0]}"[:LONGEST]))
    return texts


def drawable(document: Mapping[str, Any], version: str) -> dict[str, Any]:
    """Return the operations of `version` in a document of their own, under the paths of ours, with what input
    needs: query parameters, JSON bodies, schemas. Raises UnreadableError for an operation that is missing.

    What OpenAPI 3.2 has beyond 3.1 concerns none of these.
    """
    paths: dict[str, Any] = {}
    for operation in operations(version):
        described = _described(document, operation)
        paths.setdefault(operation.path, {})[operation.method.lower()] = described
    components = document.get("components")
    schemas = components.get("schemas") if isinstance(components, Mapping) else {}
    if not isinstance(schemas or {}, Mapping):
        raise UnreadableError('its "components/schemas" is no object; correct it')
    return {
        "openapi": document["openapi"] if document["openapi"].startswith(("3.0", "3.1")) else "3.1.0",
        "info": {"title": "Enrollment", "version": version},
        "paths": paths,
        "components": {"schemas": inlined(document, schemas or {}, names=True)},
    }


def _described(document: Mapping[str, Any], operation: Operation) -> dict[str, Any]:
    item = _path_item(document, operation.path)
    entry = followed(document, item.get(operation.method.lower()))
    if not isinstance(entry, Mapping):
        raise UnreadableError(
            f"it lacks {operation.id} ({operation.method} {operation.path}); give the file of the whole interface"
        )
    described: dict[str, Any] = {"operationId": operation.id, "responses": {"default": {"description": "Any."}}}
    listed = [*_listed(document, item), *_listed(document, entry)]
    described["parameters"] = list({one["name"]: one for one in listed}.values())
    body = followed(document, entry.get("requestBody"))
    content = body.get("content") if isinstance(body, Mapping) else None
    media = content.get("application/json") if isinstance(content, Mapping) else None
    if isinstance(media, Mapping) and isinstance(media.get("schema"), Mapping):
        schema = inlined(document, media["schema"])
        described["requestBody"] = {"content": {"application/json": {"schema": schema}}}
    return described


def _path_item(document: Mapping[str, Any], wanted: str) -> Mapping[str, Any]:
    """Return the path item; what its ids are called is free."""
    paths = document.get("paths")
    for path, item in paths.items() if isinstance(paths, Mapping) else ():
        if _TEMPLATED.sub("{}", path) == _TEMPLATED.sub("{}", wanted):
            found = followed(document, item)
            return found if isinstance(found, Mapping) else {}
    return {}


def _listed(document: Mapping[str, Any], holder: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the query parameters that a path item or an operation lists."""
    parameters = holder.get("parameters")
    for each in parameters if isinstance(parameters, list) else ():
        one = followed(document, each)
        if isinstance(one, Mapping) and one.get("in") == "query" and isinstance(one.get("name"), str):
            known = ("name", "in", "required", "style", "explode", "schema")
            yield {name: inlined(document, one[name]) for name in known if name in one}


def _operation(pointer: str, version: str) -> str:
    """Return the operationId that a difference is about; "*" for what several share."""
    for operation in operations(version):
        if pointer == operation.pointer or pointer.startswith(f"{operation.pointer}/"):
            return operation.id
    return "*"
