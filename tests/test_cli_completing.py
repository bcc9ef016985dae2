"""What the shells are told when Tab is pressed, and that no note can make them run anything."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from kmkit.cli.completing import MOST
from kmkit.cli.shells import OPTIONS
from kmkit.cli.table import TABLE, TAKES_NOTE, Commands
from kmkit.kb import KnowledgeBase
from kmkit.note.file import compose
from tests.conftest import Run, captured

KMKIT = [sys.executable, "-m", "kmkit"]


def asked(root: Path, *words: str, shell: str = "bash", **more: str) -> list[str]:
    """The lines that the shell is told for the last of ``words``; nothing may go wrong."""
    env = {
        **os.environ,
        "_KMKIT_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": " ".join(["kmkit", *words]),
        "COMP_CWORD": str(len(words)),
        "_TYPER_COMPLETE_ARGS": " ".join(["kmkit", *words]),
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        **more,
    }
    done = subprocess.run(
        KMKIT, cwd=root, env=env, capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split("\n")[:-1] if done.stdout.strip() else []


@pytest.fixture(params=["indexed", "from the files"])
def library(kb: KnowledgeBase, run: Run, request: pytest.FixtureRequest) -> KnowledgeBase:
    """Three notes, with an index and without."""
    for title in ("Order fuel early", "Order boats early", "Ask the village"):
        captured(kb, title)
    (kb.root / "people").mkdir(exist_ok=True)
    (kb.root / "people" / "cy.md").write_text(
        "---\nkind: person\nname: Cyrus Young\nemail: cy@example.org\nunit: Water and health\n---\n"
    )
    settings = (kb.root / "kmkit.toml").read_text()
    topics = '[topics]\nfuel = "All of it"\nfloods = "And those"\n'
    (kb.root / "kmkit.toml").write_text(settings.replace("[topics]\n", topics))
    if request.param == "indexed":
        assert run(kb.root, "list").code == 0
    return kb


def test_ids_by_how_they_begin_and_by_any_part(library: KnowledgeBase) -> None:
    ids = sorted(library.ids)
    assert asked(library.root, "show", "2026") == ids
    fuel = next(id for id in ids if "fuel" in id)
    assert asked(library.root, "show", fuel[-4:]) == [fuel]
    assert asked(library.root, "log", "FUEL") == [fuel]
    assert asked(library.root, "show", "no-such") == []


def test_a_part_of_several_is_not_replaced_by_what_they_have_in_common(
    library: KnowledgeBase,
) -> None:
    found = asked(library.root, "edit", "order")
    assert len(found) == 2
    for part in found:
        assert part.startswith("order-")
        assert len([id for id in library.ids if part in id]) == 1


def test_the_words_of_the_settings_and_of_the_notes(library: KnowledgeBase) -> None:
    root = library.root
    assert asked(root, "list", "--topic", "f") == ["fuel", "floods"]
    assert asked(root, "list", "--topic", "not:fu") == ["not:fuel"]
    assert asked(root, "capture", "--topic", "fu") == ["fuel"]
    assert asked(root, "list", "--state", "cap") == ["captured"]
    assert asked(root, "list", "--kind", "less") == ["lesson"]
    assert asked(root, "release", "x7k2", "--level", "d") == ["domestic"]
    assert asked(root, "disseminate", "--channel", "w") == ["weekly-digest"]
    assert asked(root, "disseminate", "--audience", "all") == ["all-staff"]
    assert asked(root, "list", "--method", "peer-r") == ["peer-review"]
    assert asked(root, "validate", "x7k2", "--method", "peer") == ["peer-review"]
    assert asked(root, "stat") == ["status"]
    assert "--json" in asked(root, "log", "--j")


def test_people_by_any_part_of_their_address_or_name(library: KnowledgeBase) -> None:
    assert asked(library.root, "list", "--owner", "young") == ["cy@example.org"]
    assert asked(library.root, "list", "--owner", "cy") == ["cy@example.org"]


def test_a_name_of_several_words_is_quoted(kb: KnowledgeBase, run: Run) -> None:
    captured(kb, unit="Water and health")
    assert run(kb.root, "list").code == 0
    assert asked(kb.root, "list", "--unit", "wat") == ["'Water and health'"]


def test_another_folder(library: KnowledgeBase, tmp_path: Path) -> None:
    assert asked(tmp_path, "-C", str(library.root), "show", "2026") == sorted(library.ids)
    assert asked(tmp_path, "show", "2026", KMKIT_DIR=str(library.root)) == sorted(library.ids)
    assert asked(tmp_path, "show", "2026") == []


def test_files_are_not_looked_at(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    assert run(kb.root, "list").code == 0
    (kb.root / note.path).unlink()
    assert asked(kb.root, "show", "2026") == [note.id]


def test_another_work_tree_has_its_own(kb: KnowledgeBase, run: Run, tmp_path: Path) -> None:
    note = captured(kb)
    there = tmp_path / "there"
    subprocess.run(["git", "worktree", "add", "-q", str(there)], cwd=kb.root, check=True)
    assert run(there, "list").code == 0
    (there / note.path).unlink()
    assert asked(there, "show", "2026") == [note.id]


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"x" * 5000])
def test_a_broken_index_is_no_matter(kb: KnowledgeBase, run: Run, content: bytes) -> None:
    note = captured(kb)
    assert run(kb.root, "list").code == 0
    for place in (kb.root / ".git" / "kmkit").glob("index-*.sqlite"):
        place.write_bytes(content)
    assert asked(kb.root, "show", "2026") == [note.id]


def test_of_too_many_ids_how_they_go_on(kb: KnowledgeBase, run: Run) -> None:
    (kb.root / "notes").mkdir(exist_ok=True)
    ids = [f"202601{n % 28 + 1:02}-lesson-{n:04}" for n in range(MOST + 100)]
    for id in ids:
        data = compose({"id": id, "title": id, "kind": "lesson", "state": "captured"}, "")
        (kb.root / "notes" / f"{id}.md").write_bytes(data)
    assert run(kb.root, "list").code == 0
    found = asked(kb.root, "show", "2026")
    assert 1 < len(found) <= MOST
    assert all(any(id.startswith(begun) for begun in found) for id in ids)
    assert len(os.path.commonprefix(found)) == len(os.path.commonprefix(ids))  # noqa: RUF071


# The quick answers are those of the commands themselves


def commands() -> dict[str, typer.core.TyperCommand]:
    table = Commands()
    return {name: table[name] for name in TABLE}


def test_the_commands_that_take_a_note_are_named() -> None:
    from kmkit.cli.completing import complete_note

    taking = set()
    for name, command in commands().items():
        first = next((one for one in command.params if one.param_type_name == "argument"), None)
        given = getattr(first, "_custom_shell_complete", None)
        if given and complete_note in _inside(given):
            taking.add(name)
    assert taking == TAKES_NOTE


def test_an_option_is_completed_alike_wherever_it_stands() -> None:
    for name, command in commands().items():
        for one in command.params:
            given = getattr(one, "_custom_shell_complete", None)
            for option in {*one.opts} & OPTIONS.keys() if given else ():
                assert OPTIONS[option] in _inside(given), (name, option)


def _inside(function: object) -> list[object]:
    """What a function of Typer's calls: it wraps ours twice."""
    found = [function]
    for one in found:
        cells = getattr(one, "__closure__", None) or ()
        found += [c.cell_contents for c in cells if callable(c.cell_contents)]
    return found


