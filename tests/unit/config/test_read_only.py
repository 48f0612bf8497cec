"""`[read-only]`, `target.read-only`, OSIA_READ_ONLY and the option: whether a run only reads, and what."""

from __future__ import annotations

import json

import pytest

from osia_conformance.config.settings import ReadOnlyBuffer, ReadOnlyRecords, Settings
from tests.unit.config.reading import loaded, refusal

TABLE = '[read-only]\nenrollments = ["vendor-1"]\nsearch = {attribute = "firstName", value = "specimen"}\n'


class TestConfiguration:
    def test_naming_records_is_enough_to_read_only(self) -> None:
        found = loaded(TABLE + 'buffers = [{enrollment = "vendor-1", buffer = "b"}]\n')
        assert found.target.read_only is True
        assert found.read_only == ReadOnlyRecords(
            ("vendor-1",), (ReadOnlyBuffer("vendor-1", "b"),), "firstName", "specimen"
        )
        assert Settings.restore(json.loads(json.dumps(found.dump()))) == found

    @pytest.mark.parametrize(
        ("text", "environ", "option", "expected"),
        [
            ("", {}, None, None),
            ("", {"OSIA_READ_ONLY": "1"}, None, True),
            ("[target]\nread-only = true\n", {}, None, True),
            (TABLE, {"OSIA_READ_ONLY": "false"}, None, False),
            (TABLE, {"OSIA_READ_ONLY": "false"}, True, True),
            ("", {"OSIA_READ_ONLY": "true"}, False, False),
        ],
    )
    def test_the_nearest_word_counts(
        self, text: str, environ: dict[str, str], option: bool | None, expected: bool | None
    ) -> None:
        assert loaded(text, {"read_only": option}, environ).target.read_only is expected

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ('[target]\nread-only = "yes"\n', "target.read-only must be true or false"),
            ("[read-only]\nenrollment = []\n", 'nearest valid one is "enrollments"'),
            ("[read-only]\nenrollments = [1]\n", "read-only.enrollments must be a string"),
            ('[read-only]\nbuffers = ["b"]\n', "read-only.buffers must be a table"),
            ('[read-only]\nbuffers = [{enrollment = "a"}]\n', "read-only.buffers.buffer is missing"),
            ('[read-only]\nbuffers = [{enrollment = "a", buffer = "b"}]\n', "not among read-only.enrollments"),
            ('[read-only]\nsearch = {attribute = "a"}\n', "read-only.search.value is missing"),
            ('[read-only]\nsearch = {attribute = "a", value = []}\n', "read-only.search.value must be"),
            ("[read-only]\nsearch = 1\n", "read-only.search must be a table"),
        ],
    )
    def test_what_is_wrong_is_told(self, text: str, words: str) -> None:
        assert words in refusal(text)

    def test_the_report_names_what_was_read(self) -> None:
        found = loaded(TABLE)
        assert found.as_record()["target"]["read-only"] is True
        assert found.as_record()["read-only"]["enrollments"] == ["vendor-1"]
