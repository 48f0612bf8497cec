"""Interface versions and OSIA releases: which one a vendor claims, and whether the suite judges it."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

from packaging.version import Version

from osia_conformance.support.paths import bundled
from osia_conformance.support.secrets import ConfigurationError

_RELEASE = "osia-"


class UnknownVersion(ConfigurationError):
    """The version is none that the suite judges; `sentence` says which ones are, the text names the option, too."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"--interface-version: {sentence}")
        self.sentence = sentence


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((bundled("specs") / "enrollment" / "versions.toml").read_text("utf-8"))


def judged() -> tuple[str, ...]:
    """Return the interface versions that the suite judges, oldest first."""
    return tuple(_table()["judged"])


def newest() -> str:
    """Return the newest version that the suite judges."""
    return judged()[-1]


def public(version: str) -> str:
    """Return the number that an interface version bears in its file: "1.2.1" for "1.2.1+osia.6.0.1"."""
    return version.partition("+")[0]


def claim_text(version: str) -> str:
    """Return how a claim refers to an interface version (OSIA, Appendix I), by the newest release that carries it:
    "OSIA v. 4.1 - Enrollment Services v. 1.0.0"; without a release for one that none carries.
    """
    carrying = [name for name, release in _table()["releases"].items() if release["interface"] == version]
    release = max((name.removeprefix(_RELEASE) for name in carrying), key=Version, default="")
    return f"OSIA{release and f' v. {release}'} - {_table()['name']} v. {public(version)}"


def resolve(claim: str) -> str:
    """Return the interface version for `claim`: "1.0.0", or an OSIA release such as "osia-4.1".

    Raises UnknownVersion for anything else, and for a version that is not judged yet.
    """
    version = _table()["releases"].get(claim.lower(), {}).get("interface", claim)
    variants = {release["interface"] for release in _table()["releases"].values()}
    if version in judged() or (version in variants and public(version) in judged()):
        return str(version)
    known = [item["version"] for item in _table()["interface"]]
    releases = [name for name, entry in _table()["releases"].items() if public(entry["interface"]) in judged()]
    state = "is not judged yet" if version in known else "is no interface version or OSIA release known here"
    raise UnknownVersion(f"{claim!r} {state}; use {', '.join([*judged(), *releases[:-1]])} or {releases[-1]}.")
