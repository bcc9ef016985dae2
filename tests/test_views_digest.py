"""What a digest says is new, whom to ask, and what it does in an empty week."""

import json
from dataclasses import replace
from datetime import date

import pytest

from kmkit.audience.shown import Shown
from kmkit.views.digest import Digest
from kmkit.views.digest_render import FORMATS, render
from tests.digest_material import (
    WATER,
    WATER_AR,
    a_week,
    compose,
    config,
    event,
    example,
    note,
    owed,
    shown,
    stale_of,
)


def titles(of: Digest) -> list[str]:
    return [item.title for item in of.items]


def ids(of: Digest) -> list[str]:
    return [item.id for item in of.items]


def everything(of: Digest) -> str:
    """A digest in every format, as one text."""
    return "\n".join(render(of, fmt) for fmt in FORMATS)


# What is new


def test_a_newly_disseminated_note_tells_what_to_do_why_and_whom_to_ask() -> None:
    water = example("say-what-the-water-will-do")
    made = compose([water], [event(water)])
    (item,) = made.items
    assert item.instruction[0].startswith("Translate every forecast level into a list of streets")
    assert item.matters_to.startswith("Duty officers and district heads")
    assert item.ask is not None
    assert item.ask.name == "Farah Siddiqui"
    assert item.link
    assert item.link.endswith("/notes/2025/say-what-the-water-will-do.md")
    assert [answer.label for answer in item.answers] == [
        "I used this",
        "It did not help",
        "Question",
    ]
    assert all(a.href.startswith("mailto:farah.siddiqui@example.org?") for a in item.answers)
    assert made.subject == "Say what the water will do, street by street"


def test_the_trail_and_not_the_file_says_what_is_new() -> None:
    water = example(
        "say-what-the-water-will-do", disseminated="[{on: 2026-11-16, channel: portal}]"
    )
    assert compose([water], []).items == ()
    assert compose([water], [event(water, on="2026-11-13")]).items == ()
    assert ids(compose([water], [event(water, on="2026-11-14")])) == [WATER]
    assert ids(compose([water], [event(water, on="2026-11-20")])) == [WATER]
    assert compose([water], [event(water, on="2026-11-21")]).items == ()


def test_what_had_reached_the_circle_before_is_not_news() -> None:
    water = example("say-what-the-water-will-do")
    trail = [
        event(water, on="2026-10-02", channel="weekly-digest"),
        event(water, on="2026-11-18", channel="portal"),
    ]
    assert compose([water], trail).items == ()
    assert ids(compose([water], trail, level="domestic")) == [WATER]


def test_a_channel_that_reaches_a_wider_circle_reaches_the_narrower_too() -> None:
    water = example("say-what-the-water-will-do")
    trail = [
        event(water, on="2026-10-02", channel="portal"),
        event(water, on="2026-11-18", channel="weekly-digest"),
    ]
    assert compose([water], trail).items == ()
    assert compose([water], trail, level="domestic").items == ()


def test_a_note_that_was_revised_since_is_news_again() -> None:
    water = example("say-what-the-water-will-do")
    trail = [
        event(water, on="2026-10-02", channel="portal"),
        event(water, "edit", "2026-10-20", "disseminated captured"),
        event(water, on="2026-11-18", channel="portal"),
    ]
    assert ids(compose([water], trail)) == [WATER]


def test_critical_topics_come_first_and_then_the_newest() -> None:
    one = note("Do one.", id="20261101-one-aaaa", title="One")
    two = note("Do two.", id="20261101-two-bbbb", title="Two")
    top = note("Do top.", id="20261101-top-cccc", title="Top", topics="[early-warning]")
    trail = [event(top, on="2026-11-14"), event(one, on="2026-11-15"), event(two, on="2026-11-16")]
    made = compose([one, two, top], trail)
    assert titles(made) == ["Top", "Two", "One"]
    assert made.subject == "Top"


def test_a_note_is_told_once_however_often_it_went_out() -> None:
    water = example("say-what-the-water-will-do")
    trail = [event(water, on="2026-11-15"), event(water, on="2026-11-18")]
    (item,) = compose([water], trail).items
    assert item.on == date(2026, 11, 18)


@pytest.mark.parametrize("state", ["captured", "validated", "formatted", "retired", "", "flying"])
def test_a_note_that_is_not_out_now_is_not_new(state: str) -> None:
    water = example("say-what-the-water-will-do", state)
    assert compose([water], [event(water)]).items == ()


def test_the_version_in_force_is_shown_and_marked() -> None:
    water = example("say-what-the-water-will-do")
    made = compose([shown(water, being_revised=True)], [event(water)])
    assert made.items[0].being_revised
    assert "being revised" in render(made, "md")
    assert "being revised" in render(made, "html")
    assert "being revised" in render(made, "text")


