"""The lessons of NASA's Lessons Learned Information System, from a file of JSON lines.

One object a line, with the fields of the public site: lesson_number, title, lesson_date,
abstract_text, driving_event_text, lesson_text, recommendation_text, nasa_topics. `entries` makes
them ready to be searched; `lay` writes them as a knowledge base of validated notes.

    python -m benchmarks.relevance.lessons FILE DIR
"""

import argparse
import html
import json
import re
import subprocess
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from benchmarks.histories import _SETTINGS as SETTINGS
from benchmarks.histories import ANA, BEN, Commit
from benchmarks.histories import _command as command_of
from kmkit.config import Policy
from kmkit.index.search import Entry
from kmkit.kb.settings import first_config, first_policy
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.note.file import read
from kmkit.note.kinds import load_kind
from kmkit.places import CONFIG, POLICY
from kmkit.text import fold, one_line
from kmkit.trail.event import compose

_STEP = timedelta(minutes=1)
_NO_TOPICS = frozenset({"", "None", "N/A", "Categories"})
_LEVEL = Policy().levels[0]


class Lesson(NamedTuple):
    """One lesson, as plain text."""

    number: int
    title: str
    day: str
    """ISO date."""
    summary: str
    event: str
    lesson: str
    recommendation: str
    topics: tuple[str, ...]

    @property
    def sections(self) -> tuple[tuple[str, str], ...]:
        """Its parts by the headings of a lesson in kmkit, where a note needs the first two."""
        instead = self.summary or self.title
        first = (("Context and challenge", self.event), ("Lessons", self.lesson))
        parts = [(name, text or instead) for name, text in first]
        if self.recommendation:
            parts.append(("Recommendations", self.recommendation))
        return tuple(parts)

    @property
    def id(self) -> str:
        """The note's id; its last part is the lesson's number."""
        slug = "-".join(re.findall("[a-z0-9]+", fold(self.title)))[:50].strip("-")
        return f"{self.day.replace('-', '')}-{slug}-{self.number:04x}"


def read_lessons(path: Path) -> list[Lesson]:
    """All lessons in the file ``path``, in its order."""
    with path.open(encoding="utf-8") as lines:
        return [_lesson(json.loads(line)) for line in lines if line.strip()]


def entries(lessons: Iterable[Lesson]) -> Iterator[Entry]:
    """The lessons as they are searched, by their numbers."""
    for lesson in lessons:
        body = "\n\n".join((lesson.event, lesson.lesson, lesson.recommendation))
        yield Entry(lesson.number, lesson.title, lesson.summary, lesson.topics, body)


def lay(lessons: Iterable[Lesson], folder: Path) -> None:
    """Make ``folder`` a repository with a knowledge base of ``lessons``, each validated."""
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", folder], check=True)
    for key, value in SETTINGS.items():
        subprocess.run(["git", "-C", folder, "config", key, value], check=True)
    commands = [command_of(commit, when) for commit, when in _history(lessons)]
    git = ["git", "-C", str(folder)]
    subprocess.run([*git, "fast-import", "--quiet"], input=b"".join(commands), check=True)
    subprocess.run([*git, "reset", "--quiet", "--hard"], check=True)


def _lesson(row: dict[str, str]) -> Lesson:
    plain = {key: _plain(value) for key, value in row.items() if isinstance(value, str)}
    return Lesson(
        int(row["lesson_number"]),
        one_line(plain["title"]),
        row["lesson_date"],
        one_line(plain["abstract_text"]),
        plain["driving_event_text"],
        plain["lesson_text"],
        plain["recommendation_text"],
        tuple(topic for topic in row["nasa_topics"] if topic not in _NO_TOPICS),
    )


def _plain(text: str) -> str:
    """``text`` without HTML's names for characters, and without what Markdown takes for marks."""
    lines = html.unescape(text).replace("\r", "").strip().split("\n")
    return "\n".join(re.sub(r"^(\s*)([#>`~<=-])", r"\1\\\2", line) for line in lines)


def _history(lessons: Iterable[Lesson]) -> Iterator[tuple[Commit, datetime]]:
    """The first settings, and for each lesson how it was captured and validated."""
    settings = {CONFIG: first_config("Lessons", ANA, _LEVEL), POLICY: first_policy(ANA)}
    start = datetime(2026, 1, 1, tzinfo=UTC)
    yield Commit(ANA, "init: Lessons becomes a knowledge base\n", settings), start
    guidance = load_kind("lesson", None).guidance
    for number, lesson in enumerate(lessons):
        when = start + (2 * number + 1) * _STEP
        for step, commit in enumerate(_walk(lesson, guidance, when)):
            yield commit, when + step * _STEP


def _walk(lesson: Lesson, guidance: frozenset[str], when: datetime) -> Iterator[Commit]:
    path = f"notes/{lesson.day[:4]}/{lesson.id}.md"
    new = _text(lesson, "captured", "")
    print_of = fingerprint(read(new.encode(), PurePosixPath(path)), guidance)
    trailers = [("Kmkit-Note", lesson.id), ("Kmkit-Move", "capture -> captured")]
    trailers += [("Kmkit-Fingerprint", print_of), ("Kmkit-Level", _LEVEL)]
    message = compose(f"capture: {lesson.title}", "", [*trailers, ("Kmkit-Owner", ANA.email)])
    yield Commit(ANA, message, {path: new})
    verdict = (
        f"verdicts:\n  - {{on: {when.date()}, by: {BEN.email}, method: peer-review, "
        f"verdict: approve, fingerprint: {print_of}, because: Fine.}}\n"
    )
    trailers = [("Kmkit-Note", lesson.id), ("Kmkit-Move", "validate captured -> validated")]
    trailers += [("Kmkit-Fingerprint", print_of), ("Kmkit-Method", "peer-review")]
    trailers += [("Kmkit-Verdict", "approve"), ("Reviewed-by", str(BEN))]
    message = compose(f"validate: {lesson.title}", "Fine.", trailers)
    yield Commit(BEN, message, {path: _text(lesson, "validated", verdict)})


def _text(lesson: Lesson, state: str, records: str) -> str:
    """The note's file."""
    summary = lesson.summary or one_line(lesson.lesson)[:300] or lesson.title
    head = (
        f"id: {lesson.id}\ntitle: {_quoted(lesson.title)}\nkind: lesson\nstate: {state}\n"
        f"owner: {ANA.email}\nlevel: {_LEVEL}\nsummary: {_quoted(summary)}\n"
        f"gathered: {{on: {lesson.day}, method: observation, by: {ANA.email}}}\n"
        f"sources: [anonymous]\n{records}"
    )
    sections = "".join(f"\n## {name}\n\n{text}\n" for name, text in lesson.sections)
    return f"---\n{head}---\n{sections}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def main() -> None:
    """Write the knowledge base that the command line names."""
    parser = argparse.ArgumentParser(description="Lay lessons out as a knowledge base.")
    parser.add_argument("file", type=Path, help="the lessons, one JSON object a line")
    parser.add_argument("folder", type=Path, help="a new folder")
    options = parser.parse_args()
    lay(read_lessons(options.file), options.folder)


if __name__ == "__main__":
    main()
