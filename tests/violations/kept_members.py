"""Violations of members that later versions added: not stored, or stored otherwise."""

from collections.abc import Callable
from typing import Any

from tests.violations.create_lists import storing_items
from tests.violations.create_values import stored

Item = dict[str, Any]


def items(change: Callable[[Item], Item]) -> Callable[[list[Any]], list[Any]]:
    return lambda group: [change(item) for item in group]


def without(name: str) -> Callable[[Item], Item]:
    return lambda item: {key: value for key, value in item.items() if key != name}


def altered(name: str, change: Callable[[Any], Any]) -> Callable[[Item], Item]:
    return lambda item: {**item, name: change(item[name])} if name in item else item


def in_parts(change: Callable[[Item], Item]) -> Callable[[Item], Item]:
    return lambda item: {**item, "parts": [change(part) for part in item.get("parts", [])]}


VIOLATIONS = [
    *(
        stored(
            f"kept-without-{name.lower()}",
            f"{name} of biometric data is not stored.",
            storing_items("biometricData", items(without(name))),
            f"ENR-CREATE-{number}",
            declared=("ENR-ANSWER-*",),
        )
        for number, names in (
            ("21", ("instance", "missing", "metadata", "comment")),
            ("22", ("template", "templateRef", "templateFormat", "quality", "qualityFormat", "algorithm", "vendor")),
        )
        for name in names
    ),
    stored(
        "kept-as-amputated",
        "Whatever is missing is stored as amputated.",
        storing_items(
            "biometricData",
            items(altered("missing", lambda them: [{**one, "presence": "AMPUTATED"} for one in them])),
        ),
        "ENR-CREATE-21",
    ),
    stored(
        "kept-without-other-words",
        "What an OTHER document is, is not stored.",
        storing_items("documentData", items(without("documentTypeOther"))),
        "ENR-CREATE-20",
    ),
    stored(
        "kept-as-invoice",
        "A certificate of birth is stored as an invoice.",
        storing_items(
            "documentData",
            items(altered("documentType", lambda kind: "INVOICE" if kind == "BIRTH_CERTIFICATE" else kind)),
        ),
        "ENR-CREATE-20",
    ),
    stored(
        "kept-without-offset",
        "The offset of a capture date is dropped.",
        storing_items("biometricData", items(altered("captureDate", lambda date: date[:19] + "Z"))),
        "ENR-CREATE-23",
        versions=">=1.2.0",
    ),
    stored(
        "kept-to-the-minute",
        "The capture date of a page is cut to the minute.",
        storing_items(
            "documentData", items(in_parts(altered("captureDate", lambda date: f"{date[:17]}00{date[19:]}")))
        ),
        "ENR-CREATE-23",
        versions=">=1.2.0",
    ),
]
