"""A document as somebody wrote it: its title, its day, its parts, and where each was found."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import NamedTuple

from kmkit.errors import Cannot
from kmkit.note.documents.days import days_in, year_in
from kmkit.note.documents.decoding import decode
from kmkit.note.documents.outline import Block, Outline, looks_like_markdown, outline
from kmkit.note.documents.synonyms import Role, folded, is_known, role_of
from kmkit.note.documents.word import WordText, is_word, read_word
from kmkit.note.documents.wording import plain, shortened, suggest_title
from kmkit.note.frontmatter import load, split

MAX_TITLE = 120

_MARKDOWN = (".md", ".markdown", ".mdown", ".mkd")
_DATED = re.compile(
    r"^\W*(?:date|dates|day|when|held on|reviewed on|date of [\w -]{3,30}|[\w-]{3,15} date"
    r"|fecha|datum|التاريخ)\W{0,4}[:|]\W*(.*)$",
    re.IGNORECASE | re.MULTILINE,
)
_DATE_HEADING = re.compile(r"(?:date|day|when|fecha|التاريخ)\b.{0,30}", re.IGNORECASE)
_TITLED = re.compile(
    r"^\W*(?:title|subject|event|incident|exercise|project|titre|objet|título|asunto|العنوان"
    r")\W{0,4}:\W*(\w.*)$",
    re.IGNORECASE | re.MULTILINE,
)
_METADATA = re.compile(r"\W*[^\W\d_][^:.!?\n]{0,40}:(?:\*\*|__)?(?:\s+\S.*|\s*)$|\s*\|.*\|\s*$")
_LABELLED = re.compile(
    r"\W*(?:[\w-]{0,15} ?(?:date|time|by)|from|to|cc|day|when|where|place|location|author|authors"
    r"|version|status|owner|severity|facilitator|participants|present|ref|reference|fecha|lieu|lugar"
    r")\W{0,4}:|\W*\|",
    re.IGNORECASE,
)
"""A first line that tells about the document, and does not name it."""
_GENERIC = re.compile(
    r"(?:after[- ]action|aar|post[- ]?mortem|incident|lessons? learn(?:ed|t)|hot wash"
    r"|debrief(?:ing)?|retrospective|mission|meeting|event|project)?\W?"
    r"(?:review|report|minutes|notes|post-?mortem|\b)(?: report)?",
    re.IGNORECASE,
)
"""A title that says only what sort of document it is."""
_TELLING_WHEN = (Role.SUMMARY, Role.BACKGROUND, Role.EVENTS)


@dataclass(frozen=True)
class Document:
    """Somebody's document, taken apart; nothing of it is left out but what ``notes`` says."""

    name: str
    title: str
    title_from: str
    """In words: 'its first heading'."""
    day: date | None
    """The day that it tells of; None where it names none for certain."""
    day_from: str
    """In words; '' where there is no day."""
    front: str
    """YAML that stood at the top, '' for none."""
    preamble: str
    """What stands before the first heading, the title left out."""
    preamble_line: int
    blocks: tuple[Block, ...]
    text: str
    """All of it, Markdown, LF line ends."""
    notes: tuple[str, ...]
    """What was left out or assumed, in sentences."""


_TAKEN = ("its title", "its first heading", "its first line")
"""Places of a title that is taken out of the text."""
_BELOW = "the line below its heading"


class _Found(NamedTuple):
    """A title, and the outline without it."""

    title: str
    place: str
    rest: Outline


def read_document(data: bytes, name: str) -> Document:
    """Read Markdown, text or a .docx; ``name`` is the file's name, or '-'.

    Raises Cannot where it is empty, no document, or larger than any review is.
    """
    shown = "" if name == "-" else name
    word = read_word(data, shown) if is_word(data) else None
    text, notes = (word.markdown, word.notes) if word else decode(data, shown)
    if not text.strip():
        what = f"'{shown}'" if shown else "What was given"
        raise Cannot(f"{what} is empty.", "Capture a file that has text in it.")
    front, body, body_line, values = _front_matter(text)
    markdown = bool(word) or shown.casefold().endswith(_MARKDOWN) or looks_like_markdown(body)
    parts = outline(body, markdown=markdown, first_line=body_line)
    found = _whole(_title(parts, values, word, shown))
    day, day_from = _day(found, values, word, shown)
    return Document(
        name=name,
        title=shortened(plain(found.title), MAX_TITLE),
        title_from=found.place,
        day=day,
        day_from=day_from,
        front=front,
        preamble=found.rest.preamble,
        preamble_line=found.rest.preamble_line,
        blocks=found.rest.blocks,
        text=text,
        notes=notes,
    )


def is_metadata(paragraph: str) -> bool:
    """Whether each of its lines says one thing about the document: 'Date: 31 March'."""
    lines = [line for line in paragraph.split("\n") if line.strip()]
    return bool(lines) and all(_METADATA.match(line) for line in lines)


def _front_matter(text: str) -> tuple[str, str, int, dict[str, str]]:
    """YAML at the top, the text below it, its first line, and the values that are text."""
    pieces, flaws = split(text)
    if flaws or not pieces.front.strip():
        return "", text, 1, {}
    loaded = load(pieces.front, first_line=pieces.front_line)
    if loaded.flaws and not loaded.values:
        return "", text, 1, {}
    values = {k.casefold(): v for k, v in loaded.values.items() if isinstance(v, str) and v.strip()}
    return pieces.front.strip("\n"), pieces.body, pieces.body_line, values


