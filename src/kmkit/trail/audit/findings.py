"""What the audit can find, what it says of each note, and the rules behind it.

`RULES` is the one definition of the rules: ``kmkit audit --explain RULE``, SARIF and the
documentation read it. The ids are a contract: scripts and CI name them.
"""

from collections.abc import Collection
from typing import Literal, NamedTuple

from kmkit.text import as_typed
from kmkit.trail.audit.records_rules import RECORDS

Proof = Literal["proved", "claimed", "unproved", "before-anchor"]
"""How well a note stands: signed throughout; told by the trail; not told; older than the anchor."""
RecordProof = Proof | Literal["by-hand"]
"""How well a record stands; by-hand: the file alone says so, and nobody asks for more."""
RecordCount = Literal[
    "record-proved", "record-claimed", "record-unproved", "record-before-anchor", "record-by-hand",
    "verified-unproved", "verified-by-hand",
]  # fmt: skip
"""How records are counted among notes; a use that is verified without proof by itself."""
Counted = Proof | RecordCount


class Rule(NamedTuple):
    """One thing that every commit, or every note, is held to."""

    id: str
    title: str
    explain: str
    """A paragraph: what is wrong, why it matters, what to do."""

    def mend(self, note: str = "") -> str:
        """What to do, in the commands for the note with this id."""
        said = self.explain.partition("Mend: ")[2]
        said = said[:1].upper() + said[1:]
        short = as_typed(note[-4:])
        return said.replace("NOTE", short).replace("RECORD", short) if note else said


class Finding(NamedTuple):
    """One thing that the trail does not bear out."""

    rule: str
    """A key of `RULES`."""
    note: str
    """The note's or record's id; '' where it is about the rules or the history."""
    path: str
    """From the top of the knowledge base; '' where it is about no file."""
    commit: str
    message: str
    mend: str = ""
    again: str = ""
    """The commit by which it stands again, after it was made good; '' for most."""

    def within(self, commits: Collection[str] | None) -> bool:
        """Whether it was found, or stands again, in one of ``commits``; None is all."""
        return commits is None or self.commit in commits or self.again in commits


class Standing(NamedTuple):
    """How one note stands at the tip."""

    note: str
    path: str
    state: str
    fingerprint: str
    proof: Proof
    since: str = ""
    """The commit since which it stands so: that proved it, or in which the proof was lost."""
    by: tuple[str, ...] = ()
    """E-mails of those who approved what stands."""
    recorded_by: str = ""
    """Who recorded a decision that others took."""


class RecordStanding(NamedTuple):
    """How one record stands at the tip."""

    record: str
    kind: str
    path: str
    stage: str
    """Where it stands, such as verified."""
    note: str
    """The note that it is about, '' for none."""
    outcome: str
    """Of an application."""
    proof: RecordProof
    since: str = ""
    """The commit that last took a step, or in which the proof was lost."""
    by: str = ""
    """E-mail of who verified or decided it."""

    @property
    def counted(self) -> RecordCount:
        """How it is counted."""
        return count_of(self.stage, self.proof)


def count_of(stage: str, proof: RecordProof) -> RecordCount:
    """How a record is counted: by its proof, and where it is verified without one by that."""
    if stage == "verified" and proof in _DOUBTFUL:
        return _DOUBTFUL[proof]
    return _COUNTS[proof]


_DOUBTFUL: dict[RecordProof, RecordCount] = {
    "unproved": "verified-unproved",
    "by-hand": "verified-by-hand",
}
_COUNTS: dict[RecordProof, RecordCount] = {
    "proved": "record-proved",
    "claimed": "record-claimed",
    "unproved": "record-unproved",
    "before-anchor": "record-before-anchor",
    "by-hand": "record-by-hand",
}


