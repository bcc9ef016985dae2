"""Cuts of the power of a machine on which kmkit works, and what is looked at after each."""

import importlib
import os
import pkgutil
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import kmkit
from kmkit.trail.holder import signer
from kmkit.trail.names import object_name
from tests.conftest import ANA
from tests.cut_off import forked
from tests.power import Disk, NoDiskError, ends_with_its_parent
from tests.power_work import (
    MOST,
    Worker,
    begin,
    on_the_disk,
    run,
    sha256,
    with_a_slow_disk,
    without_care,
)

KEPT = ("lock", "index-", "audit")
"""What is in kmkit's folder, besides the journal: its lock, and what it can make anew."""
PATIENCE = 120
"""Seconds that a command takes at most, on however busy a machine."""
FRESH = 25
"""Cuts after which a new knowledge base is taken: a long history makes each look at it slow."""


@dataclass
class Figures:
    """What came of some cuts."""

    cuts: int = 0
    halfway: int = 0
    """Cuts that left a lock or a journal of kmkit's."""
    finished: int = 0
    """Moves that had happened, and that the next command finished."""
    on_request: int = 0
    """Times that only `kmkit doctor --mend` could free the way."""
    acknowledged: int = 0
    begun: int = 0
    """Knowledge bases of which `kmkit init` had said that they are there."""
    by_hand: int = 0
    """Locks of git's own that had to be removed by hand, as kmkit says of them."""
    hand_edits: int = 0
    """Cuts that took what an editor had written, before a command had recorded it."""
    losses: list[str] = field(default_factory=list)
    """What was not as it should be, for each cut of which there is something to say."""


def series(
    folder: Path, number: int, options: str, seed: int, *, careless: bool, enough: int
) -> Figures:
    """So many cuts of one machine's power, each after the one before was looked at.

    No more than ``enough`` of them lose something.
    """
    figures = Figures()
    disk = Disk(folder, options)
    disk.make()
    for module in pkgutil.walk_packages(kmkit.__path__, "kmkit."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)  # once, and not in every process
    begin(disk.top / "kb")
    disk.unmount()
    new = disk.image.replace(folder / "new.img")
    machine: Machine | None = None
    try:
        for count in range(number):
            if not machine or machine.broken or count % FRESH == 0:
                disk.unmount()
                subprocess.run(["cp", "--sparse=auto", new, disk.image], check=True)
                disk.mount()
                machine = Machine(disk, figures, careless=careless)
            machine.cut(seed * 100_000 + count)
            if len(figures.losses) == enough:
                break
    except NoDiskError as error:  # there was one: a cut has damaged it
        raise AssertionError(str(error)) from None
    finally:
        disk.close()
    return figures


