"""The fingerprint: packaging leaves it alone, and every letter of the substance changes it."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.note.file import compose, read
from kmkit.note.kinds import body_of, kind_names, load_kind
from kmkit.note.model import Gathered, Note, shows_all
from tests.lifecycle_material import LESSON, MINUTES, PATH, TODAY, fields_of, note_of, print_of

FEW = settings(max_examples=60, deadline=None)
HEADINGS = st.sampled_from(["Lessons", "Results", "Leçons", "الدروس", "មេរៀន", "Two words"])
WORDS = st.text(
    st.characters(codec="utf-8", categories=["L", "M", "N", "P", "S", "Zs"]),
    min_size=1,
    max_size=20,
)
"""Text of one line in any script."""


def _plain(line: str) -> bool:
    """Whether a line is a paragraph's: no heading, fence, comment or rule of front matter."""
    return bool(line.strip()) and not re.search(r"^\s*(#|```|~~~|---|\.\.\.)|<!--", line)


LINES = st.lists(WORDS.filter(_plain), min_size=1, max_size=4)
SECTIONS = st.lists(st.tuples(HEADINGS, LINES), min_size=1, max_size=5)


def built(
    sections: Sequence[tuple[str, Sequence[str]]], newline: str = "\n", **fields: Any
) -> Note:
    """A note whose sections hold these lines, each a paragraph."""
    body = "".join(f"## {name}\n\n" + "\n\n".join(lines) + "\n\n" for name, lines in sections)
    data = compose(fields_of(**fields), body)
    return read(data.replace(b"\n", newline.encode()), PATH)


def of(text: str, **fields: Any) -> str:
    """The fingerprint of a lesson with this text under one heading."""
    return print_of(note_of(body=f"## Lessons\n\n{text}\n", **fields))


def test_its_form() -> None:
    found = of("Sign.")
    assert re.fullmatch(r"k1:[0-9a-f]{64}", found)


def test_it_is_the_same_on_every_machine_and_in_every_version() -> None:
    note = built([("Lessons", ["Sign."]), ("Café", ["Oui."])], evidence=["b", "a"])
    canonical = (
        '{"evidence":["a","b"],"kind":"lesson","preamble":"",'
        '"sections":[["Café","Oui."],["Lessons","Sign."]],'
        '"summary":"Fuel contracts signed after the first warning arrived late.",'
        '"title":"Order fuel before the roads close"}'
    )
    assert print_of(note) == "k1:" + sha256(canonical.encode()).hexdigest()


@FEW
@given(SECTIONS, st.randoms(use_true_random=False))
def test_the_order_of_sections_is_packaging(sections: list[Any], random: Any) -> None:
    by_name = {name: (name, lines) for name, lines in sections}
    moved = list(by_name.values())
    random.shuffle(moved)
    assert print_of(built(list(by_name.values()))) == print_of(built(moved))


def test_sections_of_one_name_keep_their_order() -> None:
    twice = [("Lessons", ["First."]), ("Lessons", ["Second."]), ("Results", ["Good."])]
    moved = [twice[2], twice[0], twice[1]]
    turned = [twice[1], twice[0], twice[2]]
    assert print_of(built(twice)) == print_of(built(moved))
    assert print_of(built(twice)) != print_of(built(turned))


@FEW
@given(SECTIONS, st.sampled_from(["\r\n", "\r"]))
def test_the_way_lines_end_is_packaging(sections: list[Any], newline: str) -> None:
    assert print_of(built(sections)) == print_of(built(sections, newline))


@FEW
@given(SECTIONS, st.sampled_from(["NFC", "NFD"]))
def test_how_letters_are_composed_is_packaging(sections: list[Any], form: Any) -> None:
    whole = built(sections).data.decode()
    other = unicodedata.normalize(form, whole)
    assume(not read(other.encode(), PATH).problems)
    assert print_of(read(other.encode(), PATH)) == print_of(read(whole.encode(), PATH))


