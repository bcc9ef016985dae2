"""Reminders: which notes are due, whose turn it is to be asked, and the letter to each person."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from kmkit.audience.audiences import Audience
from kmkit.audience.seeing import Seen, see
from kmkit.config.leaving import Remind
from kmkit.errors import UsageError
from kmkit.index.book import Index
from kmkit.index.card import Card
from kmkit.index.dates import OUT, due_date, last_look
from kmkit.index.nearby.related import near
from kmkit.index.stale import APPROVED, Reason, Stale
from kmkit.kb import KnowledgeBase
from kmkit.kb.links import links
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.note.model import Note
from kmkit.note.records.proposal import Proposal
from kmkit.note.references import broken_links
from kmkit.reach.reminders_turns import WEEK, Around, Asked, Turn, closed, opens, turn
from kmkit.reach.replies_said import Code
from kmkit.roles import named
from kmkit.text import did_you_mean, one_line
from kmkit.views.digest_values import Contact
from kmkit.views.reminder import compose
from kmkit.views.reminder_values import Matter, Reminder
from kmkit.views.wording import LANGUAGES

ASKS = ("overdue", "due-soon", "superseded", "contradicted", "orphaned")
"""The reasons for which somebody is asked; other reasons wait for a step of another kind."""
_NEWER = 3
"""Newer notes named beside one, at most."""
_NEAR = 0.1
"""How much alike a newer note is at least, where no link binds the two."""


@dataclass(frozen=True)
class Question:
    """One note, and whose turn it is to be asked about it."""

    note: Card
    reasons: tuple[Reason, ...]
    due: date | None
    """The day of its review, where that has come or is near."""
    turn: Turn


@dataclass(frozen=True)
class Plan:
    """Who is asked about what on one day, and who is not."""

    today: date
    opens: date
    """The first day from today on which people are asked."""
    letters: Mapping[str, tuple[Question, ...]] = field(default_factory=dict)
    """By address: those who get a letter."""
    held: Mapping[str, date] = field(default_factory=dict)
    """By address: those who had one lately, and the day on which they can get the next."""
    nobody: tuple[Question, ...] = ()
    """The notes that nobody is left to be asked about."""
    answered: tuple[Proposal, ...] = ()
    """The answers that wait to be accepted; nobody is asked about their notes meanwhile."""

    @property
    def notes(self) -> tuple[str, ...]:
        """The ids of all notes that somebody is asked about."""
        asked = (question.note.id for each in self.letters.values() for question in each)
        return tuple(dict.fromkeys(asked))


def planned(kb: KnowledgeBase, index: Index, asked: Asked = Asked(), *, to: str = "") -> Plan:
    """Who is to be asked about which notes today; ``to``: that person alone.

    On a weekend or a holiday nobody is. ``asked`` tells of earlier letters.
    """
    settings, today = kb.config.remind, index.today
    waiting = _waiting(index, settings)
    desk = Desk(kb, index)
    rows = [row for row in index.stale(settings.within) if _asks(row) and row.note.own_id]
    ids = [row.note.id for row in rows]
    around = Around(
        today, settings, index.people, kb.policy.holders("manager"), asked,
        lambda email, note: desk.sees(email, note.id, ids),
    )  # fmt: skip
    found: dict[str, list[Question]] = {}
    nobody: list[Question] = []
    for row in rows:
        if row.note.id not in waiting:
            question = _question(row, index, around)
            at = question.turn.email
            (found.setdefault(at, []) if at else nobody).append(question)
    if to:
        found = {email: asks for email, asks in found.items() if email == to.strip().casefold()}
    held = {email: day for email in found if (day := _next(asked.last(email), kb)) > today}
    free = {email: tuple(asks) for email, asks in sorted(found.items()) if email not in held}
    return Plan(
        today=today,
        opens=opens(today, settings),
        letters={} if closed(today, settings) else free,
        held=held,
        nobody=() if to else tuple(nobody),
        answered=tuple(waiting.values()),
    )


def _asks(row: Stale) -> bool:
    return row.note.state in OUT and any(code in ASKS for code in row.codes)


def _waiting(index: Index, settings: Remind) -> dict[str, Proposal]:
    """By note: the answers that have come and that nobody has decided on, for ``grace``."""
    found = (one for one in index.records("proposal") if isinstance(one, Proposal) and one.open)
    return {one.note: one for one in found if settings.grace.after(one.received) >= index.today}


def _urgency(question: Question) -> tuple[bool, date, str, str]:
    """What the notes of a letter are ordered by: the longest overdue first."""
    due, note = question.due, question.note
    return due is None, due or date.max, note.title, note.id


def _question(row: Stale, index: Index, around: Around) -> Question:
    day = due_date(row.note, index.rules, index.today)
    timed = {"overdue", "due-soon"}.intersection(row.codes)
    since = [reason.since for reason in row.reasons if reason.since and reason.code in ASKS]
    start = day if timed else min(since, default=None)
    return Question(row.note, row.reasons, day if timed else None, turn(row.note, start, around))


def _next(last: date | None, kb: KnowledgeBase) -> date:
    """The day from which somebody can be written to again."""
    if last is None:
        return date.min
    return max(kb.config.remind.every.after(last), last + WEEK)


def reply_address(kb: KnowledgeBase) -> str:
    """Where answers go, '' for nowhere."""
    mail = kb.config.mail
    return one_line(mail.reply_to or mail.sender or kb.config.organisation.contact)


class Desk:
    """Composes the letters of a plan; each circle is looked at once."""

    def __init__(self, kb: KnowledgeBase, index: Index) -> None:
        self._kb, self._index = kb, index
        self._seen: dict[str, Seen] = {}
        self._link = links(kb)

    def circle(self, email: str) -> str:
        """The circle of a letter to somebody.

        The narrowest for people of the house: those in people/, and those to whom policy.toml
        gives a role by their address or its domain. Anybody else gets what everybody may see.
        """
        policy = self._kb.policy
        ours = email in self._index.people or named(policy.roles, email)
        return policy.levels[0 if ours else -1]

    def sees(self, email: str, id: str, ids: Sequence[str]) -> bool:
        """Whether somebody may see the note ``id``, which is one of ``ids``."""
        level = self.circle(email)
        if self._kb.policy.width(level) == 0:
            return True
        if level not in self._seen:
            self._seen[level] = see(self._kb, self._index, Audience(level), ids=ids)
        return id in self._seen[level].notes

    def letters(self, plan: Plan) -> dict[str, Reminder]:
        """The letter to each person of ``plan``, by address."""
        circles: dict[str, list[str]] = {}
        for email in plan.letters:
            circles.setdefault(self.circle(email), []).append(email)
        return {
            email: letter
            for level, emails in circles.items()
            for email, letter in self._of_circle(level, emails, plan)
        }

    def _of_circle(
        self, level: str, emails: Sequence[str], plan: Plan
    ) -> Iterator[tuple[str, Reminder]]:
        most = self._kb.config.remind.notes
        sure = self._kb.policy.width(level) == 0  # what is counted need not be looked at
        first = {
            email: sorted(plan.letters[email], key=_urgency)[: most if sure else None]
            for email in emails
        }
        near = {q.note.id: self._newer(q.note) for asked in first.values() for q in asked[:most]}
        ids = {q.note.id for asked in first.values() for q in asked}.union(*near.values())
        seen = see(self._kb, self._index, Audience(level), ids=ids)
        for email, asked in first.items():
            known = [matter for q in asked if (matter := self._matter(q, seen, near))]
            if known:
                more = len(plan.letters[email]) - len(asked)
                yield email, self._letter(email, known, seen, plan.today, more)

    def _letter(
        self, email: str, matters: Sequence[Matter], seen: Seen, today: date, more: int
    ) -> Reminder:
        person = self._index.people.get(email)
        spoken = [code for code in (person.languages if person else ()) if code in LANGUAGES]
        return compose(
            matters,
            seen,
            to=Contact(one_line(person.name) if person else email, email),
            on=today,
            config=self._kb.config,
            reply_to=reply_address(self._kb),
            language=spoken[0] if spoken else "",
            names={known.email: known.name for known in self._index.people.values()},
            link=self._link,
            more=more,
        )

    def _matter(
        self, question: Question, seen: Seen, newer: Mapping[str, Sequence[str]]
    ) -> Matter | None:
        shown = seen.notes.get(question.note.id)
        if shown is None:
            return None
        return Matter(
            id=question.note.id,
            code=str(self.code(shown.note)),
            due=question.due,
            reasons=question.reasons,
            part=question.turn.part,
            before=question.turn.before,
            newer=tuple(newer.get(question.note.id, ())),
            broken=tuple(self._broken(shown.note)),
        )

    def code(self, note: Note) -> Code:
        """What an answer names the note by, and the text that it was asked about."""
        ref = note.short if self._index.tails(note.short) == 1 else note.id
        whole = fingerprint(note, self._kb.guidance(note))
        return Code(ref, whole.partition(":")[2][:8])

    def _newer(self, card: Card) -> tuple[str, ...]:
        """The ids of notes on the same matter that came after the last look at the note."""
        since = last_look(card, self._index.today) or card.gathered_on
        if since is None:
            return ()
        found = (
            one.listed
            for one in near(self._index, card.n)
            if one.ties or one.alike.likeness >= _NEAR
        )
        fresh = (o for o in found if o.captured and o.captured > since and o.state in APPROVED)
        return tuple(listed.card.id for _, listed in zip(range(_NEWER), fresh, strict=False))

    def _broken(self, note: Note) -> Iterator[str]:
        return (problem.message for problem in broken_links(note, self._ids, self._there))

    @cached_property
    def _ids(self) -> frozenset[str]:
        return frozenset(row[0] for row in self._index.query("SELECT id FROM notes"))

    def _there(self, path: str) -> bool:
        try:
            return (self._kb.root / path).exists()
        except (OSError, ValueError):
            return False


def one_of(email: str, index: Index) -> str:
    """``email`` as people are compared by it; UsageError where nobody is known by it."""
    who = email.strip().casefold()
    known = set(index.people)
    known |= {row[0] for row in index.query("SELECT DISTINCT owner FROM notes")}
    if who in known or index.rules.has_role(who, "manager"):
        return who
    raise UsageError(
        f"'{one_line(email)}' owns no note and is not among the people.",
        did_you_mean(who[:80], known) or "See kmkit review --stale.",
    )
