import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.errors import UsageError
from kmkit.views import listing
from tests.index_material import as_listed
from tests.note_material import note

FUEL = as_listed(note("disseminated", title="Fuel {now}\\t", topics=["a", "b"]))
BARE = as_listed(note("captured", id=None, summary=None, topics=None, path="notes/bare.md"))


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("{title}", "Fuel {now}\\t"),
        (r"{kind}\t{level}\n", "lesson\tinternal\n"),
        ("{{{kind}}} {{}}", "{lesson} {}"),
        (r"\\t{topics}\q", r"\ta; b\q"),
        ("{overdue}/{being_revised}/{due}", "yes/no/2026-04-01"),
        ("[{unit}]{captured}", "[]2025-03-10"),
    ],
)
def test_a_template_is_filled(template: str, line: str) -> None:
    assert listing.template(template, listing.FIELDS)(FUEL) == line


def test_what_a_note_does_not_say_is_empty() -> None:
    every = "|".join(f"{{{name}}}" for name in listing.FIELDS)
    said = listing.template(every, listing.FIELDS)(BARE).split("|")
    assert len(said) == len(listing.FIELDS)
    assert said[:2] == ["notes/bare.md", "notes/bare.md"]
    assert "None" not in said


@pytest.mark.parametrize(
    ("template", "mend"),
    [("{titel}", "title"), ("{}", "fields"), ("{title", "{{"), ("a}", "}}"), ("{a b}", "fields")],
)
def test_a_template_that_says_nothing_is_refused(template: str, mend: str) -> None:
    with pytest.raises(UsageError) as refused:
        listing.template(template, listing.FIELDS)
    assert mend in refused.value.mend


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from(r"{}\tn0 ab"), max_size=12))
def test_no_template_breaks_it(template: str) -> None:
    try:
        fill = listing.template(template, listing.FIELDS)
    except UsageError:
        return
    assert isinstance(fill(FUEL), str)


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_json_shows_nothing_hidden_and_loses_nothing(text: str) -> None:
    said = listing.line({"title": text})
    assert json.loads(said) == {"title": text}
    assert len(said.splitlines()) == 1
    said.encode()


def test_tags_beyond_the_first_plane_are_written_as_pairs() -> None:
    assert listing.escaped("\U000e0041") == "\\udb40\\udc41"
    assert json.loads(listing.line("\U000e0041\ud800")) == "\U000e0041\ud800"


def test_each_note_is_a_line() -> None:
    whole = json.loads("".join(listing.as_json([FUEL, BARE])))
    lines = [json.loads(line) for line in listing.as_lines([FUEL, BARE])]
    assert whole == {"schema": "kmkit.notes/1", "notes": lines}
    assert json.loads("".join(listing.as_json([]))) == {"schema": "kmkit.notes/1", "notes": []}
