"""The trail as the index holds it: which step of which note is in which commit."""

import re
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from kmkit.errors import Cannot
from kmkit.index.keeping.schema import OF_EVENTS, Values, find_events
from kmkit.trail.event import Event, parse
from kmkit.trail.git import Git
from kmkit.trail.log import commits, named


def bring_up(index: sqlite3.Connection, git: Git, head: str) -> None:
    """Have the table of events hold the steps in the history of ``head``, and no others.

    Only what was added since is read; a branch that was left behind is taken out.
    """
    known = told_up_to(index, git)
    if known == head:
        return
    gone, news = _between(git, known, head)
    if gone is None:
        index.execute("DELETE FROM events")
        for name in OF_EVENTS:
            index.execute(f"DROP INDEX IF EXISTS {name}")
    else:
        rows = index.execute("SELECT seq, sha FROM events") if gone else ()
        away = [(seq,) for seq, sha in rows if sha in gone]
        index.executemany("DELETE FROM events WHERE seq = ?", away)
    if news:
        found = commits(git, *news, oldest_first=True)
        index.executemany(_INSERT, (row for sha, raw in found if (row := _row(sha, raw))))
    find_events(index)
    told = {"told": head, "cut": _cut(git)}
    index.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", told.items())


_INSERT = "INSERT INTO events (sha, note, move, at, day, email) VALUES (?, ?, ?, ?, ?, ?)"


def told_up_to(index: sqlite3.Connection, git: Git) -> str:
    """The commit whose history the table of events holds; '' where a clone was deepened since."""
    said = dict(index.execute("SELECT key, value FROM meta WHERE key IN ('told', 'cut')"))
    return str(said.get("told", "")) if said.get("cut", "") == _cut(git) else ""


def _cut(git: Git) -> str:
    """The commits at which the history of a shallow clone begins, '' where it is whole."""
    try:
        return (git.common_dir / "shallow").read_text(encoding="ascii")
    except OSError:
        return ""


def _between(git: Git, known: str, head: str) -> tuple[set[bytes] | None, tuple[str, ...]]:
    """The commits that are in the history of ``known`` alone, and how git names the new ones.

    None in the place of the first where ``known`` tells nothing: all of ``head``'s are new.
    """
    if not head:
        return None, ()
    if not known:
        return None, (head,)
    try:
        listing = git.text("rev-list", "--end-of-options", known, f"^{head}", "--")
    except Cannot:  # its commits were thrown away
        return None, (head,)
    return {bytes.fromhex(sha) for sha in listing.split()}, (head, f"^{known}")


_AUTHOR = re.compile(rb"\nauthor [^<>\n]* <([!-~]+)> (\d{1,11}) ([+-])(\d\d)(\d\d)\n")
_LINES = re.compile(
    rb"Kmkit-(?:Note|Record): ([!-~]+)\nKmkit-Move: ([a-z-]+)(?: (?:[a-z]+ )?-> [a-z]+)?\n"
    rb"((?:(?!Kmkit-(?:Note|Record|Move):)(?:Kmkit-[A-Za-z-]+|Reviewed-by): [^\s][^\r\n]*\n)*)"
)
_KEY = re.compile(rb"^Kmkit-(?!Attached:)[A-Za-z-]+:", re.MULTILINE)

Row = tuple[bytes, str, str, int, str, str]
"""Of the table ``events``, behind ``seq``."""


def _row(sha: str, raw: bytes) -> Row | None:
    """The row of a commit, None where it carries no move of kmkit.

    A message as kmkit writes it is taken apart here, since a history has many; any other is left
    to `kmkit.trail.event.parse`, which says the same of both.
    """
    if b"\nKmkit-Move: " not in raw:
        return None
    header, last = raw.find(b"\n\n"), raw.rfind(b"\n\n")
    said = _LINES.fullmatch(raw, last + 2)
    author = _AUTHOR.search(raw, 0, header + 1)
    keys = _KEY.findall(said[3]) if said else []
    plain = b"\r" not in raw and raw.find(b"\nencoding ", 0, header) < 0 and last > header + 1
    if said and author and plain and len(set(keys)) == len(keys):
        email, at, sign, hours, minutes = author.groups()
        zone = (int(hours) * 60 + int(minutes)) * (60 if sign == b"+" else -60)
        note, move = said[1].decode(), said[2].decode()
        return bytes.fromhex(sha), note, move, int(at), _day(int(at) + zone), email.decode().lower()
    event = parse(sha, raw)
    return _of(event) if event else None


@lru_cache(maxsize=4096)
def _date(days: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=days)).isoformat()


def _day(seconds: int) -> str:
    return _date(seconds // 86400)


def _of(event: Event) -> Row:
    at = int(event.when.timestamp())
    day = event.when.date().isoformat()
    return bytes.fromhex(event.commit), event.note, event.move, at, day, event.email


def steps(
    index: sqlite3.Connection, git: Git, where: str = "1", values: Values = ()
) -> Iterator[Event]:
    """The events that a condition on their table asks for, in full, oldest first."""
    rows = index.execute(f"SELECT sha FROM events WHERE {where} ORDER BY seq", values)
    shas = [row[0].hex() for row in rows]
    for sha, raw in named(git, shas):
        if event := parse(sha, raw):
            yield event
