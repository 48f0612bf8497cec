"""The certificate says of an update whether it merges or replaces, by the exchanges that show it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.reports.certificate.update_style import REQUIREMENT, update_style
from osia_conformance.reports.exchanges import gather
from tests.unit.reports import journals

CREATED = {"type": "citizen", "names": {"first": "a", "last": "b"}, "flags": {"timeout": 1}}
UPDATE = {"names": {"first": "c"}}


def told(after: Any, directory: Path) -> str:
    calls = (("createEnrollment", CREATED, None), ("updateEnrollment", UPDATE, None), ("readEnrollment", None, after))
    records = [
        {
            **journals.exchange(f"gw0.{place}", sent=_body(sent), got=_body(got)),
            "operation": operation,
        }
        for place, (operation, sent, got) in enumerate(calls)
    ]
    check = {"evidence": [record["id"] for record in records]}
    results = {"requirements": [{"id": REQUIREMENT, "checks": [check]}]}
    return update_style(results, gather(records, directory))


def _body(value: Any) -> Any:
    return journals.body(json.dumps(value).encode() if value is not None else b"")


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ({**CREATED, "names": {"first": "c", "last": "b"}}, "merges: what an update leaves out stays"),
        (UPDATE, "replaces: what an update leaves out is removed"),
        (
            {**CREATED, **UPDATE},
            "keeps type, flags where an update leaves them out, and removes names.last",
        ),
        ({**CREATED, "names": 5}, "keeps type, flags where an update leaves them out, and removes names.last"),
        ({**CREATED, "names": True}, "keeps type, flags where an update leaves them out, and removes names.last"),
        ({**CREATED, "names": "the last"}, "keeps type, flags where an update leaves them out, and removes names.last"),
        ("no object", ""),
    ],
)
def test_what_an_update_leaves_out_tells_its_style(tmp_path: Path, after: Any, said: str) -> None:
    assert told(after, tmp_path) == said


def test_a_run_without_such_exchanges_tells_none(tmp_path: Path) -> None:
    assert update_style({"requirements": []}, gather([], tmp_path)) == ""
