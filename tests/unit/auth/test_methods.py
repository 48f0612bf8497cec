"""Each way to have tokens, against a reference server that was started separately, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from osia_conformance.auth import Fault
from osia_conformance.auth.signed import SignedTokens
from osia_conformance.config.settings import AuthSettings
from osia_conformance.standard.operations import SCOPES
from osia_conformance.support.secrets import Redactor, SecretReference
from tests.harness.judging import KEY
from tests.harness.running import Report, configured, osia, osia_here, served

SECRET = "a client's secret, of the tests"
QUICK = ("--effort", "quick")
GUARDED = ("ENR-DONE", "ENR-SCOPE", "ENR-TOKEN")
"""The requirements that tokens are needed for. With signed tokens, whole runs are judged everywhere else."""


def ran(
    directory: Path,
    url: str,
    auth: str,
    env: Mapping[str, str],
    *only: str,
    more: tuple[str, ...] = (),
    process: bool = False,
) -> tuple[int, Report]:
    """Judge the server at `url` with tokens had in this way; `more` are options, `process` is for one run of all."""
    file = configured(directory, url, auth)
    chosen = ("--only", *only) if only else ()
    run = osia if process else osia_here
    done = run("run", "--config", file, *QUICK, *chosen, *more, "--report-dir", directory / "r", env=env)
    assert done.stderr == ""
    return done.returncode, Report(directory / "r")


def conformant(code: int, report: Report) -> None:
    """Assert that nothing is open."""
    assert report.open_musts() == {}
    assert report.results["reasons"] == []
    assert (code, report.results["verdict"]) == (0, "conformant")
    assert report.ledger() == []


def all_passed(code: int, report: Report, *names: str) -> None:
    """Assert that a run of some requirements left none of them open."""
    outcomes = {name: outcome for name, outcome in report.outcomes().items() if name.startswith(names)}
    # Audience and crit are tried where the suite signs its tokens itself.
    outcomes = {name: outcome for name, outcome in outcomes.items() if not name.startswith("ENR-TOKEN-10")}
    assert len(outcomes) > 50
    assert set(outcomes.values()) == {"passed"}
    assert (code, report.results["verdict"]) == (2, "incomplete")


def private_key() -> str:
    """Return a new private key in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    none = serialization.NoEncryption()
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, none)
    return key.private_bytes(*form).decode("ascii")


class TestSigned:
    """The method "jwt"."""

    def test_a_shared_key_signs_what_opens_everything(self, tmp_path: Path) -> None:
        env = {"SERVER_KEY": KEY}
        auth = '[auth]\nmethod = "jwt"\nalgorithm = "HS256"\nkey = "env:SERVER_KEY"\n'
        with served("--jwt-key", "env:SERVER_KEY", env=env) as url:
            all_passed(*ran(tmp_path, url, auth, env, *GUARDED, process=True), *GUARDED)

    def test_a_private_key_in_a_file_signs_what_opens_everything(self, tmp_path: Path) -> None:
        algorithm = "ES256"
        (tmp_path / "key.pem").write_text(private_key(), "ascii")
        auth = f'[auth]\nmethod = "jwt"\nalgorithm = "{algorithm}"\nkey = "file:key.pem"\n'
        with served("--jwt-key", f"file:{tmp_path / 'key.pem'}", "--jwt-algorithm", algorithm) as url:
            all_passed(*ran(tmp_path, url, auth, {}, *GUARDED), *GUARDED)

    def test_another_key_leaves_nothing_judged_but_refusals(self, tmp_path: Path) -> None:
        env = {"SERVER_KEY": KEY, "OTHER_KEY": KEY[::-1]}
        auth = '[auth]\nmethod = "jwt"\nalgorithm = "HS256"\nkey = "env:OTHER_KEY"\n'
        with served("--jwt-key", "env:SERVER_KEY", env=env) as url:
            code, report = ran(tmp_path, url, auth, env, "ENR-DONE", "ENR-TOKEN-01", more=("--keep-going",))
        assert code == 2
        assert report.results["totals"]["failed"] == 0
        assert report.outcomes()["ENR-DONE-01-CREATE"] == "cantTell"


def issued() -> dict[str, str]:
    """Return a token for every scope combination that the suite asks for, and the faulty ones, by name."""
    auth = AuthSettings(method="jwt", algorithm="HS256", key=SecretReference("env:K"), lifetime=3600)
    source = SignedTokens(auth, Redactor(), environ={"K": KEY})
    several = [*combinations(SCOPES, 1), *combinations(SCOPES, 2), *combinations(SCOPES, 3)]
    tokens = {" ".join(sorted(scopes)): source.valid(scopes) for scopes in several}
    tokens["none"] = source.valid([])
    tokens["expired"] = source.faulty(Fault.EXPIRED, SCOPES)
    tokens["not-yet-valid"] = source.faulty(Fault.NOT_YET_VALID, SCOPES)
    return {name: token.value or "" for name, token in tokens.items()}


