"""One enrollment of the suite's on the target: the operations that concern it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Unpack

from osia_conformance.support.json_words import kind_of
from osia_conformance.target.enrollment.identify import buffer_id, named_buffer
from osia_conformance.target.enrollment.payloads import Json
from osia_conformance.target.outcome_errors import CannotTell, body_symptom, status_symptom
from osia_conformance.target.request import BINARY, RequestOptions, json_body
from osia_conformance.target.response import NotJson, Response
from osia_conformance.target.statuses import SUCCESS, precondition, status
from osia_conformance.target.target import Target
from osia_conformance.verdict.symptom import of_members
from osia_conformance.wire.streaming import Body

FINALIZE = {True: (("finalize", "true"),), False: (("finalize", "false"),), None: ()}
NOTHING = (b"", b"{}", b"null")


class Enrollment:
    """One enrollment id of the suite's. Each method sends its operation once and returns the response.

    `options` are a Request's (token, fault, transaction, headers ...), to send it with one thing wrong.
    """

    def __init__(self, name: str, target: Target) -> None:
        self.id = name
        self._target = target

    def create(self, body: Any, /, *, finalize: bool | None = None, **options: Unpack[RequestOptions]) -> Response:
        """Send createEnrollment; `finalize` None leaves the parameter out."""
        return self.write("CREATE", body, finalize=finalize, **options)

    def read(self, *attributes: str, **options: Unpack[RequestOptions]) -> Response:
        """Send readEnrollment; `attributes` narrow the response."""
        narrowed: RequestOptions = {"query": [("attributes", name) for name in attributes], **options}
        return self._target.call("READ", self.id, **narrowed)

    def update(self, body: Any, /, *, finalize: bool | None = None, **options: Unpack[RequestOptions]) -> Response:
        """Send updateEnrollment (PUT)."""
        return self.write("UPDATE", body, finalize=finalize, **options)

    def patch(self, body: Any, /, *, finalize: bool | None = None, **options: Unpack[RequestOptions]) -> Response:
        """Send partialUpdateEnrollment (RFC 7396)."""
        return self.write("PATCH", body, finalize=finalize, **options)

    def delete(self, **options: Unpack[RequestOptions]) -> Response:
        """Send deleteEnrollment."""
        return self._target.call("DELETE", self.id, **options)

    def finalize(self, **options: Unpack[RequestOptions]) -> Response:
        """Send finalizeEnrollment."""
        return self._target.call("FINALIZE", self.id, **options)

    def send_buffer(self, data: Body, **options: Unpack[RequestOptions]) -> Response:
        """Send a buffer with `data` as application/octet-stream."""
        binary: RequestOptions = {"body": data, "content_type": BINARY, **options}
        response = self._target.call("BUFWRITE", self.id, **binary)
        self._target.privacy.buffers.update((self.id, name) for name in buffer_id(response))
        return response

    def read_buffer(self, buffer: str, **options: Unpack[RequestOptions]) -> Response:
        """Read a buffer, asking for the bytes as they are (RUL-REPRESENTATION)."""
        plain: RequestOptions = {"headers": [("Accept-Encoding", "identity")], **options}
        return self._target.call("BUFREAD", self.id, buffer, **plain)

    def record(self) -> Json:
        """Return the enrollment as the target answers it now; CannotTell if it answers none."""
        return self.shown()[0]

    def shown(self) -> tuple[Json, Response]:
        """Return the enrollment as the target answers it now, and the answer that shows it; CannotTell as `record`.

        What a record shows is judged by this answer, not by that of the call before: the report's curl lines end there.
        """
        response = precondition(self.read())
        record = json_of(response, "readEnrollment, needed first,")
        if not isinstance(record, dict):
            words = f"readEnrollment, needed first, answered {kind_of(record)} instead of an object"
            raise CannotTell(words, response, body_symptom(response, "no object"))
        if record.get("enrollmentId", self.id) != self.id:
            words = "readEnrollment, needed first, answered an enrollment of another id"
            raise CannotTell(words, response, of_members(response.operation, ["$.enrollmentId"]))
        return record, response

    def exists(self) -> bool:
        """Return whether the target answers the enrollment; CannotTell if it answers neither it nor 404."""
        return self.existence()[0]

    def existence(self) -> tuple[bool, Response]:
        """Return whether the target answers the enrollment, and the answer that shows it; CannotTell as `exists`."""
        response = precondition(self.read(), SUCCESS, status(404))
        if response.status == HTTPStatus.NOT_FOUND:
            return False, response
        if response.body.strip() in NOTHING:
            raise CannotTell("readEnrollment, needed first, answered neither an enrollment nor 404", response)
        return True, response

    def keep_buffer(self, data: bytes) -> str:
        """Send a buffer and return its id; CannotTell if that fails."""
        return named_buffer(precondition(self.send_buffer(data)))

    def write(
        self, code: str, body: Any, /, *, finalize: bool | None = None, **options: Unpack[RequestOptions]
    ) -> Response:
        """Send the operation `code`, one of those that take an enrollment in their body."""
        data = body if isinstance(body, bytes) or body is None else json_body(body)
        whole: RequestOptions = {"body": data, "query": FINALIZE[finalize], **options}
        return self._target.call(code, self.id, **whole)


def json_of(response: Response, which: str) -> Any:
    """Return the JSON of an answer to `which` operation; CannotTell where it has none, or is withheld."""
    if response.withheld and not response.body:
        form = response.form or "something of another form"
        raise CannotTell(f"{which} answered {form}, and it is withheld", response)
    try:
        return response.json()
    except NotJson as error:
        # An answer without any body says so by its code.
        symptom = body_symptom(response, "no JSON") if response.body else status_symptom(response)
        raise CannotTell(f"{which} answered no JSON: {error}", response, symptom) from error
