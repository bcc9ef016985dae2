"""Who wrote the words that stand, and where the note does: kmkit's commands and the audit agree.

``KMKIT_AUTHORS=500 pytest tests/test_kb_merging_authors.py`` tries five hundred histories.
"""

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, event, example, given, settings
from hypothesis import strategies as st

from kmkit.errors import KmkitError, Refused
from kmkit.kb import KnowledgeBase
from kmkit.kb.history import authors
from kmkit.kb.laying import lay
from kmkit.kb.resolving import resolve
from kmkit.lifecycle.context import Request
from kmkit.lifecycle.person import Person
from kmkit.note.file import write_body
from kmkit.note.frontmatter import split
from kmkit.note.model import Note
from kmkit.trail.audit.asking import objects
from kmkit.trail.audit.compare import bare
from kmkit.trail.audit.known import Known
from kmkit.trail.audit.session import Session
from kmkit.trail.fold import Claim
from kmkit.trail.writers import Authors
from tests.conftest import ANA, APPROVE, BEN, CY, DEE, NOW, at
from tests.test_kb_merging_properties import BODY, faults, git

EXAMPLES = int(os.environ.get("KMKIT_AUTHORS", "8"))
PEOPLE = (ANA, BEN, CY, DEE)
WORDS = ("Text of results.", "Text of outcomes.", "Text of what came of it.")
"""Few enough that branches come to the same ones."""
BRANCHES = ("main", "side", "third")
REJECT = Request(because="No.", method="peer-review", verdict="reject")
STEP = st.tuples(
    st.sampled_from((*["edit"] * 4, *["hand"] * 4, *["validate"] * 4, "reopen", "reopen", "reject",
                     "renew", "retire", "format", "rename", *["merge"] * 6, "join", "join",
                     "fork")),
    st.sampled_from(BRANCHES),
    st.sampled_from(PEOPLE),
    st.integers(0, 2),
)  # fmt: skip


TWO_REVISIONS = [
    ("validate", "main", ANA, 1),
    ("merge", "side", BEN, 0),
    ("edit", "main", DEE, 2),
    ("validate", "main", BEN, 1),
    ("edit", "side", ANA, 1),
    ("hand", "side", BEN, 2),
]
"""One branch revises and approves what another revises from the same version."""


