"""Ordinary front matter is read quickly, and nothing is read otherwise than strictly."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.note.file import compose
from kmkit.note.frontmatter import MAX_FRONT, load, split
from kmkit.note.ordinary import place_of, values_of
from kmkit.note.yamlread import load as load_strictly
from kmkit.resources import example_kb
from tests.hostile import HOSTILE
from tests.note_material import fields_of
from tests.test_note_frontmatter import BROKEN

ORDINARY: dict[str, tuple[str, dict[str, Any]]] = {
    "plain text": ("title: Order fuel, early [now]\n", {"title": "Order fuel, early [now]"}),
    "what is not text elsewhere": (
        "a: no\nb: 2026-11-20\nc: 1e3\nd: a#b\n",
        {"a": "no", "b": "2026-11-20", "c": "1e3", "d": "a#b"},
    ),
    "nothing": ("a:\nb: ~\nc: null\nd:  \n", {"a": None, "b": None, "c": None, "d": None}),
    "nothing in quotes": ("a: ''\nb: \"null\"\n", {"a": "", "b": "null"}),
    "blanks around": ("a:   b c  \nb: 'c ' \n", {"a": "b c", "b": "c "}),
    "quotes": (
        'a: "b: \\"c\\" \\\\ #d"\nb: \'it\'\'s: #\'\nc: \'\'\'\'\n',
        {"a": 'b: "c" \\ #d', "b": "it's: #", "c": "'"},
    ),
    "lists": (
        "a: [b, c d, 'e, f', \"]\"]\nb: []\nc: [ x ,y ]\nd: [null]\n",
        {"a": ["b", "c d", "e, f", "]"], "b": [], "c": ["x", "y"], "d": [None]},
    ),
    "maps": (
        'a: {on: b, from: "c: {d}, e", by: k1:0f}\nb: {}\nc: {d:  ~ }\n',
        {"a": {"on": "b", "from": "c: {d}, e", "by": "k1:0f"}, "b": {}, "c": {"d": None}},
    ),
    "lists in lines": (
        "a:\n  - b c\n  - {on: d}\n  -\n  -   'e'\nb:\n- [c]\nd: e\n",
        {"a": ["b c", {"on": "d"}, None, "e"], "b": [["c"]], "d": "e"},
    ),
    "lines that end in CRLF": ("a: b\r\nc:\r\n  - d\r\n", {"a": "b", "c": ["d"]}),
    "every script": ("a: ប្រេង\nb: [الطرق, 燃料]\nc: é\u00a0!\n", {
        "a": "ប្រេង", "b": ["الطرق", "燃料"], "c": "é\u00a0!",
    }),
    "no line break at the end": ("a: b", {"a": "b"}),
}  # fmt: skip

UNUSUAL = {
    "nothing at all": "",
    "comment": "a: b\n# c\n",
    "comment behind a value": "a: b # c\n",
    "blank line": "a: b\n\nc: d\n",
    "text in lines": "a: b\n  c\n",
    "block of text": "a: |\n  b\n",
    "quoted text in lines": 'a: "b\n  c"\n',
    "map in lines": "a:\n  b: c\n",
    "list in a list": "a: [[b]]\n",
    "list in a map": "a: {b: [c]}\n",
    "list in a list of lines": "a:\n  - - b\n",
    "map in a list of lines": "a:\n  - b: c\n",
    "entries not indented alike": "a:\n  - b\n - c\n",
    "entries below a value": "a: b\n  - c\n",
    "entries without a name": "- a\n",
    "twice": "a: b\na: c\n",
    "twice in a map": "a: {b: c, b: d}\n",
    "second colon": "a: b: c\n",
    "colon at the end": "a: b:\n",
    "no blank behind the colon": "a:b\n",
    "no value in a map": "a: {b: , c: d}\n",
    "no name in a map": "a: {b}\n",
    "comma at the end": "a: [b, ]\n",
    "other escape": 'a: "b\\n"\n',
    "open quote": "a: 'b\n",
    "open bracket": "a: [b\n",
    "something behind a bracket": "a: [b] c\n",
    "something behind a quote": "a: 'b' c\n",
    "tab": "a: b\tc\n",
    "carriage return": "a: b\rc: d\n",
    "control character": "a: \x1b[31m\n",
    "line separator": "a: b\u2028c\n",
    "byte-order mark": "\ufeffa: b\n",
    "half a character": "a: \ud800\n",
    "anchor": "a: &b c\n",
    "alias": "a: *b\n",
    "tag": "a: !!str b\n",
    "anchor in a list": "a: [&b c]\n",
    "merge": "<<: {a: b}\n",
    "name in quotes": "'a': b\n",
    "name with a blank": "a b: c\n",
    "indented": " a: b\n",
    "second document": "a: b\n--- c\n",
    "very long": f"a: {'b' * MAX_FRONT}\n",
}


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_front_matter_is_read_quickly(name: str) -> None:
    front, expected = ORDINARY[name]
    assert values_of(front) == expected
    agree(front)


@pytest.mark.parametrize("name", UNUSUAL)
def test_everything_else_is_left_to_the_strict_reader(name: str) -> None:
    assert values_of(UNUSUAL[name]) is None


def test_the_notes_of_the_example_are_ordinary() -> None:
    fronts = [
        split(path.read_text(encoding="utf-8"))[0].front
        for path in example_kb().rglob("*.md")
        if path.parent.name != "assessment"  # its entries hold lists, which are not ordinary
    ]
    read = [front for front in fronts if front]
    assert len(read) > 20
    for front in read:
        assert values_of(front) is not None
        agree(front)


def test_places_are_those_of_the_strict_reader() -> None:
    front = "title:  a\nverdicts:\n  - {on: b, by: 'c'}\n"
    assert values_of(front)
    assert load(front, first_line=2).where == load_strictly(front, first_line=2).where


@pytest.mark.parametrize("name", [name for name in BROKEN if isinstance(BROKEN[name][0], str)])
def test_what_is_broken_is_broken_for_both(name: str) -> None:
    text = BROKEN[name][0]
    assert isinstance(text, str)
    agree(split(text)[0].front)


def agree(front: str) -> None:
    """Assert that whatever is read quickly has no flaw, and reads the same strictly."""
    values = values_of(front)
    if values is not None:
        strict = load_strictly(front)
        assert strict.flaws == []
        assert strict.values == values
        assert repr(strict.values) == repr(values)  # in the same order
        for name in values:
            assert place_of(front, name, 1) in (None, strict.where.places[name])


MATERIAL = [
    compose(fields_of("maintained"), "").decode().split("---\n")[1],
    *(front for front, _ in ORDINARY.values()),
    *(front for front in UNUSUAL.values() if len(front) < 100),
]
PIECES = st.sampled_from(
    [*":-,[]{}#&*!|>'\"%@`?~=.\\/() \n\t\ra0é", "\r\n", "\u00a0", "\u2028", "\ufeff", "\x7f", "ប",
     ": ", " #", "- ", "''", '\\"', "\\\\", ", ", "\n  ", "\n  - ", "\nx: ", "null", "---", "<<: "]
)  # fmt: skip


@st.composite
def changed(draw: st.DrawFn) -> str:
    """Front matter with pieces put into it and taken out of it."""
    front = draw(st.sampled_from(MATERIAL))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(front)))
        front = front[:at] + draw(PIECES | st.just("")) + front[at + draw(st.integers(0, 2)) :]
    return front


@given(changed())
@settings(max_examples=600, deadline=None)
def test_changed_front_matter_reads_the_same(front: str) -> None:
    agree(front)


@given(st.text(st.sampled_from("ab:- ,[]{}'\"\\#\n"), max_size=24))
@settings(max_examples=600, deadline=None)
def test_any_signs_read_the_same(text: str) -> None:
    agree(text)
    agree(f"a: {text}")
    agree(f"a:\n  - {text}\nb: c\n")
    agree(f"a: {{b: {text}}}\n")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_read_the_same_however_they_stand(text: str) -> None:
    for front in ("a: {}\n", "a: '{}'\n", 'a: "{}"\n', "a: [b, {}]\n", "a:\n  - {}\n", "{}: a\n"):
        agree(front.replace("{}", text))


@given(
    st.dictionaries(
        st.sampled_from(["title", "summary", "topics", "gathered", "evidence", "x_own"]),
        st.text(st.characters(codec="utf-8"), max_size=20)
        | st.lists(st.text(st.characters(codec="utf-8"), max_size=8), max_size=3)
        | st.dictionaries(st.sampled_from(["on", "by", "because"]), st.text(max_size=8)),
    )
)
@settings(max_examples=300, deadline=None)
def test_what_kmkit_writes_reads_the_same(fields: dict[str, Any]) -> None:
    agree(split(compose(fields, "").decode())[0].front)


def test_long_front_matter_reads_the_same() -> None:
    long = [f"a: {piece * 8000}\n" for piece in ("'", '"', "\\", "[", "a: ", "a, ", ": ", "''")]
    long += [f"a: [{line}]\n" for line in ("a " * 8000, "a,b " * 4000, "'a', " * 3000)]
    for front in long:
        agree(front)
