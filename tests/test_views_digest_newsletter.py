"""The newsletter: greeting, why it matters, a story, a question, a note of a year ago."""

from datetime import date, timedelta
from itertools import permutations
from pathlib import PurePosixPath
from typing import Any

import pytest

from kmkit.config import Config
from kmkit.errors import Cannot
from kmkit.note.model import Note
from kmkit.note.records import Question
from kmkit.trail.event import Event
from kmkit.views.digest import BLOCKS, STEWARDS, Digest
from kmkit.views.digest_render import render
from kmkit.views.wording import LANGUAGES
from kmkit.views.words import count
from tests.digest_material import UNTIL, a_week, compose, config, event, example, note, shown

STORY = "the-children-who-did-not-wait"
THEN = "2025-11-17"
"""A day of the same week a year before."""


def settings(**changes: Any) -> Config:
    """The example's settings with other settings of its digest."""
    made = config()
    return made.model_copy(update={"digest": made.digest.model_copy(update=changes)})


def ask(text: str = "Which port has a customs officer at night?", **fields: Any) -> Question:
    """A question that somebody asks everybody."""
    values = {
        "id": "20261105-night-customs-q9z1",
        "by": "farah.siddiqui@example.org",
        "on": date(2026, 11, 5),
        **fields,
    }
    return Question(text=text, **values)


def closing(note: Note, question: str = "q-rings", on: str = "2026-11-17") -> Event:
    """The step by which a note answers a question."""
    made = event(note, "answer", on)
    return made._replace(note=question, trailers={**made.trailers, "Kmkit-About": note.id})


def everything(**more: Any) -> Digest:
    """A letter with something in every block."""
    story = example(STORY)
    rings, arabic = example("roll-out-updates-in-rings"), example("say-what-the-water-will-do-ar")
    behind = example("stay-one-version-behind", "retired")
    old = example("neighbours-who-carry-the-warning", "maintained")
    trail = [
        event(behind, on="2025-09-05", channel="weekly-digest"),
        event(old, on="2025-06-30", channel="weekly-digest"),
        event(old, "confirm", THEN, "disseminated maintained"),
        *(event(one, on="2026-11-16", channel="weekly-digest") for one in (story, rings, arabic)),
        event(behind, "retire", "2026-11-16", "maintained retired", reason="Rings hold back more."),
        closing(rings),
    ]
    return compose(
        [story, rings, arabic, behind, old, note("Do.", x_question="Who has tried this at sea?")],
        trail,
        questions=[ask(), ask("How many at once?", id="q-rings", answered_by=rings.id)],
        config=more.pop("config", settings(blocks=BLOCKS, max_words=600)),
        **more,
    )


# Each block, and their order


def test_a_letter_has_all_of_it() -> None:
    made = everything()
    text = render(made, "text")
    heads = [
        "Dear colleagues", "WHY IT MATTERS", "NEW FOR YOU", "STOP USING THESE",
        "THE STORY OF THE MONTH", "ONE OPEN QUESTION",
        "A QUESTION HAS FOUND ITS ANSWER", "WHO KNOWS THE ANSWER?",
        "A YEAR AGO: STILL TRUE?", "THANK YOU",
    ]  # fmt: skip
    places = [text.index(head) for head in heads]
    assert places == sorted(places)


@pytest.mark.parametrize("blocks", [BLOCKS[::-1], *permutations(("thanks", "ask", "notes"))])
def test_the_blocks_stand_in_the_order_that_is_set(blocks: tuple[str, ...]) -> None:
    marks = {
        "greeting": "Dear colleagues,", "why": "Why it matters", "notes": "New for you",
        "stop": "Stop using these", "story": "The story of the month",
        "question": "One open question", "ask": "Who knows the answer?",
        "year_ago": "A year ago: still true?", "thanks": "Thank you",
    }  # fmt: skip
    made = everything(config=settings(blocks=blocks, max_words=600))
    for fmt in ("html", "md", "text"):
        shown_text = render(made, fmt).casefold()
        found = [shown_text.find(marks[b].casefold()) for b in blocks if b in marks]
        assert -1 not in found
        assert found == sorted(found)
        for block in marks.keys() - set(blocks):
            assert marks[block].casefold() not in shown_text


