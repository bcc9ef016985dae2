import json
from pathlib import Path

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from tests.brief_kb import DESCRIPTION, approve, revise, used, write
from tests.conftest import Run
from tests.terminal import CONTROLS, on_terminal


@pytest.fixture
def tor(tmp_path: Path) -> str:
    path = tmp_path / "tor.md"
    path.write_text(DESCRIPTION, encoding="utf-8")
    return str(path)


def brought_up(text: str) -> dict[str, list[str]]:
    found = json.loads(text)
    assert found["schema"] == "kmkit.brief/1"
    return {
        part["heading"]: [one["title"] for one in part["lessons"]] for part in found["sections"]
    }


def test_each_part_gets_the_lessons_that_fit_it(kb: KnowledgeBase, run: Run, tor: str) -> None:
    for name in ("Fuel", "Sirens", "Dogs"):
        approve(kb, name)
    ran = run(kb.root, "brief", tor, "--format", "json")
    assert ran.code == 0
    assert brought_up(ran.out) == {
        "Energy": ["Order fuel before the roads close"],
        "Warning": ["Test every siren with the village"],
        "Budget": [],
    }
    assert (
        ran.err == "2 lessons, of 3 approved notes, that this project should not start without.\n"
    )


def test_a_lesson_comes_with_why_it_was_chosen_and_what_it_says(
    kb: KnowledgeBase, run: Run, tor: str
) -> None:
    note = approve(kb, "Fuel")
    used(kb.root, note, "helped", "Spring flood")
    used(kb.root, note, "did-not-help", "Autumn flood")
    ran = run(kb.root, "brief", tor)
    text = " ".join(ran.out.split())
    assert "! It did not help: Autumn flood, 20 November 2026. The second supplier came." in text
    assert "It helped: Spring flood, 20 November 2026. The second supplier came." in text
    assert "- Sign the diesel contract in the dry season." in text
    assert "Why: both speak of “" in text
    assert "“diesel”" in text
    assert "Nothing bears on: Warning, Budget." in text
    assert "lesson · validated · internal" in text


def test_only_approved_notes_are_brought_up(kb: KnowledgeBase, run: Run, tor: str) -> None:
    write(kb, "Fuel")
    gone = approve(kb, "Sirens")
    kb.move("retire", gone, Request(because="Sirens were sold."))
    ran = run(kb.root, "brief", tor)
    assert "There is no approved note yet that this circle may see" in ran.out
    assert "diesel" not in ran.out


def test_the_approved_version_of_a_note_that_is_being_revised(
    kb: KnowledgeBase, run: Run, tor: str
) -> None:
    note = revise(kb, approve(kb, "Fuel"))
    path = kb.root / note.path
    path.write_text(path.read_text(encoding="utf-8").replace("diesel", "petrol"), encoding="utf-8")
    ran = run(kb.root, "brief", tor)
    assert "! It is being revised; this is the version that was approved." in ran.out
    assert "Sign the diesel contract" in ran.out
    assert "petrol" not in ran.out


def test_a_text_that_was_changed_after_its_approval_is_not_brought_up(
    kb: KnowledgeBase, run: Run, tor: str
) -> None:
    note = approve(kb, "Fuel")
    path = kb.root / note.path
    path.write_text(
        path.read_text(encoding="utf-8").replace("dry season", "rains"), encoding="utf-8"
    )
    assert "Order fuel" not in run(kb.root, "brief", tor).out


def test_a_circle_sees_only_what_may_reach_it(kb: KnowledgeBase, run: Run, tor: str) -> None:
    approve(kb, "Fuel")
    approve(kb, "Sirens", level="domestic", protect=["Old Harbour"])
    found = run(kb.root, "brief", tor, "--for", "domestic", "--format", "json")
    assert brought_up(found.out)["Energy"] == []
    assert brought_up(found.out)["Warning"] == ["Test every siren with the village"]
    ran = run(kb.root, "brief", tor, "--for", "domestc")
    assert (ran.code, ran.err) == (
        2,
        "There is no audience and no level 'domestc'.\nDid you mean domestic?\n",
    )


def test_protected_names_stay_in_the_narrowest_circle(
    kb: KnowledgeBase, run: Run, tor: str
) -> None:
    approve(kb, "Dogs", protect=["forty villages", "the village"])
    approve(kb, "Sirens", level="domestic")
    inside = run(kb.root, "brief", tor, "--format", "json")
    assert brought_up(inside.out)["Warning"] == ["Test every siren with the village"]
    outside = run(kb.root, "brief", tor, "--for", "domestic")
    assert "siren" not in outside.out.casefold().replace("sirens are", "")
    assert "There is no approved note yet that this circle may see" in outside.out


