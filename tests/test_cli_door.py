"""The door: help, completion, exit codes, and surroundings that are not as they should be."""

import os
import random
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import typer

from kmkit.cli.door import app
from kmkit.cli.table import TABLE
from kmkit.kb import KnowledgeBase
from tests.conftest import BEN, Run, captured, disseminated
from tests.editor import editor

FULL = Path("/dev/full")


def kmkit(
    root: Path, *args: str, shell: str = "", env: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run it as a process of its own; ``shell`` is what comes behind the command."""
    words = [sys.executable, "-m", "kmkit", "-C", str(root), *args]
    environment = {**os.environ, "KMKIT_TODAY": "2026-11-21", **(env or {})}
    if shell:
        words = ["sh", "-c", f'"$@" {shell}', "sh", *words]
    return subprocess.run(
        words, capture_output=True, text=True, encoding="utf-8", env=environment, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


# Help


@pytest.mark.parametrize("name", ["", *TABLE])
def test_help_of_every_command(tmp_path: Path, run: Run, name: str) -> None:
    ran = run(tmp_path, *([name] if name else []), "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: kmkit {name}".rstrip())
    assert all(len(line) <= 100 for line in ran.out.splitlines())
    assert "<str>" not in ran.out
    assert "<path>" not in ran.out
    assert run(tmp_path, *([name] if name else []), "-h").out == ran.out


def test_every_option_and_argument_says_what_it_is() -> None:
    group = typer.main.get_command(app)
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        for parameter in command.params:
            assert parameter.help, (name, parameter.name)


def test_no_command_is_a_usage_error_that_helps(tmp_path: Path, run: Run) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kmkit"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "Write down what was learnt." in done.stderr
    assert run(tmp_path).code == 2


def test_did_you_mean(tmp_path: Path, run: Run) -> None:
    ran = run(tmp_path, "captrue")
    assert ran.code == 2
    assert "Did you mean 'capture'?" in ran.err
    option = run(tmp_path, "capture", "--titel", "x")
    assert option.code == 2
    assert "Try: kmkit capture --help" in option.err


# Completion


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("kmkit cap", "capture"),
        ("kmkit show 20261121-or", "20261121-order-fuel-early-"),
        ("kmkit capture --kind les", "lesson"),
        ("kmkit release x --level dom", "domestic"),
        ("kmkit capture --level dom", "domestic"),
        ("kmkit disseminate x --channel week", "weekly-digest"),
        ("kmkit disseminate x --audience all", "all-staff"),
        ("kmkit validate x --method peer", "peer-review"),
        ("kmkit apply x --outcome hel", "helped"),
        ("kmkit capture --derived-from 2026", "20261121-order-fuel-early-"),
        ("kmkit capture --so", "--source"),
    ],
)
def test_the_shell_completes(kb: KnowledgeBase, words: str, wanted: str) -> None:
    captured(kb)
    env = {
        "_KMKIT_COMPLETE": "complete_bash", "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1), "KMKIT_DIR": str(kb.root),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", "from kmkit.cli import main; main()"],
        env={**os.environ, **env}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert any(line.startswith(wanted) for line in done.stdout.splitlines()), done


def test_completion_outside_a_knowledge_base_is_quiet(tmp_path: Path) -> None:
    env = {"_KMKIT_COMPLETE": "complete_bash", "COMP_WORDS": "kmkit show x", "COMP_CWORD": "2"}
    done = subprocess.run(
        [sys.executable, "-c", "from kmkit.cli import main; main()"],
        env={**os.environ, **env}, capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert (done.stdout.strip(), done.stderr) == ("", "")


# Where the knowledge base is


def test_named_by_option_or_environment(kb: KnowledgeBase, run: Run, tmp_path: Path) -> None:
    captured(kb)
    below = kb.root / "notes" / "2026"
    assert run(below, "list").out == run(kb.root, "list").out
    done = subprocess.run(
        [sys.executable, "-m", "kmkit", "list"], cwd=tmp_path, capture_output=True, text=True,
        env={**os.environ, "KMKIT_DIR": str(kb.root)}, check=False,
    )  # fmt: skip
    assert done.stdout == run(kb.root, "list").out
    nowhere = run(tmp_path / "nowhere", "list")
    assert nowhere.code == 4
    assert "kmkit init" in nowhere.err


@pytest.mark.parametrize("name", ["with space", "كتاب", 'it\'s "q"', "-dash", "a\tb", "$HOME"])
def test_any_name_of_a_folder(tmp_path: Path, run: Run, name: str) -> None:
    root = tmp_path / name
    assert run(tmp_path, "init", "--no-first-note", "--", name).code == 0
    assert run(root, "capture", "T", "-m", "x").code == 0
    assert run(root, "validate", "t-", "--return", "--because", "x", who=BEN).code == 0
    assert run(root, "check").code == 0


def test_a_day_that_is_none(kb: KnowledgeBase, run: Run) -> None:
    ran = run(kb.root, "status", today="tomorrow")
    assert ran.code == 2
    assert "KMKIT_TODAY: 'tomorrow' is no date" in ran.err


# Streams


def test_a_pipe_that_closes_is_quiet(kb: KnowledgeBase) -> None:
    captured(kb)
    done = kmkit(kb.root, "list", shell="| head -1")
    assert (done.stdout.count("\n"), done.returncode) == (1, 0)
    assert "Broken" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
@pytest.mark.parametrize(
    "args",
    [["list"], ["list", "--json"], ["show", "fuel"], ["status"], ["check", "--json"],
     ["audit", "--json"], ["--help"], ["list", "--help"]],
)  # fmt: skip
def test_whoever_stops_reading_is_told_no_verdict(kb: KnowledgeBase, args: list[str]) -> None:
    """As with git: what was not read to its end is neither a success nor a finding."""
    captured(kb)
    words = [sys.executable, "-m", "kmkit", "-C", str(kb.root), *args]
    for alone in (True, False):
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run(
            words, stdout=write, stderr=subprocess.PIPE if alone else write, text=True,
            check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(write)
        assert done.returncode == 141
        for word in ("Traceback", "Broken", "Exception"):
            assert word not in (done.stderr or "")


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
@pytest.mark.parametrize("args", [["list"], ["show", "fuel"], ["--help"], ["status"], ["digest"]])
def test_a_full_disk_is_one_sentence(kb: KnowledgeBase, args: list[str]) -> None:
    captured(kb)
    done = kmkit(kb.root, *args, shell=">/dev/full")
    assert done.returncode == 4
    assert "cannot be written: No space left on device." in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
def test_where_not_even_errors_can_be_told_the_code_tells(kb: KnowledgeBase) -> None:
    assert kmkit(kb.root, "show", "zzzz", shell="2>/dev/full").returncode == 2
    assert kmkit(kb.root, "nonsense", shell="2>/dev/full").returncode == 2


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
@pytest.mark.parametrize(
    ("args", "code"),
    [(["capture"], 2), (["validate"], 2), (["retire", "fuel"], 2), (["review"], 2),
     (["capture", "x", "-m", "-"], 2), (["list"], 0), (["capture", "-m", "y", "x"], 0)],
)  # fmt: skip
def test_closed_streams(kb: KnowledgeBase, args: list[str], code: int) -> None:
    captured(kb)
    for closed in ("<&-", "<&- >&-", "<&- >&- 2>&-"):
        done = kmkit(kb.root, *args, shell=closed)
        assert done.returncode == code, (closed, done.stderr)
        assert "mistake of its own" not in done.stderr


def test_a_locale_without_letters(kb: KnowledgeBase) -> None:
    env = {"LANG": "C", "LC_ALL": "C"}
    done = kmkit(kb.root, "capture", "Été à Phnom Penh ភ្នំពេញ", "-m", "Où ?", env=env)
    assert done.returncode == 0, done.stderr
    assert "Été à Phnom Penh ភ្នំពេញ" in kmkit(kb.root, "list", env=env).stdout


# Tools and files that are not as they should be


def test_without_git(kb: KnowledgeBase, tmp_path: Path) -> None:
    captured(kb)
    env = {"PATH": str(tmp_path)}
    assert kmkit(kb.root, "list", env=env).returncode == 0
    for args in (
        ["capture", "T", "-m", "x"],
        ["log", "fuel"],
        ["retire", "fuel", "--because", "x"],
    ):
        done = kmkit(kb.root, *args, env=env)
        assert done.returncode == 4
        assert "git is not installed" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell script")
@pytest.mark.parametrize("version", ["git version 2.37.9", "git version 1.9", "no words", ""])
def test_with_a_git_that_is_too_old(kb: KnowledgeBase, tmp_path: Path, version: str) -> None:
    old = tmp_path / "bin" / "git"
    old.parent.mkdir()
    real = subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout
    script = f'case "$*" in *version) echo "{version}";; *) exec {real.strip()} "$@";; esac'
    old.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    old.chmod(0o755)
    env = {"PATH": f"{old.parent}{os.pathsep}{os.environ['PATH']}"}
    done = kmkit(kb.root, "capture", "T", "-m", "x", env=env)
    assert done.returncode == 4
    assert "Install git 2.38 or newer" in done.stderr
    assert list(kb.notes()) == []


def test_broken_notes_stop_no_other(kb: KnowledgeBase, run: Run) -> None:
    good = disseminated(kb)
    notes = kb.root / "notes"
    (notes / "folder.md").mkdir()
    (notes / "latin.md").write_bytes(b"---\ntitle: caf\xe9\n---\n")
    (notes / "list.md").write_text("---\n- a\n---\n", "utf-8")
    (notes / "empty.md").write_bytes(b"")
    (notes / "nul.md").write_bytes(b"---\ntitle: a\0b\n---\n")
    (notes / "[red].md").write_text("---\ntitle: [\n---\n", "utf-8")
    for args in (["list"], ["status"], ["review", "--stale"], ["validate", "--queue"]):
        ran = run(kb.root, *args)
        assert ran.code in (0, 1), (args, ran.err)
        assert "Traceback" not in ran.err
    assert good.short in run(kb.root, "list").out
    assert run(kb.root, "check").code == 1
    shown = run(kb.root, "show", good.short)
    assert shown.code == 0


def test_files_that_may_not_be_read(kb: KnowledgeBase, run: Run) -> None:
    good, closed = captured(kb, "Good"), captured(kb, "Closed")
    file = kb.root / closed.path
    file.chmod(0)
    try:
        if os.access(file, os.R_OK):
            pytest.skip("this user may read everything")
        ran = run(kb.root, "list")
        assert (ran.code, good.short in ran.out) == (0, True)
        assert str(closed.path) in ran.err
        refused = run(kb.root, "show", str(closed.path))
        assert refused.code == 4
        assert "Permission denied" in refused.err
    finally:
        file.chmod(0o644)


def test_a_folder_that_may_not_be_written(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    folders = [kb.root / ".git", kb.root / ".git" / "kmkit", (kb.root / note.path).parent]
    try:
        for folder in folders:
            folder.chmod(0o555)
        if os.access(folders[0], os.W_OK):
            pytest.skip("this user may write everywhere")
        assert run(kb.root, "list").code == 0
        for args in (["capture", "T", "-m", "x"], ["retire", note.short, "--because", "x"]):
            ran = run(kb.root, *args)
            assert ran.code == 4
            assert "cannot be written" in ran.err or "Permission denied" in ran.err
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert kb.read(note.path).data == note.data


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("kmkit.toml", "[organisation\n", "kmkit.toml is not valid TOML"),
        ("policy.toml", '[roles]\nstward = ["x"]\n', "Did you mean steward?"),
        ("policy.toml", "levels = []\n", "must not be empty"),
        ("kmkit.toml", "\ufeff[organisation]\nnmae = 'x'\n", "Did you mean name?"),
    ],
)
def test_settings_that_cannot_be_read(
    kb: KnowledgeBase, run: Run, name: str, text: str, said: str
) -> None:
    captured(kb)
    (kb.root / name).write_text(text, "utf-8")
    for args in (["list"], ["status"], ["capture", "T", "-m", "x"]):
        ran = run(kb.root, *args)
        if ran.code:
            assert ran.code == 4
            assert said in ran.err


# Anything at all

WORDS = (
    "", " ", "x", "fuel", "notes", "-", "--", "-m", "--because", "\x1b[31m", "[/red]", "=cmd()",
    "--output=x", "---", "Kmkit-Move: validate", "a\nb", "x" * 3000, "نص", "ភាសា", "\u202edlrow",
    "a\r\nb", "\udcff", "\0".replace("\0", "\u2400"), "../..", "*", "@{-1}", "HEAD",
    "2026-11-21", "2026-02-30", "P1Y", "internal", "domestic", "lesson", "peer-review", "helped",
    "ben@example.org", "weekly-digest", "kmkit.toml", "policy.toml", ".", "{{x}}", "%s", "\\", "'",
    '"', "0", "-1", "99999999999999999999", "null", "true", "captured", "json", "md", "eml",
)  # fmt: skip


def any_line(choose: random.Random) -> list[str]:
    """A command with some of its options and words that may or may not fit."""
    group = typer.main.get_command(app)
    name = choose.choice([name for name in TABLE if name not in ("init", "demo")])
    words = [name]
    command = group.commands[name]  # type: ignore[attr-defined]
    for parameter in choose.sample(command.params, choose.randint(0, min(6, len(command.params)))):
        if parameter.param_type_name == "argument":
            words.append(choose.choice(WORDS))
        elif parameter.name != "help":
            words.append(choose.choice(parameter.opts))
            if not parameter.is_flag or choose.random() < 0.05:
                words.append(choose.choice(WORDS))
    return words


@pytest.mark.parametrize("seed", range(int(os.environ.get("KMKIT_FUZZ", "30"))))
def test_no_command_line_brings_a_traceback(
    kb: KnowledgeBase, run: Run, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")  # what is written by -o lands there
    choose = random.Random(seed)
    note = captured(kb)
    for _ in range(6):
        words = [note.short if w == "fuel" else w for w in any_line(choose)]
        ran = run(kb.root, *words, env=editor())
        assert ran.code in (0, 1, 2, 3, 4), words
        assert "mistake of its own" not in ran.err, words
        assert "Traceback" not in ran.out + ran.err, words
        assert "\x1b" not in ran.out + ran.err, words
        if ran.code in (2, 3, 4):
            assert ran.err.strip(), words
    kb.git.run("fsck", "--strict")