def test_an_overdue_note_is_marked_wherever_it_is_new() -> None:
    notes, rows = owed()
    made = compose(notes, [event(n) for n in notes], stale=rows)
    late = {item.title: item.overdue for item in made.items}
    assert late["Restore one backup every month, on the clock"] is True
    assert late["Say what the water will do, street by street"] is False
    for fmt in ("md", "html", "text"):
        assert "review overdue" in render(made, fmt)


def test_headings_in_another_language_are_understood() -> None:
    french = example("enterrements-dignes-et-surs")
    (item,) = compose([french], [event(french)]).items
    assert item.instruction[0].startswith("Prévoir dans chaque équipe une personne")
    assert (item.language, item.direction) == ("fr", "ltr")


def test_arabic_is_written_from_right_to_left() -> None:
    arabic = example("say-what-the-water-will-do-ar")
    made = compose([arabic], [event(arabic)])
    assert (made.items[0].language, made.items[0].direction) == ("ar", "rtl")
    html = render(made, "html")
    assert 'lang="ar" dir="rtl" align="right"' in html


def test_without_any_instruction_the_summary_speaks() -> None:
    bare = note("", summary="Order fuel in June.")
    (item,) = compose([bare], [event(bare)]).items
    assert item.instruction == ("Order fuel in June.",)


def test_a_title_is_not_said_twice() -> None:
    again = note("Order fuel in June.", title="Order fuel in June", summary="Roads close.")
    (item,) = compose([again], [event(again)]).items
    assert item.instruction == ("Roads close.",)


def test_guidance_is_never_quoted() -> None:
    guided = note("<!-- What should others do? -->\nOrder fuel in June.")
    made = compose([guided], [event(guided)], link=lambda note: None)
    assert made.items[0].instruction == ("Order fuel in June.",)
    assert "What should others do" not in everything(made)


# Whom to ask


def test_where_the_owner_left_the_backup_is_asked() -> None:
    orphan = example("what-chloe-marchand-knows", backup="farah.siddiqui@example.org")
    orphan = replace(orphan, fields=orphan.fields.model_copy(update={"owner": "gone@example.org"}))
    rows = stale_of(orphan)
    (item,) = compose([orphan], [event(orphan)], stale=rows).items
    assert item.ask is not None
    assert item.ask.name == "Farah Siddiqui"


def test_a_note_of_nobody_leads_to_the_organisation() -> None:
    alone = note("Order fuel.", owner="")
    (item,) = compose([alone], [event(alone)]).items
    assert item.ask is not None
    assert item.ask.email == "amina.diallo@example.org"


def test_where_there_is_nobody_to_ask_there_are_no_letters() -> None:
    alone = note("Order fuel.", owner="the duty officer")
    settled = config()
    settled = settled.model_copy(
        update={"organisation": settled.organisation.model_copy(update={"contact": ""})}
    )
    made = compose([alone], [event(alone)], config=settled)
    assert (made.items[0].ask, made.items[0].answers) == (None, ())
    assert "mailto:" not in everything(made)


# An empty week; links


def test_an_empty_week_says_so() -> None:
    made = compose([example("say-what-the-water-will-do")], [])
    assert made.empty
    assert made.subject == (
        "National Agency for Works and Preparedness: nothing new, 14 to 20 November 2026"
    )
    for fmt in ("md", "html", "text"):
        assert "Nothing new in these days" in " ".join(render(made, fmt).split())
    assert json.loads(render(made, "json"))["empty"] is True


def test_a_week_with_something_is_not_empty() -> None:
    assert not a_week().empty
    assert "Nothing new in these days" not in everything(a_week())


@pytest.mark.parametrize(
    "bad", ["javascript:alert(1)", "https://x.org/a b", "http://x/\\", "file:///etc", ""]
)
def test_links_that_are_no_web_addresses_are_none(bad: str) -> None:
    water = example("say-what-the-water-will-do")
    made = compose([water], [event(water)], link=lambda note: bad)
    assert made.items[0].link is None
    assert made.annex == made.items


def test_without_a_link_the_text_follows() -> None:
    arabic = example("say-what-the-water-will-do-ar")
    made = compose([arabic], [event(arabic)], link=lambda note: None)
    assert made.items[0].id == WATER_AR
    for fmt in ("md", "html", "text"):
        text = render(made, fmt)
        assert "The whole text follows below" in text
        assert "السياق والتحدي" in text


def test_a_note_with_problems_does_not_stop_the_others() -> None:
    water = example("say-what-the-water-will-do")
    broken = replace(note("Do."), sections=(), problems=(note("x").problem("r", "m"),))
    made = compose([Shown(broken, "disseminated"), shown(water)], [event(water), event(broken)])
    assert len(made.items) == 2
