"""A note's Markdown as HTML that is safe to show: rendered fast, then sanitised, always."""

import re
from collections.abc import Callable
from functools import cache
from html import escape, unescape
from typing import TYPE_CHECKING

from kmkit.text import clean

if TYPE_CHECKING:
    import nh3
    import pyromark

_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "details", "dfn",
    "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "input", "ins",
    "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong", "sub",
    "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"lang"},
    "a": {"href"},
    "div": {"id"},
    "img": {"src", "alt"},
    "input": {"type", "checked"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_CLASSES = {
    "div": {"footnote-definition"},
    "sup": {"footnote-reference", "footnote-definition-label"},
    "td": {"c", "r"},
    "th": {"c", "r"},
}
_BLOCKS = (
    "blockquote", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "li", "p", "summary", "td", "th",
)  # fmt: skip
"""Each says for itself in which direction it is read."""
PREFIX = "n-"
"""How every id begins that a note's text brings, so that it is none of the page's own."""
_DEEPEST, _SHALLOW = 400, 20_000
"""How deep elements may lie in one another; a text this short (in characters) lies never deeper
than can be borne."""
_WEB = re.compile(r"(?:https?|mailto):", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[/\\\\]")
_HEADING = re.compile(r"<(/?)h([1-6])(?=[ >])")
_ALIGN = re.compile(r'<(t[hd]) style="text-align: (left|center|right)">')
_NO_LINK = re.compile(r"<a rel=\"[^\"]*\">(.*?)</a>", re.DOTALL)
_PICTURE = re.compile(r"<img([^>]*)>")
_ALT = re.compile(r' alt="([^"]*)"')
_BOX = re.compile(r"<input([^>]*)>")
_NEST = re.compile(r"<(/?)(?:blockquote|details|div|dl|li|ol|span|table|td|ul)\b")
_TAG = re.compile(r"<[^>]*>")

Resolve = Callable[[str], str | None]
"""Where a relative address leads, from the page that shows the note; None for nowhere."""


def to_html(text: str, link: Resolve, picture: Resolve) -> str:
    """Markdown ``text`` as safe HTML; ``link`` and ``picture`` tell where relative ones lead.

    Headings begin at the third level. Links that lead nowhere become text, pictures that are not
    ours their description. Comments are dropped, and so is whatever could act.
    """
    if not text:
        return ""
    raw = _renderer().html(clean(text))
    if len(raw) > _SHALLOW and _depth(raw) > _DEEPEST:
        return f'<pre dir="ltr" tabindex="0">{escape(clean(text))}</pre>'
    if "<table>" in raw:
        raw = _ALIGN.sub(lambda at: f'<{at[1]} class="{at[2][0]}">', raw)
    cleaner, rules = _cleaner()
    rules.link, rules.picture = link, picture
    return _dressed(cleaner.clean(raw))


def to_text(html: str) -> str:
    """What a reader of safe ``html`` reads, on one line."""
    return " ".join(unescape(_TAG.sub(" ", html)).split())


@cache
def _renderer() -> "pyromark.Markdown":
    from pyromark import Markdown, Options

    return Markdown(
        options=Options.ENABLE_TABLES
        | Options.ENABLE_FOOTNOTES
        | Options.ENABLE_STRIKETHROUGH
        | Options.ENABLE_TASKLISTS
    )


class _Rules:
    """What the cleaner asks about attributes: where the addresses of this text lead."""

    def __init__(self) -> None:
        self.link: Resolve = _nowhere
        self.picture: Resolve = _nowhere

    def __call__(self, tag: str, name: str, value: str) -> str | None:
        """The value that the attribute gets, None where it goes.

        Without angle brackets: the clean text may then be taken apart at its tags.
        """
        value = (
            value.replace("<", "%3C").replace(">", "%3E")
            if name in ("href", "src")
            else (value.replace("<", "‹").replace(">", "›"))
        )
        if name == "href":
            return self._href(value.strip())
        if name == "src":
            return None if _SCHEME.match(value.strip()) else self.picture(value.strip())
        return value

    def _href(self, value: str) -> str | None:
        if _WEB.match(value):
            return value
        if value.startswith("#"):
            return f"#{PREFIX}{value[1:]}"
        return None if _SCHEME.match(value) else self.link(value)


def _nowhere(address: str) -> None:
    """No relative address leads anywhere."""


@cache
def _cleaner() -> "tuple[nh3.Cleaner, _Rules]":
    from nh3 import Cleaner

    rules = _Rules()
    fixed = {tag: {"dir": "auto"} for tag in _BLOCKS} | {"pre": {"dir": "ltr"}}
    cleaner = Cleaner(
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=rules,
        allowed_classes=_CLASSES,
        set_tag_attribute_values=fixed,
        url_schemes={"http", "https", "mailto"},
        id_prefix=PREFIX,
    )
    return cleaner, rules


def _depth(html: str) -> int:
    """How deep its elements lie in one another at most."""
    deepest = depth = 0
    for found in _NEST.finditer(html):
        depth += -1 if found[1] else 1
        deepest = max(deepest, depth)
    return deepest


def _dressed(html: str) -> str:
    """Clean HTML as the portal shows it: headings in steps, links that lead nowhere as text."""
    if "<h" in html:
        html = _stepped(html)
    if "<a rel" in html:
        html = _NO_LINK.sub(r"\1", html)
    if "<img" in html:
        html = _PICTURE.sub(_pictured, html)
    if "<input" in html:
        html = _BOX.sub(_ticked, html)
    if "<pre" in html:  # the cleaner would put two attributes now in this order, now in that
        html = html.replace(' dir="ltr">', ' dir="ltr" tabindex="0">')
    if "<table" in html:
        html = html.replace("<table", '<div class="table" tabindex="0"><table')
        html = html.replace("</table>", "</table></div>")
    return html


def _stepped(html: str) -> str:
    """The headings one below the other from the third level on, without a level left out."""
    last = 2
    first = min((int(found[2]) for found in _HEADING.finditer(html)), default=3)

    def stepped(found: re.Match[str]) -> str:
        """The same tag, of the level that it gets."""
        nonlocal last
        if not found[1]:
            last = min(int(found[2]) - first + 3, last + 1, 6)
        return f"<{found[1]}h{last}"

    return _HEADING.sub(stepped, html)


def _pictured(found: re.Match[str]) -> str:
    """A picture of ours, loaded when it is seen; of any other its description."""
    alt = _ALT.search(found[1])
    if " src=" in found[1]:
        return f'<img loading="lazy"{"" if alt else " alt"}{found[1]}>'
    return f'<span class="picture">{alt[1]}</span>' if alt and alt[1] else ""


def _ticked(found: re.Match[str]) -> str:
    """A box to tick as a sign: nothing can be ticked on a page."""
    if 'type="checkbox"' not in found[1]:
        return ""
    return "☑ " if " checked" in found[1] else "☐ "
