"""What fits the field table is typed quickly, and to the same effect as strictly."""

import copy
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.note.fields import typed_strictly
from kmkit.note.file import read
from kmkit.note.fitting import fields_in, fitting, typed
from kmkit.note.loaded import Loaded, Where
from kmkit.note.model import Fields, Gathered, InForce, Verdict
from kmkit.note.yamlread import load as load_strictly
from tests.note_material import fields_of, note
from tests.test_note_ordinary import ORDINARY, UNUSUAL, changed

TEXTS = st.sampled_from(
    [
        "",
        "a",
        "2026-11-20",
        " 2026-11-20 ",
        "20261120",
        "2026-02-30",
        "P1Y",
        "12 months",
        "approve",
        "x_",
    ]
) | st.text(max_size=5)
NAMES = st.sampled_from(
    [*Fields.model_fields, *Gathered.model_fields, *Verdict.model_fields, "from", "x_a", "nothing"]
)
VALUES = st.recursive(
    st.none() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=6,
)
GOOD = [
    {"on": "2026-11-20", "by": "a@b.c", "method": "m", "verdict": "approve", "fingerprint": "k1:"},
    {"on": "2026-11-20", "by": "a@b.c", "to": "b@b.c", "due": None},
    {"on": "2026-11-20", "by": "a@b.c", "method": "m", "from": "x"},
    {"on": "2026-11-20", "by": "a@b.c", "because": "it holds", "until": "2026-12-01"},
    {"on": "2026-11-20", "channel": "weekly"},
]
ENTRIES = st.sampled_from(GOOD) | st.lists(st.sampled_from(GOOD), max_size=2)


def loaded(values: dict[str, Any]) -> Loaded:
    return Loaded(values, [], lambda: Where({}, {}))


def agree(values: dict[str, Any]) -> None:
    """Assert that both ways make the same of ``values``, and tell the same of them."""
    quickly, flaws = typed(loaded(copy.deepcopy(values)))
    strictly, told = typed_strictly(loaded(copy.deepcopy(values)))
    assert (repr(quickly), flaws) == (repr(strictly), told)
    assert quickly == strictly


@given(st.dictionaries(NAMES, VALUES | ENTRIES, max_size=5))
@settings(max_examples=150, deadline=None)
def test_both_ways_make_the_same_of_anything(values: dict[str, Any]) -> None:
    agree(values)


@given(st.sampled_from([*fields_of("maintained")]), VALUES | ENTRIES)
@settings(max_examples=60, deadline=None)
def test_both_ways_make_the_same_of_a_note_with_another_field(name: str, value: Any) -> None:
    agree({**as_read(fields_of("maintained")), name: value})


def as_read(value: Any) -> Any:
    """Values as front matter gives them: text throughout."""
    if isinstance(value, dict):
        return {name: as_read(part) for name, part in value.items()}
    if isinstance(value, list):
        return [as_read(part) for part in value]
    return None if value is None else str(value)


def test_what_walked_is_typed_quickly() -> None:
    values = as_read(fields_of("maintained"))
    made = fitting(Fields, values)
    assert made is not None
    assert made == typed_strictly(loaded(values))[0]
    assert made.gathered == Gathered(
        on=date(2025, 3, 10), method="after-action-review", by="bo@example.org",
        from_="Flood response",
    )  # fmt: skip


def test_values_do_not_change_and_compare_by_what_they_hold() -> None:
    one = InForce(blob="a", state="formatted")
    with pytest.raises(AttributeError, match="does not change"):
        one.state = "validated"  # type: ignore[misc]
    with pytest.raises(TypeError, match="state"):
        InForce(blob="a")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="other"):
        InForce(blob="a", state="b", other="c")  # type: ignore[call-arg]
    assert {one: 1}[InForce(blob="a", state="formatted", since=None)] == 1
    assert one != InForce(blob="b", state="formatted")
    assert one.model_copy(update={"state": "x"}).state == "x"


def test_a_value_is_made_of_what_a_file_says_or_not_at_all() -> None:
    made = InForce.model_validate({"blob": "a", "state": "b", "since": "2026-11-20"})
    assert made == InForce(blob="a", state="b", since=date(2026, 11, 20))
    assert made.model_dump(mode="json") == {"blob": "a", "state": "b", "since": "2026-11-20"}
    assert InForce.model_validate(made.model_dump()) == made
    for odd in ({"blob": "a"}, {"blob": "a", "state": "b", "since": "today"}):
        with pytest.raises(ValueError, match="InForce"):
            InForce.model_validate(odd)


@pytest.mark.parametrize("how", [{}, {"mode": "json"}, {"by_alias": True}, {"exclude_none": True}])
@pytest.mark.parametrize("given_", [{}, {"include": {"gathered", "review_every"}}])
def test_a_note_is_dumped_as_its_twin_is(how: dict[str, Any], given_: dict[str, Any]) -> None:
    from kmkit.note.strict import twin

    values = as_read(fields_of("maintained"))
    made = fitting(Fields, values)
    assert made is not None
    model = twin(Fields).model_validate(values)
    assert made.model_dump(**how, **given_) == model.model_dump(**how, **given_)
    assert made.model_dump(**how, exclude_defaults=True) == model.model_dump(
        **how, exclude_defaults=True
    )


