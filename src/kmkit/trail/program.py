"""The only mouth to git: how a git process is started.

Plumbing commands only. User text is never an option, hooks and helpers of the clone stay off, and
a failure becomes one sentence.
"""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import which
from types import TracebackType
from typing import IO

from kmkit.errors import Cannot
from kmkit.trail.answers import Answers, Object
from kmkit.trail.failing import FRESH, complaint, foreign, way_out, words_of

OLDEST = (2, 38)
_SETTINGS = (
    "safe.bareRepository=explicit",
    "core.fsmonitor=false",
    "core.fsync=added,reference",  # what was acknowledged outlives a power cut
    "core.fsyncMethod=fsync",
    f"core.hooksPath={os.devnull}",
    "core.quotePath=false",
    "i18n.commitEncoding=UTF-8",
    "user.useConfigOnly=true",
)
_FOREIGN = frozenset(
    f"GIT_{name}"
    for name in (
        "DIR", "WORK_TREE", "INDEX_FILE", "OBJECT_DIRECTORY", "COMMON_DIR", "PREFIX", "NAMESPACE",
        "ALTERNATE_OBJECT_DIRECTORIES", "CEILING_DIRECTORIES",
    )
)  # fmt: skip
"""What a hook's environment says of another repository or index."""
_OURS = {
    "LC_ALL": "C.UTF-8",
    "LANGUAGE": "",  # or git would speak it, whatever the locale is
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
}
_OPTIONS = tuple(part for setting in _SETTINGS for part in ("-c", setting))


_NOWHERE = str(Path(__file__).parent)
"""A folder without programs: an empty PATH would be the current folder."""


def _places(path: str) -> list[str]:
    """The folders of ``PATH`` that are the same wherever one stands.

    What lies in the current folder others may have put there: git takes in what is pushed.
    """
    return [place for place in path.split(os.pathsep) if Path(place).is_absolute()]


def installed(name: str, outside: Path) -> str:
    """The whole path of a program of this machine, '' where it is not installed.

    None in the current folder counts, nor any below ``outside``, the top of the repository.
    """
    file = f"{name}.exe" if os.name == "nt" else name
    here, top = Path.cwd(), outside.resolve()
    for place in _places(os.environ.get("PATH", os.defpath)):
        folder = Path(place).resolve()
        if folder != here and not folder.is_relative_to(top) and which(folder / file):
            return str(folder / file)
    return ""


class Program:
    """git, as it works on one repository."""

    def __init__(self, top: Path, *, bare: bool = False) -> None:
        self.top = Path(os.path.abspath(top))
        self.bare = bare
        self._answers: Answers | None = None
        self.must_sign = False
        """The rules ask for signed commits: to sign none is no way out."""

    def run(
        self,
        *args: str,
        stdin: bytes | None = None,
        env: Mapping[str, str] | None = None,
        ok: Sequence[int] = (0,),
        patience: float | None = None,
    ) -> bytes:
        """Run git with ``args`` in the top folder; return what it prints, Cannot where it fails.

        ``patience``: seconds after which git is ended, where it waits for somebody else.
        """
        try:
            done = subprocess.run(
                self.command(args),
                input=stdin,
                capture_output=True,
                env=self.environment(env),
                check=False,
                timeout=patience,
            )
        except subprocess.TimeoutExpired:
            raise Cannot(
                f"git {args[0]} got no answer in {patience:.0f} seconds.",
                "Look whether the remote can be reached: git ls-remote.",
            ) from None
        except FileNotFoundError:
            raise Cannot(
                "git is not installed.", f"Install git {OLDEST[0]}.{OLDEST[1]} or newer."
            ) from None
        if done.returncode not in ok or foreign(done.returncode, done.stderr):
            mend = way_out(args[0], done.stderr, self.top, must_sign=self.must_sign)
            raise Cannot(complaint(args[0], done.stderr), mend)
        return done.stdout

    def text(self, *args: str, ok: Sequence[int] = (0,)) -> str:
        """What git prints, as text without the last line break."""
        return self.run(*args, ok=ok).decode("utf-8", "replace").rstrip("\n")

    def command(self, args: Sequence[str]) -> list[str]:
        """The whole command line of git with ``args``."""
        place = [f"--git-dir={self.top}"] if self.bare else ["-C", str(self.top)]
        return ["git", *_OPTIONS, "--literal-pathspecs", "--no-pager", *place, *args]

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment of a git process: this repository and no other, plain English."""
        kept = {key: value for key, value in os.environ.items() if key not in _FOREIGN}
        if "PATH" in kept:
            kept["PATH"] = os.pathsep.join(_places(kept["PATH"])) or _NOWHERE
        return {**kept, **_OURS, **(extra or {})}

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Whatever is asked of objects meanwhile is answered by one process."""
        if self._answers:
            yield
            return
        self._answers = Answers(self)
        try:
            yield
        finally:
            self._answers.close()
            self._answers = None

    def object(self, name: str) -> Object | None:
        """The object that ``name`` means, None where there is none."""
        with self.asking():
            assert self._answers
            return self._answers.read(name)


class Stream(subprocess.Popen[bytes]):
    """A git process that only reads, and whose output is read as it comes.

    Where its ``with`` ends, it is gone: nobody else would wait for it.
    """

    def __init__(
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        stdin: IO[bytes] | int = subprocess.DEVNULL,
        bufsize: int = -1,
    ) -> None:
        from tempfile import TemporaryFile  # takes long to import

        self.words = ""
        """What git said of what went wrong, once its ``with`` has ended; '' for nothing."""
        self._said: IO[bytes] | None = None
        with suppress(OSError):  # where there is no place for it, git goes without
            self._said = TemporaryFile()  # noqa: SIM115 (a pipe could be full before the end)
        super().__init__(
            command,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=self._said or subprocess.DEVNULL,
            env=env,
            bufsize=bufsize,
        )

    @property
    def output(self) -> IO[bytes]:
        """What git prints."""
        assert self.stdout is not None
        return self.stdout

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind:
            self.kill()
        for pipe in filter(None, (self.stdout, self.stdin)):
            with suppress(OSError):
                pipe.close()
        self.wait()
        self.words = self.heard() if self.returncode else ""
        if self._said:
            self._said.close()

    def heard(self) -> str:
        """What git has said up to now of what went wrong, '' for nothing."""
        if not self._said:
            return ""
        self._said.seek(0)
        return words_of(self._said.read(_MOST))


_MOST = 1 << 20
"""Bytes that are looked at of what git says."""


def read_whole(*streams: Stream) -> None:
    """Cannot where git stopped before the end, with its own words: half a history proves nothing.

    To be called once their ``with`` has ended.
    """
    if failed := [stream for stream in streams if stream.returncode]:
        raise unread(next(filter(None, (stream.words for stream in failed)), ""))


def unread(words: str) -> Cannot:
    """Says why git could not read the history, and the way out."""
    return Cannot(f"git could not read the history: {words or 'it was stopped'}.", FRESH)
