"""Composing a digest: plain values in, a frozen `Digest` out. No file, clock or git is touched."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from kmkit.audience.seeing import Seen
from kmkit.config import Block, Config
from kmkit.errors import Cannot
from kmkit.index.stale import Stale
from kmkit.note.kind import Kind
from kmkit.note.model import Note
from kmkit.text import did_you_mean, one_line
from kmkit.views import digest_blocks as newsletter
from kmkit.views import digest_readers as readers
from kmkit.views import digest_stewards as stewards
from kmkit.views.digest_values import (
    READERS,
    STEWARDS,
    Applied,
    Digest,
    Stop,
)
from kmkit.views.digest_view import View, view
from kmkit.views.wording import words
from kmkit.views.words import Budget, clip

if TYPE_CHECKING:
    from kmkit.note.records import Question as Asking

__all__ = ["READERS", "STEWARDS", "Digest", "compose"]

BLOCKS = (
    "greeting", "why", "notes", "stop", "applied", "story", "question", "answered", "ask",
    "year_ago", "thanks",
)  # fmt: skip
"""Of the readers' digest; each is a template in ``templates/digest/blocks``."""
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
    entered: Container[str] | None = None,
    questions: "Iterable[Asking]" = (),
    language: str = "",
    counted: int = 0,
) -> Digest:
    """The digest ``name`` of what is ``seen``, over the days ``since`` to ``until``, both included.

    ``seen`` holds the whole trail of its notes (what went out before the period matters too).
    ``names`` are people's names by e-mail address, ``kinds`` the kinds by name (for headings in
    other languages). ``link`` says where a reader finds a note; a note without a web address
    follows in full. ``only`` holds the ids of the notes that may be in it, None for all.
    ``entered`` makes it a letter that is sent: what it tells of are these commits, the days only
    label it, and notes that are formatted go out with it. ``questions`` are records of that kind,
    ``language`` is that of the fixed words, by default the audience's, else the organisation's.
    ``counted``: new notes that are not in ``seen``, which readers are told the number of.
    Raises Cannot for a block that does not exist.
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
        entered=entered,
        questions=questions,
        said=words(language or seen.audience.language or config.organisation.language),
    )
    if name == STEWARDS:
        return _for_stewards(name, seen.level, of_period)
    made = _for_readers(name, seen.level, of_period)
    more = counted if "notes" in config.digest.blocks else 0
    return made._replace(items_left_out=made.items_left_out + more)


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
    blocks, most = seen.config.digest.blocks, seen.config.digest.max_words
    budget = Budget(most // 4)
    stop, stop_more = readers.stopped(seen, budget) if "stop" in blocks else ((), 0)
    left = most - (most // 4 - budget.left)
    budget = Budget(most // 4 if "story" in blocks else 0)
    story, is_news = newsletter.story(seen, budget) if "story" in blocks else (None, False)
    left -= most // 4 - budget.left if "story" in blocks else 0
    budget = Budget(most // 8 if "answered" in blocks else 0)
    answered = newsletter.answered(seen, budget)
    left -= most // 8 - budget.left if "answered" in blocks else 0
    reserve = most // 4 if _more_to_say(seen, blocks) else 0
    budget = Budget(left - reserve)
    told = story.id if story else ""
    items, items_more = readers.new_items(seen, budget, told) if "notes" in blocks else ((), 0)
    budget.left += reserve
    applied, applied_more = readers.applied(seen, budget) if "applied" in blocks else ((), 0)
    question = readers.question(seen, budget) if "question" in blocks else None
    ask = newsletter.asked(seen, budget) if "ask" in blocks else None
    shown = {told, *(item.id for item in items), *(row.note for row in applied)}
    year_ago = newsletter.year_ago(seen, budget, shown) if "year_ago" in blocks else None
    titles = [item.title for item in (*items, *([story] if story and is_news else []))]
    return _begun(name, level, seen, blocks)._replace(
        subject=_subject(seen, [*titles, *_headlines(seen, stop, applied)]),
        items=items,
        items_left_out=items_more,
        stop=stop,
        stop_left_out=stop_more,
        applied=applied,
        applied_left_out=applied_more,
        story=story,
        story_is_news=is_news,
        question=question,
        answered=answered,
        ask=ask,
        year_ago=year_ago,
        thanks=readers.thanks(seen) if "thanks" in blocks else (),
    )


def _more_to_say(seen: View, blocks: Container[str]) -> bool:
    """Whether room has to be kept for what comes after the new notes."""
    if "question" in blocks or ("ask" in blocks and seen.questions):
        return True
    return "applied" in blocks and any(map(seen.was_reported, seen.applications))


def _begun(name: str, level: str, seen: View, blocks: tuple[str, ...]) -> Digest:
    """What every digest begins with."""
    organisation = seen.config.organisation
    return Digest(
        name=one_line(name),
        level=level,
        widest=level == seen.policy.levels[-1],
        since=seen.since,
        until=seen.until,
        organisation=one_line(organisation.name),
        contact=seen.contact(organisation.contact).email,
        subject="",
        blocks=blocks,
        language=seen.said.language,
    )


def _headlines(seen: View, stop: Iterable[Stop], applied: Iterable[Applied]) -> Iterator[str]:
    _ = seen.said.gettext
    yield from (_("Stop using: %(title)s", title=row.title) for row in stop)
    yield from (_("Applied: %(title)s", title=row.title) for row in applied)


def _subject(seen: View, headlines: list[str]) -> str:
    """The configured subject; else the top headline; else that nothing is new."""
    if configured := one_line(seen.config.digest.subject):
        return configured
    if headlines:
        return clip(headlines[0], 20)
    nothing = seen.said.gettext(
        "%(organisation)s: nothing new, %(period)s",
        organisation=one_line(seen.config.organisation.name),
        period=seen.said.between(seen.since, seen.until),
    )
    return clip(nothing, 20)


def _for_stewards(name: str, level: str, seen: View) -> Digest:
    blocks = seen.config.digest.steward_blocks
    waiting = stewards.waiting(seen) if "waiting" in blocks else ()
    due = stewards.due(seen) if "due" in blocks else ()
    overdue = stewards.overdue(seen) if "overdue" in blocks else ()
    returned = stewards.returned(seen) if "returned" in blocks else ()
    back = {task.note for task in returned}
    waiting = tuple(task for task in waiting if task.note not in back)
    late = sum(len(owed.tasks) for owed in overdue)
    ngettext = seen.said.ngettext
    counts = [
        (late, ngettext("%(num)s overdue", "%(num)s overdue", late)),
        (len(due), ngettext("%(num)s due", "%(num)s due", len(due))),
        (len(waiting), ngettext("%(num)s waiting", "%(num)s waiting", len(waiting))),
        (len(returned), ngettext("%(num)s returned", "%(num)s returned", len(returned))),
    ]
    _ = seen.said.gettext
    what = _(", ").join(text for count, text in counts if count) or _("nothing waits")
    return _begun(name, level, seen, blocks)._replace(
        subject=_("For stewards: %(what)s", what=what),
        waiting=waiting,
        due=due,
        overdue=overdue,
        returned=returned,
    )