class TestStatic:
    """The method "static", with JWTs that somebody issued beforehand."""

    @staticmethod
    def table(names: Mapping[str, str]) -> tuple[str, dict[str, str]]:
        env = {f"TOKEN_{number}": value for number, value in enumerate(names.values())}
        lines = [f'"{name}" = "env:TOKEN_{number}"' for number, name in enumerate(names)]
        return "\n".join(['[auth]\nmethod = "static"\n[auth.tokens]', *lines]), env

    def test_with_every_token_everything_is_judged(self, tmp_path: Path) -> None:
        auth, env = self.table(issued())
        with served("--jwt-key", "env:OSIA_JWT_KEY") as url:
            conformant(*ran(tmp_path, url, auth, env))

    def test_what_needs_a_token_that_is_not_there_is_untested(self, tmp_path: Path) -> None:
        few = {name: value for name, value in issued().items() if name in SCOPES}
        auth, env = self.table(few)
        with served("--jwt-key", "env:OSIA_JWT_KEY") as url:
            code, report = ran(tmp_path, url, auth, env, "ENR-TOKEN", "ENR-SCOPE", "ENR-DONE")
        assert code == 2
        assert report.results["totals"]["failed"] == 0
        outcomes = report.outcomes()
        assert (outcomes["ENR-TOKEN-03-READ"], outcomes["ENR-SCOPE-02-READ"]) == ("untested", "untested")
        assert {outcomes[f"ENR-{name}-READ"] for name in ("DONE-01", "TOKEN-05")} == {"passed"}


class TestClientCredentials:
    AUTH = (
        '[auth]\nmethod = "client-credentials"\ntoken-url = "{url}/token"\n'
        'client-id = "suite"\nclient-secret = "env:CLIENT_SECRET"\n'
    )
    CLIENT = ("--client", "suite=env:CLIENT_SECRET")
    ENV: Mapping[str, str] = {"CLIENT_SECRET": SECRET, "SERVER_KEY": KEY}

    def test_opaque_tokens_cannot_be_expired_by_us_and_everything_else_is_judged(self, tmp_path: Path) -> None:
        with served(*self.CLIENT, "--token-format", "opaque", env=self.ENV) as url:
            code, report = ran(tmp_path, url, self.AUTH.format(url=url), self.ENV)
        conformant(code, report)
        assert report.outcomes()["ENR-TOKEN-03-READ"] == "inapplicable"

    def test_jwts_off_in_time_can_be_given_beside_the_client(self, tmp_path: Path) -> None:
        tokens = issued()
        timed = '[auth.tokens]\nexpired = "env:EXPIRED"\n"not-yet-valid" = "env:EARLY"\n'
        env = {**self.ENV, "EXPIRED": tokens["expired"], "EARLY": tokens["not-yet-valid"]}
        with served(*self.CLIENT, "--jwt-key", "env:SERVER_KEY", env=env) as url:
            few = ("ENR-DONE", "ENR-TOKEN")
            all_passed(*ran(tmp_path, url, self.AUTH.format(url=url) + timed, env, *few), *few)

    def test_without_them_just_these_cases_are_untested(self, tmp_path: Path) -> None:
        with served(*self.CLIENT, "--jwt-key", "env:SERVER_KEY", env=self.ENV) as url:
            code, report = ran(tmp_path, url, self.AUTH.format(url=url), self.ENV, "ENR-TOKEN")
        assert code == 2
        assert report.results["totals"]["failed"] == 0
        outcomes = {name: outcome for name, outcome in report.outcomes().items() if name.startswith("ENR-TOKEN-0")}
        untested = {name[:12] for name, outcome in outcomes.items() if outcome == "untested"}
        assert untested == {"ENR-TOKEN-03", "ENR-TOKEN-04"}
        assert set(outcomes.values()) == {"untested", "passed"}

    def test_a_wrong_secret_leaves_everything_untested(self, tmp_path: Path) -> None:
        with served(*self.CLIENT, "--jwt-key", "env:SERVER_KEY", env=self.ENV) as url:
            other = {"CLIENT_SECRET": "not the secret"}
            code, report = ran(tmp_path, url, self.AUTH.format(url=url), other)
        assert (code, report.results["exchanges"]) == (2, 0)
        assert set(report.outcomes().values()) == {"untested", "inapplicable"}
        assert "nothing was judged" in report.results["reasons"]
        assert "(invalid_client)" in str(report.results["requirements"])
