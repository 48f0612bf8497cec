"""A run from the outside: what comes of the embedded server, which setting wins, what a seed fixes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from osia_conformance.reports import results as results_json
from osia_conformance.run import selection
from osia_conformance.run.run_request import RunRequest, prepared
from osia_conformance.run.runner import run_suites
from osia_conformance.standard.register import load_register
from osia_conformance.standard.versions import newest
from osia_conformance.support.paths import bundled
from osia_conformance.verdict import journal, schemas
from osia_reference.app import Server, create_app
from tests.harness.inprocess import AsgiTransport
from tests.harness.judging import reference, settings
from tests.harness.running import JWT_KEY, VERSION, Report, closed_port, configured, hosted, left_on, osia, osia_here
from tests.harness.variant import ONLY_WHERE_SEEN

FEW = ("--only", "ENR-READ", "ENR-DELETE", "--effort", "quick")


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Report]:
    """A whole run on the embedded server, as a person with nothing at all starts it."""
    place = tmp_path_factory.mktemp("embedded")
    done = osia("demo", "--effort", "quick", "--seed", 11, "--report-dir", "report", cwd=place)
    return done, Report(place / "report")


def test_the_embedded_server_is_conformant(embedded: tuple[Any, Report]) -> None:
    done, report = embedded
    assert report.open_musts() == {}
    assert report.results["verdict"] == "conformant"
    assert (done.returncode, done.stderr) == (0, "")


def test_every_active_must_has_passed(embedded: tuple[Any, Report]) -> None:
    musts = {entry.id for entry in load_register(newest()).active() if entry.level == "MUST"} - {*ONLY_WHERE_SEEN}
    outcomes = embedded[1].outcomes()
    assert len(musts) > 300
    assert {name: outcomes[name] for name in musts if outcomes[name] != "passed"} == {}


def test_nothing_but_untestable_and_disputed_requirements_is_inapplicable(embedded: tuple[Any, Report]) -> None:
    active = {entry.id for entry in load_register(newest()).active()} - {*ONLY_WHERE_SEEN}
    outcomes = embedded[1].outcomes()
    assert {name for name in active if outcomes[name] == "inapplicable"} == set()


def test_a_selection_reads_every_file_that_judges_what_it_names(embedded: tuple[Any, Report]) -> None:
    (plan,) = embedded[1].lines("plan")
    assert len(plan["checks"]) > 500
    for check in plan["checks"]:
        read = files_read(check["requirement"])
        assert f"test_{check['id'].partition('/')[0]}.py" in read
        assert len(read) < 10


def files_read(requirement: str) -> set[str]:
    """Return the names of the files that a run of one requirement collects."""
    own = SimpleNamespace(has_plugin=lambda name: name == RunRequest.NAME)
    config = cast("pytest.Config", SimpleNamespace(option=SimpleNamespace(osia_only=[requirement]), pluginmanager=own))
    files = bundled("suites").rglob("test_*.py")
    return {path.name for path in files if selection.pytest_ignore_collect(path, config) is None}


def test_nothing_is_left_on_the_target(embedded: tuple[Any, Report]) -> None:
    report = embedded[1]
    assert len(report.lines("created")) > 300
    assert report.ledger() == []
    assert report.results["leftovers"] == []


def test_every_file_of_the_contract_is_there(embedded: tuple[Any, Report]) -> None:
    directory = embedded[1].directory
    files = ("journal.jsonl", "results.json", "junit.xml", "report.html", "evidence.har")
    assert all((directory / name).stat().st_size > 0 for name in files)
    assert any((directory / "allure-results").iterdir())
    assert any((directory / "bodies").iterdir())


def test_results_and_journal_fit_their_schemas(embedded: tuple[Any, Report]) -> None:
    report = embedded[1]
    schemas.validate(report.results)
    for record in report.records:
        schemas.validate_record(record)


def test_the_report_says_what_was_judged(embedded: tuple[Any, Report]) -> None:
    results = embedded[1].results
    assert (results["seed"], results["effort"], results["workers"]) == (11, "quick", 1)
    assert (results["interfaceVersion"], results["target"]["embedded"]) == (newest(), True)
    assert (results["ending"], results["selection"], results["reasons"]) == ("complete", False, [])
    assert results["totals"]["failed"] == 0


def test_where_there_is_no_terminal_the_progress_is_plain_lines(embedded: tuple[Any, Report]) -> None:
    lines = embedded[0].stdout.splitlines()
    assert "\x1b" not in embedded[0].stdout
    start = rf"OSIA Enrollment {newest()}: judging reference server \(demonstration\) at http://127\.0\.0\.1:\d+ "
    assert re.fullmatch(rf"{start}\(seed 11, quick effort\)", lines[0])
    assert any(re.fullmatch(r"200 of \d+ checks judged, 0 requirements failed", line) for line in lines)
    assert any(" conformant: " in line for line in lines)


def test_nobody_else_may_read_the_report(embedded: tuple[Any, Report]) -> None:
    assert embedded[1].directory.stat().st_mode & 0o077 == 0


def test_the_default_directory_bears_time_and_run_id(tmp_path: Path) -> None:
    osia("demo", *FEW, cwd=tmp_path)
    (made,) = (tmp_path / "reports").iterdir()
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{8}", made.name)
    assert Report(made).results["runId"].startswith(made.name.rpartition("-")[2])


def test_a_path_prefix_of_the_target_is_kept(tmp_path: Path) -> None:
    class Prefixed(Server):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            raw = scope["raw_path"]
            at = b"/identity" if raw.startswith(b"/identity/v1/") else b"/elsewhere"
            cut = {**scope, "raw_path": raw.removeprefix(at), "path": scope["path"].removeprefix(at.decode())}
            await super().__call__(cut, receive, send)

    app = create_app(reference(), server=Prefixed)
    with hosted(app) as url:
        file = configured(tmp_path, f"{url}/identity/")
        osia_here("run", "--config", file, *FEW, "--report-dir", tmp_path / "r", env=JWT_KEY)
        outcomes = Report(tmp_path / "r").outcomes()
    assert {outcome for name, outcome in outcomes.items() if name.startswith("ENR-DELETE")} == {"passed"}


class TestPrecedence:
    """Option, environment, file, default, seen in the report."""

    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        return configured(
            tmp_path, closed_port(), '[product]\nname = "gateway"\n', timeout=7, visible_within=3, rate=1000
        )

    def ran(self, file: Path, *options: object, **env: str) -> dict[str, Any]:
        directory = file.parent / "r"
        done = osia_here("run", "--config", file, "--report-dir", directory, *options, env=env)
        assert done.returncode == 2, done.stderr
        return Report(directory).results

    def test_the_file_wins_over_the_default(self, file: Path) -> None:
        results = self.ran(file)
        assert results["configuration"]["target"]["timeout"] == 7
        assert results["configuration"]["target"]["visible-within"] == 3
        assert results["effort"] == "standard"
        assert results["product"] == {"name": "gateway"}

    def test_the_environment_wins_over_the_file(self, file: Path) -> None:
        url = closed_port()
        results = self.ran(file, OSIA_URL=url, OSIA_TIMEOUT="4", OSIA_EFFORT="quick", OSIA_SEED="5")
        assert results["target"]["url"] == url
        assert results["configuration"]["target"]["timeout"] == 4
        assert results["configuration"]["target"]["visible-within"] == 3
        assert (results["effort"], results["seed"]) == ("quick", 5)

    def test_an_option_wins_over_the_environment(self, file: Path) -> None:
        url = closed_port()
        options = ("--url", url, "--effort", "thorough", "--seed", 6, "--interface-version", "osia-4.1")
        others = {"OSIA_URL": closed_port(), "OSIA_EFFORT": "quick", "OSIA_SEED": "5"}
        results = self.ran(file, *options, OSIA_INTERFACE_VERSION="1.3.0", **others)
        assert results["target"]["url"] == url
        assert (results["effort"], results["seed"]) == ("thorough", 6)
        assert results["interfaceVersion"] == VERSION

    def test_conformance_toml_is_found_in_the_current_directory(self, file: Path) -> None:
        osia_here("run", "--report-dir", "r", cwd=file.parent)
        assert Report(file.parent / "r").results["product"] == {"name": "gateway"}


class Witness:
    """Looks into the journal whenever a create arrives, before it is answered."""

    def __init__(self, app: Any, directory: Path) -> None:
        self.app = app
        self.directory = directory
        self.created: list[str] = []
        self.unlisted: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        parts = scope["raw_path"].decode().split("/")
        if scope["method"] == "POST" and len(parts) == 4:
            ledger = {line["enrollment"] for line in journal.read(self.directory, "created")}
            self.created.append(parts[3])
            self.unlisted += [parts[3]] if parts[3] not in ledger else []
        await self.app(scope, receive, send)


def in_process(
    app: Any, directory: Path, *arguments: str, seed: int = 1, run_id: str = "", timeout: float = 10
) -> Report:
    """Judge an app in this process; the report stays."""
    transport = AsgiTransport(app)
    chosen = replace(settings(timeout=timeout), report_dir=directory, seed=seed)
    more = {"run_id": run_id} if run_id else {}
    run_request = prepared(chosen, transport=transport, write_reports=results_json.write, **more)
    try:
        run_suites(run_request, arguments=arguments)
    finally:
        transport.close()
    return Report(directory)


@pytest.fixture
def app() -> Iterator[Server]:
    server = create_app(reference())
    yield server
    server.close()


def test_every_id_is_in_the_ledger_before_its_create_is_sent(app: Server, tmp_path: Path) -> None:
    witness = Witness(app, tmp_path / "r")
    in_process(witness, tmp_path / "r", "-k", "test_patch or test_success or test_scopes")
    assert len(witness.created) > 50
    assert witness.unlisted == []
    assert left_on(app) == []


def test_a_target_that_dies_at_the_first_create_leaves_its_id_in_the_ledger(tmp_path: Path) -> None:
    class Dies:
        """Answers nothing any more once it has been asked to create something."""

        def __init__(self) -> None:
            self.asked: list[str] = []

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            if scope["method"] == "POST" or self.asked:
                self.asked.append(scope["path"].rpartition("/")[2])
                raise ConnectionResetError
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    dies = Dies()
    report = in_process(dies, tmp_path / "r", "-k", "test_patch", timeout=1)
    assert dies.asked[0] in report.ledger()
    assert dies.asked[0] in {entry["enrollment"] for entry in report.results["leftovers"]}
    assert report.results["verdict"] == "incomplete"
    assert set(report.outcomes().values()) <= {"untested", "cantTell", "inapplicable"}


def exchanged(report: Report) -> dict[str, list[Any]]:
    """Return what each check sent, without tokens and without the ids that the server made up."""
    sent: dict[str, list[Any]] = {}
    made: dict[str, str] = {}
    for line in report.lines("exchange"):
        request = {**line["request"], "headers": sorted(name for name, _ in line["request"]["headers"])}
        for buffer in re.findall(r"/buffer/([0-9a-f]{32})", request["url"]):
            request["url"] = request["url"].replace(buffer, made.setdefault(buffer, f"buffer {len(made)}"))
        sent.setdefault(line["check"], []).append((line["operation"], line["scopes"], line["fault"], request))
    return sent


WIDE = ("-k", "test_patch or test_generated or test_buffers or test_lifecycle")


def sent(place: Path, *arguments: str, seed: int = 7) -> dict[str, list[Any]]:
    """Return what each check of a run of one id sends to a fresh reference server."""
    server = create_app(reference())
    try:
        return exchanged(in_process(server, place, *arguments, seed=seed, run_id="the-same"))
    finally:
        server.close()


def test_the_same_seed_sends_the_same_requests(tmp_path: Path) -> None:
    one, two = sent(tmp_path / "one", *WIDE), sent(tmp_path / "two", *WIDE)
    assert len(one) > 50
    assert one.keys() == two.keys()
    assert [check for check in one if one[check] != two[check]] == []


def test_another_seed_sends_other_requests(tmp_path: Path) -> None:
    one, other = (sent(tmp_path / str(seed), "-k", "test_patch", seed=seed) for seed in (7, 8))
    assert one.keys() == other.keys()
    assert one != other


def test_nothing_hangs_on_the_order_of_checks(tmp_path: Path) -> None:
    all_of_them = sent(tmp_path / "all", "-k", "test_patch")
    some = sent(tmp_path / "some", "-k", "test_patch and null")
    shared = {check for check in some if check.startswith("patch/")}
    assert len(shared) > 5
    assert [check for check in shared if all_of_them[check] != some[check]] == []
