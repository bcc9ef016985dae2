"""What is done on a disk whose power is cut: kmkit's commands, each told of once it returned."""

import hashlib
import os
import random
import subprocess
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from kmkit.kb import KnowledgeBase
from kmkit.kb.laying import lay
from kmkit.lifecycle.person import Person
from kmkit.note.model import Note
from kmkit.trail import program
from tests.conftest import ANA, APPROVE, BEN, CY, at, captured
from tests.cut_off import git
from tests.power import ends_with_its_parent
from tests.test_kb_resolving import CROWD

SIDES = 3
"""Branches that conflict with the main one, to be merged."""
MOST = {"split": 3}
"""Moves that one command makes, where it is not one."""
BECAUSE = ("--because", "So.", "--no-input")
_DOCUMENT = "# Review {0}\n\n## Lessons\n\n- Warm engine {0} by dawn.\n- Radio driver {0} early.\n"
Step = tuple[str, Person, list[str], list[Path]]
"""A command: what it is called here, by whom, its words, and the files that a hand changed."""


def begin(root: Path) -> None:
    """A knowledge base with some notes, three of which other branches approved as well."""
    kb = lay(root, name="Test Agency", actor=ANA, first_note=False).kb
    for number in range(4):
        captured(kb, f"Lesson {number}")
    validated = captured(kb, "Approved")
    at(kb, BEN).move("validate", validated, APPROVE)
    for number in range(SIDES):
        note = captured(kb, f"Crowded {number}")
        git(root, "checkout", "-q", "-b", f"side-{number}")
        at(kb, CY).move("validate", note, CROWD)
        git(root, "checkout", "-q", "main")
        kb.forget()
        at(kb, BEN).move("validate", kb.read(note.path), CROWD)


def run(root: Path, who: Person, *args: str) -> int:
    """The exit code of a kmkit command by ``who``, run in this process."""
    from kmkit.cli.door import run as kmkit

    os.environ.update(GIT_AUTHOR_NAME=who.name, GIT_AUTHOR_EMAIL=who.email)
    return kmkit(["-C", str(root), *args])


def without_care() -> None:
    """Nothing that this process writes, or git for it, is forced to the disk."""
    os.fsync = lambda fd: None
    eager = ("core.fsync=added,reference", "core.fsync=none")
    program._OPTIONS = tuple(option.replace(*eager) for option in program._OPTIONS)
    assert eager[1] in program._OPTIONS


def with_a_slow_disk(seed: int) -> None:
    """Each thing that is forced to the disk takes its time: a cut comes between two of them."""
    real, chance = os.fsync, random.Random(seed)

    def fsync(fd: Any) -> None:
        time.sleep(chance.uniform(0, 0.01))
        real(fd)

    os.fsync = fsync


