"""The outline of somebody else's text: its headings, in Markdown or as plain text marks them.

The text is walked once, line by line; nothing of it is lost: each line is a heading, the line
under a heading that makes it one, or part of a block's text.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kmkit.note.documents.synonyms import MAX_HEADING, is_known, role_of

_ATX = re.compile(r" {0,3}(#{1,6})(?=[ \t]|$)")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_COMMENT = re.compile(r" {0,3}<!--")
_UNDERLINE = re.compile(r" {0,3}(={3,}|-{3,}|~{3,}|\*{3,}|_{3,})[ \t]*$")
_BOLD = re.compile(
    r"\s*(\*\*|__)(?=\S)([^*_]{1,120})(?<=\S)\1\s*:?\s*$|\s*\*\*([^*]{1,120}:)\*\*\s*$"
)
_NUMBERED = re.compile(r"(\d{1,3})((?:\.\d{1,3})*)[.):]?[ \t]+(\S.*)$")
_INLINE = re.compile(r"([^\W\d_][^:|]{1,60}):(?:[ \t]+(\S.*))?$")
_LIST_LIKE = re.compile(r"\s*(?:[-*+>|•–—‣▪●◦·]|\d{1,3}[.)])(?:\s|$)|\s*\|")
_GLYPH = re.compile(r"^(\s*)[•–—‣▪●◦·\uf0b7](\s+)(?=\S)")
_CAPITAL = r"(?:[A-Z][\w'’-]*|of|and|the|for|in|to|on|&)"
_TITLE_CASE = re.compile(rf"{_CAPITAL}(?: {_CAPITAL}){{0,4}}")


class Block(NamedTuple):
    """One heading of a document and what stands under it, down to the next heading."""

    heading: str
    level: int
    """1 to 6; what stands under a shallower heading belongs to it."""
    text: str
    """Without the blank lines around it."""
    line: int
    """Of the heading in the file, from 1."""
    text_line: int
    """Of the first line of the text."""


class Outline(NamedTuple):
    """A text taken apart at its headings."""

    preamble: str
    preamble_line: int
    blocks: tuple[Block, ...]


class _Mark(NamedTuple):
    at: int
    """Index of the heading's line."""
    height: int
    """Lines that the heading takes: 2 where it is underlined."""
    level: int
    heading: str
    rest: str = ""
    """What follows on the same line: 'Impact: 30 households'."""


def outline(text: str, *, markdown: bool, first_line: int = 1) -> Outline:
    """Take a text (LF line ends) apart at its headings."""
    lines = text.split("\n")
    protected = _protected(lines if markdown else ["" if "~~~" in line else line for line in lines])
    lines = [
        line if shut else _GLYPH.sub(r"\1-\2", line, count=1)
        for line, shut in zip(lines, protected, strict=True)
    ]
    marks = list(_markdown_marks(lines, protected)) if markdown else []
    marks = marks or list(_plain_marks(lines, protected))
    starts = [m.at for m in marks] + [len(lines)]
    preamble, skipped = _trimmed(lines[: starts[0]])
    blocks = []
    for mark, end in zip(marks, starts[1:], strict=True):
        body = lines[mark.at + mark.height : end]
        text, blank = _trimmed([mark.rest, *body] if mark.rest else body)
        above = mark.at + mark.height - bool(mark.rest) + blank
        blocks.append(
            Block(mark.heading, mark.level, text, mark.at + first_line, above + first_line)
        )
    return Outline(preamble, first_line + skipped, tuple(blocks))


def looks_like_markdown(text: str) -> bool:
    """Whether a text has a heading of Markdown outside code."""
    lines = text.split("\n")
    shut = _protected(lines)
    return any(not s and _ATX.match(line) for line, s in zip(lines, shut, strict=True))


def contained(text: str) -> str:
    """The text so that it stays inside its section.

    A code fence or comment that it leaves open is closed, a heading of level 1 or 2 made a deeper
    one.
    """
    fence, comment = "", False
    lines = []
    for line in text.split("\n"):
        fence, comment, shut = _step(line, fence, comment)
        if not shut and (found := _ATX.match(line)) and len(found[1]) < 3:
            line = line.replace(found[1], "###", 1)
        lines.append(line)
    if fence or comment:
        lines.append(fence or "-->")
    return "\n".join(lines)


def _step(line: str, fence: str, comment: bool) -> tuple[str, bool, bool]:
    """The open fence and comment after this line, and whether the line is inside one."""
    if comment:
        return "", "-->" not in line, True
    if fence:
        found = _FENCE.match(line)
        ends = found and found[1][0] == fence[0] and len(found[1]) >= len(fence)
        return (
            ("" if ends and line.strip(" \t") == found[1] else fence) if found else fence,
            False,
            True,
        )
    if found := _FENCE.match(line):
        opens = found[1][0] == "~" or "`" not in line[found.end() :]
        return (found[1] if opens else ""), False, opens
    if found := _COMMENT.match(line):
        return "", "-->" not in line[found.end() - 2 :], True
    return "", False, False


def _protected(lines: Sequence[str]) -> bytearray:
    """1 for each line that stands in code or in a comment."""
    fence, comment = "", False
    shut = bytearray(len(lines))
    for at, line in enumerate(lines):
        fence, comment, shut[at] = _step(line, fence, comment)
    return shut


