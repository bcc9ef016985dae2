"""The brief of a knowledge base: the lessons that a circle may see, for a description."""

from collections.abc import Collection

from kmkit.audience.audiences import audience_of
from kmkit.audience.seeing import see
from kmkit.index.book import Index
from kmkit.index.briefs.brief_lessons import Sight
from kmkit.index.briefs.briefing import Brief, brief_of
from kmkit.index.carding import use_of
from kmkit.index.choosing.filters import Filter
from kmkit.kb import KnowledgeBase
from kmkit.note.documents import Document


def brief_for(
    kb: KnowledgeBase,
    index: Index,
    document: Document,
    *,
    to: str = "",
    limit: int = 3,
    asked: Filter = Filter(),
) -> Brief:
    """The lessons for a description that an audience or a level may see; else the narrowest.

    ``asked``: which notes may be brought up. Raises what `audience_of` and `see` raise.
    """
    audience = audience_of(kb.config, kb.policy, to)

    def look(ids: Collection[str]) -> Sight:
        """What the audience may see of these notes."""
        seen = see(kb, index, audience, ids=ids)
        notes = {id: (shown.note, shown.state) for id, shown in seen.notes.items()}
        return Sight(notes, tuple(use_of("", use) for use in seen.uses))

    return brief_of(index, document, level=audience.level, limit=limit, asked=asked, look=look)