def test_an_audience_sees_what_its_circle_may_see(kb: KnowledgeBase, run: Run, tor: str) -> None:
    approve(kb, "Fuel")
    approve(kb, "Sirens", level="domestic")
    with (kb.root / "kmkit.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[audiences.partners]\nlevel = "domestic"\n')
    ran = run(kb.root, "brief", tor, "--for", "partners", "--format", "json")
    assert brought_up(ran.out)["Energy"] == []
    assert brought_up(ran.out)["Warning"] == ["Test every siren with the village"]
    assert json.loads(ran.out)["level"] == "domestic"


def test_a_level_that_a_hand_widened_reaches_nobody(kb: KnowledgeBase, run: Run, tor: str) -> None:
    path = kb.root / approve(kb, "Fuel").path
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("level: internal", "level: domestic"), encoding="utf-8")
    assert "Order fuel" not in run(kb.root, "brief", tor, "--for", "domestic").out


def test_filters_narrow_what_is_looked_through(kb: KnowledgeBase, run: Run, tor: str) -> None:
    approve(kb, "Fuel", topics=["logistics"])
    approve(kb, "Sirens")
    ran = run(kb.root, "brief", tor, "--topic", "logistics", "--format", "json")
    assert brought_up(ran.out)["Warning"] == []
    assert json.loads(ran.out)["looked_through"] == 1


def test_nothing_is_padded(kb: KnowledgeBase, run: Run) -> None:
    approve(kb, "Dogs")
    ran = run(kb.root, "brief", "A reform of the income tax for households and small firms.")
    assert ran.code == 0
    assert "None of 1 approved note bears on this." in ran.out
    assert "Vaccinate" not in ran.out


def test_it_is_read_from_the_command_line_or_said_to_be_missing(
    kb: KnowledgeBase, run: Run
) -> None:
    approve(kb, "Sirens")
    assert "Test every siren" in run(kb.root, "brief", "Batteries of sirens").out
    ran = run(kb.root, "brief", "terms.docx")
    assert (ran.code, ran.err) == (2, "There is no file terms.docx.\nName one that is there.\n")
    assert run(kb.root, "brief", " ").code == 2
    ran = run(kb.root, "brief", str(kb.root))
    assert ran.err == f"{kb.root} is a folder.\nName a file, or write the description.\n"
    assert run(kb.root, "brief", "a\0b sirens").code == 4
    assert run(kb.root, "brief", "Sirens", "--format", "pdf").code == 2
    assert run(kb.root, "brief", "siren " * 3000).code == 0


def test_the_file_s_ending_says_the_format(
    kb: KnowledgeBase, run: Run, tor: str, tmp_path: Path
) -> None:
    approve(kb, "Fuel")
    for name, start in (("b.html", "<!DOCTYPE html>"), ("b.md", "# Flood"), ("b.txt", "Flood")):
        ran = run(kb.root, "brief", tor, "-o", str(tmp_path / name))
        assert ran.code == 0
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)
    json.loads(run(kb.root, "brief", tor, "--format", "json").out)


def test_what_a_note_says_acts_nowhere(kb: KnowledgeBase, run: Run, tor: str) -> None:
    bad = "<script>alert(1)</script> [x](javascript:a) diesel generators \x1b[31m pumps"
    approve(kb, "Fuel", title=bad, summary=bad)
    page = run(kb.root, "brief", tor, "--format", "html").out
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    markdown = run(kb.root, "brief", tor, "--format", "md").out
    assert "<script" not in markdown.replace("\\<script", "")
    assert "[x](javascript" not in markdown
    shown = on_terminal(kb.root, "brief", tor)
    assert "alert(1)" in shown
    assert not set(CONTROLS) & set(shown)
    assert "[31m pumps" not in shown.replace(" ", "")


def test_a_limit_says_how_many_more_there_are(kb: KnowledgeBase, run: Run) -> None:
    for number in range(5):
        approve(kb, "Sirens", title=f"Sirens and batteries {'abcde'[number]}")
        approve(kb, "Dogs", title=f"Dogs {number}")
    ran = run(kb.root, "brief", "Sirens, volunteers and batteries", "--limit", "1")
    assert ran.out.count("Sirens and batteries") == 5
    assert "The same is said in: Sirens and batteries" in ran.out


def test_terms_of_reference_come_as_word_documents(
    kb: KnowledgeBase, run: Run, tmp_path: Path
) -> None:
    docx = pytest.importorskip("docx")
    pytest.importorskip("mammoth")
    document = docx.Document()
    document.add_heading("Flood preparedness", 0)
    document.add_heading("Energy", 1)
    document.add_paragraph("Generators and pumps need diesel from two suppliers.")
    document.add_heading("Warning", 1)
    document.add_paragraph("Volunteers look after the batteries of the sirens.")
    path = tmp_path / "terms.docx"
    document.save(str(path))
    approve(kb, "Fuel")
    approve(kb, "Sirens")
    assert brought_up(run(kb.root, "brief", str(path), "--format", "json").out) == {
        "Energy": ["Order fuel before the roads close"],
        "Warning": ["Test every siren with the village"],
    }