# The shells themselves

EVIL = "20260101-$(touch pwned)`touch pwned`;touch pwned'\"-x7k2"


@pytest.fixture
def hostile(kb: KnowledgeBase, run: Run) -> KnowledgeBase:
    """A note, a unit and a topic that a shell must not run."""
    note = captured(kb, unit="$(touch pwned) `touch pwned` '\"\\ unit")
    place = kb.root / note.path
    text = place.read_text()
    (kb.root / "notes" / "evil.md").write_text(text.replace(note.id, EVIL))
    settings = (kb.root / "kmkit.toml").read_text()
    topic = '[topics]\n"fu $(touch pwned) `touch pwned` \' ] ) \\\\" = "x"\n'
    (kb.root / "kmkit.toml").write_text(settings.replace("[topics]\n", topic))
    assert run(kb.root, "list").code == 0
    return kb


def in_shell(shell: str, root: Path, script: str) -> str:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    bin = Path(sys.executable).parent
    env = {**os.environ, "PATH": f"{bin}{os.pathsep}{os.environ['PATH']}"}
    plain = {"bash": ["--norc", "--noprofile"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
    done = subprocess.run(
        [program, *plain, "-c", script],
        cwd=root, env=env, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not (root / "pwned").exists()
    return done.stdout


BASH = """
eval "$(_KMKIT_COMPLETE=source_bash kmkit)"
for line in "kmkit show 2026" "kmkit list --unit $" "kmkit list --topic f"; do
  COMP_WORDS=($line); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  _kmkit_completion kmkit
  printf '%s\\n' "${COMPREPLY[@]}"
done
"""


def test_bash(hostile: KnowledgeBase) -> None:
    own = next(id for id in hostile.ids if id != EVIL and "touch" not in id)
    lines = in_shell("bash", hostile.root, BASH).splitlines()
    assert lines[0] == own
    assert [line[0] for line in lines[1:]] == ["'", "'"]  # quoted, as one would have to type it


ZSH = """
compdef() { }; compadd() { print -rl -- "$@" }
eval "$(_KMKIT_COMPLETE=source_zsh kmkit)"
for line in "kmkit show 2026" "kmkit list --unit $" "kmkit list --topic f" "kmkit sta"; do
  words=(${(z)line}); CURRENT=${#words}
  _kmkit_completion
done
"""


def test_zsh(hostile: KnowledgeBase) -> None:
    """The part of zsh that asks; what it does with the words is its own matter."""
    own = next(id for id in hostile.ids if id != EVIL and "touch" not in id)
    lines = in_shell("zsh", hostile.root, ZSH).splitlines()
    assert lines[:6] == ["-U", "-l", "-d", "_kmkit_shown", "--", own]
    assert lines[-1] == "status"
    assert "$(touch pwned) `touch pwned` '\"\\ unit" in lines
    assert "fu $(touch pwned) `touch pwned` ' ] ) \\" in lines


FISH = """
_KMKIT_COMPLETE=source_fish kmkit | source
complete --do-complete "kmkit show 2026"
complete --do-complete "kmkit sta"
"""


def test_fish(hostile: KnowledgeBase) -> None:
    own = next(id for id in hostile.ids if id != EVIL and "touch" not in id)
    lines = in_shell("fish", hostile.root, FISH).splitlines()
    assert lines[0] == own
    assert lines[1:] == ["status\tWhat there is, what waits, what to do next."]


def test_records_by_what_a_step_can_be_taken_with(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    planned = ["apply", note.short, "--in", "Coast", "--action", "Sign", "--due", "2026-12-01"]
    record = Path(run(kb.root, *planned).out.strip()).stem
    question = Path(run(kb.root, "ask", "Who has the keys?").out.strip()).stem
    run(kb.root, "actions")
    assert asked(kb.root, "apply", "--done", "2026") == [record]
    assert asked(kb.root, "apply", "--verify", "2026") == []
    assert asked(kb.root, "apply", "2026") == [note.id]
    assert asked(kb.root, "ask", "--answered", "KEYS") == [question]
