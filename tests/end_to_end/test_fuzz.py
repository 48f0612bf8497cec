"""Whatever stands in a file or an answer that the suite reads, it is used or refused in a sentence."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from osia_conformance.auth import jwt_text
from osia_conformance.auth.endpoint import TokenEndpoint
from osia_conformance.auth.model import TokenError
from osia_conformance.auth.static import ConfiguredTokens
from osia_conformance.checks.crypto import credentials, encryption, integrity
from osia_conformance.checks.enrollment import digests
from osia_conformance.cli import replayed_finding as replaying_again
from osia_conformance.cli.comparison import compare
from osia_conformance.cli.leftovers import cleanup
from osia_conformance.cli.merged_report import merge
from osia_conformance.cli.rebuilt_report import rebuild
from osia_conformance.cli.replayed_finding import replay
from osia_conformance.config.settings import AuthSettings, ClientSettings, Settings
from osia_conformance.reports import ReportError, results
from osia_conformance.reports.exchanges import Evidence
from osia_conformance.run.run_request import RunRequest
from osia_conformance.run.selection import failed_checks
from osia_conformance.support.bounded_json import BeyondLimits
from osia_conformance.support.secrets import ConfigurationError, Redactor, SecretReference
from osia_conformance.target.response import Response
from osia_conformance.verdict import journal
from osia_conformance.wire.network import Endpoint
from osia_conformance.wire.proxy import find_proxy
from osia_conformance.wire.retry_after import retry_after
from tests.harness import lab
from tests.harness.json_values import ANY_NUMBER, json_values
from tests.harness.judging import settings as run_settings

BOUNDED = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
JSON = json_values(st.text(max_size=6), ANY_NUMBER, most=2, leaves=4)


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return the reports of the two shards of a run."""
    place = tmp_path_factory.mktemp("shards")
    for name in ("1/2", "2/2"):
        chosen = replace(run_settings(), shard=name)
        lab.run(place / name[0], ["--osia-only=ENR-DELETE-01"], chosen=chosen, write_reports=results.write)
    return [place / "1", place / "2"]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the report of a run in which something failed."""
    directory = tmp_path_factory.mktemp("fuzz") / "report"
    lab.run(directory, ["--osia-only=ENR-DELETE-01"], **lab.BROKEN)
    return directory


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of all members, deep down."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, item in pairs for place in ((*path, key), *places(item, (*path, key)))]


def changed(value: Any, draw: Callable[..., Any]) -> Any:
    """Return JSON with one member replaced or removed."""
    copied = json.loads(json.dumps(value))
    path = draw(st.sampled_from(places(copied)))
    parent = copied
    for key in path[:-1]:
        parent = parent[key]
    if draw(st.booleans()) and isinstance(parent, dict):
        del parent[path[-1]]
    else:
        parent[path[-1]] = draw(JSON)
    return copied


def one_sentence(call: Callable[[], object]) -> None:
    """Make the call; it may refuse in its own errors, each one line, and in no others."""
    with one_line_of(ConfigurationError, ReportError):
        call()


@contextlib.contextmanager
def one_line_of(*errors: type[Exception]) -> Iterator[None]:
    """What is done here may end with one of these errors, whose text is one line."""
    told = ""
    try:
        yield
    except errors as error:
        told = str(error)
    assert "\n" not in told


@BOUNDED
@given(data=st.data())
def test_a_journal_of_any_content(data: st.DataObject, written: Path, tmp_path: Path) -> None:
    lines = journal.read(written)
    # The register is long; a drawn member is to be one of all lines alike.
    number = data.draw(st.integers(0, len(lines) - 1))
    lines[number] = changed(lines[number], data.draw)
    (tmp_path / journal.FILE).write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    one_sentence(lambda: rebuild(tmp_path, ("json", "junit", "har", "markdown")))
    one_sentence(lambda: failed_checks(tmp_path))
    one_sentence(lambda: compare(tmp_path, written, "text"))
    with contextlib.redirect_stdout(io.StringIO()):
        one_sentence(lambda: cleanup(tmp_path, Settings(), on_purpose=False))


@BOUNDED
@given(
    content=st.binary(max_size=60) | st.lists(st.sampled_from([b"{", b"}", b'"kind":"header"', b"\n"])).map(b"".join)
)
def test_a_journal_of_any_bytes(content: bytes, tmp_path: Path) -> None:
    (tmp_path / journal.FILE).write_bytes(content)
    one_sentence(lambda: rebuild(tmp_path))
    one_sentence(lambda: cleanup(tmp_path, Settings(), on_purpose=False))
    one_sentence(lambda: replay(tmp_path, "ENR-DELETE-01", Settings()))


@BOUNDED
@given(data=st.data())
def test_results_of_any_content(data: st.DataObject, written: Path, tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    file.write_text(json.dumps(changed(json.loads((written / "results.json").read_bytes()), data.draw)), "utf-8")
    for form in ("text", "markdown", "json"):
        one_sentence(lambda form=form: compare(written, file, form))  # type: ignore[misc]


SEGMENT = st.text(alphabet="AZaz09-_=", max_size=8) | JSON.map(jwt_text._segment)
TOKEN = st.lists(SEGMENT, min_size=1, max_size=4).map(".".join) | st.text(max_size=20)


@BOUNDED
@given(token=TOKEN, claim=st.sampled_from(["scope", "exp"]), value=JSON)
def test_tokens_of_any_text(token: str, claim: str, value: Any) -> None:
    found = jwt_text.parse(token)
    for one in (found, jwt_text.Unverified({}, {claim: value})):
        if one is not None:
            assert one.scopes() is None or all(isinstance(scope, str) for scope in one.scopes() or ())
            assert one.moment("exp") is None or abs(one.moment("exp") or 0) < 10**15
    assert not token or jwt_text.altered(token) != token


@BOUNDED
@given(text=st.text(min_size=4, max_size=30))
def test_a_token_file_of_any_text(text: str) -> None:
    auth = AuthSettings(method="static", tokens={"enroll.read": SecretReference("env:TOKEN")})
    configured = ConfiguredTokens(auth, Redactor(), lambda: 0.0, {"TOKEN": text})
    with contextlib.suppress(ConfigurationError):
        assert configured.value("enroll.read").isprintable()


@BOUNDED
@given(value=st.text(max_size=20) | st.text(alphabet="SHA-256md5=,; Aa+/é", max_size=30), data=st.binary(max_size=5))
def test_a_digest_header_of_any_text(value: str, data: bytes) -> None:
    response = Response("getBuffer", "main.1", 200, headers=(("Digest", value),), body=data)
    stated = digests.stated_digests(response)
    assert set(stated) <= set(digests.DIGEST_ALGORITHMS)
    assert set(digests.differing_digests(response, data)) <= set(stated)


@BOUNDED
@given(value=st.text(max_size=40) | st.from_regex(r"[A-Z][a-z]{2}, [0-9]{1,3} [A-Z][a-z]{2} -?[0-9]{1,7} .{0,12}"))
def test_a_retry_after_of_any_text(value: str) -> None:
    seconds = retry_after((("Retry-After", value),))
    assert seconds is None or seconds >= 0


@BOUNDED
@given(data=st.data())
def test_a_replayed_journal_of_any_content(
    data: st.DataObject, written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying_again, "_judged_again", lambda *_: {})
    lines = journal.read(written)
    number = data.draw(st.integers(0, len(lines) - 1))
    lines[number] = changed(lines[number], data.draw)
    (tmp_path / journal.FILE).write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    run = replace(run_settings(), auth=AuthSettings())
    one_sentence(lambda: replay(tmp_path, "ENR-DELETE-01", run))


@BOUNDED
@given(data=st.data())
def test_shards_of_any_content(
    data: st.DataObject, shards: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("merged")
    lines = journal.read(shards[0])
    number = data.draw(st.integers(0, len(lines) - 1))
    lines[number] = changed(lines[number], data.draw)
    (place / "one").mkdir()
    (place / "one" / journal.FILE).write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    run_request = RunRequest(Settings(report_dir=place / "whole"), "1.0.0", write_reports=results.write)
    one_sentence(lambda: merge([place / "one", shards[1]], run_request))
    assert {path.name for path in place.iterdir()} <= {"one", "whole"}


@pytest.mark.parametrize("name", ["../../outside", "/etc/hostname", "bodies/../../outside", "bodies/x\0", "C:\\x"])
def test_a_shard_names_no_file_outside_of_it(name: str, shards: list[Path], tmp_path: Path) -> None:
    lines = journal.read(shards[0])
    exchange = next(line for line in lines if line["kind"] == "exchange")
    exchange["response"] = {**exchange["response"], "bodyFile": name, "size": 9}
    exchange["response"].pop("body", None)
    (tmp_path / "outside").write_text("a secret", "utf-8")
    one = tmp_path / "a" / "b"
    one.mkdir(parents=True)
    (one / journal.FILE).write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    run_request = RunRequest(Settings(report_dir=tmp_path / "whole"), "1.0.0", write_reports=results.write)
    with pytest.raises(ConfigurationError, match="not one of this suite"):
        merge([one, shards[1]], run_request)
    assert not (tmp_path / "whole").exists()
    with contextlib.suppress(ConfigurationError, ReportError):
        rebuild(one, ("har",))
    assert not any(b"a secret" in path.read_bytes() for path in one.rglob("*") if path.is_file())


def test_a_body_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("a secret", "utf-8")
    (tmp_path / "r" / "bodies").mkdir(parents=True)
    name = f"bodies/{'0' * 64}"
    (tmp_path / "r" / name).symlink_to(tmp_path / "outside")
    assert Evidence({}, {}, tmp_path / "r").body({"bodyFile": name, "size": 8}) is None


@BOUNDED
@given(setting=st.sampled_from(["env", ""]), url=st.text(max_size=30), bypassed=st.text(max_size=30))
def test_a_proxy_of_any_text(setting: str, url: str, bypassed: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        try:
            patch.setenv("HTTP_PROXY", url)
            patch.setenv("NO_PROXY", bypassed)
        except (ValueError, UnicodeEncodeError):
            return
        with one_line_of(ValueError):
            found = find_proxy(setting or url, "http", Endpoint("target.test", 80))
            assert found is None or found.endpoint.host


GRANT = st.dictionaries(
    st.sampled_from(["access_token", "expires_in", "scope", "token_type"]), JSON | st.just("ab")
).map(lambda value: json.dumps(value).encode())


@BOUNDED
@given(body=st.binary(max_size=60) | JSON.map(lambda value: json.dumps({"access_token": value}).encode()) | GRANT)
def test_an_answer_of_a_token_endpoint_of_any_content(body: bytes) -> None:
    auth = AuthSettings(method="client-credentials", client_id="c", client_secret=SecretReference("env:SECRET"))
    client = ClientSettings("c", SecretReference("env:SECRET"))
    asked = TokenEndpoint("http://127.0.0.1:1/token", client, Settings(auth=auth).target, Redactor())
    with one_line_of(TokenError):
        grant = asked._grant(body, frozenset({"enroll.read"}))
        assert grant.value.isprintable()
        assert 0 <= grant.expires_in < 10**15


BLOCK = st.dictionaries(st.sampled_from(["id", "type", "scope", "alg", "hash", "signature"]), JSON)
SCOPES = st.lists(st.sampled_from(["a", "$", "[*]", ".a", "[?@.a=='1']", " ", "\ud800", "["]), max_size=6).map("".join)


@BOUNDED
@given(
    block=BLOCK,
    scope=SCOPES,
    owner=st.dictionaries(st.sampled_from("ab"), JSON),
    token=TOKEN | st.text(alphabet="aA.=\ud800", max_size=9),
    kind=st.sampled_from(sorted(encryption.ENCRYPTION_FORMATS)),
)
def test_protected_answers_of_any_content(
    block: dict[str, Any], scope: str, owner: dict[str, Any], token: str, kind: str
) -> None:
    for each in (block, {**block, "scope": scope, "alg": "SHA256"}):
        assert all(isinstance(text, str) for text in integrity.broken_hashes({**owner, "integrity": [each]}, [each]))
    assert integrity.signature_verifies(block, token) is False
    assert credentials.credential_problem(credentials.CREDENTIAL_DOCUMENT_TYPE, token)
    with pytest.raises(encryption.UndecipherableError):
        encryption.decrypted_node(kind, token)


def test_a_scope_that_names_everything_again_and_again_costs_little() -> None:
    owner = {"list": [{"a": number} for number in range(20_000)]}
    for scope in (" ".join(["list[*]"] * 20_000), " ".join(f"list[*].a{number}" for number in range(2_000))):
        assert len(integrity.broken_hashes(owner, [{"scope": scope, "alg": "SHA256", "hash": ""}])) == 1
    with pytest.raises(BeyondLimits):
        integrity.integrity_blocks({"integrity": [{}] * 10_000})
