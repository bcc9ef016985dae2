"""A whole knowledge base as the functions of this room take it."""

from collections.abc import Iterable

from kmkit.index.stale import Stale, stale
from kmkit.kb import KnowledgeBase
from kmkit.note.model import Note
from kmkit.period import Period


def stale_of(
    kb: KnowledgeBase, within: Period = Period(), *, notes: Iterable[Note] | None = None
) -> list[Stale]:
    """The notes of ``kb`` that need a person, from its files alone.

    ``notes`` are all its notes, where they have been read already.
    """
    return stale(
        kb.notes() if notes is None else notes,
        today=kb.today,
        policy=kb.policy,
        kinds=kb.kinds,
        people=kb.people,
        applications=kb.applications,
        within=within,
    )
