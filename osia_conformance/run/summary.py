"""The end of a run in the terminal: verdict, operations by outcome, and what to do about each failure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from osia_conformance.support.text import visible

if TYPE_CHECKING:
    from rich.console import RenderableType

COLUMNS = ("passed", "failed", "cantTell", "untested", "inapplicable")
_COLORS = {"conformant": "bold green", "nonconformant": "bold red", "incomplete": "bold yellow"}
_SHOWN = 20


def by_operation(results: Mapping[str, Any]) -> dict[str, Counter[str]]:
    """Return by operationId ("*": all) how many requirements ended in which outcome; `results` is results.json's."""
    table: dict[str, Counter[str]] = {}
    for entry in results["requirements"]:
        for operation in entry["operations"]:
            table.setdefault(operation, Counter())[entry["outcome"]] += 1
    return table


def summary_lines(results: Mapping[str, Any], directory: Path) -> Iterator[RenderableType]:
    """Yield what the terminal shows at the end; nothing of the target's words can steer it."""
    yield from _failures(results)
    yield _table(results)
    yield from _observations(results)
    yield from _verdict(results, directory)


def _failures(results: Mapping[str, Any]) -> Iterator[RenderableType]:
    from rich.text import Text  # noqa: PLC0415 - only a terminal needs it

    failed = [entry for entry in results["requirements"] if entry["outcome"] == "failed"]
    for entry in failed[:_SHOWN]:
        check = next(check for check in entry["checks"] if check["outcome"] == "failed")
        yield Text(f"\n{entry['id']}  {entry['title']}", style="bold red")
        for name, value in (
            ("clause", entry["clause"]),
            ("expected", check["expected"]),
            ("actual", check["actual"]),
            ("check", check["id"]),
        ):
            yield Text(f"  {name:<9}{visible(str(value))}")
        if check["curl"]:
            yield Text(_indented(visible(check["curl"])), style="dim")
    if len(failed) > _SHOWN:
        yield Text(f"\n{len(failed) - _SHOWN} more failures stand in the report.", style="bold red")
    if failed and not results["target"]["embedded"]:
        yield Text("\ncurl lines run in the report's directory; OSIA_CONFIG names the configuration for their tokens.")


def _indented(script: str) -> str:
    return "\n".join(f"    {line}" for line in script.splitlines())


def _table(results: Mapping[str, Any]) -> RenderableType:
    from rich.table import Table  # noqa: PLC0415

    table = Table(title="Requirements by operation and outcome", title_justify="left", box=None, pad_edge=False)
    table.add_column("operation")
    for name in COLUMNS:
        table.add_column(name, justify="right")
    for operation, counts in by_operation(results).items():
        label = "all operations" if operation == "*" else operation
        table.add_row(label, *(str(counts[name]) if counts[name] else "·" for name in COLUMNS))
    return table


def _observations(results: Mapping[str, Any]) -> Iterator[RenderableType]:
    from rich.text import Text  # noqa: PLC0415

    for entry in results["observations"][:_SHOWN]:
        yield Text(visible(f"observed ({entry['ruling']}): {entry['operation']}: {entry['text']}"), style="cyan")
    if len(results["observations"]) > _SHOWN:
        yield Text(f"{len(results['observations']) - _SHOWN} more observations stand in the report.", style="cyan")


def _verdict(results: Mapping[str, Any], directory: Path) -> Iterator[RenderableType]:
    from rich.text import Text  # noqa: PLC0415

    for reason in results["reasons"]:
        yield Text(visible(f"open: {reason}"), style="yellow")
    for entry in results["leftovers"][:_SHOWN]:
        yield Text(visible(f"left on the target: {entry['enrollment']}: {entry['reason']}"), style="yellow")
    if len(results["leftovers"]) > _SHOWN:
        yield Text(f"{len(results['leftovers']) - _SHOWN} more are left there.", style="yellow")
    for waiver in results["waivers"]:
        yield Text(visible(waiver["note"]), style="cyan" if waiver["state"] == "applied" else "bold red")
    must = results["totals"]["must"]
    counts = ", ".join(f"{must[name]} {name}" for name in COLUMNS if must[name])
    yield Text(f"{results['verdict']}", style=_COLORS[results["verdict"]])
    calls = f"{results['exchanges']} exchange{'' if results['exchanges'] == 1 else 's'}"
    yield Text(f"MUST requirements: {counts}; {calls}; interface {results['interfaceVersion']}")
    yield Text(f"report: {directory / 'report.html'}")
