"""The fixed words of letters and of the portal, in the reader's language."""

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from kmkit.views.catalogue import Catalogue, catalogue
from kmkit.views.clean import direction
from kmkit.views.words import bind

LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")
"""In which the fixed words are written. English is the source, and what others fall back to."""


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it
    """``message`` itself; marks it as one that is translated where it is shown."""
    return message


_MONTHS = (
    N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"), N_("July"),
    N_("August"), N_("September"), N_("October"), N_("November"), N_("December"),
)  # fmt: skip
"""As they stand in a date: in Russian, 'of November'."""
_MONTHS_OF_A_YEAR = (
    N_("January %(year)s"), N_("February %(year)s"), N_("March %(year)s"), N_("April %(year)s"),
    N_("May %(year)s"), N_("June %(year)s"), N_("July %(year)s"), N_("August %(year)s"),
    N_("September %(year)s"), N_("October %(year)s"), N_("November %(year)s"),
    N_("December %(year)s"),
)  # fmt: skip


class Wording(NamedTuple):
    """The fixed words in one language."""

    language: str
    """Its code; 'en' where the language that was asked for is not among `LANGUAGES`."""
    direction: str
    """``ltr`` or ``rtl``."""
    catalogue: Catalogue

    def gettext(self, message: str, /, **values: Any) -> str:
        """``message`` in this language; where values are given, its ``%(name)s`` are filled in."""
        text = self.form(message)
        return text % values if values else text

    def ngettext(self, one: str, many: str, num: int, /, **values: Any) -> str:
        """The form of a message that fits ``num``, which fills ``%(num)s``; others fill theirs."""
        return self.form(one, many, num) % {"num": num, **values}

    def form(self, message: str, many: str = "", num: int = 1) -> str:
        """``message`` in this language, in the form for ``num``; nothing in it is filled in."""
        said = self.catalogue.messages.get(message)
        if not said:
            return message if num == 1 or not many else many
        return said[min(self.catalogue.form(num), len(said) - 1)] if many else said[0]

    def day(self, on: date) -> str:
        """A date in words: 21 November 2026."""
        return self.gettext("%(day)s %(month)s %(year)s", **self._parts(on))

    def month(self, on: date) -> str:
        """A month of a year in words: November 2026."""
        return self.gettext(_MONTHS_OF_A_YEAR[on.month - 1], year=on.year)

    def between(self, since: date, until: date) -> str:
        """A period in words, no part of the date said twice: 15 to 21 November 2026."""
        if since == until:
            return self.day(until)
        first, last = self._parts(since), self._parts(until)
        if since.year != until.year:
            pattern = N_("%(first)s to %(last)s")
            ends = {"first": self.day(since), "last": self.day(until)}
        elif since.month != until.month:
            pattern = N_("%(first)s to %(last)s %(year)s")
            day = self.gettext("%(day)s %(month)s")
            ends = {"first": day % first, "last": day % last}
        else:
            pattern = N_("%(first)s to %(last)s %(month)s %(year)s")
            ends = {"first": first["day"], "last": last["day"]}
        return self.gettext(pattern, **{**last, **ends})

    def _parts(self, on: date) -> dict[str, str]:
        """A date in parts; of the first day French says '1er'."""
        number = self.gettext("1") if on.day == 1 else str(on.day)
        return {"day": number, "month": self.gettext(_MONTHS[on.month - 1]), "year": str(on.year)}

    def listed(self, names: Sequence[str], text: type[str] = str) -> str:
        """Several names or things in one sentence: Ana, Ben and Chen.

        ``text``: str, or the type of safe markup that ``names`` are of.
        """
        if len(names) < 2:
            return text().join(names)
        first, between = names[0], text(self.gettext("%(first)s, %(second)s"))
        for name in names[1:-1]:
            first = between % {"first": first, "second": name}
        return text(self._pair(names[-1])) % {"first": first, "last": names[-1]}

    def _pair(self, last: str) -> str:
        """How the last of several is joined on; Spanish says 'e' before the sound of an i."""
        if self.language == "es" and re.match(r"(?:<[^>]*>)*h?[ií](?![aeo])", last, re.IGNORECASE):
            return "%(first)s e %(last)s"
        return self.gettext("%(first)s and %(last)s")


def words(language: str = "") -> Wording:
    """The fixed words in ``language``, such as 'fr' or 'pt-BR'; English where we have none."""
    code = re.split("[-_]", language.strip().casefold())[0]
    return _words(code if code in LANGUAGES else "en")


@cache
def _words(code: str) -> Wording:
    messages, form = catalogue(code)
    if code == "fr":  # its typography keeps certain marks on the line of the word before them
        messages = {one: tuple(map(bind, said)) for one, said in messages.items()}
    return Wording(code, direction("", code), Catalogue(messages, form))
