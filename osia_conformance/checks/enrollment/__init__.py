"""What a check of the enrollment interface imports besides `osia_conformance.checks`.

`_NAMES` says where each name is defined.
"""

from osia_conformance.support.lazy_names import lazy_names

_CRYPTO = "osia_conformance.checks.crypto"
_GENERATION = "osia_conformance.checks.generation"
_TARGET = "osia_conformance.target.enrollment"

_NAMES = {
    ".accepted_writes": "expect_write_accepted",
    ".attributes": "attribute_styles narrowed_read",
    ".authorization": "LOOK_ALIKE_SCOPES call_with_fault expect_operation_closed scope_sets_without",
    ".bad_requests": "BAD_REQUESTS bad_request_cases bad_request_kinds refusal_of",
    ".digests": "DIGEST_ALGORITHMS differing_digests digest_header stated_digests",
    ".lifecycle_model": "ExpectedEnrollment",
    ".malformed_json": "MALFORMED_JSON NO_OBJECTS",
    ".merge_patches": "biographic_patches expect_equals expect_replaced merge_patch",
    ".merged_members": (
        "block_in expect_members_kept expect_members_merged expect_name_apart expect_values_kept nested_objects"
        " open_block with_members"
    ),
    ".operation_cases": (
        "CHANGING_OPERATIONS EVERY_BYTE OPERATION_CODES OperationCase case_to_refuse"
        " changed_enrollment other_member other_members plain_body plain_patch send_operation"
        " shared_enrollment_for_buffers"
    ),
    ".post_finalize": "processes_finalized unless_processed",
    ".schema_answers": "expect_schema_fact read_and_found",
    ".schema_faults": (
        "change_of_fault expect_badly_formed_string_answered expect_fault_refused_or_dropped"
        " expect_refused_or_completed expect_search_refused expect_search_refused_or_unknown_member_ignored"
        " schema_fault_cases"
    ),
    ".search": (
        "BOOLEANS CALENDAR DATES INTEGERS NUMBERS TEXTS UNFITTING ordered_attribute require_found"
        " search_expression searchable_attribute searched_enrollments"
    ),
    ".server_defaults": "is_server_default",
    f"{_CRYPTO}.bodies": (
        "INTEGRITY_OWNERS block_of_plain_texts node_of_schema plain_texts with_hashes with_node_changed"
    ),
    f"{_CRYPTO}.credentials": (
        "CREDENTIAL_DOCUMENT_TYPE CREDENTIAL_JWT_TYPE base64_text credential_problem enveloped_credential"
        " signed_credential"
    ),
    f"{_CRYPTO}.encryption": (
        "ENCRYPTION_FORMATS UndecipherableError decrypted_buffer decrypted_bytes decrypted_node encrypted_buffer"
        " encrypted_node with_encryption"
    ),
    f"{_CRYPTO}.forms": (
        "accepted_in_any_form create_in_any_form created_in_any_form in_form_of read_and_found_in_any_form"
    ),
    f"{_CRYPTO}.integrity": (
        "SIGNERS broken_hashes integrity_block integrity_blocks signature_verifies with_integrity"
    ),
    f"{_CRYPTO}.offers": "expect_one_accepted labels_accepted_in_clear",
    f"{_GENERATION}.calls": "prepared_call send_prepared",
    f"{_GENERATION}.inputs": "Input broken_bodies odd_inputs valid_inputs",
    "osia_conformance.checks.vendor_spec.drawing": "vendor_broken vendor_odd vendor_valid",
    f"{_TARGET}.business_rules": "OfferedBodies",
    f"{_TARGET}.enrollments": "records_in",
    f"{_TARGET}.identify": "buffer_id named_buffer",
    f"{_TARGET}.payloads": (
        "EXTENSION IDENTITY base64_png first identities other_than pick_members png with_biographics without"
    ),
    "osia_conformance.profile": "A_MARKER",
    "osia_conformance.profile.images": "RECOMMENDED SIDE Image recommended_image sample_image",
    "osia_conformance.standard.enrollment": "EXTENSIBLE_BLOCKS",
    "osia_conformance.standard.operations": "OPERATIONS_WITH_BODY OPERATIONS_WITH_JSON WRITING_OPERATIONS",
    "osia_conformance.target.statuses": "CANONICAL_REFUSALS GONE REFUSALS",
}

__all__, __getattr__ = lazy_names(__name__, _NAMES)
