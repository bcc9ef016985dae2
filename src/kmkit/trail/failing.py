"""What git says where it fails, as a sentence, and what to do about it."""

from pathlib import Path


def complaint(command: str, stderr: bytes) -> str:
    """git's own words, in one line."""
    lines = [line for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    first = next(
        (line for line in lines if line.startswith(("fatal:", "error:"))), lines[0] if lines else ""
    )
    words = first.removeprefix("fatal: ").removeprefix("error: ").strip().rstrip(".")
    return f"git {command} failed: {words or 'it gave no reason'}."


def way_out(command: str, stderr: bytes, top: Path) -> str:
    """What to do about a failure that git itself does not tell how to mend in one line."""
    if b"dubious ownership" in stderr:
        folder = top.resolve().as_posix()
        return (
            "The folder belongs to another account. Where you trust it: "
            f"git config --global --add safe.directory '{folder}'."
        )
    signing = (b"gpg", b"sign", b"ssh-keygen")
    if command == "commit-tree" and any(word in stderr for word in signing):
        return (
            "Commits are signed here, and signing failed. Mend it (user.signingkey, gpg.program), "
            "or turn it off: git config commit.gpgsign false."
        )
    return ""
