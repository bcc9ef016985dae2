"""The tables of an index as plain rows: to compare what was brought up to date with a new one."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from kmkit.errors import Cannot
from kmkit.index.book import Index
from kmkit.index.card import Card, card, packed
from kmkit.index.carding import card_of, listed, profile_of, rules_of, use_of
from kmkit.index.keeping.holding import whole
from kmkit.index.keeping.opening import Opened
from kmkit.index.keeping.texts import fresh_words
from kmkit.index.search import parse
from kmkit.index.stale import stale
from kmkit.kb import KnowledgeBase
from kmkit.note.model import Note
from kmkit.note.records import KINDS
from kmkit.trail.git import Git
from tests.note_material import TODAY

DAYS = (TODAY, TODAY - timedelta(days=4000), TODAY + timedelta(days=20), date(2031, 2, 3))
"""Days on which it is asked what is stale: some of what the notes say is ahead of some of them."""

Tables = dict[str, list[tuple[Any, ...]]]


def same_as_anew(root: Path) -> None:
    """The index, brought up to the files, says what one says that is made of nothing now."""
    passing, _ = tables(root, brief=True)
    kept, events = tables(root)
    with set_aside(root):
        new, events_anew = tables(root)
    for name, rows in new.items():
        _same(passing[name], rows, f"{name}, in a moment")
        _same(kept[name], rows, name)
    _same(sorted(events), sorted(events_anew), "events")
    parents_first(root, [row[0].hex() for row in events])


def same_at_one_go(root: Path, today: date) -> None:
    """An index that is made at one go, with trail and full text, holds what the other one does."""
    kept, events = tables(root)
    whole(root, today=today, anew=True)
    opened = Opened(root)
    assert opened.serves
    assert not list(opened.query("SELECT n FROM unread")), "there is no full text of these"
    opened.settle()  # so that git is waited for
    opened.close()
    new, events_anew = tables(root)
    for name, rows in new.items():
        _same(kept[name], rows, name)
    _same(sorted(events), sorted(events_anew), "events")
    parents_first(root, [row[0].hex() for row in events_anew])
    with Index.open(root, today=today) as index:
        words_as_anew(index)


def tables(root: Path, *, brief: bool = False) -> tuple[Tables, list[tuple[Any, ...]]]:
    """What an index has, with the paths of the notes for their numbers; and the trail's steps."""
    opened = Opened(root, brief=brief)
    opened.settle()
    paths: dict[int, str] = dict(opened.query("SELECT n, path FROM notes"))
    found: Tables = {}
    for name in ("notes", "cards", "marks", "links", "problems"):
        columns = [row[0] for row in opened.query(f"SELECT name FROM pragma_table_info('{name}')")]
        wanted = ", ".join(column for column in columns if column not in ("n", "seen"))
        rows = opened.query(f"SELECT n, {wanted} FROM {name}")
        found[name] = sorted(((paths[n], *values) for n, *values in rows), key=repr)
    found["records"] = sorted(
        opened.query("SELECT path, kind, id, note, card, errors FROM records")
    )
    found["meta"] = sorted(
        opened.query("SELECT key, value FROM meta WHERE key IN ('digest', 'head', 'rules')")
    )
    opened.bring_up_trail()
    events = list(opened.query("SELECT sha, note, move, at, day, email FROM events ORDER BY seq"))
    opened.close()
    return found, events


@contextmanager
def set_aside(root: Path) -> Iterator[None]:
    """While the index is not there, so that it is made anew; afterwards it is there as before."""
    folder = Git.find(root).git_dir / "kmkit"
    aside = folder.with_name("kmkit-aside")
    if folder.exists():
        folder.rename(aside)
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if aside.exists():
            aside.rename(folder)


def parents_first(root: Path, shas: list[str]) -> None:
    """No commit comes before one that it follows."""
    place = {sha: number for number, sha in enumerate(shas)}
    for sha in shas:
        for older in Git.find(root).text("rev-list", sha).split():
            assert place.get(older, -1) <= place[sha], (older, sha)


def same_as_the_files(root: Path, days: tuple[date, ...] = DAYS) -> None:
    """The index says of every note what reading its file says, and finds the same notes stale."""
    kb = KnowledgeBase(root)
    read = [card_of(note, kb.policy, kb.kinds) for note in kb.notes()]
    with Index.open(root, today=TODAY, meanwhile=str) as index:
        words_as_anew(index)
    with Index.open(root, today=TODAY) as index:
        found = [one._replace(n=0) for one in index.cards()]
        cards = sorted(map(_again, read), key=lambda one: one.path)
        _same([one.path for one in found], [one.path for one in cards], "paths")
        _same(found, cards, "cards")
        people = {email: profile_of("", who) for email, who in kb.people.items()}
        assert {e: p._replace(path="") for e, p in index.people.items()} == people
        assert sorted(use._replace(path="") for use in index.uses) == sorted(
            use_of("", use) for use in kb.applications
        )
        for kind in KINDS:
            kept_ones = sorted(index.records(kind), key=lambda record: record.id)
            assert kept_ones == sorted(kb.records(kind), key=lambda record: record.id)
        rules = rules_of(kb.config, kb.policy, kb.kinds)
        assert index.rules == rules
        assert index.kinds == kb.kinds
        words_as_anew(index)
    for today in days:
        at = KnowledgeBase(root, now=kb.now.replace(today.year, today.month, today.day))
        with Index.open(root, today=today) as index:
            asked = stale(found, today=today, rules=rules, people=index.people, uses=index.uses)
            reasons = [(row.note.path, row.reasons) for row in index.stale()]
            _same(reasons, [(row.note.path, row.reasons) for row in asked], f"stale on {today}")
            shown = {row.card.path: row for row in index.select()}
        for note in at.notes():
            wanted = listed(at, note, _standing(at, note))
            row = shown[str(note.path)]
            ours = row._replace(card=row.card._replace(n=0))
            _same([ours], [wanted._replace(card=_again(wanted.card))], "as listed")


def _kept_nowhere(write: object, *, brief: bool = False) -> None:
    """Writes nothing down."""


def words_as_anew(index: Index) -> None:
    """The full text finds what a new one finds that is made of the same tables."""
    new = fresh_words(lambda: index._opened._index, index.root, None, _kept_nowhere)
    for typed in ("fuel", "oil", "tales", "words", "title:boats", "text of lessons", "draft"):
        kept = index.words.search(parse(typed), limit=50)
        _same(
            sorted(h.n for h in kept.hits),
            sorted(h.n for h in new.search(parse(typed), limit=50).hits),
            typed,
        )


def _same(ours: Sequence[object], theirs: Sequence[object], what: str) -> None:
    """Both are the same; else it is told what only one of them has."""
    more = [one for one in ours if one not in theirs]
    less = [one for one in theirs if one not in ours]
    assert ours == theirs, f"{what}: {more} instead of {less}"


def _standing(kb: KnowledgeBase, note: Note) -> Note:
    """The version that stands, the file's where git has it not."""
    try:
        return kb.standing(note)
    except Cannot:
        return note


def _again(one: Card) -> Card:
    """A card as it comes out of the index, where texts stand for some values."""
    return card(0, packed(one))
