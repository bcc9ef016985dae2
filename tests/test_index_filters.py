from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.errors import UsageError
from kmkit.index.book import Index
from kmkit.index.choosing.conditions import where
from kmkit.index.choosing.filters import AT_LEAST, FIELDS, STATES, WORD, Filter, Term
from kmkit.index.choosing.lines import SORTS, lines, order
from kmkit.index.choosing.where import EVERY
from kmkit.kb import KnowledgeBase
from kmkit.kb.laying import lay
from kmkit.lifecycle.context import Request
from kmkit.note.model import Note
from tests.conftest import ANA, BEN, NOW, at, captured, disseminated
from tests.note_material import BODY, TODAY, note

SETTINGS = """
[filters]
rainy = "topic:logistics not:state:retired"
early = "filter:rainy 'fuel early'"
round = "filter:about"
about = "filter:round"
crooked = "kind:lesson 'half a quotation"
"""
BO = "bo@example.org"
NOTES = [
    note(
        "maintained", id="20250310-fuel-aa11", title="Order fuel early", level="domestic",
        unit="Logistics Unit", language="en",
    ),
    note(
        "captured", id="20260801-water-bb22", title="Enterrements dignes et sûrs", owner=BO,
        topics=["public-health"], language="fr-CA", kind="story",
        summary="Ils ont été entendus.",
        gathered={"on": "2026-08-01", "method": "interview", "by": "c@example.org"},
        body="## Été\n\nLes familles ont ÉTÉ écoutées.\n",
    ),
    note(
        "disseminated", id="20240110-boats-cc33", title="Boats need crews", owner=None,
        level="international", topics=["logistics", "Early-Warning"],
        derived_from=["20250310-fuel-aa11"], body=BODY.replace("Fuel", "Diesel"),
    ),
    note(
        "captured", id="20230101-radio-dd44", title="Radios", verdicts=[],
        disseminated=[{"on": "2026-01-01", "channel": "w"}],
        in_force={"blob": "a" * 40, "state": "disseminated", "since": "2026-11-20"},
    ),
]  # fmt: skip


def put(kb: KnowledgeBase, *notes: Note) -> None:
    for one in notes:
        place = kb.root / one.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(one.data)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """Four notes of which a hand wrote the files."""
    root = tmp_path_factory.mktemp("filters") / "kb"
    kb = lay(root, name="Test Agency", now=NOW, actor=ANA, first_note=False).kb
    put(kb, *NOTES)
    config = root / "kmkit.toml"
    text = config.read_text("utf-8").replace("[filters]\n", "")
    config.write_text(text + SETTINGS, "utf-8")
    with Index.open(root, today=TODAY) as opened:
        yield opened


def ids(index: Index, asked: Filter, by: str = "captured") -> str:
    """The last four characters of the ids that are found."""
    return " ".join(row.card.short for row in index.select(*where(asked, index), order=order(by)))


def found(index: Index, *words: str) -> str:
    return " ".join(sorted(ids(index, Filter.parse(words)).split()))


@pytest.mark.parametrize(
    ("words", "tails"),
    [
        ([], "aa11 bb22 cc33 dd44"),
        (["FUEL"], "aa11 cc33 dd44"),
        (["fuel", "early"], "aa11 cc33"),
        (["fuel", "early", "nowhere"], ""),
        (["ete"], "bb22"),
        (["sûrs"], "bb22"),
        (["surs"], "bb22"),
        (["diesel was there"], "cc33"),
        (["title:boats"], "cc33"),
        (["die*"], "cc33"),
        (["bb22"], "bb22"),
        (["not:fuel"], "bb22"),
        (["-fuel"], "bb22"),
        (["fuel", "not:diesel"], "aa11 dd44"),
        (["example.org"], ""),
    ],
)
def test_words(index: Index, words: list[str], tails: str) -> None:
    assert found(index, *words) == tails


@pytest.mark.parametrize(
    ("word", "tails"),
    [
        ("kind:story", "bb22"),
        ("kind:Story", "bb22"),
        ("not:kind:story", "aa11 cc33 dd44"),
        ("kind:not:story", "aa11 cc33 dd44"),
        ("-kind:story", "aa11 cc33 dd44"),
        ("state:captured", "bb22 dd44"),
        ("state:disseminated", "cc33 dd44"),
        ("not:state:captured", "aa11 cc33"),
        ("state:overdue", "cc33"),
        ("state:revised", "dd44"),
        ("state:stale", "bb22 cc33"),
        ("stale:any", "bb22 cc33"),
        ("stale:waiting", "bb22"),
        ("stale:overdue", "cc33"),
        ("not:stale:any", "aa11 dd44"),
        ("owner:ana@", "aa11 dd44"),
        ("owner:BO@", "bb22"),
        ("not:owner:ana", "bb22 cc33"),
        ("level:internal", "bb22 dd44"),
        ("level>=domestic", "aa11 cc33"),
        ("level>=internal", "aa11 bb22 cc33 dd44"),
        ("not:level>=domestic", "bb22 dd44"),
        ("topic:logistics", "aa11 cc33 dd44"),
        ("topic:EARLY-warning", "cc33"),
        ("unit:logistics", "aa11"),
        ("language:fr", "bb22"),
        ("language:FR-ca", "bb22"),
        ("language:f", ""),
        ("language:en", "aa11 cc33 dd44"),
        ("method:interview", "bb22"),
        ("method:peer-review", "aa11 cc33"),
        ("method:committee", ""),
        ("linked-to:aa11", "cc33"),
        ("not:linked-to:20250310-fuel-aa11", "aa11 bb22 dd44"),
        ("problem:missing-field", "cc33"),
        ("problem:duplicate-id", ""),
        ("filter:rainy", "aa11 cc33 dd44"),
        ("filter:early", "aa11"),
        ("not:filter:rainy", "bb22"),
        ("filter:crooked", ""),
    ],
)
def test_fields(index: Index, word: str, tails: str) -> None:
    assert found(index, word) == tails


