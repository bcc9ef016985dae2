"""``kmkit identify`` and ``kmkit map``: what has to be known, and what of it is missing."""

import json
from pathlib import Path

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.note.records.knowledge import CRITERIA
from tests.conftest import Run
from tests.cut_off import git
from tests.sitting import sitting

SUBJECT = "Reading the gauges by ear"
SCORES = [
    part
    for number, name in enumerate(CRITERIA)
    for part in ("--score", f"{name}={number % 5 + 1} because of reason {number}")
]


def test_what_is_screened_is_kept_and_screened_again(run: Run, kb: KnowledgeBase) -> None:
    done = run(kb.root, "identify", SUBJECT, *SCORES)
    assert done.code == 0, done.err
    path = kb.root / done.out.strip()
    text = path.read_text(encoding="utf-8")
    assert '{criterion: demand, score: 2, because: "of reason 1"}' in text
    assert git(kb.root, "log", "-1", "--format=%s") == f"screen: {SUBJECT}"
    again = [part.replace("=2", "=5") for part in SCORES]
    assert run(kb.root, "identify", SUBJECT.upper(), *again).out == done.out
    assert list(path.parent.iterdir()) == [path]
    assert run(kb.root, "check").code == 0
    found = json.loads(run(kb.root, "identify", "--json").out)
    assert [one["total"] for one in found["knowledge"]] == [1 + 5 + 3 + 4 + 5 + 1]


def test_scores_are_asked_for_at_a_terminal(kb: KnowledgeBase) -> None:
    talk = [("depend on it?", "six\n"), ("depend on it?", "4\n"), ("depend on it?", "4 because\n")]
    talk += [("depend on it?", "4 because we drown\n"), *[("?", "3 it is so\n")] * 5]
    sat = sitting(kb.root, "identify", SUBJECT, talk=talk)
    assert sat.code == 0, sat.screen
    assert "'six' is no score." in sat.screen
    assert sat.screen.count("A score without a reason is an opinion") == 2
    (path,) = (kb.root / "records" / "knowledge").iterdir()
    assert 'because: "we drown"' in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (SCORES[:4], 3, "Not scored: specificity"),
        (["--score", "demand"], 2, "--score names a criterion."),
        (["--score", "deamnd=3 So."], 2, "There is no criterion 'deamnd'."),
        (["--score", "demand=6 So."], 2, "'6 So.' is no score."),
        ([*SCORES, *SCORES[:2]], 2, "--score strategic-need is given twice."),
    ],
)
def test_what_is_refused(
    run: Run, kb: KnowledgeBase, args: list[str], code: int, message: str
) -> None:
    done = run(kb.root, "identify", SUBJECT, *args)
    assert (done.code, done.out) == (code, "")
    assert message in done.err
    assert not (kb.root / "records" / "knowledge").exists()


def test_the_map_says_what_is_missing_first(run: Run, kb: KnowledgeBase, tmp_path: Path) -> None:
    settings = kb.root / "kmkit.toml"
    text = settings.read_text(encoding="utf-8").replace("[topics]", '[topics]\ngauges = "x"', 1)
    settings.write_text(text, encoding="utf-8")
    assert run(kb.root, "identify", SUBJECT, "--topic", "gauges", *SCORES).code == 0
    done = run(kb.root, "map")
    assert done.out.splitlines()[0].startswith("topic\tcritical\tneed")
    assert "gauges\t\t16\t0\t0\t0\tuncovered\tkmkit capture --for gauges" in done.out
    assert "Something is missing in" in done.err
    page = tmp_path / "map.html"
    for place in (page, tmp_path / "map.svg", tmp_path / "map.json"):
        assert run(kb.root, "map", "-o", str(place)).code == 0
        assert "gauges" in place.read_text(encoding="utf-8")
    assert "@" not in page.read_text(encoding="utf-8").replace("@media", "")
    assert run(kb.root, "map", "--within", "soon").code == 2
