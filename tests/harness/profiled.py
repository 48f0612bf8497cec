"""A server with rules of its own, as they are in the field, and the profile that states them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from jsonschema import Draft202012Validator

from osia_conformance.config.settings import Settings
from osia_conformance.profile.statement import BlockSettings, ProfileSettings, SearchSettings
from osia_reference.app import Server, create_app
from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal
from osia_reference.search import Search, items
from osia_reference.store import Attribute, Record
from tests.harness.judging import OLDEST, reference, settings

IDS = "[0-9]{12}"
TEXT = {"type": "string", "minLength": 1, "maxLength": 40}
DAY = {"type": "string", "format": "date"}
PERSON: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["firstName", "lastName", "nationalId"],
    "properties": {
        "firstName": TEXT,
        "lastName": TEXT,
        "nationalId": {"type": "string", "pattern": "^[0-9]{12}$"},
        "dateOfBirth": DAY,
        "sex": {"enum": ["M", "F", "X"]},
    },
}
REQUEST: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["product"],
    "properties": {"product": {"enum": ["ID", "PASSPORT"]}, "office": TEXT},
}
FLAGS: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["priority"],
    "properties": {"priority": {"type": "integer", "minimum": 1, "maximum": 5}, "urgent": {"type": "boolean"}},
}
SCHEMAS = {"biographicData": PERSON, "requestData": REQUEST, "enrollmentFlags": FLAGS}
SEARCHABLE = ("firstName", "lastName", "dateOfBirth")
TYPES = ("national", "foreign")
LARGEST_BUFFER = 8192


class ClosedEnrollments(Enrollments):
    """Closed blocks with required members, certain types and ids only, and three attributes to search on."""

    schemas: dict[str, Any] = SCHEMAS
    searchable = SEARCHABLE

    def validate(self, operation: str, body: Any) -> None:
        super().validate(operation, body)
        if operation == "findEnrollments":
            if any(each["attributeName"] not in self.searchable for each in body):
                raise Refusal(400, "This attribute cannot be searched on.")
            return
        if body.get("enrollmentType", TYPES[0]) not in TYPES:
            raise Refusal(400, "enrollmentType is neither national nor foreign.")
        for name, schema in self.schemas.items():
            for item in items(body.get(name)):
                for error in Draft202012Validator(schema).iter_errors(item):
                    raise Refusal(400, f"{name}: {error.message}")

    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        if not re.fullmatch(IDS, enrollment_id):
            raise Refusal(400, "The id is not of 12 digits.")
        super().create(enrollment_id, body, finalize=finalize)


class NamedOnly(Search):
    """Indexes what can be searched on, of biographic data."""

    def attributes(self, record: Record) -> set[Attribute]:
        return {each for each in super().attributes(record) if each[0] in SEARCHABLE}


PROFILE = ProfileSettings(
    blocks={name: BlockSettings(schema) for name, schema in SCHEMAS.items()},
    enrollment_types=TYPES,
    search={
        "firstName": SearchSettings("string"),
        "lastName": SearchSettings("string"),
        "dateOfBirth": SearchSettings("date"),
    },
    largest_buffer=LARGEST_BUFFER,
)


def app(enrollments: type[Enrollments] = ClosedEnrollments, version: str = OLDEST, **parts: Any) -> Server:
    """Return the server."""
    return create_app(
        reference(version, largest_buffer=LARGEST_BUFFER), enrollments=enrollments, **{"search": NamedOnly, **parts}
    )


def run(profile: ProfileSettings = PROFILE, version: str = OLDEST) -> Settings:
    """Return the settings of a run that judges it with a profile."""
    return replace(settings(version, enrollment_id=IDS), profile=profile)
