"""A note's file beside what the trail says of it."""

from operator import attrgetter
from typing import Any

from kmkit.note.model import Fields, Note
from kmkit.note.plain import Plain
from kmkit.text import address_key
from kmkit.trail.fold import Claim

_ENTRIES = ("verdicts", "asked", "disseminated", "reviewed", "deferred", "in_force")
_entries = attrgetter(*_ENTRIES)


def differing(fields: Fields, claim: Claim) -> list[str]:
    """The fields in which the file says something else than the trail."""
    found = []
    if (fields.state or "") != claim.state:
        found.append("state")
    if (fields.level or "") != claim.level:
        found.append("level")
    if fields.owner != claim.owner and address_key(fields.owner) != address_key(claim.owner):
        found.append("owner")
    if (fields.superseded_by or "") != claim.superseded_by:
        found.append("superseded_by")
    ours, theirs = _entries(fields), _entries(claim)
    if ours != theirs:  # mostly they are the same
        pairs = zip(_ENTRIES, ours, theirs, strict=True)
        found += [name for name, one, other in pairs if _bare(one) != _bare(other)]
    return found


def alike(name: str, one: Claim, other: Claim) -> bool:
    """Whether two claims have the same entries in a field, whatever day each says."""
    return _bare(getattr(one, name)) == _bare(getattr(other, name))


def _bare(entries: tuple[Plain, ...] | Plain | None) -> object:
    return [*map(bare, entries)] if isinstance(entries, tuple) else bare(entries)


def bare(entry: Plain | None) -> dict[str, Any] | None:
    """An entry without the day that it copies from its commit; '' and nothing are the same."""
    if entry is None:
        return None
    kept = {name: value for name, value in entry.__dict__.items() if value not in ("", None)}
    if "channel" not in kept:
        kept.pop("on", None)
    kept.pop("since", None)
    if "by" in kept:
        kept["by"] = address_key(kept["by"])
    return kept


def claim_of(fields: Fields, claim: Claim | None = None) -> Claim:
    """What the file itself says; what no file holds is taken from ``claim``."""
    return (claim or Claim())._replace(
        state=fields.state or "",
        level=fields.level or "",
        owner=fields.owner or "",
        verdicts=fields.verdicts,
        asked=fields.asked,
        disseminated=fields.disseminated,
        reviewed=fields.reviewed,
        deferred=fields.deferred,
        in_force=fields.in_force,
        superseded_by=fields.superseded_by or "",
    )


def before_move(note: Note, claim: Claim, backup: str) -> Note:
    """The note as a move found it: the text of ``note``, with what moves write as it was before."""
    written: dict[str, Any] = {
        "state": claim.state or None,
        "level": claim.level or None,
        "owner": claim.owner or None,
        "verdicts": claim.verdicts,
        "asked": claim.asked,
        "disseminated": claim.disseminated,
        "reviewed": claim.reviewed,
        "deferred": claim.deferred,
        "in_force": claim.in_force,
        "superseded_by": claim.superseded_by or None,
    }
    fields = note.fields.model_copy(update={**written, "backup": backup or None})
    return Note(note.path, note.data, fields, note.raw, note.preamble, note.sections, note.problems)
