"""A signed report to tamper with."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from osia_conformance.evidence.keys import private_key, public_key
from osia_conformance.evidence.signing import sign
from osia_conformance.evidence.verify import verify
from tests.unit.evidence import making


@dataclass(frozen=True, slots=True)
class Case:
    """A signed report, another one signed with the same key, that key, and a stranger's."""

    report: Path
    other: Path
    key: Path
    public: Path
    stranger: Path

    def paths(self) -> list[Path]:
        """Return every file of the report, the signature among them."""
        return sorted(path for path in self.report.rglob("*") if path.is_file())

    def faults(self) -> list[str]:
        """Return what verifying the report answers."""
        return verify(self.report, public_key(str(self.public), "--key")).faults


def prepared(directory: Path, algorithm: str = "ed25519", *, own_register: bool = False) -> Case:
    """Return a signed report and another one in `directory`: copies of what is made once."""
    made = Path(_made(algorithm, own_register).name)
    shutil.copytree(made, directory, dirs_exist_ok=True)
    key, public, stranger = (directory / name for name in ("key.pem", "key.pub", "stranger.pem"))
    return Case(directory / "report", directory / "other", key, public, stranger)


@cache
def _made(algorithm: str, own_register: bool) -> TemporaryDirectory[str]:
    """Make the reports and the keys in a directory that goes when the process ends."""
    place = TemporaryDirectory()
    directory = Path(place.name)
    key, _ = making.key_pair(directory, "key", algorithm)
    making.key_pair(directory, "stranger", algorithm)
    report = making.written(directory / "report", own_register=own_register)
    other = making.written(directory / "other", runId="0b8e1f0e-0000-4000-8000-000000000002", seed=8)
    for one in (report, other):
        sign(one, private_key(f"file:{key}", "--key"))
    return place
