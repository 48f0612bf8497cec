"""Parts of an enrollment, to compare what a check is about and only that."""

from __future__ import annotations

from osia_conformance.target.enrollment.payloads import identities, other_than, pick_members


def test_members_are_picked_at_every_depth() -> None:
    value = [{"a": {"a": 1, "b": 2}, "b": 3}, "text", {"c": 4}]
    assert pick_members(value, "a") == [{"a": {"a": 1}}, "text", {}]


def test_what_a_body_has_otherwise_is_told_member_by_member() -> None:
    plain = {"type": "x", "data": {"a": 1, "b": 2}, "list": [1], "same": [2]}
    body = {"type": "y", "data": {"a": 1, "b": 3, "c": 4}, "list": [1, 2], "same": [2], "new": {}}
    assert other_than(body, plain) == {"type": "y", "data": {"b": 3, "c": 4}, "list": [1, 2], "new": {}}


def test_what_is_like_another_has_nothing_otherwise() -> None:
    body = {"a": {"b": [1, {"c": None}]}}
    assert other_than(body, body) == {}


def test_items_of_a_list_are_told_apart_without_when_they_were_captured() -> None:
    item = {"documentType": "PASSPORT", "instance": "b", "parts": [{"pages": [1], "captureDate": "2020-07-01"}]}
    assert identities([item]) == [{"documentType": "PASSPORT", "instance": "b", "parts": [{"pages": [1]}]}]
