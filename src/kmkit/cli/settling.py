"""What a merge brought together, and nobody has settled yet."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kmkit.kb import KnowledgeBase
    from kmkit.note.model import Note


def settle_due(kb: "KnowledgeBase", note: "Note") -> str:
    """That the approvals of a captured note suffice, and the step that says so; '' otherwise."""
    from kmkit.lifecycle.fingerprint import fingerprint
    from kmkit.lifecycle.rounds import to_settle
    from kmkit.lifecycle.states import State

    if note.state != State.CAPTURED or note.problems or not note.fields.verdicts:
        return ""
    round_ = to_settle(note, fingerprint(note, kb.guidance(note)), kb.committed_policy)
    if round_ is None:
        return ""
    have = len(round_.approvals)
    stands = (
        "The approval that it needs stands" if have == 1 else f"{have} of {have} approvals stand"
    )
    return f"{stands}, so what is left is: kmkit validate {note.short} --settle."
