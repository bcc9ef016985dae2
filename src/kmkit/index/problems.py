"""Every problem of a knowledge base: its settings, its templates, its notes and its records."""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import PurePosixPath

from kmkit.errors import Cannot
from kmkit.index.carding import stands_approved
from kmkit.index.keeping.worktree import FOLDERS
from kmkit.kb import KnowledgeBase
from kmkit.kb.conflicts import Torn, torn, unmerged
from kmkit.kb.history import as_merged
from kmkit.kb.seeing import unfounded
from kmkit.note.checks import CheckContext, check
from kmkit.note.conflict import places
from kmkit.note.file import unopened
from kmkit.note.frontmatter import places_of
from kmkit.note.kinds import Kind, kind_names, load_kind
from kmkit.note.model import Note
from kmkit.note.problem import Place, Problem
from kmkit.note.records import KINDS, Known, Person, check_people, check_records
from kmkit.note.records.templates import load_template
from kmkit.note.settings import check_policy, check_settings
from kmkit.places import CONFIG, POLICY, RECORDS, read_plain
from kmkit.text import as_typed
from kmkit.tomlread import MisfitsError
from kmkit.trail.event import Event
from kmkit.trail.fold import by_note, fold

Wanted = Callable[[PurePosixPath], bool]
Track = Callable[[Iterable[PurePosixPath]], Iterable[PurePosixPath]]

_LINE = re.compile(r"at line (\d+)")
_SEVERAL = "The file is in conflict: git has several versions of it."
_WAY = "Run kmkit resolve"


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
    links, several = _links(kb), unmerged(kb)
    yield from (_linked(path) for path in sorted(links) if wanted(path))

    def plain(path: PurePosixPath) -> bool:
        """Whether a file is asked for and no link leads to it."""
        return wanted(path) and not (links and links.intersection((path, *path.parents)))

    for path in track([path for path in kb.note_paths() if plain(path)]):
        yield from _note(kb, path, context, torn=path in several)
    yield from _records(kb, plain)


def _links(kb: KnowledgeBase) -> frozenset[PurePosixPath]:
    """What is a symbolic link where a file of the knowledge base is meant, or a folder of them."""
    tops = [PurePosixPath(name) for name in (CONFIG, POLICY, *FOLDERS)]
    found = [path for path in tops if (kb.root / path).is_symlink()]
    left = [name for name in FOLDERS if (kb.root / name).is_dir()]
    while left:
        with suppress(OSError), os.scandir(kb.root / (folder := left.pop())) as inside:
            for one in inside:
                if one.name.startswith("."):
                    continue
                if one.is_symlink() and (one.name.endswith(".md") or one.is_dir()):
                    found.append(PurePosixPath(folder, one.name))
                elif one.is_dir(follow_symlinks=False):
                    left.append(f"{folder}/{one.name}")
    return frozenset(found)


def _linked(path: PurePosixPath) -> Problem:
    message = "A symbolic link stands here, and what it leads to can change without any commit."
    return Problem(str(path), 1, 1, "symbolic-link", message, "Put the real file in its place.")


def _context(kb: KnowledgeBase) -> tuple[CheckContext | None, list[Problem]]:
    """What notes are compared with, and what cannot be read of it."""
    found: list[Problem] = []
    for path, load in ((CONFIG, lambda: kb.config), (POLICY, lambda: kb.policy)):
        try:
            load()
        except Cannot as error:
            found += _setting(path, error)
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
    if any(problem.rule in ("bad-setting", "merge-conflict") for problem in found):
        return None, found

    def approved(note: Note) -> bool:
        """Whether the file's verdicts approve its text."""
        return stands_approved(note, kb.policy, kinds.get(note.kind))

    @cache
    def trails() -> dict[str, list[Event]]:
        """Every move, by note."""
        return by_note(kb.events())

    def unproved(note: Note) -> tuple[str, str]:
        """What is said of a state that the history does not lead to."""
        try:
            claim = as_merged(kb, note, fold(trails().get(note.id, ())))
            return unfounded(kb, note, claim)
        except Cannot:  # git has nothing to say
            return "", ""

    def exists(path: str) -> bool:
        """Whether something is at ``path``."""
        try:
            return (kb.root / path).exists()
        except (OSError, ValueError):
            return False

    context = CheckContext(
        kb.policy, kb.config, kinds, kb.people, kb.ids, kb.today, approved, unproved, exists
    )
    return context, found


def _setting(path: str, error: Cannot) -> list[Problem]:
    """A settings file that cannot be read, as problems."""
    if isinstance(error, Torn):
        return [_in_conflict(path, error)]
    if isinstance(error, MisfitsError):
        mend = f"Mend it in {path}."
        told = error.misfits
        return [Problem(path, one.line, 1, "bad-setting", one.message, mend) for one in told]
    found = _LINE.search(error.message)
    line = int(found[1]) if found else 1
    return [Problem(path, line, 1, "bad-setting", error.message, error.mend)]


def _in_conflict(path: str, found: Torn) -> Problem:
    """A file in conflict that is no note, as a problem."""
    return Problem(path, found.line or 1, 1, "merge-conflict", f"The file {found.said}", found.mend)


def _settings(kb: KnowledgeBase) -> Iterator[Problem]:
    """What settings that can be read get wrong."""
    config = (kb.root / CONFIG).read_text(encoding="utf-8")
    policy = (kb.root / POLICY).read_text(encoding="utf-8")
    for name in (CONFIG, POLICY):
        if found := torn(kb, PurePosixPath(name)):
            yield _in_conflict(name, found)
    yield from check_settings(kb.config, kb.policy, config)
    yield from check_policy(kb.policy, policy)


def _note(
    kb: KnowledgeBase, path: PurePosixPath, context: CheckContext | None, *, torn: bool
) -> Iterator[Problem]:
    """The problems of one note, those of its reading first.

    ``torn``: a merge that stopped has left several versions of it.
    """
    try:
        note = kb.read(path)
    except Cannot as error:
        note = unopened(path, error)
    yield from note.problems
    if context:
        yield from check(note, context)
    if torn and not places(note.data):
        yield Problem(str(path), 1, 1, "merge-conflict", _SEVERAL, f"{_WAY} {as_typed(path)}.")


def _unmerged(kb: KnowledgeBase, found: Iterable[Problem]) -> Iterator[Problem]:
    """The problems of records, with what is to be done about those in conflict."""
    torn_ones = {str(path) for path in unmerged(kb) if path.parts[0] in RECORDS}
    for problem in found:
        if problem.rule == "merge-conflict":
            torn_ones.add(problem.path)
        else:
            yield problem
    for path in torn_ones:
        if one := torn(kb, PurePosixPath(path)):
            yield _in_conflict(path, one)


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
    found = [*_unmerged(kb, files.problems), *check_people(people, find)]
    found += check_records(files.records, known, find)
    for problem in sorted(found, key=lambda p: (p.path, p.line, p.col)):
        if wanted(PurePosixPath(problem.path)):
            yield problem
