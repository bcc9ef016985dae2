"""The refusals that kmkit makes, and the one table of its exit codes."""

from enum import IntEnum


class Exit(IntEnum):
    """What a command's exit code says; scripts and CI rely on it."""

    OK = 0
    """Done, and nothing to report."""
    FINDINGS = 1
    """Done, and there is something to report: problems, stale notes, owed actions."""
    USAGE = 2
    """The command was not understood; nothing was done."""
    REFUSED = 3
    """A guard, a permission or a conflict forbids it; nothing was changed."""
    CANNOT = 4
    """It cannot be done: no knowledge base, git failed, history incomplete, input or output."""
    INTERRUPTED = 130
    """Stopped by the user."""
    UNREAD = 141
    """Whoever read the output stopped reading, as `head` does; git ends so too."""


class KmkitError(Exception):
    """A refusal that says in one sentence what happened and in another what to do."""

    code: Exit = Exit.CANNOT

    def __init__(self, message: str, mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend

    def __str__(self) -> str:
        return f"{self.message} {self.mend}".strip()


class UsageError(KmkitError):
    """What was asked for is incomplete or makes no sense."""

    code = Exit.USAGE


class Refused(KmkitError):
    """The rules of the knowledge base forbid it; nothing was changed."""

    code = Exit.REFUSED


class Cannot(KmkitError):
    """The surroundings do not allow it: no KB, no git, a damaged file, a full disk."""

    code = Exit.CANNOT


class Stopped(KmkitError):
    """Somebody stopped it while letters or messages were going out."""

    code = Exit.INTERRUPTED
