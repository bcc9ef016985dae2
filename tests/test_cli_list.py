import csv
import io
import json
from datetime import datetime
from pathlib import Path

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from tests.conftest import BEN, Run, at, captured, disseminated, validated
from tests.terminal import CONTROLS, on_terminal


def titles(text: str) -> list[str]:
    return [line.split("\t")[1] for line in text.splitlines()[1:]]


def test_tab_separated_in_a_pipe(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb, "Order\tfuel")
    ran = run(kb.root, "list")
    assert ran.code == 0
    head, line = ran.out.splitlines()
    assert head == "id\ttitle\tkind\tstate\towner\tlevel\tdue"
    assert line == f"{note.id}\tOrder fuel\tlesson\tcaptured\tana@example.org\tinternal\t"
    assert ran.err == "1 note.\n"


def test_words_and_options(kb: KnowledgeBase, run: Run) -> None:
    captured(kb, "Été au camp", language="fr", unit="Camps", summary="Un camp.")
    boats = {"kind": "story", "level": "domestic", "topics": ["boats"], "summary": "Crews."}
    captured(at(kb, BEN), "Boats need crews", **boats)
    validated(kb, "Order fuel early")

    def found(*args: str) -> list[str]:
        ran = run(kb.root, "list", *args, "--sort", "title")
        assert ran.code == 0
        return titles(ran.out)

    assert found() == ["Boats need crews", "Été au camp", "Order fuel early"]
    assert found("ete") == ["Été au camp"]
    assert found("FUEL", "early") == ["Order fuel early"]
    assert found("roads closed", "boats") == ["Boats need crews"]
    assert found("--kind", "story") == ["Boats need crews"]
    assert found("--state", "captured", "--kind", "lesson") == ["Été au camp"]
    assert found("--state", "validated", "--state", "captured", "--topic", "boats") == [
        "Boats need crews"
    ]
    assert found("--owner", "ben@") == ["Boats need crews"]
    assert found("--level", "domestic") == ["Boats need crews"]
    assert found("--level-at-least", "domestic") == ["Boats need crews"]
    assert found("--language", "fr") == ["Été au camp"]
    assert found("--language", "en") == ["Boats need crews", "Order fuel early"]
    assert found("--unit", "camps") == ["Été au camp"]
    assert found("--mine") == ["Été au camp", "Order fuel early"]
    assert found("--owner", "me", "fuel") == ["Order fuel early"]
    assert found("nowhere") == []
    assert "No note is like that." in run(kb.root, "list", "nowhere").err


def test_mine_is_whoever_runs_it(kb: KnowledgeBase, run: Run) -> None:
    captured(at(kb, BEN), "Boats need crews")
    assert titles(run(kb.root, "list", "--mine").out) == []


def test_saved_filters(kb: KnowledgeBase, run: Run) -> None:
    captured(kb, "Order fuel early")
    captured(kb, "Boats", kind="story")
    config = kb.root / "kmkit.toml"
    text = config.read_text("utf-8").replace("[filters]\n", "")
    config.write_text(
        text + '\n[filters]\nfuels = "kind:lesson owner:me \'order fuel\'"\nours = "owner:me"\n',
        "utf-8",
    )
    assert titles(run(kb.root, "list", "--filter", "fuels").out) == ["Order fuel early"]
    assert titles(run(kb.root, "list", "--filter", "fuels", "nowhere").out) == []
    bare = run(kb.root, "list", "ours")
    assert bare.err == "No note is like that. 'ours' is a saved filter: write filter:ours.\n"
    assert len(titles(run(kb.root, "list", "filter:ours").out)) == 2
    unknown = run(kb.root, "list", "--filter", "fuel")
    assert unknown.code == 2
    assert "fuels" in unknown.err


@pytest.mark.parametrize(
    ("args", "mend"),
    [
        (["--state", "captred"], "captured"),
        (["state:captred"], "captured"),
        (["--kind", "lessons"], "lesson"),
        (["--level", "inter"], "internal"),
        (["--sort", "titel"], "title"),
    ],
)
def test_what_does_not_exist(kb: KnowledgeBase, run: Run, args: list[str], mend: str) -> None:
    ran = run(kb.root, "list", *args)
    assert ran.code == 2
    assert ran.out == ""
    assert mend in ran.err


