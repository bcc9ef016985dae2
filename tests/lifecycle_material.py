"""Notes, rules and people for the tests of the lifecycle, and a walk that needs no repository."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from kmkit.config import Audience, Channel, Config, Policy
from kmkit.errors import Refused
from kmkit.lifecycle.context import Context, Request
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.lifecycle.guards import Objection
from kmkit.lifecycle.moves import Move, choose, objections
from kmkit.lifecycle.person import Person
from kmkit.note.file import compose as compose_file
from kmkit.note.file import read
from kmkit.note.kinds import Kind, body_of, load_kind
from kmkit.note.model import Gathered, Note, Verdict
from kmkit.trail.event import Event, compose, parse
from kmkit.trail.fold import Claim, fold
from kmkit.trail.telling import subject, trailers

TODAY = date(2026, 11, 21)
PATH = PurePosixPath("notes/2026/20261120-order-fuel-x7k2.md")
SCRIBE = Person("Sam Scribe", "sam@example.org")
OWNER = Person("Olga Owner", "olga@example.org")
BACKUP = Person("Bo Backup", "bo@example.org")
EDITOR = Person("Ed Editor", "ed@example.org")
MANAGER = Person("Mia Manager", "mia@example.org")
PEER = Person("Pia Peer", "pia@example.org")
SECOND = Person("Quentin Peer", "quentin@example.org")
THIRD = Person("Rosa Peer", "rosa@example.org")
EXPERT = Person("Ada Expert", "ada@example.org")
MEMBER = Person("Kim Committee", "kim@example.org")
STRANGER = Person("Nobody", "nobody@elsewhere.net")
PEOPLE = (SCRIBE, OWNER, BACKUP, EDITOR, MANAGER, PEER, SECOND, THIRD, EXPERT, MEMBER)

POLICY = Policy(
    roles={
        "steward": ("stella@example.org",),
        "manager": (MANAGER.email,),
        "editor": (EDITOR.email,),
        "reviewer": ("*@example.org",),
        "committee": (MEMBER.email,),
        "contributor": ("*@example.org",),
        "expert.logistics": (EXPERT.email,),
    }
)
CONFIG = Config(
    topics={"logistics": "", "procurement": ""},
    channels={
        "weekly": Channel(level="internal"),
        "portal": Channel(level="domestic"),
        "bulletin": Channel(level="international"),
        "broken": Channel(level="galactic"),
    },
    audiences={"staff": Audience(level="internal"), "partners": Audience(level="international")},
)
LESSON = load_kind("lesson", None)
MINUTES = load_kind("meeting-minutes", None)


def text_of(kind: Kind, words: str = "Fuel came late.") -> str:
    """A body in which every section of the kind is filled."""
    return body_of(kind, {name: f"{words} ({name})" for name in kind.sections}, guidance=False)


def fields_of(kind: Kind = LESSON, **fields: object) -> dict[str, object]:
    """The front matter of a whole note, with ``fields`` in place of the usual ones."""
    usual: dict[str, object] = {
        "id": "20261120-order-fuel-x7k2",
        "title": "Order fuel before the roads close",
        "kind": kind.name,
        "state": "captured",
        "owner": OWNER.email,
        "backup": BACKUP.email,
        "level": "internal",
        "summary": "Fuel contracts signed after the first warning arrived late.",
        "topics": ["logistics"],
        "gathered": Gathered(on=date(2026, 11, 20), method="after-action-review", by="g@h.org"),
        "sources": ["Nadia Source"],
        "evidence": ["annex/log.xlsx", "https://example.org/report"],
        "matters_to": "Whoever signs contracts.",
        "x_own": "kept",
    }
    return {name: value for name, value in {**usual, **fields}.items() if value is not None}


def note_of(kind: Kind = LESSON, body: str | None = None, **fields: object) -> Note:
    """A whole note of ``kind``; a field given as None is left out."""
    whole = compose_file(fields_of(kind, **fields), text_of(kind) if body is None else body)
    note = read(whole, PATH)
    assert not note.problems, note.problems
    return note


def print_of(note: Note, kind: Kind = LESSON) -> str:
    return fingerprint(note, kind.guidance)


def verdict(
    by: Person, verdict: str = "approve", method: str = "peer-review", **more: Any
) -> Verdict:
    """A verdict on the fingerprint ``k1:a`` unless told otherwise."""
    usual = {"on": TODAY, "fingerprint": "k1:a", "because": "read"}
    return Verdict.model_validate(
        {**usual, "by": by.email, "method": method, "verdict": verdict, **more}
    )


def context_of(
    note: Note,
    actor: Person = PEER,
    *,
    kind: Kind = LESSON,
    request: Request | None = None,
    **more: Any,
) -> Context:
    """The circumstances of a move on ``note`` as it is committed."""
    usual: dict[str, Any] = {
        "actor": actor,
        "today": TODAY,
        "policy": POLICY,
        "config": CONFIG,
        "kind": kind,
        "request": request or Request(because="because"),
        "fingerprint": print_of(note, kind),
        "committed": note,
        "committed_fingerprint": print_of(note, kind),
        "blob": blob_of(note.data),
        "authors": frozenset({SCRIBE.key}),
        "scribe": SCRIBE.key,
    }
    return Context(**{**usual, **more})


def blob_of(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def said(found: Sequence[Objection]) -> str:
    """All that objections say, as a person reads it."""
    return "\n".join(f"{objection.message} {objection.mend}" for objection in found)


def commit_of(message: str, actor: Person, when: datetime) -> bytes:
    """A raw commit object as git keeps it."""
    ident = f"{actor.name} <{actor.email}> {int(when.timestamp())} +0000"
    head = f"tree {'0' * 40}\nauthor {ident}\ncommitter {ident}\n\n"
    return head.encode() + message.encode()


@dataclass
class Walk:
    """A note that is moved by the table, its trail kept in memory."""

    note: Note
    kind: Kind = LESSON
    policy: Policy = POLICY
    events: list[Event] = field(default_factory=list)
    blobs: dict[str, bytes] = field(default_factory=dict)
    authors: set[str] = field(default_factory=set)
    today: date = TODAY
    committed: Note | None = None

    @property
    def claim(self) -> Claim:
        return fold(self.events)

    def context(self, actor: Person, request: Request) -> Context:
        """The circumstances as the knowledge base would gather them."""
        claim, in_force = self.claim, self.note.fields.in_force
        context = context_of(
            self.note,
            actor,
            kind=self.kind,
            request=request,
            today=self.today,
            policy=self.policy,
            verdicts=claim.verdicts,
            approved=claim.approved(self.policy),
            authors=frozenset(self.authors),
            scribe=claim.scribe,
            known_ids=frozenset({"20250101-heir-aaaa"}),
            committed=self.committed,
            committed_fingerprint=print_of(self.committed, self.kind) if self.committed else "",
            blob=blob_of(self.committed.data) if self.committed else "",
        )
        if in_force and in_force.blob in self.blobs:
            context = replace(context, in_force=read(self.blobs[in_force.blob], PATH))
        return context

    def move(self, verb: str, actor: Person, **wishes: Any) -> Move:
        """Move the note, and record the event; Refused where a guard objects."""
        request = Request(**{"because": "because", **wishes})
        context = self.context(actor, request)
        step = choose(verb, self.note, context)
        found = objections(step, self.note, context)
        if found:
            raise Refused(said(found))
        before = self.committed.state if self.committed else ""
        after = read(step.effect(self.note, context), PATH)
        lines = trailers(step, before, after, context)
        message = compose(subject(step, after), request.because, lines)
        number = len(self.events)
        day = datetime(self.today.year, self.today.month, self.today.day, 12, tzinfo=UTC)
        raw = commit_of(message, actor, day + timedelta(seconds=number))
        event = parse(f"{number:040x}", raw)
        assert event is not None
        self.events.append(event)
        self.blobs[blob_of(after.data)] = after.data
        self.note = self.committed = after
        return step

    def rewrite(self, words: str, by: Person) -> None:
        """A hand changes the substance; nothing is recorded yet."""
        old = self.note.section(self.note.sections[0].heading)
        self.note = read(self.note.data.replace(old.encode(), words.encode(), 1), PATH)
        self.authors.add(by.key)


def disagreements(note: Note, claim: Claim) -> dict[str, tuple[object, object]]:
    """The fields in which the front matter and the trail do not say the same."""
    fields = note.fields
    pairs = {
        "state": (fields.state, claim.state),
        "level": (fields.level, claim.level),
        "owner": (fields.owner, claim.owner),
        "verdicts": (fields.verdicts, claim.verdicts),
        "asked": (fields.asked, claim.asked),
        "disseminated": (fields.disseminated, claim.disseminated),
        "reviewed": (fields.reviewed, claim.reviewed),
        "deferred": (fields.deferred, claim.deferred),
        "in_force": (fields.in_force, claim.in_force),
        "superseded_by": (fields.superseded_by or "", claim.superseded_by),
    }
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
