"""``kmkit export``: what an audience may see, as Markdown, JSON and CSV, and nothing else."""

import csv
import io
import json
from pathlib import Path, PurePosixPath

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from kmkit.note.file import read
from kmkit.note.model import Note
from kmkit.reach.exporting import export
from tests.conftest import Run, captured, formatted


def wide(kb: KnowledgeBase, note: Note) -> Note:
    return kb.move("release", note, Request(level="domestic", because="Nobody is named.")).note


@pytest.fixture
def two(kb: KnowledgeBase) -> tuple[Note, Note]:
    """A note that partners may read and that leads to one that they may not."""
    hidden = formatted(kb, "Zebrafish of the inner circle", sources=["Zoe Zebra"])
    (kb.root / "annex").mkdir()
    (kb.root / "annex" / "log.csv").write_text("a,b\n", encoding="utf-8")
    kb.git.run("add", "annex/log.csv")
    kb.git.run("commit", "-qm", "Add a log")
    shown = formatted(
        kb, "Order fuel early", evidence=["annex/log.csv"], derived_from=[hidden.id],
        sources=["Zoe Zebra"], matters_to="Drivers.",
    )  # fmt: skip
    return hidden, wide(kb, shown)


def test_only_what_an_audience_may_see_goes_out(
    run: Run, kb: KnowledgeBase, two: tuple[Note, Note], tmp_path: Path
) -> None:
    hidden, shown = two
    folder = tmp_path / "out"
    done = run(kb.root, "export", "--for", "domestic", "-o", str(folder))
    assert (done.code, "Exported 1 note for the circle domestic" in done.err) == (0, True)
    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert files == {f"{shown.id}.md", "files/annex/log.csv"}
    every = "".join(p.read_text(encoding="utf-8") for p in folder.rglob("*") if p.is_file())
    assert not any(word in every.casefold() for word in ("zebra", "zoe", "@", hidden.id[-4:]))
    kept = read((folder / f"{shown.id}.md").read_bytes(), PurePosixPath(f"notes/{shown.id}.md"))
    assert (kept.title, kept.state, kept.level) == (shown.title, "formatted", "domestic")
    assert [s.heading for s in kept.sections] == [s.heading for s in shown.sections]
    assert [p for p in kept.problems if p.rule not in ("missing-field", "unknown-field")] == []


def test_notes_of_the_house_lead_to_each_other(
    run: Run, kb: KnowledgeBase, two: tuple[Note, Note]
) -> None:
    hidden, shown = two
    found = json.loads(_json(run, kb))
    assert (found["schema"], found["level"]) == ("kmkit.export/1", "internal")
    by_id = {note["id"]: note for note in found["notes"]}
    assert set(by_id) == {hidden.id, shown.id}
    assert by_id[shown.id]["derived_from"] == [hidden.id]
    assert by_id[shown.id]["sections"][0]["heading"] == "Context and challenge"


def _json(run: Run, kb: KnowledgeBase) -> str:
    done = run(kb.root, "export", "--format", "json")
    assert done.code == 0, done.err
    return done.out


@pytest.mark.parametrize("piece", ["[", "[a]("])
def test_a_text_made_to_take_long_is_written_at_once(kb: KnowledgeBase, piece: str) -> None:
    """In time that grows with the length; with its square, this would take hours."""
    note = kb.capture({"title": "Long"}, f"## Lessons\n\n{piece * (200_000 // len(piece))}\n").note
    (data,) = export(kb, "internal", "md").files.values()
    assert len(data) > 100_000, note.id


def test_lines_and_a_spreadsheet(run: Run, kb: KnowledgeBase, two: tuple[Note, Note]) -> None:
    lines = run(kb.root, "export", "--format", "jsonl").out.splitlines()
    assert {json.loads(line)["id"] for line in lines} == {note.id for note in two}
    table = run(kb.root, "export", "--format", "csv", "--level", "domestic").out
    rows = list(csv.DictReader(io.StringIO(table.lstrip("\ufeff"))))
    assert [row["id"] for row in rows] == [two[1].id]


def test_what_nobody_judged_does_not_leave_the_house(run: Run, kb: KnowledgeBase) -> None:
    note = wide(kb, captured(kb, "Not yet judged"))
    args = ("export", "--format", "jsonl", "--for")
    assert run(kb.root, *args, "domestic").out == ""
    assert note.id in run(kb.root, *args, "internal").out


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("--format", "xml"), 2, "--format: there is no 'xml'."),
        (("--format", "md"), 2, "Markdown needs a folder."),
        (("--for", "nobody", "--format", "csv"), 2, "There is no audience and no level 'nobody'."),
    ],
)
def test_what_is_not_understood(
    run: Run, kb: KnowledgeBase, args: tuple[str, ...], code: int, message: str
) -> None:
    done = run(kb.root, "export", *args)
    assert (done.code, done.out) == (code, "")
    assert message in done.err


def test_no_note_leads_out_of_the_folder(
    run: Run, kb: KnowledgeBase, two: tuple[Note, Note], tmp_path: Path
) -> None:
    path = kb.root / two[0].path
    path.write_text(path.read_text("utf-8").replace(two[0].id, "../../out"), encoding="utf-8")
    kb.git.run("commit", "-qam", "Another id")
    before = set(tmp_path.rglob("*"))
    done = run(kb.root, "export", "-o", str(tmp_path / "a" / "b"))
    assert done.code == 0, done.err
    made = {p for p in set(tmp_path.rglob("*")) - before if p.suffix == ".md"}
    assert {p.parent for p in made} == {tmp_path / "a" / "b"}
    assert len(made) == 2


def test_a_link_to_a_note_elsewhere_on_the_machine_stays(
    run: Run, kb: KnowledgeBase, two: tuple[Note, Note], tmp_path: Path
) -> None:
    text = (kb.root / two[0].path).read_text("utf-8").replace(two[0].id, "20260101-secret-aaaa")
    (tmp_path / "secret.md").write_text(text, encoding="utf-8")
    (kb.root / "notes" / "link.md").symlink_to(tmp_path / "secret.md")
    kb.git.run("add", "notes/link.md")
    kb.git.run("commit", "-qm", "Link")
    done = run(kb.root, "export", "-o", str(tmp_path / "out"))
    assert done.code == 0
    assert "1 file has problems (notes/link.md)" in done.err
    assert {p.stem for p in (tmp_path / "out").glob("*.md")} == {note.id for note in two}


def test_a_folder_that_holds_something_is_left_alone(
    run: Run, kb: KnowledgeBase, two: tuple[Note, Note], tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine", encoding="utf-8")
    done = run(kb.root, "export", "-o", str(tmp_path / "out"))
    assert (done.code, "is not empty" in done.err) == (3, True)
    dry = run(kb.root, "export", "-o", str(tmp_path / "new"), "--dry-run")
    assert (dry.code, (tmp_path / "new").exists()) == (0, False)
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["mine.txt"]