_MOVES = {
    "state-without-move": ("A field that only moves write changed without a move", """State,
        verdicts, level, owner and the other fields that only moves write were changed by a commit
        that records no such move. Nobody answers for the change, and no guard looked at it. Mend:
        put the field back with a plain commit (after a git revert: revert that), then make the move
        with kmkit; or, where a squash or a rebase lost the move, write back what it said of readers
        and reviews, and have it approved anew: kmkit validate NOTE --renew."""),
    "illegal-move": ("The lifecycle has no such move", """The commit names a move that does not
        lead from the state the note was in to the state it is in now: a step was skipped, or the
        move starts from the wrong state. Mend: put the note back into the state it had, then take
        every step with kmkit."""),
    "move-mismatch": ("The commit does not do what its trailers say", """The trailers name another
        note, another state or other values than those that the commit wrote into the file. One of
        the two is wrong, so the move proves nothing. Mend: put the note back as it was before, then
        make the move with kmkit."""),
    "fingerprint-mismatch": ("The trailer's fingerprint is not that of the text", """The commit says
        that it is about a text with one fingerprint, and the file holds a text with another. An
        approval would then cover words that nobody judged. Mend: put the note back as it was
        before, then make the move with kmkit."""),
    "bad-trailers": ("The trailers cannot be read for certain", """The commit carries kmkit's
        trailers twice, in another spelling, or outside the last paragraph of its message, so that
        two readers would understand two different things. Such a commit is no move. Mend: put the
        note back as it was before, then make the move with kmkit, which writes the message."""),
    "text-changed-in-move": ("A move changed the text as well", """A move such as validate or format
        changed the text, or fields such as the sources, in the same commit. What was judged is then
        not what stood there before. Mend: take the commit back with git revert; or, of an approved
        note, have it judged anew: kmkit reopen NOTE."""),
    "more-than-the-note": ("A move touched more than its note", """A move is a commit that touches
        one note and the files attached to it. This one changed other notes or the rules as well,
        which its message does not tell. Mend: undo it with git revert and make each change by
        itself."""),
    "move-without-change": ("A move that changed nothing", """The commit carries the trailers of a
        move and does not touch the note that it names. Counted as a move it would prove what never
        stood in the file. Mend: none is needed where the note stands right; otherwise make the move
        with kmkit."""),
    "squashed": ("Several moves in one commit", """The commit joins the messages of several moves,
        as a squash merge does. Who did which of them, on which text, cannot be told any more. Mend:
        merge such branches without squashing; somebody entitled renews the note with
        kmkit validate NOTE --renew."""),
    "refused-move": ("kmkit would have refused this move", """A guard of the move objects: a reason,
        a required field, a section or a channel is missing, or a date does not fit. The commit was
        not made by kmkit, or by a changed one. Mend: see what the message names, put the note back
        as it was and make the move with kmkit."""),
}  # fmt: skip

_PEOPLE = {
    "not-entitled": ("Somebody without the role made the move", """By policy.toml as it stood
        before the commit, in every one of its parents, the author of the commit did not hold a role
        that may make this move. A role given later, or in the same commit, does not count. Mend:
        take it back with git revert, and somebody who holds the role makes the move; or they repeat
        it, and then the note is renewed: kmkit validate NOTE --renew."""),
    "own-approval": ("Somebody approved what they wrote or gave", """From peer review on, nobody
        who gave, gathered, typed or wrote this text may approve it; co-authors of a commit count,
        and so does somebody of the same full name at another address. Mend: take it back with git
        revert and have somebody else validate it: kmkit validate NOTE --ask EMAIL. Where other
        moves came after it and the note is approved, first kmkit reopen NOTE."""),
    "own-part": ("Somebody wrote themselves out of a note, or in", """Who gave, gathered or wrote a
        note does not approve it, and its backup may confirm it. This commit takes the name of its
        own author out, or names a backup although its author neither owns the note nor manages
        here. Mend: put the line back as it was with a plain commit; if it is wrong, somebody else
        takes it out, and the owner names the backup."""),
    "method-not-allowed": ("The way of validating does not fit", """The method is not one that the
        note's kind or level allows, is not the one in which the round of validation began, or lacks
        what it asks for, such as the topic of an expert or the minutes of a committee. Mend: take
        it back with git revert and validate it by a method that fits: kmkit validate NOTE. Where
        other moves came after it and the note is approved, first kmkit reopen NOTE."""),
    "quorum-not-reached": ("Validated without enough approvals", """The note was called validated
        although the approvals that count, of different people and for this very text, are fewer
        than policy.toml asks for, or a return still stands. Mend: put it back to captured and let
        the missing reviewers validate it."""),
    "rules-by-other": ("The rules were changed by somebody who is no steward", """policy.toml and
        the templates of notes decide what counts as proof. Only a steward changes them, by the
        roles that stood in every parent of the commit; nobody makes themselves steward. Mend: a
        steward puts the file back as it was, or commits the change anew."""),
    "rules-unreadable": ("The rules cannot be read", """policy.toml or a template of notes cannot be
        read as it stands in this commit, or was taken away, so that nothing after it can be judged.
        The rules before it are used instead. Mend: a steward repairs the file."""),
    "unsigned-move": ("A move without a signature", """policy.toml asks for signatures, and this
        commit carries none, or one that does not verify. Anybody can write anybody's name into a
        commit. Mend: ask whom it names, in person. If they did not make it, it is forged: undo it
        with git revert, of a new note as a manager or a steward. If they did, they set up signing
        (docs/trust.md) for what comes later; then undo it and make it again, or have the note
        approved as it stands by kmkit validate --renew, of a captured one after kmkit validate. A
        review, a dissemination, a level or an owner is first put back in the file: no approval
        makes them good. The rules a steward commits anew; a merge is made again, signed, as long as
        nobody has it."""),
    "wrong-key": ("Signed with a key that is not the author's", """The commit is signed, but by
        policy.toml as it stood before it, in every one of its parents, the key is not one of the
        commit's author. A key added in the same commit, or already taken away, does not count.
        Mend: ask whom it names, in person. If they did not make it, it is forged: undo it with git
        revert, of a new note as a manager or a steward. If they did, a steward adds their new key
        to policy.toml for what comes later; then undo it and make it again, or have the note
        approved as it stands by kmkit validate --renew, of a captured one after kmkit validate. The
        rules a steward commits anew."""),
}  # fmt: skip

