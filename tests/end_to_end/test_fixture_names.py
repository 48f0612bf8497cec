"""A plugin of somebody else has fixtures with the names of ours: checks get ours, every other test gets the other's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.test_unrelated_project import pytest_in
from tests.harness.running import ALONE, Report

NAMES = ("enrollments", "once", "payloads", "profile", "session", "settings", "shared", "target")
PLUGIN = "import pytest\n" + "".join(
    f"\n\n@pytest.fixture\ndef {name}():\n    return 'the {name} of another'\n" for name in NAMES
)
OWN = """
def test_of_the_project({names}, osia_settings):
    assert {{{names}}} == {{{expected}}}
    assert osia_settings.effort == "quick"


def test_that_calls_the_target(osia_enrollments, osia_session, osia_target, osia_payloads, osia_observe):
    assert osia_enrollments.created().read().status == 200
    assert (osia_session.target, osia_session.payloads) == (osia_target, osia_payloads)
    assert osia_observe


def test_that_asks_for_facts(osia_specification, osia_profile):
    assert osia_specification
    assert osia_profile
""".format(names=", ".join(NAMES), expected=", ".join(f"'the {name} of another'" for name in NAMES))
CHECK_OF_THE_VENDOR = """
import pytest
from hypothesis import strategies as st

from osia_conformance.checks import expect, given, precondition, requirement


@pytest.fixture
def shared():
    return "of this module"


@requirement("ENR-READ-01")
def test_a_check_beside_those_of_the_suite(enrollments, settings, session, shared):
    precondition(enrollments.created().read())
    assert (settings, shared) == (session.settings, "of this module")


@requirement("ENR-READ-01")
@given(name=st.sampled_from(["a", "b"]))
def test_a_check_on_generated_data(osia_enrollments, name):
    precondition(osia_enrollments.created().read())
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return the directory of a project with such a plugin, tests of its own, and checks of its own."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "plugin_of_another.py").write_text(PLUGIN, "utf-8")
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\naddopts = --pyargs -p osia_conformance.run.plugin -p plugin_of_another\npythonpath = .\n", "utf-8"
    )
    (tmp_path / "tests" / "test_own.py").write_text(OWN, "utf-8")
    (tmp_path / "tests" / "test_vendor_checks.py").write_text(CHECK_OF_THE_VENDOR, "utf-8")
    return tmp_path


SUITE = Path(__file__).parents[2] / "suites" / "enrollment"
OPTIONS = ("-c", "pytest.ini", "-rA", "--osia-demo", "--osia-effort", "quick", "--osia-report-dir", "r")


@pytest.mark.parametrize("order", [(), ("-p", "plugin_of_another")], ids=["loaded after ours", "loaded before ours"])
@pytest.mark.parametrize(
    "how", [("--osia-workers", "2"), ("--setup-show",), ("-p", "xdist", "-n", "1")], ids=["threads", "pytest", "xdist"]
)
def test_each_test_gets_the_fixture_that_it_means(how: tuple[str, ...], order: tuple[str, ...], project: Path) -> None:
    suite = (str(SUITE / "test_delete.py"), str(SUITE / "test_buffers.py"))
    done = pytest_in(project, *order, *suite, "./tests", *OPTIONS, *how, env=ALONE)
    results = Report(project / "r").results
    assert (done.returncode, results["totals"]["failed"]) == (2, 0), done.stdout + done.stderr
    assert " failed" not in done.stdout
    assert " error" not in done.stdout
    outcomes = Report(project / "r").outcomes()
    assert {outcomes[name] for name in ("ENR-DELETE-01", "ENR-READ-01")} == {"passed"}
    judged = {line["id"] for line in Report(project / "r").lines("check") if line["requirement"] == "ENR-READ-01"}
    assert judged == {"vendor_checks/a_check_beside_those_of_the_suite", "vendor_checks/a_check_on_generated_data"}


def test_only_names_with_the_prefix_are_offered_to_every_test(project: Path) -> None:
    (project / "pytest.ini").write_text("[pytest]\naddopts = -p osia_conformance.run.plugin\n", "utf-8")
    shown = pytest_in(project, "--fixtures", "tests/test_own.py").stdout
    of_ours = {line.partition(" ")[0] for line in shown.splitlines() if "osia_conformance" in line and " -- " in line}
    public = ("enrollments", "observe", "payloads", "profile", "session", "settings", "specification", "target")
    assert of_ours == {f"osia_{name}" for name in public}
