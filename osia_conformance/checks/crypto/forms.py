"""The forms in which protected data may stand, where the standard leaves them open (RUL-FORMS).

A body is written in one form: scopes without `$`, a JWE in compact form, a PKCS7 ciphertext as base64 of its DER. The
others are offered to a server that refuses it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from osia_conformance.checks.crypto.encryption import ENCRYPTION_FORMATS
from osia_conformance.checks.crypto.integrity import hash_of
from osia_conformance.checks.enrollment.schema_answers import read_and_found
from osia_conformance.support.json_types import Json
from osia_conformance.target.enrollment.business_rules import OfferedBodies
from osia_conformance.target.enrollment.enrollment import Enrollment
from osia_conformance.target.enrollment.enrollments import Enrollments
from osia_conformance.target.outcome_errors import CannotTell
from osia_conformance.target.response import Response
from osia_conformance.target.statuses import BAD_REQUEST, precondition

Taken = tuple[Enrollment, Json, Response]
"""An enrollment, the body that was sent for it, and what the create answered."""

RULING = "RUL-FORMS"


def other_forms(body: Json) -> Iterator[Json]:
    """Yield a body in the other forms of what is protected in it, each once."""
    seen = [body]
    for change in (_rooted, _recoded, lambda whole: _rooted(_recoded(whole))):
        form = change(body)
        if form not in seen:
            seen.append(form)
            yield form


def in_form_of(taken: Json, body: Json) -> Json:
    """Return a body with scopes as they are written in one that was taken."""
    scopes = [block["scope"] for block in taken.get("integrity", ())]
    return _rooted(body) if any(scope.startswith("$") for scope in scopes) else body


def create_in_any_form(enrollments: Enrollments, body: Json, label: str = "protected data") -> Taken:
    """Create an enrollment, in another form where one is refused; return the one that was taken, or the first.

    A form that is refused is observed where another one is taken.
    """
    first = _create(enrollments, body)
    if first[2].status not in BAD_REQUEST:
        return first
    for form in other_forms(body):
        taken = _create(enrollments, form)
        if taken[2].status not in BAD_REQUEST:
            enrollments.target.observe(RULING, f"{label} is taken in another form, and refused in this one", first[2])
            return taken
    return first


def created_in_any_form(enrollments: Enrollments, body: Json) -> tuple[Enrollment, Json]:
    """Create an enrollment in the form that is taken; return it and the body. CannotTell if all are refused."""
    enrollment, sent, response = create_in_any_form(enrollments, body)
    precondition(response)
    return enrollments.record_body(enrollment, sent), sent


def accepted_in_any_form(enrollments: Enrollments, bodies: Mapping[str, Json]) -> Iterator[tuple[str, *Taken]]:
    """Create one enrollment for each body, and yield those that are taken in some form, with their labels.

    Refusals are the server's right, as in `Enrollments.accepted`: observed, and CannotTell if nothing was taken.
    """
    offered = OfferedBodies(enrollments.target)
    for label, body in offered.each(bodies):
        enrollment, sent, response = create_in_any_form(enrollments, body, label)
        if offered.is_taken(label, response):
            precondition(response)
            yield label, enrollments.record_body(enrollment, sent), sent, response


def read_and_found_in_any_form(enrollments: Enrollments, bodies: Mapping[str, Json]) -> Iterator[tuple[Response, Json]]:
    """Yield enrollments as they are read and found, in other forms where none of the bodies is taken."""
    try:
        yield from read_and_found(enrollments, bodies)
    except CannotTell:
        forms = {label: [*other_forms(body)] for label, body in bodies.items()}
        yield from read_and_found(
            enrollments, {f"{label}, form {n}": form for label, found in forms.items() for n, form in enumerate(found)}
        )


def _create(enrollments: Enrollments, body: Json) -> Taken:
    enrollment = enrollments.new()
    return enrollment, body, enrollment.create(body)


def _rooted(value: Any) -> Any:
    """Return protected data with `$` before each path of a scope (RFC 9535, 2.1)."""

    def rooted(owner: Json) -> Json:
        blocks = {"integrity": [_with_root(block) for block in owner["integrity"]]} if "integrity" in owner else {}
        encryption = {"encryption": _with_root(owner["encryption"])} if "encryption" in owner else {}
        return {**owner, **blocks, **encryption}

    return _changed(value, rooted)


def _with_root(block: Json) -> Json:
    return {**block, "scope": " ".join(f"$.{path}" for path in block["scope"].split())}


def _recoded(value: Any) -> Any:
    """Return protected data with each encrypted value in its other form, and the hashes over such values anew."""

    def recoded(owner: Json) -> Json:
        if "encryption" not in owner:
            return owner
        recode = ENCRYPTION_FORMATS[owner["encryption"]["type"]].recode
        names = [name for name in owner["encryption"]["scope"].split() if not name.endswith("Ref")]
        made = {**owner, **{name: recode(owner[name]) for name in names}}
        for block in owner.get("integrity", ()):
            if block.get("encrypted"):
                new = {**block, "hash": hash_of(made, block["scope"], block["alg"])}
                made["integrity"] = [new if each is block else each for each in made["integrity"]]
        return made

    return _changed(value, recoded)


def _changed(value: Any, change: Callable[[Json], Json]) -> Any:
    """Return a JSON value with each object in it changed, the inner ones first."""
    if isinstance(value, list):
        return [_changed(each, change) for each in value]
    if isinstance(value, dict):
        return change({name: _changed(each, change) for name, each in value.items()})
    return value
