"""What must not leave a circle: protected names, and the ids of notes that it may not see."""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass

from kmkit.audience.shown import Shown
from kmkit.config import Policy
from kmkit.index.stale import Reason
from kmkit.note.model import Note
from kmkit.text import clean, find_folded, fold

_TOKEN = re.compile(r"[^\s()\[\]{}<>'\",:;]+")
"""What may be an id in a sentence."""


@dataclass(frozen=True)
class Protected:
    """Names that must not leave the narrowest circle, whichever note asks for it.

    The ids of notes that the circle may not see are kept back with them.
    """

    names: tuple[str, ...]
    ids: frozenset[str] = frozenset()
    """Folded."""
    others: Container[str] = frozenset()
    """More such ids."""

    @classmethod
    def above(cls, level: str, policy: Policy, notes: Iterable[Shown]) -> "Protected":
        """The names to keep back from ``level``; none in the narrowest circle."""
        if policy.width(level) == 0:
            return cls(())
        return cls(tuple({name for shown in notes for name in shown.note.fields.protect}))

    def with_ids(self, ids: Iterable[str], others: Container[str]) -> "Protected":
        """These names, and the ids of notes."""
        return Protected(self.names, frozenset(map(fold, ids)), others)

    def without(self, reasons: Iterable[Reason]) -> tuple[Reason, ...]:
        """The reasons that tell of nothing kept back."""
        return tuple(reason for reason in reasons if not self.in_text(reason.message))

    def in_text(self, *texts: str | None) -> bool:
        """Whether one of the names or ids stands in one of ``texts``."""
        return any(self._in(clean(text)) for text in texts if text)

    def _in(self, text: str) -> bool:
        folded = fold(text)
        words = {word.strip(".!?…") for word in _TOKEN.findall(folded)}
        if not self.ids.isdisjoint(words) or any(word in self.others for word in words):
            return True
        likely = (
            name
            for name in self.names
            if all(part in folded for part in re.split(r"[\W_]+", fold(name)))
        )
        return any(next(find_folded(text, name), None) is not None for name in likely)

    def in_note(self, note: Note) -> bool:
        """Whether one of the names stands in what a digest could show of the note."""
        if not self.names:
            return False
        fields = note.fields
        shown = [note.title, note.id, str(note.path), fields.owner, fields.backup]
        shown += [fields.summary, fields.matters_to, str(note.raw.get("x_question") or "")]
        sections = [text for s in note.sections for text in (s.heading, s.text)]
        return self.in_text(*shown, note.preamble, *sections)