@example(TWO_REVISIONS)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking real repositories takes long
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(STEP, min_size=10, max_size=20))
def test_the_audit_and_the_commands_say_the_same_of_a_note(
    steps: list[tuple[str, str, Person, int]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lines = Lines.begun(Path(folder) / "kb")
        for step in steps:
            lines.take(*step)
        for branch in BRANCHES[1:]:
            lines.take("merge", "main", ANA, BRANCHES.index(branch))
        for branch in BRANCHES:
            lines.compare(branch)


@dataclass
class Lines:
    """One note on some branches."""

    kb: KnowledgeBase
    id: str
    day: int = 0
    done: list[str] = field(default_factory=list)

    @classmethod
    def begun(cls, root: Path) -> "Lines":
        """A note that is captured on every branch."""
        kb = lay(root, name="T", now=NOW, actor=ANA, first_note=False).kb
        git(kb, "branch", "-M", "main")
        fields = {"title": "Order fuel", "summary": "Sign early.", "matters_to": "Drivers.",
                  "topics": ["fuel"], "level": "domestic"}  # fmt: skip
        note = at(kb, CY).capture(fields, BODY).note
        for branch in BRANCHES[1:]:
            git(kb, "branch", branch)
        return cls(kb, note.id)

    def take(self, verb: str, branch: str, who: Person, number: int) -> None:
        """One step, where it is allowed."""
        self.day += 1
        git(self.kb, "checkout", "-q", branch)
        seen = at(self.kb, who, NOW + timedelta(days=self.day))
        note = seen.resolve(self.id)
        with suppress(KmkitError):
            match verb:
                case "merge":
                    self.merge(branch, BRANCHES[number])
                case "join":
                    self.join(self.worded(note, number) if number else note.data, note)
                case "fork":
                    self.fork(branch, BRANCHES[number])
                case "hand" | "rename":
                    self.by_hand(note, verb, who, number)
                case "edit":
                    seen.move(verb, note, Request(because="So."), data=self.worded(note, number))
                case "reject":
                    seen.move("validate", note, REJECT)
                case _:
                    seen.move(verb, note, APPROVE)
            self.done.append(f"{branch}: {who.name} {verb} {number}")

    def worded(self, note: Note, number: int) -> bytes:
        """The note with other words."""
        body = split(note.text)[0].body
        for words in WORDS:
            body = body.replace(words, WORDS[number])
        return write_body(note, body)

    def by_hand(self, note: Note, verb: str, who: Person, number: int) -> None:
        """A plain commit, which somebody helped with."""
        place = self.kb.root / note.path
        if verb == "rename":
            (self.kb.root / "notes" / "sub").mkdir(exist_ok=True)
            git(self.kb, "mv", str(note.path), f"notes/{('sub/', '')[number % 2]}n{number}.md",
                ok=(0, 1, 128))  # fmt: skip
        elif note.state == "captured":
            place.write_bytes(self.worded(note, number))
        other = PEOPLE[(PEOPLE.index(who) + number) % 4]
        message = f"By hand\n\nCo-authored-by: {other}\n"
        author = f"--author={who}"
        git(self.kb, "commit", "-q", "-a", "--allow-empty", author, "-m", message)

    def fork(self, branch: str, other: str) -> None:
        """Another branch stands where this one does."""
        if branch != other:
            git(self.kb, "branch", "-f", other, branch)

    def merge(self, branch: str, other: str) -> None:
        """Another branch comes into this one, unless a person would have to look."""
        before = git(self.kb, "rev-parse", "HEAD")
        git(self.kb, "merge", "--no-commit", "--no-ff", other, ok=(0, 1, 128))
        if not git(self.kb, "rev-parse", "-q", "--verify", "MERGE_HEAD", ok=(0, 1)):
            return
        try:
            seen = at(self.kb, ANA)
            resolve(seen, seen.resolve(self.id))
            git(self.kb, "commit", "-q", "--no-edit")
        except (KmkitError, AssertionError):
            git(self.kb, "merge", "--abort", ok=(0, 1, 128))
            git(self.kb, "reset", "-q", "--hard", before)
            raise Refused("It is left to people.") from None
        self.unless_found(before)

    def join(self, data: bytes, note: Note) -> None:
        """All the branches as one, in words that some have, or none."""
        before = git(self.kb, "rev-parse", "HEAD")
        (self.kb.root / note.path).write_bytes(data)
        git(self.kb, "add", "-A")
        tree, message = git(self.kb, "write-tree"), f"Join\n\nCo-authored-by: {DEE}\n"
        others = [git(self.kb, "rev-parse", branch) for branch in BRANCHES]
        parents = [f"-p{name}" for name in dict.fromkeys([before, *others])]
        made = git(self.kb, "commit-tree", *parents, "-m", message, tree)
        git(self.kb, "reset", "-q", "--hard", made)
        self.unless_found(before)

    def unless_found(self, before: str) -> None:
        """Take a merge back of which the audit finds something."""
        if faults(self.kb):
            git(self.kb, "reset", "-q", "--hard", before)
            raise Refused("The audit finds something.")

    def compare(self, branch: str) -> None:
        """No finding, and the same authors, state and verdicts."""
        git(self.kb, "checkout", "-q", branch)
        assert faults(self.kb) == [], self.done
        note = at(self.kb, ANA).resolve(self.id)
        merges = git(self.kb, "rev-list", "--merges", "--count", "HEAD")
        event(f"{branch} {note.state} {min(int(merges), 3)} merges")
        known = known_by_the_audit(self.kb, note)
        written = known.written.authors(known.fingerprint)
        assert named_by_kmkit(self.kb, note) == written, self.done
        claim = self.kb.claim(note)
        assert standing(claim) == standing(known.claim), self.done
        # the trail has verdicts of every branch, the file those of the line that stands
        assert approved(known.claim) <= approved(claim), self.done


def named_by_kmkit(kb: KnowledgeBase, note: Note) -> Authors:
    """Whom kmkit's own commands take for the authors."""
    policy = kb.committed_policy
    return authors(kb.git, str(note.path), kb.claim(note), kb.guidance(note), policy)


def standing(claim: Claim) -> tuple[object, ...]:
    """All of a claim that decides what may become of a note."""
    verdicts = [bare(entry) for entry in claim.verdicts]
    return claim.state, claim.level, claim.owner, bare(claim.in_force), verdicts


def approved(claim: Claim) -> set[tuple[str, str]]:
    """What was approved of the version in force, and by which method."""
    held = claim.held if claim.in_force else ()
    return {(entry.fingerprint, entry.method) for entry in held if entry.verdict == "approve"}


def known_by_the_audit(kb: KnowledgeBase, note: Note) -> Known:
    """What the audit knows of the note."""
    anchor = git(kb, "rev-list", "--max-parents=0", "HEAD")
    with objects(kb.git) as fetch:
        session = Session(kb.git, "", fetch, None, required=False)
        known = session.whole(anchor, kb.git.tip(), lag=0).tip.book.get(str(note.path))
    assert known
    return known
