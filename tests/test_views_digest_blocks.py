"""What is to be stopped, what came of notes, the question, thanks, and the limits."""

from datetime import date
from typing import Any

import pytest

from kmkit.errors import Cannot
from kmkit.note.model import Note
from kmkit.views.digest import Digest
from kmkit.views.digest_render import render
from kmkit.views.words import count
from tests.digest_material import (
    BEHIND,
    RINGS,
    WATER,
    a_week,
    applications,
    compose,
    config,
    event,
    example,
    note,
    shown,
)


def settings(**changes: Any) -> Any:
    """The example's settings with other settings of its digest."""
    made = config()
    return made.model_copy(update={"digest": made.digest.model_copy(update=changes)})


# Stop using these


def ended(steps: str = "maintained retired", **more: str) -> list[Any]:
    return [
        event(BEHIND, on="2025-09-05", channel="weekly-digest"),
        event(BEHIND, "retire", "2026-11-16", steps, **more),
    ]


def test_only_notes_that_had_gone_out_are_to_be_stopped() -> None:
    old = example("stay-one-version-behind", "retired")
    never = ended()[1:]
    assert compose([old], never).empty
    made = compose([old], ended(reason="Rings hold back more."))
    (stop,) = made.stop
    assert (stop.title, stop.because) == (
        "Stay one version behind on security agents",
        "Rings hold back more.",
    )
    assert made.subject == "Stop using: Stay one version behind on security agents"


def test_a_stop_is_told_in_the_week_in_which_it_happened() -> None:
    old = example("stay-one-version-behind", "retired")
    assert compose([old], ended(), since=date(2026, 11, 17)).stop == ()
    assert compose([old], ended(), until=date(2026, 11, 15)).stop == ()


def test_a_note_that_was_reopened_meanwhile_is_not_stopped() -> None:
    old = example("stay-one-version-behind", "maintained")
    assert compose([old], ended()).stop == ()


def test_what_another_branch_disseminated_after_the_end_is_to_be_stopped() -> None:
    old = example("stay-one-version-behind", "retired")
    after = event(BEHIND, on="2026-11-17", channel="weekly-digest")
    made = compose([old], [*ended()[1:], after])
    assert [stop.withdrawn for stop in made.stop] == [False]


def test_a_withdrawn_note_is_to_be_stopped_too() -> None:
    old = example("stay-one-version-behind", "captured")
    made = compose([old], ended("maintained captured", reason="Half of it is wrong."))
    (stop,) = made.stop
    assert stop.withdrawn
    assert "It is being rewritten" in render(made, "text")


def test_a_revision_with_a_version_in_force_stops_nothing() -> None:
    old = example("stay-one-version-behind", "maintained")
    trail = ended("maintained captured")
    assert compose([shown(old, being_revised=True)], trail).stop == ()


def test_a_rejected_revision_ends_the_note() -> None:
    old = example("stay-one-version-behind", "retired")
    assert len(compose([old], ended("captured retired")).stop) == 1


def test_what_replaces_it_is_named() -> None:
    stop = a_week().stop[0]
    assert stop.instead == "Roll out updates in rings"
    assert stop.instead_link
    assert RINGS[9:30] in stop.instead_link


# What was applied; the question; thanks


def test_what_was_applied_is_told_with_its_result_newest_first() -> None:
    rows = a_week().applied
    assert [(row.outcome, row.where) for row in rows] == [
        ("helped", "Coastal volunteers, pilot in three villages"),
        ("did-not-help", "Permit portal, second release"),
    ]
    assert rows[0].because.startswith("In the night drill of 17 November thirty volunteers")
    assert rows[1].being_revised


def test_a_report_counts_on_the_day_it_was_recorded() -> None:
    water = example("say-what-the-water-will-do")
    used = [a for a in applications() if a.note == WATER]
    assert compose([water], [], applications=used).applied == ()
    told = event(used[0].id, "apply", "2026-11-17", "- -", about=WATER, outcome="helped")
    told = told._replace(from_state="", to_state="")
    assert len(compose([water], [told], applications=used).applied) == 1


