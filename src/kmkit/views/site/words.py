"""Words as the portal's search knows them; `site.js` cuts what a reader types in the same way."""

import re
from functools import lru_cache
from unicodedata import category, normalize

LONGEST = 40
"""A longer word is cut to so many characters."""
_DROPPED = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u200b-\u200d\u00ad\ufe00-\ufe0f\U000e0100-\U000e01ef"
)
_ACCENTS = re.compile(f"[{_DROPPED}]")
_ALIKE = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
     "ς": "σ", "ى": "ي", "ة": "ه"}
    | {chr(zero + n): str(n) for zero in (0x660, 0x6F0) for n in range(10)}
)  # fmt: skip
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
"""Scripts without blanks between their words."""
_RUN = re.compile(f"[{_UNSPACED}]+")
_PLAIN = re.compile(r"[a-z0-9]+")
"""Words of a text of ASCII."""
_LONG = re.compile(f"[A-Za-z0-9]{{{LONGEST + 1}}}")


def folded(text: str) -> str:
    """``text`` without case and accents, as words of the search are compared."""
    if text.isascii():
        return text.lower()
    return _ACCENTS.sub("", normalize("NFKD", text).lower()).translate(_ALIKE)


def cut(text: str) -> list[str]:
    """The words of ``text`` as the search knows them, in their order."""
    if text.isascii():
        words = _PLAIN.findall(text.lower())
        return [word[:LONGEST] for word in words] if _LONG.search(text) else words
    found: list[str] = []
    for word in _word().findall(folded(text)):
        if word.isascii() or not _RUN.search(word):
            found.append(word[:LONGEST])
        else:
            found += _apart(word)
    return found


def _apart(word: str) -> list[str]:
    """A word with parts of a script without blanks: these become pairs of neighbours."""
    found: list[str] = []
    end = 0
    for run in _RUN.finditer(word):
        if run.start() > end:
            found.append(word[end : run.start()][:LONGEST])
        found += [run[0][at : at + 2] for at in range(len(run[0]))]
        end = run.end()
    if end < len(word):
        found.append(word[end:][:LONGEST])
    return found


@lru_cache(maxsize=1)
def _word() -> re.Pattern[str]:
    """Letters, digits and the marks that belong to them, in any script."""
    marks = [code for code in range(0x300, 0x20000) if category(chr(code)).startswith("M")]
    ranges: list[list[int]] = []
    for code in marks:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    inside = "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)
    return re.compile(f"(?:[^\\W_]|[{inside}])+")
