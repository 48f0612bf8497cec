"""What a check may ask for by name, whatever the interface, and any test by that name behind `osia_`.

All of it comes from `osia_session`, which is the run's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from osia_conformance.checks.offered import for_all_tests, for_checks
from osia_conformance.checks.seen_errors import SeenErrors

if TYPE_CHECKING:
    from osia_conformance.config.settings import Settings
    from osia_conformance.profile import Profile
    from osia_conformance.standard.specification import Specification
    from osia_conformance.target.session import Session
    from osia_conformance.target.sharing import SharedResources
    from osia_conformance.target.target import Target

pytest_plugins = ["osia_conformance.checks.enrollment.fixtures"]


@for_checks
def session(osia_session: Session) -> Session:
    """The open run that all of these come from."""
    return osia_session


@for_all_tests
def target(osia_session: Session) -> Target:
    """The server that is judged, as it is called and recorded."""
    return osia_session.target


@for_all_tests
def observe(osia_session: Session) -> Callable[..., None]:
    """Put something unusual but allowed on the record: `observe("RUL-...", "words", response)`."""
    return osia_session.target.observe


@for_all_tests
def profile(osia_session: Session) -> Profile:
    """What the server says that it accepts ([profile] in conformance.toml)."""
    return osia_session.profile


@for_all_tests
def specification(osia_session: Session) -> Specification:
    """The OpenAPI facts of the interface version that is judged."""
    return osia_session.specification


@for_all_tests
def settings(osia_session: Session) -> Settings:
    """The settings of the run."""
    return osia_session.settings


@for_checks
def shared(osia_session: Session) -> SharedResources:
    """What checks share on the target as long as none of them changes it."""
    return osia_session.shared


@for_checks
def seen_errors(osia_session: Session) -> SeenErrors:
    """The answers with 400 and 500 that the run has seen; the check that asks is marked `@last`."""
    return SeenErrors(osia_session)


@for_checks
def once(osia_session: Session) -> Callable[..., Any]:
    """Ask the target once for answers on which several requirements are judged: `once("label", produce)`.

    With `keep` only where it says yes of each.
    """
    return osia_session.shared.responses
