"""The command line (CONTRACT: run, serve, token, requirements, cleanup)."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from osia_conformance import __version__
from osia_conformance.auth import PRINTABLE
from osia_conformance.support.output import standard

EXIT_USAGE, EXIT_FAULT, EXIT_INTERRUPTED = 64, 70, 130
EFFORTS = ("quick", "standard", "thorough")
ADDITIONAL = ("earl", "oscal")
REPORTS = ("json", "junit", "allure", "html", "har", "markdown", *ADDITIONAL)


class _Parser(argparse.ArgumentParser):
    """Ends with 64 on wrong usage, as the contract has it."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_USAGE, f"{self.prog}: {message}; see {self.prog} --help.\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    with standard() as (out, error):
        try:
            code = _run_command(arguments)
        except KeyboardInterrupt:
            code = EXIT_INTERRUPTED
        out.flush()
        if out.lost is not None:
            error.write(f"osia-conformance: what was to be printed is not all there: {out.lost}.\n")
            return code or EXIT_FAULT
        return code


def _run_command(arguments: Sequence[str] | None) -> int:
    options = parser().parse_args(arguments)
    from osia_conformance.cli import commands

    command = getattr(commands, options.command)
    return int(command(options))


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = _Parser(prog="osia-conformance", description="Conformance suite for the OSIA Enrollment interface.")
    top.add_argument("--version", action="version", version=f"osia-conformance {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)
    _run(commands.add_parser("run", help="judge a target, or the embedded reference server"))
    _merge(commands.add_parser("merge", help="one report from the shards of a run"))
    _serve(commands.add_parser("serve", help="start the reference server"))
    _token(commands.add_parser("token", help="print a token, as the curl lines of reports use it"))
    _requirements(commands.add_parser("requirements", help="list what is checked, without a target"))
    _cleanup(commands.add_parser("cleanup", help="delete what a cut-off run left on the target"))
    _report(commands.add_parser("report", help="write every format again, from the journal of a run"))
    _compare(commands.add_parser("compare", help="what got better and worse from one run to another"))
    _replay(commands.add_parser("replay", help="send one finding again and say whether it still fails"))
    _profile(commands.add_parser("profile", help="try on the target what the profile says it accepts"))
    _sign(commands.add_parser("sign", help="sign the report of a run"))
    _verify(commands.add_parser("verify", help="check a signed report, offline"))
    _keygen(commands.add_parser("keygen", help="make a key pair for signing reports"))
    return top


def _run(command: argparse.ArgumentParser) -> None:
    _config(command)
    command.add_argument("--url", help="what stands before /v1/...; without it the reference server is judged")
    _version(command)
    command.add_argument("--report-dir", metavar="DIR", help="where the report goes (a new directory)")
    command.add_argument("--seed", type=int, metavar="N", help="the same seed sends the same requests")
    command.add_argument("--workers", type=int, metavar="N", help="processes that judge side by side")
    command.add_argument("--effort", choices=EFFORTS, help="how much is generated")
    command.add_argument(
        "--read-only",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="write nothing: judge what can be judged on the records of [read-only]; incomplete at best",
    )
    command.add_argument("--max-time", metavar="SECONDS", help="what is not judged by then stays untested")
    command.add_argument("--format", nargs="+", choices=REPORTS, default=[], help="besides the usual reports")
    command.add_argument("--sign", metavar="file:KEY", help="sign the report: file:PATH or env:NAME of a key")
    command.add_argument("--spec", metavar="FILE", help="the server's own OpenAPI file: it gives more generated input")
    command.add_argument("--shard", metavar="I/N", help="share I of N of the checks, for jobs on N machines; see merge")
    command.add_argument(
        "--big-buffer", metavar="SIZE", help='also send and read a buffer of this size, such as "1GiB"'
    )
    narrowing = command.add_argument_group("a part of it", "the run is incomplete at best")
    narrowing.add_argument("--only", nargs="+", metavar="ID", help="these requirements, by id or its first parts")
    narrowing.add_argument("--operation", nargs="+", metavar="OPERATION", help="such as createEnrollment")
    narrowing.add_argument("--rerun-failed", metavar="DIR", help="the checks that failed in the run reported there")


def _merge(command: argparse.ArgumentParser) -> None:
    command.add_argument("directories", nargs="+", metavar="DIR", help="the report directory of a shard")
    command.add_argument("--report-dir", metavar="DIR", help="where the report goes (a new directory)")
    command.add_argument("--format", nargs="+", choices=REPORTS, default=[], help="besides the usual reports")
    command.add_argument("--sign", metavar="file:KEY", help="sign the report: file:PATH or env:NAME of a key")


def _serve(command: argparse.ArgumentParser) -> None:
    command.add_argument("--port", type=int, default=8080, metavar="N", help="on 127.0.0.1; 0 takes a free one")
    _version(command)
    command.add_argument("--database", metavar="FILE", help="SQLite file; in memory without it")
    command.add_argument("--jwt-key", metavar="env:NAME", help="the key of its tokens: env:NAME or file:PATH")
    command.add_argument("--jwt-algorithm", default="HS256", metavar="ALG", help="HS256 (default), RS256, ES256 ...")
    command.add_argument("--token-format", choices=("jwt", "opaque"), default="jwt", help="what /token issues")
    command.add_argument("--no-auth", action="store_true", help="ask for no token at all")
    command.add_argument(
        "--client", action="append", default=[], metavar="ID=env:NAME", help="a client of the token endpoint"
    )
    command.add_argument("--while-stdin", action="store_true", help="end when stdin is closed")


def _token(command: argparse.ArgumentParser) -> None:
    command.add_argument("--scope", required=True, help='one or more scopes, such as "enroll.read enroll.write"')
    command.add_argument("--fault", choices=PRINTABLE, help="a token with this fault")
    _config(command)


def _requirements(command: argparse.ArgumentParser) -> None:
    _version(command)
    command.add_argument("--format", choices=("table", "json"), default="table")


def _cleanup(command: argparse.ArgumentParser) -> None:
    command.add_argument("directory", metavar="DIR", help="the report directory of the run")
    _config(command)


def _report(command: argparse.ArgumentParser) -> None:
    command.add_argument("directory", metavar="DIR", help="the report directory of the run")
    command.add_argument(
        "--format", nargs="+", choices=REPORTS, default=[], help="these only; without it, the usual ones"
    )


def _compare(command: argparse.ArgumentParser) -> None:
    command.add_argument("old", metavar="OLD", help="the report directory of the run before")
    command.add_argument("new", metavar="NEW", help="the report directory of the run to judge by it")
    command.add_argument("--format", choices=("text", "markdown", "json"), default="text")


def _replay(command: argparse.ArgumentParser) -> None:
    command.add_argument("directory", metavar="DIR", help="the report directory of the run")
    command.add_argument("requirement", metavar="REQUIREMENT", help="the id of one that failed there")
    _config(command)


def _profile(command: argparse.ArgumentParser) -> None:
    command.add_argument("--check", action="store_true", required=True, help="say what fits and what to change")
    _config(command)
    command.add_argument("--url", help="what stands before /v1/...; without it the reference server is tried")
    _version(command)


def _sign(command: argparse.ArgumentParser) -> None:
    command.add_argument("directory", metavar="DIR", help="the report directory of the run")
    command.add_argument("--key", required=True, metavar="file:KEY", help="the private key: file:PATH or env:NAME")


def _verify(command: argparse.ArgumentParser) -> None:
    command.add_argument("directory", metavar="DIR", help="the report directory")
    command.add_argument("--key", required=True, metavar="PUB", help="the signer's public key, a PEM file")


def _keygen(command: argparse.ArgumentParser) -> None:
    command.add_argument("--algorithm", choices=("ed25519", "ecdsa-p256"), default="ed25519")
    command.add_argument(
        "--out",
        default="signing-key.pem",
        metavar="FILE",
        help="the private key; the public one ends in .pub",
    )


def _config(command: argparse.ArgumentParser) -> None:
    command.add_argument("--config", metavar="FILE", help="conformance.toml")


def _version(command: argparse.ArgumentParser) -> None:
    command.add_argument("--interface-version", metavar="V", help='such as "1.0.0" or "osia-4.1"')


if __name__ == "__main__":
    sys.exit(main())
