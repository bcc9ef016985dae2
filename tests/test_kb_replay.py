"""The example knowledge base is what its history makes of it, byte for byte."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from kmkit.errors import Cannot, Refused
from kmkit.kb import KnowledgeBase
from kmkit.kb.replay import HISTORY, replay
from kmkit.resources import example_kb


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    return replay(example_kb(), tmp_path_factory.mktemp("replay") / "kb")


def files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(root).parts
    }


def test_replaying_gives_the_example_itself(replayed: KnowledgeBase) -> None:
    made, shipped = files(replayed.root), files(example_kb())
    assert sorted(made) == sorted(shipped)
    assert [name for name in made if made[name] != shipped[name]] == []


def test_every_claim_in_it_is_proved_by_its_trail(replayed: KnowledgeBase) -> None:
    for note in replayed.notes():
        claim, fields = replayed.claim(note), note.fields
        assert (claim.state, claim.level, claim.owner) == (note.state, note.level, fields.owner)
        assert claim.verdicts == fields.verdicts
        assert claim.disseminated == fields.disseminated
        assert claim.in_force == fields.in_force


def test_each_step_is_one_commit_by_its_person_on_its_day(replayed: KnowledgeBase) -> None:
    steps = tomllib.loads((example_kb() / HISTORY).read_text(encoding="utf-8"))["step"]
    log = replayed.git.text("log", "--reverse", "--topo-order", "--format=%aI|%ae").splitlines()
    assert len(log) == len(steps) + 1
    for step, line in zip(steps, log[1:], strict=True):
        when, email = line.split("|")
        assert when.startswith(f"{step['on']:%Y-%m-%dT%H:%M:%S}")
        assert email.startswith(step["who"])


def test_it_shows_every_way_a_note_can_go(replayed: KnowledgeBase) -> None:
    states = Counter(note.state for note in replayed.notes())
    assert set(states) == {
        "captured",
        "validated",
        "formatted",
        "disseminated",
        "maintained",
        "retired",
    }
    events = replayed.events()
    assert {"return", "reject", "approve"} <= {event.verdict for event in events}
    assert any(note.fields.in_force for note in replayed.notes())
    kinds = Counter(note.kind for note in replayed.notes())
    assert len(kinds) >= 9
    assert 12 <= sum(kinds.values()) <= 20
    assert {"fr", "ar"} <= {note.fields.language for note in replayed.notes()}


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(Refused, match="not empty"):
        replay(example_kb(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_history_that_does_not_fit_its_notes_is_named(tmp_path: Path) -> None:
    source = tmp_path / "source"
    for name, data in files(example_kb()).items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        if name == HISTORY:
            data = data.replace(b"matters_to: Duty officers", b"matters_to: Nobody", 1)
        (source / name).write_bytes(data)
    with pytest.raises(Cannot, match="stands there 0 times"):
        replay(source, tmp_path / "kb")
