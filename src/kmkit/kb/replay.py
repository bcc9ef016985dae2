"""Replaying a history: a knowledge base comes to be, commit by commit, with dates and people.

``history.toml`` tells the steps. The notes beside it stand in their last text: a step's
``changes`` say what it changed from (old) to (new), so that every earlier text can be told.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any

from kmkit.errors import Cannot, Refused
from kmkit.kb.base import KnowledgeBase
from kmkit.kb.capturing import adopt, attachment
from kmkit.kb.recording import put
from kmkit.kb.replaying import STEPS, take
from kmkit.lifecycle.context import Request
from kmkit.lifecycle.person import Person
from kmkit.lifecycle.states import State
from kmkit.note.file import read, write_fields
from kmkit.note.model import MOVE_FIELDS, Note
from kmkit.note.records import read_application
from kmkit.places import CONFIG, POLICY
from kmkit.trail.commit import Change, commit
from kmkit.trail.git import Git
from kmkit.trail.safely import write_file

HISTORY = "history.toml"
Step = Mapping[str, Any]
Told = Callable[[int, int, Step], None]


def replay(
    source: Path, target: Path, told: Told = lambda number, count, step: None
) -> KnowledgeBase:
    """Lay out in ``target`` the knowledge base of ``source`` by replaying its history.

    ``told`` is called before each step with its number, their count, and the step. Refused where
    ``target`` holds anything. The result's clock stands on the history's last day.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Refused(f"{target} is not empty.", "Name a new folder.")
    history = tomllib.loads((source / HISTORY).read_text(encoding="utf-8"))
    people = {key: _person(text) for key, text in history["people"].items()}
    steps: list[Step] = history["step"]
    target.mkdir(parents=True, exist_ok=True)
    git = Git(target)
    git.run("init", "--quiet", "--initial-branch=main")
    first = next(iter(people.values()))
    git.run("config", "user.name", first.name)
    git.run("config", "user.email", first.email)
    _begin(source, Git.find(target), first, steps[0]["on"] - timedelta(days=1))
    for number, step in enumerate(steps, 1):
        told(number, len(steps), step)
        kb = KnowledgeBase(target, now=step["on"], actor=people[step["who"]])
        _take(kb, source, steps, number - 1)
    return KnowledgeBase(target, now=steps[-1]["on"])


def _person(text: str) -> Person:
    found = re.fullmatch(r"(.+) <(.+)>", text)
    if not found:
        raise Cannot(f"'{text}' in {HISTORY} is no person.", "Write 'Name <address>'.")
    return Person(found[1], found[2])


def _begin(source: Path, git: Git, actor: Person, when: datetime) -> None:
    """The first commit: settings, rules, people."""
    paths = [source / CONFIG, source / POLICY, *sorted((source / "people").glob("*.md"))]
    paths += [path for path in (source / "README.md", source / HISTORY) if path.is_file()]
    files = {path.relative_to(source).as_posix(): path.read_bytes() for path in paths}
    change = Change("init: the settings, the rules and the people\n", files)
    commit(git, change, actor=actor, when=when)


def _take(kb: KnowledgeBase, source: Path, steps: Sequence[Step], at: int) -> None:
    """One step."""
    step = steps[at]
    if step["do"] in STEPS:
        take(kb, source, step)
        return
    path = PurePosixPath(step["note"])
    match step["do"]:
        case "capture":
            text = _first_text(source, steps, at)
            write_file(kb.root / path, text)
            named = _evidence(source, kb.root, read(text, path).fields.evidence)
            adopt(kb, path, attach=list(named))
        case "apply":
            _apply(kb, source, step, kb.read(path))
        case verb:
            note = kb.read(path)
            changes = step.get("changes", [])
            data = _changed(note.data, changes, str(path)) if changes else None
            kb.move(verb, note, _request(kb, step), data=data)


def _request(kb: KnowledgeBase, step: Step) -> Request:
    due: date | None = step.get("until") or step.get("by")
    heir = kb.resolve(step["superseded_by"]).id if "superseded_by" in step else ""
    names = ["because", "method", "verdict", "topic", "decided_by", "minutes", "channel"]
    names += ["audience", "evidence", "level", "owner", "to"]
    given = {name: step[name] for name in names if name in step}
    return Request(**given, due=due, superseded_by=heir)


def _first_text(source: Path, steps: Sequence[Step], at: int) -> bytes:
    """The note as it was captured: its last text, every later change undone, no walk in it."""
    step = steps[at]
    path = PurePosixPath(step["note"])
    data = (source / path).read_bytes()
    for later in reversed(steps[at + 1 :]):
        if later.get("note") == step["note"]:
            back = [{"old": c["new"], "new": c["old"]} for c in reversed(later.get("changes", []))]
            data = _changed(data, back, str(path))
    walked: dict[str, object | None] = dict.fromkeys(MOVE_FIELDS - {"state", "owner", "level"})
    fields = {**walked, "state": State.CAPTURED, **step.get("fields", {})}
    return write_fields(read(data, path), fields)


def _changed(data: bytes, changes: Sequence[Mapping[str, str]], name: str) -> bytes:
    text = data.decode("utf-8")
    for change in changes:
        if text.count(change["old"]) != 1:
            raise Cannot(
                f"{name}: the text to change stands there {text.count(change['old'])} times: "
                f"{change['old'][:60]!r}.",
                f"Mend {HISTORY}.",
            )
        text = text.replace(change["old"], change["new"])
    return text.encode("utf-8")


def _evidence(source: Path, root: Path, addresses: Sequence[str]) -> Iterator[Path]:
    """The files among the evidence, copied to where they belong."""
    for address in addresses:
        if (source / address).is_file():
            write_file(root / address, (source / address).read_bytes())
            yield root / address


def _apply(kb: KnowledgeBase, source: Path, step: Step, note: Note) -> None:
    path = PurePosixPath(step["record"])
    data = (source / path).read_bytes()
    made = read(data, path)
    named = _evidence(source, kb.root, [str(a) for a in made.raw.get("evidence", [])])
    files = [attachment(kb, made.id, file) for file in named]
    reason = data.decode("utf-8").split("---", 2)[2].strip()
    use, _ = read_application(data, path)
    told = [("Kmkit-On", str(use.on)), ("Kmkit-Outcome", use.outcome)] if use else []
    why = step.get("because") or reason
    put(kb, "application", data, path=path, move="apply", because=why, trailers=told, files=files)
