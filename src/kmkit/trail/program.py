"""The only mouth to git: how a git process is started.

Plumbing commands only. User text is never an option, hooks and helpers of the clone stay off, and
a failure becomes one sentence.
"""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from kmkit.errors import Cannot
from kmkit.trail.answers import Answers, Object
from kmkit.trail.failing import complaint, way_out

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
_OPTIONS = tuple(part for setting in _SETTINGS for part in ("-c", setting))


class Program:
    """git, as it works on one repository."""

    def __init__(self, top: Path, *, bare: bool = False) -> None:
        self.top = Path(os.path.abspath(top))
        self.bare = bare
        self._answers: Answers | None = None

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
        if done.returncode not in ok:
            raise Cannot(complaint(args[0], done.stderr), way_out(args[0], done.stderr, self.top))
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
        ours = {"LC_ALL": "C.UTF-8", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_REPLACE_OBJECTS": "1"}
        return {**kept, **ours, **(extra or {})}

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
