"""Notes with canaries in every field, of every level, made up at random, and what shows them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path, PurePosixPath
from random import Random
from typing import Any
from urllib.parse import quote

from kmkit.audience.audiences import Audience
from kmkit.audience.protected import signs_of
from kmkit.audience.seeing import Others, Seen, seen_of
from kmkit.audience.shown import Shown
from kmkit.config import Config, Policy
from kmkit.config.leaving import WEBHOOKS
from kmkit.index.carding import card_of
from kmkit.index.reasons import fact
from kmkit.index.stale import Reason, Stale
from kmkit.note.file import read
from kmkit.note.model import Note
from kmkit.note.records import Application, Question
from kmkit.reach.exporting import FORMATS as FORMATS_OUT
from kmkit.reach.exporting import exported
from kmkit.reach.letters import digest_letter, eml
from kmkit.reach.site import lay
from kmkit.reach.site_folder import folder_for
from kmkit.trail.event import Event
from kmkit.views import channel
from kmkit.views.digest import READERS, STEWARDS, compose
from kmkit.views.digest_render import FORMATS, render
from kmkit.views.environment import rendering
from kmkit.views.site.view import Facts, View, portal_of
from tests.canaries import Canaries, files
from tests.digest_material import SINCE, UNTIL, kinds

LEVELS = ("internal", "domestic", "international")
POLICY = Policy(levels=LEVELS)
CONFIG = Config.model_validate(
    {
        "organisation": {"name": "Agency", "contact": "desk@example.org"},
        "channels": {"letter": {"level": "international"}},
        "digest": {"max_notes": 50, "max_words": 5000},
    }
)
KINDS = kinds()
_NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


@dataclass
class Case:
    """A few notes, what happened to them, and the words that must not get out."""

    canaries: Canaries
    protect: dict[str, str] = field(default_factory=dict)
    notes: list[Shown] = field(default_factory=list)
    aside: list[Shown] = field(default_factory=list)
    """Those that were not looked at, for what narrows them was known before."""
    events: list[Event] = field(default_factory=list)
    uses: list[Application] = field(default_factory=list)
    stale: list[Stale] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)

    def seen(self, level: str) -> Seen:
        """What a circle may see."""
        width = POLICY.width(level)
        aside = [one.note for one in self.aside] if width else []
        signs = frozenset(sign for note in aside for sign in signs_of(note.id, str(note.path)))
        looked_at = [*self.notes, *self.aside] if not width else self.notes
        return seen_of(
            Audience(level),
            POLICY,
            looked_at,
            events=self.events,
            uses=self.uses,
            others=Others(hidden=signs),
            protect=[name for name, widest in self.protect.items() if POLICY.width(widest) < width],
            people=[(name, email) for email, name in self.names.items()],
        )


def case(random: Random) -> Case:
    """A case with two to four notes."""
    made = Case(Canaries())
    drafts = [_Draft(made, random, number) for number in range(random.randint(2, 4))]
    for draft in drafts:
        draft.write([other for other in drafts if other is not draft])
    return made


class _Draft:
    """A note before it is written."""

    def __init__(self, made: Case, random: Random, number: int) -> None:
        self.made, self.random = made, random
        self.level = random.choice([*LEVELS, *LEVELS, "", "secret"])
        self.today = random.choice([None, None, *LEVELS])
        widths = [POLICY.width(level) for level in (self.level, self.today) if level is not None]
        self.width = min(widths)
        self.slug = self.word("slug")
        self.id = f"202611{10 + number}-{self.slug}-aa{number}a"
        stem = random.choice([self.id, self.id, self.word("file name")])
        self.path = PurePosixPath(f"notes/2026/{stem}.md")
        self.title = f"Title {self.word('title')}"
        self.email = f"{self.word('address')}@example.org"
        made.names[self.email] = f"Name {self.word('name')}"

    def word(self, what: str, width: int | None = None) -> str:
        """A new canary of this note."""
        return self.made.canaries.word(what, self.width if width is None else width)

    def write(self, others: list["_Draft"]) -> None:
        """Put the note and what happened to it into the case."""
        random, word = self.random, self.word
        lines = self._fields(others)
        body = [
            f"{word('preamble')} text.",
            f"## Lessons\n\nDo {word('text')}. <!-- {word('comment')} -->",
            f"## Heading {word('heading')}\n\n{self._links(others)}",
        ]
        if random.random() < 0.15:
            body.append(f"Told by {self._protected(others)}.")
        text = "---\n" + "\n".join(lines) + "\n---\n\n" + "\n\n".join(body) + "\n"
        note = read(text.encode(), self.path)
        state = note.fields.state or ""
        revised = random.random() < 0.2
        shown = Shown(note, state, being_revised=revised, level=self.today)
        aside = self.width == 0 and random.random() < 0.5 and not note.fields.protect
        (self.made.aside if aside else self.made.notes).append(shown)
        self._happened(note, state, others)

    def _fields(self, others: list["_Draft"]) -> list[str]:
        random, word = self.random, self.word
        state = random.choice(["disseminated", "maintained", "retired", "validated"])
        lines = [
            f"id: {self.id}",
            f"title: {self.title}",
            f"kind: {random.choice(['lesson', 'story', 'how-to'])}",
            f"state: {state}",
            f"owner: {self.email}",
            f"level: {self.level}",
            f"summary: Summary {word('summary')}.",
            f"topics: [{word('topic')}, floods]",
            f"gathered: {{on: 2026-11-01, method: interview, by: {self.email}, "
            f'from: "{word("gathered")}"}}',
            f"sources: [{word('source')}]",
            f"authors: [{word('author')}@example.org]",
            f"unit: {word('unit')}",
            f"matters_to: {word('matters')}",
            f"evidence: [annex/{word('evidence')}.xlsx, 'https://x.org/{word('link')}']",
            f"x_question: Who knows {word('question')}?",
            f"x_{word('own field')}: {word('own value')}",
            f"backup: {word('backup')}@example.org",
            f"disseminated: [{{on: 2026-11-16, channel: letter, by: {self.email}, "
            f"evidence: {word('sent')}}}]",
            f'reviewed: {{on: 2026-11-17, by: {self.email}, because: "{word("reviewed")}"}}',
        ]
        if random.random() < 0.2:
            lines.append(f"protect: [Pat {word('protected', 0)}]")
        for name in ("derived_from", "supersedes", "repeats"):
            if others and random.random() < 0.4:
                lines.append(f"{name}: [{random.choice(others).id}]")
        for name in ("superseded_by", "translation_of"):
            if others and random.random() < 0.4:
                lines.append(f"{name}: {random.choice(others).id}")
        return lines

    def _links(self, others: list["_Draft"]) -> str:
        """Every way of naming other notes in a text."""
        return "\n\n".join(self._link(self.random.choice(others)) for _ in range(3))

    def _link(self, other: "_Draft") -> str:
        name, id = other.path.name, other.id
        encoded = "".join(f"%{ord(c):02X}" if c in "-z" else c for c in name)
        entities = "".join(f"&#{ord(c)};" if c in "-q" else c for c in id)
        return self.random.choice(
            [
                f"See [there]({name}).",
                f"See [there](../2026/{name}#part).",
                f"See [there](<{name}> 'title').",
                f"See [there]({encoded}).",
                f"See [there][ref].\n\n[ref]: {name}",
                f"See {id}.",
                f"See notes/2026/{name}, too.",
                f"See `{id}` and **{id}**.",
                f"See https://git.example.org/kb/blob/main/{quote(str(other.path))}.",
                f"See <https://git.example.org/kb/{other.path}>.",
                f"See {entities}.",
                "See " + id.replace("-", "\\-") + ".",
                "See " + id.upper() + ".",
                "See " + id.replace("-", "\u2011") + ".",
                f'See <a href="{name}">it</a>.',
                f"![A picture]({id}.png) of annex/{id}/log.xlsx",
                f"| note |\n|------|\n| {id} |",
                f"```\n{id}\n```",
            ]
        )

    def _protected(self, others: list["_Draft"]) -> str:
        """A name that kmkit.toml keeps in some circle, as somebody may write it."""
        widest = self.random.choice(LEVELS[:2])
        word = self.word("name in kmkit.toml", POLICY.width(widest))
        self.made.protect[f"Kim {word}"] = widest
        return self.random.choice(
            [f"Kim {word}", f"KIM  {word.upper()}", f"kim-{word}", f"Kim&nbsp;{word}",
             f"K\u00edm {word}", f"Kim *{word}*", f"kim.{word}@example.org", f"Kim\n{word}"]
        )  # fmt: skip

    def _happened(self, note: Note, state: str, others: list["_Draft"]) -> None:
        random, word, case = self.random, self.word, self.made
        other = random.choice(others)
        reason = random.choice([f"Because {word('reason')}.", f"Replaced by {other.id}.", ""])
        steps = [("capture", "", "captured"), ("validate", "captured", "validated"),
                 ("disseminate", "formatted", "disseminated")]  # fmt: skip
        if state == "retired":
            steps.append(("retire", "disseminated", "retired"))
        for number, (move, before, after) in enumerate(steps):
            case.events.append(
                Event(
                    commit=f"{len(case.events):040x}",
                    when=_NOON + timedelta(hours=number),
                    name=case.names[self.email],
                    email=self.email,
                    subject=f"{move}: {self.title}",
                    reason=reason,
                    note=note.id,
                    move=move,
                    from_state=before,
                    to_state=after,
                    trailers={"Kmkit-Level": self.level, "Kmkit-Superseded-By": other.id},
                    attached=(f"sha256:00 annex/{word('attached')}.pdf",),
                )
            )
        if random.random() < 0.6:
            case.uses.append(self._use(other))
        if random.random() < 0.6:
            said = f"It was drawn from '{other.title}' ({other.id}), retired."
            drawn = fact("drawn-replaced", title=other.title, note=other.id)
            left = fact("backup", name=self.email)
            why = random.choice(
                [
                    Reason("overdue", None, said, (drawn,)),
                    Reason("superseded", None, said, (drawn,)),
                    Reason("orphaned", None, f"Its backup is {self.email}.", (left,)),
                ]
            )
            case.stale.append(Stale(card_of(note, POLICY, KINDS), note.owner, (why,)))
        if random.random() < 0.3:
            case.questions.append(self._question(note))

    def _use(self, other: "_Draft") -> Application:
        word = self.word
        where = self.random.choice([f"Project {word('where')}", f"As {other.id} says"])
        values: dict[str, Any] = {
            "id": f"20261116-{word('use')}-uuuu",
            "note": self.id,
            "in": where,
            "by": self.email,
            "on": date(2026, 11, 16),
            "outcome": self.random.choice(["helped", "did-not-help"]),
            "because": f"Story {word('because')}",
            "evidence": [f"annex/{word('proof')}.pdf"],
        }
        return Application.model_validate(values)

    def _question(self, note: Note) -> Question:
        level = self.level if self.level in LEVELS else ""
        width = POLICY.width(level)
        values = {
            "id": f"20261116-{self.word('asking', width)}-qqqq",
            "text": f"Who knows {self.word('asked', width)}?",
            "by": f"{self.word('asker', width)}@example.org",
            "on": date(2026, 11, 16),
            "level": level,
            "topics": [self.word("asked about", width)],
        }
        return Question.model_validate(values)


def digests(made: Case, seen: Seen) -> Iterator[tuple[str, str | bytes]]:
    """Both digests in every format, and as a letter."""
    for name in (READERS, STEWARDS):
        digest = compose(
            seen,
            since=SINCE,
            until=UNTIL,
            config=CONFIG,
            name=name,
            stale=made.stale,
            names=made.names,
            kinds=KINDS,
            questions=made.questions,
        )
        for fmt in FORMATS:
            yield f"{name}.{fmt}", render(digest, fmt)
        yield f"{name}.eml", eml(digest_letter(digest, sender="a@example.org", sent=_NOON))


def portal(made: Case, seen: Seen, folder: Path) -> Iterator[tuple[str, str | bytes]]:
    """Every file of the portal, and its name."""
    view = View(
        seen=portal_of(seen),
        config=CONFIG,
        kinds=KINDS,
        profiles={},
        facts=Facts({}),
        today=UNTIL,
    )
    if view.listed:
        lay(view, folder_for(folder, folder.parent / "kb"), hands=1)
        yield from files(folder)


def elsewhere(seen: Seen) -> Iterator[tuple[str, str | bytes]]:
    """Exports in every format, messages to chats, and the pages of a folder."""
    for fmt in FORMATS_OUT:
        yield from exported(seen, fmt).files.items()
        yield from ((f"the name {name}", name) for name in exported(seen, fmt).files)
    notes = list(seen.notes.values())[:5]
    for kind in WEBHOOKS if notes else ():
        yield kind, channel.message(notes, kind=kind, link=_address, organisation="Agency")
    with rendering("channels", None) as render:
        for one in notes:
            yield "page", channel.page(render, one, link=_address, organisation="Agency")
        rows = [(f"{one.note.id}.html", channel.told(one, _address)) for one in notes]
        yield "contents", channel.contents(render, rows, organisation="Agency")


def _address(note: Note) -> str:
    return f"https://kb.example.org/{note.path}"
