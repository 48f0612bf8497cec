"""An exchange as a command that a vendor's engineer can paste into a shell, from within the report directory.

No secret is ever in it: the token is asked for when the command runs, a secret header shows as `[redacted]`.
"""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from osia_conformance.reports.exchanges import Record, as_text, inline
from osia_conformance.standard.operations import SCOPES
from osia_conformance.support import files
from osia_conformance.support.text import UNSAFE
from osia_conformance.verdict.journal import BODIES

LONG = 8192  # bytes; a longer body would drown the command
OWN = frozenset({"host", "content-length", "connection", "user-agent"})  # curl writes these itself
ESCAPED = re.compile(rf"[\t\n\r\\'%]|{UNSAFE.pattern}")
_BEARER = "Bearer"
_SCHEME = re.compile(r"[A-Za-z0-9._-]+")
SHORT = {"\t": r"\t", "\n": r"\n", "\r": r"\r", "\\": r"\\", "'": r"\047", "%": "%%", "\x00": r"\\000"}


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a command is spelt: `quote` makes a text one word of the shell, `token` puts a token in its place."""

    quote: Callable[[str], str]
    token: Callable[[Record], str]


def curl_line(exchange: Record, spelling: Spelling | None = None) -> str:
    """Return the command, on one line, that sends the request of a journal's `exchange` record again.

    Any POSIX shell takes it (control characters are made by `printf`). A binary body, or one of more
    than 8 KiB, is read from `bodies/`, where `write_bodies` puts it. `spelling` is for a script that knows more.
    """
    spelt = spelling or Spelling(quote, lambda one: f"$({token_command(one)})")
    request = exchange["request"]
    head = ["-I"] if request["method"] == "HEAD" else ["-i", "-X", quote(request["method"])]
    made = [f"python -m osia_conformance.wire.streaming {request['size']} |"] if "sha256" in request else []
    parts = [*made, "curl", "-sS", *head, "--path-as-is", "--globoff", *_url(request["url"], spelt.quote)]
    parts += [f"-H {spelt.quote(line)}" for line in _headers(exchange)]
    if asks_for_token(exchange):
        scheme = _scheme(exchange)
        shown = scheme if _SCHEME.fullmatch(scheme) else f'"{quote(scheme)}"'
        parts.append(f'-H "Authorization: {shown} {spelt.token(exchange)}"')
    return " ".join([*parts, *_data(request, spelt.quote)])


def curl_script(records: Sequence[Record]) -> str:
    """Return the commands of all exchanges among `records`, one a line, in their order.

    The records are a journal's lines, or exchanges that have yet to become some and so lack their `kind`.
    """
    return "\n".join(curl_line(record) for record in records if record.get("kind", "exchange") == "exchange")


def write_bodies(records: Sequence[Record], directory: Path) -> Path:
    """Write those request bodies of the journal that commands read from `bodies/`; return its path."""
    bodies = files.make_directory(directory / BODIES)
    for record in records:
        if record["kind"] != "exchange" or "bodyFile" in record["request"]:
            continue
        data = inline(record["request"])
        if _fits(data):
            continue
        path = directory / _file_name(data)
        if path.is_symlink() or not path.exists():
            files.write(path, [data])
    return bodies


def quote(text: str) -> str:
    """Return `text` as one word of the command line of any POSIX shell, without raw control characters."""
    if not UNSAFE.search(text) and not re.search(r"[\t\n\r]", text):
        return shlex.quote(text)
    printed = ESCAPED.sub(lambda match: SHORT.get(match[0]) or _bytes(match[0]), text)
    if printed.startswith("-"):
        printed = rf"\055{printed[1:]}"
    # What a command prints loses line breaks at its end: no URL or header has one there, and a body that has is read
    # from bodies/ instead.
    return f"\"$(printf '{printed}')\""


def _url(url: str, quoted: Callable[[str], str]) -> list[str]:
    """Return the arguments of a URL; one of a made-up journal must be no option, and lead to no file."""
    usual = url.startswith(("http://", "https://"))
    return [quoted(url)] if usual else ["--proto", "=http,https", "--url", quoted(url)]


def _bytes(character: str) -> str:
    return "".join(f"\\{byte:03o}" for byte in character.encode("utf-8", "surrogatepass"))


def _headers(exchange: Record) -> list[str]:
    left_out = OWN | ({"authorization"} if asks_for_token(exchange) else set())
    # None was ever sent under such a name, and curl would read the file that it names.
    headers = [pair for pair in exchange["request"]["headers"] if not pair[0].startswith("@")]
    # curl drops a header with a colon and no value; the semicolon sends it empty.
    lines = [f"{name}: {value}" if value else f"{name};" for name, value in headers if name.lower() not in left_out]
    typed = any(name.lower() == "content-type" for name, _ in headers)
    # Without this curl would call the body a form.
    return lines if typed or not exchange["request"]["size"] else [*lines, "Content-Type:"]


def asks_for_token(exchange: Record) -> bool:
    """Return whether a token of the configuration was sent with a request."""
    return exchange["scopes"] is not None


def _scheme(exchange: Record) -> str:
    """Return the scheme that a token was sent under."""
    values = (value for name, value in exchange["request"]["headers"] if name.lower() == "authorization")
    return str(next(values, _BEARER)).partition(" ")[0]


def token_command(exchange: Record) -> str:
    """Return the command that prints a token such as a request was sent with."""
    command = f"osia-conformance token --scope {_always_quoted(' '.join(exchange['scopes']))}"
    if not set(exchange["scopes"]) <= set(SCOPES):
        command += " --made-up"
    fault = exchange.get("fault")
    # Under another scheme the token itself is a good one.
    return command if fault is None or _scheme(exchange) != _BEARER else f"{command} --fault {quote(fault)}"


def _always_quoted(text: str) -> str:
    quoted = quote(text)
    return quoted if quoted.endswith(("'", '"')) else f"'{quoted}'"


def _data(request: Record, quoted: Callable[[str], str]) -> list[str]:
    if not request["size"]:
        return []
    if "sha256" in request:
        # Too long to be kept: made again as it was sent, by a command before this one.
        return ["--data-binary", "@-"]
    if "bodyFile" in request:
        return ["--data-binary", quote("@" + request["bodyFile"])]
    data = inline(request)
    if not _fits(data):
        return ["--data-binary", f"@{_file_name(data)}"]
    # --data-binary would take a leading @ for a file's name.
    return ["--data-raw" if data.startswith(b"@") else "--data-binary", quoted(data.decode("utf-8"))]


def _fits(data: bytes) -> bool:
    text = as_text(data)
    if len(data) > LONG or b"\x00" in data or text is None:
        return False
    return not text.endswith("\n")


def _file_name(data: bytes) -> str:
    return f"bodies/{hashlib.sha256(data).hexdigest()}"
