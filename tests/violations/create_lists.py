"""Violations by biometrics, documents and requests that are kept otherwise than they were sent."""

import base64
from collections.abc import Callable
from typing import Any

from osia_reference.store import Record, Store
from tests.violations.create_values import stored, storing


def storing_items(group: str, change: Callable[[list[Any]], list[Any]]) -> type[Store]:
    """Return a database that changes a group that is a list."""
    return storing(
        lambda record: {**record, group: change(record[group])} if isinstance(record.get(group), list) else record
    )


def lost(*names: str) -> Callable[[Record], Record]:
    return lambda item: {name: value for name, value in item.items() if name not in names}


def last_bytes_cut(image: str) -> str:
    return base64.b64encode(base64.b64decode(image)[:48]).decode("ascii")


def nul_ended(image: str) -> str:
    return base64.b64encode(base64.b64decode(image).rstrip(b"\0")).decode("ascii")


def images(change: Callable[[str], str]) -> Callable[[list[Any]], list[Any]]:
    """Return a change of images in biometric data."""
    return lambda items: [{**item, "image": change(item["image"])} if "image" in item else item for item in items]


def page_images_lost(documents: list[Any]) -> list[Any]:
    return [{**each, "parts": [lost("data")(part) for part in each.get("parts", [])]} for each in documents]


def page_references_lost(documents: list[Any]) -> list[Any]:
    return [{**each, "parts": [lost("dataRef")(part) for part in each.get("parts", [])]} for each in documents]


def references_cut(items: list[Any]) -> list[Any]:
    return [{**item, "imageRef": item["imageRef"].partition("?")[0]} if "imageRef" in item else item for item in items]


def references_small(items: list[Any]) -> list[Any]:
    return [{**item, "imageRef": item["imageRef"].lower()} if "imageRef" in item else item for item in items]


def fields(member: str, change: Callable[[str], str]) -> Callable[[list[Any]], list[Any]]:
    """Return a change of one member of biometric data."""
    return lambda items: [{**item, member: change(item[member])} if member in item else item for item in items]


IMAGES = [
    stored(
        "images-are-cut",
        "Images are cut after 48 bytes.",
        storing_items("biometricData", images(last_bytes_cut)),
        "ENR-CREATE-07",
    ),
    stored(
        "images-lose-their-last-nul",
        "Images lose the NUL bytes that they end with.",
        storing_items("biometricData", images(nul_ended)),
        "ENR-CREATE-07",
    ),
    stored(
        "images-are-encoded-twice",
        "Images are encoded as base64 once more.",
        storing_items("biometricData", images(lambda image: base64.b64encode(image.encode()).decode("ascii"))),
        "ENR-CREATE-07",
    ),
    stored(
        "images-of-pages-are-lost",
        "The images of document pages are not stored.",
        storing_items("documentData", page_images_lost),
        "ENR-CREATE-07",
    ),
    stored(
        "references-in-small-letters",
        "References to images are written small.",
        storing_items("biometricData", references_small),
        "ENR-CREATE-08",
        # An image is sent beside a reference, too.
        declared=("ENR-CREATE-07",),
    ),
    stored(
        "references-lose-their-query",
        "References to images lose their query.",
        storing_items("biometricData", references_cut),
        "ENR-CREATE-08",
        # An image is sent beside a reference, too.
        declared=("ENR-CREATE-07",),
    ),
    stored(
        "references-of-pages-are-lost",
        "References to the images of document pages are not stored.",
        storing_items("documentData", page_references_lost),
        "ENR-CREATE-08",
        declared=("ENR-CREATE-07",),
    ),
]
LISTS = [
    stored(
        "lists-reversed",
        "Documents are answered in reverse.",
        storing_items("documentData", lambda items: items[::-1]),
        "ENR-CREATE-14",
        # A list that an update sends is stored likewise.
        declared=("ENR-UPDATE-02",),
    ),
    stored(
        "lists-sorted",
        "Biometric data are sorted by finger.",
        storing_items("biometricData", lambda items: sorted(items, key=lambda item: item.get("biometricSubType", ""))),
        "ENR-CREATE-14",
    ),
    stored(
        "lists-of-one",
        "Of several requests the first is stored.",
        storing_items("requestData", lambda items: items[:1]),
        "ENR-CREATE-14",
        versions="<1.2.0",
    ),
    stored(
        "lists-without-repetitions",
        "Documents of a type that is already there are not stored.",
        storing_items("documentData", lambda items: list({each["documentType"]: each for each in items}.values())),
        "ENR-CREATE-14",
    ),
]
ENUMERATIONS = [
    stored(
        "enumeration-without-a-value",
        "One finger that the server does not know is stored as unknown.",
        storing_items(
            "biometricData",
            fields("biometricSubType", lambda value: "UNKNOWN" if value == "LEFT_LITTLE" else value),
        ),
        "ENR-CREATE-17",
    ),
    stored(
        "enumeration-of-two-values",
        "Every compression but WSQ is stored as NONE.",
        storing_items("biometricData", fields("compression", lambda value: value if value == "WSQ" else "NONE")),
        "ENR-CREATE-17",
        declared=("ENR-CREATE-07",),
    ),
]
VIOLATIONS = [*IMAGES, *LISTS, *ENUMERATIONS]
