"""The knowledge map: what is critical, what is missing, and what its scores call for."""

from collections.abc import Mapping

import pytest

from kmkit.learn.knowledge_map import SIGNS, Place, advice, knowledge_map, places
from kmkit.note.records.knowledge import CRITERIA, Knowledge
from kmkit.views.knowledge_map import map_json, picture, rows
from tests.index_material import RULES, as_listed, index_of, stale_of
from tests.note_material import TODAY, note

FIVE = dict.fromkeys(CRITERIA, 5)


def knowledge(subject: str = "Fuel", scores: Mapping[str, int] = FIVE, *topics: str) -> Knowledge:
    return Knowledge.model_validate(
        {
            "subject": subject,
            "by": "ana@example.org",
            "on": TODAY.isoformat(),
            "topics": list(topics) or ["logistics"],
            "scores": [
                {"criterion": name, "score": score, "because": "So."}
                for name, score in scores.items()
            ],
        }
    )


def of(found: list[Place], topic: str) -> Place:
    return next(one for one in found if one.topic == topic)


def test_a_topic_is_told_by_what_is_written_about_it() -> None:
    notes = [
        note("maintained", id="20250310-a-aa11"),
        note("validated", id="20250310-b-bb22"),
        note("captured", id="20250310-c-cc33", topics=["procurement"]),
        note("retired", id="20250310-d-dd44", topics=["procurement"]),
    ]
    found = places(RULES, map(as_listed, notes), stale_of(*notes), [], [])
    fuel, buying = of(found, "logistics"), of(found, "procurement")
    assert fuel.approved == ("20250310-a-aa11", "20250310-b-bb22")
    assert set(fuel.stale) <= set(fuel.approved)
    assert (buying.approved, buying.waiting) == ((), ("20250310-c-cc33",))
    assert buying.signs == ("uncovered",)
    assert buying.mend == "kmkit validate cc33"


def test_one_note_is_thin_and_two_are_enough() -> None:
    def signs(*notes: object) -> tuple[str, ...]:
        return of(places(RULES, map(as_listed, notes), [], [], []), "logistics").signs  # type: ignore[arg-type]

    one, two = note("maintained", id="20250310-a-aa11"), note("maintained", id="20250310-b-bb22")
    assert signs() == ("uncovered",)
    assert signs(one) == ("thin",)
    assert signs(one, two) == ("covered",)


def test_what_is_critical_and_missing_comes_first_then_what_is_most_needed() -> None:
    known = [
        knowledge("Boats", FIVE, "boats"),
        knowledge("Radios", dict.fromkeys(CRITERIA, 1), "radios"),
    ]
    found = places(RULES._replace(critical=("dams",)), [], [], [], known)
    named = [one.topic for one in found]
    assert named[0] == "dams"
    assert named.index("boats") < named.index("radios")
    assert (of(found, "boats").need, of(found, "radios").need) == (30, 6)
    assert of(found, "boats").subjects == ("Boats",)
    assert of(found, "dams").need is None


def test_who_holds_it_comes_from_the_index() -> None:
    with index_of(note("maintained", owner="ana@example.org", sources=["anonymous"])) as index:
        found = of(knowledge_map(index), "logistics")
    assert found.risk in ("", "one-person")
    assert set(found.signs) <= set(SIGNS)


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ({}, "Score it"),
        (FIVE, "write it down now"),
        ({**FIVE, "recordability": 1}, "work beside those who have it"),
        ({**FIVE, "risk-of-loss": 2}, "when the next occasion comes"),
        ({**FIVE, "risk-of-loss": 2, "recordability": 2}, "in touch with each other"),
    ],
)
def test_what_the_scores_call_for(scores: dict[str, int], said: str) -> None:
    assert said in advice(knowledge("Fuel", scores))


def test_scores_are_all_there_or_none_and_each_once() -> None:
    whole = knowledge()
    assert (whole.total, whole.standing, list(whole.misfits())) == (30, "30 of 30", [])
    assert list(knowledge("Fuel", {}).misfits()) == []
    (missing,) = knowledge("Fuel", {"demand": 4}).misfits()
    assert "Not scored: strategic-need, specificity" in missing.message
    twice = whole.model_copy(update={"scores": (*whole.scores, whole.scores[0])})
    assert [m.message for m in twice.misfits()] == ["strategic-need is scored twice."]


def test_the_picture_says_in_words_what_its_shades_show() -> None:
    found = places(RULES, [as_listed(note("maintained"))], [], [], [knowledge()])
    drawn = str(picture(found))
    assert drawn.count("<rect") == 4 * len(found)
    assert "30 of 30" in drawn
    assert "logistics •: Need 30 of 30, Approved notes 1" in drawn
    assert len(rows(found)) == len(found)
    assert '"schema": "kmkit.map/1"' in map_json(found)
