"""The full-text index: what goes in is found, best first, and nothing breaks it."""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.index.search import Broken, Engine, Entry, Hit, parse
from kmkit.index.search.store import MARK

LESSONS = (
    Entry(1, "Order fuel early", "Sign fuel contracts before the first warning.", ("logistics",),
          "The road to the depot was closed by rain. Drivers waited for a helicopter."),
    Entry(2, "Drivers need two maps", "Paper maps help where phones fail.", ("logistics",),
          "We had fuel for two days, and the fuel was late. The bridge would not hold a truck."),
    Entry(3, "Say what the water will do", "Warnings name a place and an hour.", ("early warning",),
          "People left when the warning named their street. Evacuations began at dawn."),
    Entry(4, "Restore one backup every month", "A backup that was never restored is a hope.",
          ("digital services",), "The server failed. C++ programs crashed; the fuel gauge too."),
    Entry(5, "Old rule: fuel by the barrel", "Withdrawn.", ("logistics",),
          "Fuel fuel fuel: order fuel early, by the barrel.", retired=True),
)  # fmt: skip


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = Engine.open(tmp_path / "words")
    engine.update((), LESSONS)
    return engine


def numbers(engine: Engine, typed: str, **choice: object) -> list[int]:
    return [hit.n for hit in engine.search(parse(typed), **choice).hits]  # type: ignore[arg-type]


def test_a_word_in_the_title_counts_more_and_retired_notes_come_last(engine: Engine) -> None:
    found = engine.search(parse("fuel"))
    assert [hit.n for hit in found.hits] == [1, 2, 4, 5]
    assert found.hits[-1].retired
    assert found.total == 4
    assert not found.meant


def test_notes_with_all_the_words_come_before_those_with_most(engine: Engine) -> None:
    found = engine.search(parse("fuel bridge truck"))
    assert found.hits[0] == Hit(2, found.hits[0].score)
    assert found.total == 1
    assert {hit.n for hit in found.hits if not hit.whole} == {1, 4, 5}
    assert engine.matching(parse("fuel bridge truck")) == {2}


def test_words_that_say_nothing_are_not_asked_for(engine: Engine) -> None:
    assert numbers(engine, "what to do with a backup")[0] == 4
    assert numbers(engine, "the")[:1] == [3], "unless there are no others"


def test_phrases_are_exact_and_words_are_not(engine: Engine) -> None:
    assert engine.matching(parse('"fuel was late"')) == {2}
    assert engine.matching(parse('"late fuel was"')) == set()
    assert engine.matching(parse("evacuation")) == {3}
    assert engine.matching(parse('"evacuation"')) == set()
    assert engine.matching(parse("warnings")) == {1, 3}


def test_minus_prefix_and_field(engine: Engine) -> None:
    assert engine.matching(parse("fuel -barrel")) == {1, 2, 4}
    assert engine.matching(parse('fuel -"fuel early"')) == {2, 4}
    assert engine.matching(parse("-fuel")) == {3}
    assert engine.matching(parse("heli*")) == {1}
    assert engine.matching(parse("title:fuel")) == {1, 5}
    assert engine.matching(parse("summary:fuel")) == {1}
    assert engine.matching(parse("topics:warning")) == {3}
    assert engine.matching(parse('title:"order fuel"')) == {1}


SIGNS = ("C++", "title:", 'foo"', '"', "-", "*", "a:b:c", "((", "[x TO y]", "fuel~2", "^fuel", "\\")


@pytest.mark.parametrize("typed", [*SIGNS, "fuel AND", "x" * 5000])
def test_signs_of_other_languages_do_no_harm(engine: Engine, typed: str) -> None:
    asked = parse(typed)
    found = engine.search(asked)
    assert all(engine.explain(asked, hit.n) for hit in found.hits)


def test_c_plus_plus_is_found(engine: Engine) -> None:
    assert numbers(engine, "C++") == [4]


def test_a_beginning_finds_all_words_that_begin_so() -> None:
    engine = Engine.open(None)
    engine.update((), [Entry(n, f"Note {n}", "", (), f"word{n} again") for n in range(200)])
    assert len(engine.matching(parse("word*"))) == 200
    assert engine.search(parse("word*"), limit=300).total == 200
    for n in (0, 199):
        assert [why.found for why in engine.explain(parse("word*"), n)] == [f"word{n}"]
    assert engine.matching(parse("-word1*")) == {n for n in range(200) if str(n)[0] != "1"}
    assert engine.matching(parse("again nothing*")) == set()


