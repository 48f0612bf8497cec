"""The wheel holds all that a run needs, and runs from any directory."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.harness.running import ENOUGH, JWT_KEY, ROOT, Report, ended, served

SOURCES = ("osia_conformance", "reference", "suites", "specs")
FILES = ("docs/matrix.json", "pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of the checkout, without a network."""
    place = tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        shutil.copytree(ROOT / name, place / "copy" / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        if (ROOT / name).exists():
            (place / "copy" / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, place / "copy" / name)
    line = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(place / "dist")]
    built = subprocess.run([*line, str(place / "copy")], capture_output=True, text=True, timeout=ENOUGH, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (made,) = (place / "dist").iterdir()
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel alone into an empty directory."""
    target = tmp_path_factory.mktemp("installed") / "lib"
    line = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--target", str(target), str(wheel)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=ENOUGH, check=False)
    assert done.returncode == 0, done.stderr
    return target


def test_suites_and_specs_are_in_it(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("suites", "specs"):
        ours = {
            f"osia_conformance/{path.relative_to(ROOT).as_posix()}"
            for path in (ROOT / folder).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert ours
        assert ours <= names


def test_what_the_package_reads_is_in_it(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    data = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "osia_conformance").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert data <= names
    assert "osia_reference/app.py" in names


def test_nothing_else_is_in_it(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"osia_conformance", "osia_reference"}
    assert not [name for name in names if name.startswith("osia_conformance/tests") or "__pycache__" in name]


PROGRAM = (
    "import sys; sys.path[:] = [p for p in sys.path if p not in {checkout!r}]; sys.path.insert(0, {target!r}); "
    "sys.meta_path[:] = [f for f in sys.meta_path if '_editable_' not in repr(f)]; "
    "import osia_conformance, osia_reference; "
    "assert all(m.__file__.startswith({target!r}) for m in (osia_conformance, osia_reference)), sys.path; "
    "from {module} import main; sys.exit(main())"
)


def command(target: Path, *arguments: object, module: str = "osia_conformance.cli.parser") -> list[str]:
    """Return the command line of the installed suite, or of pytest, with nothing of the checkout on the path."""
    # The environment may lie in the checkout, as the one of tox does.
    checkout = [str(ROOT), *(str(ROOT / name) for name in SOURCES)]
    program = PROGRAM.format(checkout=checkout, target=str(target), module=module)
    return [sys.executable, "-c", program, *map(str, arguments)]


def test_it_lists_the_requirements_from_any_directory(installed: Path, tmp_path: Path) -> None:
    done = ended(command(installed, "requirements"), {"PYTHONPATH": str(installed)}, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "ENR-PATCH-03" in done.stdout


def test_it_judges_the_embedded_server_from_any_directory(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("raise RuntimeError('of somebody else')\n", "utf-8")
    # All of it is judged by the environment `conformance` of tox, from a wheel as well.
    arguments = (
        "demo",
        "--effort",
        "quick",
        "--workers",
        2,
        "--only",
        "ENR-READ",
        "ENR-GENERATED",
        "--report-dir",
        "r",
    )
    done = ended(command(installed, *arguments), {"PYTHONPATH": str(installed)}, tmp_path)
    judged = {line["outcome"] for line in Report(tmp_path / "r").lines("check")}
    assert (done.returncode, judged) == (2, {"passed"})
    assert str(ROOT) not in done.stdout + done.stderr


def test_a_conftest_above_the_installed_suites_is_left_alone(installed: Path, tmp_path: Path) -> None:
    arguments = ("demo", "--only", "ENR-DELETE", "--effort", "quick", "--report-dir", "r")
    of_somebody_else = installed.parent / "conftest.py"
    of_somebody_else.write_text("raise RuntimeError('of somebody else')\n", "utf-8")
    try:
        done = ended(command(installed, *arguments), {"PYTHONPATH": str(installed)}, tmp_path)
    finally:
        of_somebody_else.unlink()
    assert (done.returncode, done.stderr) == (2, "")
    assert Report(tmp_path / "r").outcomes()["ENR-DELETE-01"] == "passed"


OWN_FAILURE = """
def test_of_the_vendor(osia_enrollments):
    assert osia_enrollments.created().read().status == 418
"""


def project(installed: Path, place: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run pytest as a vendor does, in a copy of the example project, on a reference server."""
    shutil.copytree(ROOT / "examples" / "vendor-project", place, dirs_exist_ok=True)
    with served("--jwt-key", "env:OSIA_JWT_KEY", "--interface-version", "1.3.1") as url:
        env = {"PYTHONPATH": str(installed), "OSIA_URL": url, "OSIA_REPORT_DIR": "r", "OSIA_EFFORT": "quick", **JWT_KEY}
        return ended(command(installed, *options, module="pytest"), env, place)


@pytest.mark.parametrize("name", ["osia_conformance.suites", "osia_conformance.suites.enrollment.test_delete"])
def test_pytest_judges_the_installed_suites_by_their_name(name: str, installed: Path, tmp_path: Path) -> None:
    options = ("--pyargs", name, "-q", "--osia-demo", "--osia-report-dir", "r", "-k", "test_delete")
    env = {"PYTHONPATH": str(installed), "OSIA_EFFORT": "quick"}
    done = ended(command(installed, *options, module="pytest"), env, tmp_path)
    assert (done.returncode, Report(tmp_path / "r").outcomes()["ENR-DELETE-01"]) == (2, "passed"), done.stdout


@pytest.mark.parametrize("how", ["conftest.py", "addopts"])
def test_tests_of_ones_own_alone_load_the_plugin(how: str, installed: Path, tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "examples" / "vendor-project" / "tests" / "test_gateway.py", tmp_path / "tests")
    if how == "conftest.py":
        (tmp_path / how).write_text('pytest_plugins = ["osia_conformance.run.plugin"]\n', "utf-8")
    else:
        (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p osia_conformance.run.plugin\n", "utf-8")
    env = {"PYTHONPATH": str(installed), "OSIA_EFFORT": "quick"}
    done = ended(command(installed, "tests", "-q", "--osia-demo", module="pytest"), env, tmp_path)
    assert (done.returncode, "1 passed" in done.stdout) == (2, True), done.stdout + done.stderr


def test_a_vendors_project_judges_its_server_beside_tests_of_its_own(installed: Path, tmp_path: Path) -> None:
    done = project(installed, tmp_path, "-q", "-rA")
    report = Report(tmp_path / "r")
    assert (done.returncode, report.results["verdict"]) == (0, "conformant"), done.stdout + done.stderr
    for name in ("test_titles_are_trimmed", "test_an_answer_says_when_it_was_made"):
        assert f"::{name}" in done.stdout
    own = {line["check"] for line in report.lines("exchange") if line["check"].startswith("own/")}
    assert own == {"own/test_an_answer_says_when_it_was_made"}
    assert report.ledger() == []


def test_a_failure_of_the_vendors_own_is_no_fault_and_no_verdict(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_own.py").write_text(OWN_FAILURE, "utf-8")
    done = project(installed, tmp_path, "-q", "-n", "2", "-k", "test_of_the_vendor or test_delete")
    results = Report(tmp_path / "r").results
    assert (done.returncode, results["verdict"], results["totals"]["failed"]) == (2, "incomplete", 0), done.stdout
    assert results["ending"] == "complete"
    assert "1 failed" in done.stdout


def test_the_page_shows_the_example_projects_check() -> None:
    page = (ROOT / "docs" / "own-tests.md").read_text("utf-8")
    check = (ROOT / "examples" / "vendor-project" / "tests" / "test_gateway.py").read_text("utf-8")
    (shown,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert shown == check.split('"""\n\n', 1)[1]
    assert len(shown.splitlines()) <= 10
