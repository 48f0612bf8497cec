"""The Containerfile, built by buildah on a root file system with Python, and run under a uid that nobody chose.

OSIA_BASE_ROOT names the tar of such a root (ci/container/build-from-root.sh says how one is made), OSIA_BUILD_OPTIONS
more options for the build, such as mounts of a package index. Without them, or without buildah, nothing is built.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.harness.running import ROOT, Report

BASE = os.environ.get("OSIA_BASE_ROOT")
pytestmark = pytest.mark.skipif(
    BASE is None or shutil.which("buildah") is None or os.getuid() != 0,
    reason="a container is built where buildah, root and OSIA_BASE_ROOT are",
)
LONG_ENOUGH = 1800
UID = 12345


class Images:
    """buildah with storage of its own."""

    def __init__(self, storage: Path) -> None:
        self.storage = storage

    def build(self) -> None:
        line = [ROOT / "ci" / "container" / "build-from-root.sh", BASE, "--network", "host"]
        more = shlex.split(os.environ.get("OSIA_BUILD_OPTIONS", ""))
        env = {**os.environ, "STORAGE": str(self.storage)}
        done = subprocess.run(
            [*map(str, line), *more],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            timeout=LONG_ENOUGH,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]

    def buildah(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        places = ("--root", str(self.storage / "root"), "--runroot", str(self.storage / "run"))
        line = ["buildah", "--storage-driver", "vfs", *places, *arguments]
        return subprocess.run(line, capture_output=True, text=True, timeout=LONG_ENOUGH, check=False)


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Images:
    made = Images(tmp_path_factory.mktemp("containers"))
    made.build()
    return made


def test_it_judges_under_any_uid_and_writes_to_its_two_places_only(images: Images, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    name = images.buildah("from", "--pull-never", "localhost/osia-conformance").stdout.strip()
    run = ("run", "--isolation", "chroot", "--user", f"{UID}:{UID}", "--volume", f"{tmp_path}:/work", name, "--")
    done = images.buildah(*run, "osia-conformance", "demo", "--effort", "quick", "--report-dir", "/work/report")
    assert done.returncode == 0, done.stdout + done.stderr
    assert Report(tmp_path / "report").results["verdict"] == "conformant"
    written = images.buildah(*run, "find", "/", "-xdev", "-user", str(UID), "-not", "-path", "/proc/*").stdout.split()
    assert [path for path in written if not path.startswith(("/work", "/tmp", "/proc"))] == []


def test_the_image_says_how_it_is_run(images: Images) -> None:
    shown = images.buildah("inspect", "--type", "image", "localhost/osia-conformance").stdout
    assert '"User": "65532"' in shown
    assert '"WorkingDir": "/work"' in shown
