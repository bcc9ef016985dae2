"""The portal's search data: it says of each word in which notes it stands, however it was made."""

import json
from collections.abc import Mapping, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.views.site.finishing import HEAVIEST, Counted
from kmkit.views.site.searching import (
    SHARD,
    base36,
    index_file,
    notes_file,
    postings,
    script,
    shards,
    words_file,
)
from kmkit.views.site.values import Row

Weights = Sequence[Mapping[str, int]]
WORDS = st.text("abcdefgh洪水", min_size=1, max_size=4)
NOTES = st.lists(st.dictionaries(WORDS, st.integers(1, HEAVIEST), max_size=8), max_size=40)


def read(text: str) -> dict[str, list[tuple[int, int]]]:
    """A file of words as a browser reads it: by word, the notes and what it counts in each."""
    found: dict[str, list[tuple[int, int]]] = {}
    for word, pairs in json.loads(f"{{{text}}}").items():
        numbers = [int(part, 36) for part in pairs.split(" ")]
        n = 0
        found[word] = []
        for gap, weight in zip(numbers[::2], numbers[1::2], strict=True):
            n += gap
            found[word].append((n, weight))
    return found


def wanted(notes: Weights) -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = {}
    for n, weights in enumerate(notes):
        for word, weight in weights.items():
            found.setdefault(word, []).append((n, weight))
    return found


@settings(max_examples=100, deadline=None)
@given(NOTES, st.integers(0, 40))
def test_every_word_is_found_whoever_read_which_notes(notes: Weights, at: int) -> None:
    made = [Counted.of(weights) for weights in notes]
    runs = (
        [postings(0, made[:at]), postings(at, made[at:])]
        if at < len(notes)
        else [postings(0, made)]
    )
    found: dict[str, list[tuple[int, int]]] = {}
    for _, text in shards(runs):
        found |= read(text)
    assert found == wanted(notes)


def test_files_of_words_are_small_and_in_the_order_of_javascript() -> None:
    words = [f"w{n:05}" for n in range(4000)] + ["\uffee", "\U00010400"]
    made = list(shards([postings(0, [Counted.of(dict.fromkeys(words, 1))] * 6)]))
    assert len(made) > 1
    assert all(len(text) < SHARD + 200 for _, text in made)
    assert made[0][0] == ""
    last = list(read(made[-1][1]))
    assert last[-2:] == ["\U00010400", "\uffee"]  # as UTF-16 has them
    firsts = [first for first, _ in made][1:]
    assert [next(iter(read(text))) for _, text in made[1:]] == firsts


def test_numbers() -> None:
    assert [base36(n) for n in (0, 35, 36, 1295, 46656)] == ["0", "z", "10", "zz", "1000"]


def row(**changed: object) -> Row:
    values: dict[str, object] = {
        "id": "20260101-a-aaaa", "href": "notes/20260101-a-aaaa.html", "title": "A", "summary": "",
        "kind": "lesson", "kind_href": "kinds/lesson.html", "topics": (), "language": "",
        "direction": "ltr", "state": "maintained", "on": None, "due": None, "marks": (),
    }  # fmt: skip
    return Row(**{**values, **changed})  # type: ignore[arg-type]


def test_a_script_holds_nothing_that_ends_it() -> None:
    text = notes_file(0, [(row(title="</script><!--\u2028"), "]]></SCRIPT>")])
    assert "</" not in text
    assert "<!--" not in text
    assert "\u2028" not in text
    inside = text.removeprefix("kmkit.notes(0,").rstrip().removesuffix(")")
    assert json.loads(inside)[0][1] == "</script><!--\u2028"


def test_frames() -> None:
    assert words_file(3, '"a":"0 1"') == 'kmkit.words(3,{\n"a":"0 1"\n})\n'
    assert index_file(2, 7.25, ["", "b"]) == (
        'kmkit.index({"v":1,"notes":2,"per":16,"average":7.2,"from":["","b"]})\n'
    )
    assert script({"a": "é"}) == '{"a":"é"}'
