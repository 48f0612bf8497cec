"""What a test says of the check that it is, for other processes too."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from osia_conformance.checks.marks import MARK, requirement
from osia_conformance.run.collection import requirement_of


def of(mark: pytest.MarkDecorator, **parameters: Any) -> Any:
    callspec = {"callspec": SimpleNamespace(params=parameters)} if parameters else {}
    return SimpleNamespace(iter_markers=lambda name: [mark.mark] if name == MARK else [], **callspec)


@pytest.mark.parametrize("parameters", [{}, {"fact": "A-REQUIRED"}])
def test_a_requirement_is_named_by_plain_text(parameters: dict[str, str]) -> None:
    name = requirement_of(of(requirement("ENR-READ-01"), **parameters))
    # Another type would be loaded, and pytest with it, wherever the name is unpickled.
    assert (type(name), name) == (str, "ENR-READ-01")


def test_the_parameters_are_filled_in() -> None:
    assert requirement_of(of(requirement("ENR-SCHEMA-{fact}"), fact="A-REQUIRED")) == "ENR-SCHEMA-A-REQUIRED"
