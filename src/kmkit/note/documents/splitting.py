"""The lessons and the action items that stand in a document, one by one."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kmkit.note.documents.days import days_in
from kmkit.note.documents.items import Item, items_of, prose_of
from kmkit.note.documents.outline import Block
from kmkit.note.documents.reading import Document, is_metadata
from kmkit.note.documents.synonyms import Role, folded, role_of
from kmkit.note.documents.wording import (
    TITLE,
    plain,
    sentences,
    shortened,
    suggest_title,
    summary_of,
)

MAX_CONTEXT = 1200
"""Characters of the review that go into each lesson."""
_FEW = 12
"""Paragraphs without any heading are taken for lessons only where there are no more."""

_SENTENCE = re.compile(r"[.!?؟。।]$")

_LESSONS = frozenset((Role.LESSONS, Role.WELL, Role.WRONG, Role.CHANGE))
_ACTIONS = frozenset((Role.ACTIONS, Role.RECOMMENDATIONS))
_NO_LESSON = "none na tbd tbc nil nothing pending unknown aucun aucune ninguno ninguna"
_NOTHING = frozenset(("", *_NO_LESSON.split()))


class Proposal(NamedTuple):
    """One lesson of a document, as a note of its own."""

    title: str
    lesson: str
    """The whole text, Markdown."""
    context: str
    """What the review says about the situation."""
    summary: str
    """What happened and what follows from it, in two sentences."""
    heading: str
    """That it stood under; '' for none."""
    line: int
    """Of the document, from 1."""


def propose(document: Document) -> tuple[Proposal, ...]:
    """One proposal for each bullet, table row or paragraph under a heading that tells lessons.

    Recommendations count where there are no lessons, and in a document without any heading that
    is known its bullets do, or its paragraphs.
    """
    found = list(_titled(document.blocks, _LESSONS)) or list(
        _titled(document.blocks, frozenset((Role.RECOMMENDATIONS,)))
    )
    if not found and not any(role_of(block.heading) for block in document.blocks):
        found = list(_without_headings(document))
    context = context_of(document)
    event = _event(document)
    seen: set[str] = set()
    proposals = []
    for title, heading, item in found:
        if (key := folded(plain(item.text))) and key not in seen:
            seen.add(key)
            summary = _summary(event, item.text)
            proposals.append(Proposal(title, item.text, context, summary, heading, item.line))
    return tuple(proposals)


def merged(first: Proposal, second: Proposal) -> Proposal:
    """Both as one lesson, under the title of the first."""
    return first._replace(lesson=f"{first.lesson}\n\n{second.lesson}")


def action_items(document: Document) -> tuple[str, ...]:
    """What the document says is to be done, each as Markdown."""
    texts = [item.text for _, _, item in _titled(document.blocks, _ACTIONS)]
    return tuple(dict.fromkeys(texts))


def summary_text(document: Document) -> str:
    """The prose that sums the document up, else its background or opening; '' for none."""
    opening = (
        paragraph
        for paragraph in prose_of(document.preamble).split("\n\n")
        if _SENTENCE.search(plain(paragraph)) and not is_metadata(paragraph)
    )
    told = [*_prose(document, Role.SUMMARY)[:1], *_prose(document, Role.BACKGROUND)[:1]]
    return next(iter(told), "") or "\n\n".join(opening)


def _prose(document: Document, role: Role) -> list[str]:
    found = (prose_of(b.text) for b in document.blocks if role_of(b.heading) is role)
    return [prose for prose in found if prose]


def context_of(document: Document) -> str:
    """What a reader of one lesson needs to know of the review, as far as it says so."""
    context = summary_text(document) or next(iter(_prose(document, Role.EVENTS)), "")
    if not context:
        rows = [item.text for item in _items(document.blocks, Role.EVENTS)]
        context = "\n".join(f"- {plain(row)}" for row in rows[:8])
    if len(context) <= MAX_CONTEXT:
        return context
    kept = ""
    for paragraph in context.split("\n\n"):
        if len(kept) + len(paragraph) > MAX_CONTEXT:
            break
        kept += f"\n\n{paragraph}"
    return kept.strip() or summary_of(context, MAX_CONTEXT)


def _items(blocks: Iterable[Block], role: Role) -> list[Item]:
    return [
        item
        for block in blocks
        if role_of(block.heading) is role
        for item in items_of(block.text, block.text_line)
    ]


def _titled(blocks: Iterable[Block], roles: frozenset[Role]) -> Iterator[tuple[str, str, Item]]:
    """Title, heading and text of each item under headings of these roles and under theirs."""
    inside: Block | None = None
    for block in blocks:
        role = role_of(block.heading)
        if inside and block.level <= inside.level:
            inside = None
        if role in roles:
            inside = block
            heading = block.heading
        elif role or not inside:
            inside = inside if not role else None
            continue
        elif _tells(block):
            text = plain(re.sub(r"^lesson\s*\d*\s*[:.–—-]\s*", "", block.heading, flags=re.I))
            yield shortened(text, TITLE + 10), inside.heading, Item(block.text, block.text_line)
            continue
        else:
            heading = f"{inside.heading}: {block.heading}"
        for item in items_of(block.text, block.text_line):
            if _says_something(item.text):
                yield item.title or suggest_title(item.text), heading, item


def _tells(block: Block) -> bool:
    """Whether a heading under 'Lessons' is itself the lesson, and its text the details."""
    return len(block.heading.split()) >= 4 and bool(prose_of(block.text))


def _says_something(text: str) -> bool:
    return folded(plain(text)).replace(" ", "") not in _NOTHING


def _without_headings(document: Document) -> Iterator[tuple[str, str, Item]]:
    """The bullets of a document, whatever stands above them; or its paragraphs, if few."""
    texts = [("", document.preamble, document.preamble_line)]
    texts += [(block.heading, block.text, block.text_line) for block in document.blocks]
    found = [
        (heading, item)
        for heading, text, line in texts
        for item in items_of(text, line)
        if _says_something(item.text) and not is_metadata(item.text)
    ]
    listed = [pair for pair in found if pair[1].listed]
    for heading, item in listed or (found if len(found) <= _FEW else []):
        yield item.title or suggest_title(item.text), heading, item


def _event(document: Document) -> str:
    """The sentence that tells what happened: the first that names a day, else the first."""
    said = sentences(plain(summary_text(document)))
    return next((one for one in said if days_in(one)), said[0] if said else "")


def _summary(event: str, lesson: str) -> str:
    """What happened, and what follows from it."""
    said = summary_of(lesson, 200)
    stop = "" if said.endswith((".", "!", "?", "…", "。", "؟", "।")) else "."
    return f"{summary_of(event, 250)} {said}{stop}".strip()