def test_a_block_that_is_switched_off_takes_no_room_and_says_nothing() -> None:
    made = everything(config=settings(blocks=("notes",)))
    assert (made.story, made.ask, made.year_ago, made.question, made.stop) == (None,) * 4 + ((),)
    assert len(made.items) == 3


def test_an_unknown_block_is_refused_with_the_nearest() -> None:
    with pytest.raises(Cannot, match=r"no block 'year-ago'") as caught:
        compose([], [], config=settings(blocks=("notes", "year-ago")))
    assert caught.value.mend == "Did you mean year_ago?"


def test_the_greeting_says_what_is_in_the_letter() -> None:
    text = " ".join(render(everything(), "text").split())
    assert "Dear colleagues, In this letter: 3 new notes and 1 note to stop using." in text
    assert "Dear colleagues, Nothing new in these days" in " ".join(
        render(compose([], []), "text").split()
    )


def test_why_it_matters_is_told_once() -> None:
    made = everything()
    (matter, *_) = [item.matters_to for item in made.items if item.matters_to]
    for fmt in ("html", "md"):
        assert render(made, fmt).count(matter[:20]) == 1
    assert "What is in it for you" not in render(made, "html")


# The story of the month


def story(on: str = "2026-11-16", channel: str = "weekly-digest", **fields: str) -> list[Any]:
    """A story and the event by which it went out."""
    values = {"kind": "story", "title": "A story", "summary": "They did not wait.", **fields}
    told = note("x", **{"id": "20261101-a-story-ssss", **values})
    return [told, event(told, on=on, channel=channel)]


def told(*pairs: list[Any], **more: Any) -> Digest:
    return compose([pair[0] for pair in pairs], [pair[1] for pair in pairs], **more)


def test_a_story_stands_by_itself_and_not_among_the_notes() -> None:
    made = told(story())
    assert made.story is not None
    assert made.story.instruction == ("They did not wait.",)
    assert made.items == ()
    assert not made.empty
    assert made.subject == "A story"
    assert "[Read the story]" in render(made, "md")


def test_of_two_stories_the_newest_is_told_and_the_other_is_a_note() -> None:
    older = story("2026-11-15", id="20261101-older-oooo", title="Older")
    made = told(story(), older)
    assert made.story is not None
    assert (made.story.title, [item.title for item in made.items]) == ("A story", ["Older"])


def test_a_story_is_not_told_twice_where_that_is_known() -> None:
    later = {"since": date(2026, 11, 21), "until": date(2026, 11, 27)}
    assert told(story(), **later).story is None
    made = told(story(channel="a-channel-nobody-knows"), level="domestic", **later)
    assert made.story is None  # its level is narrower
    wide = story(channel="a-channel-nobody-knows", level="domestic")
    made = told(wide, level="domestic", **later)
    assert made.story is not None
    assert not made.story_is_news
    assert made.empty
    assert told(wide, level="domestic", since=date(2026, 12, 11), until=date(2026, 12, 17)).story


def test_a_story_is_forgotten_after_a_month() -> None:
    wide = story(channel="a-channel-nobody-knows", level="domestic")
    until = date(2026, 11, 16) + timedelta(days=32)
    assert told(wide, level="domestic", since=until - timedelta(days=6), until=until).story is None


@pytest.mark.parametrize("state", ["captured", "retired", "formatted"])
def test_a_story_that_does_not_stand_is_not_told(state: str) -> None:
    assert told(story(state=state)).story is None


def test_a_story_without_an_address_follows_in_full() -> None:
    made = told(story(), link=lambda note: None)
    assert [item.title for item in made.annex] == ["A story"]
    assert "The notes in full" in render(made, "md")


def test_a_story_that_is_being_revised_or_overdue_says_so() -> None:
    pair = story()
    made = compose([shown(pair[0], being_revised=True)], [pair[1]])
    for fmt in ("html", "md", "text"):
        assert "being revised" in render(made, fmt)


# One question from the open questions


def test_an_open_question_asks_whoever_knows() -> None:
    made = compose([], [], questions=[ask()])
    assert made.ask is not None
    assert made.ask.text == "Which port has a customs officer at night?"
    assert made.ask.answer is not None
    assert made.ask.answer.href.startswith("mailto:farah.siddiqui@example.org?subject=Answer%3A")
    for fmt in ("html", "md", "text"):
        assert "Asked on 5 November 2026" in render(made, fmt)


