import json
from pathlib import Path

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from tests.conftest import BEN, Run, at, captured, validated
from tests.terminal import on_terminal
from tests.test_startup import HEAVY, loaded

BOATS = {
    "kind": "story",
    "level": "domestic",
    "topics": ["boats"],
    "summary": "Crews and fuel were late.",
}


@pytest.fixture
def lessons(kb: KnowledgeBase) -> KnowledgeBase:
    validated(kb, "Order fuel early")
    captured(at(kb, BEN), "Boats need crews", **BOATS)
    captured(kb, "Été au camp", language="fr", summary="Les évacuations du camp.")
    return kb


def titles(text: str) -> list[str]:
    return [line.split("\t")[1] for line in text.splitlines()[1:]]


def test_best_first_as_tab_separated_text(lessons: KnowledgeBase, run: Run) -> None:
    ran = run(lessons.root, "search", "fuel")
    assert ran.code == 0
    head, first, second = ran.out.splitlines()
    assert head == "id\ttitle\tstate\towner\tscore\twords\tsnippet"
    cells = first.split("\t")
    assert cells[1:4] == ["Order fuel early", "validated", "ana@example.org"]
    assert cells[5:] == ["all", "Sign fuel contracts before the first warning."]
    assert second.split("\t")[1] == "Boats need crews"
    assert ran.err == "2 notes.\n"


def test_the_whole_language_on_the_command_line(lessons: KnowledgeBase, run: Run) -> None:
    def found(*args: str) -> list[str]:
        ran = run(lessons.root, "search", *args)
        assert ran.code == 0, ran.err
        return titles(ran.out)

    assert found("fuel", "-boats") == ["Order fuel early"]
    assert found("fuel", "not:boats") == ["Order fuel early"]
    assert found("fuel -boats") == ["Order fuel early"]
    assert found("fuel", "-hydrazine") == ["Order fuel early", "Boats need crews"]
    assert found('"fuel were late"') == ["Boats need crews"]
    assert found('"late fuel were"') == []
    assert found("crew*") == ["Boats need crews"]
    assert found("title:fuel") == ["Order fuel early"]
    assert found("evacuation") == ["Été au camp"]
    assert found("fuel", "owner:ben@") == ["Boats need crews"]
    assert found("fuel", "-owner:ben@") == ["Order fuel early"]
    assert found("fuel", "level>=domestic") == ["Boats need crews"]
    assert found("fuel", "--kind", "story") == ["Boats need crews"]
    assert found("fuel", "--state", "not:captured") == ["Order fuel early"]
    assert found("fuel", "--limit", "1") == ["Order fuel early"]
    assert found("-fuel") == ["Été au camp"]
    assert found("--", "-fuel") == ["Été au camp"]


def test_no_sign_is_refused(lessons: KnowledgeBase, run: Run) -> None:
    for typed in ("C++", "title:", 'foo"', '"fuel', "a:b", "(fuel", "fuel]", "*fuel", "ក\u17d2"):
        assert run(lessons.root, "search", typed).code == 0, typed


def test_most_of_the_words_and_mistyped_ones(lessons: KnowledgeBase, run: Run) -> None:
    ran = run(lessons.root, "search", "fuel", "camp")
    assert {line.split("\t")[5] for line in ran.out.splitlines()[1:]} == {"most"}
    assert ran.err == "No note has all the words; 3 notes with most of them.\n"
    assert titles(run(lessons.root, "search", "evacution").out) == ["Été au camp"]
    ran = run(lessons.root, "search", "evcauations")
    assert titles(ran.out) == ["Été au camp"]
    assert "Did you mean 'evacuations'?" in ran.err
    ran = run(lessons.root, "search", "qqqqzzzz")
    assert (ran.code, titles(ran.out)) == (0, [])
    assert ran.err == "No note was found. Try other words, or fewer.\n"
    ran = run(lessons.root, "search", "fuel", "--limit", "1")
    assert ran.err == "1 of 2 notes. More: --limit 2.\n"