def test_the_open_question_is_what_a_note_asks_each_in_its_turn() -> None:
    asking = [
        note("Do.", id=f"2026110{n}-ask-aaa{n}", title=f"N{n}", x_question=f"Question {n}?")
        for n in (1, 2)
    ]
    weeks = [date(2026, 11, 20), date(2026, 11, 27), date(2026, 12, 4)]
    asked = []
    for until in weeks:
        made = compose(asking, [], until=until)
        assert made.question is not None
        asked.append(made.question.text)
    assert asked[0] != asked[1]
    assert asked[0] == asked[2]


def test_what_did_not_help_becomes_the_question() -> None:
    asked = a_week().question
    assert asked is not None
    assert "Permit portal, second release" in asked.text
    assert asked.answer is not None
    assert asked.answer.href.startswith("mailto:samir.haddad@example.org?subject=Answer%3A%20Name")


def test_those_who_gave_are_thanked_and_nobody_is_called_anonymous() -> None:
    assert a_week().thanks == ("Lena Brandt", "Samir Haddad", "Farah Siddiqui")
    named = a_week(names={"samir.haddad@example.org": "Dr Samir Haddad"})
    assert named.thanks == ("Lena Brandt", "Dr Samir Haddad", "farah.siddiqui@example.org")
    hidden = note("Do.", sources="[anonymous, Anonymous nurse]")
    assert compose([hidden], [event(hidden)]).thanks == ()


# Limits


def many(words: int = 60, notes: int = 8) -> list[Note]:
    return [
        note(
            " ".join(f"word{n}" for n in range(words)) + ".",
            id=f"20261101-n{n}-aaa{n}",
            title=f"{n} " + "title " * 12,
            matters_to="reader " * 40,
        )
        for n in range(notes)
    ]


def words_of(made: Digest) -> int:
    """The words of the notes' own text."""
    texts: list[str] = []
    for item in made.items:
        texts += [item.title, *item.instruction, item.matters_to]
    for stop in made.stop:
        texts += [stop.title, stop.because, stop.instead]
    for row in made.applied:
        texts += [row.title, row.where, row.because]
    if made.question:
        texts += [made.question.text, made.question.title]
    return sum(count(text) for text in texts)


def test_at_most_five_notes_and_three_hundred_words() -> None:
    notes = many()
    old = [
        note("x", id=f"20251101-o{n}-bbb{n}", title="old " * 30, state="retired") for n in range(9)
    ]
    trail = [event(n) for n in notes]
    trail += [event(n, on="2026-01-01") for n in old]
    trail += [event(n, "retire", steps="disseminated retired", reason="why " * 50) for n in old]
    used = [
        applications()[0].model_copy(
            update={
                "note": notes[0].id,
                "on": date(2026, 11, 15),
                "because": "so " * 90,
                "id": str(n),
            }
        )
        for n in range(9)
    ]
    made = compose([*notes, *old], trail, applications=used)
    assert len(made.items) == 5
    assert made.items_left_out == 3
    assert words_of(made) <= 300
    assert made.stop
    assert made.stop_left_out
    assert made.applied
    assert made.applied_left_out
    for fmt in ("md", "html", "text"):
        assert "3 more new notes" in render(made, fmt)


@pytest.mark.parametrize(("notes", "words"), [(0, 300), (1, 20), (3, 40), (50, 10_000)])
def test_the_limits_are_settings(notes: int, words: int) -> None:
    made = compose(
        many(),
        [event(n) for n in many()],
        config=settings(max_notes=notes, max_words=words),
    )
    assert len(made.items) <= notes
    assert words_of(made) <= words
    assert len(made.items) + made.items_left_out == 8


def test_the_blocks_and_their_order_are_settings() -> None:
    made = a_week(config=settings(blocks=("thanks", "stop")))
    text = render(made, "text")
    assert "NEW FOR YOU" not in text
    assert text.index("THANK YOU") < text.index("STOP USING THESE")


def test_an_unknown_block_is_refused_and_not_left_out() -> None:
    with pytest.raises(Cannot, match="there is no block 'note'") as caught:
        compose([], [], config=settings(blocks=("note",)))
    assert "notes" in caught.value.mend


def test_the_subject_is_a_setting() -> None:
    assert a_week(config=settings(subject="Our week")).subject == "Our week"
