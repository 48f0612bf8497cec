"""What an official certificate needs, in one sentence."""

from __future__ import annotations

from typing import Any

import pytest

from osia_conformance.reports.certificate.official import missing_for_official

WHOLE: dict[str, Any] = {
    "url": "https://gateway.example.org",
    "effort": "thorough",
    "selection": False,
    "signature": True,
    "report": {"body": "B", "address": "A", "authorised-by": "H", "customer": "C"},
}


def test_nothing_is_missing() -> None:
    assert missing_for_official(**WHOLE) is None
    report = {"body": "B", "address": "A", "authorised_by": "H", "customer": "C"}
    assert missing_for_official(**{**WHOLE, "report": report}) is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"url": None}, "a real target (set url in [target] or give --url)"),
        ({"demonstration": True}, "a real target (set url in [target] or give --url)"),
        ({"url": "http://gateway.example.org"}, "TLS (the target's URL must begin with https:)"),
        ({"effort": "standard"}, "the effort thorough (give --effort thorough)"),
        ({"selection": True}, "the whole suite (leave out what narrows the run)"),
        ({"signature": False}, "a signature (give --sign file:KEY)"),
        ({"report": {"body": "B"}}, "address, authorised-by, customer in [report]"),
    ],
)
def test_what_is_missing_is_said(changes: dict[str, Any], said: str) -> None:
    assert missing_for_official(**{**WHOLE, **changes}) == f"--official: missing: {said}."


def test_all_that_is_missing_is_one_sentence() -> None:
    said = missing_for_official(url=None, effort="quick", selection=True, signature=False, report={})
    assert said is not None
    assert said.count("; ") == 4
    assert said.endswith("body, address, authorised-by, customer in [report].")
