"""transactionId: required on every operation, and any string."""

import pytest

from osia_conformance.checks import (
    BAD_REQUEST,
    REFUSED,
    SUCCESS,
    Violation,
    expect_status,
    precondition,
    requirement,
    status_phrase,
)
from osia_conformance.checks.enrollment import OPERATION_CODES, buffer_id, refusal_of, send_operation

OPERATIONS = pytest.mark.parametrize("operation", OPERATION_CODES)
FORMS = {"spaces": "desk 4 / {0} / noon", "non-ascii": "Schalter {0} é ñ 窓口", "200-characters": "{0:-<200}"}
IN_ORDER = ("CREATE", "READ", "UPDATE", "PATCH", "BUFWRITE", "BUFREAD", "FIND", "FINALIZE", "DELETE")
"""Each operation once, all but the last on one enrollment."""


@requirement("ENR-TXN-01-{operation}")
@OPERATIONS
def test_without_a_transaction_id_the_call_is_refused(enrollments, operation):
    response = refusal_of(enrollments, operation, "no-transaction-id")
    expect_status(response, BAD_REQUEST, sent="a call without transactionId")


def answered_in_order(enrollments, form):
    """Send each operation with this form of transactionId; where that is refused, with a plain one and once more.

    Returns the answers to the odd one by operation, and that to a plain one; None where it was not needed.
    """
    enrollment, buffers, found = enrollments.new(), ["no-buffer"], {}
    for code in IN_ORDER:
        # A server may keep what is finalized from being deleted (RUL-AFTER-FINALIZED).
        enrollment = enrollments.created() if code == "DELETE" else enrollment
        odd, plain = FORMS[form].format(f"{code}-{enrollment.id}"), None
        odd_answers = [send_operation(code, enrollment, enrollments, buffer=buffers[0], transaction=odd)]
        if odd_answers[0].status in REFUSED:
            # What was refused may have been done all the same, which is judged elsewhere.
            again = {"CREATE": enrollments.new, "FINALIZE": enrollments.created, "DELETE": enrollments.created}
            made = again.get(code, lambda same=enrollment: same)
            enrollment = made()
            plain = send_operation(code, enrollment, enrollments, buffer=buffers[0])
            if plain.status in SUCCESS:
                # Another fault may have been in the way of the first.
                odd_answers += [send_operation(code, made(), enrollments, buffer=buffers[0], transaction=odd)]
        if code == "BUFWRITE":
            buffers = [*buffer_id(plain or odd_answers[0]), *buffers]
        found[code] = odd_answers, plain
    return found


def both_answers(enrollments, once, form, operation):
    """Return the answers to an odd transactionId, and that to a plain one; checks of all operations share them."""

    def is_kept(found):
        # A second 500 must come from the target.
        return all(response.status != 500 for answers, _ in found.values() for response in answers)

    [found] = once(f"transactionId of {form}", lambda: iter([answered_in_order(enrollments, form)]), keep=is_kept)
    return found[operation]


@requirement("ENR-TXN-03-{operation}")
@pytest.mark.parametrize("form", FORMS)
@OPERATIONS
def test_any_string_is_a_transaction_id(enrollments, once, observe, form, operation):
    answers, plain = both_answers(enrollments, once, form, operation)
    first, response = answers[0], answers[-1]
    if plain is not None:
        precondition(plain)
    if response.status not in REFUSED:
        expect_status(response, SUCCESS, sent=f"a transactionId with {form.replace('-', ' ')}")
        if response is not first:
            observe(
                "RUL-TRANSACTION-ID",
                f"a transactionId of {form} was refused with {status_phrase(first.status)}, and then taken",
                first,
            )
        return
    wanted = f"any string to be a transactionId ({form})"
    raise Violation(wanted, f"it answered {status_phrase(response.status)}, and to a plain one a success", response)
