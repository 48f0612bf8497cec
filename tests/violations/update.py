"""Violations of updateEnrollment: neither a merge nor a replacement."""

from collections.abc import Callable

from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal
from osia_reference.store import Record
from tests.harness.records import biographics
from tests.harness.variant import Violation


def updating(replace: Callable[[Record, Record], Record]) -> type[Enrollments]:
    """Return a server on which an update makes `replace(current, body)` of a record."""

    class Updating(Enrollments):
        def replace(self, current: Record, body: Record) -> Record:
            return replace(current, body)

    return Updating


def keeping(*groups: str) -> Callable[[Record, Record], Record]:
    """Return the update that leaves these groups as they are."""
    return lambda current, body: {**body, **{name: current[name] for name in groups if name in current}}


def only_new_members(current: Record, body: Record) -> Record:
    biographic = {**biographics(body), **biographics(current)}
    return {**body, "biographicData": biographic}


def appended(group: str) -> Callable[[Record, Record], Record]:
    """Return the update that adds to a list, or an object, instead of replacing it."""

    def update(current: Record, body: Record) -> Record:
        if group not in current or group not in body:
            return body
        before, new = current[group], body[group]
        return {**body, group: {**new, **before} if isinstance(before, dict) else [*before, *new]}

    return update


def by_instance(current: Record, body: Record) -> Record:
    documents = {each.get("instance"): each for each in current.get("documentData", [])}
    documents |= {each.get("instance"): each for each in body.get("documentData", [])}
    return {**body, "documentData": list(documents.values())}


def without_devices(current: Record, body: Record) -> Record:
    items = body.get("biometricData")
    if items is None:
        return body
    return {**body, "biometricData": [{name: item[name] for name in item if name != "captureDevice"} for item in items]}


def with_one_finger(current: Record, body: Record) -> Record:
    return {**body, "biometricData": body["biometricData"][:1]} if "biometricData" in body else body


def omitted_emptied(current: Record, body: Record) -> Record:
    left_out = dict.fromkeys(biographics(current), "")
    return {**body, "biographicData": left_out | biographics(body)}


def requests_by_default(current: Record, body: Record) -> Record:
    return {"requestData": [{"requestType": "UNKNOWN"}], **body}


class WantsAChange(Enrollments):
    """Refuses an update whose documents are those that are there."""

    def replace(self, current: Record, body: Record) -> Record:
        if body.get("documentData") and body["documentData"] == current.get("documentData"):
            raise Refusal(400, "There is nothing to change.")
        return body


def known_documents_lost(current: Record, body: Record) -> Record:
    """Take documents that are all there for none that are new."""
    known = body.get("documentData") == current.get("documentData")
    return {name: value for name, value in body.items() if name != "documentData" or not known}


class RefusesTheWhole(Enrollments):
    """Refuses an update with all that is there: it has a state of its own for that."""

    def replace(self, current: Record, body: Record) -> Record:
        mine = {name: value for name, value in current.items() if name in body}
        if mine == body:
            raise Refusal(400, "There is nothing to change.")
        return body


VIOLATIONS = [
    *(
        Violation(name, change, {"enrollments": updating(replace)}, expected=(expected,))
        for name, change, replace, expected in (
            (
                "update-leaves-biographics",
                "An update leaves biographic data as they were.",
                keeping("biographicData"),
                "ENR-UPDATE-01",
            ),
            (
                "update-adds-biographics",
                "An update sets only the biographic members that were not there yet.",
                only_new_members,
                "ENR-UPDATE-01",
            ),
            (
                "update-leaves-documents",
                "An update leaves documents as they were.",
                keeping("documentData"),
                "ENR-UPDATE-02",
            ),
            (
                "update-appends-documents",
                "An update adds its documents to those that are there.",
                appended("documentData"),
                "ENR-UPDATE-02",
            ),
            (
                "update-never-removes-documents",
                "An update replaces documents one by one, and removes none.",
                by_instance,
                "ENR-UPDATE-02",
            ),
            (
                "update-leaves-biometrics",
                "An update leaves biometric data as they were.",
                keeping("biometricData"),
                "ENR-UPDATE-03",
            ),
            (
                "update-takes-one-finger",
                "Of the biometric data of an update the first item is stored.",
                with_one_finger,
                "ENR-UPDATE-03",
            ),
            (
                "update-loses-devices",
                "An update stores biometric data without their devices.",
                without_devices,
                "ENR-UPDATE-03",
            ),
            (
                "update-empties-what-is-omitted",
                "Biographic members that an update leaves out become empty texts.",
                omitted_emptied,
                "ENR-UPDATE-04",
            ),
            (
                "update-invents-what-is-omitted",
                "Request data that an update leaves out become a default.",
                requests_by_default,
                "ENR-UPDATE-04",
            ),
            (
                "update-leaves-the-type",
                "An update leaves the enrollment type as it was.",
                keeping("enrollmentType"),
                "ENR-UPDATE-05",
            ),
            (
                "update-leaves-flags",
                "An update leaves the flags as they were.",
                keeping("enrollmentFlags"),
                "ENR-UPDATE-05",
            ),
            (
                "update-appends-requests",
                "An update adds its request data to those that are there.",
                appended("requestData"),
                "ENR-UPDATE-05",
            ),
        )
    ),
    Violation(
        "update-leaves-the-context",
        "An update leaves contextual data as they were.",
        {"enrollments": updating(keeping("contextualData"))},
        expected=("ENR-UPDATE-05",),
        versions=">=1.1.0",
    ),
    Violation(
        "update-wants-other-documents",
        "An update with the documents that are there is refused.",
        {"enrollments": WantsAChange},
        expected=("ENR-UPDATE-07",),
        declared=("ENR-UPDATE-*", "ENR-DONE-01-UPDATE"),
    ),
    Violation(
        "update-loses-known-documents",
        "Documents of an update are lost where they are those of before.",
        {"enrollments": updating(known_documents_lost)},
        expected=("ENR-UPDATE-07",),
        declared=("ENR-UPDATE-*",),
    ),
    Violation(
        "update-wants-a-change",
        "An update that changes nothing is refused.",
        {"enrollments": RefusesTheWhole},
        expected=("ENR-UPDATE-08",),
        declared=("ENR-UPDATE-*",),
    ),
]
