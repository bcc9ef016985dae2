"""What an audience may know, asked like the index: the house all, others what reaches them."""

import json
from pathlib import Path

import pytest

from kmkit.audience.audiences import Audience, audience_of
from kmkit.audience.known import OTHER, Known
from kmkit.audience.seeing import see
from kmkit.index.book import Index
from kmkit.kb import KnowledgeBase
from kmkit.learn.knowledge_map import knowledge_map
from kmkit.learn.learned import learned
from kmkit.learn.metrics.table import METRICS, measured
from kmkit.learn.metrics.world import world
from kmkit.period import Period
from tests.conftest import BEN, Run, at, captured, validated

AFTER = "2026-11-20"


def known(root: Path, name: str) -> Known:
    kb = KnowledgeBase(root)
    index = Index.open(root, today=kb.today)
    return Known(kb, index, see(kb, index, audience_of(kb.config, kb.policy, name)))


def test_the_narrowest_circle_knows_what_the_house_knows(history: Path) -> None:
    with Index.open(history, today=KnowledgeBase(history).today) as house:
        year = Period(-12).after(house.today)
        with known(history, "internal") as told:
            assert (told.circle, told.wide) == ("internal", False)
            wanted = measured(world(house, since=year, until=house.today))
            assert measured(world(told, since=year, until=house.today)) == wanted
            assert knowledge_map(told) == knowledge_map(house)
            assert learned(told) == learned(house)
            assert told.people == house.people


def test_others_know_of_notes_that_may_reach_them_and_of_nobody(history: Path) -> None:
    kb = KnowledgeBase(history)
    for level, width in (("domestic", 1), ("international", 2)):
        with known(history, level) as told:
            reach = {
                note.id
                for note in kb.notes()
                if kb.policy.width(note.level) >= width
                and (note.state != "captured" or note.fields.in_force)
            }
            cards = list(told.cards())
            assert {card.id for card in cards} == reach
            assert not any(card.owner or card.authors or card.sources for card in cards)
            assert told.people == {}
            assert {use.note for use in told.uses} == {
                use.note for use in kb.applications if use.note in reach
            }
            assert not any(event.name for event in told.trail())
            assert {reason.code for row in told.stale() for reason in row.reasons} <= {"overdue"}


def test_figures_about_people_are_not_counted_for_others(history: Path) -> None:
    with known(history, "domestic") as told:
        figures = measured(world(told, since=told.today, until=told.today))
        assert {one.metric for one in figures} == {m.name for m in METRICS if not m.house}
        assert {m.name for m in METRICS if m.house} == {
            "covered", "habits", "held-by-one", "people", "units",
        }  # fmt: skip
        channels = {one.detail for one in figures if one.metric == "reach"}
        assert channels == {"portal", "partners-bulletin"}
        year = measured(world(told, since=Period(-12).after(told.today), until=told.today))
        assert OTHER in {one.detail for one in year if one.metric == "reach"}


def test_an_audience_is_told_what_came_of_a_lesson(run: Run, kb: KnowledgeBase) -> None:
    note = validated(kb, level="domestic")
    said = ("--outcome", "helped", "--because", "There was fuel.")
    assert run(kb.root, "apply", note.short, "--in", "Coast road", *said, who=BEN).code == 0
    for to in ("domestic", "internal"):
        opened = run(kb.root, "metrics", "--why", "uses", "--audience", to, "--format", "json")
        assert json.loads(opened.out)["value"] == 1
    seen = see(kb, Index.open(kb.root, today=kb.today), Audience("domestic"))
    assert [use.in_ for use in seen.uses] == ["Coast road"]


@pytest.mark.parametrize("kind", ["plan", "event"])
def test_a_record_goes_as_far_as_it_says(run: Run, kb: KnowledgeBase, kind: str) -> None:
    day = ["--set", "on=2027-01-05"] if kind == "event" else []
    for level in ("", "domestic"):
        more = ["--set", f"level={level}"] if level else []
        name = f"{level or 'house'} {kind}"
        args = ("new", kind, "--no-input", "--set", f"name={name}", *day, *more)
        assert run(kb.root, *args).code == 0
    if kind == "plan":
        for one in kb.records("plan"):
            add = ("--add", f"Film for {one.title}", "--by", "ben@example.org", "--when", "ongoing")
            assert run(kb.root, "plan", one.id[-4:], *add).code == 0
    house = run(kb.root, kind).out
    assert ("house" in house, "domestic" in house, "@example.org" in house) == (True, True, True)
    theirs = run(kb.root, kind, "--audience", "domestic").out
    assert ("house" in theirs, "domestic" in theirs, "@" in theirs) == (False, True, False)
    assert "domestic" not in run(kb.root, kind, "--audience", "international").out


def test_what_nobody_validated_is_not_counted_for_others(run: Run, kb: KnowledgeBase) -> None:
    captured(at(kb), level="international")
    figures = json.loads(
        run(kb.root, "metrics", "--audience", "international", "--format", "json").out
    )
    assert figures["circle"] == "international"
    assert {m["value"] for m in figures["metrics"] if m["metric"] in ("notes", "captured")} == {0}
    house = json.loads(run(kb.root, "metrics", "--format", "json").out)
    assert house["circle"] is None
