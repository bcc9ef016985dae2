"""The text of notes in other clothes: safe HTML, quoted Markdown, plain text, the advice in it."""

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from kmkit.text import clean, one_line
from kmkit.views.words import wrap_lines

if TYPE_CHECKING:  # it is imported where a text needs it, which takes longer than most of them
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_SCHEMES = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^\s<>]+)>", re.IGNORECASE)
_UNSAFE_TARGET = re.compile(r"\]([(:])(?=\s*<?\s*(?!https?://|mailto:)\S)", re.IGNORECASE)
_CODE = ("```", "~~~", "    ", "\t")
"""Without any of these nothing is code."""
_BEGINS = re.compile(r"\s*(?:[-*+][ \t]|\d{1,9}[.)][ \t]|#{1,6}[ \t]|[>|]|$)")
"""How a line begins that continues nothing."""
_ENDS = re.compile(r"^\s*[#>|]|  $|\\$")
"""A line that nothing continues: a heading, a quotation, a table's row, a hard break."""
_LINE = re.compile(
    r"( *)(?:([-*+]|\d{1,9}[.)]) )?((?:[^\W\d_]|[\"'(«“„‘]|\d+(?![.)\d]))[^\\`*_\[\]<>&|~]*)"
)
"""A line in which nothing is marked and that begins nothing, or the item of a list."""
_STYLES = {
    "p": "margin:0 0 12px 0;",
    "ul": "margin:0 24px 12px 24px;padding:0;",
    "ol": "margin:0 24px 12px 24px;padding:0;",
    "li": "margin:0 0 6px 0;",
    "blockquote": "margin:0 0 12px 0;padding:0 16px;border-left:3px solid #c5ced6;",
    "pre": "margin:0 0 12px 0;padding:10px 12px;background-color:#f1f4f6;color:#1f2933;"
    "white-space:pre-wrap;word-break:break-word;font-size:13px;",
    "table": "margin:0 0 12px 0;border-collapse:collapse;",
    "th": "border:1px solid #c5ced6;padding:4px 8px;text-align:start;",
    "td": "border:1px solid #c5ced6;padding:4px 8px;",
    "a": "color:#14566b;text-decoration:underline;",
    "hr": "border:0;border-top:1px solid #c5ced6;margin:0 0 12px 0;",
}
"""Inlined, because mail programs drop style sheets."""


@cache
def _markdown() -> "MarkdownIt":
    """One parser for all notes: no HTML, no pictures, links to http, https and mail alone."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    parser.validateLink = lambda url: bool(_SCHEMES.match(url.strip()))  # type: ignore[method-assign]
    return parser


@cache
def _with_html() -> "MarkdownIt":
    """A parser that knows HTML, to find comments as their author meant them; never for output."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": True})


def strip_comments(text: str) -> str:
    """Markdown ``text`` without HTML comments (guidance, asides); code blocks are left alone."""
    text = clean(text)
    if "<!--" not in text:
        return text.strip("\n")
    pieces = _split_code(text, _with_html)
    return "".join(part if code else _COMMENT.sub("", part) for part, code in pieces).strip("\n")


def _split_code(text: str, parser: "Callable[[], MarkdownIt]") -> list[tuple[str, bool]]:
    """``text`` in pieces, each with whether it is a fenced or indented code block."""
    if not any(mark in text for mark in _CODE):
        return [(text, False)]
    lines = text.split("\n")
    lines = [line + "\n" for line in lines[:-1]] + lines[-1:]
    pieces: list[tuple[str, bool]] = []
    done = 0
    for token in parser().parse(text):
        if token.type in ("fence", "code_block") and token.map and token.map[0] >= done:
            start, end = token.map
            pieces += [("".join(lines[done:start]), False), ("".join(lines[start:end]), True)]
            done = end
    return [*pieces, ("".join(lines[done:]), False)]


def to_html(text: str) -> Markup:
    """A note's Markdown as HTML that is safe to mail: styles inlined, headings below the page's."""
    tokens = _markdown().parse(strip_comments(text))
    for token in _walk(tokens):
        if token.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            token.tag = "p"
            if token.nesting == 1:
                token.attrs = {"style": "margin:0 0 8px 0;font-weight:bold;"}
        elif token.type in ("fence", "code_block"):
            token.type = "code_block"  # the renderer would put a fence's style inside <pre>
            token.attrs = {"class": "code", "style": _STYLES["pre"]}
        elif token.nesting >= 0 and (style := _STYLES.get(token.tag)):
            token.attrs = {**token.attrs, "style": style}
            if token.tag == "a":
                token.attrSet("class", "link")
    # html=False above escapes what the note's author wrote; the tags that are left are ours
    return Markup(_markdown().renderer.render(tokens, _markdown().options, {}))


