"""What an answer to a reminder says: of which note, and whether it holds, changes or goes."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from kmkit.reach.replies_text import top
from kmkit.text import fold, one_line
from kmkit.views.reminder_words import ANSWERS, REPLACED, is_hint

LONGEST = 2000
"""Characters of a reason; more is cut off."""
_REF = r"(?:\d{8}-[a-z0-9-]*)?[a-z0-9]{4}"
_CODE = re.compile(rf"(?<![a-z0-9-])({_REF})\.([0-9a-f]{{8}})(?![0-9a-f])", re.IGNORECASE)
_PAUSE = r"[\s:：,.;\-–—)\]]"
_ADDRESS = re.compile(r"[^\s@<>,;:*?\[\]()\"']+@[^\s@<>,;:*?\[\]()\"']+[^\s@<>,;:*?\[\]()\"'.]")


class Code(NamedTuple):
    """What a letter writes beside a note, so that an answer leads back to it."""

    ref: str
    """The end of the note's id, or the whole of it."""
    print: str
    """The first eight digits of the fingerprint of the text that the letter was about."""

    def __str__(self) -> str:
        return f"{self.ref}.{self.print}"


class Said(NamedTuple):
    """One answer."""

    ref: str
    """The note as the answer names it, '' where it names none."""
    answer: str
    """A key of `ANSWERS`."""
    because: str

    @property
    def address(self) -> str:
        """The first e-mail address in the reason, '' without one."""
        found = _ADDRESS.search(self.because)
        return found[0].casefold() if found else ""

    @property
    def heir(self) -> str:
        """The note that is said to replace it, '' for none."""
        found = _replaced().search(self.because)
        return found[1].casefold() if found else ""


def codes_in(*texts: str) -> list[Code]:
    """The codes that stand in ``texts``, each once."""
    found = (match for text in texts for match in _CODE.finditer(text))
    return list(dict.fromkeys(Code(match[1].casefold(), match[2].casefold()) for match in found))


def answers_in(text: str) -> list[Said]:
    """The answers at the top of a mail's ``text``, in their order.

    Each begins a line with its word, perhaps behind the end of a note's id, and goes on to the
    next blank line; its reason may follow below one.
    """
    found = (said._replace(because=said.because[:LONGEST]) for said in _answers(top(text)))
    return [said._replace(because="") if is_hint(said.because) else said for said in found]


def _answers(text: str) -> Iterator[Said]:
    paragraphs = [part.split("\n") for part in re.split(r"\n\s*\n", text)]
    open_: Said | None = None
    for lines in paragraphs:
        if open_ and open_.because:
            yield open_
            open_ = None
        for line in lines:
            begun = _begun(line)
            if begun and open_:
                yield open_
            if begun:
                open_ = begun
            elif open_:
                open_ = open_._replace(because=f"{open_.because} {one_line(line)}".strip())
    if open_:
        yield open_


def _begun(line: str) -> Said | None:
    """The answer that a line begins, None where it begins none."""
    found = _answer().match(line[: 2 * LONGEST])
    if found is None:
        return None
    return Said((found[1] or "").casefold(), _words()[_plain(found[2])], one_line(found[3]))


@cache
def _words() -> dict[str, str]:
    """Each word of an answer, without case and accents -> the answer."""
    return {
        _plain(word): answer
        for answer, languages in ANSWERS.items()
        for words in languages.values()
        for word in words
    }


@cache
def _answer() -> re.Pattern[str]:
    """How an answer begins: a note's id or the end of it, or none; the word; the reason."""
    tables = ANSWERS.values()
    every = {word for languages in tables for words in languages.values() for word in words}
    every |= {fold(word) for word in every}
    words = "|".join(map(_pattern, sorted(every, key=len, reverse=True)))
    return re.compile(
        rf"[\W_]*(?:({_REF})(?:\.[0-9a-f]{{8}})?{_PAUSE}+)?({words}){_PAUSE}*(.*)",
        re.IGNORECASE,
    )


def _pattern(word: str) -> str:
    """A word of an answer as a pattern; Chinese puts no blank behind it."""
    end = "" if "\u3400" <= word[-1] <= "\u9fff" else r"(?!\w)"
    return re.escape(word).replace(r"\ ", r"\s+") + end


@cache
def _replaced() -> re.Pattern[str]:
    words = "|".join(map(re.escape, REPLACED))
    return re.compile(rf"(?:{words})\s*:?\s*({_REF})(?![a-z0-9])", re.IGNORECASE)


def _plain(word: str) -> str:
    return fold(" ".join(word.replace("’", "'").split()))
