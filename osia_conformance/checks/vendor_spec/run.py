"""What a run does with a vendor's OpenAPI file (`--spec`) besides drawing from it: trial, copy, observations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from osia_conformance.checks.vendor_spec.spec import RULING, VendorSpec, load
from osia_conformance.checks.vendor_spec.trial import tried
from osia_conformance.config.settings import Settings
from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.target.session import Session


def spec_of(settings: Settings, version: str) -> VendorSpec | None:
    """Return the file that the settings name, tried; None if they name none.

    Raises ConfigurationError with one sentence for a file that cannot be used.
    """
    path = settings.target.spec
    return tried(load(path, version), version, profile=settings.profile) if path is not None else None


def members_of(spec: VendorSpec) -> dict[str, Any]:
    """Return the members of a VendorSpec by name, as JSON values for other processes; the file's bytes stay here."""
    members = asdict(spec)
    del members["data"]
    return members


def begin(session: Session, spec: VendorSpec) -> None:
    """Keep a copy of the file with the report, and put on the record where it says otherwise than ours, or than
    the profile; neither touches the verdict (RUL-VENDOR-SPEC)."""
    session.journal.keep(spec.data)
    for operation, text in (*spec.observed, *_at_odds(spec)):
        shown = session.redactor.text(text)
        session.journal.write("observation", ruling=RULING, operation=operation, text=shown, evidence=[], check="")


def check_secrets(session: Session, spec: VendorSpec) -> None:
    """Raise ConfigurationError if the file holds a secret of the run's: what is kept of it is every byte."""
    if session.redactor.data(spec.data) is not spec.data:
        raise ConfigurationError(
            f"--spec: {spec.name} holds a secret of this configuration, and the report keeps a copy; take it out."
        )


def _at_odds(spec: VendorSpec) -> Iterator[tuple[str, str]]:
    for operation, members in spec.agreed.items():
        for member, values in members.items():
            if not values:
                words = f"no {member} was found that fits both [profile] and {spec.name}"
                yield operation, f"{words}; what is sent keeps to [profile]"
