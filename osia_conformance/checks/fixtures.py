"""What a check may ask for by name, whatever the interface. `session` comes from the run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from osia_conformance.checks.seen_errors import SeenErrors

if TYPE_CHECKING:
    from osia_conformance.config.settings import Settings
    from osia_conformance.profile import Profile
    from osia_conformance.standard.specification import Specification
    from osia_conformance.target.session import Session
    from osia_conformance.target.sharing import SharedResources
    from osia_conformance.target.target import Target

pytest_plugins = ["osia_conformance.checks.enrollment.fixtures"]


@pytest.fixture
def target(session: Session) -> Target:
    """The server that is judged, as it is called and recorded."""
    return session.target


@pytest.fixture
def observe(session: Session) -> Callable[..., None]:
    """Put something unusual but allowed on the record: `observe("RUL-...", "words", response)`."""
    return session.target.observe


@pytest.fixture
def profile(session: Session) -> Profile:
    """What the server says that it accepts ([profile] in conformance.toml)."""
    return session.profile


@pytest.fixture
def specification(session: Session) -> Specification:
    """The OpenAPI facts of the interface version that is judged."""
    return session.specification


@pytest.fixture
def settings(session: Session) -> Settings:
    """The settings of the run."""
    return session.settings


@pytest.fixture
def shared(session: Session) -> SharedResources:
    """What checks share on the target as long as none of them changes it."""
    return session.shared


@pytest.fixture
def seen_errors(session: Session) -> SeenErrors:
    """The answers with 400 and 500 that the run has seen; the check that asks is marked `@last`."""
    return SeenErrors(session)


@pytest.fixture
def once(session: Session) -> Callable[..., Any]:
    """Ask the target once for answers on which several requirements are judged: `once("label", produce)`."""
    return session.shared.responses
