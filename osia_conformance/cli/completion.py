"""`osia-conformance completion`: what a shell needs to complete commands and options."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence

from osia_conformance.cli import arguments
from osia_conformance.cli.arguments import CommandParser, Subparsers

SHELLS = ("bash", "zsh", "fish")
_PROGRAM = "osia-conformance"


def add_parser(subparsers: Subparsers[CommandParser]) -> CommandParser:
    """Add the command `completion`."""
    return arguments.add_command(
        subparsers,
        "completion",
        _add_arguments,
        examples=(
            "completion bash > ~/.local/share/bash-completion/completions/osia-conformance",
            "completion fish > ~/.config/fish/completions/osia-conformance.fish",
        ),
    )


def _add_arguments(command: CommandParser) -> None:
    command.add_argument("shell", choices=SHELLS, help="the shell")


def run(options: argparse.Namespace) -> int:
    """Print the completion for a shell."""
    from osia_conformance.cli.parser import parser

    words = words_of(parser())
    sys.stdout.write(_fish(words) if options.shell == "fish" else _bash(words, zsh=options.shell == "zsh"))
    return 0


def words_of(top: CommandParser) -> dict[str, list[str]]:
    """Return what may follow each command: its options, and the choices of its arguments."""
    (subparsers,) = (action for action in top._actions if isinstance(action, argparse._SubParsersAction))
    words: dict[str, list[str]] = {}
    for name, command in subparsers.choices.items():
        command.fill()
        shown = [action for action in command._actions if action.help is not argparse.SUPPRESS]
        found = [option for action in shown for option in action.option_strings if option[:2] == "--"]
        chosen = [str(one) for action in command._actions for one in action.choices or ()]
        words[name] = [*found, *dict.fromkeys(chosen)]
    return words


def _bash(words: Mapping[str, Sequence[str]], *, zsh: bool) -> str:
    cases = "\n".join(f"    {name}) words='{' '.join(found)}' ;;" for name, found in words.items())
    head = "autoload -U +X bashcompinit && bashcompinit\n" if zsh else ""
    return f"""{head}_osia_conformance() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" words='{" ".join(words)} --help --version'
  [ "$COMP_CWORD" -gt 1 ] && case "${{COMP_WORDS[1]}}" in
{cases}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o default -F _osia_conformance {_PROGRAM}
"""


def _fish(words: Mapping[str, Sequence[str]]) -> str:
    lines = [f"complete -c {_PROGRAM} -n __fish_use_subcommand -f -a '{' '.join(words)}'"]
    for name, found in words.items():
        seen = f"complete -c {_PROGRAM} -n '__fish_seen_subcommand_from {name}'"
        lines += [f"{seen} -l {word[2:]}" if word[:2] == "--" else f"{seen} -a {word}" for word in found]
    return "\n".join(lines) + "\n"
