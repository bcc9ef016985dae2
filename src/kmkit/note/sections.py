"""Markdown text and its headings; what stands in code and in comments is not a heading."""

import re
from collections.abc import Iterator

from kmkit.note.model import Section

_BREAK = re.compile(r"\r\n|\n|\r")
_HEADING = re.compile(r" {0,3}(#{1,6})(?=[ \t]|$)")
_BARE_HEADING = re.compile(r"\n {0,3}(#{1,2})(?![^ \t\n])([^\n]*)")
"""A heading of level 1 or 2 in a text without code and comments."""
_FENCE = re.compile(r" {0,3}(?:(?:[-*+]|\d{1,9}[.)]) {1,4})*(`{3,}|~{3,})")
"""Code can begin right behind the mark of a list."""
_ANY_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_COMMENT = re.compile(r" {0,3}<!--")


def sections_of(body: str, first_line: int = 1) -> tuple[str, tuple[Section, ...]]:
    """What stands before the first heading, and the sections.

    Headings of the first and second level begin a section; deeper ones are part of its text.
    ``first_line`` is the line of the file that the body begins with.
    """
    if "\r" in body or may_hide(body):
        return _by_lines(lines_in(body), first_line)
    preamble, *pieces = f"\n{body}".split("\n## ")
    if "#" in preamble:
        return _at_once(body, first_line)
    line = first_line + preamble.count("\n")
    sections = []
    for piece in pieces:
        if "#" in piece:  # another level, or a hash in the text
            return _at_once(body, first_line)
        heading, _, text = piece.partition("\n")
        text = text.strip("\n")
        breaks = 1 + len(piece) - len(heading) - len(text)
        if "\n" in text:  # which is found sooner than counted
            breaks += text.count("\n")
        if text != text.strip():
            text = _without_blank_lines(text)
        sections.append(_made(Section, (heading.strip(" \t"), text, line, 2)))
        line += breaks
    return _without_blank_lines(preamble), tuple(sections)


_made = tuple.__new__
"""Makes a section in half the time that calling its class takes."""


def _at_once(body: str, first_line: int) -> tuple[str, tuple[Section, ...]]:
    """The sections of a text without code and comments, whatever their headings look like."""
    preamble, *pieces = _BARE_HEADING.split(f"\n{body}")
    line = first_line + preamble.count("\n")
    sections = []
    for level, heading, text in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True):
        text_ = _without_blank_lines(text)
        sections.append(Section(_heading_text(heading), text_, line, len(level)))
        line += text.count("\n") + 1
    return _without_blank_lines(preamble), tuple(sections)


def may_hide(text: str) -> bool:
    """Whether there may be code or comments in ``text``, in which nothing is a heading."""
    return (  # the signs alone are looked for many times as fast
        ("`" in text and "```" in text)
        or ("~" in text and "~~~" in text)
        or ("<" in text and "<!--" in text)
    )


def _by_lines(lines: list[str], first_line: int) -> tuple[str, tuple[Section, ...]]:
    """The sections where there may be code and comments, line for line."""
    heads = list(_headings(lines))
    ends = [at for at, _, _ in heads[1:]] + [len(lines)]
    sections = tuple(
        Section(heading, _trimmed(lines[at + 1 : end]), first_line + at, level)
        for (at, level, heading), end in zip(heads, ends, strict=False)
    )
    return _trimmed(lines[: heads[0][0]] if heads else lines), sections


def lines_in(text: str) -> list[str]:
    """The lines of ``text``, whatever ends them."""
    return _BREAK.split(text) if "\r" in text else text.split("\n")


def _headings(lines: list[str]) -> Iterator[tuple[int, int, str]]:
    """Index, level and text of each heading of level 1 or 2, outside code and comments."""
    fence = ""
    comment = False
    for at, line in enumerate(lines):
        if comment:
            comment = "-->" not in line
        elif fence:
            if (found := _FENCE.match(line)) and _closes(line, found[1], fence):
                fence = ""
        elif found := _FENCE.match(line):
            if found[1][0] == "~" or "`" not in line[found.end() :]:
                fence = found[1]
        elif found := _COMMENT.match(line):
            comment = "-->" not in line[found.end() - 2 :]
        elif (found := _HEADING.match(line)) and len(found[1]) <= 2:
            yield at, len(found[1]), _heading_text(line[found.end() :])


def _closes(line: str, run: str, fence: str) -> bool:
    return run[0] == fence[0] and len(run) >= len(fence) and line.strip(" \t") == run


def _heading_text(text: str) -> str:
    """A heading's text without the closing hashes."""
    text = text.strip(" \t")
    bare = text.rstrip("#")
    return bare.rstrip(" \t") if not bare or bare[-1] in " \t" else text


def _trimmed(lines: list[str]) -> str:
    """The lines joined by LF, without the blank ones at either end."""
    start, end = 0, len(lines)
    while start < end and not lines[start].strip():
        start += 1
    while start < end and not lines[end - 1].strip():
        end -= 1
    return "\n".join(lines[start:end])


def _without_blank_lines(text: str) -> str:
    """What `_trimmed` makes of the lines of ``text``."""
    text = text.strip("\n")
    if text[:1].isspace() or text[-1:].isspace():
        return _trimmed(text.split("\n"))
    return text


def without_comments(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without its HTML comments, and the text of each of them."""
    kept: list[str] = []
    comments: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        kept.append(text[at:start])
        comments.append(text[start + 4 : end])
        at = end + 3
    return "".join([*kept, text[at:]]), tuple(comments)


def folded(text: str) -> str:
    """The text with every run of white space made one blank."""
    return " ".join(text.split())


def lines_of(text: str) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it is code between two fences."""
    fence = ""
    for line in text.split("\n"):
        found = _ANY_FENCE.match(line)
        run = found[1] if found else ""
        if fence:
            closes = run.startswith(fence) and line.strip() == run
            fence = "" if closes else fence
            yield line, not closes
        else:
            opens = run and (run[0] == "~" or "`" not in line.strip()[len(run) :])
            fence = run if opens else ""
            yield line, False
