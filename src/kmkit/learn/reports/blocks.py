"""The blocks of a report. Each takes the index, who reads, and the first day of the month."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from kmkit.index.card import Card
from kmkit.index.dates import OUT, entered
from kmkit.learn.actions import actions
from kmkit.learn.knowledge_map import knowledge_map
from kmkit.learn.plans import planned
from kmkit.learn.status import status
from kmkit.lifecycle.states import State
from kmkit.note.records import EventRecord, Question
from kmkit.period import Period

if TYPE_CHECKING:
    from kmkit.index.book import Index

_MOST, _LEAST, _PAGE = 7, 3, 18
"""Lines of a block, at most and where there are many blocks; and of all of them, for one page."""
_COMMAND = re.compile(r"[:;.,]?\s(?:(?![:;.]\s).)*\bkmkit\b.*$", re.DOTALL)
"""What a sentence says to do, where a command stands beside it."""


class Line(NamedTuple):
    """One thing to know or to do."""

    said: str
    command: str = ""
    note: str = ""
    """The id of the note that it is about."""
    outcome: str = ""
    """What came of a use that it tells of."""


class Block(NamedTuple):
    """Lines about one thing."""

    title: str
    lines: tuple[Line, ...]
    more: int = 0
    """Lines for which there was no room."""


def _block(title: str, lines: Iterator[Line]) -> Block:
    return Block(title, tuple(lines))


def fitted(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks that have lines, cut to what one page holds; what is left out is counted."""
    told = [block for block in blocks if block.lines]
    most = _MOST
    while most > _LEAST and sum(min(len(block.lines), most) for block in told) > _PAGE:
        most -= 1
    return tuple(Block(b.title, b.lines[:most], len(b.lines[most:])) for b in told)


def missing(index: "Index", me: str, since: date) -> Block:
    """Critical topics of which something is missing."""
    gaps = (one for one in knowledge_map(index) if one.critical and one.signs != ("covered",))
    lines = (Line(f"{one.topic}: {', '.join(one.signs)}.", "kmkit map") for one in gaps)
    return _block("Critical knowledge that is thin", lines)


def came_of_it(index: "Index", me: str, since: date) -> Block:
    """What was reported of uses in the month."""
    recent = [use for use in index.uses if since <= use.on <= index.today]
    return _block(
        "What came of lessons", (_used(index, use.note, use.outcome, use.where) for use in recent)
    )


def _used(index: "Index", id: str, outcome: str, where: str) -> Line:
    card = index.by_id(id)
    title = card.title if card else id
    return Line(f"{title}, in {where}.", f"kmkit show {id[-4:]}", id, outcome)


def to_decide(index: "Index", me: str, since: date) -> Block:
    """Counts alone, without anybody's name."""
    late = actions(index, overdue=True)
    plans = planned(index, overdue=True)
    stale = Counter(code for row in index.stale() for code in row.codes)
    lines = [
        (len(late), "lesson was to be applied by now", "lessons were to be applied by now",
         "kmkit actions --overdue"),
        (len(plans), "action of a plan is overdue", "actions of plans are overdue",
         "kmkit plan --overdue"),
        (stale["overdue"], "note is out and overdue for review",
         "notes are out and overdue for review", "kmkit review --stale"),
        (stale["orphaned"], "note has nobody who answers for it",
         "notes have nobody who answers for them", "kmkit review --stale"),
        (stale["contradicted"], "note did not help somebody", "notes did not help somebody",
         "kmkit review --stale"),
    ]  # fmt: skip
    said = (Line(f"{n} {one if n == 1 else more}.", how) for n, one, more, how in lines if n)
    return _block("Waits for a decision", said)


def overdue_by_owner(index: "Index", me: str, since: date) -> Block:
    """How much each owner owes: to be asked, not to be ranked; by name."""
    owed = Counter(row.owner for row in index.stale() if "overdue" in row.codes and row.owner)
    lines = (
        Line(f"{_name(index, owner)}: {many} overdue.", f"kmkit review --stale --owner {owner}")
        for owner, many in sorted(owed.items(), key=lambda row: _name(index, row[0]))
    )
    return _block("Owners to ask", lines)


def _name(index: "Index", email: str) -> str:
    person = index.people.get(email)
    return person.name if person else email


def leaving(index: "Index", me: str, since: date) -> Block:
    """Who leaves within half a year."""
    soon = Period(months=6).after(index.today)
    lines = (
        Line(f"{one.name} leaves on {one.until}.", f"kmkit offboard {one.email}")
        for one in sorted(index.people.values(), key=lambda one: (str(one.until), one.email))
        if one.until and index.today <= one.until <= soon
    )
    return _block("People who leave within half a year", lines)


def late_actions(index: "Index", me: str, since: date) -> Block:
    """Lessons that were to be applied by now."""
    lines = (
        Line(
            f"{one.action or one.title}, in {one.where}: due {one.due}.",
            f"kmkit apply {one.short} --done",
            one.note,
        )
        for one in actions(index, overdue=True)
    )
    return _block("Lessons to be applied, overdue", lines)


def late_plans(index: "Index", me: str, since: date) -> Block:
    """Actions of plans that were to be done by now."""
    lines = (
        Line(f"{one.what}: {one.timeline}.", f"kmkit plan {one.short} --done {one.number}")
        for one in planned(index, overdue=True)
    )
    return _block("Actions of plans, overdue", lines)


