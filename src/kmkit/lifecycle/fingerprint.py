"""The fingerprint binds an approval to what was approved.

``k1:`` and the SHA-256 of a canonical JSON text of the note's substance: kind, title, summary,
evidence (addresses, sorted), preamble and all sections, sorted by heading. Level, topics, owner
and the other packaging stay outside, and so do templates.
"""

import hashlib
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from json.encoder import encode_basestring as _quoted
from operator import itemgetter
from typing import TYPE_CHECKING

from kmkit.note.sections import lines_of

if TYPE_CHECKING:
    from kmkit.note.model import Note, Section


_PRINTED = b"\n" + bytes(range(0x20, 0x7F))
"""What prints of ASCII, and the line feed."""


def fingerprint(note: "Note", guidance: frozenset[str] = frozenset()) -> str:
    """The fingerprint of the substance of ``note``: ``k1:`` and 64 hexadecimal digits.

    ``guidance`` holds the comments of the note's kind, white space folded; a comment that equals
    one of them is not substance.
    """
    of = note.fields
    return _print(
        of.kind, of.title, of.summary, of.evidence, note.preamble, note.sections, guidance
    )


@lru_cache(maxsize=8)
def _print(
    kind: str | None,
    title: str | None,
    summary: str | None,
    evidence: tuple[str, ...],
    preamble: str,
    sections: "tuple[Section, ...]",
    guidance: frozenset[str],
) -> str:
    """The fingerprint of a substance; several ask for that of the note at hand."""
    texts = [summary or "", preamble, *(section.text for section in sections)]
    if _is_canonical("\n".join([*texts, ""])):
        texts = [text.strip("\n") for text in texts]
    else:
        texts = [_text(text, guidance) for text in texts]
    headings = [_line(section.heading) for section in sections]
    canonical = _json(
        evidence=sorted(_line(address) for address in evidence),
        kind=_line(kind or ""),
        preamble=texts[1],
        sections=sorted(zip(headings, texts[2:], strict=True), key=itemgetter(0)),
        summary=texts[0],
        title=_line(title or ""),
    )
    return "k1:" + hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def _json(
    *,
    evidence: list[str],
    kind: str,
    preamble: str,
    sections: list[tuple[str, str]],
    summary: str,
    title: str,
) -> str:
    """A substance as JSON: names in order, no blanks, every character as it is."""
    addresses = ",".join(map(_quoted, evidence))
    texts = ",".join([f"[{_quoted(heading)},{_quoted(text)}]" for heading, text in sections])
    return (
        f'{{"evidence":[{addresses}],"kind":{_quoted(kind)},"preamble":{_quoted(preamble)},'
        f'"sections":[{texts}],"summary":{_quoted(summary)},"title":{_quoted(title)}}}'
    )


def _line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _is_canonical(text: str) -> bool:
    """Whether nothing is to be folded in whole lines but line feeds around them."""
    if " \n" in text or "\n\n\n" in text or "<!--" in text or "```" in text or "~~~" in text:
        return False
    if text.isascii():
        return not text.encode().translate(None, _PRINTED)
    return text.replace("\n", "").isprintable() and unicodedata.is_normalized("NFC", text)


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
