"""The Containerfile, built by buildah on a root file system with Python; the image runs as its own configuration says.

OSIA_BASE_ROOT names the tar of such a root (ci/container/build-from-root.sh says how one is made), OSIA_BUILD_OPTIONS
more options for the build, such as mounts of a package index. Without them, or without buildah, nothing is built.

buildah builds; no engine runs the image. Its file system is mounted read-only, with an empty /tmp and a directory as
/work, and a command is started there under the image's user, or another, with the image's environment.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.harness.running import JWT, JWT_KEY, ROOT, Report, until

BASE = os.environ.get("OSIA_BASE_ROOT")
pytestmark = pytest.mark.skipif(
    BASE is None or shutil.which("buildah") is None or shutil.which("unshare") is None or os.getuid() != 0,
    reason="a container is built where buildah, unshare, root and OSIA_BASE_ROOT are",
)
LONG_ENOUGH = 1800
TAG = "localhost/osia-conformance"
ANY_USER = "12345"

INSIDE = """
set -eu
root=$1 work=$2 user=$3
shift 3
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount --bind "$work" "$root/work"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
exec chroot --userspec="$user:$user" "$root" /usr/bin/env -i "$@"
"""
"""Starts a command in a root that it may not write to; its arguments are the root, /work, a user, and the command."""


class Image:
    """What buildah built, in storage of its own, with its root mounted."""

    def __init__(self, storage: Path) -> None:
        self.storage = storage
        line = [ROOT / "ci" / "container" / "build-from-root.sh", BASE, "--network", "host"]
        more = shlex.split(os.environ.get("OSIA_BUILD_OPTIONS", ""))
        env = {**os.environ, "STORAGE": str(storage)}
        done = _run([*map(str, line), *more], cwd=ROOT, env=env)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        self.configuration: dict[str, Any] = json.loads(self.buildah("inspect", "--type", "image", TAG))["OCIv1"][
            "config"
        ]
        self.container = self.buildah("from", "--pull-never", TAG)
        self.root = self.buildah("mount", self.container)

    def buildah(self, *arguments: str) -> str:
        """Return what a command of buildah prints."""
        places = ("--root", str(self.storage / "root"), "--runroot", str(self.storage / "run"))
        done = _run(["buildah", "--storage-driver", "vfs", *places, *arguments])
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout.strip()

    def line(self, work: Path, command: Sequence[str], user: str, env: Mapping[str, str]) -> list[str]:
        """Return the command line that starts a command in the image."""
        variables = [*self.configuration["Env"], *(f"{name}={value}" for name, value in env.items())]
        there = ["sh", "-c", 'cd "$0" && exec "$@"', self.configuration["WorkingDir"], *command]
        return ["unshare", "--mount", "sh", "-c", INSIDE, "sh", self.root, str(work), user, *variables, *there]

    def run(
        self, work: Path, *command: str, user: str = ANY_USER, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in the image."""
        return _run(self.line(work, command, user, env or {}))

    def suite(self, work: Path, *arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
        """Run the image as an engine does: its entry point, with arguments or those that it has."""
        return self.run(work, *self.configuration["Entrypoint"], *(arguments or self.configuration["Cmd"]), **more)


def _run(line: Sequence[str], **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(line, capture_output=True, text=True, timeout=LONG_ENOUGH, check=False, **more)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    return Image(tmp_path_factory.mktemp("containers"))


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A directory in which anybody may write."""
    tmp_path.chmod(0o777)
    return tmp_path


def test_the_image_says_how_it_is_run(image: Image, work: Path) -> None:
    assert (image.configuration["User"], image.configuration["WorkingDir"]) == ("65532", "/work")
    shown = image.suite(work, user=image.configuration["User"])
    assert (shown.returncode, "usage: osia-conformance" in shown.stdout) == (0, True), shown.stderr


@pytest.mark.parametrize("user", [ANY_USER, "65532"])
def test_it_judges_under_any_user_on_a_root_that_is_read_only(image: Image, work: Path, user: str) -> None:
    refused = image.run(work, "touch", "/opt/osia/file", user="0")
    assert (refused.returncode, "Read-only file system" in refused.stderr) == (1, True)
    demo = ("demo", "--effort", "quick", "--only", "ENR-DELETE", "--report-dir", "/work/report")
    done = image.suite(work, *demo, user=user)
    assert (done.returncode, done.stderr) == (2, ""), done.stdout
    assert Report(work / "report").outcomes()["ENR-DELETE-01"] == "passed"
    assert (work / "report").stat().st_uid == int(user)


def test_a_work_directory_that_may_not_be_written_to_is_named(image: Image, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    done = image.suite(tmp_path, "demo", "--effort", "quick", "--only", "ENR-DELETE")
    assert (done.returncode, len(done.stderr.splitlines())) == (64, 1), done.stderr
    assert "Permission denied" in done.stderr


def test_the_services_of_the_compose_file_judge_a_server_that_becomes_healthy(image: Image, work: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    services = yaml.safe_load((ROOT / "compose.yaml").read_text().replace("8080", port))["services"]
    server, suite = services["server"], services["suite"]
    for one in (server, suite):
        assert (one["read_only"], one["tmpfs"], list(one["environment"])) == (True, ["/tmp"], ["OSIA_JWT_KEY"])
    (work / "conformance.toml").write_text(f'[target]\ninterface-version = "1.3.1"\n{JWT}', "utf-8")
    with started(image, work, server["command"]):
        kind, *health = server["healthcheck"]["test"]
        assert kind == "CMD"
        until(lambda: image.run(work, *health).returncode == 0, "the server is healthy")
        done = image.suite(work, *suite["command"], "--effort", "quick", "--report-dir", "/work/report", env=JWT_KEY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert Report(work / "report").results["verdict"] == "conformant"
    assert image.run(work, *health).returncode == 1


@contextmanager
def started(image: Image, work: Path, command: Sequence[str]) -> Iterator[None]:
    """Serve for as long as the block takes."""
    line = image.line(work, [*image.configuration["Entrypoint"], *command], ANY_USER, JWT_KEY)
    process = subprocess.Popen(line, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)
