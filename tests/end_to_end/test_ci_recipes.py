"""The recipes for pipelines: the steps of the GitHub action are scripts, and every file keeps to its schema."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from tests.harness.running import JWT, JWT_KEY, ROOT, environment, served

STEPS = ROOT / "ci" / "github"
SCHEMAS = {
    "action.yml": "vendor.github-actions",
    "ci/gitlab/osia-conformance.yml": "vendor.gitlab-ci",
    "compose.yaml": "vendor.compose-spec",
}


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A directory with a configuration, and a command on its PATH."""
    command = tmp_path / "bin" / "osia-conformance"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m osia_conformance "$@"\n')
    command.chmod(0o755)
    (tmp_path / "conformance.toml").write_text(JWT)
    return tmp_path


def step(name: str, work: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    path = f"{work / 'bin'}:{environment()['PATH']}"
    more = {"GITHUB_OUTPUT": str(work / "output"), "PATH": path, **env}
    line = ["bash", str(STEPS / name)]
    return subprocess.run(line, cwd=work, env=environment(more), capture_output=True, text=True, check=False)


def outputs(work: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in (work / "output").read_text().splitlines())


def test_the_action_judges_compares_and_ends_as_the_run_ended(work: Path) -> None:
    waiver = '[[waiver]]\nrequirement = "ENR-DELETE-01"\nreason = "known"\nowner = "o@example.org"\n'
    (work / "waivers.toml").write_text(f'{waiver}expires = "2999-01-01"\n')
    with served("--interface-version", "1.0.0", "--jwt-key", "env:OSIA_JWT_KEY", env=JWT_KEY) as url:
        inputs = {"INPUT_URL": url, "INPUT_VERSION": "1.0.0", "INPUT_EFFORT": "quick", **JWT_KEY}
        done = step("judge.sh", work, {**inputs, "INPUT_WAIVERS": "waivers.toml"})
    assert done.returncode == 0, done.stderr
    # A waiver of what does not fail is stale, which ends a run with 1.
    assert outputs(work) == {"verdict": "conformant", "exit-code": "1"}
    results = json.loads((work / "osia-report" / "results.json").read_text())
    assert [one["requirement"] for one in results["waivers"]] == ["ENR-DELETE-01"]
    assert sorted(path.name for path in work.glob(".conformance*")) == []
    page = work / "page.md"
    env = {"INPUT_BASE_REPORT": "osia-report", "GITHUB_STEP_SUMMARY": str(page)}
    assert step("compare.sh", work, env).returncode == 0
    assert "#" in page.read_text()


STAND_IN = """#!/bin/sh
echo "$@" >>calls
case "$*" in
    *"run list"*) echo "$RUN" ;;
    *"run download"*) for last; do :; done; echo fetched >"$last/results.json" ;;
    *comment*) cat >comment ;;
esac
"""
"""A `gh` that knows the last run of a branch, its artifact, and where a comment goes."""


@pytest.fixture
def pull_request(work: Path) -> dict[str, str]:
    """The environment of a step on a pull request, with a stand-in for GitHub's own command."""
    (work / "bin" / "gh").write_text(STAND_IN)
    (work / "bin" / "gh").chmod(0o755)
    (work / "event.json").write_text('{"number": 17}')
    return {
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(work / "event.json"),
        "GITHUB_BASE_REF": "main",
        "GITHUB_WORKFLOW": "conformance",
        "GH_TOKEN": "of the job",
        "RUN": "4711",
    }


def test_a_pull_request_is_compared_with_the_last_run_of_its_base(work: Path, pull_request: dict[str, str]) -> None:
    assert step("base_report.sh", work, pull_request).returncode == 0
    place = Path(outputs(work)["report"])
    assert (place / "results.json").read_text() == "fetched\n"
    called = (work / "calls").read_text()
    assert "run list --workflow conformance --branch main --status completed" in called
    assert "run download 4711 --name osia-conformance-report" in called
    shutil.rmtree(place)


@pytest.mark.parametrize("change", [{"GITHUB_BASE_REF": ""}, {"GH_TOKEN": ""}, {"RUN": ""}], ids=str)
def test_without_a_run_of_the_base_nothing_is_compared(
    change: dict[str, str], work: Path, pull_request: dict[str, str]
) -> None:
    assert step("base_report.sh", work, {**pull_request, **change}).returncode == 0
    assert outputs(work) == {"report": ""}


def test_a_report_that_the_job_names_is_compared_with(work: Path, pull_request: dict[str, str]) -> None:
    assert step("base_report.sh", work, {**pull_request, "INPUT_BASE_REPORT": "kept"}).returncode == 0
    assert outputs(work) == {"report": "kept"}
    assert not (work / "calls").exists()


def test_the_difference_is_a_comment_on_the_pull_request(work: Path, pull_request: dict[str, str]) -> None:
    (work / "bin" / "osia-conformance").write_text('#!/bin/sh\necho "compared $2 with $3"\nexit 1\n')
    env = {**pull_request, "INPUT_BASE_REPORT": "base", "GITHUB_STEP_SUMMARY": str(work / "page.md")}
    assert step("compare.sh", work, env).returncode == 0
    assert (work / "calls").read_text() == "pr comment 17 --body-file -\n"
    assert (work / "comment").read_text() == (work / "page.md").read_text() == "compared base with osia-report\n"


def test_an_action_without_a_report_says_so_by_its_code(work: Path) -> None:
    (work / "conformance.toml").write_text("[target]\nurl = 3\n")
    assert step("judge.sh", work, {}).returncode == 0
    assert outputs(work) == {"exit-code": "64", "verdict": ""}


FALSE_OUTPUT = "conformant\nexit-code=0\nverdict=conformant"


@pytest.mark.parametrize("planted", ["results.json", "journal.jsonl", "bodies", "calls.lock"])
def test_a_report_that_a_branch_brings_along_gives_no_output(planted: str, work: Path) -> None:
    place = work / "osia-report"
    place.mkdir()
    (place / planted).write_text("{}")
    (place / "results.json").write_text(json.dumps({"verdict": FALSE_OUTPUT}))
    assert step("judge.sh", work, {"INPUT_URL": "http://127.0.0.1:9", "INPUT_VERSION": "1.0.0"}).returncode == 0
    assert outputs(work) == {"verdict": "", "exit-code": "64"}


@pytest.mark.parametrize("verdict", [FALSE_OUTPUT, "conformant ", "passed", 7, None, ["conformant"]])
def test_an_output_is_one_of_three_words(verdict: object, work: Path) -> None:
    command = work / "bin" / "osia-conformance"
    (work / "made.json").write_text(json.dumps({"verdict": verdict}))
    command.write_text("#!/bin/sh\nmkdir -p osia-report && cp made.json osia-report/results.json\nexit 1\n")
    assert step("judge.sh", work, {}).returncode == 0
    assert outputs(work) == {"verdict": "", "exit-code": "1"}


@pytest.mark.parametrize("name", ["json", "os", "sys", "venv"])
def test_no_module_of_the_branch_is_run_by_a_step(name: str, work: Path) -> None:
    trap = f"open({str(work / 'sprung')!r}, 'w')\nraise SystemExit(3)\n"
    (work / f"{name}.py").write_text(trap)
    command = work / "bin" / "osia-conformance"
    (work / "made.json").write_text(json.dumps({"verdict": "nonconformant"}))
    command.write_text("#!/bin/sh\nmkdir -p osia-report && cp made.json osia-report/results.json\nexit 1\n")
    assert step("judge.sh", work, {}).returncode == 0
    assert outputs(work) == {"verdict": "nonconformant", "exit-code": "1"}
    for script in STEPS.glob("*.sh"):
        assert not re.search(r"python3? (?!-I )", script.read_text()), script.name
    for recipe in ("gitlab/osia-conformance.yml", "jenkins/Jenkinsfile"):
        assert not re.search(r"python3? (?!-I )-", (ROOT / "ci" / recipe).read_text()), recipe
    assert not (work / "sprung").exists()


def test_waivers_are_joined_under_a_name_that_nobody_foresees(work: Path) -> None:
    (work / "waivers.toml").write_text("")
    (work / "outside").write_text("kept")
    bash = "for number in $(seq 1 40); do ln -s outside .conformance-with-waivers.$((PPID + number)).toml; done"
    subprocess.run(["bash", "-c", bash], cwd=work, check=True)
    command = work / "bin" / "osia-conformance"
    command.write_text('#!/bin/sh\necho "$3" >>names\nexit 64\n')
    for _ in range(2):
        assert step("judge.sh", work, {"INPUT_WAIVERS": "waivers.toml"}).returncode == 0
    one, other = (work / "names").read_text().split()
    assert one != other
    assert not list(work.glob("*waivers.*.toml.*"))
    assert (work / "outside").read_text() == "kept"


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_recipe_keeps_to_the_published_schema(name: str) -> None:
    line = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", SCHEMAS[name], str(ROOT / name)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_input_of_the_action_reaches_a_step() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    text = json.dumps(action["runs"])
    assert [name for name in action["inputs"] if f"inputs.{name} " not in text] == []
    scripts = re.findall(r"ci/github/(\w+\.sh)", text)
    assert sorted(scripts) == sorted(path.name for path in STEPS.iterdir())


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_the_steps_are_whole_scripts() -> None:
    for script in STEPS.iterdir():
        assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0


def gitlab_script() -> str:
    job = yaml.safe_load((ROOT / "ci" / "gitlab" / "osia-conformance.yml").read_text())[".osia-conformance"]
    assert "OSIA_PACKAGE" not in job["variables"]
    return "set -e\n" + "\n".join(job["script"])


def jenkins_script() -> str:
    (script,) = re.findall(r"sh '''(.*?)'''", (ROOT / "ci" / "jenkins" / "Jenkinsfile").read_text(), re.DOTALL)
    return f"set -e\n{script}"


PYTHON = """#!/bin/sh
# Stands for python3: `-I -m venv` makes an environment whose programs write down what they were told.
[ "$1 $2 $3" = "-I -m venv" ] || exit 2
mkdir -p "$4/bin"
for name in pip osia-conformance; do
    printf '#!/bin/sh\\nprintf "%%s\\\\n" "${0##*/}" "$@" >> "%s/called"\\n' "$PWD" > "$4/bin/$name"
    chmod +x "$4/bin/$name"
done
"""


@pytest.fixture
def pipeline(tmp_path: Path) -> Path:
    """A project's directory in a pipeline, whose name has a space, and a Python that installs nothing."""
    place = tmp_path / "a project"
    (place / "bin").mkdir(parents=True)
    (place / "bin" / "python3").write_text(PYTHON)
    (place / "bin" / "python3").chmod(0o755)
    return place


def in_pipeline(script: str, place: Path, more: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    env = environment({"PATH": f"{place / 'bin'}:{environment()['PATH']}", "CI_PROJECT_DIR": str(place), **more})
    return subprocess.run(["sh", "-c", script], cwd=place, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("script", [gitlab_script, jenkins_script])
@pytest.mark.parametrize("more", [{}, {"OSIA_PACKAGE": ""}], ids=["unset", "empty"])
def test_a_pipeline_is_told_what_to_install(script: Callable[[], str], more: dict[str, str], pipeline: Path) -> None:
    done = in_pipeline(script(), pipeline, more)
    assert (done.returncode, done.stdout) == (64, "")
    assert done.stderr.startswith("OSIA_PACKAGE: it is missing; name what pip installs: a git URL, a checkout")
    assert len(done.stderr.splitlines()) == 1
    assert not (pipeline / "called").exists()


@pytest.mark.parametrize("script", [gitlab_script, jenkins_script])
def test_a_pipeline_installs_what_it_was_told_and_judges(script: Callable[[], str], pipeline: Path) -> None:
    done = in_pipeline(script(), pipeline, {"OSIA_PACKAGE": "./the copy"})
    assert (done.returncode, done.stderr) == (0, "")
    called = (pipeline / "called").read_text().splitlines()
    assert called[:6] == ["pip", "install", "--quiet", "./the copy", "osia-conformance", "run"]


def test_a_container_is_built_of_all_that_the_wheel_is_made_of() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    let_in = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    made_of = {path for path in [*wheel["packages"], *wheel["force-include"]] if path != "reference/osia_reference"}
    assert let_in == made_of | {
        "reference",
        "pyproject.toml",
        project["project"]["readme"],
        "LICENSE",
        "requirements.lock",
    }


@pytest.mark.parametrize("arguments", [(), ("no-such.tar",)])
def test_a_container_without_a_root_is_refused_in_a_sentence(arguments: tuple[str, ...]) -> None:
    line = [str(ROOT / "ci" / "container" / "build-from-root.sh"), *arguments]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert (done.returncode, len(done.stderr.splitlines())) == (64, 1)
    assert done.stderr.startswith("build-from-root.sh: name the tar of a root file system first;")


def test_the_constraints_hold_in_a_checkout_whose_path_has_a_space() -> None:
    # pip splits the variable at spaces.
    assert re.findall(r"PIP_CONSTRAINT = (.*)", (ROOT / "tox.ini").read_text("utf-8")) == ["constraints.txt"]


def test_what_is_installed_by_hash_is_all_that_a_run_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    pinned = dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", lock, re.MULTILINE))
    needed = [Requirement(line) for line in project["dependencies"]]
    assert [one.name for one in needed if one.name not in pinned] == []
    assert [one.name for one in needed if not one.specifier.contains(pinned[one.name])] == []