@FEW
@given(SECTIONS, st.integers(1, 4), st.sampled_from([" ", "\t", "  \t "]))
def test_blank_lines_and_trailing_blanks_are_packaging(
    sections: list[Any], runs: int, blanks: str
) -> None:
    note = built(sections)
    front, mark, body = note.data.decode().partition("\n---\n")
    spaced = body.replace("\n\n", (blanks + "\n") * (runs + 1)) + "\n" * runs
    assert print_of(read((front + mark + spaced).encode(), PATH)) == print_of(note)


@FEW
@given(SECTIONS, st.data())
def test_any_letter_of_the_text_is_substance(sections: list[Any], data: Any) -> None:
    index = data.draw(st.integers(0, len(sections) - 1))
    name, lines = sections[index]
    line = data.draw(st.integers(0, len(lines) - 1))
    at = data.draw(st.integers(0, len(lines[line])))
    changed = lines[line][:at] + "q" + lines[line][at:]
    other = [*sections[:index], (name, [*lines[:line], changed, *lines[line + 1 :]])]
    assert print_of(built(sections)) != print_of(built([*other, *sections[index + 1 :]]))


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Order fuel before the roads closed"},
        {"summary": "Another."},
        {"summary": None},
        {"evidence": ["annex/log.xlsx"]},
        {"evidence": None},
        {"evidence": ["annex/log.xlsx", "https://example.org/reporT"]},
    ],
)
def test_title_summary_and_evidence_are_substance(change: dict[str, Any]) -> None:
    assert of("Sign.", **change) != of("Sign.")


def test_the_kind_a_heading_and_the_preamble_are_substance() -> None:
    body = "## Lessons\n\nSign.\n"
    assert print_of(note_of(body=body)) != print_of(note_of(MINUTES, body=body))
    assert print_of(note_of(body=body)) != print_of(note_of(body=body.replace("Les", "les")))
    assert print_of(note_of(body=body)) != print_of(note_of(body="Before.\n\n" + body))


@pytest.mark.parametrize(
    "change",
    [
        {"level": "international"},
        {"topics": ["procurement"]},
        {"topics": None},
        {"owner": "other@example.org"},
        {"state": "maintained"},
        {"matters_to": "Nobody."},
        {"gathered": Gathered(on=TODAY, method="interview", by="x@example.org")},
        {"evidence": ["https://example.org/report", "annex/log.xlsx"]},
        {"review_every": "P6M"},
        {"language": "fr"},
        {"sources": ["anonymous"]},
        {"x_own": "changed"},
    ],
)
def test_everything_else_is_packaging(change: dict[str, Any]) -> None:
    assert of("Sign.", **change) == of("Sign.")


@pytest.mark.parametrize("name", kind_names(None))
def test_guidance_that_was_left_in_is_packaging(name: str) -> None:
    kind = load_kind(name, None)
    bare = note_of(kind, body=body_of(kind, {}, guidance=False))
    guided = note_of(kind, body=body_of(kind, {}, guidance=True))
    assert "<!--" in guided.text
    without = re.sub(r"<!--.*?-->", "", guided.text, flags=re.DOTALL)
    assert print_of(guided, kind) == print_of(read(without.encode(), PATH), kind)
    written = dict.fromkeys(kind.sections, "Something.")
    filled = note_of(kind, body=body_of(kind, written, guidance=False))
    comment = guided.text[guided.text.index("<!--") : guided.text.index("-->") + 3]
    kept = filled.text.replace("Something.", f"{comment}\n\nSomething.", 1)
    assert print_of(read(kept.encode(), PATH), kind) == print_of(filled, kind)
    assert print_of(bare, kind) != print_of(filled, kind)


PIECES = st.sampled_from(
    ["a", "b ", " ", "\t", "\n", "\n\n", "é", "e\u0301", "\u00a0", "\u200b", "ប", "- ", "`"]
)


