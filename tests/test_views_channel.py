"""Messages for Slack and Teams, and pages: whatever a note says, nothing in it acts."""

import json
import os
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.audience.shown import Shown
from kmkit.errors import Cannot
from kmkit.text import HIDDEN
from kmkit.views.channel import contents, message, page, slack_text, told
from kmkit.views.environment import rendering
from tests.digest_material import example, linked, note, shown

AGENCY = "National Agency for Works and Preparedness"


def said(kind: str, *notes: Shown, **more: Any) -> Any:
    values: dict[str, Any] = {"link": linked, "organisation": AGENCY, **more}
    return json.loads(message(notes, kind=kind, **values))


def strings(value: Any) -> list[str]:
    """Every text in a JSON value."""
    if isinstance(value, dict):
        return [text for each in value.values() for text in strings(each)]
    if isinstance(value, list):
        return [text for each in value for text in strings(each)]
    return [value] if isinstance(value, str) else []


TEXTS = st.text(
    alphabet="ab <>&|*_~`[]()!@#\\\"'{}%:/\u202e\u200f\nقé中", max_size=200
) | st.sampled_from(["<!channel>", "<@U1>", "[x](javascript:alert(1))", "{{ 7*7 }}", "*|x>*"])


@settings(max_examples=int(os.environ.get("KMKIT_MESSAGES", "40")), deadline=None)
@given(title=TEXTS, summary=TEXTS, kind=st.sampled_from(["slack", "teams"]))
def test_no_text_acts(title: str, summary: str, kind: str) -> None:
    one = note("Do.", title=json.dumps(title or "x"), summary=json.dumps(summary))
    made = said(kind, shown(one))
    texts = strings(made)
    assert not [text for text in texts if HIDDEN.search(text) or "\n" in text]
    if kind == "slack":
        linking = [
            block["text"]["text"]
            for block in made["blocks"]
            if block["type"] == "section" and block["text"]["type"] == "mrkdwn"
        ]
        assert all(text.count("<") == text.count(">") == 1 for text in [*linking])
        assert "<" not in made["text"]
    else:
        body = made["attachments"][0]["content"]["body"]
        assert "](" not in body[1]["items"][0]["text"].replace("\\](", "")


def test_slack_text() -> None:
    assert slack_text("<!channel>\n&") == "&lt;!channel&gt; &amp;"


def test_a_teams_card_in_arabic_runs_from_right_to_left() -> None:
    arabic = shown(example("say-what-the-water-will-do-ar"))
    card = said("teams", arabic, language="ar")["attachments"][0]["content"]
    assert card["rtl"] is True
    assert card["body"][1]["rtl"] is True
    assert card["body"][0]["text"].startswith(f"{AGENCY}: ")
    assert "new note" not in card["body"][0]["text"]
    assert card["body"][1]["items"][0]["text"] == "قل ماذا سيفعل الماء، شارعًا شارعًا"
    assert said("teams", arabic)["attachments"][0]["content"]["rtl"] is False


def test_what_stands_in_a_message() -> None:
    one = example("restore-one-backup-every-month")
    made = told(shown(one, being_revised=True), linked)
    assert made.title == "Restore one backup every month, on the clock"
    assert made.marks == "lesson · being revised"
    assert made.link == linked(one)
    assert len(made.lines) == 2


@pytest.mark.parametrize(
    "address", [None, "javascript:alert(1)", "https://x.org/a>b", "https://x.org/a|b", "notes/a.md"]
)
def test_what_is_no_web_address_is_no_link(address: str | None) -> None:
    one = shown(example("restore-one-backup-every-month"))
    plain = told(one, lambda _: address)
    assert (plain.link, plain.marks) == ("", "lesson · r3x8")
    made = said("slack", one, link=lambda _: address)
    assert made["blocks"][1]["text"]["text"] == "*Restore one backup every month, on the clock*"


def test_a_message_that_is_too_large_is_refused() -> None:
    long = note("Do.", title="word", summary=json.dumps("語" * 9000))
    assert len(message([shown(long)], kind="teams", link=linked, organisation=AGENCY)) < 28_000
    many = [shown(note("Do.", summary=json.dumps("x" * 3000)))] * 12
    with pytest.raises(Cannot, match="and 28000 are taken"):
        message(many, kind="teams", link=linked, organisation=AGENCY)


def test_a_page_holds_the_note_and_asks_for_nothing() -> None:
    text = "Do <script>alert(1)</script> [it](javascript:x) <!-- an aside -->"
    one = note(text, title='"<b>Bold</b>"', language="fr")
    with rendering("channels", None) as render:
        made = page(render, shown(one), link=linked, organisation=AGENCY)
    assert '<html lang="fr" dir="ltr">' in made
    assert "&lt;b&gt;Bold&lt;/b&gt;" in made
    assert "<script" not in made
    assert 'href="javascript' not in made
    assert "an aside" not in made
    assert "default-src 'none'" in made
    assert "src=" not in made.replace("default-src", "")


def test_the_list_of_pages_in_the_reader_s_language() -> None:
    rows = [("a.html", told(shown(example("say-what-the-water-will-do-ar")), linked))]
    with rendering("channels", None, language="fr") as render:
        made = contents(render, rows, organisation=AGENCY)
    assert '<html lang="fr" dir="ltr">' in made
    assert '<li dir="rtl"><a href="a.html">' in made
    assert "1 fiche" in made
