"""What is known of a note, and the rules of a commit, as one line of JSON, and back.

So it takes a quarter of the room in memory, and can be kept for the next audit.
"""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from kmkit.errors import Cannot
from kmkit.note.model import Asked, Deferred, Dissemination, InForce, Reviewed, Verdict
from kmkit.note.plain import Plain
from kmkit.trail.audit.findings import Counted, Proof
from kmkit.trail.audit.known import Known
from kmkit.trail.audit.lines import DamagedError, line_of, value_of
from kmkit.trail.audit.records_known import LETTERS, Filed, filed_in, filed_out
from kmkit.trail.audit.rules_of import NOTHING, Reader, Rules
from kmkit.trail.fold import Claim
from kmkit.trail.writers import Writing, Written

_LISTS: dict[str, type[Plain]] = {
    "verdicts": Verdict,
    "held": Verdict,
    "asked": Asked,
    "disseminated": Dissemination,
}
_ONCE: dict[str, type[Plain]] = {
    "reviewed": Reviewed,
    "deferred": Deferred,
    "in_force": InForce,
}


_PROOFS: tuple[Proof, ...] = ("proved", "claimed", "before-anchor")
"""Those that the first letter of a line tells; any other tells that it is unproved."""
_ODD = (AttributeError, LookupError, TypeError, ValueError)
"""What comes of a line that holds something else than it should."""
_LETTERS: dict[str, Counted] = {**{proof[0]: proof for proof in _PROOFS}, **LETTERS}


# Notes and records


def packed(known: Known | Filed) -> str:
    """A note or a record as a line."""
    if isinstance(known, Filed):
        return filed_out(known)
    return known.proof[0] + line_of(_plain(known))


def unpacked(line: str) -> Known | Filed:
    """The note or record of a line; DamagedError where the line is not as it was written."""
    try:
        return filed_in(line) if line[:1] in LETTERS else _known(value_of(line[1:]))
    except _ODD:
        raise DamagedError from None


def proof_of(held: Known | Filed | str) -> Counted:
    """How well a note or a record stands, packed or not."""
    if isinstance(held, str):
        return _LETTERS.get(held[:1], "unproved")
    return held.counted if isinstance(held, Filed) else held.proof


def _plain(known: Known) -> list[Any]:
    values: list[Any] = [*known]
    values[_REST] = known.rest.hex()
    values[_CLAIM] = _claim_out(known.claim)
    values[_WRITTEN] = _written_out(known)
    values[_TRAIL] = sorted(known.trail)
    values[_SOUND] = _plain(known.sound) if known.sound else None
    return values


_REST, _CLAIM, _WRITTEN, _TRAIL, _SOUND = (
    Known._fields.index(name) for name in ("rest", "claim", "written", "trail", "sound")
)
"""The places of what JSON does not have."""


def _known(values: list[Any]) -> Known:
    known = Known(*values)
    sound: Any = known.sound
    return known._replace(
        rest=bytes.fromhex(str(known.rest)),
        claim=_claim_in(known.claim),
        written=_written_in(known.written, known.fingerprint),
        trail=frozenset((number, verb) for number, verb in known.trail),
        faults=tuple(known.faults),
        bent=tuple(known.bent),
        rejected=tuple(known.rejected),
        sound=_known(sound) if sound else None,
    )


def _written_out(known: Known) -> list[Any]:
    """By whom a note is; what was validated is most often what stands, and not said again."""
    since, before = known.written
    stands = known.fingerprint
    later = [[one[0], sorted(one[1]), sorted(one[2])] for one in since]
    pairs = [(about != stands, about, one[0], sorted(one[1]), sorted(one[2]))
             for about, one in before]  # fmt: skip
    return [
        sorted(later),
        [[about if other else None, *one] for other, about, *one in sorted(pairs)],
    ]


def _written_in(values: Any, print_: str) -> Written:
    later, earlier = values
    since = [
        Writing(commit, frozenset(emails), frozenset(names)) for commit, emails, names in later
    ]
    before = [
        (print_ if about is None else about, Writing(commit, frozenset(emails), frozenset(names)))
        for about, commit, emails, names in earlier
    ]
    return Written(frozenset(since), frozenset(before))


def _claim_out(claim: Claim) -> dict[str, Any]:
    """What the claim holds, by name."""
    every = zip(Claim._fields, claim, strict=True)
    values: dict[str, Any] = {name: value for name, value in every if value}
    for name in values.keys() & _LISTS:
        values[name] = [_entry_out(entry) for entry in values[name]]
    for name in values.keys() & _ONCE:
        values[name] = _entry_out(values[name])
    return values


def _claim_in(values: Any) -> Claim:
    for name in values.keys() & _LISTS:
        values[name] = tuple(_entry_in(_LISTS[name], entry) for entry in values[name])
    for name in values.keys() & _ONCE:
        values[name] = _entry_in(_ONCE[name], values[name])
    values["former"] = tuple(values.get("former", ()))
    return Claim(**values)


def _entry_out(entry: Plain) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in entry.__dict__.items()
        if value is not None
    }


def _entry_in(model: type[Plain], values: dict[str, str]) -> Plain:
    return _same(model, tuple(values.items()))  # type: ignore[arg-type]  # classes can be hashed


@lru_cache(maxsize=1024)
def _same(model: type[Plain], items: tuple[tuple[str, str], ...]) -> Plain:
    """An entry; one of the same words is the same."""
    return model.model_validate(dict(items))


# Rules


def rules_out(rules: Rules) -> dict[str, Any]:
    """The rules, as names of what git has."""
    return {
        "taken": dict(rules.taken),
        "blobs": dict(rules.blobs),
        "lineage": {path: sorted(numbers) for path, numbers in rules.lineage.items()},
        "faults": {path: list(numbers) for path, numbers in rules.faults.items()},
    }


def rules_in(values: Any, reader: Reader, fetch: Callable[[str], bytes]) -> Rules:
    """The rules, read from git once more; DamagedError where they cannot be."""
    try:
        return _rules_in(values, reader, fetch)
    except (*_ODD, Cannot):
        raise DamagedError from None


def _rules_in(values: Any, reader: Reader, fetch: Callable[[str], bytes]) -> Rules:
    rules = NOTHING
    for path, blob in values["taken"].items():
        rules, complaint = reader.changed(rules, path, blob, fetch(blob) if blob else b"", 0)
        if complaint:
            raise DamagedError
    return Rules(
        rules.policy,
        rules.config,
        rules.kinds,
        values["blobs"],
        {path: frozenset(numbers) for path, numbers in values["lineage"].items()},
        {path: tuple(numbers) for path, numbers in values["faults"].items()},
        values["taken"],
    )