def test_values_of_one_field_are_alternatives_and_fields_add_up(index: Index) -> None:
    assert found(index, "kind:story", "kind:lesson") == "aa11 bb22 cc33 dd44"
    assert found(index, "kind:story", "state:maintained") == ""
    assert found(index, "fuel", "topic:logistics", "level:international") == "cc33"
    assert found(index, "kind:lesson", "not:state:maintained", "not:state:revised") == "cc33"
    assert found(index, "filter:rainy", "filter:early") == "aa11"  # of these both
    assert found(index, "level>=internal", "level>=international") == "cc33"


@pytest.mark.parametrize(
    ("word", "mend"),
    [
        ("state:maintaned", "maintained"),
        ("kind:lesion", "lesson"),
        ("level:intern", "internal"),
        ("level>=domestik", "domestic"),
        ("topic:logistic", "logistics"),
        ("topic:early-warnin", "early-warning"),
        ("method:peer-reviw", "peer-review"),
        ("problem:duplicated-id", "duplicate-id"),
        ("stale:over", "overdue"),
        ("filter:rain", "rainy"),
        ("filter:round", "kmkit.toml"),
        ("linked-to:nothing", "kmkit list"),
        ("since:whenever", "last month"),
        ("until:2026-02-30", "last month"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_is_near(
    index: Index, word: str, mend: str
) -> None:
    for one in (word, f"not:{word}"):
        with pytest.raises(UsageError) as refused:
            where(Filter.parse([one]), index)
        assert mend in refused.value.mend


def test_days_that_end_before_they_begin(index: Index) -> None:
    with pytest.raises(UsageError, match="2026-10-01 is later than until 2025-12-31"):
        where(Filter.parse(["since:2026-10", "until:2025"]), index)


def test_a_colon_in_a_word_is_no_filter() -> None:
    words = ("http://a", "12:30", "kind:", "level>=", "not:", "-", "a:b")
    assert Filter.parse(words).words == words


def test_an_option_is_the_same_as_a_word() -> None:
    said = {"topic": ["fuel", "not:boats"], "owner": ["me"], AT_LEAST: ["domestic"]}
    words = ["topic:fuel", "not:topic:boats", "owner:me", "level>=domestic"]
    assert Filter.of(said) == Filter.parse(words)
    for value in ("", "  ", "not:"):
        with pytest.raises(UsageError, match="--topic is given without a value"):
            Filter.of({"topic": [value]})


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.builds(
            Term,
            st.sampled_from([*FIELDS, AT_LEAST, WORD]),
            st.text("abcé x/", min_size=1).map(str.strip).filter(bool),
            st.booleans(),
        )
    )
)
def test_what_is_written_is_read(terms: list[Term]) -> None:
    words = []
    for field, value, wanted in terms:
        said = value if field == WORD else f"{field}{'' if field == AT_LEAST else ':'}{value}"
        words.append(said if wanted else f"not:{said}")
    assert Filter.parse(words).terms == tuple(terms)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.sampled_from("abt:->=*\"'%_ \\ٱé"), max_size=12), max_size=4))
def test_whatever_is_typed_is_answered_or_refused(index: Index, words: list[str]) -> None:
    with suppress(UsageError):
        found(index, *words)


def test_a_filter_and_its_opposite_share_no_note_and_miss_none(index: Index) -> None:
    every = set(found(index).split())
    values = {"state": [*STATES, "stale"], "level": index.rules.levels, "kind": index.rules.kinds}
    values |= {"problem": ["any"], "stale": ["any"], "topic": ["logistics"], "since": ["2026"]}
    for field, known in values.items():
        for value in known:
            with_it = set(found(index, f"{field}:{value}").split())
            without = set(found(index, f"not:{field}:{value}").split())
            assert with_it | without == every
            assert not with_it & without


