"""Shipped templates are compiled once, and what is kept of that is never trusted too far."""

import sys
from importlib.util import cache_from_source
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from kmkit.views import compiled
from kmkit.views.environment import environment

NAME = "a.md.j2"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where Python keeps kmkit's code in this test."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    found = Path(cache_from_source(compiled.__file__)).parent
    found.mkdir(parents=True)
    return found


def rendered(text: str = "Hello {{ name }}") -> str:
    """A template, by an environment of its own."""
    made = Environment(loader=DictLoader({NAME: text}), bytecode_cache=compiled.Compiled())
    return made.get_template(NAME).render(name="Ana")


def test_a_template_is_compiled_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert rendered() == "Hello Ana"
    (kept,) = folder.iterdir()
    assert kept.stat().st_mode & 0o777 == 0o644
    monkeypatch.setattr(Environment, "compile", None)
    assert rendered() == "Hello Ana"


def test_another_text_is_compiled_anew(folder: Path) -> None:
    assert rendered() == "Hello Ana"
    assert rendered("Bye {{ name }}") == "Bye Ana"
    assert rendered() == "Hello Ana"
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize("left", [0, 3, 20, 40, 60, 200, -1])
def test_what_was_damaged_is_compiled_anew(left: int, folder: Path) -> None:
    rendered()
    (kept,) = folder.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[:left])
    assert rendered() == "Hello Ana"
    assert kept.read_bytes() == whole


def test_nothing_is_kept_where_python_keeps_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert rendered() == "Hello Ana"
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_written_changes_nothing(folder: Path) -> None:
    folder.rmdir()
    folder.write_text("no folder")
    assert rendered() == "Hello Ana"


def test_templates_of_a_knowledge_base_are_never_kept(tmp_path: Path) -> None:
    assert environment(tmp_path).bytecode_cache is None
    assert isinstance(environment().bytecode_cache, compiled.Compiled)


def test_another_jinja_compiles_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = folder / "compiler.py"
    other.write_text("# another")
    rendered()
    (before,) = (kept.read_bytes() for kept in folder.glob("*.template"))
    monkeypatch.setattr("jinja2.compiler.__file__", str(other))
    assert rendered() == "Hello Ana"
    (after,) = (kept.read_bytes() for kept in folder.glob("*.template"))
    assert before != after
