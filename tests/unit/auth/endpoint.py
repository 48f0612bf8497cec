"""A token endpoint for tests, and the settings of a client for it."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from joserfc.jwk import ECKey

from osia_conformance.config.settings import AuthSettings
from osia_conformance.support.secrets import SecretReference
from tests.unit.auth.issued import SECRET

EC256 = ECKey.generate_key("P-256")
HUNTER = "hunter2-hunter2"


@dataclass
class Endpoint:
    """A token endpoint that notes what it gets and answers what it is told."""

    url: str = ""
    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    seen: list[tuple[dict[str, str], dict[str, list[str]]]] = field(default_factory=list)
    silent: threading.Event | None = None

    def answers(self, status: int = 200, **members: Any) -> None:
        self.status, self.body = status, json.dumps(members).encode()

    @property
    def form(self) -> dict[str, list[str]]:
        return self.seen[-1][1]

    @property
    def authorization(self) -> str | None:
        return self.seen[-1][0].get("authorization")


def serving(endpoint: Endpoint, context: ssl.SSLContext | None = None) -> Iterator[Endpoint]:
    class Handler(BaseHTTPRequestHandler):
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            endpoint.seen.append((headers, parse_qs(body.decode(), strict_parsing=True)))
            if endpoint.silent is not None:
                endpoint.silent.wait()
                self.close_connection = True
                return
            self.send_response(endpoint.status)
            for name, value in endpoint.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(endpoint.body)))
            self.end_headers()
            self.wfile.write(endpoint.body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            request.close()

    server = Server(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    scheme = "http" if context is None else "https"
    endpoint.url = f"{scheme}://127.0.0.1:{server.server_address[1]}/token"
    try:
        yield endpoint
    finally:
        if endpoint.silent is not None:
            endpoint.silent.set()
        server.shutdown()
        thread.join()
        server.server_close()


ENVIRON = {
    "SECRET": "s3cret/ +ü",
    "KEY": SECRET,
    "PEM": EC256.as_pem(private=True).decode(),
    "OTHER": "other-secret",
}


def client(endpoint: Endpoint, **members: Any) -> AuthSettings:
    own = {"client_id": "my client", "client_secret": SecretReference("env:SECRET"), **members}
    return AuthSettings(method="client-credentials", token_url=endpoint.url, **own)