def test_questions_take_turns_week_by_week() -> None:
    asked = [ask(f"Question {n}?", id=f"q{n}") for n in range(3)]
    weeks = [UNTIL + timedelta(days=7 * n) for n in range(6)]
    texts = []
    for until in weeks:
        made = compose([], [], questions=asked, until=until)
        assert made.ask is not None
        texts.append(made.ask.text)
    assert len(set(texts[:3])) == 3
    assert texts[:3] == texts[3:]


@pytest.mark.parametrize(
    ("fields", "level", "there"),
    [
        ({}, "internal", True),
        ({}, "domestic", False),
        ({"level": "domestic"}, "domestic", True),
        ({"level": "domestic"}, "international", False),
        ({"level": "no-such-level"}, "domestic", False),
        ({"answered_by": "20261101-a-lesson-aaaa"}, "internal", False),
        ({"text": " "}, "internal", False),
    ],
)
def test_a_question_reaches_its_own_circle_alone(
    fields: dict[str, Any], level: str, there: bool
) -> None:
    made = compose([], [], questions=[ask(**fields)], level=level)
    assert (made.ask is not None) == there


def test_a_question_that_names_what_is_protected_is_left_out() -> None:
    quiet = note("x", protect="[Night port]", level="international")
    made = compose([quiet], [], questions=[ask("Who knows Night Port?", level="domestic")],
                   level="domestic")  # fmt: skip
    assert made.ask is None


# Questions that were answered


@pytest.mark.parametrize(
    ("fields", "level", "on", "there"),
    [
        ({}, "internal", "2026-11-17", "Farah Siddiqui"),
        ({"level": "domestic"}, "domestic", "2026-11-17", ""),
        ({}, "domestic", "2026-11-17", None),
        ({}, "internal", "2026-11-03", None),
    ],
)
def test_who_asked_is_told_when_a_note_answers(
    fields: dict[str, Any], level: str, on: str, there: str | None
) -> None:
    rings = note("Do.", level="domestic", state="disseminated")
    question = ask(id="q-rings", answered_by=rings.id, **fields)
    made = compose([rings], [closing(rings, on=on)], questions=[question], level=level)
    assert [one.by for one in made.answered] == ([] if there is None else [there])
    assert made.ask is None
    for fmt in ("html", "md", "text"):
        text = render(made, fmt)
        assert ("Asked by" in text and "Farah Siddiqui" in text) is (there not in (None, ""))
        assert ("found its answer" in text.casefold()) is (there is not None)


def test_an_answer_that_the_circle_may_not_see_is_no_answer_to_it() -> None:
    hidden = note("Do.", level="internal")
    question = ask(id="q-rings", level="domestic", answered_by=hidden.id)
    made = compose([hidden], [closing(hidden)], questions=[question], level="domestic")
    assert made.answered == ()


# A year ago


def again(*events: Event, of: Note | None = None, **more: Any) -> Digest:
    return compose([of or note("Do this.", state="maintained")], list(events), **more)


LESSON = "20261101-a-lesson-aaaa"


def test_what_went_out_a_year_ago_is_asked_about() -> None:
    made = again(event(LESSON, on=THEN, channel="weekly-digest"))
    assert made.year_ago is not None
    assert (made.year_ago.on, made.year_ago.confirmed) == (date(2025, 11, 17), False)
    assert [answer.label for answer in made.year_ago.note.answers] == [
        "It still holds", "It no longer holds",
    ]  # fmt: skip
    href = made.year_ago.note.answers[0].href
    assert href.startswith("mailto:farah.siddiqui@example.org?subject=It%20still%20holds%3A")
    for fmt in ("html", "md", "text"):
        text = " ".join(render(made, fmt).split())
        assert "This went out on 17 November 2025. Does it still hold?" in text


def test_what_was_confirmed_a_year_ago_says_so() -> None:
    out = event(LESSON, on="2024-11-01")
    made = again(out, event(LESSON, "confirm", THEN, "disseminated maintained"))
    assert made.year_ago is not None
    assert made.year_ago.confirmed
    assert "Confirmed on 17 November 2025." in " ".join(render(made, "text").split())


@pytest.mark.parametrize("on", ["2025-11-13", "2025-11-21", "2026-11-01", "2024-11-17"])
def test_other_weeks_are_not_this_one(on: str) -> None:
    assert again(event(LESSON, on=on)).year_ago is None


