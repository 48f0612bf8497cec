"""Wrong usage and configuration, by running the command: 64, and one sentence that says what to change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from osia_reference.app import create_app
from tests.harness.judging import reference
from tests.harness.running import JWT, JWT_KEY, closed_port, configured, hosted, osia, osia_here


def refused(done: Any, *words: str) -> str:
    """Assert that the command ended as wrong usage, with one sentence on stderr; return it."""
    assert done.returncode == 64, done.stdout + done.stderr
    sentence = done.stderr.strip()
    assert len(sentence.splitlines()) == 1, sentence
    assert all(word in sentence for word in words), sentence
    return str(sentence)


class TestWrongUsage:
    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (("run", "--sed", "1"), ("--sed",)),
            (("run", "--effort", "some"), ("--effort", "quick")),
            (("run", "--seed", "x"), ("--seed", "x")),
            (("run", "--seed", "-1"), ("--seed",)),
            (("run", "--workers", "0"), ("--workers",)),
            (("run", "--url", "ftp://host"), ("--url",)),
            (("run", "--config", "nowhere.toml"), ("--config", "nowhere.toml")),
            (("run", "--url", "http://host", "--interface-version", "7.7"), ("7.7", "1.0.0", "osia-4.1")),
            (("run", "--url", "http://host", "--interface-version", "osia-99"), ("osia-99",)),
            ((), ("COMMAND",)),
            (("judge",), ("judge", "run")),
            (("serve", "--port", "many"), ("--port", "many")),
            (("token",), ("--scope",)),
            (("requirements", "--format", "xml"), ("--format", "xml")),
            (("cleanup",), ("DIR",)),
            (("cleanup", "nowhere"), ("nowhere: there is no journal.jsonl",)),
            (("report", "pyproject.toml"), ("pyproject.toml: there is no journal.jsonl",)),
            (("run", "--config", ""), ("--config", "names no file")),
            (("keygen", "--out", "."), ("--out", "directory")),
            (("keygen", "--out", ""), ("--out", "directory")),
            (("keygen", "--out", "tests"), ("--out", "tests", "directory")),
            (("serve", "--port", "65536"), ("--port", "65536")),
            (("serve", "--port", "-1"), ("--port", "-1")),
            (("serve", "--jwt-key", "env:NOT_SET"), ("--jwt-key", "NOT_SET")),
            (("serve", "--jwt-key", "plain"), ("--jwt-key", "env:NAME")),
            (("serve", "--client", "c=plain"), ("--client", "env:NAME")),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
    )
    def test_wrong_arguments_are_one_sentence(self, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
        refused(osia_here(*arguments), *words)

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ('[target]\nurll = "http://h"\n', ("target", "urll", "url")),
            ('[targets]\nurl = "http://h"\n', ("targets", "target")),
            ("[target]\nurl = 5\n", ("target.url",)),
            ('[target]\ntimeout = "soon"\n', ("target.timeout",)),
            ("[target\n", ("TOML", "line 1")),
            ('[auth]\nmethod = "jwt"\nalgorithm = "HS256"\nkey = "the key itself"\n', ("auth.key", "env:")),
            ('[auth]\nmethod = "jwt"\nalgorithm = "HS256"\nkey = "env:NOT_SET"\n', ("auth.key", "NOT_SET")),
            ('[auth]\nmethod = "jwt"\nalgorithm = "HS265"\nkey = "env:KEY"\n', ("auth.algorithm", "HS256")),
            ('[auth]\nmethod = "password"\n', ("auth.method", "static")),
            ('[target]\ninterface-version = "7.7"\n', ("target.interface-version", "7.7", "1.0.0", "osia-4.1")),
            (
                '[target]\nurl = "http://h"\n[target.headers]\nX-Api-Key = "env:NOT_SET"\n',
                ("target.headers", "X-Api-Key", "NOT_SET"),
            ),
        ],
    )
    def test_a_wrong_file_is_one_sentence_that_names_it(
        self, text: str, words: tuple[str, ...], tmp_path: Path
    ) -> None:
        file = tmp_path / "conformance.toml"
        file.write_text(text, "utf-8")
        sentence = refused(osia_here("run", "--report-dir", "r", cwd=tmp_path), "conformance.toml", *words)
        assert "the key itself" not in sentence
        assert not (tmp_path / "r").exists()

    def test_a_port_that_is_taken_is_named(self) -> None:
        port = closed_port().rpartition(":")[2]
        done = osia_here("serve", "--port", port, "--jwt-key", "env:OSIA_JWT_KEY", env=JWT_KEY)
        assert refused(done, f"--port: {port} cannot be used").endswith("name another, or 0 for a free one.")

    @pytest.mark.parametrize(
        ("tables", "word"),
        [
            ('[auth]\nmethod = "jwt"\nalgorithm = "RS256"\nkey = "env:KEY"\n', "RSA"),
            ('ca-file = "conformance.toml"\n', "ca-file"),
        ],
        ids=["a key that does not suit", "a CA file without certificates"],
    )
    def test_what_turns_out_wrong_at_the_start_leaves_nothing_behind(
        self, tables: str, word: str, tmp_path: Path
    ) -> None:
        file = configured(tmp_path, "https://127.0.0.1:1", tables)
        done = osia_here("run", "--config", file, "--report-dir", tmp_path / "r", env={"KEY": "no private key"})
        assert "no private key" not in refused(done, word)
        assert not (tmp_path / "r").exists()

    @pytest.mark.parametrize("name", ["journal.jsonl", "results.json", "report.html"])
    def test_a_directory_that_holds_a_report_is_refused(self, name: str, tmp_path: Path) -> None:
        (tmp_path / "r").mkdir()
        (tmp_path / "r" / name).write_text("of another run", "utf-8")
        refused(osia_here("demo", "--report-dir", tmp_path / "r"), "--report-dir", "another directory")
        assert (tmp_path / "r" / name).read_text("utf-8") == "of another run"
        assert len(list((tmp_path / "r").iterdir())) == 1

    def test_a_file_in_place_of_the_directory_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "r").write_text("plain", "utf-8")
        refused(osia_here("demo", "--report-dir", tmp_path / "r"), "--report-dir", "a file")
        refused(osia("demo", "--report-dir", tmp_path / "r" / "below"), "--report-dir")

    def test_with_workers_a_refusal_is_the_same_sentence(self, tmp_path: Path) -> None:
        (tmp_path / "r").mkdir()
        (tmp_path / "r" / "results.json").write_text("{}", "utf-8")
        done = osia("demo", "--workers", 2, "--report-dir", tmp_path / "r")
        refused(done, "--report-dir", "another directory")

    def test_a_target_without_a_version_is_probed(self, tmp_path: Path) -> None:
        app = create_app(reference())
        with hosted(app) as url:
            file = tmp_path / "conformance.toml"
            file.write_text(f'[target]\nurl = "{url}"\n{JWT}', "utf-8")
            done = osia("run", cwd=tmp_path, env=JWT_KEY)
            assert list(app.enrollments.store.find([])) == []
        assert refused(done).endswith("looks like 1.0.x; say --interface-version")
        assert not (tmp_path / "reports").exists()

    def test_a_target_that_lets_nobody_in_looks_like_no_version(self, tmp_path: Path) -> None:
        with hosted(create_app(reference())) as url:
            done = osia_here("run", "--url", url, cwd=tmp_path)
        refused(done, "--interface-version", "could not be guessed", "createEnrollment answered 401 Unauthorized")

    def test_a_target_that_cannot_be_probed_is_said_to_be_so(self) -> None:
        refused(osia("run", "--url", closed_port()), "--interface-version", "connection refused")
