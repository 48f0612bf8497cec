"""Invalid data that is put right, and valid data that is kept in part (rulings 2, 8, 27 and 28)."""

import base64
import copy
from collections.abc import Callable
from typing import Any

from osia_reference.enrollments import IN_PROGRESS, Enrollments
from osia_reference.store import Record
from tests.harness.variant import Freedom

DEFAULTS = {"status": IN_PROGRESS, "enrollmentType": "unknown", "biometricData": []}


class TakesFormats(Enrollments):
    """Base64, dates and URIs are not looked at."""

    def validate(self, operation: str, body: Any) -> None:
        errors = self.specification._validators[operation].iter_errors(body)
        if any(error.validator != "format" for error in errors):
            super().validate(operation, body)


class LosesBrokenImages(TakesFormats):
    """An image that is no base64 is taken, and is not there afterwards."""

    def settled(self, enrollment_id: str, data: Record, status: str) -> Record:
        record = super().settled(enrollment_id, data, status)
        items = [dict(item) for item in record.get("biometricData", ())]
        for item in items:
            if not is_base64(item.get("image", "")):
                del item["image"]
        return {**record, "biometricData": items} if items else record


def is_base64(text: str) -> bool:
    try:
        base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        return False
    return True


CONVERSIONS: dict[str, Callable[[Any], Any]] = {"integer": int, "string": str}


