"""kmkit starts quickly: what it does not need, it does not import."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kmkit.kb.replay import replay
from kmkit.lifecycle.states import State
from tests.digest_material import KB

ROOT = Path(__file__).resolve().parent.parent
HEAVY = {"git", "pydantic", "jinja2", "frontmatter", "rich.table", "yaml", "markdown_it", "mammoth"}
PROBE = """
import atexit, sys
from kmkit.cli import main
sys.argv = ["kmkit", *sys.argv[1:]]
atexit.register(lambda: print(*sys.modules, sep="\\n", file=sys.stderr))
main()
"""


def loaded(*arguments: str, cwd: Path | None = None, codes: tuple[int, ...] = (0,)) -> set[str]:
    """The modules that a run of kmkit imported; it must end with one of the codes."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        cwd=cwd, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert done.returncode in codes, done.stderr
    return set(done.stderr.split())


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_what_needs_no_note_imports_nothing_heavy(option: str, tmp_path: Path) -> None:
    names = loaded(option, cwd=tmp_path)
    assert "typer" in names
    assert not HEAVY & names


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The example with its history and an index that is fresh, and the id of a note of it."""
    root = tmp_path_factory.mktemp("warm") / "kb"
    kb = replay(KB, root)
    note = next(note for note in kb.notes() if note.state == State.MAINTAINED)
    for arguments in WARM.values():
        loaded("-C", str(root), *(word.format(note=note.id) for word in arguments), codes=(0, 1))
    return root, note.id


WARM = {
    "list": ("list",),
    "list, chosen": ("list", "--topic", "procurement", "--since", "last year", "--sort", "title"),
    "status": ("status",),
    "stale": ("review", "--stale"),
    "log": ("log", "{note}"),
    "log as JSON": ("log", "{note}", "--json"),
    "related": ("related", "{note}"),
    "experts": ("experts", "procurement"),
    "search": ("search", "water"),
}
NEVER = HEAVY | {
    "rich",
    "kmkit.kb",
    "kmkit.config",
    "kmkit.note.model",
    "kmkit.index.keeping.entering",
}


@pytest.mark.parametrize("name", WARM)
def test_what_the_index_answers_imports_nothing_heavy(name: str, warm: tuple[Path, str]) -> None:
    root, note = warm
    arguments = (word.format(note=note) for word in WARM[name])
    names = loaded("-C", str(root), *arguments, codes=(0, 1))
    assert "kmkit.index.book" in names
    assert sorted(NEVER & names) == []


def test_an_edited_note_is_read_without_what_reads_settings(
    warm: tuple[Path, str], tmp_path: Path
) -> None:
    root = shutil.copytree(warm[0], tmp_path / "kb")
    path = next(p for p in root.rglob("notes/**/*.md") if warm[1] in p.read_text("utf-8"))
    loaded("-C", str(root), *WARM["search"])
    for name in ("list", "search"):
        path.write_text(path.read_text("utf-8") + "\nSeen again.\n", encoding="utf-8")
        names = loaded("-C", str(root), *WARM[name])
        assert "kmkit.index.keeping.entering" in names
        light = HEAVY - {"yaml"}  # it tells where the state stands that is no longer proved
        assert sorted((light | {"kmkit.config", "kmkit.kb"}) & names) == []


def test_a_plain_listing_makes_no_classes_of_notes(warm: tuple[Path, str]) -> None:
    names = loaded("-C", str(warm[0]), "list")
    assert "kmkit.index.book" in names
    assert sorted({"json", "kmkit.index.card", "kmkit.index.choosing.conditions"} & names) == []


def test_a_digest_without_a_remote_does_without_gitpython(warm: tuple[Path, str]) -> None:
    names = loaded("-C", str(warm[0]), "digest")
    assert "kmkit.reach.digests" in names
    assert sorted({"git", "kmkit.reach.letters"} & names) == []


def test_the_probe_sees_what_is_imported(tmp_path: Path) -> None:
    assert "frontmatter" in loaded("init", "kb", cwd=tmp_path)
    assert {"pydantic", "yaml"} <= loaded("-C", "kb", "list", cwd=tmp_path)
    assert not {"pydantic", "frontmatter", "yaml"} & loaded("-C", "kb", "list", cwd=tmp_path)


def test_help_of_one_command_imports_no_other(tmp_path: Path) -> None:
    names = loaded("retire", "--help", cwd=tmp_path)
    assert "kmkit.cli.retire" in names
    assert "kmkit.cli.digest" not in names
    assert not HEAVY & names


def test_the_benchmark_gives_ratios_to_a_python_that_does_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "startup.py", "1"],
        cwd=tmp_path, capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    rows = dict(re.findall(r"^(\S.*?) +\d+ +\d+ +(\d+\.\d)$", done.stdout, re.MULTILINE))
    assert rows.pop("python -c pass") == "1.0"
    assert {"kmkit --version", "kmkit --help"} <= set(rows)
    assert all(float(ratio) > 0 for ratio in rows.values())
