"""`repro/`: for each failed requirement a script that sends its requests again, as often as one likes.

The ids of records and transactions are fresh each time, what the script makes it deletes at its end, and tokens come
from the configuration or from variables; without one the script stops and says so.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from osia_conformance.reports.curl import Spelling, asks_for_token, curl_line, quote, token_command
from osia_conformance.reports.exchanges import Evidence, Record, gather
from osia_conformance.reports.headline import failed
from osia_conformance.reports.record_names import UUID, RecordNames, record_of
from osia_conformance.standard.operations import by_id
from osia_conformance.support import files
from osia_conformance.support.text import one_line
from osia_conformance.verdict.report_files import REPRO

_TRANSACTION = re.compile(r"[?&]transactionId=([^&#]+)")
_LIMIT = 500
_FUNCTIONS = r"""set -eu
cd "$(dirname "$0")/.."
[ -d bodies ] || cd ..

fresh() { cat /proc/sys/kernel/random/uuid 2>/dev/null || uuidgen | tr 'A-F' 'a-f'; }
token() {
  osia-conformance token "$@" && return
  echo "No token: let OSIA_CONFIG name the configuration, or set TOKEN_1 (TOKEN_2, ...) to tokens of your own." >&2
  return 1
}"""


@dataclass(frozen=True, slots=True)
class _Names:
    """What stands for ids and tokens in a script: shell words by the text that was sent, variables by token command."""

    records: Mapping[str, str]
    transactions: frozenset[str]
    tokens: Mapping[str, str]

    def quote(self, text: str) -> str:
        """Return a text as one word of the shell, with variables where ids were."""
        known = [*self.records, *self.transactions]
        if not known:
            return quote(text)
        pieces = re.split("(" + "|".join(re.escape(one) for one in sorted(known, key=len, reverse=True)) + ")", text)
        return "".join(self._word(piece) for piece in pieces if piece)

    def token(self, exchange: Record) -> str:
        """Return the variable that holds a request's token."""
        return f"${self.tokens[token_command(exchange)]}"

    def _word(self, piece: str) -> str:
        if piece in self.records:
            return f'"${self.records[piece]}"'
        return '"$(fresh)"' if piece in self.transactions else quote(piece)


def write(results: Record, records: Sequence[Record], directory: Path) -> Path:
    """Write a script for each failed requirement to `repro/` under `directory`, in place of what is there.

    Returns its path; nothing is written where nothing failed, or where the target is gone with the run.
    """
    place = directory / REPRO
    entries = [] if results["target"].get("embedded") else failed(results)
    evidence = gather(records, directory)
    scripts = {f"{entry['id']}.sh": script(entry, evidence) for entry in entries}
    kept = {name: text for name, text in scripts.items() if text}
    if not kept:
        shutil.rmtree(place, ignore_errors=True)
        return place
    with files.new_directory(place) as folder:
        for name, text in kept.items():
            with files.create(name, folder) as file:
                file.write(text.encode("utf-8"))
    return place


def script(entry: Record, evidence: Evidence) -> str:
    """Return the script of a failed requirement's first failed check; "" if its exchanges are not kept."""
    check: Record = next((one for one in entry["checks"] if one["outcome"] == "failed"), {})
    exchanges = _up_to(check.get("decisive"), [evidence.exchanges[name] for name in _known(check, evidence)])
    if not exchanges:
        return ""
    names = _names(exchanges)
    spelling = Spelling(names.quote, names.token)
    lines = [f"{curl_line(exchange, spelling)}\necho" for exchange in exchanges]
    parts = [_head(entry, check), _FUNCTIONS, _variables(names), _closing(exchanges, names), *lines]
    return "\n\n".join(part for part in parts if part) + "\n"


def _known(check: Record, evidence: Evidence) -> list[str]:
    return [name for name in check.get("evidence", ()) if name in evidence.exchanges]


def _up_to(decisive: str | None, exchanges: Sequence[Record]) -> Sequence[Record]:
    """Return the exchanges up to the one that decided: the script ends with the answer that is the finding."""
    places = [place for place, exchange in enumerate(exchanges) if exchange["id"] == decisive]
    return exchanges[: places[0] + 1] if places else exchanges


def _head(entry: Record, check: Record) -> str:
    said = f"expected {check['expected']}; {check['actual']}" if check.get("expected") else check.get("reason")
    lines = (f"{entry['id']}: {entry['title']}", f"Found: {said}", f"What to do: {entry.get('fix') or entry['clause']}")
    return "\n".join(["#!/usr/bin/env bash", *(f"# {one_line(line, _LIMIT)}" for line in lines)])


def _names(exchanges: Sequence[Record]) -> _Names:
    found = (_TRANSACTION.search(str(exchange["request"]["url"])) for exchange in exchanges)
    transactions = frozenset(match[1] for match in found if match and UUID.fullmatch(match[1]))
    commands = dict.fromkeys(token_command(exchange) for exchange in exchanges if asks_for_token(exchange))
    records = {whole: f"ID_{name}" for whole, name in RecordNames(exchanges).names.items()}
    tokens = {command: f"TOKEN_{place}" for place, command in enumerate(commands, start=1)}
    return _Names(records, transactions, _with_deletion(tokens, exchanges))


def _with_deletion(tokens: Mapping[str, str], exchanges: Sequence[Record]) -> dict[str, str]:
    """Return the tokens with the one that deletes, which a check may not have sent."""
    command = next((token_command(one) for one in _deletions(exchanges).values() if asks_for_token(one)), None)
    missing = {} if command is None or command in tokens else {command: f"TOKEN_{len(tokens) + 1}"}
    return {**tokens, **missing}


def _deletions(exchanges: Sequence[Record]) -> dict[str, Record]:
    """Return by record the request that deletes what was made under its id."""
    operations = by_id()
    found: dict[str, Record] = {}
    for exchange in exchanges:
        made, record = operations.get(exchange["operation"]), record_of(exchange)
        if made is None or record is None or exchange["request"]["method"] != "POST":
            continue
        operation = next((one for one in operations.values() if (one.method, one.path) == ("DELETE", made.path)), None)
        if operation is not None:
            request = {"method": "DELETE", "url": exchange["request"]["url"], "headers": [], "size": 0}
            scopes = None if exchange["scopes"] is None else [operation.scope]
            found[record] = {"request": request, "scopes": scopes, "fault": None, "operation": operation.id}
    return found


def _variables(names: _Names) -> str:
    lines = []
    for whole, name in names.records.items():
        # An id of another form follows what the server takes; a second run needs another one.
        default = "$(fresh)" if UUID.fullmatch(whole) else quote(whole)
        lines.append(f"{name}=${{{name}:-{default}}}")
    for command, name in names.tokens.items():
        arguments = command.removeprefix("osia-conformance ")
        lines.append(f'[ -n "${{{name}:-}}" ] || {name}="$({arguments})" || exit 1')
    return "\n".join(lines)


def _closing(exchanges: Sequence[Record], names: _Names) -> str:
    """Return what deletes, at the end, all that the script may have made."""
    spelling = Spelling(names.quote, names.token)
    lines = [
        f"  {curl_line(one, spelling).replace(' -i ', ' -o /dev/null ', 1)} || true"
        for record, one in _deletions(exchanges).items()
        if record in names.records
    ]
    return "\n".join(["clean() {", *lines, "}", "trap clean EXIT"]) if lines else ""
