"""One process's part of a run: target, tokens and journal, opened from what the run hands over."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from osia_conformance.auth import token_source
from osia_conformance.config.settings import Settings
from osia_conformance.config.shard import shard_of
from osia_conformance.profile import Profile, load_profile
from osia_conformance.standard.specification import Specification, load_specification
from osia_conformance.support.ids import IdFactory
from osia_conformance.support.secrets import ConfigurationError, Redactor, SecretReference, add_proxies, resolve_all
from osia_conformance.target.availability import Availability
from osia_conformance.target.client import CheckLog, Extras, Target
from osia_conformance.target.enrollment.enrollments import Enrollments
from osia_conformance.target.enrollment.payloads import Payloads, send_names
from osia_conformance.target.enrollment.read_only import ReadOnlyEnrollments
from osia_conformance.target.privacy import ForeignRecordFilter
from osia_conformance.target.run_budget import RunBudget, run_seconds
from osia_conformance.target.sharing import SharedResources
from osia_conformance.verdict.journal import Journal
from osia_conformance.wire.limits import RateLimiter
from osia_conformance.wire.transport import Wire, WireSettings, open_client

if TYPE_CHECKING:
    from osia_conformance.wire.http1 import Carrier


T = TypeVar("T")


class ExampleSource(Protocol):
    """Gives a check the examples that were drawn for it beforehand."""

    def fill(self, corpus: Any) -> None:
        """Give a corpus its examples; leave it as it is where there are none."""


@dataclass(frozen=True, slots=True)
class Run:
    """What every process of a run must know.

    `version` is the interface version that is judged; `lost` says why nothing can be judged at all;
    `spec` holds the members of the vendor's OpenAPI file, if one was given; `until` is when the run's time is up, in
    seconds since the epoch (None: no limit).
    """

    id: str
    directory: str
    url: str
    version: str
    seed: int
    effort: str
    workers: int
    embedded: bool
    settings: Mapping[str, Any]
    lost: str | None = None
    spec: Mapping[str, Any] | None = None
    until: float | None = None

    def handed_over(self) -> dict[str, Any]:
        """Return the run's members by name, as JSON values for a worker process."""
        return asdict(self)


MARKER = re.compile(r"osia[a-z]{8}([a-z]{10})?")
"""What a marker looks like."""


def marker(run: str, label: str = "") -> str:
    """Return the marker of a run, or of what `label` names in it, which begins with the run's own.

    Lower-case letters only: case is the server's business (RUL-COMPARE), and few names have digits.
    """
    return f"osia{_letters(run, 8)}" + (_letters(label, 10) if label else "")


def _letters(text: str, count: int) -> str:
    return "".join(chr(ord("a") + byte % 26) for byte in hashlib.sha256(text.encode()).digest()[:count])


def time_is_up(seconds: float) -> str:
    """Return the reason why nothing more is judged when a run's `seconds` are over."""
    return f"the run's time was up (max-time {seconds:g} s)"


