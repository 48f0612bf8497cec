"""Enrollments that a check creates on the target: noted in the journal before, deleted in every ending."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import contextmanager, suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Unpack

from osia_conformance.auth import CannotIssue, Fault, Token, sent
from osia_conformance.support.json_words import kind_of
from osia_conformance.target.enrollment.business_rules import OfferedBodies
from osia_conformance.target.enrollment.enrollment import Enrollment, json_of
from osia_conformance.target.enrollment.identify import identified
from osia_conformance.target.enrollment.payloads import Json, Payloads
from osia_conformance.target.outcome_errors import (
    CannotTell,
    Inapplicable,
    ServerError,
    Unjudged,
    Untested,
    body_symptom,
)
from osia_conformance.target.request import RequestOptions, json_body
from osia_conformance.target.response import Response
from osia_conformance.target.retry import repeated_if_cut
from osia_conformance.target.statuses import DELETED, SUCCESS, answered, precondition, status
from osia_conformance.target.visibility import Lag
from osia_conformance.verdict.journal import Unwritable
from osia_conformance.verdict.symptom import of_members

if TYPE_CHECKING:
    from osia_conformance.target.session import Session


class Enrollments:
    """Makes enrollments for one check, or for a shared label, and searches that its own marker bounds (RUL-MARKER)."""

    def __init__(self, session: Session, marker: str) -> None:
        self.session = session
        self.target = session.target
        self.payloads: Payloads = session.payloads
        self.marker = marker
        self._created: list[Enrollment] = []
        self._bodies: dict[str, Json] = {}

    def new(self, name: str | None = None) -> Enrollment:
        """Return an enrollment with a fresh id, journaled before anything is sent; nothing is created yet."""
        name = name or self.session.fresh_id()
        self.session.privacy.enrollments.add(name)
        self.session.journal.write("created", enrollment=name, check=self.session.evidence.id)
        enrollment = Enrollment(name, self.target)
        self._created.append(enrollment)
        return enrollment

    def canonical(self, *, status: str = "IN_PROGRESS", **biographics: Any) -> Json:
        """Return the canonical enrollment under this check's marker, with biographic members set."""
        body = self.payloads.canonical(self.marker, status=status)
        body["biographicData"].update(biographics)
        return body

    def created(self, body: Json | None = None, *, finalize: bool | None = None) -> Enrollment:
        """Create one and return it; CannotTell if the target refuses it."""
        enrollment = self.new()
        body = self.canonical() if body is None else body
        precondition(enrollment.create(body, finalize=finalize))
        return self.record_body(enrollment, body)

    def existing(self) -> Enrollment:
        """Return one that is there, whatever it holds: created, or named where the run only reads."""
        return self.created()

    def existing_buffer(self, data: bytes) -> tuple[Enrollment, str]:
        """Return one that is there and the id of a buffer of it: of `data`, or named where the run only reads."""
        enrollment = self.created()
        return enrollment, enrollment.keep_buffer(data)

    def several(self, bodies: Mapping[str, Json]) -> Iterator[Enrollment]:
        """Yield some that are there: of these bodies as in `accepted`, or named where the run only reads."""
        return (self.record_body(one, body) for one, body, _, answer in self._taken(bodies) if precondition(answer))

    def record_body(self, enrollment: Enrollment, body: Json) -> Enrollment:
        """Note the body that created an enrollment, by which a search can identify it without its id."""
        self._bodies[enrollment.id] = body
        return enrollment

    def accepted(self, bodies: Mapping[str, Json]) -> Iterator[tuple[Enrollment, Json, Response]]:
        """Create one enrollment for each body, and yield those that are taken, with their answers.

        A business rule may refuse valid data that is not canonical (RUL-RANDOM-DATA): that is observed, and
        CannotTell if nothing at all was taken. These creates are what is judged: ServerError for a 500.
        """
        for enrollment, body, label, response in self._taken(bodies):
            if response.status == HTTPStatus.INTERNAL_SERVER_ERROR:
                raise ServerError(f"no server error to a create with {label}", answered(response), response)
            yield self.record_body(enrollment, body), body, precondition(response)

    def _taken(self, bodies: Mapping[str, Json]) -> Iterator[tuple[Enrollment, Json, str, Response]]:
        """Yield an enrollment for each body that no business rule refused, with its label and its answer."""
        offered = OfferedBodies(self.target)
        for label, body in offered.each(bodies):
            enrollment = self.new()
            response = enrollment.create(body)
            if offered.is_taken(label, response):
                yield enrollment, body, label, response

    def finalized(self) -> tuple[Enrollment, Json]:
        """Create and finalize one; return it as it is answered then. CannotTell if that is not FINALIZED."""
        enrollment = self.created()
        response = precondition(enrollment.finalize())
        record = enrollment.record()
        if record.get("status") != "FINALIZED":
            words = "finalizeEnrollment, needed first, left no FINALIZED enrollment"
            raise CannotTell(words, response, of_members(response.operation, ["$.status"]))
        return enrollment, record

    def token(self, *scopes: str) -> Token:
        """Return a valid token with just these scopes; ends the check if this configuration has none."""
        with _issuing():
            return sent(self.session.tokens.valid(frozenset(scopes)))

    def look_alike_token(self, scope: str) -> Token:
        """Return a token with a made-up scope; Inapplicable where the tokens are not our own to sign: which scopes
        exist is then the authorization server's business; ENR-SCOPE-02 tries the real ones."""
        with _issuing(missing=Untested if self.session.tokens.kind == "none" else Inapplicable):
            return self.session.tokens.arbitrary([scope])

    def bad_token(self, fault: Fault, *scopes: str) -> Token:
        """Return a token with these scopes and a fault; ends the check if this configuration has none."""
        with _issuing():
            return self.session.tokens.faulty(fault, frozenset(scopes))

    @property
    def searched(self) -> tuple[str, Any]:
        """The biographic attribute by which searches find what is ours, and the value it has there (RUL-MARKER)."""
        return self.payloads.marker, self.marker

    def find(self, *expressions: Json, **options: Unpack[RequestOptions]) -> Response:
        """Send findEnrollments with these expressions and the marker's own (RUL-MARKER)."""
        attribute, value = self.searched
        ours = {"attributeName": attribute, "operator": "=", "value": value}
        whole: RequestOptions = {"body": json_body([ours, *expressions]), **options}
        return self.target.call("FIND", **whole)

    def found(self, *expressions: Json, wanted: Set[str] = frozenset()) -> tuple[set[str], Response]:
        """Return the ids that a search answers, and the answer; 404 is no match (RUL-NO-MATCH).

        Where the version has pages, it is read on as long as each brings some of `wanted` (RUL-PAGING).
        """
        response = precondition(self.find(*expressions), status(200), status(404))
        names = self.named(response)
        return self.read_on(names, response, wanted, *expressions)

    def read_on(
        self, names: set[str], response: Response, wanted: Set[str], *expressions: Json
    ) -> tuple[set[str], Response]:
        """Return the ids of a page and of those after it, as long as some of `wanted` are missing and more come."""
        while self.pages and names < wanted and records_in(response) and not response.withheld:
            following = self.find(*expressions, query=[("offset", str(len(names)))])
            more = self.named(following) if following.status in SUCCESS else set()
            if not more - names:
                break
            names, response = names | more, following
        return names, response

    @property
    def pages(self) -> bool:
        """Whether searches of this version come in pages."""
        return "offset" in self.session.specification.parameters("findEnrollments")

    def named(self, response: Response) -> set[str]:
        """Return the ids of the enrollments in a search's answer; CannotTell if they cannot be identified.

        The id is optional in 1.0.0: without it a record is taken for one that was created with its data.
        """
        if response.unnamed:
            raise CannotTell("findEnrollments answered records without enrollmentId or anything else of ours", response)
        left, names = dict(self._bodies), set()
        for record in records_in(response):
            name = identified(record, left)
            left.pop(name, None)
            names.add(name)
        return names

    def eventually(
        self, lag: Lag, probe: Callable[[], bool], *, judged: bool = True, passed: float = 0.0
    ) -> float | None:
        """Poll until `probe` holds, at most as long as this lag may last (RUL-VISIBILITY), `passed` seconds of which
        are over.

        Return the seconds that it took, 0 if it held at once, None if it did not come; where that fails no check but
        leaves its case open, it is not `judged`.
        """
        return self.session.visibility.eventually(lag, probe, self.session.evidence, judged=judged, passed=passed)

    def eventually_found(
        self, wanted: Iterable[Enrollment], *expressions: Json, lag: Lag | None = None, judged: bool = True
    ) -> bool:
        """Poll a search until it answers just the wanted ones; observe a lag (RUL-VISIBILITY).

        `lag` is what is waited for (default: that the search, or one with `expressions`, shows a write), `judged`
        whether a check may fail without it.
        """
        names = {enrollment.id for enrollment in wanted}
        awaited: Lag = lag or ("expression" if expressions else "search")
        took = self.eventually(awaited, lambda: self.found(*expressions, wanted=names)[0] == names, judged=judged)
        if took is None:
            return False
        if took:
            self.target.observe("RUL-VISIBILITY", "a search did not show a write at once")
        return True

    def delete_created(self) -> None:
        """Delete what this check created; what stays is tried again at the end of the run."""
        while self._created:
            enrollment = self._created.pop()
            with suppress(Unjudged, Unwritable):
                response = repeated_if_cut(enrollment.delete)
                # Whether one is there whose write was cut off is found out at the end of the run.
                is_known = response.status in SUCCESS or enrollment.id not in self.session.writes
                if response.status in DELETED and is_known:
                    self.session.journal.write("deleted", enrollment=enrollment.id, status=response.status)
        self._bodies.clear()


@contextmanager
def _issuing(missing: type[Unjudged] = Untested) -> Iterator[None]:
    try:
        yield
    except CannotIssue as error:
        raise (Inapplicable if error.inapplicable else missing)(str(error)) from error


def records_in(response: Response) -> list[Any]:
    """Return the records in a search's answer, in order; CannotTell if it is no list."""
    if response.status == HTTPStatus.NOT_FOUND:
        return []
    if response.withheld and not response.body:
        raise CannotTell("findEnrollments answered no list, but what is withheld, since it may be of somebody else")
    found = json_of(response, "findEnrollments")
    if not isinstance(found, list):
        raise CannotTell(
            f"findEnrollments answered {kind_of(found)} instead of an array",
            response,
            body_symptom(response, "no list"),
        )
    return found
