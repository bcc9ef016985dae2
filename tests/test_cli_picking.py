"""A person who names no note picks one; nobody else is kept waiting."""

import os
import shutil
from pathlib import Path

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from tests.conftest import APPROVE, BEN, Run, at, captured
from tests.sitting import sitting

WHICH = "A number, or words to look for:"


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """A machine with git and without fzf."""
    bin = tmp_path / "bin"
    bin.mkdir()
    for name in ("git", "sh"):
        if program := shutil.which(name):
            (bin / name).symlink_to(program)
    return {"PATH": str(bin)}


@pytest.fixture
def library(kb: KnowledgeBase) -> KnowledgeBase:
    for title in ("Order fuel early", "Order boats early", "Ask the village"):
        captured(kb, title)
    return kb


def test_a_number_picks(library: KnowledgeBase, bare: dict[str, str]) -> None:
    sat = sitting(library.root, "log", talk=[(WHICH, "2\n")], env=bare)
    assert sat.code == 0
    listed = [line for line in sat.screen.splitlines() if line.startswith("2. ")]
    assert "Order boats early" in listed[0]
    assert "Order boats early" in sat.screen.partition(WHICH)[2]


def test_words_leave_fewer(library: KnowledgeBase, bare: dict[str, str]) -> None:
    talk = [(WHICH, "nothing like it\n"), (WHICH, "FUEL\n"), (WHICH, "1\n")]
    sat = sitting(library.root, "show", talk=talk, env=bare)
    assert sat.code == 0
    assert "No note holds these words." in sat.screen
    assert "2. " not in sat.screen.partition("FUEL")[2].partition(WHICH)[0]
    assert "Order fuel early" in sat.screen.rpartition(WHICH)[2]


def test_many_are_counted_and_a_number_that_is_not_shown_is_a_word(
    kb: KnowledgeBase, bare: dict[str, str]
) -> None:
    for number in range(12):
        captured(kb, f"Lesson {number:02}")
    sat = sitting(kb.root, "log", talk=[(WHICH, "11\n"), (WHICH, "1\n")], env=bare)
    assert "… and 2 more" in sat.screen.partition(WHICH)[0]
    assert "Lesson 11" in sat.screen.rpartition(WHICH)[2]


def test_only_what_the_command_can_be_about(library: KnowledgeBase, bare: dict[str, str]) -> None:
    note = next(note for note in library.notes() if "fuel" in note.id)
    at(library, BEN).move("validate", note, APPROVE)
    talk = [(WHICH, "1\n")]
    sat = sitting(library.root, "reopen", "--because", "The law has changed.", talk=talk, env=bare)
    assert sat.code == 0
    assert "Order boats" not in sat.screen
    assert library.read(note.path).state == "captured"


def test_retired_notes_come_last(library: KnowledgeBase, bare: dict[str, str]) -> None:
    note = next(note for note in library.notes() if "village" in note.id)
    library.move("retire", note, Request(because="Out of date."))
    sat = sitting(library.root, "show", talk=[(WHICH, "3\n")], env=bare)
    assert sat.code == 0
    assert "3. Ask the village (retired" in sat.screen


def test_there_is_nothing_to_pick(library: KnowledgeBase, bare: dict[str, str]) -> None:
    sat = sitting(library.root, "reopen", "--because", "x", talk=[], env=bare)
    assert sat.code == 4
    assert "There is no note here that kmkit reopen could be about." in sat.screen


@pytest.mark.parametrize("key", ["\x03", "\x04"])
def test_going_away_changes_nothing(library: KnowledgeBase, bare: dict[str, str], key: str) -> None:
    before = library.git.tip()
    sat = sitting(library.root, "retire", "--because", "x", talk=[(WHICH, key)], env=bare)
    assert sat.code == 130
    assert library.git.tip() == before


def test_hostile_titles_show_as_text(kb: KnowledgeBase, bare: dict[str, str]) -> None:
    captured(kb, "[bold]Fuel[/bold] \x9b31m \u202e $(touch pwned)")
    sat = sitting(kb.root, "log", talk=[(WHICH, "1\n")], env=bare)
    assert "[bold]Fuel[/bold]" in sat.screen
    assert not {"\x9b", "\u202e"} & set(sat.screen)


