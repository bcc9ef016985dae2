"""A knowledge base in real git for the tests of ``kmkit digest``, its trail made by hand."""

import os
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath

from kmkit.note.model import Note
from kmkit.trail.event import compose
from tests.digest_material import KB

TODAY = "2026-11-20"


class Kb:
    """A copy of the example's settings and people, without notes."""

    def __init__(self, root: Path, *, below: str = "") -> None:
        self.top = root
        self.root = root / below
        self.root.mkdir(parents=True)
        for name in ("kmkit.toml", "policy.toml"):
            shutil.copy(KB / name, self.root / name)
        shutil.copytree(KB / "people", self.root / "people")
        self.git("init", "-q", "-b", "main")
        self.git("add", ".")
        self.git("commit", "-q", "-m", "begin")

    def git(self, *args: str, on: str = "2026-11-01") -> str:
        """Run git as Tomas at half past seven of the day ``on``."""
        day = f"{on}T07:30:00+00:00"
        env = {
            **os.environ,
            "GIT_AUTHOR_DATE": day,
            "GIT_COMMITTER_DATE": day,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
        }
        who = ["-c", "user.name=Tomas Lindqvist", "-c", "user.email=tomas.lindqvist@example.org"]
        done = subprocess.run(
            ["git", *who, "-C", str(self.top), *args], env=env, check=True, capture_output=True
        )
        return done.stdout.decode()

    def write(self, path: PurePosixPath | str, data: bytes) -> None:
        """Put a file there, without a commit."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)

    def step(
        self, note: Note, steps: str = "formatted disseminated", on: str = "2026-11-16", **more: str
    ) -> None:
        """Commit the note as it is, as a move; ``more`` are trailers and the reason."""
        self.write(note.path, note.data)
        before, after = steps.split()
        move = more.pop("move", "disseminate")
        reason = more.pop("reason", "")
        trailers = [("Kmkit-Note", note.id), ("Kmkit-Move", f"{move} {before} -> {after}")]
        trailers += [(f"Kmkit-{key.title()}", value) for key, value in more.items()]
        self.git("add", ".")
        message = compose(f"{move}: {note.title}", reason, trailers)
        self.git("commit", "-q", "--allow-empty", "-m", message, on=on)

    def run(
        self, *args: str, today: str = TODAY, folder: Path | None = None
    ) -> "subprocess.CompletedProcess[bytes]":
        """Run kmkit in the knowledge base."""
        env = {**os.environ, "KMKIT_TODAY": today, "TZ": "UTC", "GIT_CONFIG_GLOBAL": os.devnull}
        env.pop("KMKIT_DIR", None)
        return subprocess.run(
            [sys.executable, "-m", "kmkit", "-C", str(self.root), *args],
            env=env,
            cwd=folder or self.root,
            capture_output=True,
            check=False,
        )
