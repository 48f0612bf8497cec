"""Exchanges as `report.html` shows them: in one line, and with their messages where they are evidence of a finding."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from osia_conformance.reports import body_difference
from osia_conformance.reports.body_difference import Places
from osia_conformance.reports.exchanges import Evidence, Record, as_text, milliseconds
from osia_conformance.reports.pretty_json import Line
from osia_conformance.reports.record_names import RecordNames

BOUND = 8 * 1024
"""Bytes of a body that are shown."""

SIGNS = {"": "  ", "changed": "≠ ", "missing": "- ", "new": "+ ", "gap": "  "}

WIDEST = 160
"""Characters of a line that is not set out as JSON; a longer one goes on below, so that an excerpt can be short."""

MOST_LINES = 200
"""Lines of a body that are shown."""

Shown = dict[str, Any]


class ShownExchanges:
    """Shows exchanges of a run. `url` is the target's, which stands on the report's first screen."""

    def __init__(self, evidence: Evidence, url: str) -> None:
        self._evidence = evidence
        self._url = url

    def found(self, ids: Sequence[str]) -> list[Record]:
        """Return the exchanges of these ids that the journal has."""
        return [self._evidence.exchanges[name] for name in ids if name in self._evidence.exchanges]

    def in_a_line(self, exchange: Record, names: RecordNames) -> Shown:
        """Return what stands on the line of an exchange."""
        request, response = exchange["request"], exchange["response"]
        return {
            "id": exchange["id"],
            "method": request["method"],
            "path": names.segments(str(request["url"]).removeprefix(self._url)),
            "status": str(response["status"]) if response else "no answer",
            "started": exchange["started"],
            "error": exchange["error"],
            "took": f"{milliseconds(exchange):.0f}" if response else "",
            "withheld": exchange["withheld"],
            "messages": [],
            "judged": False,
        }

    def whole(self, exchange: Record, names: RecordNames) -> Shown:
        """Return an exchange with its messages, folded."""
        request, response = exchange["request"], exchange["response"]
        sides = [("Request", request), *([("Response", response)] if response else [])]
        messages = [self._message(name, message, names) for name, message in sides]
        return {**self.in_a_line(exchange, names), "messages": messages}

    def decisive(
        self, exchange: Record, names: RecordNames, places: Places, earlier: Sequence[Record], actual: str
    ) -> Shown:
        """Return the exchange that decided, its answer marked at `places`; `earlier` ones say what was sent.

        The status is marked where `actual`, what the check says of it, names it.
        """
        request, response = exchange["request"], exchange["response"]
        messages = [self._message("Request", request, names, opened=True)]
        if response:
            sent = [self.value(one["request"]) for one in reversed(earlier) if one["request"]["size"]]
            messages.append(self._message("Response", response, names, places, sent, opened=True))
        return {**self.in_a_line(exchange, names), "messages": messages, "judged": _is_named(response, actual)}

    def is_json(self, message: Record | None) -> bool:
        """Return whether the body of an answer can be shown as JSON."""
        return bool(message and message["size"]) and self.value(message) is not body_difference.NOT_JSON

    def value(self, message: Record | None) -> Any:
        """Return the JSON value of a body, NOT_JSON if it is none or more than is shown."""
        data = self._evidence.body(message, BOUND + 1) if message else None
        text = None if data is None or len(data) > BOUND else as_text(data)
        return body_difference.NOT_JSON if text is None else body_difference.parsed(text)

    def _message(
        self,
        name: str,
        message: Record,
        names: RecordNames,
        places: Places | None = None,
        sent: Sequence[Any] = (),
        *,
        opened: bool = False,
    ) -> Shown:
        data = self._evidence.body(message, BOUND)
        text = None if data is None else as_text(data, cut=message["size"] > BOUND)
        whole = message["size"] <= BOUND
        lines = body_difference.body_lines(text, places or Places(), sent) if text and whole else None
        laid_out = lines is not None
        if lines is None:
            plain = _plain_lines(text or "")
            lines = body_difference.unexpected(plain) if places and places.unexpected else plain
        extract = body_difference.excerpt(lines) if opened else []
        return {
            "name": name,
            "headers": message["headers"],
            "size": message["size"],
            "note": _note(message, data, text),
            "apart": laid_out,
            "length": len(lines),
            "excerpt": shown_lines(extract, names, apart=laid_out),
            "lines": [] if len(extract) == len(lines) else shown_lines(lines[:MOST_LINES], names),
        }


def _plain_lines(text: str) -> list[Line]:
    """Return the lines of a text as it came, long ones in pieces."""
    pieces = ((line[at : at + WIDEST] for at in range(0, len(line) or 1, WIDEST)) for line in text.splitlines())
    return [Line(piece) for line in pieces for piece in line]


def _is_named(response: Record | None, actual: str) -> bool:
    return response is None or re.search(rf"\b{response['status']}\b", actual) is not None


def shown_lines(lines: Sequence[Line], names: RecordNames, *, apart: bool = False) -> list[Mapping[str, Any]]:
    """Return lines of a body as the template sets them: lines that are as they should be in one piece.

    With `apart`, each line is a piece, so that one that is too long for the screen goes on with an indent.
    A sign stands before what differs, so that it is told without its colour.
    """
    shown: list[Mapping[str, Any]] = []
    for kind, group in groupby(lines, key=lambda line: line.kind):
        alike = list(group)
        pieces = [alike] if kind == "" and not apart else [[line] for line in alike]
        shown += [_piece(kind, piece, names) for piece in pieces]
    return shown


def _piece(kind: str, lines: Sequence[Line], names: RecordNames) -> Mapping[str, Any]:
    text = "\n".join(f"{SIGNS[kind]}{line.text.rstrip()}" for line in lines)
    return {"parts": names.segments(text), "kind": kind, "note": lines[0].note}


def _note(message: Record, data: bytes | None, text: str | None) -> str:
    if data is None:
        return "The body's file is missing."
    if text is None:
        return f"{message['size']:,} bytes that are no text; they are in evidence.har or in bodies/."
    if message["size"] > BOUND:
        return f"The first {BOUND:,} of {message['size']:,} bytes."
    return ""
