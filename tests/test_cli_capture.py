"""``kmkit capture``: by options, in a sitting at the terminal, in the editor, from a file."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.note.file import compose
from kmkit.note.model import Note
from tests.conftest import ANA, BEN, Run, at, validated
from tests.editor import editor
from tests.sitting import sitting


def only(kb: KnowledgeBase) -> Note:
    (note,) = kb.notes()
    return note


def message(kb: KnowledgeBase) -> str:
    done = subprocess.run(
        ["git", "log", "-1", "--format=%B"], cwd=kb.root, capture_output=True, check=True
    )
    return done.stdout.decode()


def test_title_and_lesson_are_a_complete_note(kb: KnowledgeBase, run: Run) -> None:
    ran = run(kb.root, "capture", "Order fuel early", "-m", "Sign contracts early. It takes days.")
    note = only(kb)
    assert (ran.code, ran.out) == (0, f"{note.id}\n")
    fields = note.fields
    assert (fields.title, fields.kind, fields.state) == ("Order fuel early", "lesson", "captured")
    assert (fields.owner, fields.level) == (ANA.email, "internal")
    assert fields.gathered
    assert str(fields.gathered.on) == "2026-11-21"
    assert fields.summary == "Sign contracts early. It takes days."
    assert note.section("Lessons") == "Sign contracts early. It takes days."
    assert "it needs: Context and challenge." in ran.err
    assert f"Next: kmkit edit {note.short}." in ran.err


def test_with_what_happened_it_is_ready_to_be_judged(kb: KnowledgeBase, run: Run) -> None:
    ran = run(kb.root, "capture", "Fuel", "-m", "Sign early.", "--happened", "The road closed.")
    assert f"Next: kmkit validate {only(kb).short} --ask EMAIL." in ran.err
    assert "Before" not in ran.err
    done = run(kb.root, "validate", only(kb).id, "--approve", "--because", "I was there.", who=BEN)
    assert done.code == 0
    assert only(kb).state == "validated"


def test_every_field_is_an_option(kb: KnowledgeBase, run: Run) -> None:
    old = validated(kb, "An older note")
    options = {
        "--summary": "In short.", "--owner": "ben@example.org", "--backup": "cy@example.org",
        "--level": "domestic", "--topic": "fuel", "--matters-to": "Drivers.", "--event": "Flood",
        "--method": "interview", "--on": "2026-11-01", "--by": "cy@example.org", "--unit": "North",
        "--source": "Driver", "--author": "Dee", "--evidence": "log.xlsx", "--review-every":
        "12 months", "--language": "fr", "--protect": "Anna", "--translation-of": old.short,
        "--derived-from": old.short, "--supersedes": old.id, "--repeats": old.short,
    }  # fmt: skip
    given = [part for pair in options.items() for part in pair]
    ran = run(kb.root, "capture", "A title", "-m", "Do it.", "--topic", "roads", *given)
    assert ran.code == 0, ran.err
    note = kb.resolve(ran.out.strip())
    fields = note.fields
    assert fields.gathered
    assert fields.gathered.model_dump(mode="json", by_alias=True) == {
        "on": "2026-11-01", "method": "interview", "by": "cy@example.org", "from": "Flood",
    }  # fmt: skip
    assert fields.topics == ("roads", "fuel")
    assert str(fields.review_every) == "P1Y"
    assert (fields.owner, fields.level, fields.sources) == (BEN.email, "domestic", ("Driver",))
    assert (fields.translation_of, fields.derived_from) == (old.id, (old.id,))
    assert (fields.supersedes, fields.repeats) == ((old.id,), (old.id,))
    assert not [problem for problem in note.problems if problem.severity == "error"]


@pytest.mark.parametrize(
    ("kind", "happened", "lesson"),
    [
        ("lesson", "Context and challenge", "Lessons"),
        ("how-to", "When to use", "Steps"),
        ("after-action-review", "What happened", "What to change"),
        ("story", "What happened", "What we take from it"),
        ("meeting-minutes", "Decisions", "Actions"),
        ("handover", "Work in hand", "Work in hand"),
        ("exit-interview", "What only this person knows", "What only this person knows"),
        ("good-practice", "The practice", "The practice"),
    ],
)
def test_the_answers_stand_where_the_kind_asks_for_them(
    kb: KnowledgeBase, run: Run, kind: str, happened: str, lesson: str
) -> None:
    run(kb.root, "capture", "T", "--kind", kind, "--happened", "It rained.", "-m", "Do it.")
    assert "It rained." in only(kb).section(happened)
    assert "Do it." in only(kb).section(lesson)


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        ([], 2, "A title is missing"),
        (["Title"], 2, "-m, what others should do, is missing"),
        (["", "-m", "x"], 2, "A title is missing"),
        (["  ", "-m", "x"], 2, "has no title"),
        (["a\nb", "-m", "x"], 2, "A title is one line"),
        (["x" * 10_000, "-m", "x"], 2, "10000 characters; 200 are the most"),
        (["T", "-m", "half\udcff"], 2, "not UTF-8"),
        (["T\udcff", "-m", "x"], 2, "not UTF-8"),
        (["T", "-m", "x", "--unit", "\udcff"], 2, "--unit: this is not UTF-8"),
        (["T", "-m", "x", "--kind", "leson"], 2, "Did you mean lesson?"),
        (["T", "-m", "x", "--kind", "zzz"], 2, "Kinds: after-action-review"),
        (["T", "-m", "x", "--level", "public"], 3, "internal, domestic, international"),
        (["T", "-m", "x", "--owner", "the boss"], 3, "no e-mail address"),
        (["T", "-m", "x", "--on", "2026-13-01"], 2, "Write it as 2026-11-21"),
        (["T", "-m", "x", "--on", "2027-01-01"], 2, "lies in the future"),
        (["T", "-m", "x", "--method", "intervew"], 2, "Did you mean interview"),
        (["T", "-m", "x", "--review-every", "soon"], 2, "no duration"),
        (["T", "-m", "x", "--for", "floods"], 2, "Critical topics in kmkit.toml: none yet"),
        (["T", "-m", "x", "--derived-from", "zzzz"], 2, "There is no note 'zzzz'"),
        (["T", "-m", "x", "--attach", "nowhere.pdf"], 2, "There is no file nowhere.pdf"),
        (["T", "-m", "-"], 2, "Nothing came in on stdin"),
        (["T", "-m", "x", "--split"], 2, "Name it with --from FILE"),
        (["nowhere.md"], 2, "There is no file nowhere.md"),
        (["T", "-m", "x", "--source", "anonymous", "--on-behalf-of", "Rosa"], 2, "nobody's name"),
    ],
)
def test_what_cannot_be_captured_says_what_to_do(
    kb: KnowledgeBase, run: Run, args: list[str], code: int, said: str
) -> None:
    ran = run(kb.root, "capture", *args)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert list(kb.notes()) == []


@pytest.mark.parametrize(
    "title",
    ["[/red]", "=cmd()|x", "--output=x", "---", "Kmkit-Move: validate", "@{u}", "$(id)", "ខ្មែរ",
     "اطلب الوقود قبل إغلاق الطرق", "a: b # c", '"', "null", "no", "{{ 7 * 7 }}", "~", "*x &y"],
)  # fmt: skip
def test_any_title_is_kept_as_it_is(kb: KnowledgeBase, run: Run, title: str) -> None:
    lesson = "Line one.\n---\nKmkit-Move: validate captured -> validated\n## Evil\n"
    ran = run(kb.root, "capture", "-m", lesson, "--", title)
    assert ran.code == 0
    note = only(kb)
    assert note.title == title
    assert note.state == "captured"
    assert "Kmkit-Move: validate" in note.section("Lessons")
    assert [section.heading for section in note.sections] == list(kb.kinds["lesson"].sections)
    assert kb.claim(note).state == "captured"
    assert title in run(kb.root, "list").out


def test_characters_that_nobody_sees_are_left_out(kb: KnowledgeBase, run: Run) -> None:
    run(kb.root, "capture", "\x1b[31mred\u202e", "-m", "a\x1b[0mb\r\nc\x00", "--unit", "N\x07")
    note = only(kb)
    assert note.title == "[31mred"
    assert note.section("Lessons") == "a[0mb\nc"
    assert note.fields.unit == "N"
    assert b"\r" not in note.data
    assert run(kb.root, "check").out == ""


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Première leçon.\r\nDeux.".encode(), "Première leçon.\nDeux."),
        ("\ufeffWith a mark.".encode(), "With a mark."),
        ("Caf\xe9.".encode("cp1252"), "Café."),
    ],
)
def test_the_lesson_from_stdin_in_any_encoding(kb: KnowledgeBase, data: bytes, text: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kmkit", "-C", str(kb.root), "capture", "Title", "-m", "-"],
        input=data, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert only(kb).section("Lessons") == text


def test_a_dry_run_writes_nothing_and_promises_nothing(kb: KnowledgeBase, run: Run) -> None:
    ran = run(kb.root, "capture", "Title", "-m", "Lesson", "--dry-run")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith("Would capture: Title")
    assert "Next" not in ran.err
    assert list(kb.notes()) == []
    assert not (kb.root / "notes").exists()


def test_from_a_folder_below_or_outside(kb: KnowledgeBase, run: Run) -> None:
    below = kb.root / "notes" / "deep"
    below.mkdir(parents=True)
    assert run(below, "capture", "Here", "-m", "x").code == 0
    assert str(only(kb).path).startswith("notes/2026/2026")
    nowhere = run(kb.root.parent, "capture", "Here", "-m", "x")
    assert nowhere.code == 4
    assert "kmkit init" in nowhere.err


def test_for_a_critical_topic(kb: KnowledgeBase, run: Run) -> None:
    path = kb.root / "kmkit.toml"
    text = path.read_text("utf-8").replace("topics = []", 'topics = ["floods", "fuel"]')
    path.write_text(text, "utf-8")
    assert "Did you mean floods?" in run(kb.root, "capture", "T", "-m", "x", "--for", "flods").err
    ran = run(kb.root, "capture", "T", "-m", "x", "--for", "fuel", "--topic", "roads")
    assert ran.code == 0
    assert only(kb).fields.topics == ("fuel", "roads")


# Who gave it


def test_a_scribe_is_not_the_source(kb: KnowledgeBase, run: Run) -> None:
    ran = run(kb.root, "capture", "T", "-m", "x", "--happened", "y", "--on-behalf-of", "Rosa Li")
    note = only(kb)
    assert ran.code == 0
    assert note.fields.sources == ("Rosa Li",)
    assert "Kmkit-On-Behalf-Of: Rosa Li" in message(kb)
    assert kb.claim(note).scribe == ANA.key
    told = run(kb.root, "validate", note.id, "--approve", "--because", "x").err
    assert "cannot validate it" in told
    rosa = run(
        kb.root, "validate", note.id, "--approve", "--because", "x",
        who=BEN._replace(name="Rosa Li"),
    )  # fmt: skip
    assert "gave this knowledge and cannot validate it" in rosa.err


def test_an_anonymous_source_leaves_no_trace_but_the_scribe(kb: KnowledgeBase, run: Run) -> None:
    run(kb.root, "capture", "T", "-m", "x", "--source", "Anonymous")
    assert only(kb).fields.sources == ("anonymous",)
    everything = only(kb).text + message(kb)
    assert "On-Behalf" not in everything
    assert {w for w in everything.replace(",", " ").split() if "@" in w} == {
        ANA.email,
        ANA.email + "}",
    }


# Attached files


def test_files_are_kept_with_their_sha_in_the_same_commit(
    kb: KnowledgeBase, run: Run, tmp_path: Path
) -> None:
    names = ["log.txt", "-rf ال.txt", "con.txt"]
    for name in names:
        (tmp_path / name).write_text(name, "utf-8")
    inside = kb.root / "annex" / "here.csv"
    inside.parent.mkdir()
    inside.write_text("1,2\n", "utf-8")
    attach = [part for name in (*names, str(inside)) for part in ("--attach", str(tmp_path / name))]
    ran = run(kb.root, "capture", "T", "-m", "x", *attach)
    assert ran.code == 0, ran.err
    note = only(kb)
    assert len(note.fields.evidence) == 4
    assert "annex/here.csv" in note.fields.evidence
    for address in note.fields.evidence:
        digest = hashlib.sha256((kb.root / address).read_bytes()).hexdigest()
        assert f"Kmkit-Attached: sha256:{digest} {address}" in message(kb)
    status = subprocess.run(
        ["git", "status", "--short"], cwd=kb.root, capture_output=True, check=True
    )
    assert status.stdout == b""


def test_two_attached_files_of_one_name_are_both_kept(
    kb: KnowledgeBase, run: Run, tmp_path: Path
) -> None:
    files = [tmp_path / place / "log.txt" for place in ("a", "b")]
    for file in files:
        file.parent.mkdir()
        file.write_text(str(file), "utf-8")
    ran = run(
        kb.root, "capture", "T", "-m", "x", "--attach", str(files[0]), "--attach", str(files[1])
    )
    assert ran.code == 0, ran.err
    kept = [(kb.root / address).read_text("utf-8") for address in only(kb).fields.evidence]
    assert sorted(kept) == sorted(map(str, files))


def test_a_file_that_is_too_large_is_refused(kb: KnowledgeBase, run: Run, tmp_path: Path) -> None:
    large = tmp_path / "film.mp4"
    with large.open("wb") as stream:
        stream.truncate(60 * 1024 * 1024)
    ran = run(kb.root, "capture", "T", "-m", "x", "--attach", str(large))
    assert ran.code == 3
    assert "--evidence" in ran.err
    assert list(kb.notes()) == []


# A note that somebody wrote by hand


def test_an_untracked_note_is_adopted(kb: KnowledgeBase, run: Run) -> None:
    path = kb.root / "notes" / "mine.md"
    path.parent.mkdir()
    path.write_bytes(compose({"title": "By hand"}, "## Lessons\n\nWrite it.\n"))
    ran = run(kb.root, "capture", "notes/mine.md")
    assert ran.code == 0, ran.err
    note = only(kb)
    assert (note.state, note.title, str(note.path)) == ("captured", "By hand", "notes/mine.md")
    again = run(kb.root, "capture", str(path))
    assert again.code == 3
    assert "captured already" in again.err
    assert run(kb.root, "capture", "notes/mine.md", "--topic", "x").code == 2


def test_a_file_without_front_matter_or_outside_notes(kb: KnowledgeBase, run: Run) -> None:
    (kb.root / "notes").mkdir()
    (kb.root / "notes" / "plain.md").write_text("Just text.\n", "utf-8")
    plain = run(kb.root, "capture", "notes/plain.md")
    assert plain.code == 2
    assert "--from" in plain.err
    (kb.root / "other.md").write_text("---\ntitle: x\n---\n", "utf-8")
    other = run(kb.root, "capture", "other.md")
    assert other.code == 2
    assert "not below notes/" in other.err


# At the terminal


def test_three_questions_until_an_empty_line(kb: KnowledgeBase) -> None:
    sat = sitting(
        kb.root,
        "capture",
        talk=[
            ("Of which event", "Flood response\n"),
            ("gathered?", "intervew\n"),
            ("gathered?", "interview\n"),
            ("What happened?", "The roads closed.\n"),
            ("do?", "We should order fuel before the roads close.\n"),
            ("Title? [Order fuel before the roads close]", "\n"),
            ("What happened?", "Something else.\n"),
            ("do?", "\n"),
            ("What happened?", "Pumps failed.\n"),
            ("do?", "Test each pump in May.\n"),
            ("Title?", "Test the pumps\n"),
            ("What happened?", "\n"),
        ],
    )
    assert sat.code == 0
    assert "Did you mean interview" in sat.screen
    assert "Left out" in sat.screen
    assert "Captured 2 notes." in sat.screen
    notes = {note.title: note for note in kb.notes()}
    assert set(notes) == {"Order fuel before the roads close", "Test the pumps"}
    for note in notes.values():
        assert note.fields.gathered
        assert (note.fields.gathered.from_, note.fields.gathered.method) == (
            "Flood response", "interview",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("talk", "code", "count"),
    [
        ([("event", "\x04")], 130, 0),
        ([("event", "\n"), ("gathered?", "\x04")], 130, 0),
        ([("event", "\n"), ("gathered?", "\n"), ("happened?", "\x04")], 0, 0),
        ([("event", "\n"), ("gathered?", "\n"), ("happened?", "x\n"), ("do?", "\x03")], 130, 0),
        (
            [("event", "\n"), ("gathered?", "\n"), ("happened?", "x\n"), ("do?", "y\n"),
             ("Title?", "\n"), ("happened?", "\x04")],
            0,
            1,
        ),
    ],
)  # fmt: skip
def test_stopping_at_any_question(
    kb: KnowledgeBase, talk: list[tuple[str, str]], code: int, count: int
) -> None:
    sat = sitting(kb.root, "capture", talk=talk)
    assert sat.code == code, sat.screen
    assert len(list(kb.notes())) == count


def test_what_options_say_is_not_asked(kb: KnowledgeBase) -> None:
    sat = sitting(
        kb.root, "capture", "--event", "Flood", "--method", "discussion", "--happened", "Rain.",
        talk=[("do?", "Carry a coat.\n"), ("Title?", "\n"), ("What happened?", "\n")],
    )  # fmt: skip
    assert sat.code == 0
    assert "gathered?" not in sat.screen
    assert only(kb).section("Context and challenge") == "Rain."


def test_answers_that_cannot_be_recorded_are_kept(kb: KnowledgeBase) -> None:
    sat = sitting(
        kb.root, "capture", "--owner", "nobody", "--event", "x", "--method", "discussion",
        talk=[("happened?", "It rained.\n"), ("do?", "Carry a coat.\n"), ("Title?", "\n")],
    )  # fmt: skip
    assert sat.code == 3
    assert "Your text is kept in" in sat.screen
    (draft,) = (kb.root / ".git" / "kmkit" / "drafts").iterdir()
    assert "Carry a coat." in draft.read_text("utf-8")


# In the editor


def test_the_whole_template_in_the_editor(kb: KnowledgeBase, run: Run) -> None:
    ran = run(
        kb.root, "capture", "--edit", "--kind", "story",
        env=editor("^title: .*", "title: Written"),
    )  # fmt: skip
    assert ran.code == 0, ran.err
    assert (only(kb).title, only(kb).kind) == ("Written", "story")
    assert "<!--" in only(kb).text
    assert list((kb.root / ".git" / "kmkit" / "drafts").iterdir()) == []


def test_nothing_written_is_nothing_captured(kb: KnowledgeBase, run: Run) -> None:
    ran = run(kb.root, "capture", "--edit", env=editor())
    assert ran.code == 2
    assert "Nothing was written" in ran.err
    assert list(kb.notes()) == []


@pytest.mark.parametrize(
    ("env", "code"),
    [
        (editor("^state: .*", "state: validated"), 3),
        (editor("^id: .*", ""), 3),
        (editor("^## Lessons", "## Lessons\n\nMore.", code=1), 4),
    ],
)
def test_aborted_text_is_kept_and_its_place_told(
    kb: KnowledgeBase, run: Run, env: dict[str, str], code: int
) -> None:
    ran = run(kb.root, "capture", "Title", "-e", env=env)
    assert ran.code == code, ran.err
    assert "Your text is kept in" in ran.err
    second = run(kb.root, "capture", "Title", "-e", env=env)
    assert second.code == code
    drafts = {p.name for p in (kb.root / ".git" / "kmkit" / "drafts").iterdir()}
    assert drafts == {"capture.md", "capture-2.md"}


@pytest.mark.parametrize(("name", "code"), [("", 2), ("no-such-editor", 4), ("'", 2)])
def test_an_editor_that_is_not_there(kb: KnowledgeBase, run: Run, name: str, code: int) -> None:
    env = dict.fromkeys(("KMKIT_EDITOR", "GIT_EDITOR", "VISUAL"), "") | {"EDITOR": name}
    assert run(kb.root, "capture", "-e", env=env).code == code


def test_others_capture_too(kb: KnowledgeBase, run: Run) -> None:
    run(kb.root, "capture", "T", "-m", "x", who=BEN)
    assert only(kb).owner == BEN.key
    assert at(kb, BEN).claim(only(kb)).scribe == BEN.key
