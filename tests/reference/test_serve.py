"""The server as a process of its own, over loopback."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from osia_reference import serve as serving
from tests.harness.running import ENOUGH

SPECIFICATIONS = Path(__file__).parents[2] / "specs" / "enrollment"
KEY = "a secret of the tests, long enough for HS512: " + "x" * 32
PROGRAM = textwrap.dedent(
    f"""
    import sys
    from pathlib import Path
    sys.path.insert(0, {str(Path(serving.__file__).parents[1])!r})
    from osia_reference.serve import serve
    from osia_reference.settings import ServerSettings
    file = Path({str(SPECIFICATIONS)!r}, sys.argv[1], "openapi.yaml")
    sys.exit(serve(ServerSettings(file, sys.argv[1], jwt_key={KEY!r})))
    """
)


@pytest.fixture
def process(version: str) -> Iterator[subprocess.Popen[str]]:
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", PROGRAM, version]
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as started:
        try:
            yield started
        finally:
            started.kill()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_the_server_announces_itself_answers_and_ends_well(
    process: subprocess.Popen[str], sign: Any, any_body: Any, version: str, ending: signal.Signals
) -> None:
    assert process.stdout is not None
    announced, _, url = process.stdout.readline().strip().rpartition(" ")
    assert announced == f"Serving OSIA Enrollment {version} on"
    good = {"Authorization": f"Bearer {sign()}"}
    query = {"transactionId": "t"}
    image = bytes(range(256)) * 4096
    octets = {"Content-Type": "application/octet-stream"}
    with httpx.Client(base_url=url, headers=good, params=query, trust_env=False) as client:
        created = client.post("/v1/enrollments/a%2Fb", json=any_body)
        assert created.status_code == (201 if version == "1.0.0" else 204)
        assert client.get("/v1/enrollments/a%2Fb").json()["enrollmentId"] == "a/b"
        assert (
            client.post(
                "/v1/enrollments/a%2Fb/buffer", content=image, headers={"Authorization": "Bearer x"} | octets
            ).status_code
            == 401
        )
        sent = client.post("/v1/enrollments/a%2Fb/buffer", content=image, headers=octets)
        assert client.get(f"/v1/enrollments/a%2Fb/buffer/{sent.json()['bufferId']}").content == image
    process.send_signal(ending)
    rest, errors = process.communicate(timeout=ENOUGH)
    assert (process.returncode, rest, errors) == (0, "", "")
