"""Every problem of a knowledge base: its settings, its templates, its notes and its records."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePosixPath

from kmkit.errors import Cannot
from kmkit.index.carding import stands_approved
from kmkit.kb import KnowledgeBase
from kmkit.note.checks import CheckContext, check
from kmkit.note.file import unopened
from kmkit.note.frontmatter import places_of
from kmkit.note.kinds import Kind, kind_names, load_kind
from kmkit.note.model import Note
from kmkit.note.problem import Place, Problem
from kmkit.note.records import KINDS, Known, Person, check_people, check_records
from kmkit.note.records.templates import load_template
from kmkit.note.settings import check_policy, check_settings
from kmkit.places import CONFIG, POLICY, read_plain

Wanted = Callable[[PurePosixPath], bool]
Track = Callable[[Iterable[PurePosixPath]], Iterable[PurePosixPath]]

_PLACE = re.compile(rf"(?P<path>{re.escape(CONFIG)}|{re.escape(POLICY)}):(?P<line>\d+): ")
_LINE = re.compile(r"at line (\d+)")


def problems(
    kb: KnowledgeBase, wanted: Wanted = lambda path: True, *, track: Track = iter
) -> Iterator[Problem]:
    """The problems in the files of ``kb`` that are ``wanted``, file by file.

    Settings and templates that cannot be read are told of in any case: without them nothing can
    be checked. ``track`` is handed the paths of the notes and may watch them go by.
    """
    context, found = _context(kb)
    if context:
        found += [problem for problem in _settings(kb) if wanted(PurePosixPath(problem.path))]
    yield from found
    for path in track([path for path in kb.note_paths() if wanted(path)]):
        yield from _note(kb, path, context)
    yield from _records(kb, wanted)


def _context(kb: KnowledgeBase) -> tuple[CheckContext | None, list[Problem]]:
    """What notes are compared with, and what cannot be read of it."""
    found: list[Problem] = []
    for path, load in ((CONFIG, lambda: kb.config), (POLICY, lambda: kb.policy)):
        try:
            load()
        except Cannot as error:
            found.append(_setting(path, error))
    kinds: dict[str, Kind] = {}
    for name in kind_names(kb.root):
        try:
            kinds[name] = load_kind(name, kb.root)
        except Cannot as error:
            path = f"templates/notes/{name}.md.j2"
            found.append(Problem(path, 1, 1, "bad-template", error.message, error.mend))
    for name in KINDS:
        try:
            load_template(name, kb.root)
        except Cannot as error:
            path = f"templates/records/{name}.md.j2"
            found.append(Problem(path, 1, 1, "bad-template", error.message, error.mend))
    if any(problem.rule == "bad-setting" for problem in found):
        return None, found

    def approved(note: Note) -> bool:
        """Whether the file's verdicts approve its text."""
        return stands_approved(note, kb.policy, kinds.get(note.kind))

    def exists(path: str) -> bool:
        """Whether something is at ``path``."""
        try:
            return (kb.root / path).exists()
        except (OSError, ValueError):
            return False

    context = CheckContext(
        kb.policy, kb.config, kinds, kb.people, kb.ids, kb.today, approved, exists
    )
    return context, found


def _setting(path: str, error: Cannot) -> Problem:
    """A settings file that cannot be read, as a problem."""
    message, line = error.message, 1
    if place := _PLACE.match(message):
        message, line = message[place.end() :], int(place["line"])
    elif found := _LINE.search(message):
        line = int(found[1])
    return Problem(path, line, 1, "bad-setting", message, error.mend)


def _settings(kb: KnowledgeBase) -> Iterator[Problem]:
    """What settings that can be read get wrong."""
    config = (kb.root / CONFIG).read_text(encoding="utf-8")
    policy = (kb.root / POLICY).read_text(encoding="utf-8")
    yield from check_settings(kb.config, kb.policy, config)
    yield from check_policy(kb.policy, policy)


def _note(
    kb: KnowledgeBase, path: PurePosixPath, context: CheckContext | None
) -> Iterator[Problem]:
    """The problems of one note, those of its reading first."""
    try:
        note = kb.read(path)
    except Cannot as error:
        note = unopened(path, error)
    yield from note.problems
    if context:
        yield from check(note, context)


def _records(kb: KnowledgeBase, wanted: Wanted) -> Iterator[Problem]:
    """The problems of people and records; all are read, because they are told from one another."""

    def find(path: PurePosixPath, field: str) -> Place:
        """Where a field stands in a file."""
        places = places_of(read_plain(kb.root / path).decode("utf-8", "replace"))
        return places.get(field) or places.get(field.partition(".")[0]) or Place(1, 1)

    files = kb.shelves.every()
    try:
        known = Known(kb.ids, kb.today, kb.policy.levels, kb.config.topics)
    except Cannot:  # of the settings it is told elsewhere
        known = Known(kb.ids, kb.today)
    people = [(path, one) for path, one in files.records if isinstance(one, Person)]
    found = [*files.problems, *check_people(people, find)]
    found += check_records(files.records, known, find)
    for problem in sorted(found, key=lambda p: (p.path, p.line, p.col)):
        if wanted(PurePosixPath(problem.path)):
            yield problem
