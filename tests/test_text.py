"""Text as people compare it and as a screen may show it."""

import shutil
import subprocess
from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.text import HIDDEN, as_typed, did_you_mean, find_folded, fold, nearest, one_line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Order fuel", "Order fuel"),
        ("  two\r\n\r\n lines\t", "two lines"),
        (
            "one\u2028two\u2029three\x85four\x0bfive\x0csix\x1dseven",
            "one two three four five six seven",
        ),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("\x1b]0;title\x07", "]0;title"),
        ("invoice\u202egnp.exe", "invoicegnp.exe"),
        ("a \u2066\u2069 b", "a b"),
        ("\ufeffa\u00adb", "a\u00adb"),
        ("\x9b31m\x00\x7f", "31m"),
        ("\u200fعربي\u200c", "\u200fعربي\u200c"),
        ("a\ud800b", "ab"),
        ("", ""),
        (None, ""),
    ],
)
def test_one_line_is_safe_to_show(text: str | None, shown: str) -> None:
    assert one_line(text) == shown


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_one_line_is_one_line_and_stays_so(text: str) -> None:
    shown = one_line(text)
    assert len(shown.splitlines()) <= 1
    assert not HIDDEN.search(shown)
    assert one_line(shown) == shown
    shown.encode()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Été", "ete"),
        ("Łódź", "lodz"),
        ("STRASSE", "straße"),
        ("İstanbul", "istanbul"),
        ("ﬁre", "FIRE"),
        ("Œuvre", "oeuvre"),
        ("كِتاب", "كتاب"),
        ("fuel１", "Fuel1"),
    ],
)
def test_words_that_people_take_for_the_same_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("ក", "កា"), ("ที", "ท"), ("कि", "क"), ("a", "b")])
def test_vowels_that_make_another_word_are_kept(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("text", "name", "places"),
    [
        ("Ana Pérez said; ana perez wrote", "Ana Perez", [0, 16]),
        ("Ana\nPérez", "ana pérez", [0]),
        ("2026-11-ana-perez-x7k2", "Ana Perez", [8]),
        ("Anabel and Diana", "Ana", []),
        ("Ana, Ana.", "ana", [0, 5]),
        ("قال محمد: ومحمد", "محمد", [4, 11]),
        ("名前は田中です", "田中", [3]),
        ("Pe\u0301rez", "perez", [0]),
        ("anything", "", []),
        ("anything", " - ", []),
    ],
)
def test_a_name_is_found_however_it_is_written(text: str, name: str, places: list[int]) -> None:
    assert list(find_folded(text, name)) == places


def test_the_nearest_words_come_first_and_an_equal_one_alone() -> None:
    known = ("title", "state", "topics", "owner")
    assert nearest("Title", known) == ["title"]
    assert nearest("topic", known) == ["topics"]
    assert nearest("ownr", known) == ["owner"]
    assert nearest("zzz", known) == []
    assert len(nearest("aaab", [f"aaa{i}" for i in range(9)])) == 3


def test_a_question_is_asked_only_where_something_is_near() -> None:
    assert did_you_mean("peer-reveiw", ["peer-review", "crowd"]) == "Did you mean peer-review?"
    assert did_you_mean("stat", ["state", "staff"]) == "Did you mean state or staff?"
    assert did_you_mean("zzz", ["a"]) == ""
    assert did_you_mean("", []) == ""


@pytest.mark.parametrize(
    ("word", "typed"),
    [
        ("x7k2", "x7k2"),
        ("notes/2026/été.md", "notes/2026/été.md"),
        ("notes/PM2021-004 - ADFS outage.md", '"notes/PM2021-004 - ADFS outage.md"'),
        ("It's (new) & <old>; #1", '"It\'s (new) & <old>; #1"'),
        ("$HOME `id`", "'$HOME `id`'"),
        ("It's $5", "'It'\\''s $5'"),
        ("", "''"),
    ],
)
def test_a_word_is_quoted_where_a_shell_would_take_it_apart(word: str, typed: str) -> None:
    assert as_typed(word) == typed
    assert as_typed(PurePosixPath("a b")) == '"a b"'


@pytest.mark.skipif(shutil.which("sh") is None, reason="there is no sh")
@given(st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8")), min_size=1))
@settings(deadline=None, max_examples=60)
def test_a_shell_takes_what_is_typed_for_the_word_that_was_meant(words: list[str]) -> None:
    script = f"printf '%s\\0' {' '.join(map(as_typed, words))}"
    told = subprocess.run(["sh", "-c", script], capture_output=True, check=True).stdout
    assert told.decode().split("\0")[:-1] == words
