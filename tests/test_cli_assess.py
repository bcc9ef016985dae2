"""``kmkit assess`` from the form to the peers who could help."""

import random
from pathlib import Path

import pytest
from icalendar import Calendar
from openpyxl import load_workbook

from kmkit.kb import KnowledgeBase
from kmkit.kb.laying import lay
from kmkit.learn.assess.instrument import load_instrument
from kmkit.learn.assess.sheets import Sheet, written
from kmkit.views.assess import workbook
from tests.conftest import ANA, NOW, Run, at
from tests.cut_off import git
from tests.sitting import sitting

NAME = "after-an-event"
OURS, THEIRS = (2.0, 5.0, 4.0), (5.0, 2.5, 4.2)


def answers(folder: Path, many: int, levels: tuple[float, ...], unit: str = "Roads") -> list[str]:
    """Files of answers around a level in each dimension."""
    chance, found = random.Random(many), load_instrument(NAME, None)
    folder.mkdir()
    paths = []
    for number in range(many):
        given: dict[str, int | None] = {
            item.key: min(6, max(1, round(chance.gauss(level, 0.6))))
            for dimension, level in zip(found.dimensions, levels, strict=True)
            for item in dimension.items
        }
        place = folder / f"{number}.json"
        place.write_text(written(Sheet(NAME, found.version, unit, given)), encoding="utf-8")
        paths.append(str(place))
    return paths


def collected(run: Run, kb: KnowledgeBase, round: str, files: list[str], **more: str) -> None:
    done = run(kb.root, "assess", "collect", NAME, *files, "--round", round, **more)
    assert done.code == 0, done.err


def test_two_rounds_and_what_they_tell(run: Run, kb: KnowledgeBase, tmp_path: Path) -> None:
    first = answers(tmp_path / "a", 8, OURS)
    collected(run, kb, "2025", first, today="2025-11-20")
    collected(run, kb, "2026", answers(tmp_path / "b", 6, (4.0, 5.0, 4.0)))
    assert git(kb.root, "log", "-1", "--format=%s").startswith("new: after-an-event, 2026")
    assert git(kb.root, "status", "--porcelain") == ""
    kept = "".join(p.read_text(encoding="utf-8") for p in kb.root.glob("records/assessment/*.md"))
    assert "unit: Roads, people: 8, dimension: content" in kept
    assert run(kb.root, "check").code == 0
    assert f"{NAME}\tAfter an event\t12\t2025 (8), 2026 (6)" in run(kb.root, "assess").out
    lines = run(kb.root, "assess", "report", NAME).out.splitlines()
    assert lines[0] == "dimension\tmean\tagree\tbefore\titems compared"
    name, now, _, before, items = lines[1].split("\t")
    assert (name, items) == ("Content", "4")
    assert float(before) < 3 < float(now)
    earlier = run(kb.root, "assess", "report", NAME, "--round", "2025").out.splitlines()
    assert earlier[1].split("\t")[1] == before
    page = tmp_path / "r.html"
    assert run(kb.root, "assess", "report", NAME, "-o", str(page)).code == 0
    text = page.read_text(encoding="utf-8")
    assert text.count("<svg") == 4
    assert not any(mark in text for mark in ("<script", "https:", "src="))
    again = run(kb.root, "assess", "collect", NAME, *first, "--round", "2026")
    assert (again.code, "was collected already" in again.err) == (2, True)


def test_offices_that_could_help_each_other(run: Run, kb: KnowledgeBase, tmp_path: Path) -> None:
    coast = lay(tmp_path / "coast", name="Coast", now=NOW, actor=ANA, first_note=False).kb
    collected(run, kb, "2026", answers(tmp_path / "a", 9, OURS))
    collected(run, at(coast), "2026", answers(tmp_path / "b", 7, THEIRS))
    shared = tmp_path / "coast.json"
    assert run(coast.root, "assess", "share", NAME, "-o", str(shared)).code == 0
    done = run(kb.root, "assess", "match", NAME, str(shared), "--from", "2026-12-07")
    rows = [line.split("\t")[:4] for line in done.out.splitlines()[1:]]
    assert rows == [
        ["Test Agency", "Coast", "Content", "2026-12-08"],
        ["Coast", "Test Agency", "Exchange", "2026-12-22"],
    ]
    days = tmp_path / "days.ics"
    asked = ("assess", "match", NAME, str(shared), "--from", "2026-12-07", "--ics", str(days))
    assert "Would write 2 proposed days" in run(kb.root, *asked, "--dry-run").err
    assert not days.exists()
    assert run(kb.root, *asked).code == 0
    events = Calendar.from_ical(days.read_bytes()).walk("VEVENT")
    assert [str(event.decoded("DTSTART")) for event in events] == ["2026-12-08", "2026-12-22"]
    assert str(events[0]["SUMMARY"]) == ("Peer assist (proposed): Coast helps Test Agency, Content")
    beside = run(kb.root, "assess", "report", NAME, "--with", str(shared))
    assert "Coast, 2026:" in beside.err
    alone = run(kb.root, "assess", "match", NAME)
    assert (alone.code, "Offices are paired with each other" in alone.err) == (2, True)


