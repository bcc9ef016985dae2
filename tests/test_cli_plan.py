"""``kmkit plan`` and ``kmkit event`` on the example: what is refused, what goes into a calendar."""

import json
import shutil
from pathlib import Path

import pytest
from icalendar import Calendar

from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.person import Person
from kmkit.note.records import Plan
from tests.conftest import Run

AMINA = Person("Amina Diallo", "amina.diallo@example.org")


@pytest.fixture
def demo(history: Path, tmp_path: Path) -> KnowledgeBase:
    """A copy of it that a test may change."""
    return KnowledgeBase(Path(shutil.copytree(history, tmp_path / "kb")))


def test_an_action_is_added_done_and_listed(run: Run, demo: KnowledgeBase) -> None:
    when = ("--when", "Q2 2027", "--group", "capture", "--by", "lena")
    assert run(demo.root, "plan", "k2p6", "--add", "Film it", *when, who=AMINA).code == 0
    found = json.loads(run(demo.root, "plan", "--json").out)
    assert (found["schema"], found["circle"]) == ("kmkit.plans/1", None)
    (film,) = [one for one in found["actions"] if one["what"] == "Film it"]
    assert (film["who"], film["by"], film["status"]) == (
        "lena.brandt@example.org", "2027-06-30", "open",
    )  # fmt: skip
    done = run(
        demo.root, "plan", "k2p6", "--done", str(film["number"]), "--note", "r3x8", who=AMINA
    )
    assert done.code == 0, done.err
    late = run(demo.root, "plan", "--overdue")
    assert (late.code, late.out.count("overdue")) == (1, 1)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("k2p6", "--add", "A", "--done", "1"), "--add and --done exclude each other."),
        (("k2p6", "--add", "A", "--when", "someday"), "--when: 'someday' is no time."),
        (("k2p6", "--add", "A", "--when", "3/2020"), "--when: 3/2020 is past."),
        (("k2p6", "--by", "lena"), "--by and --when are of an action that is added."),
        (("k2p6", "--add", "A", "--note", "r3x8"), "--note goes with --done."),
        (("k2p6", "--done", "99"), "The plan has no action 99."),
        (("--done", "1"), "Which plan?"),
        (("--group", "caputre"), "--group: there is no 'caputre'."),
        (("k2p6", "--add", "A", "--audience", "domestic"), "--audience is for lists."),
    ],
)
def test_what_makes_no_sense_is_refused(
    run: Run, demo: KnowledgeBase, args: tuple[str, ...], said: str
) -> None:
    done = run(demo.root, "plan", *args, who=AMINA)
    assert (done.code, said in done.err) == (2, True), done.err
    assert "A" not in [action.what for one in demo.records(Plan) for action in one.actions]


def test_sessions_to_come_are_a_calendar(run: Run, demo: KnowledgeBase, tmp_path: Path) -> None:
    file = tmp_path / "sessions.ics"
    assert run(demo.root, "event", "--ics", str(file)).code == 0
    told = Calendar.from_ical(file.read_bytes())
    assert (told["PRODID"], len(told.walk("VEVENT"))) == ("-//kmkit//sessions//EN", 1)
    assert "held by" in str(told.walk("VEVENT")[0]["DESCRIPTION"])
    printed = run(demo.root, "event", "--ics", "-")
    assert Calendar.from_ical(printed.out.encode())["X-WR-CALNAME"] == told["X-WR-CALNAME"]
    refused = run(demo.root, "event", "--ics", str(tmp_path))
    assert (refused.code, "is a folder" in refused.err) == (2, True)
