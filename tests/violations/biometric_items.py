"""Violations by items of biometric data, and pages, that are kept otherwise than they were sent."""

from collections.abc import Callable
from typing import Any

from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal
from tests.harness.variant import Violation
from tests.violations.create_lists import fields, storing_items
from tests.violations.create_values import stored
from tests.violations.encryption import is_base64
from tests.violations.kept_members import altered, in_parts, items

Item = dict[str, Any]
Items = list[Any]


def cut(text: str) -> str:
    return text[:255]


def one_of_each(*names: str) -> Callable[[Items], Items]:
    """Return what a table keeps whose key is made of these members: the last item of each."""
    return lambda group: list({tuple(str(item.get(name)) for name in names): item for item in group}.values())


def dropped_beside(kept: str, dropped: str) -> Callable[[Item], Item]:
    """Return the change of an item that has one of two members at most."""
    return lambda item: {name: value for name, value in item.items() if name != dropped or kept not in item}


def always(name: str, value: int) -> Callable[[Item], Item]:
    return altered(name, lambda _: value)


class RefusesFormats(Enrollments):
    """Looks into images, and refuses those whose bytes begin so."""

    magic: tuple[str, ...] = ()

    def validate(self, operation: str, body: Any) -> None:
        super().validate(operation, body)
        if isinstance(body, dict) and operation != "findEnrollments":
            images = [str(item.get("image", "")) for item in body.get("biometricData", []) if isinstance(item, dict)]
            if any(image.startswith(self.magic) for image in images):
                raise Refusal(400, "This format is not taken.")


class RefusesRecords(RefusesFormats):
    magic = ("RklS",)


class RefusesWsq(RefusesFormats):
    magic = ("/6D/",)


def in_biometrics(change: Callable[[Item], Item]) -> type:
    return storing_items("biometricData", items(change))


def in_pages(change: Callable[[Item], Item]) -> type:
    return storing_items("documentData", items(in_parts(change)))


def records_converted(item: Item) -> Item:
    """Keep the pixels of a record of ISO/IEC 19794, and drop its headers."""
    image = item.get("image", "")
    return {**item, "image": image[64:]} if image.startswith("RklS") and is_base64(image) else item


SINCE_1_1 = ">=1.1.0"
VIOLATIONS = [
    stored(
        "items-lose-their-instances",
        "Of several captures of one finger the last is stored.",
        storing_items("biometricData", one_of_each("biometricType", "biometricSubType")),
        "ENR-CREATE-24",
        declared=("ENR-CREATE-14", "ENR-CREATE-17"),
        versions=SINCE_1_1,
    ),
    stored(
        "items-numbered-anew",
        "Each capture of one finger is stored as the first.",
        storing_items("biometricData", fields("instance", lambda _: "first")),
        "ENR-CREATE-24",
        declared=("ENR-CREATE-21",),
        versions=SINCE_1_1,
    ),
    stored(
        "items-images-or-references",
        "A biometric image is dropped where a reference comes with it.",
        in_biometrics(dropped_beside("imageRef", "image")),
        "ENR-CREATE-07",
    ),
    stored(
        "items-references-or-images",
        "A reference is dropped where a biometric image comes with it.",
        in_biometrics(dropped_beside("image", "imageRef")),
        "ENR-CREATE-07",
    ),
    stored(
        "items-pages-or-references",
        "The image of a page is dropped where a reference comes with it.",
        in_pages(dropped_beside("dataRef", "data")),
        "ENR-CREATE-07",
    ),
    stored(
        "items-references-or-pages",
        "A reference is dropped where the image of a page comes with it.",
        in_pages(dropped_beside("data", "dataRef")),
        "ENR-CREATE-07",
    ),
    *(
        stored(
            f"items-{words}",
            f"{dropped} is dropped where {kept} comes with it.",
            in_biometrics(dropped_beside(kept, dropped)),
            "ENR-CREATE-22",
        )
        for words, kept, dropped in (
            ("templates-or-references", "templateRef", "template"),
            ("references-or-templates", "template", "templateRef"),
        )
    ),
    stored(
        "items-of-500-dpi",
        "Each resolution is stored as 500.",
        in_biometrics(always("resolution", 500)),
        "ENR-CREATE-25",
    ),
    stored("items-of-8-bits", "Each depth is stored as 8.", in_biometrics(always("bitdepth", 8)), "ENR-CREATE-25"),
    stored(
        "items-of-one-size",
        "Each image is stored as 320 wide.",
        in_biometrics(always("width", 320)),
        "ENR-CREATE-25",
        declared=("ENR-CREATE-07",),
    ),
    stored(
        "items-pages-of-one-size",
        "Each page is stored as 400 high.",
        in_pages(always("height", 400)),
        "ENR-CREATE-25",
        declared=("ENR-CREATE-07",),
    ),
    stored(
        "items-devices-are-cut",
        "The name of a capture device is cut after 255 characters.",
        in_biometrics(altered("captureDevice", cut)),
        "ENR-CREATE-10",
    ),
    stored(
        "items-devices-of-pages-are-cut",
        "The name of a page's capture device is cut after 255 characters.",
        in_pages(altered("captureDevice", cut)),
        "ENR-CREATE-10",
    ),
    *(
        stored(
            f"items-{name}-is-cut",
            f"{name} is cut after 255 characters.",
            in_biometrics(altered(name, cut)),
            "ENR-CREATE-10",
            versions=versions,
        )
        for name, versions in (
            ("metadata", SINCE_1_1),
            ("comment", SINCE_1_1),
            ("algorithm", ">=1.2.0"),
            ("vendor", ">=1.2.0"),
        )
    ),
    stored(
        "items-records-are-unpacked",
        "Of a record of ISO/IEC 19794 the image alone is stored.",
        in_biometrics(records_converted),
        "ENR-CREATE-26",
    ),
    Violation(
        "items-records-are-refused",
        "A record of ISO/IEC 19794 is refused.",
        {"enrollments": RefusesRecords},
        expected=("ENR-CREATE-26",),
    ),
    Violation("items-wsq-is-refused", "WSQ is refused.", {"enrollments": RefusesWsq}, expected=("ENR-CREATE-26",)),
]
