"""`python -m osia_conformance` and `osia-conformance` are the command."""

import gc
import os
import sys


def main() -> int:
    """Run the command line; return its exit code, or 70 after a sentence if the suite cannot even be loaded."""
    try:
        from osia_conformance.cli import main as run_command  # noqa: PLC0415 - what is broken there is told here

        code = run_command()
    except Exception as error:
        sys.stderr.write(f"osia-conformance: the suite itself failed: {type(error).__name__}: {error}\n")
        return 70
    # Python's collector would look through all that is loaded once more, which goes with the process anyway.
    gc.freeze()
    return code


def _forget_the_working_directory() -> None:
    """Take the working directory off the path, where `python -m` puts it: its files are none of the suite's modules."""
    home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if not sys.flags.safe_path and sys.path and os.path.realpath(sys.path[0]) != os.path.realpath(home):
        del sys.path[0]


if __name__ == "__main__":
    _forget_the_working_directory()
    sys.exit(main())
