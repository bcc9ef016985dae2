"""Composing a reminder: plain values in, a frozen `Reminder` out; made of what its circle may see.

Whatever stands in it derives from a `Seen`: the notes, their uses, the newer ones beside them.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from urllib.parse import quote

from kmkit.audience.seeing import Seen
from kmkit.config import Config
from kmkit.note.model import Note
from kmkit.note.records import Application
from kmkit.text import one_line
from kmkit.views.clean import direction
from kmkit.views.digest_values import Answer, Contact
from kmkit.views.reasons import in_words
from kmkit.views.reminder_values import (
    ASKED,
    LEFT,
    OUTSIDE,
    UNREACHED,
    Checked,
    Due,
    Earlier,
    Matter,
    Reminder,
)
from kmkit.views.reminder_words import ways
from kmkit.views.wording import N_, Wording, words
from kmkit.views.words import clip

_CHANGES = 6
"""Sentences on what changed around one note, at most."""
_SUMMARY = 60
"""Words."""
_TOLD = ("overdue", "due-soon", "contradicted")
"""The reasons that the letter tells in its own words: by the day, by what came of uses."""
_USED = {
    "helped": N_("Used in %(where)s, %(day)s: it helped."),
    "no-difference": N_("Used in %(where)s, %(day)s: it made no difference."),
    "did-not-help": N_("Used in %(where)s, %(day)s: it did not help."),
}
_BEFORE = {
    LEFT: N_("%(name)s left on %(day)s."),
    OUTSIDE: N_("%(name)s may not see this note."),
    UNREACHED: N_("Our letter did not reach %(name)s."),
    ASKED: N_("%(name)s was asked on %(day)s."),
}
_UNKNOWN = N_("%(name)s is not among our people.")
_PASSED = N_("The time for %(name)s to answer has passed.")


def compose(
    matters: Sequence[Matter],
    seen: Seen,
    *,
    to: Contact,
    on: date,
    config: Config,
    reply_to: str,
    language: str = "",
    names: Mapping[str, str] | None = None,
    link: Callable[[Note], str | None] = lambda note: None,
    more: int = 0,
) -> Reminder:
    """The letter to one person about the notes in ``matters``, as far as its circle sees them.

    Those most overdue come first; those that do not fit are counted. ``names`` are people's names
    by e-mail address. ``reply_to``: where answers go, '' for nowhere, and then there are no links
    to answer by. ``more``: so many that this person answers for are counted beside them.
    """
    said = words(language or config.organisation.language)
    shown = [matter for matter in matters if matter.id in seen.notes]
    shown.sort(key=lambda m: (m.due is None, m.due or on, seen.notes[m.id].note.title, m.id))
    maker = _Maker(seen, on, said, reply_to, names or {}, link)
    items = tuple(maker.due(matter) for matter in shown[: config.remind.notes])
    parts = {matter.part for matter in shown}
    return Reminder(
        to=to,
        part=parts.pop() if len(parts) == 1 else "",
        organisation=one_line(config.organisation.name),
        contact=one_line(config.organisation.contact),
        reply_to=reply_to,
        subject=_subject(items, len(shown) + more, said),
        level=seen.level,
        widest=seen.level == seen.policy.levels[-1],
        on=on,
        items=items,
        more=len(shown) - len(items) + more,
        language=said.language,
    )


def _subject(items: Sequence[Due], count: int, said: Wording) -> str:
    """The question, and the note's title; with several, how many."""
    if count == 1:
        return said.gettext("Does this still hold? %(title)s", title=clip(items[0].title, 20))
    return said.ngettext(
        "Does it still hold? %(num)s note: %(title)s, and others",
        "Do they still hold? %(num)s notes: %(title)s, and others",
        count,
        title=clip(items[0].title if items else "", 12),
    )


