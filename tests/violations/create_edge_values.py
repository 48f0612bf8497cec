"""Violations by values that look like something else: texts like numbers, names like paths."""

from collections.abc import Callable
from typing import Any

from osia_reference.store import Store
from tests.harness.variant import Violation
from tests.violations.create_values import numbers, storing_biographics, storing_members, storing_texts

KEYWORDS = {"true": True, "false": False, "null": ""}


def like_numbers(text: str) -> Any:
    try:
        value = float(text)
    except ValueError:
        return text
    return int(value) if value.is_integer() else value


def like_keywords(text: str) -> Any:
    return KEYWORDS.get(text, text)


def without_zeros(text: str) -> str:
    return text.lstrip("0") if text[:1].isdigit() else text


def unix_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def plain_typography(text: str) -> str:
    return text.replace("’", "'").replace("–", "-").replace("\u00a0", " ")


def two_decimals(value: float) -> float:
    return round(value, 2)


def without_dots(name: str) -> str:
    return name.replace(".", "_")


def renamed(change: Callable[[str], str]) -> Callable[[Any], Any]:
    """Return a change of the names in a value; of two that become one the last counts."""

    def changed(value: Any) -> Any:
        if isinstance(value, dict):
            return {change(name): changed(each) for name, each in value.items()}
        return [changed(each) for each in value] if isinstance(value, list) else value

    return changed


def texts(name: str, change: str, of: Callable[[str], Any]) -> Violation:
    return Violation(f"texts-{name}", change, {"store": storing_texts(of)}, expected=("ENR-CREATE-09",))


def kept(number: str, name: str, change: str, store: type[Store]) -> Violation:
    return Violation(name, change, {"store": store}, expected=(f"ENR-CREATE-{number}",))


VIOLATIONS = [
    texts("like-numbers", "A text that looks like a number becomes one.", like_numbers),
    texts("like-keywords", "The texts true, false and null become what they say.", like_keywords),
    texts("without-zeros", "A text of digits loses its first zeros.", without_zeros),
    texts("with-unix-lines", "CRLF and CR in texts become LF.", unix_lines),
    texts("in-plain-typography", "Quotes, dashes and spaces become those of a typewriter.", plain_typography),
    kept("12", "numbers-of-two-decimals", "Two decimals are kept.", storing_biographics(numbers(two_decimals))),
    kept(
        "12",
        "numbers-without-exponents",
        "Six decimals of numbers below one are kept.",
        storing_biographics(numbers(lambda n: round(n, 6) if abs(n) < 1 else n)),
    ),
    kept(
        "13",
        "names-without-dots",
        "A dot in a name becomes _.",
        storing_members(renamed(without_dots)),
    ),
    kept("13", "names-in-small-letters", "Names are written small.", storing_members(renamed(str.lower))),
    kept(
        "13",
        "names-in-ascii",
        "Names lose what is not ASCII.",
        storing_members(renamed(lambda name: name.encode("ascii", "ignore").decode("ascii"))),
    ),
]