def test_every_sort_keeps_every_note_and_puts_what_is_missing_last(index: Index) -> None:
    tails = {by: ids(index, Filter(), by).split() for by in SORTS}
    assert all(sorted(found) == ["aa11", "bb22", "cc33", "dd44"] for found in tails.values())
    assert tails["captured"] == ["bb22", "aa11", "cc33", "dd44"]
    assert tails["title"] == ["cc33", "bb22", "aa11", "dd44"]
    assert tails["owner"] == ["aa11", "dd44", "bb22", "cc33"]
    assert tails["state"] == ["bb22", "cc33", "dd44", "aa11"]
    assert tails["level"] == ["bb22", "dd44", "aa11", "cc33"]
    assert tails["due"] == ["cc33", "dd44", "aa11", "bb22"]
    assert ids(index, Filter(), "-due").split() == ["aa11", "dd44", "cc33", "bb22"]
    assert ids(index, Filter(), "-captured").split() == ["dd44", "cc33", "aa11", "bb22"]


def test_lines_say_what_lists_say(index: Index) -> None:
    for by in SORTS:
        said = lines(index, EVERY, order(by))[0].decode().splitlines()
        rows = list(index.select(order=order(by)))
        assert [line.split("\t")[0] for line in said] == [row.card.id for row in rows]
        assert [line.split("\t")[3] for line in said] == [row.standing for row in rows]
    two, count = lines(index, EVERY, order("title"), 2)
    assert (two.count(b"\n"), count) == (2, 2)
    assert lines(index, where(Filter.parse(["nowhere"]), index), order("title")) == (b"", 0)


def test_notes_without_an_id_and_days_to_come_are_listed_as_they_are(
    kb: KnowledgeBase, tmp_path: Path
) -> None:
    nameless = note("captured", id=None, title="A\tB", path="notes/nameless.md")
    seer = note(
        id="20240110-seer-ee55", disseminated=[{"on": "2024-02-01", "channel": "w"}],
        reviewed={"on": "2030-01-01", "by": "a@example.org", "because": "I will."},
    )  # fmt: skip
    put(kb, *NOTES, nameless, seer)
    with Index.open(kb.root, today=TODAY) as index:
        said = lines(index, EVERY, order("title"))[0].decode()
        assert "notes/nameless.md\tA B\tlesson\tcaptured\t" in said
        assert "\tmaintained, overdue\tana@example.org\tinternal\t2025-02-01\n" in said
        assert found(index, "state:overdue") == "cc33 ee55"
        assert found(index, "problem:future-date") == "ee55"
        assert said.count("\n") == len(NOTES) + 2


def test_problems_beside_other_files(kb: KnowledgeBase) -> None:
    twin = note("captured", path="notes/twin.md", id="20250310-fuel-aa11")
    lost = note("captured", id="20260101-lost-ff66", repeats=["20200101-gone-zz99"])
    linking = note("captured", id="20260102-link-gg77", body="[a](gone.md) [b](2025/x.md)\n")
    bare = note(
        "captured", id="20260103-bare-jj88", evidence=["annex/gone.csv", "https://a.example"]
    )
    sound = note("captured", id="20260104-full-kk99", evidence=["kmkit.toml", "by word of mouth"])
    put(kb, *NOTES, twin, lost, linking, bare, sound)
    (kb.root / "people").mkdir(exist_ok=True)
    (kb.root / "people" / "bo.md").write_text(
        f"---\nid: 20250101-bo-hh88\nname: Bo\nemail: {BO}\nuntil: 2026-01-31\n---\n", "utf-8"
    )
    with Index.open(kb.root, today=TODAY) as index:
        assert found(index, "problem:duplicate-id") == "aa11 aa11"
        astray = found(index, "problem:broken-link").split()
        assert {"ff66", "gg77", "jj88"} <= set(astray)
        assert not {"cc33", "kk99"} & set(astray)
        assert found(index, "problem:owner-left") == "bb22"
        assert "bb22" not in found(index, "problem:unknown-owner")
        assert "dd44" in found(index, "problem:unknown-owner")


def test_since_and_until_go_by_the_steps_of_the_trail(kb: KnowledgeBase) -> None:
    def then(day: str) -> datetime:
        return datetime.fromisoformat(f"{day}T12:00:00+00:00")

    old = captured(at(kb, now=then("2026-01-05")), "Old")
    captured(at(kb, now=then("2026-09-05")), "Autumn")
    late = disseminated(at(kb, now=then("2026-11-02")), "Late")
    put(kb, note("captured", id="20250601-hand-hh88", title="By hand"))
    kb.move("reassign", old, Request(owner=BEN.email, because="She moved."))

    with Index.open(kb.root, today=TODAY) as index:

        def titles(*words: str) -> list[str]:
            rows = index.select(*where(Filter.parse(words), index), order=order("title"))
            return [row.card.title for row in rows]

        assert titles("since:yesterday") == ["Old"]
        assert titles("since:2026-11-01") == ["Late", "Old"]
        assert titles("since:2026-09", "until:2026-09") == ["Autumn"]
        assert titles("until:2026-08") == ["By hand", "Old"]
        assert titles("until:2025") == ["By hand"]
        assert titles("not:since:2026-09") == ["By hand"]
        assert titles("not:until:2026-09") == ["Late"]
        assert titles("since:last month") == ["Late", "Old"]
        assert titles("since:3 months") == ["Autumn", "Late", "Old"]
        assert titles("since:2026-09", "since:2026-11", "until:2026-09") == ["Autumn"]
        assert late.id
