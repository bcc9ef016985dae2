"""Names are found however they are written, and longer words are not taken for them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.note.names import Names, folded
from kmkit.text import find_folded

JANE = Names(["Jane Roe", "O'Brien", "Zoë", "Анна Ким", "محمد علي", "李雷", "Camp 4", "..."])


@pytest.mark.parametrize(
    "text",
    [
        "Ask Jane Roe.", "JANE ROE", "jane-roe", "jane_roe", "jane.roe@example.org", "Jane\nRoe",
        "Jané Róe", "JaneRoe", "Jane  Roe", "Jane&nbsp;Roe", "Jane%20Roe", "Jane *Roe*",
        "Jane\\_Roe", "J&#97;ne Roe", "Ja**ne** Roe", "Jane<!-- x --> Roe", "Jane\u200bRoe",
        "notes/2026/20261101-jane-roe-x7k2.md", "O Brien", "o-brien", "OBrien", "O’Brien", "zoe",
        "ZOË", "анна ким", "ومحمد علي", "和李雷说", "camp-4",
    ],
)  # fmt: skip
def test_a_name_is_found_however_it_is_written(text: str) -> None:
    assert JANE.in_text(text)
    found = JANE.find(text)
    assert found
    assert {one.name for one in found} == set(JANE.which(text))
    left = text
    for one in sorted(found, reverse=True, key=lambda one: one.start):
        left = f"{left[: one.start]}|{left[one.end :]}"
    assert not JANE.in_text(left)


@pytest.mark.parametrize(
    "text",
    ["Janes Roe", "Jane Roebuck", "Mary-Jane", "Zoetrope", "...", "", "Roe Jane", "Кима Анна"],
)
def test_what_is_another_word_is_not_found(text: str) -> None:
    assert not JANE.in_text(text)
    assert JANE.find(text) == []


@pytest.mark.parametrize("piece", ["<!--", "&#", "%4", "a*", "\\", "Jane "])
def test_a_text_made_to_take_long_is_read_at_once(piece: str) -> None:
    """In time that grows with the length; with its square, this would take hours."""
    text = f"<!-- x -->J&#97;ne<!-- y --> Roe {piece * (500_000 // len(piece))} J&#97;ne Roe"
    assert len(JANE.find(text)) == 2


def test_without_names_nothing_is_found() -> None:
    assert not Names([])
    assert not Names(["", "—"]).in_text("— anything")


@settings(max_examples=200, deadline=None)
@given(name=st.text(max_size=8), before=st.text(max_size=8), after=st.text(max_size=8))
def test_it_finds_all_that_a_plain_look_finds(name: str, before: str, after: str) -> None:
    text = f"{before} {name} {after}"
    names = Names([name])
    if folded(name).split() and any(True for _ in find_folded(text, name)):
        assert names.in_text(text)
    for one in names.find(text):
        assert folded(name).replace(" ", "") in folded(text).replace(" ", "")
        assert 0 <= one.start < one.end <= len(text)
