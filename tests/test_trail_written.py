"""Who wrote the words that stand: what is known of several lines of history comes together."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmkit.config import Policy
from kmkit.trail.git import Git
from kmkit.trail.log import nodes, removed
from kmkit.trail.writers import (
    NOBODY,
    Authors,
    Writing,
    Written,
    joined,
    merged,
    restores,
    united,
    validates,
)
from tests.test_trail_fold import event

PRINTS = ("k1:1", "k1:2")
NAMES = ("ana", "ben", "cy")


def by(number: int, *names: str) -> Writing:
    """A commit of some people."""
    return Writing(number, frozenset(f"{name}@x" for name in names), frozenset(names))


STEP = st.one_of(
    st.tuples(st.just("wrote"), st.integers(0, 9), st.sampled_from(NAMES)),
    st.tuples(st.just("validated"), st.sampled_from(PRINTS), st.just("")),
)
WALK = st.lists(STEP, max_size=6)
Steps = list[tuple[str, int | str, str]]


def walked(start: Written, steps: Steps) -> Written:
    """A line of history."""
    for verb, what, name in steps:
        wrote = verb == "wrote"
        start = start.wrote(by(int(what), name)) if wrote else start.validated(str(what))
    return start


@given(WALK, st.tuples(WALK, WALK, WALK))
def test_in_which_order_lines_are_joined_does_not_matter(first: Steps, others: list[Steps]) -> None:
    start = walked(NOBODY, first)
    a, b, c = (walked(start, steps) for steps in others)
    assert joined([a, b]) == joined([b, a])
    assert joined([a, a]) == joined([a])
    assert joined([joined([a, b]), c]) == joined([a, joined([b, c])]) == joined([a, b, c])


@given(st.lists(st.sampled_from(("wrote", "validated")), max_size=8), st.integers(0, 8))
def test_where_a_line_came_from_adds_nothing_to_it(verbs: list[str], part: int) -> None:
    steps: Steps = [(verb, PRINTS[at % 2] if verb == "validated" else at, NAMES[at % 3])
             for at, verb in enumerate(verbs)]  # fmt: skip
    start = walked(NOBODY, steps[:part])
    line = walked(start, steps[part:])
    assert joined([start, line]) == line == joined([line])


def test_who_wrote_before_a_validation_is_author_of_those_words_alone() -> None:
    old = NOBODY.wrote(by(1, "ana")).validated("k1:1")
    assert old.authors("k1:1") == Authors(frozenset(["ana@x"]), frozenset(["ana"]))
    new = old.wrote(by(2, "ben"))
    assert new.authors("k1:2").names == {"ben"}
    assert new.authors("k1:1").names == {"ana", "ben"}
    assert new.reprinted("k1:1", "k1:2").authors("k1:2").names == {"ana", "ben"}
    assert new.reprinted("k1:3", "k1:2") == new


def test_lines_with_other_words_add_nobody_unless_none_has_these() -> None:
    ana, ben = NOBODY.wrote(by(1, "ana")).validated("k1:1"), NOBODY.wrote(by(2, "ben"))
    lines = [("k1:1", ana), ("k1:2", ben)]
    assert merged("k1:1", lines, by(3, "cy")) == ana
    both = merged("k1:3", lines, by(3, "cy"))
    assert both == united(lines, by(3, "cy"))
    assert both.authors("k1:3").names == {"ana", "ben", "cy"}
    assert joined([both, ana]).authors("k1:3").names == {"ana", "ben", "cy"}


@pytest.mark.parametrize(
    ("move", "step", "more", "validated", "restored"),
    [
        ("validate", "captured -> validated", {"Verdict": "approve"}, True, False),
        ("validate", "captured -> captured", {"Verdict": "approve"}, False, False),
        ("validate", "captured -> captured", {"Verdict": "return"}, False, False),
        ("validate", "captured -> retired", {"Verdict": "reject"}, False, False),
        ("validate", "captured -> formatted", {"Verdict": "reject"}, False, True),
        ("validate", "retired -> validated", {"Verdict": "approve"}, False, False),
        ("settle", "captured -> validated", {}, True, False),
        ("format", "validated -> formatted", {}, False, False),
        ("renew", "formatted -> formatted", {"Verdict": "approve"}, True, False),
        ("renew", "formatted -> formatted", {"Verdict": "return"}, False, False),
        (
            "renew",
            "formatted -> formatted",
            {"Verdict": "approve", "Method": "crowd"},
            False,
            False,
        ),
    ],
)
def test_which_moves_validate_and_which_put_back(
    move: str, step: str, more: dict[str, str], validated: bool, restored: bool
) -> None:
    made = event(f"{move} {step}", **{"Method": "peer-review", **more})
    assert validates(made, Policy()) is validated
    assert restores(made) is restored


# The history that git tells


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """Two branches that wrote alike below one name, one of which moved the file."""
    git = Git(tmp_path)
    git.run("init", "-q", "-b", "main")
    for name, value in {"user.name": "A", "user.email": "a@x"}.items():
        git.run("config", name, value)
    place = tmp_path / "a.md"
    for text, branch in (("one", ""), ("two", ""), ("two", "side")):
        if branch:
            git.run("checkout", "-q", "-b", branch, "HEAD~1")
        place.write_text(text)
        git.run("add", "-A")
        git.run("commit", "-q", "--allow-empty", "-m", f"{text} {branch}")
    git.run("mv", "a.md", "b.md")
    git.run("commit", "-qm", "Move")
    git.run("checkout", "-q", "main")
    git.run("merge", "-q", "-s", "ours", "side", "-m", "Merge")
    return git


@pytest.mark.parametrize("setting", ["log.follow=true", "log.showRoot=false", "log.diffMerges=off"])
def test_no_line_is_left_out_whatever_the_clone_says(git: Git, setting: str) -> None:
    git.run("config", *setting.split("="))
    found = nodes(git, ["a.md"])
    assert [len(node.parents) for node in found] in ([0, 1, 1, 1, 2], [0, 1, 1, 2, 1])
    first, *_, merge = found
    assert first.made == {"a.md"}
    assert len([node for node in found if node.blobs.get("a.md")]) == 4
    assert merge.made == {"a.md"}
    assert {path for path, _ in removed(git, [merge.commit])} == {"b.md"}


def test_a_range_begins_with_the_commit_that_is_named(git: Git) -> None:
    whole = nodes(git, ["a.md", "b.md"])
    assert nodes(git, ["a.md", "b.md"], since=whole[0].commit) == whole
    second = next(node for node in whole if node.parents)
    assert second.commit in {n.commit for n in nodes(git, ["a.md", "b.md"], since=second.commit)}
