"""What git says where it fails, as a sentence, and what to do about it."""

from pathlib import Path

_OFF = "git config commit.gpgsign false"


def complaint(command: str, stderr: bytes) -> str:
    """That a command of git failed, with git's own words, in one line."""
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
            f"git config --global --add safe.directory '{folder}'."
        )
    signing = (b"gpg", b"sign", b"ssh-keygen")
    if command == "commit-tree" and any(word in stderr for word in signing):
        mend = "Commits are signed here, and signing failed. Mend it (user.signingkey, gpg.program)"
        return f"{mend}." if must_sign else f"{mend}, or turn it off: {_OFF}."
    return ""