class Machine:
    """A knowledge base on a disk, and all that was acknowledged on it."""

    def __init__(
        self, disk: Disk, figures: Figures, *, careless: bool = False, name: str = "kb"
    ) -> None:
        self.disk, self.figures, self.careless = disk, figures, careless
        self.root = disk.top / name
        self.git_dir = self.root / ".git"
        self.config = (self.git_dir / "config").read_bytes()
        self.acknowledged: set[str] = set()
        self.broken = False
        """Whether it is no good for another cut."""
        self.before = self.git("rev-parse", "HEAD")
        """The last commit that was acknowledged."""

    def cut(self, seed: int) -> None:
        """Cut the power while commands follow each other, and look at what is left."""
        chance = random.Random(seed)
        log = self.disk.folder / "log"
        log.unlink(missing_ok=True)
        (self.disk.folder / "said").write_text("", "utf-8")
        worker = forked(partial(self._work, seed))
        other = forked(self._neighbour) if chance.random() < 0.5 else 0
        try:
            self._strike(worker, log, chance)
        finally:
            for child in filter(None, (worker, other)):
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
        self.disk.cut()
        self.figures.cuts += 1
        said = log.read_text("utf-8").splitlines()
        try:
            faults = list(self._faults(said, mend_first=chance.random() < 0.5))
        except Exception as error:  # whatever it is: the repository cannot be read
            faults = [f"{type(error).__name__}: {error}"]
        self.broken = bool(faults) or self.careless
        if faults:
            self.figures.losses.append(f"cut {seed} in '{said[-1]}': {'; '.join(faults)}")

    def _work(self, seed: int) -> None:
        if self.careless:
            without_care()
        elif seed % 2:
            with_a_slow_disk(seed)
        Worker(self.root, self.disk.folder, seed).work()

    def _neighbour(self) -> None:
        """Another program, which has the file system write down what it did at any moment."""
        ends_with_its_parent()
        with (self.disk.top / "neighbour").open("wb") as stream:
            while True:
                stream.write(b"x")
                stream.flush()
                os.fsync(stream.fileno())
                time.sleep(0.001)

    def _strike(self, worker: int, log: Path, chance: random.Random) -> None:
        """Stop the worker and what it started: at a random time, or in the middle of a move."""
        self._until(lambda: log.exists() and bool(log.read_bytes()))
        after = chance.choice((0, 0, 1, 1, 2, 3)) if self.figures.cuts else 1
        self._until(lambda: log.read_text("utf-8").count("done") >= after)
        branch, lock = self.git_dir / "refs/heads/main", self.git_dir / "index.lock"
        at, way = branch.read_bytes(), chance.choice(("any time", "locked", "moved"))
        if way == "any time":
            time.sleep(chance.uniform(0, 0.25))
        elif way == "locked":
            self._until(lambda: bool(signer(lock)))
            time.sleep(chance.uniform(0, 0.04))
        else:
            self._until(lambda: branch.read_bytes() != at)
            time.sleep(chance.uniform(0, 0.02))

        def stopped() -> bool:
            os.killpg(worker, signal.SIGSTOP)
            if log.read_text("utf-8").splitlines()[-1] != "hand":
                return True
            os.killpg(worker, signal.SIGCONT)
            return False

        self._until(stopped)
        os.killpg(worker, signal.SIGKILL)

    def _until(self, there: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE
        said = self.disk.folder / "said"
        while not there():
            if time.monotonic() > until or "Traceback" in said.read_text("utf-8"):
                raise AssertionError(said.read_text("utf-8"))
            time.sleep(0.0002)

    # Looks

    def _faults(self, said: list[str], *, mend_first: bool) -> Iterator[str]:
        done = [line.split()[2] for line in said if line.startswith("done ")]
        self.figures.acknowledged += len(set(done) - self.acknowledged - {self.before})
        self.acknowledged |= set(done)
        self.before = done[-1] if done else self.before
        under_way = said[-1].split() if said[-1].startswith(("begin ", "resolved ")) else []
        self._gits_own_lock()
        self.figures.halfway += self._halfway()
        if mend_first:
            self.figures.finished += "is finished now" in self._kmkit("doctor", "--mend")[1]
        if under_way[:1] == ["resolved"] or under_way[1:2] == ["resolve"]:
            yield from self._merged(said)
            under_way = []
            own = 0
        else:
            own = self._next_command(avoid=under_way[2:])
        yield from self._history(under_way, own)
        self._hands_back(under_way, own)
        yield from self._sound()
        for line in said:
            if line.startswith("made "):
                yield from self._made(Path(line.split()[1]))
        self.before = self.git("rev-parse", "HEAD")
        self.acknowledged.add(self.before)

    def _halfway(self) -> bool:
        """Whether a move was under way: kmkit's lock on the index, or its journal, is there."""
        there = (self.git_dir / "kmkit/journal-main.json", self.git_dir / "index.lock")
        return any(place.exists() for place in there)

    def _gits_own_lock(self) -> None:
        """git's lock on the index, where git was cut off while it looked: nobody else's to remove.

        `kmkit doctor` names it.
        """
        lock = self.git_dir / "index.lock"
        if lock.exists() and not signer(lock):
            assert f"{lock} exists" in self._kmkit("doctor")[1]
            lock.unlink()
            self.figures.by_hand += 1

    def _merged(self, said: list[str]) -> Iterator[str]:
        """A merge by hand, whose note was resolved or was about to be: it is, or can be."""
        [path] = [line.split()[2] for line in said if line.startswith("begin resolve")][-1:]
        if said[-1].startswith("resolved"):
            if sha256(self.root / path) != said[-1].split()[1]:
                yield f"{path} is not as it was resolved"
            if self.git("ls-files", "--unmerged"):
                yield f"{path} was resolved and staged, and is in conflict"
        if self.git("ls-files", "--unmerged"):
            self._must("resolve", path)
        self.git("commit", "-q", "--no-edit")
        on_the_disk(self.root)
        self.before = self.git("rev-parse", "HEAD")

    def _next_command(self, avoid: list[str]) -> int:
        """Give a note to somebody, again where something had to be mended first; the moves made."""
        for _ in range(3):
            code, text = self._kmkit(*self._reassign(avoid))
            if not code:
                return 1
            if "is finished now" in text:
                self.figures.finished += 1
            elif "doctor --mend" in text:
                self.figures.on_request += 1
                self._must("doctor", "--mend")
            else:
                break
        raise AssertionError(f"the next command does not work: {text}")

    def _reassign(self, avoid: list[str]) -> list[str]:
        for place in sorted((self.root / "notes").rglob("*.md")):
            path, text = place.relative_to(self.root).as_posix(), place.read_text("utf-8")
            if path not in avoid and "\ntitle: Lesson" in text:
                other = "cy" if "\nowner: ana" in text else "ana"
                return ["reassign", path, "--to", f"{other}@example.org", "--no-input"]
        raise AssertionError("no note is left")

    def _history(self, under_way: list[str], own: int) -> Iterator[str]:
        """What was acknowledged stands in it, and at most what was under way besides."""
        commits = set(self.git("rev-list", "HEAD").split())
        if lost := self.acknowledged - commits:
            yield f"{len(lost)} acknowledged moves are not in the history"
        more = int(self.git("rev-list", "--count", f"{self.before}..HEAD")) - own
        if more > (MOST.get(under_way[1], 1) if under_way else 0):
            yield f"{more} moves happened that nobody made"

    def _hands_back(self, under_way: list[str], own: int) -> None:
        """The file that a hand changed, as it was, where no command had recorded it yet."""
        moved = int(self.git("rev-list", "--count", f"{self.before}..HEAD")) - own
        for path in [] if moved else under_way[2:]:
            if self._sha(path) != self.git("rev-parse", f"HEAD:{path}"):
                self.figures.hand_edits += 1
                self.git("checkout", "-q", "HEAD", "--", path)
                on_the_disk(self.root)

    def _sound(self) -> Iterator[str]:
        """Nothing is damaged, in the way, or otherwise than kmkit has it."""
        if damage := self.git("fsck", "--strict", "--no-dangling", "--no-progress"):
            yield f"git fsck: {damage}"
        yield from self._files()
        yield from self._left()
        yield from self._kmkit_agrees()

    def _files(self) -> Iterator[str]:
        """Files and index are those of the last commit, to the byte."""
        committed = {
            path: (about.split()[0], about.split()[2])
            for about, path in self._rows("ls-tree", "-r", "HEAD")
        }
        staged = {path: tuple(about.split()[:2]) for about, path in self._rows("ls-files", "-s")}
        if staged != committed:
            yield f"the index differs in {self._differ(staged, committed)}"
        found = {
            path.relative_to(self.root).as_posix()
            for path in self.root.rglob("*")
            if path.is_file() and self.git_dir not in path.parents
        }
        on_disk = {path: (committed.get(path, ("",))[0], self._sha(path)) for path in found}
        if on_disk != committed:
            yield f"the files differ in {self._differ(on_disk, committed)}"
        if status := self.git("status", "--porcelain", "--untracked-files=all"):
            yield f"git status: {status}"

    def _left(self) -> Iterator[str]:
        """Nothing that is empty, half done or in the way.

        git's diary may lack its last lines; objects that had no name yet git removes in time.
        """
        for path in self.git_dir.rglob("*"):
            first, *below = path.relative_to(self.git_dir).parts
            apart = first == "logs" or (first == "kmkit" and below and below[0].startswith(KEPT))
            if not path.is_file() or apart:
                continue
            odd = path.suffix == ".lock" or "kmkit-" in path.name or path.name.startswith("journal")
            if odd or not (path.stat().st_size or path.name.startswith("tmp_obj_")):
                yield f"{path.relative_to(self.root)} of {path.stat().st_size} bytes is left"
        if (self.git_dir / "config").read_bytes() != self.config:
            yield "the configuration is another one"

    def _kmkit_agrees(self) -> Iterator[str]:
        for command in (["audit"], ["doctor"], ["search", "early"]):
            code, text = self._kmkit(*command)
            if code:
                yield f"kmkit {command[0]}: {text}"
        notes = sum(1 for path in (self.root / "notes").rglob("*.md"))
        _, text = self._kmkit("list")
        if not re.search(rf"^{notes} notes?\.", text, re.MULTILINE):
            yield f"kmkit list tells of other notes than {notes}: {text}"

    def _made(self, root: Path) -> Iterator[str]:
        """A knowledge base that was begun is whole, and knows its anchor."""
        self.figures.begun += 1
        here = Machine(self.disk, Figures(), name=root.name)
        for fault in here._sound():
            yield f"{root.name}: {fault}"
        said = here._kmkit("audit")[1]
        if ", pinned here." not in said:
            yield f"{root.name}: no anchor is pinned: {said}"
        shutil.rmtree(root)

    # Means

    def git(self, *args: str) -> str:
        command = ["git", "--no-optional-locks", "-C", str(self.root), *args]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    def _rows(self, *args: str) -> list[list[str]]:
        return [row.split("\t", 1) for row in self.git(*args, "-z").split("\0") if row]

    def _sha(self, path: str) -> str:
        place = self.root / path
        return object_name("blob", place.read_bytes(), 40) if place.exists() else ""

    def _differ(self, one: dict[str, Any], other: dict[str, Any]) -> str:
        return ", ".join(sorted(p for p in {*one, *other} if one.get(p) != other.get(p)))

    def _must(self, *args: str) -> None:
        code, text = self._kmkit(*args)
        assert code == 0, f"kmkit {args[0]}: {text}"

    def _kmkit(self, *args: str) -> tuple[int, str]:
        """The exit code of a command by Ana, and what it said."""
        said = self.disk.folder / "said"

        def work() -> None:
            with said.open("w", encoding="utf-8") as stream:
                os.dup2(stream.fileno(), 1)
                os.dup2(stream.fileno(), 2)
                sys.stdout = sys.stderr = stream  # pytest has put its own there
                code = run(self.root, ANA, *args)
            os._exit(code)

        _, status = os.waitpid(forked(work), 0)
        return os.waitstatus_to_exitcode(status), said.read_text("utf-8")
