"""The trail as the index holds it: which step of which note is in which commit."""

import sqlite3
from collections.abc import Iterator

from kmkit.errors import Cannot
from kmkit.index.schema import Values
from kmkit.trail.event import Event, parse
from kmkit.trail.git import Git
from kmkit.trail.log import commits, named


def bring_up(index: sqlite3.Connection, git: Git, head: str) -> None:
    """Have the table of events hold the steps in the history of ``head``, and no others.

    Only what was added since is read; a branch that was left behind is taken out.
    """
    known = told_up_to(index)
    if known == head:
        return
    gone, news = _between(git, known, head)
    if gone is None:
        index.execute("DELETE FROM events")
    else:
        index.executemany("DELETE FROM events WHERE sha = ?", gone)
    found = (parse(sha, raw) for sha, raw in commits(git, *news)) if news else iter(())
    rows = [_row(event) for event in found if event]
    rows.reverse()
    index.executemany(_INSERT, rows)
    index.execute("INSERT OR REPLACE INTO meta VALUES ('told', ?)", (head,))


_INSERT = "INSERT INTO events (sha, note, move, at, day, email) VALUES (?, ?, ?, ?, ?, ?)"


def told_up_to(index: sqlite3.Connection) -> str:
    """The commit whose history the table of events holds."""
    row = index.execute("SELECT value FROM meta WHERE key = 'told'").fetchone()
    return str(row[0]) if row else ""


def _between(git: Git, known: str, head: str) -> tuple[list[tuple[bytes]] | None, tuple[str, ...]]:
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
    return [(bytes.fromhex(sha),) for sha in listing.split()], (head, f"^{known}")


def _row(event: Event) -> tuple[bytes, str, str, int, str, str]:
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