class Session:
    """An open run in this process. Close it to give the connection and the journal's file back.

    Raises ConfigurationError for a setting that cannot work: a key, a certificate, a missing secret.
    """

    def __init__(self, run: Run, worker: str, transport: Carrier | None = None) -> None:
        self.run = run
        self.settings = Settings.restore(run.settings)
        shard = shard_of(self.settings.shard)
        self.worker = shard.worker(worker) if shard else worker
        self.redactor = Redactor()
        self.tokens = token_source(self.settings, self.redactor, left=self._time_left)
        self.wire = self._connected(transport)
        self.journal = Journal(Path(run.directory), self.settings.max_disk // max(1, run.workers))
        target = self.settings.target
        seconds = run_seconds(target.max_time, run.effort, target.timeout)
        self.target = Target(
            wire=self.wire,
            tokens=self.tokens,
            journal=self.journal,
            redactor=self.redactor,
            privacy=ForeignRecordFilter(marker=self._marker("")),
            transactions=IdFactory(target.transaction_id, f"{run.id}/transaction"),
            pace=RateLimiter(target.rate, run.workers),
            worker=self.worker,
            version=run.version,
            availability=Availability(target.timeout, RunBudget(run.until, time_is_up(seconds))),
            extras=self._extras,
            read_only=bool(target.read_only),
        )
        self._ids = IdFactory(target.enrollment_id, run.id)
        self.target.unknown_id = self.fresh_id()
        self._made: list[Enrollments] = []
        self.shared = SharedResources(self)
        self.example_source: ExampleSource | None = None
        self._shared: dict[str, list[tuple[Any, list[dict[str, Any]]]]] = {}
        send_names(self.profile)

    @property
    def effort(self) -> str:
        """The run's effort: quick, standard or thorough."""
        return self.run.effort

    @property
    def seed(self) -> int:
        """The run's seed."""
        return self.run.seed

    @property
    def specification(self) -> Specification:
        """The OpenAPI facts of the interface version that is judged."""
        return load_specification(self.run.version)

    @cached_property
    def payloads(self) -> Payloads:
        """What this run sends."""
        return Payloads(self.specification, self.profile)

    @cached_property
    def profile(self) -> Profile:
        """What the target is said to accept."""
        return load_profile(self.settings.profile)

    def enrollments(self) -> Enrollments:
        """Return enrollments under a marker of their own, for the check that runs now."""
        made = self.shared_enrollments(self.target.log.id)
        self._made.append(made)
        return made

    def shared_enrollments(self, label: str) -> Enrollments:
        """Return enrollments under the marker of a label, which outlive the check that runs now."""
        return (ReadOnlyEnrollments if self.settings.target.read_only else Enrollments)(
            session=self,
            ids=self._ids,
            marker=self._marker(label),
            visible_within=self.settings.target.visible_within,
        )

    def fresh_id(self) -> str:
        """Return an id of ours under which nothing will be created."""
        name = self._ids.next(self.target.log.id)
        self.target.privacy.enrollments.add(name)
        return name

    def start(self, check: str, operation: str) -> CheckLog:
        """Begin a check: what is sent from now on is its evidence."""
        self.target.log = CheckLog(check, operation)
        return self.target.log

    def once(self, label: str, produce: Callable[[], Iterator[T]]) -> Iterator[T]:
        """Yield what `produce` yields, which asks the target only for the first check that comes to its end.

        For answers that several requirements are judged on. The exchanges behind each one are evidence of every
        check that takes it.
        """
        log = self.target.log
        if label in self._shared:
            for item, exchanges in self._shared[label]:
                log.recall(exchanges)
                yield item
            return
        items: list[tuple[Any, list[dict[str, Any]]]] = []
        known = len(log.exchanges)
        for item in produce():
            items.append((item, log.exchanges[known:]))
            known = len(log.exchanges)
            yield item
        self._shared[label] = items

    def tidy(self) -> None:
        """Delete what the running check made on the target."""
        for made in self._made:
            made.clean_up()

    def forget(self) -> None:
        """End a check: nothing of it is kept."""
        self._made.clear()

    def close(self) -> None:
        """Close the connection and the journal's file."""
        self.wire.close()
        self.journal.close()

    def _marker(self, label: str) -> str:
        return marker(self.run.id, label)

    def _connected(self, transport: Carrier | None) -> Wire:
        try:
            return open_client(self._wire_settings(), transport)
        except ConfigurationError:
            raise
        except ValueError as error:
            raise ConfigurationError(f"target.{str(error).rstrip('.')}.") from None

    def _wire_settings(self) -> WireSettings:
        target = self.settings.target
        password = target.client_key_password
        proxy = self._secret(target.proxy) if isinstance(target.proxy, SecretReference) else target.proxy
        add_proxies(self.redactor, proxy)
        return WireSettings(
            base_url=self.run.url,
            timeout=target.timeout,
            ca_file=_text(target.ca_file),
            client_cert=_text(target.client_cert),
            client_key=_text(target.client_key),
            client_key_password=self._secret(password) if password else None,
            proxy=proxy,
        )

    def _time_left(self) -> float:
        return self.target.availability.time.left()

    def _extras(self) -> Extras:
        target = self.settings.target
        headers = resolve_all(target.headers, self.redactor)
        return list(headers.items()), list(resolve_all(target.query, self.redactor).items())

    def _secret(self, reference: SecretReference) -> str:
        secret = reference.resolve()
        self.redactor.add(secret)
        return secret


def _text(path: object) -> str | None:
    return None if path is None else str(path)
