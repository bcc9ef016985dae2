"""Whatever happens to the files and the history: the index says what a new one would say.

``KMKIT_REFRESH=100 pytest tests/test_index_refresh.py`` tries a hundred lives of a knowledge base.
"""

import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from kmkit.errors import KmkitError
from kmkit.index.keeping import reading
from kmkit.kb import KnowledgeBase
from kmkit.kb.laying import lay
from kmkit.lifecycle.context import Request
from kmkit.note.file import write_fields
from kmkit.resources import templates_dir
from tests.conftest import ANA, BEN, CY, NOW, captured
from tests.index_tables import same_as_anew, same_as_the_files, same_at_one_go, set_aside

SEEDS = range(int(os.environ.get("KMKIT_REFRESH", "6")))
STEPS = 14
BODY = "".join(
    f"## {name}\n\nText of {name.lower()}.\n\n"
    for name in ("Context and challenge", "Solution and actions", "Results", "Lessons")
)


@pytest.mark.parametrize("seed", SEEDS)
def test_any_life_of_a_knowledge_base(seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        life = Life(Path(folder), random.Random(seed))
        for number in range(STEPS):
            steps = life.chance.choice([1, 1, 2, 4])
            for _ in range(steps):
                life.step()
            try:
                same_as_anew(life.root)
                if number % 3 == 2 or number == STEPS - 1:
                    same_as_the_files(life.root)
                if number % 7 == 6:
                    same_at_one_go(life.root, NOW.date())
            except AssertionError as error:
                raise AssertionError(f"after {life.told}, the last {steps}: {error}") from error


def test_read_by_several_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    life = Life(tmp_path, random.Random(7))
    for way in (life.capture, life.move, life.use, life.person, life.garbage, life.ignored):
        way()
    life.commit()
    life.by_hand()
    same_as_anew(life.root)
    monkeypatch.setattr(reading, "_FEW", 0)
    monkeypatch.setattr(reading, "_SHARE", 2)
    same_at_one_go(life.root, NOW.date())
    with set_aside(life.root):
        same_as_the_files(life.root)


class Life:
    """A knowledge base to which things happen, by kmkit, by hand and by git."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.chance = chance
        below = chance.choice(["", "", "docs/lessons"])
        if below:
            subprocess.run(["git", "init", "-q", "-b", "main", folder / "kb"], check=True)
        self.root = folder / "kb" / below
        self.kb = lay(self.root, name="T", now=NOW, actor=ANA, first_note=False).kb
        self.git("branch", "-M", "main")
        self.day = 0
        self.told: list[str] = []
        for title in ("Fuel", "Boats"):
            captured(self.kb, title, topics=["logistics"], matters_to="Drivers.", level="domestic")

    def git(self, *args: str) -> int:
        """Whether git could do it."""
        done = subprocess.run(["git", *args], cwd=self.root, capture_output=True, check=False)
        return done.returncode

    def step(self) -> None:
        """One thing, as chance has it."""
        ways = [
            self.move, self.move, self.move, self.move, self.capture, self.by_hand, self.by_hand,
            self.field, self.stage, self.delete, self.rename, self.new, self.ignored, self.commit,
            self.commit, self.switch, self.merge, self.reset, self.stash, self.detach, self.prune,
            self.settings, self.template, self.person, self.use, self.garbage, self.put_back,
        ]  # fmt: skip
        way: Callable[[], object] = self.chance.choice(ways)
        self.told.append(way.__name__)
        way()

    # By kmkit

    def move(self) -> None:
        self.day += 1
        verb = self.chance.choice(
            ["ask", "validate", "validate", "format", "disseminate", "confirm", "reopen", "retire",
             "narrow", "release", "reassign", "edit", "defer"]
        )  # fmt: skip
        who = self.chance.choice([ANA, ANA, BEN, CY])
        kb = KnowledgeBase(self.root, now=NOW + timedelta(days=self.day), actor=who)
        notes = [note for note in kb.notes() if note.fields.id]
        if not notes:
            return
        note = self.chance.choice(notes)
        data = None
        request = Request(
            method="peer-review", because="Checked.", to="cy@example.org", channel="weekly-digest",
            verdict=self.chance.choice(["approve", "approve", "return", "reject"]),
            level=self.chance.choice(["internal", "domestic"]),
            due=(NOW + timedelta(days=self.day + 9)).date(), owner="ben@example.org",
        )  # fmt: skip
        if verb == "edit":
            data = note.data.replace(b"Text of", b"Words of") + b"\nMore.\n"
        try:
            kb.move(verb, note, request, data=data)
        except KmkitError:
            return

    def capture(self) -> None:
        more = {"topics": ["logistics"], "summary": "Sign early.", "matters_to": "Drivers."}
        others = [note.id for note in self.kb.notes()]
        field = self.chance.choice(["derived_from", "supersedes", "repeats", "x_none"])
        kb = KnowledgeBase(self.root, now=NOW + timedelta(days=self.day), actor=ANA)
        try:
            kb.capture({"title": "Radios", **more, field: others[:2]}, BODY)
        except KmkitError:
            return

    # By hand

    def a_note(self) -> Path | None:
        places = [self.root / path for path in KnowledgeBase(self.root).note_paths()]
        return self.chance.choice(places) if places else None

    def by_hand(self) -> None:
        if place := self.a_note():
            text = place.read_bytes()
            change = self.chance.choice([
                (b"Text of", b"Tales of"), (b"Fuel", b"Oil"), (b"2026", b"2031"),
                (b"owner: ana", b"owner: zoe"), (b"---\n", b"--\n"), (b"logistics", b"fuel"),
            ])  # fmt: skip
            place.write_bytes(text.replace(*change))

    def field(self) -> None:
        kb = KnowledgeBase(self.root)
        if place := self.a_note():
            note = kb.read(next(p for p in kb.note_paths() if self.root / p == place))
            value = self.chance.choice(["P1M", "P3Y", None])
            try:
                place.write_bytes(write_fields(note, {"review_every": value}))
            except KmkitError:
                return

    def stage(self) -> None:
        self.by_hand()
        self.git("add", "-A", ".")
        if self.chance.random() < 0.5:
            self.by_hand()

    def delete(self) -> None:
        if place := self.a_note():
            place.unlink()
            if self.chance.random() < 0.3:
                self.git("rm", "-q", "--cached", str(place))

    def rename(self) -> None:
        if place := self.a_note():
            to = self.root / "notes" / self.chance.choice(["deep/er", "2026"]) / f"r{self.day}.md"
            to.parent.mkdir(parents=True, exist_ok=True)
            if self.chance.random() < 0.5:
                self.git("mv", str(place), str(to))
            else:
                place.rename(to)

    def new(self) -> None:
        place = self.root / "notes" / self.chance.choice(["2026", "new", ".hidden"]) / "by-hand.md"
        place.parent.mkdir(parents=True, exist_ok=True)
        kind = self.chance.choice(["lesson", "how-to", "song"])
        place.write_text(
            f"---\nid: 20261101-by-hand-ab12\ntitle: By hand\nkind: {kind}\nstate: captured\n"
            f"---\n\n## Lessons\n\n[Fuel](2026/x.md)\n",
            encoding="utf-8",
        )

    def ignored(self) -> None:
        ignore = self.root / "notes" / ".gitignore"
        ignore.parent.mkdir(parents=True, exist_ok=True)
        ignore.write_text(self.chance.choice(["drafts/\n", "*.md\n", ""]), encoding="utf-8")
        place = self.root / "notes" / "drafts" / "one.md"
        place.parent.mkdir(exist_ok=True)
        place.write_text(f"---\ntitle: Draft {self.day}\n---\n", encoding="utf-8")

    def garbage(self) -> None:
        place = self.root / "notes" / self.chance.choice(["g.md", "2026/g h.md", "ខ្មែរ.md"])
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(self.chance.choice([b"", b"\xff\xfe---", b"---\n- a\n---\n", b"text"]))

    # By git

    def commit(self) -> None:
        self.git("add", "-A", ".")
        self.git("commit", "-q", "-m", "By hand")

    def switch(self) -> None:
        name = self.chance.choice(["main", "side"])
        if self.git("checkout", "-q", name):
            self.git("checkout", "-q", "-b", name)

    def merge(self) -> None:
        self.commit()
        failed = self.git("merge", "-q", "--no-edit", self.chance.choice(["main", "side"]))
        if failed and self.chance.random() < 0.5:
            self.git("merge", "--abort")

    def reset(self) -> None:
        how = self.chance.choice(["--soft", "--mixed", "--hard"])
        self.git("reset", "-q", how, self.chance.choice(["HEAD~1", "HEAD~3", "ORIG_HEAD"]))

    def stash(self) -> None:
        if self.git("stash", "-q", "-u") or self.chance.random() < 0.5:
            self.git("stash", "pop", "-q")

    def detach(self) -> None:
        self.git("checkout", "-q", "--detach", self.chance.choice(["HEAD~2", "main", "HEAD"]))

    def prune(self) -> None:
        """What was left behind is gone for good."""
        self.git("reset", "-q", "--hard", "HEAD~2")
        self.git("reflog", "expire", "--expire=now", "--all")
        self.git("gc", "-q", "--prune=now")

    def put_back(self) -> None:
        self.git("checkout", "-q", "--", ".")

    # Beside the notes

    def settings(self) -> None:
        name = self.chance.choice(["kmkit.toml", "policy.toml"])
        place = self.root / name
        text = place.read_text(encoding="utf-8")
        if name == "kmkit.toml":
            text = text.replace("[topics]\n", f"[topics]\nt{len(self.told)} = 'new'\n", 1)
        else:
            text = text.replace("P14D", "P3D") if "P14D" in text else text.replace("P3D", "P14D")
        place.write_text(text, encoding="utf-8")

    def template(self) -> None:
        place = self.root / "templates" / "notes" / "song.md.j2"
        if place.exists():
            shutil.rmtree(place.parent)
            return
        place.parent.mkdir(parents=True)
        shipped = (templates_dir() / "notes" / "how-to.md.j2").read_text(encoding="utf-8")
        place.write_text(shipped.replace("kind: how-to", "kind: song"), encoding="utf-8")

    def person(self) -> None:
        place = self.root / "people" / self.chance.choice(["ana.md", "zoe.md"])
        place.parent.mkdir(exist_ok=True)
        until = self.chance.choice(["", "until: 2026-11-01\n", "until: 2031-01-01\n", "until: x\n"])
        email = f"{place.stem}@example.org"
        place.write_text(f"---\nname: X\nemail: {email}\n{until}---\n", encoding="utf-8")

    def use(self) -> None:
        notes = [note for note in self.kb.notes() if note.fields.id]
        if notes:
            note = self.chance.choice(notes)
            outcome = self.chance.choice(["helped", "did-not-help"])
            place = self.root / "records" / "application" / f"{self.day}.md"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(
                f"---\nnote: {note.id}\nin: Drill\nby: dee@example.org\non: 2026-11-20\n"
                f"outcome: {outcome}\n---\n",
                encoding="utf-8",
            )
