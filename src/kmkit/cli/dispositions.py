"""``kmkit brief --record``: what a project makes of each lesson of its brief, and keeps."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from kmkit.cli.fields import line
from kmkit.cli.formats import many
from kmkit.cli.options import a_day
from kmkit.cli.persons import a_person
from kmkit.cli.screen import ask, may_ask, pressed, say
from kmkit.errors import Cannot, UsageError
from kmkit.lifecycle.guards import given
from kmkit.text import did_you_mean

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.index.briefs.brief_lessons import Lesson
    from kmkit.index.briefs.briefing import Brief
    from kmkit.kb import KnowledgeBase

T = TypeVar("T")
NOT_APPLICABLE, NO_ACTION, ACTION = "not-applicable", "no-action", "action"
DECISIONS = (ACTION, NO_ACTION, NOT_APPLICABLE)
_KEYS = {"a": ACTION, "n": NO_ACTION, "x": NOT_APPLICABLE}
_COLUMNS = ("note", "title", "decision", "because", "action", "by", "due")


class Decided(NamedTuple):
    """What was decided on one lesson."""

    note: str
    decision: str
    because: str
    action: str = ""
    by: str = ""
    due: date | None = None


def record(
    kb: "KnowledgeBase",
    index: "Index",
    made: "Brief",
    project: str,
    answers: Path | None,
    *,
    no_input: bool,
) -> None:
    """Keep what ``project`` makes of each lesson; from the file ``answers``, or by asking.

    A file that is not there is written, to be filled in.
    """
    project = line(project, "--record")
    if not given(project):
        raise UsageError("--record is empty.", "Name the project.")
    before = _before(index, project)
    lessons = [one for section in made.sections for one in section.lessons]
    left = [lesson for lesson in lessons if lesson.id not in before]
    if len(left) < len(lessons):
        say(f"{many(len(lessons) - len(left), 'lesson')} decided on before.")
    if not left:
        say("There is nothing to decide on.")
    elif answers and not answers.exists():
        _blank(left, answers)
    elif answers:
        _keep(kb, project, list(_read(kb, answers, left)))
    elif may_ask(no_input):
        for decided in _asked(kb, left):
            _keep(kb, project, [decided])
    else:
        raise UsageError(
            "Nobody is there to be asked what the project makes of its lessons.",
            "Give --answers FILE.csv; it is written to be filled in, if it is not there.",
        )


def _before(index: "Index", project: str) -> set[str]:
    """The notes on which something was decided in the project before."""
    from kmkit.note.records import ApplicationRecord
    from kmkit.text import fold

    found = (r for r in index.records("application") if isinstance(r, ApplicationRecord))
    return {record.note for record in found if fold(record.in_) == fold(project)}


def _keep(kb: "KnowledgeBase", project: str, every: Sequence[Decided]) -> None:
    """Record the decisions, each by a commit of its own."""
    from kmkit.kb.applying import plan, set_aside

    for decided in every:
        note = kb.resolve(decided.note)
        if decided.decision == ACTION:
            assert decided.due is not None
            plan(
                kb, note, where=project, action=decided.action, due=decided.due, by=decided.by,
                because=decided.because,
            )  # fmt: skip
        else:
            set_aside(kb, note, where=project, status=decided.decision, because=decided.because)
        did = "Would record" if kb.dry_run else "Recorded"
        say(f"{did}: {note.title}: {decided.decision} in {project}.")


def _asked(kb: "KnowledgeBase", lessons: "Sequence[Lesson]") -> Iterator[Decided]:
    """What the person at the terminal decides, lesson by lesson; Enter leaves one for later."""
    for number, lesson in enumerate(lessons, 1):
        say(f"{number} of {len(lessons)}: {lesson.title} ({lesson.short})")
        key = pressed("[a]ction, [n]o action, not applicable [x], Enter later, [q]uit?", "anxq")
        if key == "q":
            return
        if not key:
            continue
        because = _until("Why?", _words)
        if key != "a":
            yield Decided(lesson.id, _KEYS[key], because)
            continue
        action = _until("What is to be done?", _words)
        by = _until("By whom (e-mail; Enter for you)?", lambda said: a_person(kb, said, "By"))
        due = _until("By which day (2027-03-01)?", lambda said: _to_come(said, "The day", kb.today))
        yield Decided(lesson.id, ACTION, because, action, by, due)


def _until(question: str, take: Callable[[str], T]) -> T:
    """What ``take`` makes of the answer; what it refuses is said, and asked again."""
    while True:
        try:
            return take(ask(question))
        except UsageError as error:
            say(str(error))


def _words(said: str) -> str:
    if not given(said):
        raise UsageError("Say it in a few words.", "Ctrl-C ends; what was decided is kept.")
    return said


def _to_come(said: str, what: str, today: date) -> date:
    day = a_day(said, what)
    if day < today:
        raise UsageError(f"{what}: {day} is past.", "Give a day that is still to come.")
    return day


def _blank(lessons: "Sequence[Lesson]", file: Path) -> None:
    """Write the lessons to be filled in, in a spreadsheet or an editor."""
    from kmkit.views.tables import csv as as_csv

    rows = [(lesson.id, lesson.title, "", "", "", "", "") for lesson in lessons]
    try:
        file.write_bytes(as_csv(_COLUMNS, rows).encode("utf-8"))
    except OSError as error:
        raise Cannot(f"{file} cannot be written: {error.strerror}.", "Name another.") from None
    say(f"Written: {file}. Fill in decision ({', '.join(DECISIONS)}) and because;")
    say("for an action also action, by (an e-mail) and due (2027-03-01). Then run this again.")


def _read(kb: "KnowledgeBase", file: Path, lessons: "Sequence[Lesson]") -> Iterator[Decided]:
    """What a file says, a line for each lesson; lines without a decision are left for later."""
    from kmkit.note.documents.decoding import decode

    try:
        text, _ = decode(file.read_bytes(), str(file))
    except OSError as error:
        raise Cannot(f"{file} cannot be read: {error.strerror}.") from None
    first = text.lstrip("\ufeff").partition("\n")[0]
    sign = max(",;\t", key=first.count)  # Excel writes semicolons in half of the world
    rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=sign)
    if missing := {"note", "decision", "because"} - set(rows.fieldnames or ()):
        raise UsageError(
            f"{file}: there is no column {', '.join(sorted(missing))}.",
            f"The first line has to be: {sign.join(_COLUMNS)}",
        )
    known = {lesson.id for lesson in lessons}
    for number, row in enumerate(rows, 2):
        said = {name: line(str(row.get(name) or ""), f"{file}:{number}") for name in _COLUMNS}
        if said["decision"]:
            yield _decided(kb, said, known, f"{file}:{number}")


def _decided(kb: "KnowledgeBase", said: dict[str, str], known: set[str], place: str) -> Decided:
    """One line of a file; UsageError, with its place, where something is missing."""
    decision = "-".join(said["decision"].casefold().removeprefix("applicable, ").split())
    if said["note"] not in known:
        raise UsageError(f"{place}: '{said['note']}' is no lesson of this brief.", "See its note.")
    if decision not in DECISIONS:
        mend = did_you_mean(decision[:80], DECISIONS) or f"Write {', '.join(DECISIONS)}."
        raise UsageError(f"{place}: '{said['decision']}' is no decision.", mend)
    for name in ("because", *(("action", "due") if decision == ACTION else ())):
        if not given(said[name]):
            raise UsageError(f"{place}: {name} is missing.", "Fill it in.")
    due = _to_come(said["due"], f"{place}: due", kb.today) if decision == ACTION else None
    by = a_person(kb, said["by"], f"{place}: by")
    return Decided(said["note"], decision, said["because"], said["action"], by, due)
