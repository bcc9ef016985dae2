"""What is listed of a history before anybody reads it: its commits, their parents, the waist."""

import os
from collections import Counter
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.errors import Cannot
from kmkit.trail.audit.history import (
    Change,
    Range,
    _changes,
    _split,
    _waist,
    commits_since,
    parents_of,
    tree_at,
    walk,
)
from tests.conftest import ANA
from tests.forgeries.builder import History

PARENTS = {
    "begin": "", "first": "begin", "a": "first", "b": "a", "c": "a", "d": "b c", "e": "d",
    "f": "d", "g": "e f", "h": "g", "early": "begin", "late": "h early", "after": "late",
    "side": "first", "wide": "a side", "root": "", "whole": "h root",
}  # fmt: skip
"""Commits, each with its parents."""


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    """A branch for each of the commits."""
    history = History(tmp_path_factory.mktemp("history"))
    history.run("init", "-q")
    for name, parents in PARENTS.items():
        tips = [history.tip(parent) for parent in parents.split()]
        history.commit("x\n", {"notes/a.md": name.encode()}, who=ANA, parents=tips, on=name)
    return history


def listed(history: History, first: str, tip: str, lag: int = 0) -> tuple[Range, list[list[str]]]:
    """What is listed, and the pairs by the names of the branches."""
    names = {history.tip(name): name for name in PARENTS}
    with commits_since(history.git, history.tip(first), history.tip(tip), lag) as range_:
        return range_, [[names[one] for one in line.decode().split()] for line in range_.begin(0)]


@pytest.mark.parametrize("tip", ["first", "a", "h", "whole", "late", "after", "early", "wide"])
def test_what_is_listed_of_branches(history: History, tip: str) -> None:
    range_, pairs = listed(history, "first", tip)
    there, uses, outside = ["first"], Counter[str](), False
    for name, *compared in reversed(pairs):
        inside = [one for one in PARENTS[name].split() if one in there]
        outside |= inside != PARENTS[name].split()
        assert compared == inside[:1]
        uses.update(history.tip(one) for one in inside if one != there[-1])
        there.append(name)
    assert there[-1] == tip
    assert len({*there}) == len(there) == range_.count + 1
    assert (range_.uses, range_.outside) == (uses, outside)
    assert outside == (tip in ("late", "after", "early"))
    assert range_.leads_back == (tip != "early")


@pytest.mark.parametrize(
    ("lag", "waist"), [(1, "g"), (2, "d"), (3, "d"), (4, "d"), (5, "a"), (7, "a"), (8, "first")]
)
def test_the_waist_is_what_all_later_ones_grew_out_of(
    history: History, lag: int, waist: str
) -> None:
    assert listed(history, "first", "h", lag)[0].waist == history.tip(waist)


def test_no_waist_is_beside_a_branch(history: History) -> None:
    assert listed(history, "first", "wide", 1)[0].waist == history.tip("first")


def test_where_nobody_asks_the_waist_is_the_tip(history: History) -> None:
    for tip in ("first", "h"):
        with commits_since(history.git, history.tip("first"), history.tip(tip)) as range_:
            assert range_.waist == history.tip(tip)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(1, 6), max_size=12), st.integers(0, 5), st.booleans())
def test_the_waist_by_all_ways(back: Sequence[int], lag: int, cut: bool) -> None:
    lowest = [0, *[max(0, number - far) for number, far in enumerate(back, 1)]]
    count = len(back)
    every = [(f"{number}", parent) for number, parent in enumerate(lowest)]
    last = every[min(lag + 1, count) if cut else 0 :]
    narrow = [
        number
        for number in range(int(last[0][0]), count + 1)
        if all(parent >= number for parent in lowest[number + 1 :])
    ]
    far = [number for number in narrow if count - number >= lag]
    assert _waist(last, count, lag) == f"{max(far) if far else min(narrow)}"


def test_the_parents_of_a_commit_stand_right_below_its_tree() -> None:
    one, other = "a" * 40, "b" * 40
    head, rest = "tree t\n", "author A\nparent c\nsig x\n parent d\n\nSubject\n\nparent e\n"
    for parents in ([], [one], [one, other], [one, one]):
        lines = "".join(f"parent {each}\n" for each in parents)
        assert parents_of(f"{head}{lines}{rest}".encode()) == tuple(parents)
    assert parents_of(b"") == ()


def test_a_pipe_is_read_as_it_comes() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as pairs, os.fdopen(writing, "wb") as told:
        told.write(b"pairs")
        told.close()
        range_ = Range(1, "", False, True, Counter(), pairs)
        assert range_.begin(0).read() == b"pairs"


# What commits change


def test_where_nothing_is_told_nothing_changed() -> None:
    assert [*_changes(iter([]), ["notes"])] == []


