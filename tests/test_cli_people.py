"""``kmkit offboard``, ``onboard`` and ``skills`` on the example."""

import json
import shutil
from pathlib import Path

import pytest
from icalendar import Calendar

from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.person import Person
from tests.conftest import Run
from tests.cut_off import git

AMINA = Person("Amina Diallo", "amina.diallo@example.org")


@pytest.fixture
def demo(history: Path, tmp_path: Path) -> KnowledgeBase:
    """A copy of it that a test may change."""
    return KnowledgeBase(Path(shutil.copytree(history, tmp_path / "kb")))


def test_what_hangs_on_somebody_who_leaves(run: Run, demo: KnowledgeBase, tmp_path: Path) -> None:
    folder = tmp_path / "leaving"
    args = ("offboard", "joseph", "--until", "2026-12-31", "-o", str(folder))
    dry = run(demo.root, *args, "--dry-run", who=AMINA)
    assert (dry.code, folder.exists(), git(demo.root, "status", "--porcelain")) == (0, False, "")
    done = run(demo.root, *args, "--json", who=AMINA)
    assert done.code == 0, done.err
    found = json.loads(done.out)
    owned = {note.id for note in demo.notes() if note.owner == "joseph.okello@example.org"}
    assert {note["id"] for note in found["owns"]} == owned
    assert "public-health" in [one["topic"] for one in found["knows_alone"]]
    assert "until: 2026-12-31" in (demo.root / "people/joseph-okello.md").read_text()
    talk = (folder / "exit-interview.md").read_text(encoding="utf-8")
    assert "### public-health" in talk
    assert (folder / "handover.md").read_text(encoding="utf-8").count("- [ ]") >= len(owned)
    again = run(demo.root, *args, who=AMINA)
    assert again.code == 0
    assert "is there already and was left as it is" in again.err


def test_their_notes_are_given_to_somebody_else(run: Run, demo: KnowledgeBase) -> None:
    before = int(git(demo.root, "rev-list", "--count", "HEAD"))
    done = run(demo.root, "offboard", "joseph.okello@example.org", "--to", AMINA.email, who=AMINA)
    assert done.code == 0, done.err
    moved = int(git(demo.root, "rev-list", "--count", "HEAD")) - before
    assert moved == done.err.count("reassign:") > 0
    left = run(demo.root, "offboard", "joseph", "--json", who=AMINA)
    assert json.loads(left.out)["owns"] == []
    assert run(demo.root, "audit", who=AMINA).code == 0


def test_who_is_meant_has_to_be_one_person(run: Run, demo: KnowledgeBase) -> None:
    several = run(demo.root, "offboard", "a")
    assert (several.code, "could be several" in several.err) == (2, True)
    nobody = run(demo.root, "offboard", "zebra")
    assert (nobody.code, "Nobody is called 'zebra'." in nobody.err) == (2, True)


def test_a_newcomer_reads_what_is_theirs_and_good(
    run: Run, demo: KnowledgeBase, tmp_path: Path
) -> None:
    found = json.loads(run(demo.root, "onboard", "--topic", "early-warning", "--json").out)
    first = found["readings"][0]
    assert "it is of your topics" in first["why"]
    states = {note.id: note.state for note in demo.notes()}
    assert all(states[one["id"]] not in ("captured", "retired") for one in found["readings"])
    assert found["meetings"]
    role = json.loads(run(demo.root, "onboard", "--role", "expert.early-warning", "--json").out)
    assert role["readings"] == found["readings"]
    nosuch = run(demo.root, "onboard", "--topic", "early-waning")
    assert (nosuch.code, "Did you mean early-warning" in nosuch.err) == (2, True)
    assert "of the unit 'Coast' yet" in run(demo.root, "onboard", "--unit", "Coast").err
    page = tmp_path / "welcome.md"
    assert run(demo.root, "onboard", "--unit", "Coast", "--limit", "3", "-o", str(page)).code == 0
    assert page.read_text(encoding="utf-8").count("*Why: ") == 3


