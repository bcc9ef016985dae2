"""The options that choose notes are the same for every command that takes them."""

import json

import pytest
from typer.main import get_command

from kmkit.cli.door import app
from kmkit.cli.filters import filtered
from kmkit.index.choosing.filters import FIELDS
from kmkit.kb import KnowledgeBase
from tests.conftest import BEN, Run, at, captured, disseminated

TAKERS = ("list", "show", "review", "digest", "check")
OWN = {"review": {"--stale"}, "digest": {"--since", "--until"}}
"""Options that mean something else in a command."""


def options(name: str) -> dict[str, str]:
    command = get_command(app).commands[name]  # type: ignore[attr-defined]
    return {opt: p.help or "" for p in command.params for opt in p.opts if opt.startswith("--")}


@pytest.mark.parametrize("name", TAKERS)
def test_every_command_has_every_option_with_the_same_help(name: str) -> None:
    said, listed = options(name), options("list")
    for field in FIELDS:
        option = f"--{field}"
        assert option in said
        if option not in OWN.get(name, ()):
            assert said[option] == listed[option]


def test_show_takes_several_notes_and_filters(kb: KnowledgeBase, run: Run) -> None:
    one, two = captured(kb, "One", topics=["fuel"]), captured(kb, "Two")
    both = run(kb.root, "show", one.id, two.id[-4:])
    assert [line for line in both.out.splitlines() if line.startswith("# ")] == ["# One", "# Two"]
    chosen = run(kb.root, "show", "--topic", "fuel", "--json")
    assert json.loads(chosen.out)["title"] == "One"
    assert chosen.err == "1 note.\n"
    assert run(kb.root, "show", "--kind", "story").err == "No note is like that.\n"
    for args in ([], [one.id, "--topic", "fuel"]):
        assert run(kb.root, "show", *args).code == 2


def test_review_stale_of_some_notes(kb: KnowledgeBase, run: Run) -> None:
    captured(kb, "Mine", topics=["fuel"])
    captured(at(kb, BEN), "His")

    def found(*args: str) -> list[str]:
        ran = run(kb.root, "review", "--stale", "--json", *args, today="2027-01-01")
        assert ran.code in (0, 1), ran.err
        return [note["title"] for note in json.loads(ran.out)["notes"]]

    assert found() == ["Mine", "His"]
    assert found("--mine") == ["Mine"]
    assert found("--owner", "ben@") == ["His"]
    assert found("--owner", "not:ben@") == ["Mine"]
    assert found("--topic", "fuel", "--state", "captured") == ["Mine"]
    assert found("--kind", "story") == []
    refused = run(kb.root, "review", "--mine")
    assert refused.code == 2
    assert "--stale" in refused.err


def test_check_of_some_notes_and_of_some_rules(kb: KnowledgeBase, run: Run) -> None:
    captured(kb, "Story", kind="story", derived_from=["20200101-gone-zz99"])
    captured(kb, "Lesson", derived_from=["20200101-gone-zz99"])

    def found(*args: str) -> list[tuple[str, str]]:
        ran = run(kb.root, "check", "--json", *args)
        assert ran.code in (0, 1), ran.err
        problems = json.loads(ran.out)["problems"]
        return sorted((p["path"].split("-")[1], p["rule"]) for p in problems)

    assert set(found("--kind", "lesson")) == {("lesson", "broken-link")}
    assert ("story", "broken-link") in found("--kind", "not:lesson")
    assert set(found("--problem", "broken-link")) == {
        ("lesson", "broken-link"), ("story", "broken-link"),
    }  # fmt: skip
    assert "broken-link" not in {rule for _, rule in found("--problem", "not:broken-link")}
    assert found("--kind", "lesson", "--problem", "bad-email") == []
    assert run(kb.root, "check", "--problem", "broken-lnik").code == 2


def test_a_digest_of_some_notes(kb: KnowledgeBase, run: Run) -> None:
    disseminated(kb, "Fuel", topics=["fuel"])
    disseminated(kb, "Boats", topics=["boats"])

    def told(*args: str) -> list[str]:
        ran = run(kb.root, "digest", "--format", "md", *args)
        assert ran.code == 0, ran.err
        return [title for title in ("Fuel", "Boats") if title in ran.out]

    assert told() == ["Fuel", "Boats"]
    assert told("--topic", "fuel") == ["Fuel"]
    assert told("--topic", "not:fuel") == ["Boats"]
    assert told("--since", "last month", "--until", "last month") == []
    assert told("--since", "this month") == ["Fuel", "Boats"]
    assert told("--name", "stewards", "--topic", "fuel", "--owner", "nobody") == []


def test_an_option_that_a_command_has_itself_stays_its_own() -> None:
    def command(asked: object, since: str = "") -> None:
        """Does something."""

    run = filtered(without=("since",))(command)
    assert list(run.__annotations__).count("since") == 1
    assert "topic" in run.__annotations__
