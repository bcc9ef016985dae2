"""What git answered, kept: a history is judged a thousand times, and git says the same each time.

A question is the command, what stands on its input and the variables of git, so that a change of
what is asked reaches git itself.
"""

import io
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from queue import SimpleQueue
from typing import IO, Any

Question = tuple[tuple[str, ...], bytes, tuple[tuple[str, str], ...]]
Answers = dict[Question, tuple[int, bytes, bytes]]
_run, _Popen = subprocess.run, subprocess.Popen


def _question(args: Sequence[str], given: bytes, env: Mapping[str, str] | None) -> Question:
    ours = sorted((k, v) for k, v in (env or {}).items() if k.startswith(("GIT_", "LC_")))
    return tuple(args), given, tuple(ours)


class Kept:
    """Stands in for `subprocess`, as far as git is asked."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers

    def ask(
        self, args: Sequence[str], given: bytes, env: Mapping[str, str] | None
    ) -> tuple[int, bytes, bytes]:
        """The answer: exit code, output and complaints."""
        question = _question(args, given, env)
        if question not in self.answers:
            pipe = subprocess.PIPE
            with _Popen(args, stdin=pipe, stdout=pipe, stderr=pipe, env=env) as process:
                out, err = process.communicate(given)
            self.answers[question] = (process.returncode, out, err)
        return self.answers[question]

    def run(self, args: Sequence[str], **given: Any) -> Any:
        """As `subprocess.run`."""
        if args[0] != "git":
            return _run(args, **given)
        code, out, err = self.ask(args, given.get("input") or b"", given.get("env"))
        return subprocess.CompletedProcess(args, code, out, err)

    def __getitem__(self, kind: type) -> Any:
        """As ``subprocess.Popen[bytes]``."""
        return _Popen[Any]

    def __call__(self, args: Sequence[str], **given: Any) -> Any:
        """As `subprocess.Popen`, of a git whose output is read to its end."""
        if args[0] != "git":
            return _Popen(args, **given)
        stdin: Any = given.get("stdin")
        env = given.get("env")
        if stdin == subprocess.PIPE:
            return _Objects(self, args, env)
        data = b"" if stdin in (None, subprocess.DEVNULL) else stdin.read()
        return _Ended(*self.ask(args, data, env)[:2])


class _Ended:
    """A process that has said what it had to say."""

    def __init__(self, code: int, out: bytes) -> None:
        self.returncode, self.stdout = code, io.BytesIO(out)
        self.stdin: IO[bytes] | None = None

    def __enter__(self) -> "_Ended":
        return self

    def __exit__(self, *error: object) -> None:
        self.stdout.close()


class _Objects:
    """``git cat-file --batch``: names go in, objects come out."""

    def __init__(self, kept: Kept, args: Sequence[str], env: Mapping[str, str] | None) -> None:
        self.kept, self.args, self.env = kept, args, env
        self.said: SimpleQueue[bytes] = SimpleQueue()
        self.rest, self.returncode = b"", 0
        self.stdin = self.stdout = self

    def __enter__(self) -> "_Objects":
        return self

    def __exit__(self, *error: object) -> None:
        return

    def write(self, names: bytes) -> None:
        """Ask for objects, each on a line."""
        for name in names.splitlines(keepends=True):
            if name != b"flush\n":  # what is said comes at once
                self.said.put(self.kept.ask(self.args, name, self.env)[1])

    def fileno(self) -> int:
        """OSError: there is no pipe."""
        raise OSError

    def flush(self) -> None:
        """All is written already."""
        return

    def close(self) -> None:
        """Nothing more is asked for."""
        self.said.put(b"")

    def readline(self) -> bytes:
        """What comes up to the next line break."""
        while b"\n" not in self.rest and (more := self.said.get()):
            self.rest += more
        line, end, self.rest = self.rest.partition(b"\n")
        return line + end

    def read(self, size: int) -> bytes:
        """The next bytes."""
        while len(self.rest) < size and (more := self.said.get()):
            self.rest += more
        data, self.rest = self.rest[:size], self.rest[size:]
        return data


@contextmanager
def answering(answers: Answers) -> Iterator[None]:
    """git is asked only what is not in ``answers`` yet, which then holds it too."""
    kept = Kept(answers)
    subprocess.run, subprocess.Popen = kept.run, kept  # type: ignore[assignment,misc]
    try:
        yield
    finally:
        subprocess.run, subprocess.Popen = _run, _Popen  # type: ignore[misc]
