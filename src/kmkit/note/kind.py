"""What a kind of note is: plain values, read of a template by `kmkit.note.kinds`."""

import unicodedata
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from kmkit.note.model import Section
from kmkit.note.sections import folded, without_comments
from kmkit.period import Period


@dataclass(frozen=True)
class Kind:
    """What sort of knowledge a note holds, and how notes of this sort are made and kept."""

    name: str
    help: str
    sections: tuple[str, ...]
    """The headings in their order, in English."""
    required: tuple[str, ...]
    """Those that must be filled before the note is validated."""
    optional: tuple[str, ...]
    """Those that may stay empty for good."""
    validate_by: tuple[str, ...]
    """The validation methods that fit."""
    method: str
    """How knowledge of this kind is usually gathered."""
    review_every: Period | None
    """None for records of a moment, which are not reviewed again."""
    guidance: frozenset[str]
    """The text of each HTML comment of the template, white space folded."""
    headings: dict[str, dict[str, str]]
    """Language -> English heading -> heading in that language."""
    template: str
    """The body of the template."""
    texts: dict[str, str] = field(default_factory=dict, repr=False)
    """What the template itself has below each heading, guidance included."""

    def canonical(self, heading: str, language: str | None = None) -> str | None:
        """The English name of a section for its heading in any language, or None.

        ``language`` is looked at first, where two languages use one word for two sections.
        """
        if name := self._names.get(heading):
            return name
        wanted = _key(heading)
        if wanted in self._names:
            return self._names[wanted]
        for tongue in sorted(self.headings, key=lambda code: code != language):
            for name, translated in self.headings[tongue].items():
                if _key(translated) == wanted:
                    return name
        return None

    def filled(self, section: Section) -> bool:
        """Whether somebody wrote something there; comments and the template's own text are not."""
        own = ""
        if self._written:
            own = self._written.get(self.canonical(section.heading) or "", "")
        if not own and "<!--" not in section.text:
            return bool(section.text.strip())
        text = folded(without_comments(section.text)[0])
        return bool(text) and text != own

    def fills(self, wanted: tuple[str, ...], sections: tuple[Section, ...]) -> bool:
        """Whether the ``wanted`` ones are there and filled, as far as can be told at a glance."""
        if not wanted:
            return True
        names = self._names
        filled = {
            names.get(heading)
            for heading, text, _, _ in sections
            if text and "<" not in text and not text.isspace()
        }
        return filled.difference(self._written).issuperset(wanted)

    @cached_property
    def every(self) -> tuple[str, ...]:
        """The headings that may not stay empty for good."""
        return tuple(name for name in self.sections if name not in self.optional)

    @cached_property
    def _names(self) -> dict[str, str]:
        """The headings by themselves and by what they are compared by; of two alike the first."""
        first = {_key(name): name for name in reversed(self.sections)}
        return first | {name: first[_key(name)] for name in self.sections}

    @cached_property
    def _written(self) -> dict[str, str]:
        """What the template itself writes into a section besides comments, where it does."""
        bare = {name: folded(without_comments(text)[0]) for name, text in self.texts.items()}
        return {name: text for name, text in bare.items() if text}


@lru_cache(maxsize=4096)
def _key(heading: str) -> str:
    return folded(unicodedata.normalize("NFC", heading)).casefold()
