"""Secret references and the scrubbing of what they hold: a secret is named, never written down."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote_plus, unquote, unquote_plus, urlsplit
from weakref import WeakSet

from osia_conformance.support.sensitive_names import is_sensitive, is_unlike_a_word
from osia_conformance.support.spellings import (
    CUT_AT_END,
    CUT_WITHIN,
    SHORTEST_SECRET,
    FormGroup,
    common_length,
    occurrences,
    spellings,
    views,
)

REDACTED = "[redacted]"
LONGEST_SECRET = 1 << 20
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")
_MARK = REDACTED.encode()
_CUT = "…"
_SHORTEST_INNER = 8
_REDACTORS: WeakSet[Redactor] = WeakSet()
_SHORTEST_BEGINNING = 5
"""Characters of a secret that was cut by which it is recognised; fewer stand in plain words, too."""


class ConfigurationError(ValueError):
    """A setting is wrong; its text is one sentence for the user and holds no secret."""


def is_reference(text: str) -> bool:
    """Tell whether `text` names a secret (`env:` or `file:`) instead of being a plain value."""
    return text.startswith(("env:", "file:"))


def _may_be_told(kind: str, name: str) -> bool:
    """Tell whether this is a name: with `env:$KEY` in place of `env:KEY` it is the secret, which errors would show."""
    return not any(mark in name for mark in ("-----BEGIN", "\n", "\r")) and (
        kind == "file" or bool(_VARIABLE.fullmatch(name))
    )


@dataclass(frozen=True, slots=True)
class SecretReference:
    """Where a secret lies: `text` is "env:NAME" or "file:PATH"; a relative PATH starts at `base`."""

    text: str
    base: str = ""

    def __post_init__(self) -> None:
        kind, _, name = self.text.partition(":")
        if kind not in {"env", "file"} or not name or "\0" in name or not _may_be_told(kind, name):
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
    however many tokens a long run has seen. Letters count in either case.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known: set[str] = set()
        self._groups: dict[bytes, FormGroup] = {}
        _REDACTORS.add(self)
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Remember `secret`; one under four characters is ignored, since it would blot out plain text."""
        if len(secret) < SHORTEST_SECRET or secret in self._known:
            return
        for form in spellings(secret):
            self._groups.setdefault(form[:SHORTEST_SECRET], FormGroup()).add(form)
        # Last: another thread that finds it known writes on, and every spelling must be looked for by then.
        self._known.add(secret)

    def add_basic(self, client: str, secret: str) -> None:
        """Remember the credentials of HTTP Basic, plain or form-encoded (RFC 7617; RFC 6749, 2.3.1)."""
        self.add(secret)
        self.add(f"{client}:{secret}")
        self.add(f"{quote_plus(client)}:{quote_plus(secret)}")

    def add_url(self, url: str) -> None:
        """Remember the credentials that a URL holds: those before its host, and what its query names as a secret."""
        try:
            parts = urlsplit(url if "://" in url else f"http://{url}")
        except ValueError:
            return
        if parts.password is not None:
            self.add(url)
            self.add(parts.password)
            self.add_basic(unquote(parts.username or ""), unquote(parts.password))
        for name, value in parse_qsl(parts.query):
            if is_sensitive(name):
                self.add(value)
        # What stands there without a name may be a secret as well.
        bare = (unquote_plus(part) for part in parts.query.split("&") if "=" not in part)
        for text in filter(is_unlike_a_word, bare):
            self.add(text)

    def text(self, text: str) -> str:
        """Return `text` with every known secret replaced."""
        data = text.encode("utf-8", "surrogatepass")
        clean = self.data(data)
        return text if clean is data else clean.decode("utf-8", "surrogatepass")

    def texts(self, texts: Sequence[str]) -> list[str]:
        """Return the texts with every known secret replaced; they are searched all at once."""
        joined = "\n".join(texts)
        clean = self.text(joined)
        if clean is joined:
            return list(texts)
        lines = clean.split("\n")
        # Not so with texts of several lines, or where what looks like a secret took a line end with it.
        whole = joined.count("\n") == len(lines) - 1 == len(texts) - 1
        return lines if whole else [self.text(text) for text in texts]

    def value(self, value: Any) -> Any:
        """Return a JSON value with every known secret replaced in its texts and its members' names."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(name): self.value(item) for name, item in value.items()}
        return [self.value(item) for item in value] if isinstance(value, list) else value

    def data(self, data: bytes) -> bytes:
        """Return `data` with every known secret replaced; the very same object if there is none."""
        return _replaced(data, self._spans(data))

    def knows(self, data: bytes) -> bool:
        """Return whether a known secret stands in `data` as it is, or in one of its spellings without further escapes:
        quicker than `data()` for what is long."""
        plain, groups = data.lower(), tuple(self._groups.items())
        return any(form in plain for prefix, forms in groups if prefix in plain for form in forms)

    def beginning(self, data: bytes, most: int) -> bytes:
        """Return the first `most` bytes of `data` without secrets: they are taken out first, and cut then."""
        clean = self.data(data)
        if len(clean) <= most:
            return clean
        part = clean[:most]
        # One that is cut by the end of what came.
        return _replaced(part, self._cut_spans(part, CUT_AT_END))

    def shortened(self, text: str) -> str:
        """Return `text` as `text()` does, also where a secret was cut before it came here: at its end, before a
        quotation mark, a bracket, "…" or "..."."""
        begun, *after_cuts = self.text(text).split(_CUT)
        whole = _CUT.join([begun, *map(self._without_end, after_cuts)])
        data = whole.encode("utf-8", "surrogatepass")
        return _replaced(data, self._cut_spans(data, CUT_WITHIN)).decode("utf-8", "surrogatepass")

    def _without_end(self, piece: str) -> str:
        """Return what follows a "…" without the rest of a secret that it may begin with."""
        data = piece.encode("utf-8", "surrogatepass")
        plain = data.lower()
        start = plain[:_SHORTEST_INNER]
        forms = [form for group in tuple(self._groups.values()) for form in group if start in form]
        if len(start) < _SHORTEST_INNER or not forms:
            return piece
        length = max(end for end in range(_SHORTEST_INNER, len(data) + 1) if any(plain[:end] in form for form in forms))
        return REDACTED + data[length:].decode("utf-8", "ignore")

    def _cut_spans(self, data: bytes, end: re.Pattern[bytes]) -> list[tuple[int, int]]:
        """Return where only the beginning of a secret stands in `data`, with one of these ends behind it."""
        return [
            view.span(at, at + length)
            for view in views(data)
            for prefix, forms in tuple(self._groups.items())
            for at, _ in occurrences(view.data, prefix)
            for length in {common_length(form, view.data, at) for form in forms}
            if (found := end.match(view.data, at + length)) and length >= _least(found)
        ]

    def _spans(self, data: bytes) -> list[tuple[int, int]]:
        """Return where in `data` secrets stand, whatever their spelling."""
        # Copied in one step, as elsewhere here: other threads add to it meanwhile.
        groups = tuple(self._groups.items())
        if not groups:
            return []
        return [
            view.span(start, stop)
            for view in views(data)
            for prefix, forms in groups
            if prefix in view.data
            for start, stop in forms.found_in(view.data, prefix)
        ]


def _least(end: re.Match[bytes]) -> int:
    """Return how much of a secret must stand before such an end: before "…" less than before what ends words, too."""
    return SHORTEST_SECRET if end[0].endswith(_CUT.encode()) else _SHORTEST_BEGINNING


def _replaced(data: bytes, spans: Sequence[tuple[int, int]]) -> bytes:
    """Return `data` with these parts replaced; the very same object if there is none."""
    if not spans:
        return data
    pieces: list[bytes] = []
    end = 0
    for start, stop in sorted(spans):
        if start >= end:
            pieces += (data[end:start], _MARK)
        end = max(end, stop)
    return b"".join([*pieces, data[end:]])


def without_known_secrets(text: str) -> str:
    """Return `text` without the secrets of every redactor that this process still has: for words about a crash."""
    for redactor in tuple(_REDACTORS):
        text = redactor.shortened(text)
    return text


def add_proxies(redactor: Redactor, setting: str, environ: Mapping[str, str] | None = None) -> None:
    """Tell `redactor` the credentials of the proxies that `setting` asks for: "none", "env" or a URL."""
    if setting != "env":
        redactor.add_url(setting)
        return
    for name, value in (os.environ if environ is None else environ).items():
        if name.lower() in {"http_proxy", "https_proxy", "all_proxy"}:
            redactor.add_url(value)


def resolve_all(
    values: Mapping[str, str | SecretReference], redactor: Redactor, environ: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return header or query values with their references resolved, each secret told to `redactor`.

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
