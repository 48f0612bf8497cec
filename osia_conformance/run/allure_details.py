"""What `pytest suites --alluredir DIR` says of a check: title, labels, parameters and the exchange that decided.

allure-pytest writes results of its own from pytest's reports; its plugin manager takes what stands here to the result
of the test that runs.
"""

# mypy: untyped-calls-exclude="allure_commons"

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import allure_commons

from osia_conformance.reports.allure import BOUND, labels_of, parameters_of
from osia_conformance.reports.cases import group
from osia_conformance.reports.exchanges import Evidence, Record, as_text
from osia_conformance.reports.findings import case_name
from osia_conformance.support.files import root
from osia_conformance.support.text import one_line, visible

if TYPE_CHECKING:
    from osia_conformance.run.execution import Check, CheckResult
    from osia_conformance.standard.register import Requirement
    from osia_conformance.target.session import Run

LINK = "requirement"
"""The type of the links; `--allure-link-pattern=requirement:https://.../{}` says where they lead."""
_TEXT = "text/plain"
"""Never the target's own media type: Allure would run an answer that calls itself HTML."""


def describe_check(
    check: Check, requirement: Requirement, result: CheckResult, run: Run, *, is_linked: bool = False
) -> None:
    """Say what a judged check is, and show the exchange that decided; `is_linked`: somebody said where links lead."""
    hook, record = allure_commons.plugin_manager.hook, requirement.as_record()
    hook.add_title(test_title=_title(record, check.id))
    for name, value in labels_of(record, check.operation, run.version, group(requirement.id)).items():
        hook.add_label(label_type=name, labels=[one_line(value)])
    for name, value in parameters_of(record, check.id, result.outcome).items():
        if value:
            hook.add_parameter(name=name, value=one_line(value), excluded=True, mode=None)
    if is_linked:
        hook.add_link(url=requirement.id, link_type=LINK, name=requirement.id)
    if result.exchange is not None:
        text = _transcript(result.exchange, Path(run.directory))
        hook.attach_data(body=text, name="decisive exchange", attachment_type=_TEXT, extension="txt")


def _title(requirement: Record, check: str) -> str:
    return one_line(f"{requirement['id']} {requirement['title']}: {case_name(check)}")


def _transcript(exchange: Record, directory: Path) -> str:
    """Return an exchange as it reads on the wire, request and response."""
    request, response = exchange["request"], exchange["response"]
    parts = [_message(f"{request['method']} {request['url']}", request, directory)]
    parts += [_message(str(response["status"]), response, directory)] if response else [f"({exchange['error']})"]
    return visible("\n\n".join(parts))


def _message(first_line: str, message: Record, directory: Path) -> str:
    lines = [first_line, *(f"{name}: {value}" for name, value in message["headers"])]
    return "\n".join([*lines, *_body(message, directory)])


def _body(message: Record, directory: Path) -> list[str]:
    data = Evidence({}, {}, root(directory)).body(message, BOUND)
    if not data:
        return []
    cut = message["size"] > len(data)
    text = as_text(data, cut=cut)
    shown = f"({len(data)} bytes that are no text)" if text is None else text
    return ["", shown, *([f"(cut: {message['size']} bytes in all)"] if cut else [])]
