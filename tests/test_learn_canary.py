"""What counts, lists and sums up tells a circle nothing that it may not see, and of nobody."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.canaries import said
from tests.conftest import Ran, Run
from tests.learn_canary_cases import LEVELS, Case
from tests.learn_canary_outputs import known, told

CASES = int(os.environ.get("KMKIT_CANARY", "60")) // 10
"""How many knowledge bases are tried, each at every level; 1,000 before a release."""
_ANYBODY = ("@example.org", "@invalid")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("canary")


@settings(
    max_examples=CASES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # one seed is as simple as another
)
@given(seed=st.integers(0, 2**64 - 1))
def test_no_canary_of_a_narrower_circle_gets_out(room: Path, seed: int) -> None:
    root = room / "kb"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    case = Case(root, Random(seed))
    for width, level in enumerate(LEVELS):
        with case.known(level) as index:
            outputs, everything = list(told(index)), list(known(index))
        assert case.canaries.leaked(width, [*outputs, *everything]) == []
        shown = {word for _, output in outputs for word in said(output)}
        assert {title for title, reach in case.titles.items() if reach >= width} <= shown
        if width:
            assert not any(sign in output for _, output in outputs for sign in _ANYBODY)


COMMANDS: tuple[tuple[str, ...], ...] = (
    ("metrics",),
    ("metrics", "--by", "unit"),
    ("metrics", "--by", "topic", "--format", "csv"),
    ("metrics", "--why", "captured", "--format", "json"),
    ("metrics", "--why", "people"),
    ("metrics", "--format", "html"),
    ("map",),
    ("map", "--json"),
    ("report", "--for", "executive", "--format", "html"),
    ("report", "--format", "eml"),
    ("report", "--for", "manager"),
    ("plan",),
    ("plan", "--mine"),
    ("plan", "--json"),
    ("event",),
    ("event", "--ics", "-"),
    ("actions",),
    ("actions", "--mine"),
    ("actions", "--format", "github"),
    ("actions", "--learned", "--json"),
    ("skills",),
    ("skills", "--match"),
    ("onboard", "--topic", "floods"),
    ("onboard", "--topic", "nothing-like-it"),
    ("onboard", "--unit", "Water", "--json"),
    ("offboard", "desk@example.org"),
    ("assess", "report", "after-an-event"),
)


@pytest.mark.parametrize("level", LEVELS[1:])
def test_no_command_lets_one_out(run: Run, tmp_path: Path, level: str) -> None:
    case = Case(tmp_path, Random(7))
    round_ = f"Kim {case.word('in the round', 0)}"
    _add_a_round(tmp_path, round_, case.word("answered", 0))
    with (tmp_path / "kmkit.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'"{round_}" = "internal"\n')
    ran = {args: run(tmp_path, *args, "--audience", level) for args in COMMANDS}
    width = LEVELS.index(level)
    assert case.canaries.leaked(width, _streams(ran)) == []
    refused = {args for args, done in ran.items() if done.code == 3}
    about_people = {"skills", "offboard", "--mine", "manager", "people", "github", "unit"}
    assert refused == {args for args in COMMANDS if about_people & {*args}}
    assert {done.code for done in ran.values()} == {0, 2, 3}  # 2: there is no such topic
    said_for_whom = f"For the circle {level}: it tells only what may reach that, and of no person."
    for args, done in ran.items():
        page = done.out.replace("=\r\n", "")  # a letter's lines are short
        assert done.code or said_for_whom in done.err or said_for_whom in page, args


def _streams(ran: dict[tuple[str, ...], Ran]) -> Iterator[tuple[str, str]]:
    for args, done in ran.items():
        yield f"{' '.join(args)}, out", done.out
        yield f"{' '.join(args)}, err", done.err


def _add_a_round(root: Path, name: str, unit: str) -> None:
    """A round of an assessment, of a unit of five."""
    text = (
        "---\nid: 20261101-after-rrrr\nkind: assessment\ninstrument: after-an-event\nversion: 1\n"
        f'round: "{name}"\non: 2026-11-01\npeople: 5\nanswers:\n'
        "  - {item: con-01@1, counts: [0, 0, 1, 2, 2, 0, 0]}\nunits:\n"
        f"  - {{unit: {unit}, people: 5, dimension: content, counts: [0, 0, 1, 2, 2, 0, 0]}}\n---\n"
    )
    place = root / "records" / "assessment"
    place.mkdir()
    (place / "20261101-after-rrrr.md").write_text(text, encoding="utf-8")
