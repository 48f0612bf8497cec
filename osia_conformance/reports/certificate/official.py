"""What `run --official` asks for, so that a certificate can be official."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from osia_conformance.reports.certificate.run_facts import PARTIES


def missing_for_official(
    *,
    url: str | None,
    effort: str,
    selection: bool,
    signature: bool,
    report: Mapping[str, str | None],
    demonstration: bool = False,
) -> str | None:
    """Return one sentence that says what an official certificate still needs, None if nothing is missing.

    `url` is the target's, None where there is none; `selection` says that only a part of the checks, a shard or a
    read-only run is asked for; `signature` that the run is to be signed; `report` is [report] of the configuration,
    by its keys there. The sentence ends with exit 64.
    """
    missing = list(_missing(url, effort, selection, signature, report, demonstration))
    return f"--official: missing: {'; '.join(missing)}." if missing else None


def _missing(
    url: str | None,
    effort: str,
    selection: bool,
    signature: bool,
    report: Mapping[str, str | None],
    demonstration: bool,
) -> Iterator[str]:
    if demonstration or not url:
        yield "a real target (set url in [target] or give --url)"
    elif not url.lower().startswith("https:"):
        yield "TLS (the target's URL must begin with https:)"
    if effort != "thorough":
        yield "the effort thorough (give --effort thorough)"
    if selection:
        yield "the whole suite (leave out what narrows the run)"
    if not signature:
        yield "a signature (give --sign file:KEY)"
    absent = [name for name in PARTIES if not (report.get(name) or report.get(name.replace("-", "_")))]
    if absent:
        yield f"{', '.join(absent)} in [report]"
