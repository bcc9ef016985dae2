import pytest

from kmkit.errors import UsageError
from kmkit.index.query import SORTS, Query, Row, find, ordered, row
from kmkit.note.model import Note
from tests.note_material import BODY, KINDS, POLICY, TODAY, note


def rows(*notes: Note) -> list[Row]:
    return [row(one, one, KINDS, TODAY) for one in notes]


FUEL = note(
    "maintained", id="20250310-fuel-aa11", title="Order fuel early", level="domestic",
    owner="ana@example.org", unit="Logistics Unit", language="en",
)  # fmt: skip
WATER = note(
    "captured", id="20260801-water-bb22", title="Enterrements dignes et sûrs", level="internal",
    owner="Bo@example.org", topics=["public-health"], language="fr-CA", kind="story",
    summary="Ils ont été entendus.",
    gathered={"on": "2026-08-01", "method": "interview", "by": "c@example.org"},
    body="## Été\n\nLes familles ont ÉTÉ écoutées.\n",
)  # fmt: skip
OLD = note(
    "disseminated", id="20240110-boats-cc33", title="Boats need crews", level="international",
    owner=None, topics=["logistics", "Early-Warning"], body=BODY.replace("Fuel", "Diesel"),
)  # fmt: skip
REVISED = note(
    "captured", id="20230101-radio-dd44", title="Radios", verdicts=[],
    disseminated=[{"on": "2026-01-01", "channel": "w"}],
    in_force={"blob": "a" * 40, "state": "disseminated", "since": "2026-11-20"},
)  # fmt: skip
EVERY = rows(FUEL, WATER, OLD, REVISED)


def found(*words: str, stale: tuple[str, ...] = (), language: str = "") -> str:
    query = Query.parse(words, me="ana@example.org")
    hits = find(EVERY, query, policy=POLICY, stale=stale, language=language)
    return " ".join(hit.note.id[-4:] for hit in hits)


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ([], "aa11 bb22 cc33 dd44"),
        (["FUEL"], "aa11 cc33 dd44"),
        (["fuel", "early"], "aa11 cc33"),
        (["fuel", "early", "nowhere"], ""),
        (["ete"], "bb22"),
        (["sûrs"], "bb22"),
        (["surs"], "bb22"),
        (["public-health"], "bb22"),
        (["diesel was there"], "cc33"),
        (["bb22"], "bb22"),
        (["example.org"], ""),
        (["state: nothing"], ""),
    ],
)
def test_words(words: list[str], ids: str) -> None:
    assert found(*words) == ids


@pytest.mark.parametrize(
    ("word", "ids"),
    [
        ("kind:story", "bb22"),
        ("state:captured", "bb22 dd44"),
        ("state:disseminated", "cc33 dd44"),
        ("state:overdue", "cc33"),
        ("state:revised", "dd44"),
        ("state:stale", "bb22"),
        ("owner:me", "aa11 dd44"),
        ("owner:bo@", "bb22"),
        ("level:internal", "bb22 dd44"),
        ("level>=domestic", "aa11 cc33"),
        ("level>=internal", "aa11 bb22 cc33 dd44"),
        ("topic:logistics", "aa11 cc33 dd44"),
        ("topic:early-warning", "cc33"),
        ("unit:logistics", "aa11"),
        ("language:fr", "bb22"),
        ("language:fr-ca", "bb22"),
        ("language:f", ""),
    ],
)
def test_fields(word: str, ids: str) -> None:
    assert found(word, stale=(WATER.id,)) == ids


def test_values_of_one_field_are_alternatives_and_fields_add_up() -> None:
    assert found("kind:story", "kind:lesson") == "aa11 bb22 cc33 dd44"
    assert found("kind:story", "state:maintained") == ""
    assert found("fuel", "topic:logistics", "level:international") == "cc33"


def test_notes_without_a_language_are_in_the_organisations() -> None:
    assert found("language:en") == "aa11"
    assert found("language:en", language="en") == "aa11 cc33 dd44"


def test_a_level_that_cannot_be_read_counts_as_the_narrowest() -> None:
    of = rows(note("captured", level="secret"))
    assert list(find(of, Query(level_at_least="domestic"), policy=POLICY)) == []
    assert list(find(of, Query(level_at_least="internal"), policy=POLICY)) == of


@pytest.mark.parametrize(
    ("word", "mend"),
    [
        ("state:maintaned", "maintained"),
        ("kind:lesion", "lesson"),
        ("level:intern", "internal"),
        ("level>=domestik", "domestic"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_is_near(word: str, mend: str) -> None:
    with pytest.raises(UsageError) as refused:
        Query.parse([word]).checked(POLICY, KINDS)
    assert mend in refused.value.mend


def test_a_colon_in_a_word_is_no_filter() -> None:
    assert Query.parse(["http://a", "12:30", "kind:"]).words == ("http://a", "12:30", "kind:")


def test_the_state_in_words() -> None:
    assert [hit.standing for hit in EVERY] == [
        "maintained", "captured", "disseminated, overdue", "disseminated, being revised",
    ]  # fmt: skip


def test_every_sort_keeps_every_row_and_puts_what_is_missing_last() -> None:
    for by in SORTS:
        assert sorted(hit.note.id for hit in ordered(EVERY, by, POLICY)) == sorted(
            hit.note.id for hit in EVERY
        )
    tails = {by: [hit.note.id[-4:] for hit in ordered(EVERY, by, POLICY)] for by in SORTS}
    assert tails["captured"] == ["bb22", "aa11", "cc33", "dd44"]
    assert tails["title"] == ["cc33", "bb22", "aa11", "dd44"]
    assert tails["owner"] == ["aa11", "dd44", "bb22", "cc33"]
    assert tails["state"] == ["bb22", "cc33", "dd44", "aa11"]
    assert tails["level"] == ["bb22", "dd44", "aa11", "cc33"]
    assert tails["due"] == ["cc33", "dd44", "aa11", "bb22"]