def test_overdue_stands_beside_the_state(kb: KnowledgeBase, run: Run) -> None:
    note = disseminated(kb)
    kb.move("confirm", note, Request(because="Checked."))
    captured(kb, "Boats")
    ran = run(kb.root, "list", "fuel", today="2028-01-01")
    assert "\tmaintained, overdue\t" in ran.out
    assert titles(run(kb.root, "list", "--state", "overdue", today="2028-01-01").out) == [
        note.title
    ]
    stale = run(kb.root, "list", "--state", "stale", "--sort", "title", today="2028-01-01")
    assert titles(stale.out) == ["Boats", note.title]


def test_a_note_that_is_being_revised_is_listed_as_it_stands(kb: KnowledgeBase, run: Run) -> None:
    note = disseminated(kb)
    draft = note.data.replace(b"Order fuel early", b"Order fuel late")
    kb.move("edit", note, Request(because="It was too early."), data=draft)
    ran = run(kb.root, "list")
    assert "\tOrder fuel early\tlesson\tdisseminated, being revised\t" in ran.out
    assert titles(run(kb.root, "list", "--state", "captured").out) == ["Order fuel early"]


def test_one_broken_note_never_hides_the_others(kb: KnowledgeBase, run: Run) -> None:
    captured(kb, "Good")
    bad = captured(kb, "Bad")
    file = kb.root / bad.path
    file.write_text(file.read_text("utf-8").replace("kind: lesson", "kind: [lesson"), "utf-8")
    (kb.root / "notes" / "gone.md").symlink_to("nowhere.md")
    ran = run(kb.root, "list")
    assert ran.code == 0
    assert "Good" in titles(ran.out)
    assert len(titles(ran.out)) == 3
    assert "2 files have problems" in ran.err
    assert str(bad.path) in ran.err


def test_csv_opens_right_in_excel(kb: KnowledgeBase, run: Run, tmp_path: Path) -> None:
    captured(kb, "=cmd()|' /C calc'!A0", summary='Sign, "now", ខ្មែរ.', topics=["a", "b"])
    target = tmp_path / "notes.csv"
    ran = run(kb.root, "list", "-o", str(target))
    assert ran.code == 0
    assert ran.out == ""
    data = target.read_bytes()
    assert data.startswith(b"\xef\xbb\xbfid,title,")
    assert b"\r\n" in data
    assert b"\r\r\n" not in data
    head, row = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    found = dict(zip(head, row, strict=True))
    assert found["title"] == "'=cmd()|' /C calc'!A0"
    assert found["summary"] == 'Sign, "now", ខ្មែរ.'
    assert found["topics"] == "a; b"
    assert found["overdue"] == "no"
    assert run(kb.root, "list", "--format", "csv").out.encode() == data