def _walk(tokens: "list[Token]") -> "list[Token]":
    return [t for token in tokens for t in (token, *_walk(token.children or []))]


def to_quote(text: str) -> str:
    """A note's Markdown as a Markdown quotation in which nothing acts.

    The quotation's end closes what the note left open (a fence, a list, a comment); HTML and
    links to anything but http, https and mail become text, and so do pictures.
    """
    pieces = _split_code(strip_comments(text), _markdown)
    safe = "".join(part if code else _defuse(part) for part, code in pieces)
    return "\n".join(f"> {line}".rstrip() for line in safe.split("\n"))


def _defuse(text: str) -> str:
    text = _AUTOLINK.sub(r"\1", text).replace("<", "&lt;").replace("![", "!\\[")
    return _UNSAFE_TARGET.sub(r"] \1", text)


def to_text(text: str, indent: str = "") -> str:
    """A note's Markdown as plain text in lines of at most 78 columns."""
    pieces = _split_code(strip_comments(text), _markdown)
    flowing = "".join(part if code else _reflowed(part) for part, code in pieces)
    return wrap_lines(flowing, indent=indent)


def _reflowed(text: str) -> str:
    """``text`` with each paragraph and each item of a list on one line."""
    lines: list[list[str]] = []
    ended = True
    for line in text.split("\n"):
        if ended or _BEGINS.match(line):
            lines.append([line])
            ended = not line.strip() or bool(_ENDS.search(line))
        else:
            before = lines[-1]
            before[-1:] = [before[-1].rstrip(), line.strip()]
            ended = line.strip().endswith("\\")
    return "\n".join(" ".join(parts) for parts in lines)


def advice(text: str) -> tuple[str, ...]:
    """What Markdown ``text`` says first, as plain text: the items of its list, or a paragraph."""
    text = strip_comments(text)
    quickly = _advice_of_plain(text)
    return _advice(text) if quickly is None else quickly


def _advice_of_plain(text: str) -> tuple[str, ...] | None:
    """The same of a text that has a list or a paragraph and nothing else in it; None of others."""
    opening, _, rest = text.partition("\n\n")
    lines = [_LINE.fullmatch(line) for line in opening.split("\n")]
    if opening.startswith(" ") or not all(line and not line[2] for line in lines):
        return _plain_items(text)
    said = one_line(opening)
    return _plain_items(rest) if rest and said.endswith((":", "：")) else (said,)


def _plain_items(text: str) -> tuple[str, ...] | None:
    """The items of a text that is a list and nothing else; None where it is not, or may not be."""
    items: list[list[str]] = []
    kinds: set[str] = set()
    ended = False
    for line in text.strip("\n").split("\n"):
        found = _LINE.fullmatch(line)
        if line and (not found or (found[1] if found[2] else ended or not items)):
            return None
        if found and found[2]:
            kinds.add(found[2][-1])
            items.append([found[3]])
        elif found:
            items[-1].append(found[3])
        ended = not line
    return tuple(one_line(" ".join(item)) for item in items) if len(kinds) == 1 else None


def _advice(text: str) -> tuple[str, ...]:
    """The same, of any text."""
    tokens = _markdown().parse(text)
    blocks = [t for t in tokens if t.level == 0 and t.nesting >= 0]
    if not blocks:
        return ()
    opening = _paragraph(tokens, blocks[0])
    listing = next((b for b in blocks[:2] if b.type.endswith("_list_open")), None)
    if listing is not None and (listing is blocks[0] or opening.endswith((":", "："))):
        items = _items(tokens[tokens.index(listing) :])
        return tuple(filter(None, items))
    return (opening,) if opening else ()


def _paragraph(tokens: "list[Token]", opening: "Token") -> str:
    """The plain text of the first inline text at or after ``opening``."""
    later = tokens[tokens.index(opening) :]
    return next((_plain(t) for t in later if t.type == "inline" and _plain(t)), "")


def _items(tokens: "list[Token]") -> list[str]:
    """The first paragraph of each item of the list that ``tokens`` begin with."""
    items: list[str] = []
    for index, token in enumerate(tokens):
        if token.level == 0 and token.nesting == -1:
            break
        if token.type == "list_item_open" and token.level == 1:
            inside = tokens[index + 2 : index + 3]
            items.append(_plain(inside[0]) if inside and inside[0].type == "inline" else "")
    return items


def _plain(token: "Token") -> str:
    parts = [
        " " if child.type in ("softbreak", "hardbreak") else child.content
        for child in token.children or []
    ]
    return one_line("".join(parts))
