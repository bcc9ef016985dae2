"""The fingerprint binds an approval to what was approved.

``k1:`` and the SHA-256 of a canonical JSON text of the note's substance: kind, title, summary,
evidence (addresses, sorted), preamble and all sections, sorted by heading. Level, topics, owner
and the other packaging stay outside, and so do templates.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from kmkit.note.model import Note
from kmkit.note.sections import lines_of


def fingerprint(note: Note, guidance: frozenset[str] = frozenset()) -> str:
    """The fingerprint of the substance of ``note``: ``k1:`` and 64 hexadecimal digits.

    ``guidance`` holds the comments of the note's kind, white space folded; a comment that equals
    one of them is not substance.
    """
    fields = note.fields
    sections = [(_line(s.heading), _text(s.text, guidance)) for s in note.sections]
    substance = {
        "kind": _line(fields.kind or ""),
        "title": _line(fields.title or ""),
        "summary": _text(fields.summary or "", guidance),
        "evidence": sorted(_line(address) for address in fields.evidence),
        "preamble": _text(note.preamble, guidance),
        "sections": sorted(sections, key=lambda section: section[0]),
    }
    canonical = json.dumps(substance, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "k1:" + hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def short(fingerprint: str) -> str:
    """A fingerprint as people see it: its first twelve digits."""
    return fingerprint[: len("k1:") + 12]


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
