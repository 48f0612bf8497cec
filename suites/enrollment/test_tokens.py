"""Tokens: validating them is the server's duty, on every operation."""

import pytest

from osia_conformance.checks import (
    MISDIRECTED,
    NO_BEARER,
    NOT_AUTHORIZED,
    UNSIGNED,
    WRONGLY_SIGNED,
    Fault,
    Inapplicable,
    by_code,
    expect,
    expect_refusal,
    header,
    one_of,
    require_refused,
    requirement,
)
from osia_conformance.checks.enrollment import (
    CHANGING_OPERATIONS,
    OPERATION_CODES,
    OperationCase,
    call_with_fault,
    case_to_refuse,
    refusal_of,
)

OPERATIONS = pytest.mark.parametrize("operation", OPERATION_CODES)

REFUSED_OR_BAD = one_of(NOT_AUTHORIZED, 400)


def refused(enrollments, operation, fault):
    """Judge that the operation refuses a token with this fault; a malformed one perhaps as a bad request."""
    allowed = REFUSED_OR_BAD if fault.malformed else NOT_AUTHORIZED
    # Where there is no such token the check ends before it obtains anything, so that what is shared stays shared.
    token = enrollments.bad_token(fault, by_code()[operation].scope)
    response = case_to_refuse(enrollments, operation).call(token=token, fault=fault)
    return expect_refusal(response, allowed, sent=fault.words)


@requirement("ENR-TOKEN-01-{operation}")
@OPERATIONS
def test_no_token_is_refused(enrollments, operation):
    refused(enrollments, operation, Fault.ABSENT)


@requirement("ENR-TOKEN-02-{operation}")
@OPERATIONS
def test_a_malformed_token_is_refused(enrollments, operation):
    response = refusal_of(enrollments, operation, "malformed-token")
    expect_refusal(response, REFUSED_OR_BAD, sent=Fault.MALFORMED.words)


@requirement("ENR-TOKEN-02-{operation}")
@OPERATIONS
def test_an_unknown_token_is_refused(enrollments, operation):
    refused(enrollments, operation, Fault.UNKNOWN)


@requirement("ENR-TOKEN-03-{operation}")
@OPERATIONS
def test_an_expired_token_is_refused(enrollments, operation):
    refused(enrollments, operation, Fault.EXPIRED)


@requirement("ENR-TOKEN-04-{operation}")
@OPERATIONS
def test_a_token_that_is_not_yet_valid_is_refused(enrollments, operation):
    refused(enrollments, operation, Fault.NOT_YET_VALID)


@requirement("ENR-TOKEN-05-{operation}")
@OPERATIONS
def test_a_wrongly_signed_token_is_refused(enrollments, operation):
    refused(enrollments, operation, Fault.WRONG_SIGNATURE)


@requirement("ENR-TOKEN-06-{operation}")
@OPERATIONS
def test_an_unsigned_token_is_refused(enrollments, operation):
    refused(enrollments, operation, Fault.ALG_NONE)


@requirement("ENR-TOKEN-05-{operation}")
@OPERATIONS
def test_a_token_is_refused_whatever_is_wrong_with_its_signature(enrollments, operation):
    for fault in WRONGLY_SIGNED:
        refused(enrollments, operation, fault)


@requirement("ENR-TOKEN-05-{operation}")
@OPERATIONS
def test_a_token_signed_with_the_public_key_as_its_secret_is_refused(enrollments, operation):
    refused(enrollments, operation, Fault.KEY_CONFUSION)


@requirement("ENR-TOKEN-06-{operation}")
@OPERATIONS
def test_an_unsigned_token_is_refused_in_whatever_form(enrollments, operation):
    for fault in UNSIGNED:
        refused(enrollments, operation, fault)


@requirement("ENR-TOKEN-07-{operation}")
@pytest.mark.parametrize("fault", [Fault.ABSENT, Fault.WRONG_SIGNATURE], ids=lambda fault: fault.value)
@pytest.mark.parametrize("operation", CHANGING_OPERATIONS)
def test_a_call_refused_for_its_token_has_no_effect(enrollments, operation, fault):
    subject = OperationCase(enrollments, operation)
    subject.remember()
    response = call_with_fault(subject, fault)
    require_refused(response, NOT_AUTHORIZED, "the call")
    subject.expect_no_effect()


@requirement("ENR-TOKEN-09-{operation}")
@OPERATIONS
def test_a_header_without_a_bearer_token_is_refused(enrollments, operation):
    for fault in NO_BEARER:
        refused(enrollments, operation, fault)


@requirement("ENR-TOKEN-10-{operation}")
@pytest.mark.parametrize("fault", MISDIRECTED, ids=lambda fault: fault.value)
@OPERATIONS
def test_a_token_that_is_not_meant_for_the_server_is_refused(enrollments, operation, fault):
    refused(enrollments, operation, fault)


@requirement("ENR-TOKEN-08")
def test_a_401_says_how_to_authenticate(enrollments):
    for operation in ("READ", "FIND", "BUFREAD"):
        response = call_with_fault(case_to_refuse(enrollments, operation), Fault.ABSENT)
        if response.status == 401:
            break
    else:
        raise Inapplicable(f"{by_code()['READ'].id} and others answer a missing token otherwise than with 401")
    challenge = header(response.headers, "WWW-Authenticate")
    expect(bool(challenge), "a WWW-Authenticate header", "there is none", response)
