"""The audit: one pass from the anchor to the tip, and how every note stands there."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from secrets import token_hex
from typing import NamedTuple, TypeVar

from kmkit.errors import Cannot
from kmkit.lifecycle.rounds import approvals_of
from kmkit.trail.audit.anchor import readable
from kmkit.trail.audit.asking import objects
from kmkit.trail.audit.findings import RULES, Finding, RecordStanding, Standing
from kmkit.trail.audit.history import recent_to
from kmkit.trail.audit.kept import LAG, Kept, Told
from kmkit.trail.audit.known import Known
from kmkit.trail.audit.lines import DamagedError
from kmkit.trail.audit.records_known import record_standing
from kmkit.trail.audit.report import Report
from kmkit.trail.audit.resuming import Resumed, keeping, proofs_of, resumed
from kmkit.trail.audit.scene import Verify
from kmkit.trail.audit.session import ApartError, Pass, Progress, Session
from kmkit.trail.git import Git


def audit(
    git: Git,
    prefix: str,
    *,
    anchor: str,
    tip: str,
    notes: set[str] | None = None,
    since: str = "",
    signatures: Verify | None = None,
    require_signatures: bool = False,
    progress: Progress | None = None,
    kept: Kept | None = None,
    rows: bool = True,
) -> Report:
    """Judge every commit since ``anchor``, and tell how every note stands at ``tip``.

    ``prefix`` is the knowledge base's path in the repository, '' or ending in '/'. ``notes``:
    only these ids are told of, and ``since``: only commits that it does not have. With ``kept``
    only what is new since then is judged; without ``rows`` no note is told of by itself. Cannot
    in a shallow clone.
    """
    whole(git)
    recent = recent_to(git, since, tip)
    try:
        with objects(git) as fetch, _no_sweeping():
            session = Session(git, prefix, fetch, signatures, require_signatures, progress)
            done, keep = _done(session, anchor, tip, kept, rows=rows)
    except ApartError:
        readable(git, tip)  # a damaged anchor is no wrong one
        message = f"The history of {tip[:12]} does not contain the anchor {anchor[:12]}."
        lost = Finding("wrong-anchor", "", "", tip, message, RULES["wrong-anchor"].mend())
        return Report((lost,), (), 0, anchor, tip)
    told = done.told
    report = Report(
        tuple(one for one in told.findings if one.within(recent)), done.standings, told.checked,
        anchor, tip, told.mended, told.proofs, done.judged, done.records,
    )  # fmt: skip
    if kept and (kept.writes == "always" or (kept.writes == "sound" and not report.findings)):
        keep()
    return report if notes is None else report.only(notes)


def whole(git: Git) -> None:
    """Cannot where part of the history is missing."""
    if git.shallow:
        raise Cannot(
            "This clone is shallow: the history that would prove anything is missing.",
            "Run git fetch --unshallow (in CI: fetch-depth: 0).",
        )


T = TypeVar("T")


class _Done(NamedTuple):
    """What a pass came to."""

    told: Told
    standings: tuple[Standing, ...]
    judged: int
    records: tuple[RecordStanding, ...] = ()


Keep = Callable[[], None]
"""Keeps what an audit came to."""


def known_at(
    git: Git, prefix: str, path: str, *, anchor: str, tip: str, signatures: Verify, kept: Kept
) -> Known | None:
    """What the audit of ``tip`` knows of the note at ``path``; None where it cannot be told.

    ``path`` is below ``prefix``. Nothing is kept. Cannot in a shallow clone.
    """
    whole(git)
    with suppress(ApartError), objects(git) as fetch, _no_sweeping():
        session = Session(git, prefix, fetch, signatures, required=False)
        return _through(session, anchor, tip, kept, lambda done, _: done.tip.book.get(path))
    return None


def _done(
    session: Session, anchor: str, tip: str, kept: Kept | None, *, rows: bool
) -> tuple[_Done, Keep]:
    """What the audit comes to, and what keeps it."""

    def summed(passed: Pass, before: Resumed | None) -> tuple[_Done, Keep]:
        done = _summed(passed, before, rows=rows)
        return done, keeping(kept, passed, before, _brief(done, tip)) if kept else _nothing

    return _through(session, anchor, tip, kept, summed)


def _through(
    session: Session,
    anchor: str,
    tip: str,
    kept: Kept | None,
    then: Callable[[Pass, Resumed | None], T],
) -> T:
    """What ``then`` says once all is judged: from what was kept on, where that can be, or anew."""
    if kept:
        with suppress(DamagedError), kept.open() as facts:
            before = resumed(facts, session)
            for point in before.points():
                with suppress(ApartError):
                    return then(session.run(point, tip, lag=LAG), before)
    return then(session.whole(anchor, tip, lag=LAG), None)


def _summed(passed: Pass, before: Resumed | None, *, rows: bool) -> _Done:
    """What a pass came to; the notes by themselves where ``rows`` are asked for."""
    point = passed.tip
    every = enumerate(point.findings)
    left = ((point.again.get(at, ""), f) for at, f in every if at not in point.mended)
    findings = tuple(f._replace(again=again) if again else f for again, f in left)
    told = Told(findings, point.number, len(point.mended), proofs_of(point.book, before))
    standings = tuple(sorted(map(standing, point.book.all()))) if rows else ()
    records = tuple(sorted(map(record_standing, point.book.records()))) if rows else ()
    return _Done(told, standings, point.number - passed.first.number, records)


def _brief(done: _Done, tip: str) -> dict[str, object]:
    """The report of the tip; its mark tells it from that of another audit of the same tip."""
    return {**done.told._asdict(), "tip": tip, "mark": token_hex()}


def _nothing() -> None:
    return


@contextmanager
def _no_sweeping() -> Iterator[None]:
    """Python does not look for cycles meanwhile: among millions of objects that takes minutes."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def standing(known: Known) -> Standing:
    """How a note stands."""
    claim = known.claim
    approvals = approvals_of(claim.verdicts[known.renewed :], {known.fingerprint})
    told = tuple(dict.fromkeys(v.decided_by or v.by for v in approvals))
    recorded = next((v.by for v in approvals if v.decided_by), "")
    return Standing(
        known.id, known.path, claim.state, known.fingerprint, known.proof, known.since, told,
        recorded,
    )  # fmt: skip
