"""What git says where it fails, as a sentence, and what to do about it."""

import re
from pathlib import Path

from kmkit.text import as_typed, one_line

_OFF = "git config commit.gpgsign false"
_MISSING = re.compile(rb"cannot (?:run|spawn) (.+?): No such file")
_SIGNERS = {
    "gpg": "Install GnuPG (https://gnupg.org)",
    "gpgsm": "Install GnuPG (https://gnupg.org)",
    "ssh-keygen": "Install OpenSSH (https://www.openssh.com)",
}
"""The programs that git signs with by itself, and what brings them."""
_DAMAGE = (b"corrupt", b"not a tree object", b"bad tree object", b"unable to read", b"object file")
"""How git tells that objects are missing or damaged."""
FRESH = "Run git fsck, or get a fresh clone with its whole history (in CI: fetch-depth: 0)."
"""The way out of a clone that lacks something."""
_SIGNING = (b"gpg", b"sign", b"ssh-keygen", b" key ")


def complaint(command: str, stderr: bytes) -> str:
    """That a command of git failed, with git's own words, in one line."""
    if signer := _missing_signer(command, stderr):
        return f"Commits are signed here by {one_line(signer)}, which is not found."
    words = words_of(stderr) or next(iter(_lines(stderr)), "")
    return f"git {command} failed: {words.strip().rstrip('.') or 'it gave no reason'}."


def words_of(stderr: bytes) -> str:
    """What git calls an error first, without the full stop; '' where it calls nothing so."""
    errors = (line for line in _lines(stderr) if line.startswith(("fatal:", "error:")))
    return next(errors, "").removeprefix("fatal:").removeprefix("error:").strip().rstrip(".")


def _lines(stderr: bytes) -> list[str]:
    return [line for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]


def foreign(code: int, stderr: bytes) -> bool:
    """Whether git, which ended with ``code``, refuses a folder that is another account's."""
    return bool(code) and b"dubious ownership" in stderr


def way_out(command: str, stderr: bytes, top: Path, *, must_sign: bool) -> str:
    """What to do about a failure that git itself does not tell how to mend in one line.

    ``must_sign``: the rules ask for signed commits.
    """
    if foreign(1, stderr):
        folder = top.resolve().as_posix()
        return (
            "The folder belongs to another account. Where you trust it: "
            f"git config --global --add safe.directory {as_typed(folder)}."
        )
    if signer := _missing_signer(command, stderr):
        mend = _SIGNERS.get(
            signer, "Name one that is there (git config --get-regexp 'gpg.*program')"
        )
    elif command == "commit-tree" and any(word in stderr for word in _SIGNING):
        mend = "Commits are signed here, and signing failed. Mend it (user.signingkey, gpg.program)"
    else:
        return FRESH if any(word in stderr for word in _DAMAGE) else ""
    return f"{mend}." if must_sign else f"{mend}, or turn signing off: {_OFF}."


def _missing_signer(command: str, stderr: bytes) -> str:
    """The program that git should have signed by and could not start, '' where it is not that."""
    found = _MISSING.search(stderr) if command == "commit-tree" else None
    return found[1].decode("utf-8", "replace") if found else ""
