"""What changed, word by word."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.views.worddiff import Piece, word_diff


def test_words_that_went_and_came() -> None:
    assert word_diff("Sign contracts early.", "Sign the contracts late.") == [
        Piece("Sign ", ""), Piece("the ", "+"), Piece("contracts ", ""), Piece("early", "-"),
        Piece("late", "+"), Piece(".", ""),
    ]  # fmt: skip


def test_nothing_changed() -> None:
    assert {piece.kind for piece in word_diff("a\r\nb", "a\nb")} <= {""}
    assert word_diff("", "") == []


def test_lines_far_from_a_change_are_left_out() -> None:
    many = "".join(f"line {number}\n" for number in range(50))
    pieces = word_diff(f"{many}old\n{many}", f"{many}new\n{many}")
    assert [piece.kind for piece in pieces] == ["", "-", "+", ""]
    assert pieces[0].text == "…\nline 48\nline 49\n"
    assert pieces[-1].text == "\nline 0\nline 1\n…"


def test_scripts_with_vowel_signs_and_without_blanks() -> None:
    pieces = word_diff("ការទិញប្រេង", "ការទិញប្រេងមុន")
    assert "".join(p.text for p in pieces if p.kind != "-") == "ការទិញប្រេងមុន"


@settings(max_examples=150, deadline=None)
@given(st.text("ab é\n.,", max_size=30), st.text("ab é\n.,", max_size=30))
def test_both_texts_can_be_told_from_it(before: str, after: str) -> None:
    pieces = word_diff(before, after)
    if any("…" in piece.text for piece in pieces):
        return
    assert "".join(piece.text for piece in pieces if piece.kind != "+") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "-") == after


def test_a_large_note_is_compared_in_time() -> None:
    words = " ".join(f"word{number}" for number in range(6000))
    pieces = word_diff(words, words.replace("word3000", "other"))
    assert [piece.text for piece in pieces if piece.kind] == ["word3000 ", "other "]