def _markdown_marks(lines: Sequence[str], protected: bytearray) -> Iterator[_Mark]:
    """The headings of a Markdown text; a known one may also be a line in bold."""
    taken = -1
    for at, line in enumerate(lines):
        if protected[at] or at <= taken or not line or line.isspace():
            continue
        if found := _ATX.match(line):
            yield _Mark(at, 1, len(found[1]), _atx_text(line[found.end() :]))
        elif not protected[min(at + 1, len(lines) - 1)] and _underlined(lines, at, "=-"):
            taken = at + 1
            yield _Mark(at, 2, 1 if "=" in lines[at + 1] else 2, line.strip())
        elif (bold := _bold_heading(line)) and role_of(bold) and _begins(lines, at):
            yield _Mark(at, 1, 3, bold)


def _atx_text(text: str) -> str:
    """A heading's text without the closing hashes."""
    text = text.strip()
    bare = text.rstrip("#")
    return bare.rstrip() if not bare or bare[-1] in " \t" else text


def _plain_marks(lines: Sequence[str], protected: bytearray) -> Iterator[_Mark]:
    """The headings of a plain text: underlined, in capitals, numbered, or ending with a colon."""
    taken, number, listed, metadata = -1, 0, 0, True
    for at, line in enumerate(lines):
        bare = line.strip()
        if at <= taken or not bare or protected[at]:
            metadata = metadata and not bare
            continue
        free = _begins(lines, at) or at == taken + 1 or metadata
        mark = None
        if len(bare) <= MAX_HEADING + 80 and not line.startswith(("\t", "    ")):
            mark = _plain_mark(lines, at, bare, free, number, listed)
        if mark:
            taken = at + mark.height - 1
            found = _NUMBERED.match(bare)
            number, listed = (int(found[1]) if found else number), 0
            yield mark
        elif found := _NUMBERED.match(bare):
            listed = int(found[1])
        metadata = bool(_INLINE.match(bare))


def _plain_mark(
    lines: Sequence[str], at: int, bare: str, free: bool, number: int, listed: int
) -> _Mark | None:
    """The heading that a plain line is, if it is one; ``free``: nothing stands right above it."""
    if _underlined(lines, at, "=-~*_"):
        return _Mark(at, 2, 1 if "=" in lines[at + 1] else 2, bare)
    if not free:
        return None
    if found := _NUMBERED.match(bare):
        level = 2 + found[2].count(".")
        alone = at + 1 >= len(lines) or not lines[at + 1].strip() or is_known(found[3])
        goes_on = number and int(found[1]) == number + 1 != listed + 1
        deeper = bool(found[2]) and number == int(found[1])
        short = len(found[3]) <= 60 and not found[3].endswith((".", ";", ","))
        if alone and short and (is_known(found[3]) or goes_on or deeper):
            return _Mark(at, 1, level, bare.rstrip(":"))
        return None
    if bold := _bold_heading(bare):
        return _Mark(at, 1, 2, bold)
    if _in_capitals(bare):
        return _Mark(at, 1, 2, bare.rstrip(": "))
    return _colon_mark(at, bare) or (_Mark(at, 1, 2, bare) if is_known(bare) else None)


def _colon_mark(at: int, bare: str) -> _Mark | None:
    """'Lessons learned:', 'Impact: 30 households' or 'Weather Conditions:'."""
    found = _INLINE.match(bare)
    if not found or not (found[1][0].isupper() or not found[1][0].islower()):
        return None
    if is_known(found[1]) or (not found[2] and _TITLE_CASE.fullmatch(found[1])):
        return _Mark(at, 1, 2, found[1].strip(), found[2] or "")
    return None


def _bold_heading(line: str) -> str:
    """The text of a line that is bold from end to end, else ''."""
    found = _BOLD.match(line) if len(line) <= MAX_HEADING + 20 else None
    return (found[2] or found[3]).strip().rstrip(":") if found else ""


def _in_capitals(bare: str) -> bool:
    """Whether a short line is in capitals and more than a row of initials."""
    words = re.findall(r"[^\W\d_]+", bare)
    return (
        len(bare) <= 60
        and bare.upper() == bare != bare.lower()
        and not bare.endswith((".", ",", ";"))
        and not _LIST_LIKE.match(bare)
        and (any(len(word) >= 4 for word in words) or role_of(bare) is not None)
    )


def _begins(lines: Sequence[str], at: int) -> bool:
    """Whether nothing but a blank line stands above."""
    return at == 0 or not lines[at - 1].strip()


def _underlined(lines: Sequence[str], at: int, marks: str) -> bool:
    """Whether the next line is a rule under this one, which is then a heading."""
    if at + 1 >= len(lines) or len(lines[at]) > 2 * MAX_HEADING:
        return False
    rule = _UNDERLINE.match(lines[at + 1])
    if not rule or rule[1][0] not in marks or _UNDERLINE.match(lines[at]):
        return False
    if _LIST_LIKE.match(lines[at]) and not role_of(lines[at].strip()):
        return False
    return _begins(lines, at) or abs(len(rule[1]) - len(lines[at].strip())) <= 2


def _trimmed(lines: Sequence[str]) -> tuple[str, int]:
    """The lines without the blank ones at either end, and how many were left out above."""
    first, last = 0, len(lines)
    while first < last and not lines[first].strip():
        first += 1
    while last > first and not lines[last - 1].strip():
        last -= 1
    return "\n".join(lines[first:last]), first