@pytest.mark.parametrize(
    ("typed", "meant", "first"),
    [
        ("hellicopter", "helicopter", 1),
        ("bakcup", "backup", 4),
        ("fuel helicoptre", "fuel helicopter", 1),
        ("waterbridge", "bridge", 2),
    ],
)
def test_a_mistyped_word_is_put_right(engine: Engine, typed: str, meant: str, first: int) -> None:
    found = engine.search(parse(typed))
    assert found.meant == meant
    assert found.hits[0].n == first


def test_what_is_right_or_in_quotes_is_left_alone(engine: Engine) -> None:
    assert not engine.search(parse("bridge")).meant
    found = engine.search(parse('"hellicopter"'))
    assert not found.meant
    assert not found.hits
    assert engine.suggest("hellicopter") == ["helicopter"]
    assert engine.suggest("zzzzzzzz") == []
    assert engine.suggest("!") == []


def test_only_some_notes(engine: Engine) -> None:
    assert numbers(engine, "fuel", among={2, 5, 99}) == [2, 5]
    assert numbers(engine, "fuel", among=()) == []
    assert numbers(engine, "fuel", among=range(2, 9_000)) == [2, 4, 5]
    assert numbers(engine, "fuel bridge", among=range(4, 9_000)) == [4, 5]
    assert engine.search(parse("fuel"), among={2, 5}, limit=1).total == 2
    assert numbers(engine, "fuel", limit=2) == [1, 2]


def test_a_retired_note_is_last_though_many_live_ones_match_worse(tmp_path: Path) -> None:
    engine = Engine.open(None)
    gone = [Entry(n, "fuel fuel", "", (), "fuel", retired=True) for n in range(600)]
    live = [Entry(n, "Roads", "", (), "On the road fuel is dear." * 5) for n in range(600, 603)]
    engine.update((), [*gone, *live])
    hits = engine.search(parse("fuel"), limit=5).hits
    assert [hit.retired for hit in hits] == [False, False, False, True, True]


def test_why_a_note_was_found(engine: Engine) -> None:
    whys = engine.explain(parse("fuel -camp drivers"), 2)
    told = {(why.asked, why.found, why.place): why.times for why in whys}
    assert told == {("fuel", "fuel", "body"): 2, ("drivers", "drivers", "title"): 1}
    assert all(why.score > 0 for why in whys)
    assert {why.place for why in engine.explain(parse("fuel"), 1)} == {"title", "summary"}
    assert {why.found for why in engine.explain(parse("warnings"), 3)} == {"warning", "warnings"}
    (phrase,) = engine.explain(parse('"fuel was late"'), 2)
    assert (phrase.asked, phrase.found, phrase.times) == ('"fuel was late"', "fuel was late", 1)
    assert engine.explain(parse("fuel"), 3) == ()


def test_an_update_twice_is_an_update_once(engine: Engine) -> None:
    before = engine.search(parse("fuel"))
    engine.update((), LESSONS)
    engine.update((), ())
    assert engine.search(parse("fuel")) == before
    changed = LESSONS[0]._replace(body="Nothing but bread.")
    engine.update([5, 77], [changed])
    assert engine.matching(parse("bread")) == {1}
    assert engine.matching(parse("helicopter OR barrel")) == set()
    assert engine.matching(parse("fuel")) == {1, 2, 4}


def test_what_was_written_is_there_the_next_time(tmp_path: Path) -> None:
    assert Engine.open(tmp_path / "deep" / "words").empty
    Engine.open(tmp_path / "deep" / "words").update((), LESSONS)
    again = Engine.open(tmp_path / "deep" / "words")
    assert again.kept
    assert not again.empty
    assert again.matching(parse("bridge")) == {2}
    again.clear()
    assert again.empty
    assert Engine.open(tmp_path / "deep" / "words").empty


@pytest.mark.skipif(sys.platform == "win32", reason="its files have no such modes")
def test_whoever_may_read_the_folder_may_read_all_of_it(tmp_path: Path) -> None:
    engine = Engine.open(tmp_path / "words")
    for entry in LESSONS:
        engine.update((), [entry])
    kept = [file for file in (tmp_path / "words").iterdir() if file.suffix != ".lock"]
    assert {file.stat().st_mode for file in kept} == {(tmp_path / "words" / MARK).stat().st_mode}


