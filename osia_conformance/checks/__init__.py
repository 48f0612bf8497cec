"""What a check imports: its marks, its judgements, and words for what a server answers.

A check imports from here, and what is peculiar to enrollments from `osia_conformance.checks.enrollment`; from nowhere
else in the package. `_NAMES` says where each name is defined.
"""

from osia_conformance.support.lazy_names import lazy_names

_NAMES = {
    ".marks": "last long min_effort opt_in requirement versions",
    ".accessors": "expect_list expect_member expect_object list_at member object_at",
    ".assertions": "expect expect_holds expect_json expect_refusal expect_status expect_unchanged listed"
    " require_refused",
    ".generation.answers": "ANY_BUT_5XX documented_codes expect_documented_body",
    ".generation.examples": "Examples",
    ".generation.given": "derived_seed given hypothesis_settings",
    "osia_conformance.target.outcome_errors": "CannotTell Inapplicable Untested Violation WrongStatus cannot_tell",
    "osia_conformance.target.statuses": (
        "BAD_REQUEST NOT_AUTHORIZED REFUSED SUCCESS documented_success one_of precondition status_phrase"
    ),
    "osia_conformance.target.request": "json_body",
    "osia_conformance.target.privacy": "WITHHELD",
    "osia_conformance.target.response": "NotJson",
    "osia_conformance.auth": "MISDIRECTED NO_BEARER UNSIGNED WRONGLY_SIGNED Fault",
    "osia_conformance.standard.operations": "SCOPES by_code",
    "osia_conformance.support.compare": "differences format_value",
    "osia_conformance.support.ids": "is_uuid",
    "osia_conformance.support.json_words": "show",
    "osia_conformance.wire.headers": "header",
    "osia_conformance.wire.status_codes": "INCONCLUSIVE",
    "osia_conformance.wire.streaming": "Download Upload",
}

__all__, __getattr__ = lazy_names(__name__, _NAMES)
