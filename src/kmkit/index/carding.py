"""From what was read to what the index keeps: notes, people, uses and settings as plain values."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kmkit.index import dates
from kmkit.index.card import Asked, Card, Deferred, Judged, Looked, Profile, Sent, Standing, Use
from kmkit.index.listed import Listed
from kmkit.index.rules import Rules
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.lifecycle.rounds import approved_fingerprints
from kmkit.lifecycle.states import WALK, State
from kmkit.measures import Measures
from kmkit.note.conflict import agreed, conflict
from kmkit.note.frontmatter import load, split
from kmkit.note.kind import Kind
from kmkit.note.model import Note, Verdict
from kmkit.period import Period
from kmkit.text import address_key

if TYPE_CHECKING:
    from kmkit.config import Config, Policy
    from kmkit.kb import KnowledgeBase
    from kmkit.note.records import Application, Person


def card_of(note: Note, policy: Measures, kinds: Mapping[str, Kind], *, n: int = 0) -> Card:
    """The card of a note, for the row ``n``."""
    fields, gathered = note.fields, note.fields.gathered
    torn = conflict(note.data, note.path)
    errors = [problem for problem in note.problems if problem.severity == "error"]
    reviewed, deferred, standing = fields.reviewed, fields.deferred, fields.in_force
    return Card(
        n=n,
        path=str(note.path),
        own_id=fields.id or "",
        title=note.title,
        kind=note.kind,
        state=note.state,
        owner=note.owner,
        backup=address_key(fields.backup),
        level=note.level,
        unit=fields.unit or "",
        language=fields.language or "",
        summary=fields.summary or "",
        matters_to=fields.matters_to or "",
        topics=fields.topics,
        sources=fields.sources,
        authors=fields.authors,
        gathered_on=gathered.on if gathered else None,
        gathered_method=gathered.method if gathered else "",
        gathered_by=address_key(gathered.by) if gathered else "",
        gathered_from=gathered.from_ if gathered else "",
        review_every=fields.review_every,
        translation_of=fields.translation_of or "",
        derived_from=fields.derived_from,
        supersedes=fields.supersedes,
        superseded_by=fields.superseded_by or "",
        repeats=fields.repeats,
        verdicts=tuple(map(_judged, fields.verdicts)),
        asked=tuple(Asked(a.on, address_key(a.to), address_key(a.by), a.due) for a in fields.asked),
        disseminated=tuple(Sent(d.on, d.channel, d.audience) for d in fields.disseminated),
        reviewed=Looked(reviewed.on, address_key(reviewed.by), reviewed.because)
        if reviewed
        else None,
        deferred=Deferred(deferred.until, deferred.on) if deferred else None,
        in_force=Standing(standing.state, standing.since, standing.blob) if standing else None,
        drifted=drifted(note, policy, kinds.get(note.kind)),
        flaw=f"Line {errors[0].line}: {errors[0].message} {errors[0].mend}".strip()
        if errors
        else "",
        errors=len(errors),
        conflict=torn.message if torn else "",
    )


def known_card(note: Note, policy: Measures, kinds: Mapping[str, Kind]) -> Card:
    """The card of a note; where its front matter is in conflict, with what both sides name it.

    No more of the fields than that: what a note may do is decided by all of them together.
    """
    card = card_of(note, policy, kinds)
    if not card.conflict or note.raw:
        return card
    document, _ = split(agreed(note.text))
    said = load(document.front).values
    names = {name: value for name in _NAMED if isinstance(value := said.get(name), str)}
    owner = address_key(names.get("owner"))
    return card._replace(
        own_id=names.get("id", ""),
        title=names.get("title", "") or card.title,
        kind=names.get("kind", ""),
        owner=owner,
    )


_NAMED = ("id", "title", "kind", "owner")


def listed(kb: "KnowledgeBase", note: Note, shown: Note) -> Listed:
    """``note`` as lists show it, with ``shown`` as the version that people see."""
    own, rules = known_card(note, kb.policy, kb.kinds), rules_of(kb.config, kb.policy, kb.kinds)
    card = own if shown is note else card_of(shown, kb.policy, kb.kinds)
    due = dates.due_date(own, rules, kb.today)
    return Listed(
        card._replace(
            path=own.path, own_id=own.own_id, in_force=own.in_force, conflict=own.conflict
        ),
        dates.standing_state(own),
        own.state == State.CAPTURED and own.in_force is not None,
        due is not None and due < kb.today,
        due,
        dates.id_date(own),
    )


def _judged(entry: Verdict) -> Judged:
    return Judged(
        entry.on,
        address_key(entry.by),
        entry.method,
        entry.verdict,
        entry.because,
        entry.topic,
        entry.decided_by,
        bool(entry.same_as),
    )


def drifted(note: Note, policy: Measures, kind: Kind | None) -> bool:
    """Whether the note claims an approval that its text does not have."""
    return note.state in WALK[1:] and not stands_approved(note, policy, kind)


def stands_approved(note: Note, policy: Measures, kind: Kind | None) -> bool:
    """Whether the verdicts in the file approve the substance that stands in it."""
    guidance = kind.guidance if kind else frozenset()
    return fingerprint(note, guidance) in approved_fingerprints(note, policy)


def profile_of(path: str, person: "Person") -> Profile:
    """The profile of somebody of people/."""
    return Profile(
        path,
        person.id,
        person.key,
        person.name,
        person.unit,
        person.skills,
        person.languages,
        person.until,
        person.wants,
    )


def use_of(path: str, record: "Application") -> Use:
    """The use that an application record tells of."""
    return Use(
        path,
        record.id,
        record.note,
        record.in_,
        address_key(record.by),
        record.on,
        record.outcome,
        record.because,
        record.evidence,
    )


def rules_of(config: "Config", policy: "Policy", kinds: Mapping[str, Kind]) -> Rules:
    """What lists and reports need of the settings and the templates."""
    waiting: dict[str, Period] = dict(vars(policy.waiting))
    return Rules(
        organisation=config.organisation.name,
        language=config.organisation.language,
        contact=config.organisation.contact,
        levels=policy.levels,
        topics=config.topics,
        critical=config.critical.topics,
        filters=config.filters,
        channels=tuple(config.channels),
        audiences=tuple(config.audiences),
        waiting=waiting,
        kinds={name: kind.review_every for name, kind in kinds.items()},
        roles=policy.roles,
        targets=config.targets,
    )