class Worker:
    """Gives command after command, and says of each in a file outside what it begins and did."""

    def __init__(self, root: Path, outside: Path, seed: int) -> None:
        self.root, self.outside = root, outside
        self.chance = random.Random(seed)
        self.log = os.open(outside / "log", os.O_CREAT | os.O_APPEND | os.O_WRONLY)
        self.count = seed * 1000

    def work(self) -> None:
        """For ever, in a group of processes of its own."""
        os.setsid()
        ends_with_its_parent()
        said = os.open(self.outside / "said", os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
        os.dup2(said, 1)
        os.dup2(said, 2)
        try:
            self.tell("ready")
            for step in self.steps():
                self.take(*step)
        except Exception:
            traceback.print_exc()
            raise

    def take(self, name: str, who: Person, args: list[str], by_hand: list[Path]) -> None:
        paths = " ".join(str(path.relative_to(self.root)) for path in by_hand)
        self.tell(f"begin {name} {paths}".rstrip())
        if name in ("as-is", "reword"):
            self.by_hand(by_hand[0])
        if run(self.root, who, *args):
            raise AssertionError(f"kmkit {' '.join(args)} failed")
        if name == "resolve":
            self.tell(f"resolved {sha256(by_hand[0])}")
            time.sleep(0.03)
            self.tell("hand")
            git(self.root, "commit", "-q", "--no-edit")
            on_the_disk(self.root)
        if name == "init":
            self.tell(f"made {args[-1]}")
        if name in ("look", "init"):
            return
        tip = (self.root / ".git/refs/heads/main").read_text("ascii").strip()
        self.tell(f"done {name} {tip}")

    def tell(self, line: str) -> None:
        os.write(self.log, f"{line}\n".encode())

    def steps(self) -> Iterator[Step]:
        ways: list[Callable[[], Step | None]] = [
            self.capture, self.validate, self.as_is, self.as_is, self.reword, self.edit,
            self.reassign, self.apply, self.split, self.look, self.resolve, self.init,
        ]  # fmt: skip
        while True:
            self.count += 1
            if step := self.chance.choice(ways)():
                yield step

    def a_note(self, *states: str, crowd: bool = False) -> Note | None:
        begins = ("Crowded",) if crowd else ("Lesson", "Approved")
        notes = KnowledgeBase(self.root).notes()
        fitting = [n for n in notes if n.state in states and n.title.startswith(begins)]
        return self.chance.choice(fitting) if fitting else None

    # Commands

    def capture(self) -> Step:
        attached = self.outside / f"fuel-{self.count}.csv"
        attached.write_text(f"litres\n{self.count}\n", "utf-8")
        words = ["capture", f"Lesson {self.count}", "-m", "Sign early.", "--happened", "Closed."]
        more = ["--source", "anonymous", "--attach", str(attached), "--no-input"]
        return "capture", ANA, [*words, *more], []

    def validate(self) -> Step | None:
        note = self.a_note("captured")
        if not note:
            return None
        how = ["--method", "peer-review", "--approve", "--yes"]
        return "validate", BEN, ["validate", note.id, *how, *BECAUSE], []

    def as_is(self) -> Step | None:
        note = self.a_note("captured")
        if not note:
            return None
        words = ["edit", note.id, "--as-is", *BECAUSE]
        return "as-is", ANA, words, [self.root / note.path]

    def reword(self) -> Step | None:
        note = self.a_note("validated")
        if not note:
            return None
        words = ["edit", note.id, "--as-is", "--reword", *BECAUSE]
        return "reword", ANA, words, [self.root / note.path]

    def edit(self) -> Step | None:
        note = self.a_note("captured", "validated")
        if not note:
            return None
        return "edit", ANA, ["edit", note.id, "--matters-to", f"Driver {self.count}.", *BECAUSE], []

    def reassign(self) -> Step | None:
        note = self.a_note("captured", "validated")
        if not note:
            return None
        other = "cy" if note.owner.startswith("ana") else "ana"
        return "reassign", ANA, ["reassign", note.id, "--to", f"{other}@example.org", *BECAUSE], []

    def apply(self) -> Step | None:
        note = self.a_note("validated")
        if not note:
            return None
        where = ["--in", f"Flood {self.count}", "--outcome", "helped"]
        return "apply", CY, ["apply", note.id, *where, *BECAUSE], []

    def split(self) -> Step:
        document = self.outside / f"review-{self.count}.md"
        document.write_text(_DOCUMENT.format(self.count), "utf-8")
        args = ["capture", "--from", str(document), "--split", "--source", "anonymous"]
        return "split", ANA, [*args, "--no-input"], []

    def look(self) -> Step:
        return "look", ANA, self.chance.choice([["audit"], ["search", "early"], ["status"]]), []

    def resolve(self) -> Step | None:
        merged = git(self.root, "branch", "--merged", "main", "--format=%(refname:short)").split()
        sides = [f"side-{number}" for number in range(SIDES) if f"side-{number}" not in merged]
        note = self.a_note("captured", crowd=True)
        if not sides or not note:
            return None
        self.tell("hand")
        args = ["git", "-C", str(self.root), "merge", "-q", "--no-commit", "--no-ff", sides[0]]
        subprocess.run(args, check=False)
        on_the_disk(self.root)
        path = git(self.root, "diff", "--name-only", "--diff-filter=U")
        return "resolve", ANA, ["resolve", path], [self.root / path]

    def init(self) -> Step:
        return "init", ANA, ["init", str(self.root.parent / f"new-{self.count}")], []

    def by_hand(self, place: Path) -> None:
        """Change the text as an editor does, which leaves it to the system when to write it."""
        draft = self.root.parent / "draft"
        draft.write_bytes(place.read_bytes().rstrip() + f"\n\nOf day {self.count}.\n".encode())
        draft.replace(place)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def on_the_disk(root: Path) -> None:
    """Have there what hands and git did, as it is some seconds later anyway."""
    subprocess.run(["sync", "-f", root], check=True)
