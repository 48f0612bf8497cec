"""The published set is what the suite gives today."""

from __future__ import annotations

import json
import re

import pytest

from osia_conformance.standard.register import load_register
from osia_conformance.standard.versions import judged, newest
from tests import pictures, published


@pytest.mark.parametrize("version", judged())
def test_the_published_set_of_a_version_is_whole_and_knows_today_s_requirements(version: str) -> None:
    kept = published.folder(version)
    assert sorted(path.name for path in kept.iterdir()) == sorted(published.FILES)
    results = json.loads((kept / "results.json").read_text("utf-8"))
    facts = published.facts(results)
    assert (facts["verdict"], facts["interfaceVersion"]) == ("conformant", version)
    register = load_register(version).requirements
    today = {name: entry.level for name, entry in register.items()}
    assert {name: level for name, (level, _) in facts["requirements"].items()} == today, "run python -m tests.published"
    assert "demonstration" in (kept / "badge.svg").read_text("utf-8")
    assert (kept / "certificate.pdf").read_bytes().startswith(b"%PDF")


def test_the_terminal_in_the_readme_names_today_s_requirements() -> None:
    named = set(re.findall(r"ENR-[A-Z0-9-]*[A-Z0-9]", pictures.TERMINAL.read_text("utf-8")))
    assert named
    assert named <= set(load_register(newest()).requirements), "run python -m tests.pictures"
