"""Why a note may reach a circle, or may not: what decides, and what would change it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kmkit.audience.audiences import Audience
from kmkit.audience.protected import addresses_of, names_above
from kmkit.audience.seeing import see
from kmkit.audience.shown import Shown, shown_of
from kmkit.index.book import Index
from kmkit.kb import KnowledgeBase
from kmkit.kb.history import as_merged
from kmkit.kb.seeing import unfounded
from kmkit.lifecycle.states import State
from kmkit.note.model import Note
from kmkit.note.problem import Problem
from kmkit.note.protecting import Said, said_above
from kmkit.trail.fold import Claim, fold


class Verdict(NamedTuple):
    """Whether a note may reach an audience, and why not."""

    audience: str
    """'' for a circle alone."""
    level: str
    reaches: bool
    whys: tuple[str, ...]
    """Sentences; none where it reaches."""
    names: tuple[Said, ...]
    """The protected names that stand in it."""
    mends: tuple[str, ...]
    """What would let it reach the audience."""


class Explained(NamedTuple):
    """How far a note reaches."""

    note: Note
    """As its file stands."""
    level: str
    """That counts: the narrower of what the file says and what the history proves."""
    proved: str
    """The level that the history proves, '' where it knows none."""
    version: str
    """Which version readers are shown, in a sentence."""
    verdicts: tuple[Verdict, ...]
    problems: tuple[Problem, ...]
    """What keeps the file from being believed."""
    widen: str
    """How it reaches further, and who can do that; '' where it reaches the widest circle."""
    narrow: str
    """How it is kept nearer; '' where it reaches the narrowest alone."""


def explain(
    kb: KnowledgeBase, index: Index, note: Note, audiences: Sequence[Audience]
) -> Explained:
    """Whether ``note`` may reach each of ``audiences``, and why; see raises what `see` does."""
    problems: list[Problem] = []
    claim = as_merged(kb, note, fold(index.trail("note = ?", (note.id,))))
    shown = shown_of(kb, note, claim, problems)
    level = _counting(kb, note, shown)
    verdicts = [_verdict(kb, index, note, shown, level, one) for one in audiences]
    first = unfounded(kb, note, claim)[1]  # until that is done, every move is refused
    if not (first or shown) and problems:
        first = problems[-1].mend
    if first:
        verdicts = [one if one.reaches else one._replace(mends=(first,)) for one in verdicts]
    return Explained(
        note=note,
        level=level,
        proved=claim.level,
        version=_version(note, shown, claim),
        verdicts=tuple(verdicts),
        problems=tuple(problems),
        widen="" if first else _widen(kb, note, level),
        narrow="" if first else _narrow(kb, note, level),
    )


def _counting(kb: KnowledgeBase, note: Note, shown: Shown | None) -> str:
    """The level that counts; the narrowest where it cannot be read."""
    known = [level for level in (note.level, shown.level if shown else None) if level]
    levels = [level for level in known if level in kb.policy.levels]
    if not levels or len(levels) < len(known):
        return kb.policy.levels[0]
    return min(levels, key=kb.policy.width)


def _verdict(
    kb: KnowledgeBase, index: Index, note: Note, shown: Shown | None, level: str, to: Audience
) -> Verdict:
    """Whether the note may reach one audience: `see` decides, and this says why."""
    reaches = note.id in see(kb, index, to, ids=[note.id]).notes
    policy, whys, mends = kb.policy, [], []
    if note.level not in policy.levels and policy.width(to.level) > 0:
        given = f"the level '{note.level}', which does not exist" if note.level else "no level"
        whys.append(f"The file says {given}: it counts as {policy.levels[0]}.")
    if policy.width(level) < policy.width(to.level):
        whys.append(f"Its level is {level}, and that is narrower than {to.level}.")
        if shown:
            mends.append(_release(kb, note, to.level))
    names = tuple(_names(kb, index, shown.note, to.level)) if shown else ()
    for said in names:
        where = f"in line {said.line}" if said.line else "in the file's path"
        whys.append(f"'{said.name}' may reach {said.widest} at most and stands {where}.")
    if names:
        mends.append(f"Write a role instead of the name: kmkit edit {note.short}.")
    if shown is None:
        whys.append("No version of it can be shown: what its file says is not proved.")
    if not reaches and not whys:
        whys.append("Its file cannot be read as it stands; see kmkit check.")
    if reaches:
        whys, mends = [], []
    return Verdict(to.name, to.level, reaches, tuple(whys), names, tuple(mends))


def _names(kb: KnowledgeBase, index: Index, note: Note, level: str) -> Iterator[Said]:
    """The protected names that keep the note back, each once; people are merely left out."""
    policy = kb.policy
    kept = dict.fromkeys(names_above(kb.config.protect, level, policy), "")
    limits = {name: kb.config.protect[name] for name in kept}
    if policy.width(level) > 0:
        rows = index.query("SELECT DISTINCT value FROM marks WHERE name = 'protect'")
        limits |= {name: policy.levels[0] for (name,) in rows}
        people = [(person.name, email) for email, person in kb.people.items()]
        limits |= dict.fromkeys(addresses_of(limits, people), policy.levels[0])
    found: dict[str, Said] = {}
    for said in said_above(note, level, limits, policy):
        found.setdefault(said.name, said)
    yield from found.values()


def _version(note: Note, shown: Shown | None, claim: Claim) -> str:
    """Which version readers are shown."""
    if shown is None:
        return "Readers are shown no version of it."
    if shown.being_revised:
        return f"Readers are shown the version in force ({shown.state}); it is being revised."
    if shown.note.data != note.data:
        return "Readers are shown the last approved version, for the file was changed since."
    if not claim.captured:
        return f"Readers are shown the file as it stands ({shown.state}); its history is not known."
    if shown.state == State.CAPTURED:
        return "Nobody has approved it yet: what goes out leaves it away."
    return f"Readers are shown the file as it stands ({shown.state})."


def _release(kb: KnowledgeBase, note: Note, level: str) -> str:
    return f"kmkit release {note.short} --level {level} --because '…' (by {_a(kb, 'manager')})."


def _widen(kb: KnowledgeBase, note: Note, level: str) -> str:
    """How the note reaches the next wider circle."""
    levels = kb.policy.levels
    wider = levels[kb.policy.width(level) + 1 :][:1]
    return _release(kb, note, wider[0]) if wider and note.state != State.RETIRED else ""


def _narrow(kb: KnowledgeBase, note: Note, level: str) -> str:
    """How the note is kept in the next narrower circle."""
    width = kb.policy.width(level)
    if not width:
        return ""
    narrower = kb.policy.levels[width - 1]
    by = f"by the owner, {note.owner}, or an editor" if note.owner else "by an editor"
    return f"kmkit narrow {note.short} --level {narrower} ({by})."


def _a(kb: KnowledgeBase, role: str) -> str:
    """Somebody with a role, by name where policy.toml names them."""
    holders = kb.policy.holders(role)
    listed = ", ".join(holders[:3]) + (" …" if len(holders) > 3 else "")
    return f"a {role}: {listed}" if holders else f"a {role}"
