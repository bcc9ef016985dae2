"""A whole knowledge base as the functions of this room take it."""

from kmkit.index.stale import Stale, stale
from kmkit.kb import KnowledgeBase
from kmkit.period import Period


def stale_of(kb: KnowledgeBase, within: Period = Period()) -> list[Stale]:
    """The notes of ``kb`` that need a person, from its files alone."""
    return stale(
        kb.notes(),
        today=kb.today,
        policy=kb.policy,
        kinds=kb.kinds,
        people=kb.people,
        applications=kb.applications,
        within=within,
    )