@pytest.mark.parametrize("args", [["log"], ["show"], ["related"], ["open"], ["retire"],
                                  ["validate", "--approve", "--because", "x"]])  # fmt: skip
def test_without_a_terminal_the_missing_note_is_named(
    library: KnowledgeBase, run: Run, args: list[str]
) -> None:
    ran = run(library.root, *args)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("Which note?\nName it")


@pytest.mark.parametrize("command", ["open", "log", "level", "narrow"])
def test_no_input_asks_nothing(library: KnowledgeBase, command: str) -> None:
    sat = sitting(library.root, command, "--no-input", talk=[])
    assert (sat.code, "Which note?" in sat.screen, WHICH in sat.screen) == (2, True, False)


# With fzf


@pytest.fixture
def fzf(tmp_path: Path) -> dict[str, str]:
    """A machine with fzf, and somebody who has set their own options for it."""
    if not shutil.which("fzf"):
        pytest.skip("fzf is not installed")
    return {"FZF_DEFAULT_OPTS": "--multi", "PATH": os.environ["PATH"]}


def test_fzf_picks_with_the_note_beside_it(library: KnowledgeBase, fzf: dict[str, str]) -> None:
    captured(library, "Count $(touch pwned) `touch pwned` the bags")
    talk = [("NOTE>", "boats"), ("1/4", ""), ("The roads closed.", "\r")]
    sat = sitting(library.root, "log", talk=talk, env=fzf)
    assert sat.code == 0
    assert "Order boats early" in sat.screen.rpartition("\x1b[?1049l")[2]  # once fzf has left
    assert not list(library.root.rglob("pwned"))
    assert not Path("pwned").exists()


def test_what_stands_beside_the_list_runs_no_program_of_the_knowledge_base(
    library: KnowledgeBase, bare: dict[str, str], tmp_path: Path
) -> None:
    """The preview is what fzf would run, in a folder with what a colleague pushed."""
    trap, note = tmp_path / "trap", next(iter(library.notes()))
    trap.mkdir()
    for name in ("kmkit", "json"):
        (trap / f"{name}.py").write_text(f"open({str(tmp_path / 'run')!r}, 'w')", encoding="utf-8")
    stands = tmp_path / "bin" / "fzf"
    stands.write_text(
        "#!/bin/sh\nwhile [ $# -gt 0 ]; do case $1 in --preview=*) show=${1#--preview=};; esac\n"
        f"shift; done\ncd {trap}\nREF={note.id}\n"
        f'eval "${{show%{{1\\}}}} $REF" > {tmp_path}/shown 2>&1\n',
        encoding="utf-8",
    )
    stands.chmod(0o755)
    sitting(library.root, "log", talk=[], env=bare)
    assert note.title in (tmp_path / "shown").read_text(encoding="utf-8")
    assert not (tmp_path / "run").exists()


def test_a_program_of_the_folder_is_not_taken_for_fzf(
    library: KnowledgeBase, bare: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    there = library.root / "fzf"
    there.write_text("#!/bin/sh\n", encoding="utf-8")
    there.chmod(0o755)
    monkeypatch.chdir(library.root)
    env = {"PATH": f"{bare['PATH']}{os.pathsep}."}
    sat = sitting(library.root, "log", talk=[(WHICH, "\x04")], env=env)
    assert sat.code == 130


def test_leaving_fzf_changes_nothing(library: KnowledgeBase, fzf: dict[str, str]) -> None:
    before = library.git.tip()
    talk = [("NOTE>", "\x1b")]
    sat = sitting(library.root, "retire", "--because", "x", talk=talk, env=fzf)
    assert sat.code == 130
    assert library.git.tip() == before


def test_nothing_fits_in_fzf(library: KnowledgeBase, fzf: dict[str, str]) -> None:
    talk = [("NOTE>", "zzzz"), ("0/3", "\r")]
    sat = sitting(library.root, "log", talk=talk, env=fzf)
    assert sat.code == 2
    assert "No note was picked." in sat.screen
