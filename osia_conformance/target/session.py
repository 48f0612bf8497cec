"""A session: one run, or the part of it that one process or thread judges, with its target, tokens and journal."""

from __future__ import annotations

import copy
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from osia_conformance.auth import token_source
from osia_conformance.config.secret_values import add_secrets
from osia_conformance.config.settings import Settings
from osia_conformance.config.shard import shard_of
from osia_conformance.profile import Profile, load_profile
from osia_conformance.standard.operations import by_code
from osia_conformance.standard.specification import Specification, load_specification
from osia_conformance.support.ids import IdFactory
from osia_conformance.support.secrets import ConfigurationError, Redactor, SecretReference, add_proxies, resolve_all
from osia_conformance.target.availability import Availability, Probe
from osia_conformance.target.check_slots import CheckSlots
from osia_conformance.target.client import Additions, Client
from osia_conformance.target.enrollment.enrollments import Enrollments
from osia_conformance.target.enrollment.payloads import Payloads
from osia_conformance.target.enrollment.read_only import ReadOnlyEnrollments
from osia_conformance.target.enrollment.sent_words import sent_words
from osia_conformance.target.privacy import ForeignRecordFilter
from osia_conformance.target.processing import FinalizedProcessing
from osia_conformance.target.recorder import CheckEvidence, Recorder
from osia_conformance.target.request import Request
from osia_conformance.target.response import Response
from osia_conformance.target.run_budget import RunBudget, run_seconds, time_is_up
from osia_conformance.target.service_ends import ServiceEnds
from osia_conformance.target.sharing import SharedResources
from osia_conformance.target.shrink_budget import ShrinkBudget
from osia_conformance.target.target import Target
from osia_conformance.target.visibility import Visibility
from osia_conformance.target.writes_under_way import WritesUnderWay
from osia_conformance.verdict.journal import Journal
from osia_conformance.verdict.kept_examples import KeptExample, kept_examples
from osia_conformance.verdict.recorded_exchanges import RecordedExchanges
from osia_conformance.wire.client import HttpClient, open_client
from osia_conformance.wire.limits import RateLimiter
from osia_conformance.wire.settings import HttpSettings

if TYPE_CHECKING:
    import httpx


class ExampleSource(Protocol):
    """Gives a check the examples that were drawn for it beforehand."""

    def fill(self, corpus: Any) -> None:
        """Give a corpus its examples; leave it as it is where there are none."""


@dataclass(frozen=True, slots=True)
class Run:
    """What every process of a run must know.

    `workers` is how many checks are judged at once at most, `processes` in how many processes; `version` is the
    interface version that is judged; `lost` says why nothing can be judged at all;
    `spec` holds the members of the vendor's OpenAPI file, if one was given; `until` is when the run's time is up, in
    seconds since the epoch (None: no limit); `latency` is the median of what the first calls took, in seconds (None: it
    was not measured).
    """

    id: str
    directory: str
    url: str
    version: str
    seed: int
    effort: str
    workers: int
    embedded: bool
    settings: Settings
    lost: str | None = None
    spec: Mapping[str, Any] | None = None
    until: float | None = None
    latency: float | None = None
    processes: int = 1

    def dump(self) -> dict[str, Any]:
        """Return the run's members by name, as JSON values for a worker process."""
        members = {member.name: getattr(self, member.name) for member in fields(self)}
        return {**members, "settings": self.settings.dump()}

    @classmethod
    def restore(cls, members: Mapping[str, Any]) -> Run:
        """Return the run that `dump` was called on."""
        return cls(**{**members, "settings": Settings.restore(members["settings"])})


MARKER = re.compile(r"osia[a-z]{8}([a-z]{10})?")
"""What a marker looks like."""


def marker(run: str, label: str = "") -> str:
    """Return the marker of a run, or of what `label` names in it, which begins with the run's own.

    Lower-case letters only: case is the server's business (RUL-COMPARE), and few names have digits.
    """
    return f"osia{_letters(run, 8)}" + (_letters(label, 10) if label else "")


def _letters(text: str, count: int) -> str:
    return "".join(chr(ord("a") + byte % 26) for byte in hashlib.sha256(text.encode()).digest()[:count])


