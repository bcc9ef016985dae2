"""Front matter: what is read, and where it cannot be read for certain."""

from pathlib import PurePosixPath

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.note import yamlread
from kmkit.note.file import read
from kmkit.note.frontmatter import decoded, load, split
from kmkit.note.loaded import MAX_FLAWS
from kmkit.note.problem import Place
from kmkit.note.rules import RULES

Found = list[tuple[int, int, str]]


@pytest.fixture(params=["CSafeLoader", "SafeLoader"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """libyaml, and what reads where PyYAML was built without it."""
    if not hasattr(yaml, request.param):
        pytest.skip("PyYAML has no libyaml here")
    monkeypatch.setattr(yamlread, "LOADER", getattr(yaml, request.param))


def flaws(text: str | bytes) -> Found:
    """Line, column and rule of everything that is wrong with the form of a file."""
    data = text.encode() if isinstance(text, str) else text
    return [(p.line, p.col, p.rule) for p in read(data, PurePosixPath("n.md")).problems]


BROKEN: dict[str, tuple[str | bytes, Found]] = {
    "bom": ("\ufeff---\ntitle: a\n---\n", [(1, 1, "bom")]),
    "bom crlf": ("\ufeff---\r\ntitle: a\r\n---\r\n", [(1, 1, "bom")]),
    "bom inside": ("---\ntitle: a\ufeffb\n---\n", [(2, 9, "control-character")]),
    "no front matter": ("# Title\n", [(1, 1, "no-front-matter")]),
    "empty file": ("", [(1, 1, "no-front-matter")]),
    "four dashes": ("----\ntitle: a\n---\n", [(1, 1, "no-front-matter")]),
    "blank line above": ("\n \n---\ntitle: a\n---\n", [(1, 1, "no-front-matter")]),
    "unclosed": ("---\ntitle: a\n\n## Lessons\n", [(1, 1, "unclosed-fence")]),
    "nothing but a fence": ("---", [(1, 1, "unclosed-fence")]),
    "closed by dots": ("---\ntitle: a\n...\n", [(3, 1, "unclosed-fence")]),
    "list": ("---\n- a\n- b\n---\n", [(2, 1, "not-a-mapping")]),
    "text": ("---\n# c\nhello\n---\n", [(3, 1, "not-a-mapping")]),
    "empty text with a tag": ("---\n!!str\n---\n", [(2, 1, "not-a-mapping")]),
    "duplicate": ("---\nstate: a\n\nstate: b\n---\n", [(4, 1, "duplicate-key")]),
    "duplicate crlf": ("---\r\nstate: a\r\nstate: b\r\n---\r\n", [(3, 1, "duplicate-key")]),
    "duplicate inside": ("---\nx_a: {on: a, on: b}\n---\n", [(2, 14, "duplicate-key")]),
    "duplicate in quotes": ("---\ntitle: a\n'title': b\n---\n", [(3, 1, "duplicate-key")]),
    "anchor and alias": (
        "---\nowner: &me a@b.c\nbackup: *me\n---\n",
        [(2, 8, "anchor"), (3, 9, "alias")],
    ),
    "anchor of a name": ("---\n&a title: b\n---\n", [(2, 1, "anchor")]),
    "tag": ("---\ntitle: !!str a\n---\n", [(2, 8, "tag")]),
    "tag that runs": ("---\nx_a: !!python/object/apply:os.system [ls]\n---\n", [(2, 6, "tag")]),
    "tag of one's own": ("---\nx_a:\n  - !mine a\n---\n", [(3, 5, "tag")]),
    "merge key": ("---\nx_a:\n  <<: {b: c}\n---\n", [(3, 3, "merge-key")]),
    "list as a name": ("---\n[a]: b\n---\n", [(2, 1, "yaml-syntax")]),
    "no name": ("---\n'': b\n---\n", [(2, 1, "yaml-syntax")]),
    "second colon": ("---\ntitle: Fuel: order early\n---\n", [(2, 12, "yaml-syntax")]),
    "tab": ("---\nx_a:\n\tb: c\n---\n", [(3, 1, "yaml-syntax")]),
    "open quote": ('---\nkind: a\ntitle: "b\nowner: c\n---\n', [(3, 8, "yaml-syntax")]),
    "at sign": ("---\nowner: @me\n---\n", [(2, 8, "yaml-syntax")]),
    "star": ("---\ntitle: *very* good\n---\n", [(2, 8, "yaml-syntax")]),
    "no colon": ("---\nkind: a\ntitle\nowner: b\n---\n", [(3, 1, "yaml-syntax")]),
    "second document": ("---\ntitle: a\n--- b\n---\n", [(3, 1, "yaml-syntax")]),
    "nul": ("---\ntitle: a\0b\n---\n", [(2, 9, "control-character")]),
    "escape": (
        "---\nkind: a\ntitle: \x1b[31m\n---\n",
        [(3, 8, "control-character"), (4, 1, "yaml-syntax")],
    ),
    "line separator": ("---\ntitle: a\u2028b\n---\n", [(2, 9, "control-character")]),
    "nul in the body": ("---\n---\n\na\0\n", [(4, 2, "control-character")]),
    "latin 1": (b"---\ntitle: caf\xe9\n---\n", [(2, 11, "not-utf-8")]),
    "latin 1 behind a wide character": (
        "---\ntitle: 🚒".encode() + b"\xe9\n---\n",
        [(2, 9, "not-utf-8")],
    ),
    "latin 1 in the body": (b"---\r\n---\r\n\r\nab\xff", [(4, 3, "not-utf-8")]),
    "too deep": ("---\nx_a: " + "[" * 8 + "]" * 8 + "\n---\n", [(2, 13, "too-deep")]),
    "too deep in lines": ("---\nx_a:\n " + "- " * 9 + "a\n---\n", [(3, 16, "too-deep")]),
    "too large": (f"---\nx_a: {'a' * 65536}\n---\n", [(2, 1, "too-large")]),
    "too large in bytes": (f"---\nx_a: {'é' * 32768}\n---\n", [(2, 1, "too-large")]),
    "fifty thousand brackets": ("---\nx_a: " + "[" * 50_000 + "\n---\n", [(2, 13, "too-deep")]),
    "unknown field": ("---\nownr: a\n---\n", [(2, 1, "unknown-field")]),
    "bad date": (
        "---\ngathered: {on: 2026-02-30, method: a, by: b}\n---\n",
        [(2, 16, "bad-date")],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.usefixtures("loader")
def test_what_is_wrong_is_told_with_its_place(name: str) -> None:
    text, expected = BROKEN[name]
    assert flaws(text) == expected


def test_every_rule_of_reading_can_be_explained() -> None:
    told = {rule for _, expected in BROKEN.values() for _, _, rule in expected}
    assert told <= set(RULES)


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(
    "front",
    [
        "x_a: " + "{" * 50_000,
        "x_a: " + "{a: " * 12_000,
        "- " * 25_000,
        "? " * 25_000,
        "x_a: " + "!" * 60_000,
        "x_a: &" + "a" * 60_000,
        "a" * 60_000 + ": b",
        "a0: &a0 {k: v}\n"
        + "".join(f"a{i}: {{<<: [{f'*a{i - 1}, ' * 9}]}}\n" for i in range(1, 9)),
        "a: &a [x, x]\n" + "".join(f"b{i}: [*a, *a, *a, *a]\n" for i in range(900)),
        "state: a\n" * 7_000,
        "".join(f"k{i}: v\n" for i in range(6_000)),
        "".join("'" if i % 2 else '"' for i in range(60_000)),
    ],
)
def test_front_matter_made_to_hurt_is_told_of_and_no_more(front: str) -> None:
    assert 0 < len(flaws(f"---\n{front}\n---\n")) <= 2 * MAX_FLAWS


@pytest.mark.usefixtures("loader")
def test_every_scalar_is_text_and_nothing_is_none() -> None:
    front = """\
a: no
b: 1_000
c: 2026-11-20T10:00
d: 0o17
e: 1e3
f: true
g: "null"
h: 'null'
i: null
j: ~
k:
l: ""
m: [yes, 12:30, ~, .inf]
n: {on: off, y: n}
o: |
  null
p: >-
  two
  lines
"""
    assert load(front).values == {
        "a": "no",
        "b": "1_000",
        "c": "2026-11-20T10:00",
        "d": "0o17",
        "e": "1e3",
        "f": "true",
        "g": "null",
        "h": "null",
        "i": None,
        "j": None,
        "k": None,
        "l": "",
        "m": ["yes", "12:30", None, ".inf"],
        "n": {"on": "off", "y": "n"},
        "o": "null\n",
        "p": "two lines",
    }
    assert load(front).flaws == []


def test_a_field_that_has_a_flaw_inside_is_left_out() -> None:
    loaded = load("title: a\nstate: b\nstate: c\ngathered: {on: *x}\nkind: d\n")
    assert loaded.values == {"title": "a", "kind": "d"}
    assert load("title: a\nkind: 'b\n").values == {}


@pytest.mark.usefixtures("loader")
def test_values_and_names_have_places() -> None:
    loaded = load("title:  a\nverdicts:\n  - {on: b,\n     by: c}\n", first_line=2)
    assert loaded.where.places == {
        "title": Place(2, 9),
        "verdicts": Place(4, 3),
        "verdicts.0": Place(4, 5),
        "verdicts.0.on": Place(4, 10),
        "verdicts.0.by": Place(5, 10),
    }
    assert loaded.where.names == {
        "title": Place(2, 1),
        "verdicts": Place(3, 1),
        "verdicts.0.on": Place(4, 6),
        "verdicts.0.by": Place(5, 6),
    }


def test_a_bom_that_is_told_of_does_not_hide_the_fields() -> None:
    note = read(b"\xef\xbb\xbf---\ntitle: a\n---\n", PurePosixPath("n.md"))
    assert note.fields.title == "a"


@given(
    front=st.text(st.sampled_from("ab: -\n\r#'\""), max_size=30),
    body=st.text(st.sampled_from("a-\n\r\t "), max_size=30),
    bom=st.sampled_from(["", "\ufeff"]),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
)
@settings(max_examples=300, deadline=None)
def test_splitting_loses_no_character(front: str, body: str, bom: str, newline: str) -> None:
    text = f"{bom}---{newline}{front}{newline}---{newline}{body}"
    document, _ = split(text)
    end = document.front_at + len(document.front)
    assert text[document.front_at : end] == document.front
    assert text.endswith(document.body)
    between = text[end : len(text) - len(document.body)]
    assert between.strip() in ("", "---", "...")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert lines[document.body_line - 1 :] == document.body.replace("\r\n", "\n").replace(
        "\r", "\n"
    ).split("\n")


@given(
    st.text(
        st.characters(exclude_categories=["Cs"]) | st.sampled_from("[]{}:,-?&*!|>'\"%@`#\n\t "),
        max_size=80,
    )
)
@settings(max_examples=500, deadline=None)
def test_reading_never_fails(front: str) -> None:
    note = read(f"---\n{front}\n---\n".encode(), PurePosixPath("n.md"))
    for problem in note.problems:
        assert problem.rule in RULES
        assert problem.line >= 1
        assert problem.col >= 1
        assert problem.message.endswith(".")
        assert problem.mend.endswith((".", "?"))


@given(st.binary(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_bytes_can_be_read(data: bytes) -> None:
    text, found = decoded(data)
    assert (text.encode() == data) is not bool(found)
    assert read(data, PurePosixPath("n.md")).data == data
