"""The items of a Markdown text: its bullets, its table's rows, its paragraphs."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kmkit.note.documents.synonyms import Role, role_of
from kmkit.note.documents.wording import plain, suggest_title

_BULLET = re.compile(r"(\s*)(?:[-*+•]|\d{1,3}[.)]|[a-zA-Z][.)])(\s+)(?=\S)")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_ROW = re.compile(r"\s*\|.*\|\s*$")
_RULER = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_RULE = re.compile(r"\s*(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$")
_CELL = re.compile(r"(?<!\\)\|")
_TELLING = (Role.LESSONS, Role.CHANGE, Role.ACTIONS, Role.RECOMMENDATIONS, Role.WRONG, Role.WELL)


class Item(NamedTuple):
    """One thing that a text says."""

    text: str
    """Markdown, without the bullet."""
    line: int
    listed: bool = False
    """Whether it was a bullet or a row of a table."""
    title: str = ""
    """Of a table's row: from the cell that tells most; else ''."""


class _Chunk(NamedTuple):
    sort: str
    """'bullet', 'row' or 'paragraph'; '' for blank lines at the top."""
    lines: list[str]
    line: int


def items_of(text: str, first_line: int = 1) -> list[Item]:
    """The items of a text in their order; a line that only introduces a list is none."""
    chunks = list(_chunks(text.split("\n"), first_line))
    found: list[Item] = []
    header: list[str] = []
    for at, chunk in enumerate(chunks):
        words = "\n".join(chunk.lines).strip()
        if not chunk.sort:
            continue
        if chunk.sort == "row":
            header = _table_row(chunk, header, found)
            continue
        header = []
        following = chunks[at + 1].sort if at + 1 < len(chunks) else ""
        introduces = words.endswith(":") and following in ("bullet", "row")
        if chunk.sort == "bullet":
            found.append(Item(_dedented(chunk.lines), chunk.line, listed=True))
        elif not introduces and plain(words) and not _RULE.match(words):
            found.append(Item(words, chunk.line))
    return found


def prose_of(text: str) -> str:
    """The paragraphs of a text, without its lists, tables and code; '' where there are none."""
    paragraphs = (
        "\n".join(chunk.lines).strip()
        for chunk in _chunks(text.split("\n"), 1)
        if chunk.sort == "paragraph"
    )
    kept = (p for p in paragraphs if plain(p) and not p.endswith(":") and not _FENCE.match(p))
    return "\n\n".join(p for p in kept if not _RULE.match(p))


def _chunks(lines: Sequence[str], first_line: int) -> Iterator[_Chunk]:
    """The text taken apart; what is indented, or in code, belongs to the item above it."""
    chunk = _Chunk("", [], first_line)
    fence, blank = "", False
    for at, line in enumerate(lines, first_line):
        found = _FENCE.match(line)
        if fence:
            fence = "" if found and found[1].startswith(fence) else fence
        elif not line.strip():
            blank = True
        else:
            fence = found[1] if found else ""
            sort = _sort(line, chunk, blank)
            if sort:
                yield chunk
                chunk = _Chunk(sort, [], at)
            blank = False
        chunk.lines.append(line)
    yield chunk


def _sort(line: str, current: _Chunk, blank: bool) -> str:
    """What begins in this line, '' where it goes on with what stands above."""
    if _ROW.match(line):
        return "row"
    if bullet := _BULLET.match(line):
        if current.sort == "bullet" and len(bullet[1]) > _indent(current) + 1:
            return ""
        in_prose = current.sort == "paragraph" and not blank
        return "" if in_prose and line.strip()[0].isalnum() else "bullet"
    if current.sort in ("", "row"):
        return "paragraph"
    indented = line[:1] in " \t" and current.sort == "bullet"
    return "paragraph" if blank and not indented else ""


def _indent(chunk: _Chunk) -> int:
    return len(chunk.lines[0]) - len(chunk.lines[0].lstrip())


def _dedented(lines: list[str]) -> str:
    """A bullet's text without the bullet, its further lines moved left as far as they go."""
    found = _BULLET.match(lines[0])
    margin = found.end() if found else 0
    first = re.sub(r"^\[[ xX]\]\s+", "", lines[0][margin:])
    rest = [line[min(margin, len(line) - len(line.lstrip())) :] for line in lines[1:]]
    return "\n".join([first, *rest]).strip()


def _table_row(chunk: _Chunk, header: list[str], found: list[Item]) -> list[str]:
    """Add a row as an item; returns the header that holds for the rows below it."""
    line = chunk.lines[0]
    if _RULER.match(line):
        return header or [""]
    cells = [cell.strip() for cell in _CELL.split(line.strip().strip("|"))]
    if not header:
        return cells
    named = [(n, c) for n, c in zip([*header, *[""] * len(cells)], cells, strict=False) if c]
    if not named:
        return header
    telling = next((c for role in _TELLING for n, c in named if role_of(n) is role), "")
    main = telling or max((c for _, c in named), key=len)
    others = "; ".join(f"{n}: {c}" if n else c for n, c in named if c is not main)
    text = f"{main} ({others})" if others else main
    found.append(Item(text, chunk.line, listed=True, title=suggest_title(main)))
    return header
