"""A document's parts under the headings of a kind; what has no place goes under 'Unplaced'.

Nothing is lost: a part keeps its own heading, one level deeper, unless it is a mere synonym of the
section that it fills alone.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from kmkit.note.documents.outline import Block, contained
from kmkit.note.documents.reading import Document, is_metadata
from kmkit.note.documents.splitting import action_items, summary_text
from kmkit.note.documents.synonyms import Role, is_known, role_of
from kmkit.note.documents.wording import summary_of
from kmkit.note.kinds import Kind

UNPLACED = "Unplaced"
"""The heading over what fits no section of the kind."""

_INSTEAD: dict[Role, tuple[Role, ...]] = {
    Role.SUMMARY: (Role.BACKGROUND, Role.EVENTS, Role.RESULTS),
    Role.BACKGROUND: (Role.EVENTS, Role.RESULTS),
    Role.EXPECTED: (Role.BACKGROUND,),
    Role.EVENTS: (Role.BACKGROUND, Role.RESULTS),
    Role.IMPACT: (Role.RESULTS, Role.EVENTS, Role.BACKGROUND),
    Role.CAUSES: (Role.BACKGROUND, Role.RESULTS, Role.EVENTS),
    Role.WRONG: (Role.CAUSES, Role.BACKGROUND, Role.RESULTS, Role.EVENTS),
    Role.WELL: (Role.RESULTS, Role.LESSONS),
    Role.RESPONSE: (Role.EVENTS,),
    Role.RESULTS: (Role.EVENTS,),
    Role.LESSONS: (Role.CHANGE, Role.RECOMMENDATIONS),
    Role.CHANGE: (Role.LESSONS, Role.RECOMMENDATIONS, Role.ACTIONS),
    Role.RECOMMENDATIONS: (Role.CHANGE, Role.ACTIONS, Role.LESSONS),
    Role.ACTIONS: (Role.RECOMMENDATIONS, Role.CHANGE),
    Role.DECISIONS: (Role.ACTIONS,),
    Role.DISCUSSION: (Role.EVENTS,),
    Role.COSTS: (Role.RESULTS,),
}
"""Where a part goes in a kind that has no section of its own for it, best place first."""


@dataclass(frozen=True)
class Placed:
    """A document as a note of one kind."""

    title: str
    summary: str
    """'' where the document has no part that sums it up."""
    sections: dict[str, str]
    """Heading of the kind, in English -> Markdown; 'Unplaced' comes last, where it is needed."""
    actions: tuple[str, ...]
    """What somebody is to do, as found; it also stands in its section."""


class _Part(NamedTuple):
    heading: str
    """Printed above the text; '' for none."""
    depth: int
    text: str
    own: bool
    """Whether the heading itself decided the place, not the heading above it."""


class _Above(NamedTuple):
    level: int
    section: str
    heading: str
    depth: int


def section_for(kind: Kind, role: Role) -> str | None:
    """The section of a kind that takes such a part, in English, or None."""
    own = {role_of(name): name for name in reversed(kind.sections)}
    return next((own[one] for one in (role, *_INSTEAD.get(role, ())) if one in own), None)


def place(document: Document, kind: Kind, *, language: str | None = None) -> Placed:
    """Put each part of a document under the section of the kind that it belongs to.

    ``language`` is the document's, for headings that two languages use for two sections.
    """
    parts: dict[str, list[_Part]] = {name: [] for name in (*kind.sections, UNPLACED)}
    _place_preamble(document, kind, parts)
    above: list[_Above] = []
    for block in document.blocks:
        while above and above[-1].level >= block.level:
            above.pop()
        section, part = _placed(block, above, kind, language)
        parts[section].append(part)
        above.append(_Above(block.level, section, block.heading, part.depth))
    return Placed(
        title=document.title,
        summary=summary_of(summary_text(document)),
        sections={name: _joined(held) for name, held in parts.items() if held},
        actions=action_items(document),
    )


def _place_preamble(document: Document, kind: Kind, parts: dict[str, list[_Part]]) -> None:
    """What stands before the first heading: lines such as 'Date: …' have no place, prose has."""
    home = section_for(kind, Role.BACKGROUND) or UNPLACED
    prose: list[str] = []
    data: list[str] = []
    for paragraph in contained(document.preamble).split("\n\n"):
        (data if is_metadata(paragraph) else prose).append(paragraph)
    for section, kept in ((home, prose), (UNPLACED, data)):
        if text := "\n\n".join(kept).strip("\n"):
            parts[section].append(_Part("", 3, text, own=False))
    if document.front:
        fence = max(["``", *re.findall("`{3,}", document.front)], key=len) + "`"
        text = f"{fence}yaml\n{document.front}\n{fence}"
        parts[UNPLACED].append(_Part("", 3, text, own=False))


def _placed(
    block: Block, above: list[_Above], kind: Kind, language: str | None
) -> tuple[str, _Part]:
    """The section that a block goes to: by its heading, else where the block above it went."""
    text = contained(block.text)
    role = role_of(block.heading)
    section = kind.canonical(block.heading, language) or (section_for(kind, role) if role else None)
    if section is None:
        if above:
            depth = min(above[-1].depth + 1, 6)
            return above[-1].section, _Part(block.heading, depth, text, own=False)
        return UNPLACED, _Part(block.heading, 3, text, own=False)
    strange = [a.heading for a in above if a.section == UNPLACED and a.heading]
    return section, _Part(": ".join([*strange, block.heading]), 3, text, own=True)


def _joined(parts: list[_Part]) -> str:
    """The text of a section; a lone synonym of its heading is not repeated."""
    alone = sum(1 for part in parts if part.own or part.depth == 3) == 1
    lines = []
    for part in parts:
        spare = alone and part.own and is_known(part.heading)
        if part.heading and not spare:
            lines.append(f"{'#' * part.depth} {part.heading}")
        if part.text:
            lines.append(part.text)
    return "\n\n".join(lines)
