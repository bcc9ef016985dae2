"""A knowledge base of any size with a legal history, to measure on.

Every note was captured by Ana, validated by Ben, formatted and disseminated by Ana: four commits.
The last notes are only captured, so that something is left to move. The same number of notes gives
the same history, commit for commit. `git fast-import` writes it, thousands of commits a second.

    python -m benchmarks.histories DIR [--notes 10000]
"""

import argparse
import random
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from kmkit.config import Policy
from kmkit.kb.settings import first_config, first_policy
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.lifecycle.person import Person
from kmkit.note.file import read
from kmkit.note.kinds import load_kind
from kmkit.places import CONFIG, POLICY
from kmkit.trail.event import compose

ANA = Person("Ana", "ana@example.org")
"""Steward, and author of every note."""
BEN = Person("Ben", "ben@example.org")
"""Reviewer of every note."""
WAITING = 200
"""How many of the last notes are only captured."""

_BEGIN = datetime(2023, 11, 14, tzinfo=UTC)
_STEP = timedelta(minutes=1)
_YEARS = range(2004, 2024)
_WORDS = (
    "the road to depot was closed by rain and we had fuel for two days so drivers waited while "
    "camp staff asked district office which bridge would hold a loaded truck"
)
_SETTINGS = {
    "user.name": ANA.name,
    "user.email": ANA.email,
    "commit.gpgsign": "false",
    "core.autocrlf": "false",
    "core.hooksPath": "no-hooks",
    "maintenance.auto": "false",
}
"""What the repository's own configuration says, so that nobody's personal one is measured."""


class Commit(NamedTuple):
    """One commit to be written."""

    author: Person
    message: str
    files: dict[str, str]
    """Whole contents, by path."""


def write(folder: Path, notes: int) -> None:
    """Make ``folder`` a repository with a knowledge base of ``notes`` notes, and lay it out."""
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", folder], check=True)
    for key, value in _SETTINGS.items():
        subprocess.run(["git", "-C", folder, "config", key, value], check=True)
    command = ["git", "-C", str(folder), "fast-import", "--quiet"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        for number, commit in enumerate(history(notes)):
            process.stdin.write(_command(commit, _BEGIN + number * _STEP))
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    subprocess.run(["git", "-C", folder, "reset", "--quiet", "--hard"], check=True)


def history(notes: int) -> Iterator[Commit]:
    """Every commit, oldest first; each is one minute after the one before."""
    level = Policy().levels[0]
    settings = {CONFIG: first_config("Measured", ANA, level), POLICY: first_policy(ANA)}
    yield Commit(ANA, "init: Measured becomes a knowledge base\n", settings)
    guidance = load_kind("lesson", None).guidance
    done = 1
    for number in range(notes):
        year = _YEARS[number * len(_YEARS) // notes]
        note = _Lesson(number, year, level, guidance)
        walk = note.walk(_BEGIN + done * _STEP)
        commits = [next(walk)] if number >= notes - WAITING else list(walk)
        done += len(commits)
        yield from commits


class _Lesson:
    """One note, and the commits that it makes."""

    def __init__(self, number: int, year: int, level: str, guidance: frozenset[str]) -> None:
        self.id = f"{year}0101-lesson-number-{number}-{number % 0x10000:04x}"
        self.title = f"Lesson number {number}"
        self.path = f"notes/{year}/{self.id}.md"
        self.level = level
        words = " ".join(random.Random(number).choices(_WORDS.split(), k=120))
        self.head = (
            f"owner: {ANA.email}\nlevel: {level}\nsummary: Order early.\ntopics: [fuel]\n"
            f"gathered: {{on: {year}-01-01, method: interview, by: {ANA.email}}}\n"
            "matters_to: Drivers.\n"
        )
        self.body = (
            f"\n## Context and challenge\n\n{words}\n\n## Solution and actions\n\nWe ordered.\n"
            f"\n## Results\n\nIt came.\n\n## Lessons\n\nOrder {number} days before the rains.\n"
        )
        note = read(self.text("captured").encode(), PurePosixPath(self.path))
        self.fingerprint = fingerprint(note, guidance)

    def walk(self, begin: datetime) -> Iterator[Commit]:
        """Its four commits, of which the first is made at ``begin``."""
        owner = [("Kmkit-Level", self.level), ("Kmkit-Owner", ANA.email)]
        yield self.commit(ANA, "capture", "", "captured", "", owner)
        records = (
            f"verdicts:\n  - {{on: {(begin + _STEP).date()}, by: {BEN.email}, method: peer-review, "
            f"verdict: approve, fingerprint: {self.fingerprint}, because: Fine.}}\n"
        )
        judged = [
            ("Kmkit-Method", "peer-review"),
            ("Kmkit-Verdict", "approve"),
            ("Reviewed-by", str(BEN)),
        ]
        yield self.commit(BEN, "validate", "captured", "validated", records, judged, "Fine.")
        yield self.commit(ANA, "format", "validated", "formatted", records)
        day = str((begin + 3 * _STEP).date())
        records += f"disseminated:\n  - {{on: {day}, channel: weekly-digest, by: {ANA.email}}}\n"
        sent = [("Kmkit-Channel", "weekly-digest"), ("Kmkit-On", day)]
        yield self.commit(ANA, "disseminate", "formatted", "disseminated", records, sent)

    def commit(
        self,
        author: Person,
        verb: str,
        before: str,
        after: str,
        records: str,
        more: list[tuple[str, str]] | None = None,
        reason: str = "",
    ) -> Commit:
        """One move, with the note as it stands after it."""
        trailers = [
            ("Kmkit-Note", self.id),
            ("Kmkit-Move", f"{verb} {before} -> {after}".replace("  ", " ")),
            ("Kmkit-Fingerprint", self.fingerprint),
            *(more or ()),
        ]
        message = compose(f"{verb}: {self.title}", reason, trailers)
        return Commit(author, message, {self.path: self.text(after, records)})

    def text(self, state: str, records: str = "") -> str:
        """The file in ``state``, with the records that the moves so far left in it."""
        top = f"id: {self.id}\ntitle: {self.title}\nkind: lesson\nstate: {state}\n"
        return f"---\n{top}{self.head}{records}---\n{self.body}"


def _command(commit: Commit, when: datetime) -> bytes:
    """``commit`` in the language of git fast-import."""
    who = f"{commit.author} {int(when.timestamp())} +0000\n"
    parts = [f"commit refs/heads/main\nauthor {who}committer {who}".encode(), _data(commit.message)]
    for path, text in commit.files.items():
        parts += [f"M 100644 inline {path}\n".encode(), _data(text)]
    return b"".join(parts)


def _data(text: str) -> bytes:
    raw = text.encode()
    return b"data %d\n%s\n" % (len(raw), raw)


def main() -> None:
    """Write a knowledge base into the folder that the command line names."""
    parser = argparse.ArgumentParser(description="Write a knowledge base to measure on.")
    parser.add_argument("folder", type=Path, help="a new or empty folder")
    parser.add_argument("--notes", type=int, default=10_000)
    options = parser.parse_args()
    if options.folder.exists() and any(options.folder.iterdir()):
        parser.error(f"{options.folder} is not empty")
    write(options.folder, options.notes)


if __name__ == "__main__":
    main()
