"""What a digest that goes out tells of: not days but commits, so that late work is in the next."""

from collections.abc import Collection, Container, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from kmkit.errors import Refused
from kmkit.index.book import Index
from kmkit.trail.event import Event, parse
from kmkit.trail.git import Git
from kmkit.trail.log import named

_SHARE = 500
"""Commits that the index is asked for at a time."""
_TIPS = 50
"""How many of the last digests are looked at for what they told."""


class Going(NamedTuple):
    """What a digest that goes out tells of."""

    commits: Collection[str] | None = None
    """The commits that are new to the audience; None where none was sent yet: then its days say."""
    later: Container[str] = frozenset()
    """Commits that came after it, where it is sent once more."""
    told: Container[str] = frozenset()
    """The ids of the notes that went out to the audience before; others that are formatted go."""
    again: Collection[str] = ()
    """The ids of the notes that it told of, where it is sent once more."""


def going_since(git: Git, tips: Sequence[str], tip: str) -> Collection[str] | None:
    """The commits up to ``tip`` that none of the digests with these ``tips``, newest first, told.

    None where there are no ``tips``. What was told before and stands under other names since, such
    as after a rebase, is left out. Refused where this clone lacks what the last digest told.
    """
    if not tips:
        return None
    if not git.tip(tips[0]):
        raise Refused(
            f"The last digest went out from a commit that this clone lacks ({tips[0][:12]}).",
            "Bring it here first: git pull.",
        )
    known = list(dict.fromkeys(tips[:_TIPS]))
    new = _listed(git, [tip], known)
    if gone := _listed(git, known, [tip]):
        before = set(map(_key, _events(git, gone)))
        new -= {event.commit for event in _events(git, new) if _key(event) in before}
    return new


def commits_after(git: Git, tip: str, head: str) -> Collection[str]:
    """The commits of ``head`` that ``tip`` has not; Refused where this clone lacks ``tip``."""
    if not git.tip(tip):
        raise Refused(
            f"This digest was begun from a commit that this clone lacks ({tip[:12]}).",
            "Bring it here first: git pull.",
        )
    return _listed(git, [head], [tip])


def told_events(index: Index, going: Going, since: date, until: date, audience: str) -> list[Event]:
    """The events of which a digest tells, oldest first.

    They are those of its commits, and those by which notes were formatted that still wait for
    readers; but not those that say themselves that something had reached this audience.
    """
    if going.commits is None:
        found = index.trail("day >= ? AND day <= ?", (since.isoformat(), until.isoformat()))
        found = [event for event in found if event.commit not in going.later]
    else:
        found = _of_commits(index, sorted(going.commits))
    waiting = {row[0] for row in index.query("SELECT id FROM notes WHERE state = 'formatted'")}
    ids = {id for id in waiting if id not in going.told} | set(going.again)
    for id in sorted(ids):
        steps = index.trail("note = ? AND move = 'format'", (id,))
        found += [event for event in steps if event.commit not in going.later][-1:]
    return [e for e in found if not (audience and _reached(e, audience))]


def _reached(event: Event, audience: str) -> bool:
    return event.move == "disseminate" and event.get("Audience") == audience


def _of_commits(index: Index, commits: Sequence[str]) -> list[Event]:
    found: list[Event] = []
    for at in range(0, len(commits), _SHARE):
        share = [bytes.fromhex(sha) for sha in commits[at : at + _SHARE]]
        found += index.trail(f"sha IN ({','.join('?' * len(share))})", share)
    return found


def _listed(git: Git, of: Iterable[str], without: Iterable[str]) -> set[str]:
    """The commits that ``of`` lead to and ``without`` do not; what this clone lacks is left out."""
    asked = "".join(f"{line}\n" for line in (*of, *(f"^{one}" for one in without)))
    return set(
        git.run("rev-list", "--ignore-missing", "--stdin", stdin=asked.encode()).decode().split()
    )


def _events(git: Git, commits: Collection[str]) -> list[Event]:
    return [event for sha, raw in named(git, sorted(commits)) if (event := parse(sha, raw))]


def _key(event: Event) -> tuple[str, ...]:
    """What stays of an event when its commit gets another name."""
    return (event.note, event.move, event.when.isoformat(), event.email, event.fingerprint)
