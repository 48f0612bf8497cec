"""Secret references and the scrubbing of what they hold: a secret is named, never written down."""

from __future__ import annotations

import base64
import html
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

REDACTED = "[redacted]"
SHORTEST_SECRET = 4
LONGEST_SECRET = 1 << 20
SENSITIVE_WORDS = (
    "authorization",
    "api-key",
    "apikey",
    "token",
    "cookie",
    "secret",
    "password",
    "credential",
)

_MARK = REDACTED.encode()
_CUT = "…"
_SHORTEST_LINE = 16
_SHORTEST_INNER = 8


class ConfigurationError(ValueError):
    """A setting is wrong; its text is one sentence for the user and holds no secret."""


def is_reference(text: str) -> bool:
    """Tell whether `text` names a secret (`env:` or `file:`) instead of being a plain value."""
    return text.startswith(("env:", "file:"))


def is_sensitive(name: str) -> bool:
    """Tell whether a header, query parameter or claim of this name usually holds a secret."""
    plain = name.lower().replace("_", "-")
    return any(word in plain for word in SENSITIVE_WORDS)


@dataclass(frozen=True, slots=True)
class SecretReference:
    """Where a secret lies: `text` is "env:NAME" or "file:PATH"; a relative PATH starts at `base`."""

    text: str
    base: str = ""

    def __post_init__(self) -> None:
        kind, _, name = self.text.partition(":")
        if kind not in {"env", "file"} or not name or "\0" in name or (kind == "env" and "=" in name):
            raise ConfigurationError("a secret must be given as env:NAME or file:PATH, never as the value itself.")

    def __str__(self) -> str:
        return self.text

    def resolve(self, environ: Mapping[str, str] | None = None) -> str:
        """Return the secret as it is now: files are read again at each use, one trailing newline is dropped.

        `environ` stands for the process environment. Raises ConfigurationError if the variable is unset or
        empty, the file is missing, unreadable or not UTF-8 text, or the secret is too short to be redacted.
        """
        kind, _, name = self.text.partition(":")
        if kind == "env":
            secret = (os.environ if environ is None else environ).get(name, "")
            if not secret:
                raise ConfigurationError(f"the environment variable {name} is not set or is empty.")
        else:
            secret = self._content(Path(self.base) / name)
        if len(secret) < SHORTEST_SECRET:
            raise ConfigurationError(
                f"the secret behind {self.text} is shorter than {SHORTEST_SECRET} characters, "
                "too short to be kept out of the reports."
            )
        return secret

    def _content(self, path: Path) -> str:
        try:
            if path.exists() and not path.is_file():
                raise ConfigurationError(f"{self.text} is not a regular file.")
            with path.open("rb") as file:
                content = file.read(LONGEST_SECRET + 1)
            secret = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ConfigurationError(f"the file of {self.text} is not UTF-8 text.") from None
        except OSError as error:
            reason = error.strerror or "it cannot be opened"
            raise ConfigurationError(f"the file of {self.text} cannot be read: {reason}.") from None
        if len(content) > LONGEST_SECRET:
            raise ConfigurationError(f"the file of {self.text} is larger than {LONGEST_SECRET} bytes.")
        secret = secret.removesuffix("\n").removesuffix("\r")
        if not secret:
            raise ConfigurationError(f"the file of {self.text} is empty.")
        return secret


class Redactor:
    """Replaces every secret it was told, in each of its usual spellings, with "[redacted]".

    Spellings are looked up by their first bytes, so that a text without secrets costs one search a group
    however many tokens a long run has seen.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known: set[str] = set()
        self._groups: dict[bytes, set[bytes]] = {}
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Remember `secret`; one under four characters is ignored, since it would blot out plain text."""
        if len(secret) < SHORTEST_SECRET or secret in self._known:
            return
        self._known.add(secret)
        for form in _spellings(secret):
            self._groups.setdefault(form[:SHORTEST_SECRET], set()).add(form)

    def add_basic(self, client: str, secret: str) -> None:
        """Remember the credentials of HTTP Basic, plain or form-encoded (RFC 7617; RFC 6749, 2.3.1)."""
        self.add(secret)
        self.add(f"{client}:{secret}")
        self.add(f"{quote_plus(client)}:{quote_plus(secret)}")

    def text(self, text: str) -> str:
        """Return `text` with every known secret replaced."""
        data = text.encode("utf-8", "surrogatepass")
        clean = self.data(data)
        return text if clean is data else clean.decode("utf-8", "surrogatepass")

    def texts(self, texts: Sequence[str]) -> list[str]:
        """Return the texts with every known secret replaced; they are searched all at once."""
        data = [text.encode("utf-8", "surrogatepass") for text in texts]
        forms = self._found(b"\n".join(data))
        if not forms:
            return list(texts)
        return [_replaced(one, forms).decode("utf-8", "surrogatepass") for one in data]

    def data(self, data: bytes) -> bytes:
        """Return `data` with every known secret replaced; the very same object if there is none."""
        return _replaced(data, self._found(data))

    def shortened(self, text: str) -> str:
        """Return `text` as `text()` does, also where a secret was cut by "…" before it came here."""
        *heads, tail = self.text(text).split(_CUT)
        return _CUT.join([*(self._without_beginning(head) for head in heads), tail])

    def _without_beginning(self, head: str) -> str:
        data = head.encode("utf-8", "surrogatepass")
        starts = (
            at
            for prefix, forms in self._groups.items()
            for at, _ in _occurrences(data, prefix)
            if any(form.startswith(data[at:]) for form in forms)
        )
        first = min(starts, default=None)
        return head if first is None else data[:first].decode("utf-8", "surrogatepass") + REDACTED

    def _found(self, data: bytes) -> list[bytes]:
        groups = list(self._groups.items())
        return [form for prefix, forms in groups if prefix in data for form in tuple(forms) if form in data]


