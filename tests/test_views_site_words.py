"""Words as the portal's search knows them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.views.site.words import LONGEST, cut


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Order fuel early: 2 days!", ["order", "fuel", "early", "2", "days"]),
        ("snake_case and e-mail", ["snake", "case", "and", "e", "mail"]),
        ("Évacuer l'École", ["evacuer", "l", "ecole"]),
        ("Straße, Łódź, œuvre", ["strasse", "lodz", "oeuvre"]),
        ("الْوَقُودُ مُبَكِّراً", ["الوقود", "مبكرا"]),
        ("٢٠٢٦", ["2026"]),
        ("Топливо до паводка", ["топливо", "до", "паводка"]),
        ("洪水前", ["洪水", "水前", "前"]),
        ("GPS洪水", ["gps", "洪水", "水"]),
        ("नदी किनारे", ["नदी", "किनारे"]),
        ("Σίσυφος", ["σισυφοσ"]),
        ("", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert cut(text) == words


def test_a_word_without_end_is_cut() -> None:
    assert cut("a" * 100) == ["a" * LONGEST]
    assert cut("é" + "a" * 100) == ["e" + "a" * (LONGEST - 1)]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_cutting_again_changes_nothing(text: str) -> None:
    words = cut(text)
    assert all(0 < len(word) <= LONGEST for word in words)
    spaced = [word for word in words if word.isascii()]
    assert cut(" ".join(spaced)) == spaced
