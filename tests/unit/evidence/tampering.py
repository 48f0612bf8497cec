"""Every tampering that is tried on a signed report, and what must stand in the sentence that answers it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from osia_conformance.evidence.files import ATTESTATION
from tests.unit.evidence import changes
from tests.unit.evidence.cases import Case

EACH: tuple[Callable[[Path], None], ...] = (
    changes.change,
    changes.lengthen,
    changes.truncate,
    changes.cut_the_last_byte,
    changes.empty,
    changes.remove,
    changes.rename,
)
"""What is done to each file in turn."""

ADDED_LATER = "it was not signed, so it was added later"
NOT_SIGNED = "it is not the file that was signed: its SHA-256 is"

WHOLE: dict[str, tuple[Callable[[Case], None], str]] = {
    "a file is added": (changes.add("notes.txt"), f"notes.txt: {ADDED_LATER}"),
    "an empty file is added": (changes.add("empty", b""), f"empty: {ADDED_LATER}"),
    "a hidden file is added": (changes.add(".hidden"), f".hidden: {ADDED_LATER}"),
    "a body is added": (changes.add(f"bodies/{'0' * 64}"), f"bodies/{'0' * 64}: {ADDED_LATER}"),
    "a file is added in a new directory": (changes.add("more/report.html"), f"more/report.html: {ADDED_LATER}"),
    "a second signature is added elsewhere": (
        changes.add(f"bodies/{ATTESTATION}"),
        f"bodies/{ATTESTATION}: {ADDED_LATER}",
    ),
    "a file becomes a link to its copy elsewhere": (changes.link_outside, "report.html: it is no regular file"),
    "a directory becomes a link to its copy": (changes.link_a_directory, "bodies: it is no regular file"),
    "the journal is that of another run": (changes.other_journal, f"journal.jsonl: {NOT_SIGNED}"),
    "all files are those of another run": (changes.whole_other_report, f"journal.jsonl: {NOT_SIGNED}"),
    "the results are edited consistently in all formats": (changes.edit_results, f"results.json: {NOT_SIGNED}"),
    "the same, and signed again with the right key": (
        changes.edit_results_and_sign,
        'results.json: verdict is "conformant", and the journal gives "nonconformant"',
    ),
    "one word of a result is edited, and signed again with the right key": (
        changes.edit_one_outcome_and_sign,
        'results.json: requirements[ENR-READ-01].checks[test_read[ENR-READ-01]].actual is "204", '
        "and the journal gives null",
    ),
    "only the page for people is edited, and signed again with the right key": (
        changes.edit_a_page_and_sign,
        "report.html: it is not what the journal gives; `osia-conformance report DIR` makes it",
    ),
    "only the signed predicates are edited, with the right key": (
        changes.edit_predicates_and_sign,
        f"{ATTESTATION}: the predicate https://in-toto.io/attestation/test-result/v0.1 is signed, "
        'but result is "PASSED", and the journal gives "FAILED"',
    ),
    "the journal is edited": (changes.edit_journal, f"journal.jsonl: {NOT_SIGNED}"),
    "the journal is edited and all formats made from it": (
        changes.edit_journal_and_reports,
        f"journal.jsonl: {NOT_SIGNED}",
    ),
    "the same, and signed with another key": (
        changes.edit_everything_and_sign_as_a_stranger,
        f"{ATTESTATION}: line 1 does not verify with the key ",
    ),
    "the untouched report is signed with another key": (
        changes.sign_as_a_stranger,
        "it was signed with another key (",
    ),
    "the same, under the right key's id": (
        changes.claim_the_key,
        "its signature does not hold for what it says, so it was changed",
    ),
    "the signature is that of another run": (changes.take_the_other_signature, f"journal.jsonl: {NOT_SIGNED}"),
    "one statement is that of another run": (
        changes.mix_signatures,
        f"{ATTESTATION}: its two statements are not over the same files",
    ),
    "the payload is that of another run": (
        changes.change_the_payload,
        "its signature does not hold for what it says, so it was changed",
    ),
    "the verdict's statement is dropped": (changes.drop_the_verdict, f"{ATTESTATION}: it must hold two whole lines"),
    "the test result stands twice, the verdict not at all": (
        changes.repeat_the_test_result,
        f"{ATTESTATION}: it does not state a test result, then a verdict",
    ),
    "a member is added beside what is signed": (
        changes.add_a_member,
        f"{ATTESTATION}: line 1 is not an envelope as the suite writes it, so it was changed",
    ),
    "the signatures are taken out": (changes.sign_nothing, ": nobody signed it"),
    "an exchange is taken out of journal and formats, and signed with the right key": (
        changes.drop_an_exchange_and_sign,
        "journal.jsonl: ENR-READ-01 rests on exchange main.1, which it lacks",
    ),
    "a body is taken out, and signed with the right key": (
        changes.drop_a_body_and_sign,
        ": the journal names it and it is missing",
    ),
    "a body is edited, and signed with the right key": (
        changes.edit_a_body_and_sign,
        ": its content is not the one its name gives: its SHA-256 is ",
    ),
    "the journal's footer is taken out, and signed with the right key": (
        changes.drop_the_footer_and_sign,
        "results.json: reasons is a list of 2, and the journal gives a list of 3",
    ),
    "the journal's header is taken out, and signed with the right key": (
        changes.drop_the_header_and_sign,
        "journal.jsonl: it does not begin with a header, so nothing is known about its run",
    ),
}
"""What is done to the whole, by name, and a part of the first sentence that answers."""
