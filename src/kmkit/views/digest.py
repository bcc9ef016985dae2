"""Composing a digest: plain values in, a frozen `Digest` out. No file, clock or git is touched."""

from collections.abc import Callable, Container, Iterable, Mapping
from datetime import date

from kmkit.audience.seeing import Seen
from kmkit.config import Block, Config
from kmkit.errors import Cannot
from kmkit.index.stale import Stale
from kmkit.note.kinds import Kind
from kmkit.note.model import Note
from kmkit.text import did_you_mean, one_line
from kmkit.views import digest_readers as readers
from kmkit.views import digest_stewards as stewards
from kmkit.views.digest_values import (
    READERS,
    STEWARDS,
    Applied,
    Digest,
    Stop,
    between,
)
from kmkit.views.digest_view import View, view
from kmkit.views.words import Budget, clip

__all__ = ["READERS", "STEWARDS", "Digest", "compose"]

BLOCKS = ("notes", "stop", "applied", "question", "thanks")
STEWARD_BLOCKS = ("waiting", "due", "overdue", "returned")


def compose(
    seen: Seen,
    *,
    since: date,
    until: date,
    config: Config,
    name: str = READERS,
    stale: Iterable[Stale] = (),
    names: Mapping[str, str] | None = None,
    kinds: Mapping[str, Kind] | None = None,
    link: Callable[[Note], str | None] = lambda note: None,
    only: Container[str] | None = None,
) -> Digest:
    """The digest ``name`` of what is ``seen``, over the days ``since`` to ``until``, both included.

    ``seen`` holds the whole trail of its notes (what went out before the period matters too).
    ``names`` are people's names by e-mail address, ``kinds`` the kinds by name (for headings in
    other languages). ``link`` says where a reader finds a note; a note without a web address
    follows in full. ``only`` holds the ids of the notes that may be in it, None for all. Raises
    Cannot for a block that does not exist.
    """
    _check_blocks(config.digest)
    of_period = view(
        seen,
        since=since,
        until=until,
        stale=stale,
        config=config,
        names=names or {},
        kinds=kinds or {},
        link=link,
        only=only,
    )
    digest = _for_stewards if name == STEWARDS else _for_readers
    return digest(name, seen.level, of_period)


def _check_blocks(settings: Block) -> None:
    """Refuse a block that no digest has; it would silently be left out."""
    for setting, known in (("blocks", BLOCKS), ("steward_blocks", STEWARD_BLOCKS)):
        for block in getattr(settings, setting):
            if block not in known:
                raise Cannot(
                    f"kmkit.toml: digest.{setting}: there is no block '{one_line(block)}'.",
                    did_you_mean(block, known) or f"The blocks are {', '.join(known)}.",
                )


def _for_readers(name: str, level: str, seen: View) -> Digest:
    """What is to be stopped is written first, so that it is never what has no room."""
    blocks = seen.config.digest.blocks
    words = seen.config.digest.max_words
    budget = Budget(words // 4)
    stop, stop_more = readers.stopped(seen, budget) if "stop" in blocks else ((), 0)
    others = any(seen.within(seen.reported(a)) for a in seen.applications) and "applied" in blocks
    reserve = words // 4 if others or "question" in blocks else 0
    left = words - (words // 4 - budget.left)
    budget = Budget(left - reserve)
    items, items_more = readers.new_items(seen, budget) if "notes" in blocks else ((), 0)
    budget.left += reserve
    applied, applied_more = readers.applied(seen, budget) if "applied" in blocks else ((), 0)
    question = readers.question(seen, budget) if "question" in blocks else None
    organisation = seen.config.organisation
    return Digest(
        name=one_line(name),
        level=level,
        widest=level == seen.policy.levels[-1],
        since=seen.since,
        until=seen.until,
        organisation=one_line(organisation.name),
        contact=seen.contact(organisation.contact).email,
        subject=_subject(seen, [*(i.title for i in items), *_headlines(stop, applied)]),
        blocks=blocks,
        items=items,
        items_left_out=items_more,
        stop=stop,
        stop_left_out=stop_more,
        applied=applied,
        applied_left_out=applied_more,
        question=question,
        thanks=readers.thanks(seen) if "thanks" in blocks else (),
    )


def _headlines(stop: Iterable[Stop], applied: Iterable[Applied]) -> Iterable[str]:
    yield from (f"Stop using: {row.title}" for row in stop)
    yield from (f"Applied: {row.title}" for row in applied)


def _subject(seen: View, headlines: list[str]) -> str:
    """The configured subject; else the top headline; else that nothing is new."""
    if configured := one_line(seen.config.digest.subject):
        return configured
    organisation = one_line(seen.config.organisation.name)
    nothing = f"{organisation}: nothing new, {between(seen.since, seen.until)}"
    return clip(headlines[0] if headlines else nothing, 20)


def _for_stewards(name: str, level: str, seen: View) -> Digest:
    blocks = seen.config.digest.steward_blocks
    waiting = stewards.waiting(seen) if "waiting" in blocks else ()
    due = stewards.due(seen) if "due" in blocks else ()
    overdue = stewards.overdue(seen) if "overdue" in blocks else ()
    returned = stewards.returned(seen) if "returned" in blocks else ()
    back = {task.note for task in returned}
    waiting = tuple(task for task in waiting if task.note not in back)
    organisation = seen.config.organisation
    late = sum(len(owed.tasks) for owed in overdue)
    counts = [
        (late, "overdue"),
        (len(due), "due"),
        (len(waiting), "waiting"),
        (len(returned), "returned"),
    ]
    said = ", ".join(f"{count} {what}" for count, what in counts if count) or "nothing waits"
    return Digest(
        name=one_line(name),
        level=level,
        widest=level == seen.policy.levels[-1],
        since=seen.since,
        until=seen.until,
        organisation=one_line(organisation.name),
        contact=seen.contact(organisation.contact).email,
        subject=f"For stewards: {said}",
        blocks=blocks,
        waiting=waiting,
        due=due,
        overdue=overdue,
        returned=returned,
    )
