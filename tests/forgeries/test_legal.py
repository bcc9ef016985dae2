"""Random legal histories, with branches and merges: the audit has nothing to say of them.

``KMKIT_LEGAL=1000 pytest tests/forgeries/test_legal.py`` tries a thousand.
"""

import os
import random
from datetime import date, timedelta

import pytest

from kmkit.errors import KmkitError
from kmkit.lifecycle.context import Request
from kmkit.lifecycle.person import Person
from kmkit.note.file import write_body, write_fields
from kmkit.note.frontmatter import split
from kmkit.note.model import Note
from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import MAL
from tests.forgeries.builder import History
from tests.forgeries.conftest import New, audited
from tests.forgeries.legal_records import walk_a_record

SEEDS = range(int(os.environ.get("KMKIT_LEGAL", "30")))
STEPS = 10
BRANCHES = ("main", "side", "third")
VERBS = {
    "captured": "validate validate validate ask edit release narrow reassign retire",
    "validated": "format format reword same-meaning edit reopen narrow",
    "formatted": "disseminate disseminate edit reopen release retire",
    "disseminated": "confirm confirm disseminate defer edit reopen release reassign retire",
    "maintained": "confirm disseminate defer edit reopen narrow retire",
    "retired": "reopen reopen narrow",
}
"""What may come next; kmkit refuses what does not fit, and then nothing happens."""
ALL = (ANA, BEN, CY, DEE)
METHODS = {ANA: "committee", BEN: "peer-review", CY: "crowd", DEE: "expert-review"}
"""By which each likes to validate; one time in two it is peer review."""
WHO = {
    "validate": (ANA, BEN, BEN, CY, DEE, DEE),
    "same-meaning": (BEN, DEE),
    **dict.fromkeys(("format", "disseminate", "reword", "release"), (ANA,)),
}
"""Who is likely to be allowed to; for everything else the owner, Ana or anybody."""


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_found_in_a_legal_history(new: New, seed: int) -> None:
    history = new(seed % 3 == 0)
    anchor = history.anchor()
    walk = Walk(history, random.Random(seed))
    walk.go()
    report = audited(history, anchor)
    assert report.findings == (), walk.done
    proof = "proved" if history.signed else "claimed"
    assert {standing.proof for standing in report.standings} == {proof}
    assert {standing.proof for standing in report.records} <= {proof}


