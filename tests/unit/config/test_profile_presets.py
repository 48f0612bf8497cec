"""`preset` in [profile]: profiles by name, and what stands beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from osia_conformance.config.profile_presets import PRESETS
from osia_conformance.profile import load_profile
from osia_conformance.standard.specification import load_specification
from osia_conformance.standard.versions import judged
from osia_conformance.support.paths import PACKAGE
from osia_conformance.target.enrollment.payloads import Payloads
from tests.unit.config.reading import loaded, refusal


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("version", judged())
def test_an_enrollment_can_be_made_from_each_preset(name: str, version: str) -> None:
    profile = load_profile(loaded(f'[profile]\npreset = "{name}"\n').profile)
    whole = Payloads(load_specification(version), profile).canonical("osiaabcdefghabcdefghij")
    assert whole["biographicData"]["firstName"] == "osiaabcdefghabcdefghij"


def test_a_preset_is_what_it_stands_for() -> None:
    stated = '[profile]\nimages = ["png"]\nlargest-buffer = 65536\n'
    assert loaded('[profile]\npreset = ["png-only", "small-buffers"]\n').profile == loaded(stated).profile


def test_what_stands_beside_a_preset_wins() -> None:
    profile = loaded('[profile]\npreset = ["png-only", "small-buffers"]\nimages = ["jpeg"]\n').profile
    assert (profile.images, profile.largest_buffer) == (("jpeg",), 65536)


def test_a_closed_block_says_which_members_it_has() -> None:
    block = loaded('[profile]\npreset = "closed-biographic-data"\n').profile.blocks["biographicData"]
    assert block.schema["additionalProperties"] is False
    assert "lastName" in block.schema["properties"]


@pytest.mark.parametrize("value", ['"closed"', '["png-only", "closed"]', "7", "[]"])
def test_what_is_no_preset_is_refused(value: str) -> None:
    assert "profile.preset" in refusal(f"[profile]\npreset = {value}\n")


def test_the_docs_name_each_preset() -> None:
    text = (PACKAGE.parent / "docs" / "configuration.md").read_text("utf-8")
    assert all(f"| `{name}` |" in text for name in PRESETS)
