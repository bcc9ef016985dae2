"""What git and the trail have of a note, and whether a move can be made on that."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kmkit.errors import Cannot, Refused
from kmkit.kb.base import KnowledgeBase
from kmkit.kb.rules import Rules
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.lifecycle.states import WALK, State
from kmkit.note.file import read
from kmkit.note.model import InForce, Note
from kmkit.trail.event import Event
from kmkit.trail.fold import Claim
from kmkit.trail.git import Entry


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
            f"{path} was never captured: git does not know it.", f"Run kmkit capture '{path}'."
        )
    others = [other for other in kb.ids.get(note.id, ()) if other != str(path)]
    if others:
        return Refused(
            f"{path} is a copy of {others[0]}: both hold the id {note.id}.",
            "Remove one of them. To make the copy a note of its own, take the line 'id:' out of "
            f"it, then kmkit capture '{path}'.",
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
            f"Take it back: {take_back} '{note.path}'.",
        )
    if not as_it_stands and (now != committed or in_index != committed):
        raise unrecorded(note)


def unrecorded(note: Note) -> Refused:
    """The refusal of a note whose file a hand changed."""
    return Refused(
        f"{note.path} was changed and the change is not recorded.",
        f"Record it: kmkit edit {note.short} --as-is; or take it back: "
        f"git restore -SW '{note.path}'.",
    )


def whole(kb: KnowledgeBase) -> None:
    """Cannot in a shallow clone: what was captured before its first commit is not seen."""
    if kb.git.shallow:
        raise Cannot(
            "This clone is shallow: the note's history is incomplete.",
            "Run git fetch --unshallow (in CI: fetch-depth: 0).",
        )


def told(kb: KnowledgeBase, note: Note, seen: Seen, claim: Claim, *, lost: bool = False) -> None:
    """Refused where the trail does not know the note, or says other than its front matter.

    ``lost``: the move is there to mend that, so only what was retired is refused.
    """
    whole(kb)
    if lost and claim.state == State.RETIRED != note.state:
        raise Refused(
            f"{note.path} is {note.state}, and by its history it was retired.",
            f"Write 'state: retired' into the file and commit that with git; then a manager runs "
            f"kmkit reopen {note.short} --because '…'.",
        )
    if not claim.captured and not lost:
        raise Refused(
            f"No capture of {note.path} stands in the history: it was committed without kmkit.",
            _way_out(note),
        )
    broken = [p for p in (seen.committed or note).problems if p.severity == "error"]
    if broken:
        raise Refused(
            f"{note.path} cannot be read as it is committed: {broken[0].message}",
            "Mend the file and commit that with git, then go on.",
        )
    differences = [] if lost else list(_differences(kb, seen.committed or note, claim))
    if differences:
        raise _differing(note, differences)


def _way_out(note: Note) -> str:
    """What is done about a note of which no capture stands in the history."""
    if note.state in WALK[1:]:
        return f"If a squash or rebase lost it: kmkit validate {note.short} --renew --because '…'."
    return f"Run kmkit capture '{note.path}'."


def _differing(note: Note, differences: Sequence[tuple[str, str, str]]) -> Refused:
    """What file and trail say of the note, and how the two are brought together."""
    said = "; ".join(
        f"{ours or 'no ' + name}, its history {theirs or 'none'}"
        for name, ours, theirs in differences
    )
    into = " and ".join(f"'{theirs}'" for _, _, theirs in differences if theirs)
    out_of = " and ".join(f"'{name}'" for name, _, theirs in differences if not theirs)
    asked = [f"write {into} into" if into else "", f"take {out_of} out of" if out_of else ""]
    lines = " and ".join(filter(None, asked))
    mend = f"{lines[:1].upper()}{lines[1:]} the file and commit that with git, then go on."
    if note.state in WALK[1:]:
        mend += (
            " If a squash or rebase lost the moves, somebody entitled approves the text anew: "
            f"kmkit validate {note.short} --renew --because '…'."
        )
    return Refused(f"{note.path} says {said}.", mend)


def _differences(kb: KnowledgeBase, note: Note, claim: Claim) -> Iterator[tuple[str, str, str]]:
    """The fields that decide over moves and say other than the trail: name, file, trail."""
    standing, proved = note.fields.in_force, claim.in_force
    if _overtaken(kb, note, claim):
        claim = claim._replace(state=note.state)
        if standing and any(_left(event) == _standing(standing) for event in kb.events(note)):
            proved = standing
    for name, ours, theirs in (
        ("state", note.state, claim.state),
        ("level", note.level, claim.level),
        ("owner", note.owner, claim.owner.strip().casefold()),
        ("in_force", _standing(standing), _standing(proved)),
    ):
        if ours != theirs:
            yield name, ours and f"{name}: {ours}", theirs and f"{name}: {theirs}"


def _overtaken(kb: KnowledgeBase, note: Note, claim: Claim) -> bool:
    """Whether the note rightly stands in another state than that of the trail.

    The trail holds the moves of all branches that were merged. Where one moved a note on and
    another changed its text, the merge holds the new text in its own, earlier state; so it does
    where one had a text approved and another reopened the note. Where one moved it on and another
    renewed the same text, the merge holds the further state.
    """
    if note.state == claim.state or note.state not in WALK or claim.state not in WALK:
        return False
    earlier = WALK.index(State(note.state)) < WALK.index(State(claim.state))
    same = fingerprint(note, kb.guidance(note)) == claim.reached
    if earlier and same:
        return _reopened_beside(kb, note, claim)
    if earlier == same:
        return False
    if same and not any(
        (event.to_state, event.fingerprint) == (note.state, claim.reached)
        for event in kb.events(note)
    ):
        return False
    return bool(kb.git.text("rev-list", "--merges", "--max-count=1", "HEAD", "--"))


def _reopened_beside(kb: KnowledgeBase, note: Note, claim: Claim) -> bool:
    """Whether another branch than that on which the trail ends took the note back to its state."""
    events = kb.events(note)
    ends = [event.commit for event in events if event.to_state == claim.state]
    backs = [event.commit for event in events if event.to_state == note.state]
    beside = (kb.git.text("rev-list", "--max-count=1", b, f"^{ends[-1]}", "--") for b in backs)
    return bool(ends) and any(beside)


def _left(event: Event) -> str:
    """The version that a revision left in force, as front matter writes it; '' for none."""
    blob, _, state = event.get("In-Force").partition(" ")
    return _standing(InForce(blob=blob, state=state)) if blob and state else ""


def _standing(version: InForce | None) -> str:
    """The version in force as front matter writes it, without the day: it proves nothing."""
    return f"{{blob: {version.blob}, state: {version.state}}}" if version else ""