def test_without_a_word_it_says_what_to_do(kb: KnowledgeBase, run: Run) -> None:
    for typed in ('"', "-", "((", "owner:ana", "   "):
        ran = run(kb.root, "search", typed)
        assert ran.code == 2
        assert "There is no word to look for." in ran.err
    assert "Notes by filters alone: kmkit list" in run(kb.root, "search", "owner:ana").err


def test_retired_notes_are_last_and_name_their_heir(kb: KnowledgeBase, run: Run) -> None:
    old = captured(kb, "Fuel fuel fuel by the barrel")
    heir = captured(kb, "Order early", summary="Contracts for fuel.")
    kb.move("retire", old, Request(superseded_by=heir.id))
    ran = run(kb.root, "search", "fuel", "--json")
    told = json.loads(ran.out)
    assert [one["title"] for one in told["results"]] == [heir.title, old.title]
    assert told["results"][1]["state"] == "retired"
    assert [h["id"] for h in told["results"][1]["replaced_by"]] == [heir.id]
    shown = on_terminal(kb.root, "search", "fuel")
    assert f"replaced by: Order early ({heir.id[-4:]})" in shown


def test_json_is_a_contract(lessons: KnowledgeBase, run: Run) -> None:
    told = json.loads(run(lessons.root, "search", "evacuations", "--json", "--explain").out)
    assert (told["schema"], told["query"], told["meant"]) == (
        "kmkit.search/1",
        "evacuations",
        None,
    )
    (one,) = told["results"]
    assert told["total"] == 1
    assert one["all_words"] is True
    text, ((start, end),) = one["snippet"]["text"], one["snippet"]["marks"]
    assert text[start:end] == "évacuations"
    assert one["title_marks"] == []
    (why,) = one["why"]
    assert (why["asked"], why["found"], why["where"], why["times"]) == (
        *("evacuations", "evacuations"),
        *("summary", 1),
    )
    assert "why" not in json.loads(run(lessons.root, "search", "camp", "--json").out)["results"][0]


def test_explain_says_where_and_how_much(lessons: KnowledgeBase, run: Run) -> None:
    ran = run(lessons.root, "search", "fuel", "crew", "--explain")
    head, first, *_ = ran.out.splitlines()
    assert head.endswith("\twhy")
    why = first.split("\t")[-1]
    assert why.startswith("crew as crews: ")
    assert "title 1" in why
    assert "fuel: summary 1" in why


def test_on_a_terminal_the_match_is_marked(lessons: KnowledgeBase) -> None:
    shown = on_terminal(lessons.root, "search", "fuel")
    assert "Order \x1b[0m\x1b[1;7mfuel\x1b[0m\x1b[1m early" in shown
    assert "Sign \x1b[1mfuel\x1b[0m contracts" in shown
    assert "validated · " in shown
    assert "These have most" not in shown
    assert "These have most of the words:" in on_terminal(lessons.root, "search", "fuel", "camp")


def test_what_a_note_says_is_no_markup_and_no_control(kb: KnowledgeBase) -> None:
    captured(kb, "[red]fuel[/red]", summary="Bidi \u202efuel\u202c and [bold]more[/bold].")
    shown = on_terminal(kb.root, "search", "fuel")
    assert "[red]" in shown
    assert "[bold]more[/bold]" in shown
    assert "\u202e" not in shown


def test_a_damaged_full_text_is_made_anew(lessons: KnowledgeBase, run: Run) -> None:
    before = run(lessons.root, "search", "fuel")
    segments = list((lessons.root / ".git" / "kmkit").rglob("*.idx"))
    assert segments
    for file in segments:
        file.write_bytes(b"\xff" * file.stat().st_size)
    assert run(lessons.root, "search", "fuel") == before


def test_a_warm_search_imports_nothing_heavy(lessons: KnowledgeBase, run: Run) -> None:
    run(lessons.root, "search", "fuel")
    names = loaded("search", "fuel", "--kind", "lesson", cwd=Path(lessons.root))
    assert "tantivy" in names
    assert not HEAVY & names