def test_what_is_longer_than_is_read_at_once_is_put_together() -> None:
    fields = [b"a" * 65_530, b"b" * 200_000, b"", b"c"]
    assert [*_split(BytesIO(b"".join(field + b"\0" for field in fields)))] == fields


@pytest.mark.parametrize("few", [False, True])
def test_what_commits_change_comes_oldest_first(
    history: History, monkeypatch: pytest.MonkeyPatch, few: bool
) -> None:
    if few:
        monkeypatch.setattr("kmkit.trail.audit.history.BLOCK", 3)
        monkeypatch.setattr("kmkit.trail.audit.history._PIECE", 2)
    names = {history.tip(name): name for name in PARENTS}
    with commits_since(history.git, history.tip("first"), history.tip("whole")) as range_:
        commits = list(walk(history.git, range_, ["notes"], lambda path: True))
        assert not any(
            commit.blobs for commit in walk(history.git, range_, ["notes"], lambda path: False)
        )
    there = {"begin", "first"}
    for commit in commits:
        name = names[commit.sha]
        assert [names[parent] for parent in commit.parents] == PARENTS[name].split()
        assert there >= {*PARENTS[name].split()}
        assert [*commit.blobs.values()] == [name.encode()]
        there.add(name)
    assert there == {*PARENTS} - {"early", "late", "after", "side", "wide"}


ODD = b"notes/\xff\t\n\xc3\xa9.md"


@pytest.fixture
def odd(tmp_path: Path) -> History:
    """A file whose name is no text is there, and then it is gone."""
    history = History(tmp_path)
    history.run("init", "-q", "-b", "main")
    history.commit("x\n", {"notes/a.md": b"a"}, who=ANA, parents=[])
    blob = history.run("hash-object", "-w", "--stdin", stdin=b"odd").encode()
    index = {"GIT_INDEX_FILE": str(tmp_path / "index")}
    row = b"100755 %s\t%s\0" % (blob, ODD)
    history.run("update-index", "-z", "--add", "--index-info", stdin=row, env=index)
    history.run("tag", "odd", history.run("write-tree", env=index))
    history.commit("y\n", {"kmkit.toml": b"x", "-x/a.md": b"y"}, who=ANA, tree="odd")
    history.commit("z\n", {"kmkit.toml": None}, who=ANA, tree="main~1")
    return history


def test_files_with_odd_names(odd: History) -> None:
    path, blob = (
        ODD.decode("utf-8", "surrogateescape"),
        odd.run("hash-object", "--stdin", stdin=b"odd"),
    )
    there = Change(path, "100755", blob)
    assert [*tree_at(odd.git, "main~1", ["notes", "records"])] == [there]
    assert [*tree_at(odd.git, "main", ["records"])] == []
    assert [file.path for file in tree_at(odd.git, "main~1", ["-x"])] == ["-x/a.md"]
    with commits_since(odd.git, odd.tip("main~2"), odd.tip()) as range_:
        commits = list(walk(odd.git, range_, ["notes", "kmkit.toml"], lambda path: True))
    here = Change("notes/a.md", "100644", odd.run("rev-parse", "main:notes/a.md"))
    config = Change("kmkit.toml", "100644", odd.run("rev-parse", "main~1:kmkit.toml"))
    gone = [Change(one.path, "", "") for one in (config, here, there)]
    assert [commit.changes for commit in commits] == [
        (config, gone[1], there), (gone[0], here, gone[2])
    ]  # fmt: skip
    assert [commit.blobs for commit in commits] == [
        {config.blob: b"x", blob: b"odd"},
        {here.blob: b"a"},
    ]


@pytest.mark.parametrize("tree", ["main~1^{tree}", "main~1:notes"])
def test_a_missing_folder_ends_it_with_a_way_out(odd: History, tree: str) -> None:
    name = odd.run("rev-parse", tree)
    place = odd.git.git_dir / "objects" / name[:2] / name[2:]
    place.chmod(0o600)
    place.unlink()
    with (
        commits_since(odd.git, odd.tip("main~2"), odd.tip()) as range_,
        pytest.raises(Cannot, match="git could not read"),
    ):
        list(walk(odd.git, range_, ["notes", "kmkit.toml"], lambda path: True))


def test_a_missing_commit_leaves_no_range_to_go_through(odd: History) -> None:
    first, middle, last = (odd.tip(name) for name in ("main~2", "main~1", "main"))
    place = odd.git.git_dir / "objects" / middle[:2] / middle[2:]
    place.chmod(0o600)
    place.unlink()
    with (
        pytest.raises(Cannot, match="git could not read the history"),
        commits_since(odd.git, first, last),
    ):
        pass
