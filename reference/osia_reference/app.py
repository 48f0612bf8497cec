"""The ASGI application: from a request to an operation, and from its reply to a response."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from osia_reference.buffers import buffer_type, parsed_digests, sha256_digest, verified
from osia_reference.calls import (
    JSON_TYPES,
    Call,
    decoded_id,
    integer,
    limited,
    media_type,
    parsed_json,
    raw_path,
)
from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal, Reply, Streamed
from osia_reference.search import Search
from osia_reference.settings import JWT, ServerSettings
from osia_reference.specification import CORRECTIONS, Operation, Specification, load_version
from osia_reference.store import Record, Store, StoredBuffer
from osia_reference.token_endpoint import LARGEST_FORM, TokenEndpoint
from osia_reference.tokens import OpaqueTokens, TokenCheck, configured_key

__all__ = ["SERVERS", "Server", "Streamed", "create_app"]

TOKEN_PATH = "/token"  # noqa: S105 it is a path
logger = logging.getLogger("osia_reference")


class Server:
    """The interface over HTTP, in the event loop's thread; what a version changes, its specification says."""

    def __init__(
        self,
        settings: ServerSettings,
        specification: Specification,
        enrollments: Enrollments,
        tokens: TokenCheck,
        token_endpoint: TokenEndpoint,
    ) -> None:
        self.settings = settings
        self.specification = specification
        self.enrollments = enrollments
        self.tokens = tokens
        self.token_endpoint = token_endpoint
        self.handlers: dict[str, Callable[[Call], Awaitable[Reply]]] = {
            "createEnrollment": self.create_enrollment,
            "readEnrollment": self.read_enrollment,
            "updateEnrollment": self.update_enrollment,
            "partialUpdateEnrollment": self.partial_update_enrollment,
            "deleteEnrollment": self.delete_enrollment,
            "finalizeEnrollment": self.finalize_enrollment,
            "findEnrollments": self.find_enrollments,
            "sendBuffer": self.send_buffer,
            "getBuffer": self.get_buffer,
        }

    def close(self) -> None:
        """Close the storage."""
        self.enrollments.store.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI 3)."""
        if scope["type"] != "http":
            return
        try:
            reply = await self.respond(Request(scope, receive))
        except ClientDisconnect:
            return
        await self.render(reply)(scope, receive, send)

    async def respond(self, request: Request) -> Reply:
        """Return the reply to a request; whatever goes wrong, there is one."""
        call = None
        try:
            if raw_path(request.scope) == TOKEN_PATH:
                return await self.token(request)
            call = self.route(request)
            reply = await self.perform(call)
        except Refusal as refusal:
            reply = refusal.reply()
        except ClientDisconnect:
            raise
        except Exception:
            logger.exception("%s %s failed", request.method, request.url.path)
            reply = Refusal(500, "The server failed; look into its log.").reply()
        return reply if call is None else self.answer(call, reply)

    def route(self, request: Request) -> Call:
        """Return the operation that method and path name."""
        found = self.specification.route(raw_path(request.scope))
        if found is None:
            raise Refusal(404, "There is nothing at this path; see the interface's OpenAPI file.")
        methods, path = found
        if request.method not in methods:
            allowed = ", ".join(sorted(methods))
            raise Refusal(405, f"This path takes {allowed} only; use one of them.", {"Allow": allowed})
        return Call(methods[request.method], request, path)

    async def perform(self, call: Call) -> Reply:
        """Authorize a call, then carry it out; the body is not read before."""
        self.authorize(call)
        self.check_transaction(call)
        return await self.handlers[call.operation.name](call)

    def answer(self, call: Call, reply: Reply) -> Reply:
        """Pass on the reply of an operation: each one goes through here, refusals too."""
        return reply

    def render(self, reply: Reply) -> Response:
        """Turn a reply into a response."""
        if reply.stream is not None:
            return Streamed(reply.stream, reply.status, reply.headers)
        if reply.body is None:
            return Response(None, reply.status, reply.headers)
        return Response(self.encode(reply.body), reply.status, reply.headers, media_type="application/json")

    def encode(self, body: Any) -> bytes:
        """Return a JSON body's bytes."""
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")

    def authorize(self, call: Call) -> None:
        """Refuse a call whose token does not carry the operation's scope."""
        self.tokens.authorize(call.request.headers.get("authorization"), self.required_scopes(call.operation))

    def required_scopes(self, operation: Operation) -> frozenset[str]:
        """Return the scopes that a token needs."""
        return operation.scopes

    def success(self, call: Call, body: Any = None) -> Reply:
        """Return the reply of a call that was carried out."""
        return Reply(call.operation.success, body)

    def check_transaction(self, call: Call) -> None:
        """Refuse a call without a transactionId; an empty one will do."""
        if "transactionId" not in call.request.query_params:
            raise Refusal(400, "The query parameter transactionId is missing; send one.")

    def parse_finalize(self, call: Call) -> bool:
        """Return the query parameter finalize, false if there is none."""
        value = call.request.query_params.get("finalize", "false")
        if value not in ("true", "false"):
            raise Refusal(400, "The query parameter finalize is neither true nor false.")
        return value == "true"

    def parse_attributes(self, call: Call) -> list[str] | None:
        """Return the names in the query parameter attributes, None if there is none."""
        return call.request.query_params.getlist("attributes") or None

    def parse_paging(self, call: Call) -> tuple[int, int | None]:
        """Return the query parameters offset and limit; (0, None) where the version has none."""
        if "limit" not in call.operation.parameters:
            return 0, None
        return integer(call, "offset", least=0), integer(call, "limit", least=1)

    def page(self, records: list[Record], offset: int, limit: int | None) -> list[Record]:
        """Return the page of all matches, which are oldest first; no limit: all of them."""
        return records if limit is None else records[offset : offset + limit]

    def buffer_type(self, call: Call) -> str:
        """Return the content type that a buffer is kept with, or refuse it."""
        return buffer_type(call.request, call.operation.body_types)

    def checked(self, call: Call, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Return a buffer's bytes, to be refused where the version has a Digest and it is not theirs."""
        if "Digest" not in call.operation.parameters:
            return data
        return verified(data, parsed_digests(call.request.headers.getlist("digest")))

    def digest(self, buffer: StoredBuffer) -> str:
        """Return the value of the Digest header of a buffer."""
        return sha256_digest(self.enrollments.buffer_bytes(buffer))

    def enrollment_id(self, call: Call) -> str:
        """Return the enrollment id of the path."""
        return decoded_id("enrollmentId", call.path["enrollmentId"])

    async def read_json(self, call: Call) -> Any:
        """Return the JSON body of a call."""
        if media_type(call.request) not in JSON_TYPES:
            raise Refusal(415, "The body is not application/json; send JSON.")
        data = b"".join([piece async for piece in limited(call.request, self.settings.largest_json)])
        return self.parse_json(data)

    def parse_json(self, data: bytes) -> Any:
        """Return the value of a JSON text."""
        return parsed_json(data)

    async def create_enrollment(self, call: Call) -> Reply:
        """POST /v1/enrollments/{enrollmentId}."""
        enrollment_id, finalize = self.enrollment_id(call), self.parse_finalize(call)
        self.enrollments.create(enrollment_id, await self.read_json(call), finalize=finalize)
        return self.success(call, {"enrollmentId": enrollment_id} if call.operation.answers else None)

    async def read_enrollment(self, call: Call) -> Reply:
        """GET /v1/enrollments/{enrollmentId}."""
        return self.success(call, self.enrollments.read(self.enrollment_id(call), self.parse_attributes(call)))

    async def update_enrollment(self, call: Call) -> Reply:
        """PUT /v1/enrollments/{enrollmentId}."""
        enrollment_id, finalize = self.enrollment_id(call), self.parse_finalize(call)
        self.enrollments.update(enrollment_id, await self.read_json(call), finalize=finalize)
        return self.success(call)

    async def partial_update_enrollment(self, call: Call) -> Reply:
        """PATCH /v1/enrollments/{enrollmentId}."""
        enrollment_id, finalize = self.enrollment_id(call), self.parse_finalize(call)
        self.enrollments.patch(enrollment_id, await self.read_json(call), finalize=finalize)
        return self.success(call)

    async def delete_enrollment(self, call: Call) -> Reply:
        """DELETE /v1/enrollments/{enrollmentId}."""
        self.enrollments.delete(self.enrollment_id(call))
        return self.success(call)

    async def finalize_enrollment(self, call: Call) -> Reply:
        """PUT /v1/enrollments/{enrollmentId}/finalize."""
        self.enrollments.finalize(self.enrollment_id(call))
        return self.success(call)

    async def find_enrollments(self, call: Call) -> Reply:
        """POST /v1/enrollments."""
        offset, limit = self.parse_paging(call)
        records = self.enrollments.find(await self.read_json(call))
        return self.success(call, self.page(records, offset, limit))

    async def send_buffer(self, call: Call) -> Reply:
        """POST /v1/enrollments/{enrollmentId}/buffer."""
        kind = self.buffer_type(call)
        data = self.checked(call, limited(call.request, self.settings.largest_buffer))
        buffer_id = await self.enrollments.send_buffer(self.enrollment_id(call), kind, data)
        return self.success(call, {"bufferId": buffer_id})

    async def get_buffer(self, call: Call) -> Reply:
        """GET /v1/enrollments/{enrollmentId}/buffer/{bufferId}."""
        buffer_id = decoded_id("bufferId", call.path["bufferId"])
        buffer = self.enrollments.get_buffer(self.enrollment_id(call), buffer_id)
        reply = self.success(call)
        reply.headers |= {"Content-Type": buffer.media_type, "Content-Length": str(buffer.size)}
        if "Digest" in call.operation.headers:
            reply.headers["Digest"] = self.digest(buffer)
        reply.stream = self.enrollments.buffer_bytes(buffer)
        return reply

    async def token(self, request: Request) -> Reply:
        """POST /token."""
        if request.method != "POST":
            raise Refusal(405, "The token endpoint takes POST only.", {"Allow": "POST"})
        body = b"".join([piece async for piece in limited(request, LARGEST_FORM)])
        return self.token_endpoint.answer(request.headers.get("authorization"), media_type(request), body)


# One class serves all versions, so that a class that replaces it does, too.
SERVERS: dict[str, type[Server]] = dict.fromkeys(CORRECTIONS, Server)


def create_app(
    settings: ServerSettings,
    *,
    server: type[Server] | None = None,
    enrollments: type[Enrollments] = Enrollments,
    search: type[Search] = Search,
    store: type[Store] = Store,
    tokens: type[TokenCheck] = TokenCheck,
    token_endpoint: type[TokenEndpoint] = TokenEndpoint,
) -> Server:
    """Build a server from its parts; each class may be replaced by one that differs in a detail.

    Raises:
        ValueError: the settings contradict each other, or the version is not known.
        OSError: the OpenAPI file or the database cannot be opened.
    """
    if settings.interface_version not in SERVERS:
        raise ValueError(f"Interface version {settings.interface_version} is not served; use {', '.join(SERVERS)}.")
    specification = load_version(settings.specification, settings.interface_version)
    key = configured_key(settings)
    opaque = OpaqueTokens()
    endpoint = token_endpoint(settings, key, opaque)
    if settings.clients and settings.token_format == JWT:
        endpoint.sign({})
    make = server or SERVERS[settings.interface_version]
    service = enrollments(specification, store(settings.database), search())
    return make(settings, specification, service, tokens(settings, key, opaque), endpoint)
