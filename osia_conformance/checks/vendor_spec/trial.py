"""A trial whether input can be drawn from a vendor's file, in a process of its own that has a time to keep; what
fits the profile too is drawn there once and for all.

A schema can make drawing take for ever, or take all memory: a regular expression, alternatives of alternatives.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from osia_conformance.checks.vendor_spec.spec import VendorSpec
from osia_conformance.config.settings import Settings
from osia_conformance.profile.statement import ProfileSettings
from osia_conformance.standard.operations import operations
from osia_conformance.support.paths import PACKAGE
from osia_conformance.support.secrets import ConfigurationError

if TYPE_CHECKING:
    from osia_conformance.checks.vendor_spec.profile import Agreed

SECONDS = 60.0
EXAMPLES = 5
_MEMORY = 4 * 1024**3
_SENTENCE = 65


def tried(
    spec: VendorSpec, version: str, *, profile: ProfileSettings | None = None, seconds: float = SECONDS
) -> VendorSpec:
    """Return `spec` with what fits the profile as well, if input can be drawn for each of its operations.

    Raises ConfigurationError if not, or if that takes more than `seconds`.
    """
    stated = Settings(profile=profile or ProfileSettings()).dump()
    given = json.dumps({"document": spec.document, "version": version, "settings": stated}).encode()
    path = os.pathsep.join([str(PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    try:
        done = subprocess.run(  # noqa: S603 - this very program
            [sys.executable, "-P", "-m", __name__],
            input=given,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ConfigurationError(
            f"--spec: {spec.name} cannot be used: drawing input from its schemas takes more than {seconds:g} "
            "seconds; simplify their patterns and alternatives."
        ) from None
    if done.returncode:
        why = done.stdout.decode("utf-8", "replace").strip() if done.returncode == _SENTENCE else ""
        raise ConfigurationError(
            f"--spec: {spec.name} cannot be used: {why or 'drawing input from its schemas fails'}; correct its schemas."
        )
    return replace(spec, agreed=json.loads(done.stdout))


def undrawable(document: Mapping[str, Any], version: str) -> str | None:
    """Return why nothing can be drawn for an operation, None if input can be drawn for all."""
    import hypothesis  # noqa: PLC0415 - for this process alone

    from osia_conformance.checks.generation.inputs import CasesOf  # noqa: PLC0415
    from osia_conformance.support.seeded_draws import generating  # noqa: PLC0415

    name = ""
    try:
        cases = CasesOf(document)
        for operation in operations(version):
            name = operation.id
            run = hypothesis.seed(1)(hypothesis.given(cases.of(operation.code, valid=True))(lambda _drawn: None))
            generating(EXAMPLES)(run)()
    except Exception as error:
        # Whatever a library says to a file that is not ours: the file is at fault, and said to be.
        words = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        return f"nothing can be drawn for {name or 'any operation'} ({words})"
    return None


def _main() -> int:
    try:
        import resource  # noqa: PLC0415 - not on every platform
    except ImportError:
        pass
    else:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    given = json.load(sys.stdin)
    why = undrawable(given["document"], given["version"])
    if why is not None:
        sys.stdout.write(why)
        return _SENTENCE
    profile = Settings.restore(given["settings"]).profile
    found = _agreed(given["document"], given["version"], profile) if profile != ProfileSettings() else {}
    json.dump(found, sys.stdout)
    return 0


def _agreed(document: Mapping[str, Any], version: str, profile: ProfileSettings) -> Agreed:
    from osia_conformance.checks.vendor_spec.profile import agreed  # noqa: PLC0415
    from osia_conformance.profile import load_profile  # noqa: PLC0415 - for this process alone
    from osia_conformance.standard.specification import load_specification  # noqa: PLC0415
    from osia_conformance.target.enrollment.payloads import Payloads  # noqa: PLC0415

    return agreed(document, Payloads(load_specification(version), load_profile(profile)))


if __name__ == "__main__":
    sys.exit(_main())
