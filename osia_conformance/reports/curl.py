"""An exchange as a command that a vendor's engineer can paste into a shell, from within the report directory.

No secret is ever in it: the token is asked for when the command runs, a secret header shows as `[redacted]`.
"""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Sequence
from pathlib import Path

from osia_conformance.reports.exchanges import Record, as_text, inline
from osia_conformance.standard.operations import SCOPES
from osia_conformance.support import files
from osia_conformance.support.text import UNSAFE

LONG = 8192  # bytes; a longer body would drown the command
OWN = frozenset({"host", "content-length", "connection", "user-agent"})  # curl writes these itself
ESCAPED = re.compile(rf"[\t\n\r\\'%]|{UNSAFE.pattern}")
SHORT = {"\t": r"\t", "\n": r"\n", "\r": r"\r", "\\": r"\\", "'": r"\047", "%": "%%", "\x00": r"\\000"}


def curl_line(exchange: Record) -> str:
    """Return the command, on one line, that sends the request of a journal's `exchange` record again.

    Any POSIX shell takes it (control characters are made by `printf`). A binary body, or one of more
    than 8 KiB, is read from `bodies/`, where `write_bodies` puts it.
    """
    request = exchange["request"]
    head = ["-I"] if request["method"] == "HEAD" else ["-i", "-X", quote(request["method"])]
    made = [f"python -m osia_conformance.wire.streaming {request['size']} |"] if "sha256" in request else []
    parts = [*made, "curl", "-sS", *head, "--path-as-is", "--globoff", quote(request["url"])]
    parts += [f"-H {quote(line)}" for line in _headers(exchange)]
    if _asks_for_token(exchange):
        parts.append(f'-H "Authorization: Bearer $({_token(exchange)})"')
    return " ".join([*parts, *_data(request)])


def curl_script(records: Sequence[Record]) -> str:
    """Return the commands of all exchanges among `records`, one a line, in their order.

    The records are a journal's lines, or exchanges that have yet to become some and so lack their `kind`.
    """
    return "\n".join(curl_line(record) for record in records if record.get("kind", "exchange") == "exchange")


def write_bodies(records: Sequence[Record], directory: Path) -> Path:
    """Write those request bodies of the journal that commands read from `bodies/`; return its path."""
    bodies = files.make_directory(directory / "bodies")
    for record in records:
        if record["kind"] != "exchange" or "bodyFile" in record["request"]:
            continue
        data = inline(record["request"])
        path = directory / _file_name(data)
        if not _fits(data) and (path.is_symlink() or not path.exists()):
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


def _bytes(character: str) -> str:
    return "".join(f"\\{byte:03o}" for byte in character.encode("utf-8", "surrogatepass"))


def _headers(exchange: Record) -> list[str]:
    left_out = OWN | ({"authorization"} if _asks_for_token(exchange) else set())
    headers = exchange["request"]["headers"]
    # curl drops a header with a colon and no value; the semicolon sends it empty.
    lines = [f"{name}: {value}" if value else f"{name};" for name, value in headers if name.lower() not in left_out]
    typed = any(name.lower() == "content-type" for name, _ in headers)
    # Without this curl would call the body a form.
    return lines if typed or not exchange["request"]["size"] else [*lines, "Content-Type:"]


def _asks_for_token(exchange: Record) -> bool:
    return exchange["scopes"] is not None


def _token(exchange: Record) -> str:
    command = f"osia-conformance token --scope {_always_quoted(' '.join(exchange['scopes']))}"
    if not set(exchange["scopes"]) <= set(SCOPES):
        command += " --made-up"
    fault = exchange.get("fault")
    return command if fault is None else f"{command} --fault {quote(fault)}"


def _always_quoted(text: str) -> str:
    quoted = quote(text)
    return quoted if quoted.endswith(("'", '"')) else f"'{quoted}'"


def _data(request: Record) -> list[str]:
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
    return ["--data-raw" if data.startswith(b"@") else "--data-binary", quote(data.decode("utf-8"))]


def _fits(data: bytes) -> bool:
    text = as_text(data)
    if len(data) > LONG or b"\x00" in data or text is None:
        return False
    return not text.endswith("\n")


def _file_name(data: bytes) -> str:
    return f"bodies/{hashlib.sha256(data).hexdigest()}"
