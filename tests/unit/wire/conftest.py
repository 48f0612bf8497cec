from pathlib import Path

import pytest
import trustme

from osia_conformance.wire import connection


@pytest.fixture(autouse=True)
def connections_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use an idle connection again however long a busy machine needs between two calls."""
    monkeypatch.setattr(connection, "KEPT_SECONDS", 600)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return str(tmp_path / "ca.pem")