@given(st.lists(PIECES).map("".join))
@settings(max_examples=300, deadline=None)
def test_text_that_needs_no_folding_is_not_told_from_text_that_does(text: str) -> None:
    bare, guided = (
        note_of(body=f"x{text}{end}", summary="s") for end in ("", "\n\n<!-- What? -->")
    )
    assert fingerprint(bare) == fingerprint(guided, frozenset({"What?"}))


@given(st.lists(st.lists(PIECES, max_size=8).map("".join), min_size=1, max_size=3), st.booleans())
@settings(max_examples=200, deadline=None)
def test_what_is_known_of_a_file_changes_no_fingerprint(texts: list[str], quoted: bool) -> None:
    body = "".join(f"## {n}\n\n{text}\n\n" for n, text in enumerate(texts))
    said = texts[0].strip() or "s"
    note = note_of(body=body, summary=f"'{said}" if quoted else said)
    unknown = replace(note)
    assert not unknown.clear
    assert fingerprint(note) == fingerprint(unknown)


def test_most_notes_are_known_to_hide_nothing() -> None:
    assert note_of(body="## Lessons\n\nSign.\n").clear
    assert note_of(body="## Leçons\n\nសម្គាល់\n").clear
    for odd in ("a\u200bb", "a\u00a0b", "a\tb", "a\x1bb"):
        assert not note_of(body=f"## Lessons\n\n{odd}\n").clear
    assert not read(note_of().data.replace(b"kind:", b"# c\nkind:"), PATH).clear
    for bytes_ in (b"\xff", "\ud800".encode("utf-8", "surrogatepass")):
        assert not shows_all(b"a" + bytes_)


def test_a_comment_of_ones_own_is_substance() -> None:
    assert of("Sign.\n\n<!-- not in May -->") != of("Sign.")
    assert of("Sign.\n\n<!-- not in May -->") != of("Sign.\n\n<!-- not in June -->")
    assert of("Sign. <!-- never closed") != of("Sign.")


CODE = "```sh\nmake\n\n\n    clean\n```"


@pytest.mark.parametrize(
    "other",
    [
        CODE.replace("\n\n\n", "\n\n"),
        CODE.replace("    clean", "  clean"),
        CODE.replace("make", "make "),
        CODE.replace("```sh", "```"),
    ],
)
def test_in_code_blanks_count(other: str) -> None:
    assert of(CODE) != of(other)
    assert of(f"Text.\n\n{CODE}\n\nMore.") != of(f"Text.\n\n{other}\n\nMore.")


@pytest.mark.parametrize(
    "fenced",
    [
        "~~~\na\n\n\nb\n~~~",
        "1. First\n\n    ```\n    a\n\n\n    b\n    ```",
        "````\n```\na\n\n\nb\n````",
        "```\nb `c`\n~~~\na\n\n\nb\n```",
    ],
)
def test_fences_of_every_sort_are_code(fenced: str) -> None:
    assert of(fenced) != of(fenced.replace("\n\n\n", "\n\n"))


def test_after_code_blanks_are_packaging_again() -> None:
    assert of(f"{CODE}\n\nMore.") == of(f"{CODE}  \n\n\n\nMore.  ")
    assert of("```x``` is code in a line.\n\nMore.") == of(
        "```x``` is code in a line. \n\n\n\nMore."
    )


def test_indentation_counts_everywhere() -> None:
    assert of("- a\n- b") != of("- a\n  - b")


def test_many_open_comments_take_no_time() -> None:
    assert of("<!-- " * 50_000).startswith("k1:")


def test_a_note_without_anything_has_one() -> None:
    assert fingerprint(read(b"", PATH)).startswith("k1:")
    assert fingerprint(read(b"---\n---\n", PATH)) == fingerprint(read(b"", PATH))
    assert fingerprint(note_of(), LESSON.guidance) == fingerprint(note_of())
