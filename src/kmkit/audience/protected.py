"""What must not leave a circle: protected names, and what tells of notes that it may not see."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from kmkit.config import Policy
from kmkit.errors import Cannot
from kmkit.index.stale import Reason
from kmkit.note.names import Names, as_read, decoded
from kmkit.text import did_you_mean, fold, one_line

HIDDEN = "[…]"
"""What stands in a text for what was kept back."""
_SIGN = re.compile(r"\d{8}[-\u2010\u2011][^\W_]|\.md(?![^\W_])", re.IGNORECASE)
"""What every id and every file of a note has."""
_INSIDE = re.compile(r"[^\s()\[\]{}<>'\"`,:;|*!?=&#]")
"""What no id has stands between the words of a sentence, and in no ordinary path."""
_REST = re.compile(f"{_INSIDE.pattern}*")
_PIECE = re.compile(r"[^/\\]+")
_RUN = re.compile(r"(?<!\d)\d{8}(?:-[^\W_]+)+")
"""What may begin with an id, as the name of an attached file does."""
_TAIL = re.compile(r"(?<=-[^\W_]{4})(?![^\W_])")
_LONGEST = 1024
"""Characters of a run in which ids are looked for that it begins with: none is so long."""
_ADDRESS = re.compile(r"[^<>\n]*>")
_GOES_ON = re.compile(r"[\w\u2010\u2011-]")
_HYPHENS = str.maketrans("\u2010\u2011", "--")


def signs_of(id: str, path: str) -> frozenset[str]:
    """What means a note in a text: its id, the path and the name of its file; folded."""
    return frozenset(fold(sign) for sign in (id, path, path.rpartition("/")[2]) if sign)


def odd(sign: str) -> bool:
    """Whether a note's id, which nobody gave it by the rules, looks like any other word."""
    return not _SIGN.search(sign)


def names_above(protect: Mapping[str, str], level: str, policy: Policy) -> tuple[str, ...]:
    """The names of kmkit.toml that must not reach the circle ``level``.

    Cannot where one is given a level that does not exist.
    """
    for name, widest in protect.items():
        if widest not in policy.levels:
            raise Cannot(
                f"kmkit.toml: protect: '{one_line(name)}' may reach the level "
                f"'{one_line(widest)}', which does not exist.",
                did_you_mean(widest[:80], policy.levels)
                or f"The levels are {', '.join(policy.levels)}.",
            )
    width = policy.width(level)
    return tuple(name for name, widest in protect.items() if policy.width(widest) < width)


def addresses_of(names: Iterable[str], people: Iterable[tuple[str, str]]) -> list[str]:
    """The addresses of those ``people`` (name and address) who are among ``names``."""
    looked = Names(names)
    return [address for name, address in people if address and looked.in_text(name)]


@dataclass(frozen=True)
class Protected:
    """Names that must not reach a circle, and the notes that it may not see."""

    names: Names = field(default_factory=lambda: Names(()))
    ids: frozenset[str] = frozenset()
    """What means a note that the circle may not see: its id, the path and the name of its file;
    folded."""
    others: Container[str] = frozenset()
    """More of these."""
    odd: Names = field(default_factory=lambda: Names(()))
    """Those that look like any other word."""

    def without(self, reasons: Iterable[Reason]) -> tuple[Reason, ...]:
        """The reasons that tell of nothing kept back."""
        return tuple(reason for reason in reasons if not self.in_text(reason.message))

    def in_text(self, *texts: str | None) -> bool:
        """Whether something that must not leave stands in one of ``texts``."""
        return any(self.names.in_text(text) or self.tells(text) for text in texts if text)

    def in_id(self, id: str) -> bool:
        """Whether what must not leave stands in the id of a record, which itself is no secret."""
        return self.names.in_text(id) or self.tells(id, known=id)

    def tells(self, text: str, *, known: str = "") -> bool:
        """Whether ``text`` names a note that the circle may not see.

        ``known`` is the id of one that it may see, which such a text has again and again.
        """
        if self.odd.in_text(text):
            return True
        words = (word for one in as_read(text) for word, _, _ in _words(one, known))
        return any(map(self._is_kept, words))

    def _is_kept(self, word: str) -> bool:
        return word in self.ids or word in self.others

    def masked(self, text: str) -> str:
        """``text`` with a sign of omission for all that must not leave."""
        if not self.in_text(text):
            return text
        found = [*self.names.find(text), *self.odd.find(text)]
        spans = [(one.start, one.end) for one in found]
        spans += [(a, b) for word, a, b in _words(text) if self._is_kept(word)]
        seen = decoded(text)
        spans += [
            (seen.starts[a], seen.ends[b - 1])
            for word, a, b in _words(seen.text)
            if self._is_kept(word)
        ]
        pieces, at = [], 0
        for start, end in sorted(spans):
            if start >= at:
                pieces += [text[at:start], HIDDEN]
            at = max(at, end)
        return "".join([*pieces, text[at:]])


def _words(text: str, known: str = "") -> Iterator[tuple[str, int, int]]:
    """What in ``text`` may mean a note, folded, where it begins, and where its address ends."""
    end = 0
    for hit in _SIGN.finditer(text):
        if hit.end() <= end or (known and _is_all(text, hit.start(), known)):
            continue
        start = hit.start()
        while start > end and _INSIDE.match(text[start - 1]):
            start -= 1
        end = _REST.match(text, hit.end()).end()  # type: ignore[union-attr]  # it matches nothing
        words, stop = _parts(text[start:end])
        stop += start
        if text[start - 1 : start] == "<":  # an address, in which there can be blanks
            rest = _ADDRESS.match(text, end)
            stop = rest.end() - 1 if rest else stop
        yield from ((word, start + at, stop) for word, at in words)


def _is_all(text: str, start: int, id: str) -> bool:
    """Whether ``id`` stands at ``start``, and is not the beginning of a longer one."""
    end = start + len(id)
    return text.startswith(id, start) and not _GOES_ON.match(text, end)


@lru_cache(maxsize=1 << 14)
def _parts(token: str) -> tuple[tuple[tuple[str, int], ...], int]:
    """What in one word may mean a note, and where each begins; and where the word ends.

    That is the word itself, what stands between its slashes, and the ids that these begin with.
    """
    found = []
    whole = token.rstrip(".…")
    for piece, at in ((whole, 0), *((p[0], p.start()) for p in _PIECE.finditer(whole))):
        plain = fold(piece.translate(_HYPHENS))
        found.append((plain, at))
        for run in _RUN.finditer(plain) if len(plain) == len(piece) else ():
            ids = (run[0][: tail.start()] for tail in _TAIL.finditer(run[0], 0, _LONGEST))
            found += [(id, at + run.start()) for id in ids]
    return tuple(dict.fromkeys(found)), len(whole)
