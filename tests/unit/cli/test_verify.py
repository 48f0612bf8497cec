"""Which of this suite's checks `verify` expects in the plan of a run."""

from __future__ import annotations

from osia_conformance.cli import verify


def test_of_what_is_collected_only_the_checks_of_the_versions_register_count() -> None:
    collected = {("ENR-READ-01", "read/one"), ("ENR-NONE-01", "read/two")}
    found = verify._of_register(lambda header: collected, {"interfaceVersion": "1.0.0"})
    assert found == {("ENR-READ-01", "read/one")}