def test_skills_are_listed_and_matched(run: Run, demo: KnowledgeBase) -> None:
    lines = run(demo.root, "skills").out.splitlines()
    assert lines[1] == "digital-services\truth.mensah@example.org\tlena.brandt@example.org"
    pairs = run(demo.root, "skills", "--match").out.splitlines()[1:]
    assert [line.split("\t")[0] for line in pairs] == [
        "digital-services", "early-warning", "training",
    ]  # fmt: skip


def test_days_to_meet_are_proposed_and_go_into_a_calendar(
    run: Run, demo: KnowledgeBase, tmp_path: Path
) -> None:
    file = tmp_path / "lessons.ics"
    args = ("skills", "--match", "--from", "2027-01-05", "--ics", str(file))
    dry = run(demo.root, *args, "--dry-run")
    assert (dry.code, file.exists(), "Would write 3" in dry.err) == (0, False, True)
    done = run(demo.root, *args)
    assert done.code == 0, done.err
    days = [line.split("\t")[4] for line in done.out.splitlines()[1:]]
    told = Calendar.from_ical(file.read_bytes())
    assert sorted(str(e.decoded("DTSTART")) for e in told.walk("VEVENT")) == sorted(days)
    assert min(days) == "2027-01-05"
    assert told["PRODID"] == "-//kmkit//lessons among colleagues//EN"
    assert str(told["X-WR-CALNAME"]).endswith(": lessons among colleagues")
    past = run(demo.root, *args[:3], "2020-01-01")
    assert (past.code, "2020-01-01 is past" in past.err) == (2, True)
    assert run(demo.root, "skills", "--ics", str(file)).code == 2


@pytest.mark.parametrize("verb", [("skills",), ("offboard", "joseph")])
def test_what_is_about_people_stays_in_the_house(
    run: Run, demo: KnowledgeBase, verb: tuple[str, ...]
) -> None:
    done = run(demo.root, *verb, "--audience", "domestic")
    assert (done.code, done.out) == (3, "")
    assert "nothing about a person leaves the narrowest circle, 'internal'" in done.err
    assert run(demo.root, *verb, "--audience", "internal").code == 0


@pytest.mark.parametrize(
    ("who", "code", "said"),
    [
        ("ruth", 0, "Would record"),
        ("Ruth.Mensah@example.org", 0, "Would record"),
        ("a@partner.example", 0, "a@partner.example has no file in people/: taken for somebody"),
        ("ruth.mensa@example.org", 2, "Did you mean ruth.mensah?"),
        ("rutth", 2, "Nobody is called 'rutth'."),
        ("an", 2, "could be several"),
        ("a@b, c@d.org", 2, "is no e-mail address"),
    ],
)
def test_one_rule_for_everybody_who_is_named(
    run: Run, demo: KnowledgeBase, who: str, code: int, said: str
) -> None:
    apply = ("apply", "r3x8", "--in", "Coast", "--action", "Try it", "--due", "2027-03-01")
    for args in (apply, ("plan", "k2p6", "--add", "Film it", "--when", "ongoing")):
        done = run(demo.root, *args, "--by", who, "--dry-run", who=AMINA)
        assert (done.code, said in done.err) == (code, True), done.err
    if code:
        asked = run(demo.root, "validate", "r3x8", "--ask", who)
        given = run(demo.root, "reassign", "r3x8", "--to", who, who=AMINA)
        assert (asked.code, said in asked.err) == (given.code, said in given.err) == (code, True)


def test_who_owns_nothing_has_nothing_to_give(run: Run, demo: KnowledgeBase) -> None:
    done = run(demo.root, "offboard", "ruth", "--to", "farah.siddiqui@example.org", "--dry-run")
    assert (done.code, "Ruth Mensah owns no note" in done.err) == (0, True)


def test_an_empty_knowledge_base_says_what_to_do(run: Run, kb: KnowledgeBase) -> None:
    assert "No approved note fits." in run(kb.root, "onboard").err
    assert "Nobody in people/ names a skill yet" in run(kb.root, "skills").err
