"""What ``kmkit audit`` says of notes and records: how they stand, in rows and in brief."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kmkit.cli.formats import many
from kmkit.cli.screen import say, table

if TYPE_CHECKING:
    from kmkit.trail.audit.anchor import Anchor
    from kmkit.trail.audit.findings import Proof, RecordCount, RecordStanding
    from kmkit.trail.audit.report import Report

_COLUMNS = ("note", "state", "proof", "by", "recorded by", "since", "path")
_RECORDS = ("record", "kind", "stands", "outcome", "proof", "by", "since", "note", "path")
_WORDS: "dict[Proof, str]" = {
    "proved": "proved by signatures",
    "claimed": "claimed by those whom the commits name",
    "unproved": "unproved",
    "before-anchor": "older than the anchor",
}
_FILED: "dict[RecordCount, str]" = {
    "record-proved": "proved by signatures",
    "record-claimed": "claimed by those whom the commits name",
    "record-by-hand": "by hand",
    "record-unproved": "unproved",
    "record-before-anchor": "older than the anchor",
    "verified-by-hand": "verified by hand",
    "verified-unproved": "verified without proof",
}


def only(report: "Report", wanted: Sequence[str]) -> "Report":
    """The report of the wanted notes and records; findings about nothing single stay."""
    notes = [(one.note, one.path) for one in report.standings]
    records = [(one.record, one.path) for one in report.records]
    by_path = {path: id for id, path in (*notes, *records)}
    return report.only({by_path.get(ref) or _picked(ref, notes, records) for ref in wanted})


def _picked(ref: str, notes: Sequence[tuple[str, str]], records: Sequence[tuple[str, str]]) -> str:
    """The id that ``ref`` is a part of: of a note, or else of a record."""
    from kmkit.note.finding import pick

    paths: dict[str, tuple[str, ...]] = {}
    wanted = ref.strip().casefold()
    fitting = [one for one in records if wanted in one[0]]
    for id, path in notes if any(wanted in id for id, _ in notes) or not fitting else fitting:
        paths[id] = (*paths.get(id, ()), path)
    found = pick(ref, paths)
    return next(id for id, several in paths.items() if found in several)


def standings(report: "Report", *, notes: bool, records: bool) -> None:
    """How each of the notes, and each of the records stands."""
    if notes and report.standings:
        _notes(report)
    if records and report.records:
        _records(report)


def _notes(report: "Report") -> None:
    rows = [
        (s.note, s.state, s.proof, ", ".join(s.by), s.recorded_by, s.since[:12], s.path)
        for s in report.standings
    ]
    table(_COLUMNS, rows)


def _records(report: "Report") -> None:
    rows = [
        (r.record, r.kind, r.stage, r.outcome, r.proof, r.by, r.since[:12], r.note[-4:], r.path)
        for r in report.records
    ]
    table(_RECORDS, rows)


def summary(report: "Report", begin: "Anchor", pinned: str) -> None:
    """Say on stderr what was gone through, and how notes and records stand.

    ``pinned`` is the anchor in git's configuration, '' for none.
    """
    same = begin.pinned or pinned == begin.commit
    how = "pinned here" if same else f"and not {pinned[:12]}, which is pinned here"
    how = how if pinned else "not pinned here"
    role = ", steward" if begin.pinned else " by"
    by = f"{role} {begin.steward}" if begin.steward else ""
    say(f"Anchor: {report.anchor[:12]}{by}, {how}. Compare it with the one your steward published.")
    counts = report.proofs
    notes = _brief("note", {words: counts.get(name, 0) for name, words in _WORDS.items()})
    records = _brief("record", {words: counts.get(name, 0) for name, words in _FILED.items()})
    found = many(len(report.findings), "finding")
    mended = f", {report.mended} of the past made good" if report.mended else ""
    more = ""
    if report.findings:
        rule, _ = Counter(finding.rule for finding in report.findings).most_common(1)[0]
        more = f" More: kmkit audit --explain {rule}"
    say(f"{many(report.checked, 'commit')} audited. {notes}{records}{found}{mended}.{more}")


def _brief(what: str, counts: dict[str, int]) -> str:
    """How many stand how well, in a sentence; '' where there are none."""
    parts = [f"{count} {words}" for words, count in counts.items() if count]
    return f"{many(sum(counts.values()), what)}: {'; '.join(parts)}. " if parts else ""


_MOST = 3
"""Notes that are named; the others are counted."""


def unproved_notes(report: "Report") -> None:
    """Name the notes that nothing proves and no finding names, and what is to be done."""
    told = {finding.note for finding in report.findings}
    bare = [s for s in report.standings if s.proof == "unproved" and s.note not in told]
    if not bare:
        return
    left = f" and {len(bare) - _MOST} more" if len(bare) > _MOST else ""
    paths = ", ".join(one.path for one in bare[:_MOST])
    say(f"Unproved, since no capture of {'it' if len(bare) == 1 else 'them'} stands in the "
        f"history: {paths}{left}. Capture each anew: kmkit capture PATH.")  # fmt: skip


def doubtful(report: "Report") -> bool:
    """Whether some use counts as verified, and nothing proves that."""
    return bool({"verified-by-hand", "verified-unproved"} & {*report.proofs})


def unproved_learning(records: "Sequence[RecordStanding]") -> None:
    """Name each note that is learned by a use of which nothing proves the verification."""
    doubted: dict[str, list[str]] = {}
    proved: set[str] = set()
    for one in records:
        if (one.kind, one.stage, one.outcome) != ("application", "verified", "helped"):
            continue
        if one.proof in ("by-hand", "unproved"):
            doubted.setdefault(one.note, []).append(one.path)
        else:
            proved.add(one.note)
    for note, paths in sorted(doubted.items()):
        if note not in proved:
            say(f"Learned without proof: {note}, by {', '.join(paths)}.")