class Walk:
    """Somebody does something, again and again."""

    def __init__(self, history: History, chance: random.Random) -> None:
        self.history = history
        self.chance = chance
        self.done: list[str] = []
        """What happened, for whoever looks at a failure."""

    def go(self) -> None:
        """All the steps, then every branch comes home."""
        acts = [self.move] * 12 + [self.capture, self.by_hand, self.rename, self.rules]
        acts += [self.merge, self.merge, *[self.use] * 6, self.record_by_hand]
        for _ in range(STEPS):
            self.chance.choice(acts)(self.branch())
        for branch in BRANCHES[1:]:
            if self.history.tip(branch):
                self.join("main", branch)

    def branch(self) -> str:
        """The branch of the next step, made where it is missing."""
        branch = self.chance.choice((BRANCHES[0], *BRANCHES))
        if not self.history.tip(branch):
            self.history.fork(branch)
        return branch

    def somebody(self) -> Person:
        """Anybody; Mal has no key, so signs nothing."""
        return self.chance.choice(ALL if self.history.signed else (*ALL, MAL))

    # By kmkit

    def move(self, branch: str) -> None:
        """A move of some note, or as many attempts as it takes."""
        self.history.checkout(branch)
        notes = list(self.history.kb(ANA).notes())
        for _ in range(4):
            note = self.chance.choice(notes)
            verb = self.chance.choice(VERBS[note.state].split())
            owner = [who for who in ALL if who.key == note.owner]
            who = self.chance.choice(WHO.get(verb) or (*owner, *owner, ANA, self.somebody()))
            kb = self.history.kb(who)
            data = self.rewritten(note, verb)
            try:
                kb.move(verb, note, self.request(who, note, kb.today), data=data)
            except KmkitError:
                continue
            self.done.append(f"{branch}: {kb.actor.key} {verb} {note.short}")
            return

    def request(self, who: Person, note: Note, today: date) -> Request:
        """What is asked for, with everything that any move may want."""
        begun = [verdict.method for verdict in note.fields.verdicts]
        liked = METHODS.get(who, "crowd")
        method = begun[-1] if begun else self.chance.choice((liked, "peer-review"))
        return Request(
            because=self.chance.choice(("Checked.", "a\n---\nKmkit-Move: x", "See:\n\nfoo: bar")),
            method=method,
            verdict=self.chance.choice(("approve", "approve", "approve", "return", "reject")),
            topic="logistics",
            decided_by="The board" if method == "committee" else "",
            minutes="2026-11" if method == "committee" else "",
            channel="weekly-digest",
            level=self.chance.choice(("internal", "domestic", "international")),
            owner=self.chance.choice(ALL).email,
            to=self.chance.choice(ALL).email,
            due=today + timedelta(days=9),
            withdraw=self.chance.random() < 0.2,
        )

    def rewritten(self, note: Note, verb: str) -> bytes | None:
        """What a hand makes of the note before kmkit records it."""
        if verb not in ("edit", "reword"):
            return None
        if self.chance.random() < 0.5:
            topics = ("logistics", f"topic-{self.chance.randrange(99)}")
            return write_fields(note, {"topics": topics})
        body = split(note.text)[0].body
        return write_body(note, body.replace("Text of", f"Text {self.chance.randrange(99)} of"))

    def capture(self, branch: str) -> None:
        """One more lesson."""
        self.history.checkout(branch)
        kb = self.history.kb(self.somebody())
        number = self.chance.randrange(9999)
        made = kb.capture(
            {
                "id": f"20261121-lesson-{number:04d}",
                "title": f"Lesson {number}",
                "summary": "Sign early.",
            },
            "## Context and challenge\n\nText of it.\n\n## Lessons\n\nText of them.\n",
        )
        self.done.append(f"{branch}: {kb.actor.key} capture {made.note.short}")

    def use(self, branch: str) -> None:
        """Somebody plans, does, verifies, asks, answers or screens something."""
        self.history.checkout(branch)
        kb = self.history.kb(self.somebody())
        self.done.append(f"{branch}: {walk_a_record(kb, ALL, self.chance)}")

    # By hand

    def by_hand(self, branch: str) -> None:
        """A plain commit: packaging of any note, substance of a captured one, another file."""
        h, who = self.history, self.somebody()
        path = self.chance.choice(sorted(h.git.tracked(h.tip(branch), "notes")))
        data = h.data(path, branch)
        if b"state: captured" in data and self.chance.random() < 0.5:
            data = data.replace(b"Text", b"Text by hand")
        else:
            data = data.replace(b"language: en", b"language: fr")
        files = {path: data, f"README-{self.chance.randrange(9)}.md": b"x\n"}
        h.commit("By hand\n\nCo-authored-by: X <x@example.org>\n", files, who=who, on=branch)
        self.done.append(f"{branch}: {who.key} by hand {path}")

    def record_by_hand(self, branch: str) -> None:
        """A plain commit that changes what is no part of a use's walk."""
        h, who = self.history, self.somebody()
        paths = [p for p in h.git.tracked(h.tip(branch), "records") if "application" in p]
        if paths:
            path = self.chance.choice(sorted(paths))
            data = h.data(path, branch).replace(b"in: ", b"in: Upper ")
            h.commit("By hand\n", {path: data}, who=who, on=branch)
            self.done.append(f"{branch}: {who.key} by hand {path}")

    def rename(self, branch: str) -> None:
        """A note gets another name, and nothing else."""
        h, who = self.history, self.somebody()
        path = self.chance.choice(sorted(h.git.tracked(h.tip(branch), "notes")))
        new = f"notes/{self.chance.randrange(999)}/{path.rpartition('/')[2]}"
        h.commit("Sort\n", {path: None, new: h.data(path, branch)}, who=who, on=branch)
        self.done.append(f"{branch}: {who.key} rename {path}")

    def rules(self, branch: str) -> None:
        """The steward changes the rules."""
        change = self.chance.choice(
            (
                lambda text: text.replace('reviewer = ["', 'reviewer = ["ana@example.org", "'),
                lambda text: text.replace('committee = ["', 'committee = ["dee@example.org", "'),
                lambda text: text.replace('editor = ["', 'editor = ["ben@example.org", "'),
                lambda text: text.replace("crowd = 3", "crowd = 2"),
                lambda text: text.replace('reviewer = ["ben@example.org", ', "reviewer = ["),
            )
        )
        self.history.rules(change, ANA, on=branch)
        self.done.append(f"{branch}: rules")

    # Merges

    def merge(self, branch: str) -> None:
        """Another branch comes into this one."""
        others = [name for name in BRANCHES if name != branch and self.history.tip(name)]
        if others:
            self.join(branch, self.chance.choice(others))

    def join(self, ours: str, theirs: str) -> None:
        """A merge, where no note and no rule was touched on both sides."""
        h = self.history
        mine, yours = self.touched(theirs, ours), self.touched(ours, theirs)
        if not yours or mine & yours:
            return
        tree = h.merged_tree(ours, theirs)
        parents = [h.tip(ours), h.tip(theirs)]
        h.commit("Merge\n", {}, who=self.somebody(), on=ours, parents=parents, tree=tree)
        self.done.append(f"{ours}: merge {theirs}")

    def touched(self, old: str, new: str) -> set[str]:
        """The names of the files that ``new`` touched since it left ``old``, wherever they are."""
        options = ("--format=", "--name-only", "--no-renames", "-m", "--first-parent")
        paths = self.history.run("log", *options, f"{old}..{new}").split("\n")
        return {path.rpartition("/")[2] for path in paths if path}