def test_what_was_confirmed_since_is_not_asked_about() -> None:
    since = event(LESSON, "confirm", "2026-06-01", "disseminated maintained")
    assert again(event(LESSON, on=THEN), since).year_ago is None


def test_what_the_letter_tells_already_or_what_does_not_stand_is_not_asked_about() -> None:
    out = event(LESSON, on=THEN)
    assert again(out, of=note("Do.", state="retired")).year_ago is None
    assert again(out, of=note("Do.", state="captured")).year_ago is None
    assert again(out, level="domestic").year_ago is None


def test_the_leap_day_has_a_year_ago_too() -> None:
    on, until = "2023-02-28", date(2024, 2, 29)
    assert again(event(LESSON, on=on), since=until, until=until).year_ago is not None


# Words, levels and languages


@pytest.mark.parametrize("most", [20, 40, 80, 150, 300])
def test_the_letter_keeps_to_its_words(most: int) -> None:
    made = everything(config=settings(blocks=BLOCKS, max_words=most))
    texts: list[str] = []
    items = [*made.items, *filter(None, [made.story, made.year_ago and made.year_ago.note])]
    for item in items:
        texts += [item.title, *item.instruction, item.matters_to]
    for row in made.stop:
        texts += [row.title, row.because, row.instead]
    texts += [made.question.text, made.question.title] if made.question else []
    texts += [made.ask.text] if made.ask else []
    # a first title, and the first word of what follows it, are never left out
    assert sum(map(count, texts)) <= most + 2


def test_a_story_for_which_there_is_no_room_is_counted() -> None:
    made = everything(config=settings(blocks=("notes", "story"), max_notes=0))
    assert made.story is not None
    assert made.items_left_out == 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("fmt", ["html", "md", "text"])
def test_no_english_is_left_among_the_fixed_words(language: str, fmt: str) -> None:
    made = everything(language=language)
    assert made.language == language
    text = render(made, fmt)
    english = ["Dear colleagues", "Why it matters", "Asked on", "still true", "For the circle",
               "November", "how-to", "I used this", "It still holds"]  # fmt: skip
    found = [word for word in english if word.casefold() in text.casefold()]
    if language == "en":
        assert len(found) >= len(english) - 3
    else:
        assert not found
    if fmt == "html":
        way = "rtl" if language == "ar" else "ltr"
        assert f'<html lang="{language}" dir="{way}"' in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_stewards_letter_speaks_it_too(language: str) -> None:
    made = compose([], [], name=STEWARDS, language=language)
    assert ("For stewards" in render(made, "text")) == (language == "en")
    assert ("For stewards" in made.subject) == (language == "en")


def test_the_letters_a_reader_begins_are_in_the_language_too() -> None:
    made = everything(language="fr")
    labels = {answer.label for item in made.items for answer in item.answers}
    assert labels == {"Je l’ai appliquée", "Elle n’a pas aidé", "Question"}
    assert made.year_ago is not None
    assert max(len(answer.href) for answer in made.year_ago.note.answers) < 2000


@pytest.mark.parametrize("language", ["ar", "zh", "ru"])
def test_letters_in_other_scripts_stay_short_enough_for_outlook(language: str) -> None:
    made = everything(language=language)
    hrefs = [answer.href for item in made.items for answer in item.answers]
    assert max(map(len, hrefs)) < 2000


def test_the_language_is_the_audiences_else_the_organisations() -> None:
    made = config()
    french = made.model_copy(
        update={"organisation": made.organisation.model_copy(update={"language": "fr-CH"})}
    )
    assert a_week(config=french).language == "fr"
    reader = made.audiences["partner-agencies"].model_copy(update={"language": "es"})
    both = french.model_copy(update={"audiences": {**made.audiences, "partner-agencies": reader}})
    assert a_week(config=both, level="partner-agencies").language == "es"
    assert a_week(config=both, level="partner-agencies", language="ru").language == "ru"
    assert a_week(config=both, level="partner-agencies", language="tlh").language == "en"


def test_a_note_keeps_its_own_language_and_direction() -> None:
    html = render(everything(language="ar"), "html")
    assert '<td class="pad text" lang="en" dir="ltr"' in html
    assert '<td class="pad text" lang="ar" dir="rtl"' in html
    assert str(PurePosixPath("digest/blocks")) not in html
