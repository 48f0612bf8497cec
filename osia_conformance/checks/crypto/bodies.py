"""Enrollments with protected parts, and the parts in what a server answers."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from typing import Any

from osia_conformance.checks.accessors import member
from osia_conformance.checks.crypto.integrity import integrity_block, with_integrity
from osia_conformance.checks.crypto.scope import Place
from osia_conformance.support.json_types import Json
from osia_conformance.target.session import MARKER

INTEGRITY_OWNERS: Mapping[str, Place] = {
    "ENROLLMENT": (),
    "BIOMETRICDATA": ("biometricData", 0),
    "DOCUMENTDATA": ("documentData", 0),
    "DOCUMENTPART": ("documentData", 0, "parts", 0),
}
"""Where the canonical enrollment has an object of each schema that can hold integrity blocks, by the name in ids."""

_NAME = re.compile(r"[A-Za-z_]\w*")
_MOVING = re.compile(rf"\d{{4}}-\d\d-\d\d|{MARKER.pattern}$")
"""Text that may be written in another way, and the run's marker, which a replay renews."""
_NORMALIZED = frozenset(
    {"enrollmentId", "status", "mimeType", "image", "imageRef", "template", "templateRef", "data", "dataRef"}
)
"""Text that a server may write in another way (RUL-ECHO), or that is not ours."""


def plain_texts(owner: Json, above: str = "") -> list[str]:
    """Return the paths of the object's members of plain text, its biographic data's, too.

    No server may answer these in another way, so a hash over them tells a change from a lawful normal form.
    """
    texts = [
        f"{above}{name}"
        for name, value in owner.items()
        if isinstance(value, str) and _NAME.fullmatch(name) and name not in _NORMALIZED and not _MOVING.match(value)
    ]
    biographics = owner.get("biographicData")
    return texts + (plain_texts(biographics, "biographicData.") if isinstance(biographics, dict) else [])


def block_of_plain_texts(owner: Json, name: str = "1", alg: str = "SHA256") -> Json:
    """Return an integrity block over the plain texts of the object."""
    return integrity_block(owner, *plain_texts(owner), name=name, alg=alg)


def with_node_changed(body: Json, schema: str, protect: Callable[[Json], Json]) -> Json:
    """Return a copy of an enrollment, its object of `schema` (see INTEGRITY_OWNERS) as `protect` makes it."""
    made: Json = _replaced(copy.deepcopy(body), INTEGRITY_OWNERS[schema], protect)
    return made


def with_hashes(body: Json, *schemas: str) -> Json:
    """Return a copy of an enrollment in which these objects hold two blocks each, by different hash functions."""
    for schema in schemas:
        body = with_node_changed(
            body,
            schema,
            lambda owner: with_integrity(
                owner, block_of_plain_texts(owner), block_of_plain_texts(owner, "2", "SHA512")
            ),
        )
    return body


def node_of_schema(record: Any, schema: str) -> Any:
    """Return the record's object of `schema`; an empty one where the server answered none."""
    found = member(record, *INTEGRITY_OWNERS[schema], default={})
    return found if isinstance(found, dict) else {}


def _replaced(value: Any, place: Place, protect: Callable[[Json], Json]) -> Any:
    if not place:
        return protect(value)
    value[place[0]] = _replaced(value[place[0]], place[1:], protect)
    return value