def my_plans(index: "Index", me: str, since: date) -> Block:
    """What the reader sees to."""
    mine = (one for one in planned(index, mine=me) if one.status != "done") if me else iter(())
    lines = (
        Line(
            f"{one.what} ({one.timeline or 'tbc'}): {one.status}.",
            f"kmkit plan {one.short} --done {one.number}",
        )
        for one in mine
    )
    return _block("What you see to", lines)


def waiting(index: "Index", me: str, since: date) -> Block:
    """Notes that were captured and wait, the oldest first."""
    rows = _captured(index)
    lines = (
        Line(f"{c.title}: {_since(index, c)}.", f"kmkit validate {c.short} --ask EMAIL", c.id)
        for c in rows
    )
    return _block("Captured, and judged by nobody yet", lines)


def _captured(index: "Index") -> list[Card]:
    """The captured notes, those first that have waited longest."""
    found = index.cards("state = ?", (State.CAPTURED,))
    return sorted(found, key=lambda card: (entered(card, index.today) or date.max, card.id))


def _since(index: "Index", card: Card) -> str:
    return f"since {entered(card, index.today) or 'an unknown day'}"


def to_judge(index: "Index", me: str, since: date) -> Block:
    """What this reader did not write, the oldest first."""
    rows = _captured(index)
    others = (c for c in rows if me not in (c.owner, c.gathered_by, *c.authors, *c.sources))
    lines = (
        Line(f"{c.title}: {_since(index, c)}.", f"kmkit validate {c.short}", c.id) for c in others
    )
    return _block("Notes that wait for a verdict", lines)


def mine(index: "Index", me: str, since: date) -> Block:
    """What the reader was asked, what was returned to them, what of theirs is stale."""
    tasks = status(index, me=me).mine if me else ()
    lines = (
        Line(
            f"{task.note.title.rstrip('.')}: {_COMMAND.sub('.', task.message)}",
            task.command,
            task.note.id,
        )
        for task in tasks
    )
    return _block("Waits for you", lines)


def used_of_mine(index: "Index", me: str, since: date) -> Block:
    """What others did with the reader's notes."""
    own = {card.id for card in index.cards("owner = ?", (me,))} if me else set()
    recent = (u for u in index.uses if u.note in own and since <= u.on <= index.today)
    return _block(
        "What others did with your notes",
        (_used(index, u.note, u.outcome, u.where) for u in recent),
    )


def questions(index: "Index", me: str, since: date) -> Block:
    """Open questions."""
    asked = (one for one in index.records("question") if isinstance(one, Question) and one.open)
    lines = (Line(one.text, f"kmkit ask --answered {one.id[-4:]} NOTE") for one in asked)
    return _block("Questions that nobody has answered", lines)


def answered(index: "Index", me: str, since: date) -> Block:
    """Questions that a note answered this month, so that who asked hears of it."""
    asked = (one for one in index.records("question") if isinstance(one, Question))
    closed = [
        (one, index.by_id(one.answered_by))
        for one in asked
        if one.answered_on and since <= one.answered_on <= index.today
    ]
    lines = (
        Line(f"{one.text} {card.title}.", f"kmkit show {card.short}", card.id)
        for one, card in closed
        if card
    )
    return _block("Questions that were answered", lines)


def sessions(index: "Index", me: str, since: date) -> Block:
    """Sessions to come."""
    coming = sorted(
        (
            one
            for one in index.records("event")
            if isinstance(one, EventRecord) and one.on >= index.today
        ),
        key=lambda one: (one.on, one.id),
    )
    return _block(
        "Sessions to come", (Line(f"{one.on}: {one.name}.", "kmkit event") for one in coming)
    )


def new(index: "Index", me: str, since: date) -> Block:
    """The notes that went out this month, in the version that stands."""
    sql = "SELECT DISTINCT note FROM events WHERE move = 'disseminate' AND day >= ?"
    ids = [row[0] for row in index.told(sql, (since.isoformat(),))]
    found = [row for id in ids for row in index.select("id = ?", (id,)) if row.state in OUT]
    lines = (
        Line(f"{r.card.title}. {r.card.summary}", f"kmkit show {r.card.short}", r.card.id)
        for r in found
    )
    return _block("New this month", lines)


def stopped(index: "Index", me: str, since: date) -> Block:
    """Notes that were retired this month."""
    sql = "SELECT DISTINCT note FROM events WHERE move = 'retire' AND day >= ?"
    ids = [row[0] for row in index.told(sql, (since.isoformat(),))]
    gone = [card for id in ids for card in index.cards("id = ? AND state = ?", (id, State.RETIRED))]
    return _block(
        "Not to be used any more", (Line(f"{c.title}.", f"kmkit log {c.short}", c.id) for c in gone)
    )


def begin(index: "Index", me: str, since: date) -> Block:
    """What everybody can give."""
    lines = (
        Line(
            "Something went wrong, or better than expected? Write it down while it is fresh.",
            "kmkit capture",
        ),
        Line("You used a lesson? Say what came of it.", "kmkit apply NOTE"),
    )
    return _block("Yours to give", iter(lines))