class _Maker:
    """Makes the parts of one letter."""

    def __init__(
        self,
        seen: Seen,
        on: date,
        said: Wording,
        reply_to: str,
        names: Mapping[str, str],
        link: Callable[[Note], str | None],
    ) -> None:
        self._seen, self._on, self._said, self._reply_to = seen, on, said, reply_to
        self._names, self._link = names, link

    def due(self, matter: Matter) -> Due:
        """One note."""
        note = self._seen.notes[matter.id].note
        title, language = one_line(note.title), one_line(note.fields.language or "")
        checked = self._checked(note)
        short = matter.code.partition(".")[0]
        return Due(
            id=one_line(note.id),
            short=short,
            code=matter.code,
            title=title,
            summary=clip(one_line(note.fields.summary), _SUMMARY),
            link=self._web(note),
            due=matter.due,
            overdue=matter.due is not None and matter.due < self._on,
            checked=checked,
            changes=tuple(self._changes(matter, note, checked))[:_CHANGES],
            before=tuple(map(self._before, matter.before)),
            answers=tuple(self._answers(matter, title)) if self._reply_to else (),
            command=f"kmkit review {short}",
            language=language,
            direction=direction(title, language),
        )

    def _web(self, note: Note) -> str | None:
        address = one_line(self._link(note))
        return address if re.fullmatch(r"https?://[^\s\"'<>\\]+", address) else None

    def _name(self, email: str) -> str:
        known = one_line(self._names.get(email.casefold())) or one_line(email)
        return self._seen.masked(known)

    def _checked(self, note: Note) -> Checked | None:
        """When, by whom and against what the note was last confirmed; else approved."""
        looked = note.fields.reviewed
        if looked:
            because = self._seen.masked(one_line(looked.because))
            return Checked(looked.on, self._name(looked.by), "confirmed", because)
        approvals = [entry for entry in note.fields.verdicts if entry.verdict == "approve"]
        if not approvals:
            return None
        last = max(approvals, key=lambda entry: entry.on)
        because = self._seen.masked(one_line(last.because))
        return Checked(last.on, self._name(last.by), "approved", because)

    # What changed around it

    def _changes(self, matter: Matter, note: Note, checked: Checked | None) -> Iterator[str]:
        told = (*_TOLD, "orphaned") if matter.before else _TOLD
        reasons = (reason for reason in matter.reasons if reason.code not in told)
        for reason in self._seen.protected.without(reasons):
            yield self._seen.masked(in_words(reason.facts, self._said, self._name))
        since = checked.on if checked else date.min
        uses = [use for use in self._seen.uses if use.note == matter.id and use.on >= since]
        yield from map(self._used, uses)
        yield from self._newer(matter.newer)
        yield from (self._seen.masked(one_line(text)) for text in matter.broken)

    def _used(self, use: Application) -> str:
        told = self._said.gettext(
            _USED[use.outcome], where=one_line(use.in_).rstrip("."), day=self._said.day(use.on)
        )
        because = one_line(use.because)
        return f"{told} {clip(because, 30)}" if because else told

    def _newer(self, ids: Iterable[str]) -> Iterator[str]:
        for id in ids:
            if shown := self._seen.notes.get(id):
                title = one_line(shown.note.title)
                short = one_line(shown.note.short)
                yield self._said.gettext(
                    "Newer, and close to it: %(title)s (%(note)s).", title=title, note=short
                )

    # Who, and how to answer

    def _before(self, one: Earlier) -> str:
        pattern = _BEFORE.get(one.why, _UNKNOWN)
        if one.why == ASKED and one.on is None:
            pattern = _PASSED
        day = self._said.day(one.on) if one.on else ""
        return self._said.gettext(pattern, name=self._name(one.email), day=day)

    def _answers(self, matter: Matter, title: str) -> Iterator[Answer]:
        """Links that open an answer already begun; all in them is quoted, none adds a header.

        What explains it stands below the mark of a signature, where it is not read as an answer.
        """
        address = quote(self._reply_to, safe="@+")
        subject = quote(f"[{matter.code}] {clip(title, 12)}"[:150], safe="")
        for way in ways(self._said.language):
            hint = self._said.gettext("Behind the colon: %(what)s.", what=way.hint)
            body = f"{way.word}: \n\n\n-- \n{hint}\n{matter.code}\n"
            lines = quote(body.replace("\n", "\r\n"), safe="")
            yield Answer(way.label, f"mailto:{address}?subject={subject}&body={lines}")
