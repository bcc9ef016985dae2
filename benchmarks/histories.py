"""A knowledge base of any size with a legal history, to measure on.

Every note has four commits: it was captured by Ana, validated by Ben, formatted by Ana, and then
disseminated or, one in 97, retired. The last notes are only captured, so that something is left to
move. The notes have some 2.7 KB each, twelve owners, eighteen topics, two levels, and
links to earlier ones; some have been used. `fuel` stands in 96 of 100 of them, `rare77x` in two.

Whatever its size, the history takes 372 days: on the day of the last commit 2 in 100
notes were sent out more than a year ago and are overdue, and 2 in 100 are new this week.

The same number of notes gives the same history, commit for commit. `git fast-import` writes it,
thousands of commits a second.

    python -m benchmarks.histories DIR [--notes 10000]
"""

import argparse
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from benchmarks.prose import COMMON, Prose
from kmkit.config import Policy
from kmkit.kb.settings import first_config, first_policy
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.lifecycle.person import Person
from kmkit.note.file import read
from kmkit.note.kinds import Kind, load_kind
from kmkit.note.methods import OUTCOMES
from kmkit.places import CONFIG, POLICY
from kmkit.trail.event import compose

ANA = Person("Ana", "ana@example.org")
"""Steward, and author of every note."""
BEN = Person("Ben", "ben@example.org")
"""Reviewer of every note."""
WAITING = 200
"""How many of the last notes are only captured."""
_BEGIN = datetime(2023, 11, 14, tzinfo=UTC)
_TAKES = timedelta(days=372)

_YEARS = range(2004, 2024)
_KINDS = ("lesson", "lesson", "good-practice", "lesson", "interview")
_UNITS = ("Logistics", "Health", "Water and sanitation", "Finance")
_TOPICS = (
    *("roads", "fuel", "water", "health", "shelter", "finance", "training", "radio", "weather"),
    *("harvest", "boats", "camps", "cash", "schools", "security", "vaccines", "volunteers"),
    "warehouses",
)
_NAMES = ("ana", "cara", "dan", "eva", "finn", "gita", "hal", "ines", "jo", "kofi", "lena", "mia")
_OWNERS = tuple(f"{name}@example.org" for name in _NAMES)
_EVERY_USED = 50
_LEVELS = (0, 1, 0, 0, 1, 0, 0, 0)
_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
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
            process.stdin.write(_command(commit, _BEGIN + number * _step(notes)))
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    subprocess.run(["git", "-C", folder, "reset", "--quiet", "--hard"], check=True)


