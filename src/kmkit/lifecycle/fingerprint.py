"""The fingerprint binds an approval to what was approved.

``k1:`` and the SHA-256 of a canonical JSON text of the note's substance: kind, title, summary,
evidence (addresses, sorted), preamble and all sections, sorted by heading. Level, topics, owner
and the other packaging stay outside, and so do templates.
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from json.encoder import encode_basestring as _quoted
from operator import itemgetter
from typing import TYPE_CHECKING

from kmkit.note.model import shows_all
from kmkit.note.sections import lines_of, may_hide

if TYPE_CHECKING:
    from kmkit.note.model import Note


def fingerprint(note: "Note", guidance: frozenset[str] = frozenset()) -> str:
    """The fingerprint of the substance of ``note``: ``k1:`` and 64 hexadecimal digits.

    ``guidance`` holds the comments of the note's kind, white space folded; a comment that equals
    one of them is not substance.
    """
    known = note.fingerprints  # several ask for that of the note at hand
    if guidance not in known:
        known[guidance] = _print(note, guidance)
    return known[guidance]


def _print(note: "Note", guidance: frozenset[str]) -> str:
    of = note.fields
    summary, preamble = of.summary or "", note.preamble
    plain = _is_plain(note, summary)
    bare = plain and not (_QUOTE in note.data or _SLASH in note.data)
    sections = []
    for heading, text, _, _ in note.sections:
        line, quoted = (_heading if len(heading) < _LONG else _canonical)(heading)
        if bare and "\n" not in text and text[-1:] != " ":
            sections.append((line, f'[{quoted},"{text}"]'))
        else:
            sections.append((line, f"[{quoted},{_quoted_text(text, guidance, plain)}]"))
    sections.sort(key=_FIRST)
    evidence = [_quoted(line) for line in sorted(map(_line, of.evidence))] if of.evidence else ()
    canonical = (
        f'{{"evidence":[{",".join(evidence)}],"kind":{_canonical(of.kind or "")[1]},'
        f'"preamble":{_quoted_text(preamble, guidance, plain)},'
        f'"sections":[{",".join([text for _, text in sections])}],'
        f'"summary":{_quoted_text(summary, guidance, plain)},'
        f'"title":{_quoted(_line(of.title or ""))}}}'
    )
    return "k1:" + sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


_TICK, _TILDE, _LESS, _QUOTE, _SLASH = b'`~<"\\'
_FIRST = itemgetter(0)


def _canonical(text: str) -> tuple[str, str]:
    """A line in its canonical form, and that as JSON."""
    line = _line(text)
    return line, _quoted(line)


_heading = lru_cache(maxsize=512)(_canonical)
"""The same of what many notes have: headings, and their kind."""
_LONG = 200
"""Characters of a heading that is not remembered."""


def _is_plain(note: "Note", summary: str) -> bool:
    """Whether the texts of a note are canonical but for blank lines and blanks behind lines."""
    data = note.data
    if note.clear and not (_TICK in data or _TILDE in data or _LESS in data) and data.isascii():
        return True
    whole = "\n".join([summary, note.preamble, *[text for _, text, _, _ in note.sections], ""])
    if may_hide(whole):
        return False
    if not note.clear and ("\r" in whole or not shows_all(whole.encode("utf-8", "surrogatepass"))):
        return False  # blanks of other sorts, or other line ends
    return whole.isascii() or unicodedata.is_normalized("NFC", whole)


def _quoted_text(text: str, guidance: frozenset[str], plain: bool) -> str:
    """The canonical form of a text as JSON."""
    if not plain or text[-1:] == " " or ("\n" in text and (" \n" in text or "\n\n\n" in text)):
        return _quoted(_text(text, guidance))
    text = text.strip("\n")
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if '"' in text:
        text = text.replace('"', '\\"')
    if "\n" in text:
        text = text.replace("\n", "\\n")
    return f'"{text}"'


def _line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


@lru_cache(maxsize=4096)
def _text(text: str, guidance: frozenset[str]) -> str:
    """Canonical text: NFC, LF, guidance dropped, trailing blanks and runs of blank lines folded.

    Inside code fences blanks and blank lines count, and indentation counts everywhere.
    """
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    kept: list[str] = []
    for line, code in lines_of("".join(_without(text, guidance))):
        line = line if code else line.rstrip()
        if line or code or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip("\n")


def _without(text: str, guidance: frozenset[str]) -> Iterator[str]:
    """The pieces of ``text`` around the comments that are guidance."""
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        own = " ".join(text[start + 4 : end].split()) not in guidance
        yield text[at : end + 3] if own else text[at:start]
        at = end + 3
    yield text[at:]
