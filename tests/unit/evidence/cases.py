"""A signed report to tamper with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

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
    """Return a signed report and another one, made in `directory`."""
    key, public = making.key_pair(directory, "key", algorithm)
    stranger, _ = making.key_pair(directory, "stranger", algorithm)
    report = making.written(directory / "report", own_register=own_register)
    other = making.written(directory / "other", runId="0b8e1f0e-0000-4000-8000-000000000002", seed=8)
    for place in (report, other):
        sign(place, private_key(f"file:{key}", "--key"))
    return Case(report, other, key, public, stranger)
