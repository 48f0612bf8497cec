"""What the server is made of: its database, its settings, and what a fault of its own answers."""

from __future__ import annotations

import os
from typing import Any

import pytest

from osia_reference.enrollments import Enrollments

ONE = "/v1/enrollments/one"


def test_a_file_keeps_the_records(make: Any, body: Any, tmp_path: Any) -> None:
    first = make(database=tmp_path / "records.sqlite")
    first.create("one", body)
    first.app.close()
    assert make(database=tmp_path / "records.sqlite").read("one") == body | {"enrollmentId": "one"}


def test_a_fault_of_the_server_is_answered_with_an_error_object(make: Any, body: Any) -> None:
    class Broken(Enrollments):
        def existing(self, enrollment_id: str) -> Any:
            raise ZeroDivisionError

    response = make(parts={"enrollments": Broken})("GET", ONE)
    assert response.status_code == 500
    assert response.json()["code"] == 500


def test_settings_that_cannot_work_are_refused(make: Any) -> None:
    with pytest.raises(ValueError, match="jwt_key is missing"):
        make(jwt_key=None)
    with pytest.raises(ValueError, match=r"9\.9\.9"):
        make(interface_version="9.9.9")
    with pytest.raises(ValueError, match="not supported"):
        make(jwt_algorithm="none")


def test_a_file_that_is_no_database_is_refused(make: Any, tmp_path: Any) -> None:
    (tmp_path / "text").write_text("no database " * 100)
    for path in (tmp_path / "text", tmp_path / "missing" / "file"):
        with pytest.raises(OSError, match="cannot be used as a database"):
            make(database=path)


@pytest.mark.parametrize("umask", [0, 0o022, 0o007])
def test_a_database_is_its_owners_alone_whatever_the_umask(make: Any, body: Any, umask: int, tmp_path: Any) -> None:
    before = os.umask(umask)
    try:
        app = make(database=tmp_path / "records.sqlite")
        app.create("one", body)
        kept = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert "records.sqlite" in kept
    assert set(kept.values()) == {0o600}