class PutsRight(Enrollments):
    """Converts what does not fit the schema, drops what cannot be converted, and adds what is missing."""

    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        super().create(enrollment_id, self.right("createEnrollment", body), finalize=finalize)

    def update(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        super().update(enrollment_id, self.right("updateEnrollment", body), finalize=finalize)

    def merge(self, current: Any, patch: Any) -> Any:
        return self.right("partialUpdateEnrollment", super().merge(current, patch))

    def right(self, operation: str, body: Any) -> Any:
        fixed = copy.deepcopy(body)
        for _ in range(100):
            error = next(self.specification._validators[operation].iter_errors(fixed), None)
            if error is None or not isinstance(fixed, dict):
                break
            self.put_right(fixed, error)
        return fixed

    def put_right(self, body: Any, error: Any) -> None:
        path = list(error.absolute_path)
        if error.validator == "additionalProperties":
            for name in error.instance.keys() - error.schema["properties"].keys():
                del error.instance[name]
            return
        if error.validator == "required" and not path:
            name = next(name for name in error.validator_value if name not in body)
            body[name] = copy.deepcopy(DEFAULTS[name])
            return
        holder = body
        for part in path[:-1]:
            holder = holder[part]
        try:
            if error.validator != "type" or isinstance(error.instance, bool | list | dict):
                raise ValueError
            holder[path[-1]] = CONVERSIONS[error.validator_value](error.instance)
        except (ValueError, KeyError):
            del holder[path[-1]]


class DropsUnknown(Enrollments):
    """What no schema has is left out of closed objects, as many frameworks do."""

    def validate(self, operation: str, body: Any) -> None:
        errors = self.specification._validators[operation].iter_errors(body)
        closed = [error for error in errors if error.validator == "additionalProperties"]
        for error in closed:
            for name in error.instance.keys() - error.schema["properties"].keys():
                del error.instance[name]
        super().validate(operation, body)


class KnownBiographics(Enrollments):
    """biographicData has a schema of the server's own, and other members are dropped."""

    known = ("firstName", "lastName", "dateOfBirth", "gender", "nationality")

    def settled(self, enrollment_id: str, data: Record, status: str) -> Record:
        record = super().settled(enrollment_id, data, status)
        block = record.get("biographicData")
        if isinstance(block, dict):
            record["biographicData"] = {name: block[name] for name in self.known if name in block}
        return record


class KnownRequests(Enrollments):
    """requestData has a schema of the server's own, without objects, and other members are dropped."""

    def settled(self, enrollment_id: str, data: Record, status: str) -> Record:
        record = super().settled(enrollment_id, data, status)
        block = record.get("requestData")
        if isinstance(block, dict):
            record["requestData"] = {name: value for name, value in block.items() if not isinstance(value, dict)}
        return record


class OwnBlocks(Enrollments):
    """What the body does not have is as the server would have it: as the standard's examples are."""

    request: dict[str, Any] = {"requestType": "IDCARD_ISSUANCE", "deliveryPlace": "paris"}

    def settled(self, enrollment_id: str, data: Record, status: str) -> Record:
        record = super().settled(enrollment_id, data, status)
        blocks = {"requestData": dict(self.request), "enrollmentFlags": {"timeout": 60}}
        objects = self.specification.version >= "1.2.0"
        return {**{name: block if objects else [block] for name, block in blocks.items()}, **record}


class OtherOwnBlocks(OwnBlocks):
    """These defaults are what another enrollment may be sent."""

    request: dict[str, Any] = {"requestType": "PASSPORT_ISSUANCE", "deliveryPlace": "lyon"}


class OthersByDefault(OwnBlocks):
    """The default of request data has a member of the name that flags have, too."""

    request: dict[str, Any] = {"requestType": "IDCARD_ISSUANCE", "other": "other"}


class OthersInRequests(Enrollments):
    """Request data without the member gets it, as a text."""

    def settled(self, enrollment_id: str, data: Record, status: str) -> Record:
        record = super().settled(enrollment_id, data, status)
        group = record.get("requestData")
        if isinstance(group, dict):
            record["requestData"] = {"other": "other", **group}
        if isinstance(group, list):
            record["requestData"] = [{"other": "other", **item} if isinstance(item, dict) else item for item in group]
        return record


def freedom(name: str, change: str, part: type[Enrollments], *observed: str, may: tuple[str, ...] = ()) -> Freedom:
    return Freedom(f"data-{name}", change, {"enrollments": part}, rulings=observed, may=may)


FREEDOMS = [
    freedom("takes-formats", "Badly formed base64, dates and URIs are taken as they are.", TakesFormats, "RUL-FORMAT"),
    Freedom(
        "data-loses-broken-images",
        "An image that is no base64 is taken and lost.",
        {"enrollments": LosesBrokenImages},
        rulings=("RUL-FORMAT",),
        versions="<1.3.0",
    ),
    Freedom(
        "data-drops-unknown",
        "Unknown members of closed objects are dropped.",
        {"enrollments": DropsUnknown},
        rulings=("RUL-BAD-REQUEST", "RUL-CLOSED"),
        versions=">=1.1.0",
    ),
    Freedom(
        "data-known-biographics",
        "Of biographic data only certain members are kept, which 1.3.0 and later versions allow.",
        {"enrollments": KnownBiographics},
        versions=">=1.3.0",
        rulings=("RUL-EXTENSIBLE",),
        inapplicable=("ENR-CREATE-12", "ENR-CREATE-13", "ENR-PATCH-06"),
    ),
    Freedom(
        "data-known-requests",
        "Of request data only members of the first level are kept, which 1.3.0 and later versions allow.",
        {"enrollments": KnownRequests},
        versions=">=1.3.0",
        rulings=("RUL-EXTENSIBLE",),
    ),
    freedom("own-blocks", "Blocks that a body does not have get values of the server's own.", OwnBlocks),
    freedom("other-own-blocks", "A body without request data gets a passport for Lyon, as a default.", OtherOwnBlocks),
    freedom(
        "others-by-default",
        "A body without request data gets an attribute that flags may have, too.",
        OthersByDefault,
    ),
    Freedom(
        "data-others-in-requests",
        "Request data without an attribute that flags may have gets it.",
        {"enrollments": OthersInRequests},
        rulings=("RUL-EXTENSIBLE",),
        inapplicable=("ENR-FIND-09",),
    ),
    freedom("puts-right", "What does not fit the schema is put right.", PutsRight, "RUL-BAD-REQUEST", "RUL-FORMAT"),
]