@pytest.mark.parametrize(
    "damage", ["version", "mark", "meta", "foreign", "file", "link", "segment"]
)
def test_a_damaged_folder_is_made_anew(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "words"
    Engine.open(folder).update((), LESSONS)
    if damage == "version":
        (folder / MARK).write_text("0 0.1")
    elif damage == "mark":
        (folder / MARK).unlink()
    elif damage == "meta":
        (folder / "meta.json").write_bytes(b"\xff\x00{")
    elif damage == "segment":
        next(folder.glob("*.idx")).unlink()
    else:
        folder.rename(tmp_path / "old")
        if damage == "foreign":
            folder.mkdir()
            (folder / "letter.txt").write_text("Dear Sir")
        elif damage == "file":
            folder.write_text("no folder")
        else:
            folder.symlink_to(tmp_path / "old")
            (tmp_path / "old" / MARK).unlink()
    engine = Engine.open(folder)
    assert engine.empty
    engine.update((), LESSONS)
    assert Engine.open(folder).matching(parse("bridge")) == {2}
    assert damage != "link" or (tmp_path / "old").is_dir(), "what a link leads to is left alone"


def test_a_damage_that_shows_late_is_told_and_cleared(tmp_path: Path) -> None:
    engine = Engine.open(tmp_path / "words")
    engine.update((), LESSONS)
    for file in (tmp_path / "words").glob("*.idx"):
        file.write_bytes(b"\xff" * file.stat().st_size)
    damaged = Engine.open(tmp_path / "words")
    if not damaged.empty:
        with pytest.raises(Broken):
            damaged.search(parse("fuel"))
    damaged.clear()
    damaged.update((), LESSONS)
    assert damaged.matching(parse("bridge")) == {2}


@pytest.mark.skipif(sys.platform == "win32", reason="its folders have no such modes")
def test_a_folder_that_cannot_be_written_to_is_read() -> None:
    with tempfile.TemporaryDirectory() as scratch:  # outside pytest's own, which is root's alone
        Path(scratch).chmod(0o755)
        _read_only(Path(scratch) / "words")


def _read_only(folder: Path) -> None:
    Engine.open(folder).update((), LESSONS)
    for file in folder.iterdir():
        file.chmod(0o444)
    folder.chmod(0o555)
    program = (
        "import sys, pathlib; from kmkit.index.search import Engine, Entry, parse\n"
        "engine = Engine.open(pathlib.Path(sys.argv[1]))\n"
        "print(engine.kept, engine.matching(parse('bridge')))\n"
        "engine.clear(); engine.update((), [Entry(9, 'x', '', (), 'bridge')])\n"
        "print(engine.kept, engine.matching(parse('bridge')))\n"
    )
    command = [sys.executable, "-c", program, str(folder)]
    if os.geteuid() == 0:
        command = ["setpriv", "--reuid=65534", "--clear-groups", *command]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    folder.chmod(0o755)
    assert done.stdout.splitlines() == ["False {2}", "False {9}"]


def _write(folder: Path, first: int) -> None:
    engine = Engine.open(folder)
    for n in range(first, first + 5):
        engine.update((), [Entry(n, f"Title {n}", "", (), "shared word")])


def test_processes_that_write_at_once_all_succeed(tmp_path: Path) -> None:
    Engine.open(tmp_path / "words").update((), [Entry(0, "Title", "", (), "shared word")])
    context = multiprocessing.get_context("spawn")
    writers = [
        context.Process(target=_write, args=(tmp_path / "words", first)) for first in (10, 20)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    found = Engine.open(tmp_path / "words").matching(parse("shared"))
    assert found == {0, *range(10, 15), *range(20, 25)}


def test_notes_that_say_the_same(engine: Engine) -> None:
    twin, *others = engine.like("Order your fuel early", "Sign the fuel contracts early.", limit=3)
    assert twin.n == 1 or twin.retired
    assert 0 < twin.share <= 1
    assert all(other.score <= twin.score for other in others)
    same = engine.like(*LESSONS[2][1:3], LESSONS[2].body)[0]
    assert (same.n, round(same.share, 6)) == (3, 1.0)
    assert {"water", "hour", "place"} <= set(same.words)
    assert all(row.n != 3 for row in engine.like(*LESSONS[2][1:3], LESSONS[2].body, but=(3,)))
    assert engine.like("", "") == []
    assert engine.like("the of and 12") == []


@settings(max_examples=120, deadline=None)
@given(st.text(max_size=60) | st.text(alphabet='fuel "-*:កទ水ا\x00', max_size=40))
def test_no_search_ever_fails(typed: str) -> None:
    asked = parse(typed, filters=())
    found = SHARED.search(asked)
    assert SHARED.matching(asked) <= {entry.n for entry in LESSONS}
    for hit in found.hits[:2]:
        SHARED.explain(asked, hit.n)
    SHARED.like(typed)
    SHARED.suggest(typed)
    SHARED.looked_for(asked)


SHARED = Engine.open(None)
SHARED.update((), LESSONS)