def _step(notes: int) -> timedelta:
    """The time from one commit to the next."""
    walked = max(notes - WAITING, 0)
    commits = 2 + min(notes, WAITING) + 4 * walked + walked // _EVERY_USED
    return timedelta(seconds=_TAKES.total_seconds() // commits)


def history(notes: int) -> Iterator[Commit]:
    """Every commit, oldest first; `_step` lies between two."""
    yield Commit(ANA, "init: Measured becomes a knowledge base\n", _first_files())
    making, step, done = _Making(notes), _step(notes), 1
    for number in range(notes):
        note = _Note(number, making)
        last = number >= notes - WAITING
        walk = note.walk(_BEGIN + done * step, step)
        commits = [next(walk)] if last else list(walk)
        if number % _EVERY_USED == 9 and not last:
            commits.append(note.used((_BEGIN + (done + 4) * step).date(), making.prose))
        done += len(commits)
        yield from commits


def _first_files() -> dict[str, str]:
    """The settings, with a vocabulary, and a profile of every owner."""
    topics = "".join(f'{topic} = "All about {topic}"\n' for topic in _TOPICS)
    config = first_config("Measured", ANA, Policy().levels[0])
    files = {
        CONFIG: config.replace("[topics]\n", f"[topics]\n{topics}"),
        POLICY: first_policy(ANA),
    }
    for number, owner in enumerate(_OWNERS):
        name = owner.partition("@")[0]
        unit, skill = _UNITS[number % len(_UNITS)], _TOPICS[number]
        files[f"people/{name}.md"] = (
            f"---\nkind: person\nname: {name.title()}\nemail: {owner}\nunit: {unit}\n"
            f"skills: [{skill}]\n---\n"
        )
    return files


class _Making:
    """What the notes of one knowledge base are made of."""

    def __init__(self, notes: int) -> None:
        self.notes = notes
        self.prose = Prose()
        self.kinds = {name: load_kind(name, None) for name in _KINDS}
        self.ids: list[str] = []
        """Of the notes so far."""

    def new_id(self, number: int, title: str) -> str:
        """The id of the next note: its last four characters are its own, and look like chance."""
        tail, left = "", number * 7919
        for _ in range(4):
            left, digit = divmod(left, len(_LETTERS))
            tail += _LETTERS[digit]
        year = _YEARS[number * len(_YEARS) // self.notes]
        slug = "-".join(title.casefold().split()[:5])
        self.ids.append(f"{year}{number % 12 + 1:02}{number % 28 + 1:02}-{slug}-{tail}")
        return self.ids[-1]

    def body(self, kind: Kind, number: int) -> str:
        """The sections of the kind, each filled; some 2 KB."""
        texts = {heading: self.prose.paragraphs(1) for heading in kind.sections}
        first = kind.sections[0]
        texts[first] += f" The rare{number % (self.notes // 2 or 1)}x was told."
        if number % 25:
            texts[first] += f" The {COMMON} was late."
        return "".join(f"\n## {heading}\n\n{text}\n" for heading, text in texts.items())


class _Note:
    """One note, and the commits that it makes."""

    def __init__(self, number: int, making: _Making) -> None:
        prose, kind = making.prose, making.kinds[_KINDS[number % len(_KINDS)]]
        self.number = number
        self.kind = kind.name
        self.title = f"{prose.words(6).capitalize()} {number}"
        self.id = making.new_id(number, self.title)
        self.path = f"notes/{self.id[:4]}/{self.id}.md"
        self.level = Policy().levels[_LEVELS[number % len(_LEVELS)]]
        self.owner = _OWNERS[number * 5 % len(_OWNERS)]
        topics = dict.fromkeys((_TOPICS[number % 18], _TOPICS[number * 7 % 18]))
        self.head = (
            f"owner: {self.owner}\nlevel: {self.level}\nunit: {_UNITS[number % 4]}\n"
            f"summary: {prose.words(16).capitalize()}.\ntopics: [{', '.join(topics)}]\n"
            f"gathered: {{on: {self.id[:4]}-01-01, method: interview, by: {ANA.email}}}\n"
            f"matters_to: {prose.words(8).capitalize()}.\n"
        )
        if number % 20 == 19:
            self.head += f"derived_from: [{making.ids[number - 15]}]\n"
        self.body = making.body(kind, number)
        note = read(self.text("captured").encode(), PurePosixPath(self.path))
        self.fingerprint = fingerprint(note, kind.guidance)

    def walk(self, begin: datetime, step: timedelta) -> Iterator[Commit]:
        """Its four commits, of which the first is made at ``begin``."""
        owner = [("Kmkit-Level", self.level), ("Kmkit-Owner", self.owner)]
        yield self.commit(ANA, "capture", "", "captured", "", owner)
        records = (
            f"verdicts:\n  - {{on: {(begin + step).date()}, by: {BEN.email}, method: peer-review, "
            f"verdict: approve, fingerprint: {self.fingerprint}, because: Fine.}}\n"
        )
        judged = [
            ("Kmkit-Method", "peer-review"),
            ("Kmkit-Verdict", "approve"),
            ("Reviewed-by", str(BEN)),
        ]
        yield self.commit(BEN, "validate", "captured", "validated", records, judged, "Fine.")
        yield self.commit(ANA, "format", "validated", "formatted", records)
        if self.number % 97 == 96:
            yield self.commit(ANA, "retire", "formatted", "retired", records, reason="Outdated.")
            return
        day = str((begin + 3 * step).date())
        records += f"disseminated:\n  - {{on: {day}, channel: weekly-digest, by: {ANA.email}}}\n"
        sent = [("Kmkit-Channel", "weekly-digest"), ("Kmkit-On", day)]
        yield self.commit(ANA, "disseminate", "formatted", "disseminated", records, sent)

    def used(self, day: date, prose: Prose) -> Commit:
        """An application of the note, reported by its owner to Ana."""
        where, outcome = prose.words(3).capitalize(), OUTCOMES[self.number % len(OUTCOMES)]
        name = f"{day:%Y%m%d}-{where.casefold().replace(' ', '-')}-{self.id[-4:]}"
        text = (
            f"---\nid: {name}\nkind: application\nnote: {self.id}\nin: {where}\n"
            f"by: {ANA.email}\non: {day}\noutcome: {outcome}\nbecause: We saw it.\n---\n"
        )
        trailers = [
            ("Kmkit-Record", name),
            ("Kmkit-Move", "apply"),
            ("Kmkit-About", self.id),
            ("Kmkit-On", str(day)),
            ("Kmkit-Outcome", outcome),
        ]
        message = compose(f"apply: {self.title}", "We saw it.", trailers)
        return Commit(ANA, message, {f"records/application/{name}.md": text})

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
        top = f"id: {self.id}\ntitle: {self.title}\nkind: {self.kind}\nstate: {state}\n"
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
