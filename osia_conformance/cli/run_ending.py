"""What `run --sign` does when a run has ended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from osia_conformance.cli.arguments import print_lines, say_error
from osia_conformance.verdict.exit_codes import EXIT_FAULT

if TYPE_CHECKING:
    from securesystemslib.signer import SSlibKey

    from osia_conformance.evidence.keys import SigningKey

RunEnding = Callable[[int, Path | None], int]


def signing_key(text: str | None) -> SigningKey | None:
    """Return the key of --sign, a secret reference; None without one.

    Raises ConfigurationError for one that cannot be used: before the run instead of behind it.
    """
    if text is None:
        return None
    from osia_conformance.evidence import keys

    return keys.private_key(text, "--sign")


def run_ending(signer: SigningKey | None) -> RunEnding:
    """Return what ends a run with its exit code and report directory: signing.

    Nothing is signed without a key or a report; a report that cannot be signed is a fault of the suite.
    """
    if signer is None:
        return lambda code, directory: code

    def end(code: int, directory: Path | None) -> int:
        return code if directory is None or sign_report(directory, signer) else EXIT_FAULT

    return end


def sign_report(directory: Path, signer: SigningKey, signed_by: SSlibKey | None = None) -> bool:
    """Sign a report and say so; return False after the sentence that says why it cannot be signed.

    With `signed_by`, add the signature of a witness to that key's.
    """
    from osia_conformance.evidence import files, keys, signing

    try:
        if signed_by is None:
            path, count = signing.sign(directory, signer)
        else:
            path, count = signing.countersign(directory, signed_by, signer)
    except files.EvidenceError as error:
        say_error(signer.redactor.text(f"not signed: {error}"))
        return False
    except OSError as error:
        say_error(signer.redactor.text(f"not signed: {error.filename}: {error.strerror}"))
        return False
    done = "countersigned" if signed_by else "signed"
    print_lines([f"{done}: {path}: {count} files, {keys.described(signer.public_key)}"])
    return True
