"""`evidence.har`: every exchange of the run as HTTP Archive 1.2, for browsers' tools and proxies to open.

Members of our own begin with an underscore, as the format asks: `_exchange`, `_check` and `_operation` name
the journal's ids, `_scopes` and `_fault` are the token's, `_error` says why no answer came, `_bodyFile` names
the file of a body of more than 256 KiB.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from osia_conformance.reports.exchanges import Evidence, Record, as_text, gather, header, milliseconds
from osia_conformance.support import files
from osia_conformance.verdict.report_files import HAR

WHOLE = 256 * 1024  # bytes; longer bodies stay in their files

PHRASES = {status.value: status.phrase for status in HTTPStatus}

Members = dict[str, Any]


def write(results: Record, records: Sequence[Record], directory: Path) -> Path:
    """Write the journal's exchanges to `evidence.har` under `directory` and return its path."""
    evidence = gather(records, directory)
    creator = {"name": results["tool"]["name"], "version": results["tool"]["version"]}
    return files.write(directory / HAR, _archive(creator, evidence))


def _archive(creator: Members, evidence: Evidence) -> Iterator[str | bytes]:
    # Entry by entry: a thorough run's evidence need not fit into memory twice.
    yield '{"log": {"version": "1.2", "creator": '
    yield files.as_json_line(creator)
    yield ', "pages": [], "entries": ['
    separator = "\n"
    for exchange in evidence.exchanges.values():
        yield separator
        yield files.as_json_line(_entry(exchange, evidence))
        separator = ",\n"
    yield "\n]}}\n"


def _entry(exchange: Record, evidence: Evidence) -> Members:
    took = milliseconds(exchange)
    return {
        "startedDateTime": exchange["started"],
        "time": took,
        "request": _request(exchange["request"], evidence),
        "response": _response(exchange["response"], exchange["error"], evidence),
        "cache": {},
        "timings": {"send": 0, "wait": took, "receive": 0},
        "_exchange": exchange["id"],
        "_check": exchange["check"],
        "_operation": exchange["operation"],
        "_scopes": exchange["scopes"],
        "_fault": exchange.get("fault"),
        "_withheld": exchange["withheld"],
    }


def _request(request: Record, evidence: Evidence) -> Members:
    query = request["url"].partition("#")[0].partition("?")[2]
    entry: Members = {
        "method": request["method"],
        "url": request["url"],
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(request),
        "queryString": [{"name": name, "value": value} for name, value in parse_qsl(query, keep_blank_values=True)],
        "headersSize": -1,
        "bodySize": request["size"],
    }
    if request["size"]:
        body = _body(request, evidence, encoding="_encoding")
        entry["postData"] = {"mimeType": header(request, "content-type"), "params": [], **body}
    return entry


def _response(response: Record | None, error: str | None, evidence: Evidence) -> Members:
    if response is None:
        content: Members = {"size": 0, "mimeType": "x-unknown"}
        return {
            **_status(0, ""),
            "headers": [],
            "content": content,
            "bodySize": -1,
            "_error": error or "no answer",
        }
    content = {"size": response["size"], "mimeType": header(response, "content-type") or "x-unknown"}
    entry = {
        **_status(response["status"], header(response, "location")),
        "headers": _headers(response),
        "content": content | (_body(response, evidence, encoding="encoding") if response["size"] else {}),
        "bodySize": response["size"],
    }
    return entry | ({"_truncated": True} if response["truncated"] else {})


def _status(status: int, redirect: str) -> Members:
    return {
        "status": status,
        "statusText": PHRASES.get(status, ""),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "redirectURL": redirect,
        "headersSize": -1,
    }


def _headers(message: Record) -> list[Members]:
    return [{"name": name, "value": value} for name, value in message["headers"]]


def _body(message: Record, evidence: Evidence, *, encoding: str) -> Members:
    kept = {"_bodyFile": message["bodyFile"]} if "bodyFile" in message else {}
    if message["size"] > WHOLE:
        return kept
    data = evidence.body(message)
    if data is None:
        return {**kept, "comment": "The body's file is missing."}
    text = as_text(data)
    if text is None:
        return {"text": base64.b64encode(data).decode("ascii"), encoding: "base64"}
    return {"text": text}
