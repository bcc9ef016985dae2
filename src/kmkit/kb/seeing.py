"""What git and the trail have of a note, and whether a move can be made on that."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from kmkit.errors import Cannot, Refused
from kmkit.kb.base import KnowledgeBase
from kmkit.kb.history import DECIDES
from kmkit.kb.rules import Rules
from kmkit.lifecycle.states import WALK, State
from kmkit.note.file import read
from kmkit.note.model import MOVE_FIELDS, InForce, Note
from kmkit.text import as_typed
from kmkit.trail.audit.compare import differing
from kmkit.trail.fold import Claim
from kmkit.trail.git import Entry

if TYPE_CHECKING:
    from kmkit.trail.audit.known import Known


@dataclass(frozen=True)
class Seen:
    """What git has of the note and of the rules, on which the move is judged."""

    path: str
    entry: Entry | None
    committed: Note | None
    rules: Rules


def unchanged(kb: KnowledgeBase, note: Note) -> None:
    """Refused where the file is no longer the one that was read."""
    place = kb.root / note.path
    now = place.read_bytes() if place.is_file() else b""
    if now != note.data:
        raise Refused(
            f"{note.path} was changed by somebody else meanwhile.",
            f"Look at kmkit log {note.short}, then try again.",
        )


def look(kb: KnowledgeBase, note: Note, kind: str, *, as_it_stands: bool, new: bool) -> Seen:
    """What git has; Refused where the file is not the committed one and the move needs that.

    ``kind``: what the note is to be; ``as_it_stands``: the move takes the file as a hand left it;
    ``new``: git need not know it.
    """
    git, path = kb.git, kb.repo_path(note.path)
    tip = git.tip()
    entry = git.entry(tip, path)
    staged = git.index_entry(path)
    if entry and entry.mode not in ("100644", "100755"):
        raise Refused(f"{note.path} is a link in git, not a file.", "Put the real file there.")
    if staged and staged.skipped:
        raise Refused(
            f"{note.path} is outside the sparse checkout.", "Run git sparse-checkout add first."
        )
    committed = read(git.blob(entry.sha), note.path) if entry else None
    if committed and committed.data.startswith(b"version https://git-lfs"):
        raise Refused(f"{note.path} is kept in Git LFS.", "Take notes out of LFS: git lfs migrate.")
    if entry is None and not new:
        raise not_there(kb, note)
    _clean(kb, note, entry, staged, as_it_stands=as_it_stands)
    return Seen(path, entry, committed, Rules.at(kb, tip, kind))


def not_there(kb: KnowledgeBase, note: Note) -> Refused:
    """Why git has no note at this path, and what to do: it is new, a copy, or was moved by hand."""
    path = note.path
    if not (note.fields.id and kb.claim(note).captured):
        return Refused(
            f"{path} was never captured: git does not know it.",
            _capture_it(note),
        )
    others = [other for other in kb.ids.get(note.id, ()) if other != str(path)]
    if others:
        return Refused(
            f"{path} is a copy of {others[0]}: both hold the id {note.id}.",
            "Remove one of them. To make the copy a note of its own, take the line 'id:' out of "
            f"it, then kmkit capture {as_typed(path)}.",
        )
    return Refused(
        f"{path} was moved or put back by hand, and that is not committed.",
        "Commit it, then go on: git add -A notes && git commit -m 'Move a note'.",
    )


def _clean(
    kb: KnowledgeBase, note: Note, entry: Entry | None, staged: Entry | None, *, as_it_stands: bool
) -> None:
    """What is staged or edited by hand is not swept in, and not lost."""
    now = kb.git.hash(kb.repo_path(note.path), note.data) if note.data else ""
    committed, in_index = entry.sha if entry else "", staged.sha if staged else ""
    if in_index not in (committed, now) or (entry and not staged):
        take_back = "git restore --staged" if kb.git.tip() else "git rm --cached -f"
        raise Refused(
            f"Something else is staged for {note.path}.",
            f"Take it back: {take_back} {as_typed(note.path)}.",
        )
    if not as_it_stands and (now != committed or in_index != committed):
        raise unrecorded(note)


def unrecorded(note: Note) -> Refused:
    """The refusal of a note whose file a hand changed."""
    back = f"ake it back: git restore -SW {as_typed(note.path)}."
    record = f"Record it: kmkit edit {note.short} --as-is; or t"
    mend = f"{'T' if note.state == State.RETIRED else record}{back}"
    return Refused(f"{note.path} was changed and the change is not recorded.", mend)


def whole(kb: KnowledgeBase) -> None:
    """Cannot in a shallow clone: what was captured before its first commit is not seen."""
    if kb.git.shallow:
        raise Cannot(
            "This clone is shallow: the note's history is incomplete.",
            "Run git fetch --unshallow (in CI: fetch-depth: 0).",
        )


def told(kb: KnowledgeBase, note: Note, seen: Seen, claim: Claim, *, lost: bool = False) -> Claim:
    """Where the note stands; Refused where the trail does not know it, or says other than its file.

    ``claim`` is what its moves come to. ``lost``: the move is there to mend that, so only what was
    retired is refused. Before a difference is refused, the audit is asked: moves that it finds
    fault with, and that were undone, come to nothing.
    """
    whole(kb)
    there = seen.committed or note
    if lost and claim.state == State.RETIRED != note.state:
        raise Refused(
            f"{note.path} is {note.state}, and by its history it was retired.",
            f"Write 'state: retired' into the file and commit that with git; then a manager runs "
            f"kmkit reopen {note.short} --because '…'.",
        )
    if not claim.captured and not (lost and there.state in WALK[1:]):
        raise Refused(
            f"No capture of {note.path} stands in the history: it was committed without kmkit.",
            _way_out(there),
        )
    broken = [p for p in there.problems if p.severity == "error"]
    if broken:
        raise Refused(
            f"{note.path} cannot be read as it is committed: {broken[0].message}",
            "Mend the file and commit that with git, then go on.",
        )
    if lost:
        _given(kb, there, claim)
        return claim
    return agreed(kb, note, there, claim)


def agreed(kb: KnowledgeBase, note: Note, there: Note, claim: Claim) -> Claim:
    """Where the note stands by its trail; Refused where what is committed (``there``) says other.

    ``claim`` is what its moves come to. Those that were undone, and that the audit finds fault
    with, come to nothing.
    """
    if DECIDES.isdisjoint(differing(there.fields, claim)):
        return claim
    known = audited(kb, note.path)
    if known and not (known.doubt or list(_differences(there, known.claim))):
        return known.claim
    proved = known.sound.claim if known and known.sound else claim
    if differences := list(_differences(there, proved)) or list(_differences(there, claim)):
        undo = bool(known and known.sound) and "verdicts" in differing(there.fields, proved)
        raise _differing(note, differences, undo=undo)
    return claim


def _given(kb: KnowledgeBase, note: Note, claim: Claim) -> None:
    """Refused where a renewal would change level or owner, which only a manager gives."""
    given = [one for one in _differences(note, claim) if one[0] in ("level", "owner")]
    if claim.captured and given and not kb.committed_policy.has_role(kb.actor.key, "manager"):
        into = " and ".join(f"'{theirs}'" for _, _, theirs in given)
        raise Refused(
            f"{note.path} says {_said(given)}: a renewal by a reviewer decides neither.",
            f"Write {into} into the file and commit that with git, or ask a manager to renew it.",
        )


def audited(kb: KnowledgeBase, path: PurePosixPath) -> "Known | None":
    """What the audit knows of the note at ``path``; None where it cannot tell."""
    from kmkit.trail.audit.anchor import anchor_of
    from kmkit.trail.audit.audit import known_at
    from kmkit.trail.audit.kept import Kept
    from kmkit.trail.signing import Verifier

    git, tip = kb.git, kb.git.tip()
    prefix = kb.repo_path(PurePosixPath("x")).removesuffix("x")
    with suppress(Cannot):
        anchor = anchor_of(git, prefix, tip).commit
        kept = Kept(git, prefix, anchor, signatures=True, required=False, writes="never")
        verifier = Verifier(git.top)
        return known_at(
            git, prefix, str(path), anchor=anchor, tip=tip, signatures=verifier, kept=kept
        )
    return None


def unfounded(kb: KnowledgeBase, note: Note, claim: Claim) -> tuple[str, str]:
    """What is said of an approved state that the history does not lead to, and its mend.

    Both are empty where it does, and the note can be judged anew, and where nobody can tell.
    """
    if kb.git.shallow:
        return "", ""
    if not claim.captured:
        there = kb.git.entry(kb.git.tip(), kb.repo_path(note.path))
        mend = _way_out(note) if there else _capture_it(note)
        return f"It says {note.state}, and no capture of it stands in the history.", mend
    differences = list(_differences(note, claim))
    if not differences:
        return "", ""
    return (
        f"It says {_said(differences)}.",
        f"Put it back as it was: kmkit audit {note.short} names the commits to take back, and "
        f"git restore -SW {as_typed(note.path)} takes back what is not committed.",
    )


def _way_out(note: Note) -> str:
    """What is done about a note of which no capture stands in the history."""
    anew = _capture_it(note)
    if note.state not in WALK[1:]:
        return anew
    return (
        f"If a squash or rebase lost it: kmkit validate {note.short} --renew --because '…'. "
        f"Otherwise {anew[:1].lower()}{anew[1:]} A manager or a steward removes what is forged: "
        f"git rm {as_typed(note.path)}."
    )


def _capture_it(note: Note) -> str:
    """How a note that a hand wrote, or committed, is captured."""
    later = sorted((MOVE_FIELDS - {"state", "owner", "level"}) & note.raw.keys())
    write = [f"write 'state: {State.CAPTURED}'"] if note.state not in ("", State.CAPTURED) else []
    take = [f"take {' and '.join(map(repr, later))} out"] if later else []
    first, run = ", ".join([*write, *take]), f"run kmkit capture {as_typed(note.path)}"
    steps = f"{first} and {run}" if first else run
    return f"{steps[:1].upper()}{steps[1:]}."


def _differing(
    note: Note, differences: Sequence[tuple[str, str, str]], *, undo: bool = False
) -> Refused:
    """What file and trail say of the note, and how the two are brought together.

    ``undo``: verdicts stand in the file that prove nothing, so the whole file is put back.
    """
    into = " and ".join(f"'{theirs}'" for _, _, theirs in differences if theirs)
    out_of = " and ".join(f"'{name}'" for name, _, theirs in differences if not theirs)
    asked = [f"write {into} into" if into else "", f"take {out_of} out of" if out_of else ""]
    lines = " and ".join(filter(None, asked))
    mend = f"{lines[:1].upper()}{lines[1:]} the file and commit that with git, then go on."
    if undo:
        mend = (
            f"kmkit audit {note.short} names the commits that are not proved: take them back with "
            "git revert, the last one first, then go on."
        )
    if note.state in WALK[1:]:
        mend += (
            " If a squash or rebase lost the moves, somebody entitled approves the text anew: "
            f"kmkit validate {note.short} --renew --because '…'."
        )
    return Refused(f"{note.path} says {_said(differences)}.", mend)


def _said(differences: Sequence[tuple[str, str, str]]) -> str:
    """What file and trail say, side by side."""
    return "; ".join(
        f"{ours or 'no ' + name}, its history {theirs or 'none'}"
        for name, ours, theirs in differences
    )


def _differences(note: Note, claim: Claim) -> Iterator[tuple[str, str, str]]:
    """The fields that decide over moves and say other than the trail: name, file, trail."""
    for name, ours, theirs in (
        ("state", note.state, claim.state),
        ("level", note.level, claim.level),
        ("owner", note.owner, claim.owner.strip().casefold()),
        ("in_force", _standing(note.fields.in_force), _standing(claim.in_force)),
    ):
        if ours != theirs:
            yield name, ours and f"{name}: {ours}", theirs and f"{name}: {theirs}"


def _standing(version: InForce | None) -> str:
    """The version in force as front matter writes it, without the day: it proves nothing."""
    return f"{{blob: {version.blob}, state: {version.state}}}" if version else ""
