"""A command waits for nothing that it does not need."""

from __future__ import annotations

import subprocess
import sys

import pytest

from osia_conformance.cli.commands import COMMANDS
from tests.harness.running import ENOUGH, environment

SLOW = ("hypothesis", "schemathesis", "pytest", "httpx", "uvicorn", "starlette", "jinja2", "allure_commons", "rich")


COMMAND_MODULES = tuple(f"osia_conformance.cli.{name}" for name in COMMANDS)
NAMES = (*SLOW, "jsonschema", "tomllib", "dataclasses", "json", *COMMAND_MODULES)


def loaded(*arguments: str) -> set[str]:
    """Return which of the slow modules, and of those of the commands, are there after the command."""
    script = (
        "import sys; from osia_conformance.cli.parser import main\n"
        f"try: main({list(arguments)!r})\n"
        "except SystemExit: pass\n"
        f"sys.stderr.write(' '.join(name for name in {NAMES!r} if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment(), capture_output=True, text=True, check=True, timeout=ENOUGH
    )
    return set(done.stderr.split())


def test_help_loads_no_settings_and_no_register() -> None:
    assert loaded("--help") == set()


@pytest.mark.parametrize("format_", ["table", "json"])
def test_requirements_load_the_register_alone(format_: str) -> None:
    found = loaded("requirements", "--format", format_)
    assert found & set(COMMAND_MODULES) == {"osia_conformance.cli.requirements"}
    assert found.isdisjoint(SLOW)