NOTED = {
    "lists in a list": "x_a:\n  - [b, c]\n  - {d: e}\ntopics: [f, g]\n",
    "an entry": "reviewed:\n  {on: 2026-11-20, by: a, because: b}\n",
    "a verdict": "verdicts:\n  - {on: 2026-11-20, by: a, method: b, verdict: c, fingerprint: d}\n",
    "entries": "asked:\n  - {on: 2026-11-20, by: a, to: b}\n  - {on: 2026-11-21, by: a, to: b}\n",
    "an attribute's name": "gathered: {on: 2026-11-20, method: m, by: a, from_: b}\n",
    "a part twice": "asked:\n  - {on: 2026-11-20, by: a, by: b, to: c}\n",
    "a part without a name": "asked:\n  - {on: 2026-11-20, by: a, to}\n",
    "a part too few": "asked:\n  - {on: 2026-11-20, by: a}\n",
    "a part too many": "asked:\n  - {on: 2026-11-20, by: a, to: b, from: c}\n",
    "an empty part": "asked:\n  - {on: 2026-11-20, by: a, to: ~, due: null}\n",
    "a comma in quotes": "asked:\n  - {on: 2026-11-20, by: 'a, by: b', to: \"c, d\"}\n",
    "other blanks": "asked:\n- {on:  2026-11-20 ,by: a, to: b }\n",
    "no day": "asked:\n  - {on: 2026-02-30, by: a, to: b}\n",
    "nothing below": "verdicts:\n",
    "a sign behind the name": "verdicts[\n",
    "a blank behind the name": "verdicts \n",
    "a sign before the entries": "asked:!\n  - {on: 2026-11-20, by: a, to: b}\n",
    "a list where one is meant": "gathered:\n  - {on: 2026-11-20, method: m, by: a}\n",
    "one where a list is meant": "asked: {on: 2026-11-20, by: a, to: b}\n",
    "one and more": "gathered: {on: 2026-11-20, method: m, by: a}\n  - {on: 2026-11-20, by: a}\n",
    "short texts": "title: null\nsummary: ~\nowner: nulls\n",
}  # fmt: skip


def noted(front: str) -> None:
    """Assert that what is read quickly is what is read strictly, however often and by whomever."""
    strict = load_strictly(front)
    fields, misfits = typed_strictly(strict)
    first = fields_in(front)
    if first is None:
        return
    assert (strict.flaws, misfits) == ([], [])
    assert (repr(first[0]), repr(first[1])) == (repr(strict.values), repr(fields))
    spoil(first[0])
    again = fields_in(front)
    assert again is not None
    assert (repr(again[0]), again[1]) == (repr(strict.values), fields)


def spoil(value: Any) -> None:
    """Change everything in a value that can be changed."""
    for part in list(value.values() if isinstance(value, dict) else value):
        if isinstance(part, dict | list):
            spoil(part)
    value.clear()


@pytest.mark.parametrize("front", [*NOTED.values(), *(front for front, _ in ORDINARY.values())])
def test_front_matter_is_read_at_once_as_it_is_read_step_by_step(front: str) -> None:
    noted(front)


@pytest.mark.parametrize("name", UNUSUAL)
def test_what_is_unusual_is_not_read_at_once(name: str) -> None:
    assert fields_in(UNUSUAL[name]) is None


@given(st.lists(st.sampled_from([*NOTED.values()]), min_size=1, max_size=3), changed())
@settings(max_examples=60, deadline=None)
def test_changed_front_matter_is_read_at_once_as_step_by_step(many: list[str], one: str) -> None:
    noted("".join(many))
    noted(one)


PARTS = ["on: 2026-11-20", "by: a@b.c", "to: d", "due: 2026-12-01", "to: ''", "by", "on: x", "e: f"]


@given(st.lists(st.lists(st.sampled_from(PARTS), max_size=5), min_size=1, max_size=3))
@settings(max_examples=80, deadline=None)
def test_entries_are_read_at_once_as_step_by_step(entries: list[list[str]]) -> None:
    noted("asked:\n" + "".join(f"  - {{{', '.join(parts)}}}\n" for parts in entries))


def test_files_name_the_fields_of_a_note_as_the_table_does() -> None:
    assert [about.alias for about in Fields.model_fields.values() if about.alias] == []


def test_what_is_done_to_one_note_is_done_to_no_other() -> None:
    one, other = note("maintained"), note("maintained")
    before = copy.deepcopy(other.raw)
    spoil(one.raw)
    assert other.raw == before
    assert read(one.data, one.path).raw == before