_SUBSTANCE = {
    "changed-after-approval": ("The text changed after it was approved", """The substance of an
        approved note changed in a commit that is no revision, so the approval is about words that
        no longer stand there. Mend: if the meaning is the same, put the old text back, make the
        change with kmkit edit, and have an approver confirm it; otherwise kmkit reopen NOTE, then
        have it validated."""),
    "unapproved-text": ("The text that stands was never approved", """The note is to be
        formatted, disseminated or maintained, and by the trail nobody approved the substance that
        stands. Mend: have it judged anew:
        kmkit reopen NOTE, then kmkit validate NOTE."""),
    "verdicts-differ": ("The verdicts in the file are not those of the trail", """The front matter
        holds a copy of the verdicts that the commits record. Here an entry is missing, was added or
        says something else, so readers of the file alone are misled. Mend: put the field back as it
        was; if a verdict is to be given, use kmkit validate."""),
    "bad-in-force": ("The version in force was never approved", """`in_force` names the version that
        readers see while a note is revised. This one is not the approved version that stood before
        the revision, so readers would see a text that nobody approved. Mend: retire the note, or
        put in_force back as kmkit wrote it."""),
}  # fmt: skip

_MERGES = {
    "mixed-merge": ("A merge mixed text and state of two versions", """A merge takes the state and
        the text of a note together, from one parent. Here the state comes from one side and the
        text from another, or both from neither: an approval slid onto words that nobody judged.
        git does so without any conflict. Mend: have what stands
        judged: kmkit reopen NOTE, then kmkit validate NOTE."""),
    "merge-lost-move": ("A merge dropped a move", """One side of the merge carries the note further
        than the other, and the merge took the older version: what was decided is gone from the file
        while it stands in the history. Mend: repeat what was dropped (a level or an owner: in the
        file), then have the note renewed: kmkit validate NOTE --renew; or, where the other side
        decided nothing, put the file back as that side has it, with a plain commit."""),
    "merged-rules": ("A merge changed the rules", """The merge holds rules that are neither side's,
        or takes back a change that a steward made on one of them, and its author is not steward on
        both sides. Mend: a steward commits the rules as they should stand."""),
}  # fmt: skip

_FILES = {
    "id-changed": ("The id of a note changed", """The id is the note's identity for good: every
        approval and every link goes by it. Here a file got another id, and with it the history of
        another note. Mend: put the id back; a new note is captured with kmkit capture."""),
    "duplicate-id": ("Two files hold one id", """A second file with the id of a note would share its
        approvals. Mend: delete the copy; if it is a note of its own, capture it with
        kmkit capture."""),
    "not-a-file": ("A note that is no plain file", """A symbolic link or a submodule stands where a
        note should be. What it shows can change without any commit here. Mend: put the real file in
        its place."""),
    "unreadable-note": ("A note cannot be read", """The front matter of the note has errors in this
        commit, so its state cannot be told for certain. Mend: repair the line that kmkit check
        names, and commit that."""),
    "removed-note": ("A note was removed by somebody who may not retire it", """A note disappeared
        in a commit of somebody who neither owns it nor is manager or steward. Notes end by kmkit
        retire, which keeps them and says why. Mend: bring the file back with git, then retire
        it."""),
}  # fmt: skip

_HISTORY = {
    "unproved": ("The proof was lost or never there", """The note claims a state that its history
        does not lead to: it came in from elsewhere, or a squash or rebase dropped the moves. The
        claim may be true, but nothing here proves it. Mend: if it is true, somebody entitled renews
        it with kmkit validate NOTE --renew, a captured one after it is validated. One that no move
        captured, or that is retired, is captured anew: kmkit capture PATH says what to take out
        first. A forged new note is taken away by a manager or a steward, with git rm."""),
    "outside-anchor": ("A change from a history that does not begin at the anchor", """The commit
        changes notes or rules and comes from a line of history that does not lead back to the
        anchor, so no rules stood before it. Mend: repeat the change on a branch that begins after
        the anchor."""),
    "wrong-anchor": ("The history does not lead back to the anchor", """The anchor is the commit
        whose rules are trusted. The history audited does not contain it, so it was replaced by
        another. Mend: compare the anchor with the one your steward published; get a fresh clone if
        they agree."""),
    "history-rewritten": ("The history was rewritten", """The tip that was audited here last is no
        longer part of the history: somebody forced another history onto the branch. Moves may have
        disappeared. Mend: ask who rewrote it and why; the old tip is kept, and
        git log refs/kmkit/seen/heads/BRANCH shows it. If it was meant, run
        kmkit audit --accept-rewrite."""),
}  # fmt: skip

RULES: dict[str, Rule] = {
    id: Rule(id, title, " ".join(text.split()))
    for id, (title, text) in (
        _MOVES | _PEOPLE | _SUBSTANCE | _MERGES | _FILES | RECORDS | _HISTORY
    ).items()
}
"""Every rule by its id."""