def test_json(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    found = json.loads(run(kb.root, "list", "--json").out)
    assert found["schema"] == "kmkit.notes/1"
    assert found["notes"][0]["id"] == note.id
    assert json.loads(run(kb.root, "list", "--format", "json").out) == found


def test_a_file_that_cannot_be_written(kb: KnowledgeBase, run: Run) -> None:
    captured(kb)
    ran = run(kb.root, "list", "-o", str(kb.root / "nowhere" / "x.csv"))
    assert ran.code == 4
    assert "cannot be written" in ran.err


def test_without_a_name_in_git_notes_are_listed(
    kb: KnowledgeBase, run: Run, tmp_path: Path
) -> None:
    captured(kb)
    ran = run(kb.root, "list", env={"HOME": str(tmp_path), "GIT_CONFIG_GLOBAL": "/dev/null"})
    assert ran.code == 0


@pytest.mark.parametrize("columns", [80, 120])
def test_on_a_terminal(kb: KnowledgeBase, columns: int) -> None:
    note = captured(kb, "[/red] \x1b[31mFuel\u202e ខ្មែរ العربية")
    captured(kb, "A title that is long enough to be folded onto a second line of the table " * 2)
    shown = on_terminal(kb.root, "list", columns=columns)
    assert "[/red]" in shown
    assert note.id[-4:] in shown
    assert note.id not in shown
    assert "\u202e" not in shown
    assert not set(CONTROLS) & set(shown)
    assert "2 notes." in shown
    assert "Reading" not in shown  # it was quick


def test_sorted_by_the_day_of_the_capture_newest_first(kb: KnowledgeBase, run: Run) -> None:
    captured(at(kb, now=datetime.fromisoformat("2026-01-05T12:00:00+00:00")), "Old")
    captured(kb, "New")
    assert titles(run(kb.root, "list").out) == ["New", "Old"]


def test_options_take_not_in_front_and_words_say_the_same(kb: KnowledgeBase, run: Run) -> None:
    captured(kb, "Fuel", topics=["fuel"])
    captured(kb, "Boats", topics=["boats"], kind="story")
    captured(kb, "Both", topics=["fuel", "boats"])

    def found(*args: str) -> list[str]:
        ran = run(kb.root, "list", *args, "--sort", "title")
        assert ran.code == 0, ran.err
        return titles(ran.out)

    assert found("--topic", "fuel", "--topic", "not:boats") == ["Fuel"]
    assert found("topic:fuel", "not:topic:boats") == ["Fuel"]
    assert found("--topic", "not:fuel") == ["Boats"]
    assert found("-topic:fuel") == ["Boats"]
    assert found("--kind", "not:story", "boats") == ["Both"]
    assert found("not:boats") == ["Fuel"]
    assert found("-boats", "--kind", "lesson") == ["Fuel"]
    assert found("--since", "today") == ["Boats", "Both", "Fuel"]
    assert found("--until", "last month") == []
    assert found("--problem", "unknown-topic") == []


def test_saved_filters_are_combined(kb: KnowledgeBase, run: Run) -> None:
    for title, kind in (("Order fuel", "lesson"), ("Order story", "story"), ("Boats", "lesson")):
        captured(kb, title, kind=kind)
    config = kb.root / "kmkit.toml"
    text = config.read_text("utf-8").replace("[filters]\n", "")
    config.write_text(text + '\n[filters]\nl = "kind:lesson"\nf = "order"\n', "utf-8")
    found = run(kb.root, "list", "--filter", "l", "--filter", "f", "--sort", "title")
    assert titles(found.out) == ["Order fuel"]
    found = run(kb.root, "list", "--filter", "f", "--filter", "not:l", "--mine", "--sort", "title")
    assert titles(found.out) == ["Order story"]


def test_problem_alone_is_any(kb: KnowledgeBase, run: Run) -> None:
    captured(kb, "Good")
    bad = captured(kb, "Bad", topics=["nowhere"])
    config = kb.root / "kmkit.toml"
    config.write_text(config.read_text("utf-8").replace("[topics]", '[topics]\na = "b"'), "utf-8")
    for args in (["--problem"], ["--problem", "--sort", "title"], ["--problem", "unknown-topic"]):
        assert titles(run(kb.root, "list", *args).out) == [bad.title]
    assert titles(run(kb.root, "list", "--problem", "not:any").out) == ["Good"]
    assert titles(run(kb.root, "list", "--problem", "broken-link").out) == []
    assert run(kb.root, "list", "--problem", "unknown-topics").code == 2


def test_linked_to(kb: KnowledgeBase, run: Run) -> None:
    first = captured(kb, "First")
    captured(kb, "Second", derived_from=[first.id])
    body = f"## Lessons\n\nSee [that]({first.path.name}).\n"
    kb.capture({"title": "Third"}, body)
    ran = run(kb.root, "list", "--linked-to", first.id[-4:], "--sort", "title")
    assert titles(ran.out) == ["Second", "Third"]


def test_sorted_the_other_way_and_cut(kb: KnowledgeBase, run: Run) -> None:
    for title in ("B", "A", "C"):
        captured(kb, title)
    assert titles(run(kb.root, "list", "--sort", "title").out) == ["A", "B", "C"]
    for args in (["--sort", "-title"], ["--sort=-title"], ["--sort", "title", "--reverse"]):
        assert titles(run(kb.root, "list", *args).out) == ["C", "B", "A"]
    ran = run(kb.root, "list", "--sort", "title", "--limit", "2")
    assert titles(ran.out) == ["A", "B"]
    assert ran.err == "2 of 3 notes. More: --limit N, or --limit 0 for all.\n"
    assert run(kb.root, "list", "--limit", "3").err == "3 notes.\n"
    assert len(titles(run(kb.root, "list", "--limit", "0").out)) == 3
    assert run(kb.root, "list", "--limit", "-1").code == 2


def test_lines_of_json_and_templates(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb, "Order\x1bfuel", topics=["a", "b"])
    (line,) = run(kb.root, "list", "--format", "jsonl").out.splitlines()
    assert json.loads(line)["topics"] == ["a", "b"]
    ran = run(kb.root, "list", "--format", r"{kind}\t{topics}\t{captured}")
    assert ran.out == "lesson\ta; b\t2026-11-21\n"
    wrong = run(kb.root, "list", "--format", "{titel}")
    assert (wrong.code, wrong.out) == (2, "")
    assert "title" in wrong.err
    assert run(kb.root, "list", "--format", "tvs").code == 2
    assert json.loads(run(kb.root, "list", "--json").out)["notes"][0]["id"] == note.id


def test_paths_for_other_programs(
    kb: KnowledgeBase, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(kb.root.parent)
    notes = [captured(kb, title) for title in ("A", "B")]
    ran = run(kb.root, "list", "--sort", "title", "-0")
    assert ran.out == "".join(f"{kb.root.name}/{note.path}\0" for note in notes)
    assert all(Path(path).is_file() for path in ran.out.split("\0")[:-1])
    ran = run(kb.root, "list", "--sort", "title", "-0", "--format", "{id}")
    assert ran.out == "".join(f"{note.id}\0" for note in notes)
    monkeypatch.chdir(kb.root)
    assert run(kb.root, "list", "a", "--format", "paths").out == f"{notes[0].path}\n"
    assert run(kb.root, "list", "-0", "--json").code == 2


@pytest.mark.parametrize("name", ["notes.json", "notes.jsonl", "notes.tsv", "notes.txt"])
def test_a_files_name_says_its_format(kb: KnowledgeBase, run: Run, name: str) -> None:
    captured(kb)
    target = kb.root.parent / name
    assert run(kb.root, "list", "-o", str(target)).out == ""
    begins = {"notes.json": '{"schema"', "notes.jsonl": '{"id"'}.get(name, "id\ttitle")
    assert target.read_text("utf-8").startswith(begins)


def test_a_terminal_shows_what_can_be_read(kb: KnowledgeBase) -> None:
    text = (kb.root / captured(kb, "Sample").path).read_text("utf-8")
    folder = kb.root / "notes" / "many"
    folder.mkdir()
    for number in range(210):
        other = text.replace("Sample", f"Number {number}").replace("-sample-", f"-n{number:04}-")
        (folder / f"{number}.md").write_text(other, "utf-8")
    assert "200 of 211 notes. More" in on_terminal(kb.root, "list", columns=120)
    shown = on_terminal(kb.root, "list", "--limit", "0", columns=120)
    assert "211 notes." in shown
    assert all(f"Number {number}" in shown for number in (0, 105, 209))
    assert "\x1b" not in on_terminal(kb.root, "list", "--format", r"\x1b{title}", columns=120)


def test_what_changed_since_the_last_listing_is_seen(kb: KnowledgeBase, run: Run) -> None:
    note, other = captured(kb, "Order fuel"), captured(kb, "Boats")
    args = ("list", "--sort", "title")
    assert titles(run(kb.root, *args).out) == ["Boats", "Order fuel"]
    file = kb.root / note.path
    file.write_text(file.read_text("utf-8").replace("Order fuel", "Agree on fuel"), "utf-8")
    assert titles(run(kb.root, *args).out) == ["Agree on fuel", "Boats"]
    assert titles(run(kb.root, *args, "--since", "today", "agree").out) == ["Agree on fuel"]
    (kb.root / other.path).unlink()
    assert titles(run(kb.root, *args).out) == ["Agree on fuel"]
    captured(kb, "Radios")
    assert titles(run(kb.root, *args).out) == ["Agree on fuel", "Radios"]
    config = kb.root / "kmkit.toml"
    config.write_text(config.read_text("utf-8").replace("[filters]", '[filters]\nr = "radios"'))
    assert titles(run(kb.root, *args, "--filter", "r").out) == ["Radios"]