def test_the_form_is_a_page_or_a_workbook(run: Run, kb: KnowledgeBase, tmp_path: Path) -> None:
    page, book = tmp_path / "f.html", tmp_path / "f.xlsx"
    for place in (page, book):
        assert run(kb.root, "assess", "form", NAME, "-o", str(place)).code == 0
    text = page.read_text(encoding="utf-8")
    assert text.count("<fieldset") == 12
    assert "default-src 'none'; script-src 'sha256-" in text
    assert book.read_bytes()[:2] == b"PK" == workbook(load_instrument(NAME, None))[:2]


def test_a_workbook_is_read_and_what_is_no_answer_is_refused(
    run: Run, kb: KnowledgeBase, tmp_path: Path
) -> None:
    book = tmp_path / "f.xlsx"
    assert run(kb.root, "assess", "form", NAME, "-o", str(book)).code == 0
    for answer, said in (("4 Rather", ""), (4.0, ""), ("I CANNOT say", "is not filled in"),
                         ("rather", "con-01@1: 'rather' is no answer"), (4.5, "'4.5' is no answer"),
                         ("7", "7 is no answer")):  # fmt: skip
        made, file = load_workbook(book), tmp_path / "a.xlsx"
        next(row for row in made["Answers"].iter_rows() if row[3].value == "con-01@1")[
            2
        ].value = answer
        made.save(file)
        done = run(kb.root, "assess", "collect", NAME, str(file), "--round", "x")
        assert (done.code, (said or "1 answered, and of fewer than 5") in done.err) == (
            4 if said else 3, True,
        ), done.err  # fmt: skip


def test_to_others_no_unit_is_told_apart(run: Run, kb: KnowledgeBase, tmp_path: Path) -> None:
    collected(run, kb, "2026", answers(tmp_path / "a", 6, OURS))
    for to, apart in ((), True), (("--audience", "domestic"), False):
        page = tmp_path / "report.html"
        done = run(kb.root, "assess", "report", NAME, *to, "-o", str(page))
        assert done.code == 0, done.err
        text = page.read_text(encoding="utf-8")
        assert ("Roads" in text) is apart
        assert ("For people of the house" in text, "For the circle domestic" in text) == (
            apart, not apart,
        )  # fmt: skip


def test_one_person_is_asked_at_a_terminal(kb: KnowledgeBase, tmp_path: Path) -> None:
    place = tmp_path / "mine.json"
    talk = [("Your unit", "Roads\n"), ("[1-6]", "\n"), *[("[1-6]", "5\n")] * 2]
    talk += [("[1-6]", "9\n"), ("A number from 1 to 6", "2\n"), *[("[1-6]", "5\n")] * 8]
    sat = sitting(kb.root, "assess", "ask", NAME, "-o", str(place), talk=talk)
    assert sat.code == 0
    assert "Hand this file" in sat.screen
    text = place.read_text(encoding="utf-8")
    assert text.count(": 5") == 10
    assert (text.count(": null"), text.count('-04@1": 2')) == (1, 1)
    assert ANA.email not in text


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("repot",), 2, "Did you mean report?"),
        (("report",), 2, "Which instrument?"),
        (("report", "nothing"), 2, "There is no instrument 'nothing'."),
        (("report", NAME), 2, "No round of after-an-event was collected yet."),
        (("collect", NAME, "x.json"), 2, "--round is missing."),
        (("collect", NAME, "--round", "x"), 2, "No file of answers is named."),
        (("collect", NAME, "gone.json", "--round", "x"), 4, "gone.json cannot be read"),
        (("ask", NAME), 2, "Nobody is there to answer."),
    ],
)
def test_what_cannot_be_done(
    run: Run, kb: KnowledgeBase, args: tuple[str, ...], code: int, message: str
) -> None:
    done = run(kb.root, "assess", *args)
    assert (done.code, done.out) == (code, "")
    assert message in done.err


def test_a_file_counts_once_and_four_are_too_few(
    run: Run, kb: KnowledgeBase, tmp_path: Path
) -> None:
    files = answers(tmp_path / "a", 4, OURS)
    twice = run(kb.root, "assess", "collect", NAME, *files, files[0], "--round", "x")
    assert (twice.code, "is named twice" in twice.err) == (2, True)
    few = run(kb.root, "assess", "collect", NAME, *files, "--round", "x")
    assert (few.code, "4 answered, and of fewer than 5" in few.err) == (3, True)
    dry = run(kb.root, "assess", "collect", NAME, *files, "--round", "x", "--dry-run")
    assert dry.code == 3
    assert not (kb.root / "records" / "assessment").exists()
