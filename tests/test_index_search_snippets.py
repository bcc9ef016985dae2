"""Passages around what was found: the right one, at the right places, of the text as it is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.index.search.snippets import Passage, marked, passage

FUEL = ((("fuel",), ("fuels",)),)
BOTH = (*FUEL, (("road",), ("roads",)))


def shown(found: Passage) -> list[str]:
    return [found.text[start:end] for start, end in found.marks]


def test_the_whole_of_a_title_is_marked() -> None:
    found = marked("Fuels:  order\nfuel", FUEL)
    assert found == Passage("Fuels: order fuel", ((0, 5), (13, 17)))
    assert marked("Boats", FUEL) == Passage("Boats")
    assert marked("", FUEL) == Passage("")


def test_the_passage_with_most_of_the_words_is_chosen() -> None:
    text = (
        "Fuel was there.\n\n## Fuel and roads\n\nNothing here.\n\n"
        + "Many other words came before it. " * 9
        + "Then the road was closed and the fuel was late. "
        + "More words came after. " * 9
    )
    found = passage(text, BOTH)
    assert shown(found) == ["road", "fuel"]
    assert found.text.startswith("…")
    assert found.text.endswith("…")
    assert len(found.text) <= 182


def test_a_heading_is_shown_only_where_nothing_else_has_the_words() -> None:
    assert passage("## The fuel\n\nWe had none. No fuel came.", FUEL).text.startswith("We had")
    assert passage("Some text.\n\n## The fuel\n\nWe had none.", FUEL).text == "The fuel"


def test_list_entries_stand_for_themselves() -> None:
    text = "Steps:\n\n1. Call the depot.\n2. Order fuel.\n3. Wait."
    assert passage(text, FUEL) == Passage("Order fuel.", ((6, 10),))
    assert passage("- Call.\n- Order fuel.", FUEL).text == "Order fuel."


def test_without_a_match_the_beginning_is_shown() -> None:
    assert passage("## Lessons\n\nWe waited.", FUEL) == Passage("We waited.")
    assert passage("", FUEL) == Passage("")
    assert passage("## Only a heading", FUEL).text.endswith("Only a heading")


def test_phrases_and_words_with_signs() -> None:
    assert shown(marked("An O-ring. The o ring; oring.", ((("o", "ring"),),))) == [
        "O-ring",
        "o ring",
    ]
    assert shown(marked("early\nwarning", ((("early", "warning"),),))) == ["early warning"]
    assert shown(marked("C++ and C", ((("c",),),))) == ["C", "C"]


def test_marks_never_overlap() -> None:
    looked = ((("early", "warning"),), (("warning", "system"),), (("warning",),))
    assert shown(marked("The early warning system.", looked)) == ["early warning system"]


@pytest.mark.parametrize(
    ("text", "word", "mark"),
    [
        ("L’ÉVALUATION faite", "evaluation", "ÉVALUATION"),
        ("Straße und Œuvre", "oeuvre", "Œuvre"),
        ("cafe\u0301 noir", "cafe", "cafe"),
        ("والأولويّة للوقود", "اولويه", "أولويّة"),
        ("Эвакуация; всё", "все", "всё"),
        ("ﬁnal", "final", "ﬁnal"),
    ],
)
def test_folded_words_are_marked_where_they_stand(text: str, word: str, mark: str) -> None:
    assert shown(marked(text, (((word,),),))) == [mark]


def test_a_long_passage_without_blanks_is_cut_before_a_letter() -> None:
    text = "ក្នុងឆ្នាំនេះ" * 40 + "ទឹកជំនន់" + "ក្នុងឆ្នាំនេះ" * 40
    pairs = (("ទ17b9xក", "កxជ17c6", "ជ17c6xន", "នxន17cb"),)
    found = passage(text, (pairs,))
    assert shown(found) == ["ទឹកជំនន់"]
    assert len(found.text) <= 182


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="ab fuel\n#-1.é\u0301กា់水\u200b", max_size=400), st.integers(60, 200))
def test_marks_lie_in_the_text_in_order(text: str, width: int) -> None:
    looked = ((("fuel",),), (("a",), ("b", "a")), (("水x",),))
    for found in (passage(text, looked, width), marked(text, looked)):
        assert "\n" not in found.text
        places = [0, *(place for mark in found.marks for place in mark), len(found.text)]
        assert places == sorted(places)
        assert all(start < end for start, end in found.marks)
    assert len(passage(text, looked, width).text) <= width + 2