def _replaced(data: bytes, forms: Sequence[bytes]) -> bytes:
    """Return `data` with these spellings replaced; the very same object if none is in it."""
    spans = sorted(span for form in forms for span in _occurrences(data, form))
    if not spans:
        return data
    pieces: list[bytes] = []
    end = 0
    for start, stop in spans:
        if start >= end:
            pieces += (data[end:start], _MARK)
        end = max(end, stop)
    return b"".join([*pieces, data[end:]])


def _occurrences(data: bytes, form: bytes) -> Iterable[tuple[int, int]]:
    at = data.find(form)
    while at >= 0:
        yield at, at + len(form)
        at = data.find(form, at + 1)


def _spellings(secret: str) -> set[bytes]:
    raw = secret.encode("utf-8", "surrogatepass")
    percent = [quote(raw, safe=""), quote(raw), quote_plus(raw)]
    texts = {secret, html.escape(secret), html.escape(secret, quote=False), *_json_forms(secret)}
    # A target that puts what it was sent into a JSON text, and that into another.
    texts |= {again for once in _json_forms(secret) for again in _json_forms(once)}
    texts |= {*percent, *(_lower_escapes(text) for text in percent)}
    forms = {text.encode("utf-8", "surrogatepass") for text in texts}
    forms |= {coded for form in tuple(forms) for coded in _base64_forms(form)}
    lines = [line for line in secret.splitlines() if len(line) >= _SHORTEST_LINE and not line.startswith("-----")]
    forms |= {line.encode("utf-8", "surrogatepass") for line in lines}
    return {form for form in forms if len(form) >= SHORTEST_SECRET}


def _json_forms(text: str) -> set[str]:
    """Return `text` as it stands in a JSON string, with and without the escapes that are optional (RFC 8259, 7)."""
    plain = {json.dumps(text, ensure_ascii=choice)[1:-1] for choice in (True, False)}
    return plain | {form.replace("/", "\\/") for form in plain}


def _lower_escapes(text: str) -> str:
    head, *rest = text.split("%")
    return "%".join([head, *(part[:2].lower() + part[2:] for part in rest)])


def _base64_forms(raw: bytes) -> set[bytes]:
    """Return `raw` in base64, alone and as it stands inside longer base64 at each of the three alignments."""
    forms = {base64.b64encode(raw).rstrip(b"=")}
    for shift in range(3):
        whole = base64.b64encode(bytes(shift) + raw)
        bits = (shift + len(raw)) * 8
        inner = whole[-(-shift * 8 // 6) : bits // 6]
        if len(inner) >= _SHORTEST_INNER:
            forms.add(inner)
    return forms | {form.translate(bytes.maketrans(b"+/", b"-_")) for form in forms}


def resolve_all(
    values: Mapping[str, str | SecretReference], redactor: Redactor, environ: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return header or query values with their references resolved, each secret told to `scrubber`.

    A plain value under a name that usually holds a secret counts as one. Raises ConfigurationError for a
    secret that is missing or has control characters.
    """
    plain: dict[str, str] = {}
    for name, value in values.items():
        text = value.resolve(environ) if isinstance(value, SecretReference) else value
        if isinstance(value, SecretReference) and not text.isprintable():
            raise ConfigurationError(f"the secret behind {value} for {name} holds control characters.")
        if isinstance(value, SecretReference) or is_sensitive(name):
            redactor.add(text)
        plain[name] = text
    return plain
