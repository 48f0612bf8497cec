"""The commands, with what each does: all that help needs to know of them.

Each is a module of this room: `add_parser(subparsers)` describes it, `run(options)` returns its exit code.
"""

from __future__ import annotations

COMMANDS = {
    "demo": "judge the reference server that comes with the suite, to see what a run is like",
    "init": "write a conformance.toml, asking for what is not given",
    "doctor": "try URL, TLS, token, version and profile by a few calls, and say what to change",
    "run": "judge a target",
    "merge": "one report from the shards of a run",
    "report": "write every format again, from the journal of a run",
    "compare": "what got better and worse from one run to another",
    "history": "a trend of runs: each requirement's outcome by run",
    "replay": "send one finding again, or all, and say whether they still fail",
    "cleanup": "delete what a cut-off run left on the target",
    "explain": "show a requirement: its clause, its rulings, its checks, the servers that break it",
    "requirements": "list what is checked, without a target",
    "token": "print a token, as the curl lines of reports use it",
    "serve": "start the reference server",
    "profile": "try on the target what the profile says it accepts",
    "config": "check a conformance.toml without calling anybody, or print its JSON Schema",
    "sign": "sign the report of a run",
    "verify": "check a signed report, offline",
    "verifier": "write a page that verifies a signed report in a browser, without Python",
    "keygen": "make a key pair for signing reports",
    "completion": "print what completes commands and options in a shell",
}
