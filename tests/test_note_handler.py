"""python-frontmatter: with our handler as strict as kmkit, and without it reading the same."""

from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

import frontmatter
import pytest

from kmkit.note.file import compose, read
from kmkit.note.handler import FrontMatterError, Handler
from kmkit.resources import example_kb, templates_dir
from tests.test_note_frontmatter import BROKEN

SAMPLE = {
    "title": "no: 1_000 #5",
    "owner": "a@example.org",
    "topics": ["procurement", "yes"],
    "gathered": {"on": date(2026, 11, 20), "method": "retrospect", "by": "b@example.org"},
    "evidence": ["annex/a b.xlsx", "https://example.org/?a=b#c"],
    "summary": 'Say "yes": it\'s {free}\nagain',
}


def as_text(value: Any) -> Any:
    """A value of the stock handler in the shape of ours: YAML 1.1 takes ``on`` for 'true'."""
    if isinstance(value, dict):
        return {"on" if key is True else key: as_text(part) for key, part in value.items()}
    if isinstance(value, list):
        return [as_text(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value


def test_python_frontmatter_reads_through_our_handler() -> None:
    data = compose(SAMPLE, "## Lessons\n\nOrder.")
    post = frontmatter.loads(data.decode(), handler=Handler())
    assert post.metadata == read(data, PurePosixPath("n.md")).raw
    assert post.content == "## Lessons\n\nOrder."
    assert frontmatter.loads(frontmatter.dumps(post)).metadata.keys() == post.metadata.keys()


def test_python_frontmatter_writes_through_our_handler() -> None:
    post = frontmatter.Post("Body", handler=Handler(), title="[/red]", state="no")
    assert frontmatter.dumps(post) == '---\ntitle: "[/red]"\nstate: "no"\n---\n\nBody'


def test_stock_python_frontmatter_reads_what_we_write_in_the_same_way() -> None:
    post = frontmatter.loads(compose(SAMPLE, "Body").decode())
    assert as_text(post.metadata) == as_text(SAMPLE)


@pytest.mark.parametrize(
    "path",
    [*sorted(templates_dir().glob("notes/*.j2")), *sorted(example_kb().rglob("notes/**/*.md"))],
    ids=lambda path: path.name,
)
def test_stock_python_frontmatter_reads_the_shipped_files_in_the_same_way(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    ours, stock = frontmatter.loads(text, handler=Handler()), frontmatter.loads(text)
    assert as_text(stock.metadata) == ours.metadata
    assert stock.content == ours.content


NOT_THE_HANDLERS = {"unknown field", "bad date", "nul in the body", "blank line above"} | {
    name for name, (text, _) in BROKEN.items() if isinstance(text, bytes)
}
"""Questions of fields, body and bytes; and python-frontmatter strips the text before it asks."""


@pytest.mark.parametrize("name", [name for name in BROKEN if name not in NOT_THE_HANDLERS])
def test_our_handler_refuses_what_is_not_certain(name: str) -> None:
    text, expected = BROKEN[name]
    assert isinstance(text, str)
    with pytest.raises(FrontMatterError) as refused:
        frontmatter.loads(text, handler=Handler())
    assert [(flaw.line, flaw.col, flaw.rule) for flaw in refused.value.flaws] == expected


def test_detecting_front_matter_needs_a_fence() -> None:
    assert Handler().detect("\ufeff---\ntitle: a\n---\n")
    assert not Handler().detect("# Title\n\n---\n")
