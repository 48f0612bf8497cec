"""The journal's header: what a run was told, and what it judges with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from osia_conformance.config.shard import shard_of
from osia_conformance.standard import provenance
from osia_conformance.support.clock import now
from osia_conformance.support.secrets import ConfigurationError, Redactor
from osia_conformance.verdict.derivation import tool

if TYPE_CHECKING:
    from osia_conformance.checks.vendor_spec.spec import VendorSpec
    from osia_conformance.target.session import Run


def header_of(run: Run, redactor: Redactor, spec: VendorSpec | None, *, selection: bool) -> dict[str, Any]:
    """Return the members of the header; words of the configuration are in it without secrets.

    Raises ConfigurationError for a URL that holds a secret: without it, it would name another target.
    """
    settings = run.settings
    if redactor.text(run.url) != run.url:
        raise ConfigurationError(
            "target.url: it holds a secret of this configuration, and every report names it; "
            "give the secret in [target.headers] or [target.query]."
        )
    record, shard = redactor.value(settings.as_record()), shard_of(settings.shard)
    return {
        "schemaVersion": "1.0",
        "runId": run.id,
        "tool": tool(),
        "product": record.get("product", {}),
        "demonstration": settings.demonstration,
        **({"report": report} if (report := record.get("report")) else {}),
        "interfaceVersion": run.version,
        "sources": provenance.digests(run.version),
        **({"spec": {**spec.as_record(), "name": redactor.text(spec.name)}} if spec is not None else {}),
        "target": {"url": run.url, "embedded": run.embedded},
        "seed": run.seed,
        "effort": run.effort,
        "workers": run.workers,
        "started": now(),
        "selection": selection or bool(settings.target.read_only),
        "configuration": record,
        "environment": provenance.environment(),
        **({"shard": shard.as_record()} if shard else {}),
    }
