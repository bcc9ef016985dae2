"""Which format a file's name says, for every command alike."""

from pathlib import Path

import pytest
import typer

from kmkit.cli.door import app
from kmkit.cli.formats import ENDINGS, by_ending, format_of, write_out
from kmkit.errors import UsageError
from kmkit.kb import KnowledgeBase
from tests.conftest import Run


@pytest.mark.parametrize("ending", [*ENDINGS, ".HTML", ".Json"])
def test_an_ending_means_the_same_everywhere(ending: str) -> None:
    every = {*ENDINGS.values()}
    assert by_ending(Path(f"lead{ending}"), every) == ENDINGS[ending.lower()]


def test_lines_with_tabs_are_text() -> None:
    assert by_ending(Path("notes.txt"), ("tsv", "json")) == "tsv"
    assert by_ending(Path("lead.txt"), ("text", "json")) == "text"


def test_another_ending_is_refused_with_those_there_are() -> None:
    for name in ("lead.docx", "lead.csv", "lead.md.bak"):
        with pytest.raises(UsageError) as refused:
            by_ending(Path(name), ("md", "html"), "md")
        assert refused.value.mend == "Let its name end in one of: .md, .markdown, .html, .htm."
    assert by_ending(Path("lead"), ("md", "html"), "md") == "md"
    with pytest.raises(UsageError):
        by_ending(Path("lead"), ("svg", "html"))


def test_what_was_asked_for_goes_before_the_name() -> None:
    assert format_of("html", Path("lead.md"), ("md", "html"), "md") == "html"
    assert format_of("", None, ("md", "html"), "md") == "md"
    with pytest.raises(UsageError, match="there is no 'htm'"):
        format_of("htm", None, ("md", "html"), "md")


def test_a_file_is_written_where_there_is_a_folder(tmp_path: Path) -> None:
    write_out(b"1", tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b"1"
    for place in (tmp_path, tmp_path / "no" / "a"):
        with pytest.raises(UsageError):
            write_out(b"2", place)
    assert not (tmp_path / "no").exists()


def test_json_and_another_format_exclude_each_other_everywhere(kb: KnowledgeBase, run: Run) -> None:
    group = typer.main.get_command(app)
    names = [
        name
        for name, command in group.commands.items()  # type: ignore[attr-defined]
        if {"--json", "--format"} <= {option for one in command.params for option in one.opts}
    ]
    assert {"list", "check", "audit", "review", "actions"} <= set(names)
    for name in names:
        more = ["--stale"] if name == "review" else []
        for both in (["--json", "--format", "sarif"], ["--format", "sarif", "--json"]):
            ran = run(kb.root, name, *more, *both)
            assert (ran.code, ran.out) == (2, ""), name
            said = "--json and --format sarif exclude each other.\nGive one of them.\n"
            assert ran.err == said
        assert run(kb.root, name, *more, "--json", "--format", "json").code != 2
