"""`init` and `doctor`: a configuration that can be used, and what a wrong one is told."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
import yaml

from osia_conformance.cli.parser import main
from osia_conformance.config.loading import check_file
from osia_conformance.run.preflight import diagnose
from osia_conformance.support.paths import bundled
from osia_conformance.support.secrets import SecretReference
from osia_reference.app import create_app
from tests.harness.judging import reference, settings
from tests.harness.running import closed_port, hosted, left_on

TARGET = ("--url", "https://gateway.example.org/identity", "--interface-version", "1.2.1")


class TestInit:
    @pytest.fixture(autouse=True)
    def _elsewhere(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)

    @pytest.mark.parametrize("method", ["none", "jwt", "static", "client-credentials"])
    def test_each_method_gives_a_file_that_can_be_used(self, method: str) -> None:
        assert main(["init", *TARGET, "--auth", method, "--vendor", 'Example "Ltd"']) == 0
        found = check_file(Path("conformance.toml"))
        assert (found.target.url, found.auth.method) == (TARGET[1], method)
        assert found.product.vendor == 'Example "Ltd"'

    def test_a_vendors_file_gives_the_profile(self) -> None:
        document = yaml.safe_load((bundled("specs") / "enrollment" / "1.2.1" / "openapi.yaml").read_text("utf-8"))
        schemas = document["components"]["schemas"]
        closed = {"type": "object", "properties": {"lastName": {"type": "string"}}, "additionalProperties": False}
        schemas["BiographicData"] = closed
        schemas["Enrollment"]["properties"]["biographicData"] = {"$ref": "#/components/schemas/BiographicData"}
        schemas["Enrollment"]["required"] = ["biographicData"]
        schemas["Expression"]["properties"]["attributeName"] = {"type": "string", "enum": ["lastName"]}
        Path("theirs.yaml").write_text(yaml.safe_dump(document), "utf-8")
        assert main(["init", *TARGET, "--spec", "theirs.yaml"]) == 0
        profile = check_file(Path("conformance.toml")).profile
        assert profile.blocks["biographicData"].schema == closed
        assert profile.required == ("biographicData",)
        assert profile.search["lastName"].type == "string"
        assert json.loads(Path("biographicData.schema.json").read_text("utf-8")) == closed

    def test_nothing_is_overwritten(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("conformance.toml").write_text("mine", "utf-8")
        assert main(["init", *TARGET]) == 64
        assert "it is there already" in capsys.readouterr().err
        assert Path("conformance.toml").read_text("utf-8") == "mine"

    def test_without_a_terminal_what_is_missing_is_named(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["init"]) == 64
        assert "--url: it must be given" in capsys.readouterr().err
        assert not Path("conformance.toml").exists()


@pytest.fixture
def url() -> Iterator[str]:
    app = create_app(reference())
    with hosted(app) as found:
        yield found
        assert left_on(app) == []


class TestDoctor:
    def test_what_fits_is_said(self, url: str) -> None:
        found = diagnose(settings(url=url))
        assert {one.level for one in found} == {"fits"}
        assert len(found) == 3

    def test_a_version_behind_the_url_is_tried_without(self, url: str) -> None:
        found = diagnose(settings(url=f"{url}/v1"))
        assert (found[-1].level, found[-1].advice) == ("wrong", f"did you mean {url}?")

    def test_a_wrong_key_is_told_from_a_wrong_url(self, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ANOTHER", "another-key-that-the-server-does-not-know")
        right = settings(url=url)
        found = diagnose(replace(right, auth=replace(right.auth, key=SecretReference("env:ANOTHER"))))
        assert found[-1].level == "wrong"
        assert "createEnrollment answered 401 Unauthorized" in found[-1].text
        assert "[auth]" in found[-1].advice

    def test_a_version_that_does_not_fit_is_a_hint(self, url: str) -> None:
        found = diagnose(settings(url=url, interface_version="1.2.1"))
        assert any("the target looks like 1.0.x" in one.sentence for one in found)

    def test_a_target_that_is_not_there_is_said(self) -> None:
        (found,) = diagnose(settings(url=closed_port()))
        assert (found.level, "gave no answer" in found.text) == ("wrong", True)

    def test_the_command_ends_with_2_where_something_is_wrong(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["doctor", "--url", closed_port(), "--interface-version", "1.0.0"]) == 2
        assert capsys.readouterr().out.startswith("wrong ")


class TestDoctorOverTls:
    """Each kind of trouble with TLS is told by its name, with what to change."""

    @pytest.fixture
    def authority(self, tmp_path: Path) -> trustme.CA:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        return authority

    def found(self, place: Path, certificate: trustme.LeafCert, *, trusted: bool = True, **tls: Any) -> str:
        """Return what is wrong with a server that shows this certificate."""
        certificate.private_key_and_cert_chain_pem.write_to_path(place / "server.pem")
        app = create_app(reference())
        with hosted(app, ssl_certfile=place / "server.pem", **tls) as url:
            found = diagnose(settings(url=url, ca_file=place / "ca.pem" if trusted else None))
            assert left_on(app) == []
        wrong = [one.sentence for one in found if one.level == "wrong"]
        return " ".join(wrong)

    def test_a_certificate_that_is_right_is_taken(self, authority: trustme.CA, tmp_path: Path) -> None:
        assert self.found(tmp_path, authority.issue_cert("127.0.0.1")) == ""

    def test_a_certificate_of_an_unknown_authority_has_its_remedy(self, authority: trustme.CA, tmp_path: Path) -> None:
        told = self.found(tmp_path, authority.issue_cert("127.0.0.1"), trusted=False)
        assert "is not signed by an authority that is trusted here" in told
        assert told.endswith("name the file with the CA's certificate as ca-file in [target]")

    def test_a_certificate_for_another_host_has_its_remedy(self, authority: trustme.CA, tmp_path: Path) -> None:
        told = self.found(tmp_path, authority.issue_cert("other.test"))
        assert "the server's certificate is for another address" in told
        assert told.endswith("or have one issued for this host")

    def test_a_certificate_that_has_expired_has_its_remedy(self, authority: trustme.CA, tmp_path: Path) -> None:
        yesterday = datetime.now(UTC) - timedelta(days=1)
        expired = authority.issue_cert("127.0.0.1", not_before=yesterday - timedelta(days=1), not_after=yesterday)
        told = self.found(tmp_path, expired)
        assert "the server's certificate has expired" in told
        assert told.endswith("see that this machine's clock is right")

    def test_a_client_certificate_that_is_wanted(self, authority: trustme.CA, tmp_path: Path) -> None:
        asking = {"ssl_ca_certs": tmp_path / "ca.pem", "ssl_cert_reqs": ssl.CERT_REQUIRED}
        told = self.found(tmp_path, authority.issue_cert("127.0.0.1"), **asking)
        assert "client certificate" in told
        assert "name client-cert and client-key in [target]" in told
