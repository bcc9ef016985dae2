"""User text made safe to show: no control characters, no bidi tricks, no markup that acts."""

import re
import unicodedata

from kmkit.text import one_line

_MARKDOWN = re.compile(r"[\\`*_\[\]<>|~#$]|&(?=#?\w+;)")
_LINE_START = re.compile(r"^([-+=]|\d{1,9}(?=[.)]))")
_RTL_LANGUAGES = frozenset((
    "ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "ku", "nqo", "pnb", "prs", "ps", "sd", "syr",
    "ug", "ur", "yi",
))  # fmt: skip


def escape_markdown(text: str) -> str:
    """``text`` on one line so that Markdown shows it literally: no links, HTML, headings, cells."""
    escaped = _MARKDOWN.sub(r"\\\g<0>", one_line(text))
    return _LINE_START.sub(_escape_start, escaped)


def _escape_start(match: re.Match[str]) -> str:
    return match[0] + "\\" if match[0].isdigit() else "\\" + match[0]


def code(text: str) -> str:
    """``text`` as inline code in Markdown, whatever backticks it has."""
    line = one_line(text)
    fence = "`" * (max((len(run) for run in re.findall("`+", line)), default=0) + 1)
    edge = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{edge}{line}{edge}{fence}"


def direction(text: str, language: str = "") -> str:
    """``rtl`` or ``ltr``: as ``language`` is written, else as the text's first letter says.

    Given outright because Outlook does not know ``dir="auto"``.
    """
    if re.split("[-_]", language.casefold())[0] in _RTL_LANGUAGES:
        return "rtl"
    kinds = (unicodedata.bidirectional(character) for character in text)
    return "rtl" if next((k for k in kinds if k in ("L", "R", "AL")), "L") != "L" else "ltr"