class Session:
    """An open run. Several may be open in one process, each in a thread of its own. Close it to give its connections
    and the journal's file back.

    Raises ConfigurationError for a setting that cannot work: a key, a certificate, a missing secret.
    """

    def __init__(self, run: Run, worker: str, transport: httpx.BaseTransport | None = None) -> None:
        self.run = run
        self.settings = run.settings
        self.redactor = Redactor()
        add_secrets(self.redactor, self.settings)
        self.tokens = token_source(self.settings, self.redactor, left=self._time_left)
        self.wire = self._open_wire(transport)
        self.journal = Journal(Path(run.directory), self.settings.max_disk // max(1, run.processes))
        self.privacy = ForeignRecordFilter(marker=self.marker(""))
        self.writes = WritesUnderWay()
        self.visibility = Visibility(self.settings.target.visible_within)
        self.shrink_budget = ShrinkBudget(run.effort, run.processes)
        self.finalized_processing = FinalizedProcessing()
        self.example_source: ExampleSource | None = None
        self.earlier_exchanges: RecordedExchanges | None = None
        self._transactions = IdFactory(self.settings.target.transaction_id, f"{run.id}/transaction")
        self._ids = IdFactory(self.settings.target.enrollment_id, run.id)
        self._limiter = RateLimiter(self.settings.target.rate, run.processes)
        self._begin(worker)
        self.availability = self._open_availability()
        self._open_target(None)

    def _begin(self, worker: str) -> None:
        """Have what belongs to one worker alone: who it is, what its check did and created."""
        shard = shard_of(self.settings.shard)
        self.sharing_label = "" if worker == "main" else worker
        self.worker = shard.worker(worker) if shard else worker
        self.recorder = Recorder(self.journal, self.redactor, self.worker)
        self._created: list[Enrollments] = []

    def beside(self, worker: str, slots: CheckSlots) -> Session:
        """Return a session of the same run for another thread; `slots` says how many of them are at work.

        They have one connection pool, journal, rate limit, availability and set of tokens, ids, secrets and calls that
        end the service. What its checks did, created and share is its own. It is not closed: this one is.
        """
        other = copy.copy(self)
        other._begin(worker)
        other._open_target(slots)
        other.service_ends.share(self.service_ends)
        return other

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

    @cached_property
    def kept_examples(self) -> Mapping[str, KeptExample]:
        """The failing examples, by check, of the run whose failures are judged again."""
        report = self.settings.reruns
        return kept_examples(report) if report else {}

    @property
    def evidence(self) -> CheckEvidence:
        """What the check that runs now did."""
        return self.recorder.evidence

    def enrollments(self) -> Enrollments:
        """Return enrollments under a marker of their own, for the check that runs now."""
        created = self.shared_enrollments(self.evidence.id)
        self._created.append(created)
        return created

    def shared_enrollments(self, label: str) -> Enrollments:
        """Return enrollments under the marker of a label, which outlive the check that runs now."""
        kind = ReadOnlyEnrollments if self.settings.target.read_only else Enrollments
        return kind(self, self.marker(label))

    def sent_words(self, response: Response) -> str:
        """Return what a response answers as a phrase that follows "to"; "" where that is not known."""
        return sent_words(response.request, self.payloads) if response.request else ""

    def fresh_id(self) -> str:
        """Return an enrollment id that nobody has used."""
        name = self._ids.next(self.evidence.id)
        self.privacy.enrollments.add(name)
        return name

    def start_check(self, check: str, operation: str, requirement: str = "") -> CheckEvidence:
        """Start a check: what is sent from now on is its evidence, which is returned."""
        self.recorder.evidence = CheckEvidence(check, operation, requirement)
        return self.recorder.evidence

    def delete_created(self) -> None:
        """Delete on the target what the running check created."""
        for created in self._created:
            created.delete_created()

    def end_check(self) -> None:
        """End a check: its enrollments are deleted no more."""
        self._created.clear()

    def marker(self, label: str) -> str:
        """Return the run's marker for a label, or for the run itself (RUL-MARKER)."""
        return marker(self.run.id, label)

    def close(self) -> None:
        """Close the connection and the journal's file."""
        self.wire.close()
        self.journal.close()

    def _client(self) -> Client:
        return Client(self.wire, self.recorder, self.tokens, self.privacy, self._limiter, self._additions)

    def _open_availability(self) -> Availability:
        """Return what judges the target's availability, by reads of an id that nobody has used."""
        run, target = self.run, self.settings.target
        probe = Probe(self._client(), Request(by_code(run.version)["READ"], enrollment=self.fresh_id()))
        seconds = run_seconds(target.max_time, run.effort, target.timeout)
        return Availability(target.timeout, RunBudget(run.until, time_is_up(seconds)), probe)

    def _open_target(self, slots: CheckSlots | None) -> None:
        """Have the target, what follows the calls that end it, and what checks share on it."""
        client, read_only = self._client(), bool(self.settings.target.read_only)
        self.service_ends = ServiceEnds(self, client)
        ends, version = self.service_ends, self.run.version
        self.target = Target(client, self.availability, ends, self.writes, version, read_only=read_only, slots=slots)
        self.shared = SharedResources(self)

    def _open_wire(self, transport: httpx.BaseTransport | None) -> HttpClient:
        try:
            return open_client(self._wire_settings(), transport)
        except ConfigurationError:
            raise
        except ValueError as error:
            raise ConfigurationError(f"target.{str(error).rstrip('.')}.") from None

    def _wire_settings(self) -> HttpSettings:
        target = self.settings.target
        password = target.client_key_password
        proxy = self._secret(target.proxy) if isinstance(target.proxy, SecretReference) else target.proxy
        add_proxies(self.redactor, proxy)
        return HttpSettings(
            base_url=self.run.url,
            timeout=target.timeout,
            ca_file=str(target.ca_file) if target.ca_file else None,
            client_cert=str(target.client_cert) if target.client_cert else None,
            client_key=str(target.client_key) if target.client_key else None,
            client_key_password=self._secret(password) if password else None,
            proxy=proxy,
            without_secrets=self.redactor.text,
        )

    def _time_left(self) -> float:
        return self.availability.budget.left()

    def _additions(self, request: Request, check: str) -> Additions:
        """Return what is added to each request: the transactionId and what [target] configures."""
        target = self.settings.target
        headers = resolve_all(target.headers, self.redactor)
        query = resolve_all(target.query, self.redactor)
        text = request.transaction if isinstance(request.transaction, str) else self._transactions.next(check)
        transaction = [("transactionId", text)] if request.transaction else []
        return list(headers.items()), [*transaction, *query.items()]

    def _secret(self, reference: SecretReference) -> str:
        secret = reference.resolve()
        self.redactor.add(secret)
        return secret
