"""The house's own rules about code, counted: sizes, docstrings, directions, what may speak."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "kmkit"
MODULES = sorted(SOURCE.rglob("*.py"))
OURS = [*MODULES, *sorted((ROOT / "tools").rglob("*.py"))]

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def test_there_is_something_to_count() -> None:
    assert len(MODULES) > 60


@pytest.mark.parametrize("path", OURS, ids=name_of)
def test_a_module_has_at_most_300_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def length(node: Function) -> int:
    """The lines of a function's body, its docstring left out: options and words are no logic."""
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return (node.end_lineno or 0) - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_function_does_its_work_in_at_most_50_lines(path: Path) -> None:
    assert not {node.name: length(node) for node in functions(path) if length(node) > 50}


def test_most_functions_have_fewer_than_20_lines() -> None:
    lengths = [length(node) for path in MODULES for node in functions(path)]
    assert sum(lines < 20 for lines in lengths) > len(lengths) * 0.9


def public(node: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Every public class and function, with those inside public classes."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function | ast.ClassDef) and not child.name.startswith("_"):
            yield prefix + child.name, child
            if isinstance(child, ast.ClassDef):
                yield from public(child, f"{child.name}.")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_public_thing_says_what_it_is(path: Path) -> None:
    module = tree(path)
    silent = [] if ast.get_docstring(module) else [path.name]
    for name, node in public(module):
        assert isinstance(node, Function | ast.ClassDef)
        first = (ast.get_docstring(node) or "").split("\n")[0]
        if not first.endswith((".", ":", "…", "?")) and not re.search(r"[a-z]", first):
            silent.append(name)
    assert not silent


@pytest.mark.parametrize("path", [path for path in MODULES if "cli" not in path.parts], ids=name_of)
def test_only_the_command_line_speaks_asks_and_looks_at_the_clock(path: Path) -> None:
    spoken = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            spoken.append(ast.unparse(node.func))
    forbidden = {"print", "input", "date.today", "time.time", "os.getenv", "sys.stdout.write"}
    if path != SOURCE / "kb" / "base.py":  # the default of those who use kmkit from Python
        forbidden.add("datetime.now")
    assert not forbidden & set(spoken)


def test_every_room_is_in_the_contract_and_imports_run_downward() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    rooms = [room.strip() for floor in contract for room in floor.split("|")]
    there = {path.stem for path in SOURCE.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert there - {"__init__", "__main__", "__pycache__"} == set(rooms)

    floor_of = {
        room.strip(): number for number, floor in enumerate(contract) for room in floor.split("|")
    }
    for path in MODULES:
        room = path.relative_to(SOURCE).parts[0].removesuffix(".py")
        if room in floor_of:
            for used in imported_rooms(path):
                assert used == room or floor_of[used] > floor_of[room], f"{name_of(path)}: {used}"


def imported_rooms(path: Path) -> set[str]:
    """The rooms of kmkit that a module imports from, anywhere in it."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "kmkit" and len(parts) > 1 and parts[1] != "__version__":
                found.add(parts[1])
    return found


def test_import_linter_agrees() -> None:
    script = Path(sys.executable).with_name(
        "lint-imports.exe" if sys.platform == "win32" else "lint-imports"
    )
    done = subprocess.run(
        [script, "--no-cache"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


POSSESSIVE_GROUP = re.compile(r"(?<![\\(])\)(?:[*+?]|\{[0-9,]+\})\+")


@pytest.mark.parametrize("path", OURS, ids=name_of)
def test_no_group_of_a_pattern_is_possessive(path: Path) -> None:
    """Python 3.11.0 to 3.11.4 can go on from within a failed repetition (CPython gh-106052)."""
    texts = [
        node.value
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert [text for text in texts if POSSESSIVE_GROUP.search(text) or "(?>" in text] == []


def test_a_possessive_group_is_seen() -> None:
    assert POSSESSIVE_GROUP.search(r"(?: *, *a)*+")
    assert not POSSESSIVE_GROUP.search(r"[^)]*+ \)*+ (?:a)*\+")


def test_nothing_is_left_to_do_and_no_machine_is_named() -> None:
    unwanted = re.compile(r"\b(?:TODO|FIXME|XXX)\b|(?<![\w.:/-])/(?:home|Users|root|work)/\w")
    texts = ["*.md", "*.py", "*.j2", "*.toml", "*.yml", "*.yaml", "*.txt"]
    folders = ["src", "tests", "tools", "docs", "benchmarks", "templates", "examples", ".github"]
    paths = [path for kind in texts for path in ROOT.glob(kind)]
    paths += [path for one in folders for kind in texts for path in (ROOT / one).rglob(kind)]
    assert len(paths) > 150
    found = [
        f"{name_of(path)}: {hit[0]}"
        for path in paths
        if path != Path(__file__).resolve()
        for hit in unwanted.finditer(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert not found