def _title(parts: Outline, values: dict[str, str], word: WordText | None, shown: str) -> _Found:
    """The title and where it stood; a heading that is the title is one no more."""
    found = _named(parts, values, word, shown)
    top, _, below = found.rest.preamble.partition("\n")
    if found.place in _TAKEN and _GENERIC.fullmatch(plain(found.title)) and _alone(top, below):
        line = found.rest.preamble_line + 1
        rest = found.rest._replace(preamble=_under(found.title, below), preamble_line=line)
        return _Found(top, _BELOW, rest)
    return found


def _under(line: str, text: str) -> str:
    return f"{line}\n\n{text.strip(chr(10))}".strip("\n")


def _named(parts: Outline, values: dict[str, str], word: WordText | None, shown: str) -> _Found:
    first = parts.blocks[0] if parts.blocks else None
    if title := values.get("title", ""):
        rest = _below(parts) if first and plain(first.heading) == plain(title) else parts
        return _Found(title, "its front matter", rest)
    if first and plain(first.heading) and _is_title(first, parts):
        styled = word and plain(word.shown_title) == plain(first.heading)
        return _Found(first.heading, "its title" if styled else "its first heading", _below(parts))
    if named := _TITLED.search(parts.preamble):
        return _Found(named[1], f"its line '{named[0].strip().split(':')[0].strip('*_ ')}'", parts)
    top, _, below = parts.preamble.partition("\n")
    if _alone(top, below):
        rest = parts._replace(preamble=below.strip("\n"), preamble_line=parts.preamble_line + 1)
        return _Found(top, "its first line", rest)
    if word and word.title:
        return _Found(word.title, "the document's properties", parts)
    if stem := plain(PurePath(shown).stem.replace("_", " ")):
        return _Found(stem, "the file's name", parts)
    text = parts.preamble or "\n".join(block.text or block.heading for block in parts.blocks[:1])
    return _Found(suggest_title(text) or "Untitled", "its first sentence", parts)


def _whole(found: _Found) -> _Found:
    """A title that cannot be kept word for word also stays in the text."""
    bare = plain(found.title)
    told = len(bare) <= MAX_TITLE and folded(bare) == folded(found.title)
    if told or found.place not in (*_TAKEN, _BELOW):
        return found
    kept = _under(found.title, found.rest.preamble)
    return found._replace(rest=found.rest._replace(preamble=kept))


def _is_title(first: Block, parts: Outline) -> bool:
    """Whether the first heading names the document, not a part of it."""
    if is_known(first.heading):
        return False
    others = parts.blocks[1:]
    if first.level == 1 and not role_of(first.heading):
        return True
    alone = all(block.level > first.level for block in others)
    if first.level == 1 or role_of(first.heading):
        return first.level == 1 and alone and bool(others)
    opens = not parts.preamble and any(role_of(block.heading) for block in others)
    return opens and (alone or not first.text or is_metadata(first.text.split("\n\n")[0]))


def _below(parts: Outline) -> Outline:
    """The outline without its first heading, whose text joins what stands before it."""
    first = parts.blocks[0]
    preamble = "\n\n".join(text for text in (parts.preamble, first.text) if text)
    line = parts.preamble_line if parts.preamble else first.text_line
    return Outline(preamble, line, parts.blocks[1:])


def _alone(line: str, below: str) -> bool:
    """Whether a first line reads as a title: short, no sentence, and something follows it."""
    bare = plain(line)
    return (
        0 < len(bare) <= MAX_TITLE
        and not bare.endswith((".", ":", ";", ",", "!", "؛"))
        and not _LABELLED.match(line)
        and not re.match(r"\s*(?:[-*+>•]\s|[|`~<]|\d{1,3}[.)]\s)", line)
        and (not below or not below.partition("\n")[0].strip() or is_metadata(below.split("\n")[0]))
    )


def _day(
    found: _Found, values: dict[str, str], word: WordText | None, shown: str
) -> tuple[date | None, str]:
    """The first day that can be read for certain, likeliest place first."""
    sources = list(_dated(found, values, shown))
    year = next((y for y in map(year_in, (shown, found.title)) if y), 0)
    year = year or next((d.year for text, _ in sources for d in days_in(text) if d.year), 0)
    for text, place in sources:
        for day in days_in(text):
            if (day.year or year) and (on := day.in_year(year)):
                return on, place
    if word and word.created:
        return word.created, "the day the document was made"
    return None, ""


def _dated(found: _Found, values: dict[str, str], shown: str) -> Iterator[tuple[str, str]]:
    """Texts that may name the day, likeliest first, and their place in words."""
    for key in ("date", "day", "created", "published"):
        yield values.get(key, "")[:40], "its front matter"
    blocks, preamble = found.rest.blocks, found.rest.preamble
    for text in (preamble, *(block.text for block in blocks)):
        for line in _DATED.finditer(text[:20_000]):
            yield line[1][:80], "its line 'Date'"
    for block in blocks:
        if _DATE_HEADING.fullmatch(block.heading):
            yield block.text[:80], f"its part '{plain(block.heading)}'"
    yield PurePath(shown).stem.replace("_", " "), "the file's name"
    yield found.title, "its title"
    yield preamble[:20_000], "its opening"
    for role in _TELLING_WHEN:
        for block in blocks:
            if role_of(block.heading) is role:
                yield block.text[:20_000], f"its part '{plain(block.heading)}'"
    for block in blocks:
        if role_of(block.heading) is not Role.REFERENCES:
            yield block.text[:20_000], f"its part '{plain(block.heading)}'"
