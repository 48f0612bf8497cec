"""A transport that a user of the plugin hands in: the examples of docs/transport.md, taken from the page and run."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from osia_reference.app import create_app
from tests.harness.judging import reference
from tests.harness.running import ALONE, JWT_KEY, ROOT, Report, configured, hosted, suites_by_pytest

ASGI, RECORDING = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "transport.md").read_text("utf-8"), re.DOTALL)
GATEWAY = """
from osia_reference.app import create_app
from tests.harness.judging import reference

app = create_app(reference())
"""


def run(place: Path, plugin: str, url: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Judge a part of the suites through the transport of a plugin module."""
    (place / "handed_in.py").write_text(plugin, "utf-8")
    env = {
        "OSIA_CONFIG": str(configured(place, url)),
        "OSIA_REPORT_DIR": str(place / "r"),
        "OSIA_EFFORT": "quick",
        "PYTHONPATH": f"{place}:{ROOT}:{ROOT / 'reference'}",
        **JWT_KEY,
        **ALONE,
    }
    return suites_by_pytest("suites", "-q", "-p", "handed_in", "-k", "test_finalize", *options, env=env)


def test_an_application_in_the_same_process_is_judged(tmp_path: Path) -> None:
    (tmp_path / "gateway.py").write_text(GATEWAY, "utf-8")
    done = run(tmp_path, ASGI, "http://gateway.test")
    report = Report(tmp_path / "r")
    assert (done.returncode, report.results["totals"]["failed"]) == (2, 0), done.stdout + done.stderr
    assert report.results["totals"]["passed"] > 0
    assert {line["error"] for line in report.lines("exchange")} == {None}


@pytest.mark.parametrize(
    ("options", "workers"),
    [(("-p", "xdist", "-n", "2"), {"gw0", "gw1"}), (("--osia-workers", "2"), {"t1", "t2"})],
    ids=["processes", "threads"],
)
def test_workers_send_through_the_transport(options: tuple[str, ...], workers: set[str], tmp_path: Path) -> None:
    plugin = RECORDING.replace('"exchanges.log"', f'"{tmp_path}/exchanges.log"')
    with hosted(create_app(reference())) as url:
        assert run(tmp_path, plugin, url, *options).returncode == 2
    report, logged = Report(tmp_path / "r"), (tmp_path / "exchanges.log").read_text("utf-8").splitlines()
    sent = [line["request"] for line in report.lines("exchange")]
    assert {line["worker"] for line in report.lines("check")} == workers
    assert sorted(line.rpartition(" ")[0] for line in logged) == sorted(f"{one['method']} {one['url']}" for one in sent)


def test_what_is_no_transport_is_a_usage_error(tmp_path: Path) -> None:
    plugin = "import httpx\n\ndef pytest_osia_transport(config):\n    return httpx.ASGITransport(None)\n"
    done = run(tmp_path, plugin, "http://gateway.test")
    assert done.returncode == 4
    assert "ERROR: pytest_osia_transport: ASGITransport is no httpx.BaseTransport; return one, or None." in done.stderr
    assert not (tmp_path / "r").exists()
