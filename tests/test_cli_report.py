"""``kmkit report``: what each role gets, from whom it is kept, and where its figures come from."""

import json
import shutil
from email import message_from_bytes, message_from_string, policy
from pathlib import Path

import pytest

from kmkit.cli.report import FORMATS
from kmkit.kb import KnowledgeBase
from kmkit.learn.reports.report import ROLES
from kmkit.lifecycle.person import Person
from kmkit.note.records import Question
from tests.conftest import Run, at, captured

FARAH = Person("Farah Siddiqui", "farah.siddiqui@example.org")


@pytest.mark.parametrize("role", ROLES)
def test_every_role_gets_a_page_in_every_format(run: Run, history: Path, role: str) -> None:
    pages = {}
    for fmt in FORMATS:
        done = run(history, "report", "--for", role, "--format", fmt, who=FARAH, today="2026-11-20")
        assert done.code == 0, done.err
        pages[fmt] = done.out
    found = json.loads(pages["json"])
    assert (found["schema"], found["since"]) == ("kmkit.report/1", "2026-10-21")
    titles = [block["title"] for block in found["blocks"]]
    assert all(block["lines"] for block in found["blocks"])
    for fmt in ("text", "md", "html"):
        assert [title for title in titles if title not in pages[fmt]] == []
    assert "<script" not in pages["html"]
    assert all(len(line) <= 80 or "kmkit " in line for line in pages["text"].splitlines())


def test_those_who_lead_and_everybody_get_no_names(run: Run, history: Path) -> None:
    people = KnowledgeBase(history).people
    words = [word for email, person in people.items() for word in (email, person.name)]
    for role in (name for name, one in ROLES.items() if not one.named):
        for fmt in FORMATS:
            page = run(history, "report", "--for", role, "--format", fmt, today="2026-11-20").out
            page = _letter(page) if fmt == "eml" else page
            named = [word for word in words if word in page]
            titles = [note.title for note in KnowledgeBase(history).notes()]
            assert [w for w in named if not any(w in title for title in titles)] == []


def _letter(text: str) -> str:
    """What a letter says; its head names whom to answer, as every letter's does."""
    parts = message_from_string(text, policy=policy.default).walk()
    return "".join(part.get_content() for part in parts if not part.is_multipart())


def test_the_figures_are_those_of_the_scorecard(run: Run, history: Path) -> None:
    page = json.loads(run(history, "report", "--for", "executive", "--format", "json").out)
    whole = json.loads(run(history, "metrics", "--format", "json").out)
    measured = {m["metric"]: m["value"] for m in whole["metrics"] if not m["part"]}
    assert [f["metric"] for f in page["figures"]] == list(ROLES["executive"].figures)
    assert all(f["value"] == measured[f["metric"]] for f in page["figures"])


def test_a_reviewer_is_not_shown_what_they_wrote(run: Run, history: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(history, tmp_path / "kb"))
    text = "It was late.\n"
    done = run(root, "capture", text, "--source", "anonymous", "--no-input", who=FARAH)
    assert done.code == 0, done.err
    for who, seen in ((FARAH, False), (Person("Lena Brandt", "lena.brandt@example.org"), True)):
        page = run(root, "report", "--for", "reviewer", who=who).out
        assert ("It was late" in page) is seen


def test_an_empty_knowledge_base_has_a_page_too(run: Run, kb: KnowledgeBase) -> None:
    for role in ROLES:
        done = run(kb.root, "report", "--for", role)
        assert done.code == 0, done.err
    assert "There are no notes yet." in run(kb.root, "report", "--for", "owner").out
    captured(kb)
    assert "Nothing waits for you this month." in run(kb.root, "report", "--for", "owner").out


def test_a_file_whose_name_says_something_else_is_not_written(
    run: Run, kb: KnowledgeBase, tmp_path: Path
) -> None:
    place = tmp_path / "lead.docx"
    for verb in (("report",), ("map",), ("metrics",), ("assess", "form", "after-an-event")):
        done = run(kb.root, *verb, "-o", str(place))
        assert (done.code, "Let its name end in one of: " in done.err) == (2, True)
    assert not place.exists()


@pytest.mark.parametrize(
    ("args", "message"),
    [(("--for", "boss"), "--for: there is no 'boss'."), (("--format", "pdf"), "--format: there")],
)
def test_what_is_not_understood(
    run: Run, kb: KnowledgeBase, args: tuple[str, ...], message: str
) -> None:
    done = run(kb.root, "report", *args)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_a_letter_is_a_draft_that_outlook_opens(run: Run, history: Path, tmp_path: Path) -> None:
    file = tmp_path / "lead.eml"
    done = run(history, "report", "--for", "executive", "-o", str(file), today="2026-11-20")
    assert done.code == 0, done.err
    letter = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert (letter["X-Unsent"], letter["To"]) == ("1", None)
    assert "amina.diallo@example.org" in letter["From"]
    assert letter["Subject"].endswith("for those who lead, 21 October to 20 November 2026")
    html, text = (letter.get_body((kind,)) for kind in ("html", "plain"))
    assert html
    assert text
    asked = ("--for", "executive", "--format", "text")
    shown = run(history, "report", *asked, today="2026-11-20").out
    assert text.get_content().replace("\r\n", "\n").strip() == shown.strip()
    assert "What came of lessons" in html.get_content()
    other = run(history, "report", "--format", "eml", "--from", "desk@example.org")
    assert "<desk@example.org>" in other.out
    for args in (("--from", "desk@example.org"), ("--format", "eml", "--from", "nobody")):
        assert run(history, "report", *args).code == 2


def test_others_get_a_page_without_the_work_of_the_house(run: Run, history: Path) -> None:
    for role, one in ROLES.items():
        done = run(history, "report", "--for", role, "--audience", "domestic", today="2026-11-20")
        assert done.code == (0 if one.beyond else 3), done.err
        assert "kmkit " not in done.out
        if one.beyond:
            assert "For the circle domestic: it tells only what may reach that" in done.out
        else:
            assert "executive, staff" in done.err


def test_who_asked_hears_of_the_answer(run: Run, kb: KnowledgeBase) -> None:
    note = captured(kb, "Fuel keeps for a year")
    assert run(kb.root, "ask", "How long does fuel keep?").code == 0
    assert "Questions that were answered" not in run(kb.root, "report").out
    (question,) = at(kb).records(Question)
    assert run(kb.root, "ask", "--answered", question.id, note.id).code == 0
    told = run(kb.root, "report").out
    assert "How long does fuel keep? Fuel keeps for a year." in told
    assert f"kmkit show {note.id[-4:]}" in told
