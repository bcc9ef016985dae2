"""docs/filters.md: its examples run, its saved filters are read, its words are the program's."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from kmkit.cli.rows import FORMATS
from kmkit.index.choosing.filters import FIELDS, WORD, Filter
from kmkit.kb import KnowledgeBase
from tests.conftest import Run, captured, disseminated

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "filters.md").read_text("utf-8")
EXAMPLES = re.findall(r"^\$ kmkit (.*)$", PAGE, re.MULTILINE)
SAVED = tomllib.loads(re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0])["filters"]


@pytest.fixture
def known(kb: KnowledgeBase) -> KnowledgeBase:
    """A knowledge base that has what the page speaks of."""
    disseminated(kb, "Order fuel early", topics=["logistics"], level="internal")
    captured(kb, "A boat", kind="story", topics=["training"])
    config = kb.root / "kmkit.toml"
    text = config.read_text("utf-8").replace("[filters]\n", "")
    lines = "".join(f"{name} = {words!r}\n" for name, words in SAVED.items())
    config.write_text(f"{text}\n[filters]\n{lines}", "utf-8")
    return kb


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 10
    assert {words.split()[0] for words in EXAMPLES} == {
        "list", "search", "show", "review", "check", "digest",
    }  # fmt: skip


def test_every_example_runs(known: KnowledgeBase, run: Run) -> None:
    for example in EXAMPLES:
        ran = run(known.root, *shlex.split(example, comments=True))
        assert ran.code in (0, 1), f"{example}: {ran.err}"


def test_every_saved_filter_is_understood(known: KnowledgeBase, run: Run) -> None:
    for name, words in SAVED.items():
        asked = Filter.parse(shlex.split(words))
        assert all(term.field != WORD for term in asked.terms)
        assert run(known.root, "list", "--filter", name).code == 0


def test_every_format_and_field_is_told() -> None:
    for name in FORMATS:
        assert f"| `{name}` |" in PAGE
    for field in FIELDS:
        assert f"| `--{field}` |" in PAGE
