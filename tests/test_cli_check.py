import json
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kmkit.cli.formats import Findings
from kmkit.kb import KnowledgeBase
from kmkit.views.findings import FORMATS
from tests.conftest import Run, captured, validated
from tests.terminal import CONTROLS, on_terminal


def spoil(kb: KnowledgeBase, path: object, old: str, new: str) -> None:
    """Change the file of a note by hand."""
    file = kb.root / str(path)
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_nothing_wrong(kb: KnowledgeBase, run: Run) -> None:
    captured(kb)
    ran = run(kb.root, "check")
    assert (ran.out, ran.err) == ("", "No problems.\n")


def test_every_problem_with_its_place_rule_and_mend(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    spoil(kb, note.path, "state: captured", "state: captred")
    ran = run(kb.root, "check")
    assert ran.code == 1
    assert ran.out == (
        f"{note.path}:5:8: unknown-state: There is no state 'captred'. Did you mean captured?\n"
    )
    assert "1 error and 0 warnings in 1 file" in ran.err
    assert "--explain unknown-state" in ran.err


def test_warnings_alone_do_not_fail(kb: KnowledgeBase, run: Run) -> None:
    captured(kb, review_every="P50Y")
    ran = run(kb.root, "check")
    assert ran.code == 0
    assert "bad-review-interval" in ran.out
    assert "0 errors and 1 warning" in ran.err


def test_only_the_files_that_are_named(kb: KnowledgeBase, run: Run) -> None:
    good, bad = captured(kb, "Good"), captured(kb, "Bad")
    spoil(kb, bad.path, "kind: lesson", "kind: lessn")
    assert run(kb.root, "check", str(good.path)).code == 0
    assert run(kb.root, "check", str(bad.path)).code == 1
    assert run(kb.root, "check", "notes").code == 1
    assert run(kb.root, "check", "policy.toml", "kmkit.toml").code == 0
    missing = run(kb.root, "check", "notes/nowhere.md")
    assert missing.code == 2
    assert "notes/nowhere.md" in missing.err


def test_as_a_pre_commit_hook_from_the_top_of_a_repository(
    kb: KnowledgeBase, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """pre-commit runs at the repository's top and names files, some of which are not ours."""
    note = captured(kb)
    spoil(kb, note.path, "owner: ana@example.org", "owner: Ana")
    other = tmp_path / "notes" / "README.md"
    other.parent.mkdir()
    other.write_text("# Not a note\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    ran = run(tmp_path, "check", f"kb/{note.path}", "notes/README.md")
    assert ran.code == 1
    assert ran.out.startswith(f"kb/{note.path}:6:8: bad-email:")
    assert "1 file left out" in ran.err
    assert run(tmp_path, "check", "notes/README.md").code == 0


def test_two_files_with_one_id_name_each_other(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    copy = kb.root / "notes" / "copy.md"
    copy.write_bytes(note.data)
    lines = run(kb.root, "check").out.splitlines()
    assert len(lines) == 2
    assert all(str(note.path) in line and "notes/copy.md" in line for line in lines)


def test_settings_that_cannot_be_read_are_problems_and_notes_are_still_read(
    kb: KnowledgeBase, run: Run
) -> None:
    note = captured(kb)
    spoil(kb, note.path, "title:", "titel:")
    spoil(kb, "kmkit.toml", "[organisation]", "[organisation]\nnmae = 1")
    ran = run(kb.root, "check")
    assert ran.code == 1
    rules = [line.split(": ")[1] for line in ran.out.splitlines()]
    assert rules[0] == "bad-setting"
    assert "unknown-field" in rules
    assert ran.out.startswith("kmkit.toml:")
    assert "nmae" in ran.out


def test_every_misfit_is_a_problem_of_its_own(kb: KnowledgeBase, run: Run) -> None:
    captured(kb)
    (kb.root / "kmkit.toml").write_text("[mail]\nhots = 'x'\nport = 70000\n", "utf-8")
    (kb.root / "policy.toml").write_text("[quorum]\ncrowd = 0\n", "utf-8")
    ran = run(kb.root, "check")
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "kmkit.toml:2:1: bad-setting: mail.hots: There is no such setting. Did you mean host? "
        "Mend it in kmkit.toml.",
        "kmkit.toml:3:1: bad-setting: mail.port: This number is too large: 65535 is the most. "
        "Mend it in kmkit.toml.",
        "policy.toml:2:1: bad-setting: quorum.crowd: This number is too small: 1 is the least. "
        "Mend it in policy.toml.",
    ]
    ran = run(kb.root, "status")
    assert ran.code == 4
    assert ran.err.splitlines() == [
        "kmkit.toml:2: mail.hots: There is no such setting. Did you mean host?",
        "kmkit.toml:3: mail.port: This number is too large: 65535 is the most.",
        "Mend them in kmkit.toml.",
    ]


def test_broken_toml_tells_its_line(kb: KnowledgeBase, run: Run) -> None:
    (kb.root / "policy.toml").write_text("[roles]\nsteward = [\n", "utf-8")
    ran = run(kb.root, "check")
    assert ran.code == 1
    assert ran.out.startswith("policy.toml:")
    assert "bad-setting" in ran.out


def test_settings_that_name_what_is_not_there(kb: KnowledgeBase, run: Run) -> None:
    with (kb.root / "kmkit.toml").open("a", encoding="utf-8") as config:
        config.write('\n[audiences.moon]\nlevel = "lunar"\n')
    ran = run(kb.root, "check")
    assert ran.code == 1
    assert "audiences.moon: there is no level 'lunar'" in ran.out
    line = int(ran.out.split(":")[1])
    assert "lunar" in (kb.root / "kmkit.toml").read_text("utf-8").splitlines()[line - 1]


def test_people_and_uses(kb: KnowledgeBase, run: Run) -> None:
    captured(kb)
    for name in ("a", "b"):
        person = kb.root / "people" / f"{name}.md"
        person.parent.mkdir(exist_ok=True)
        person.write_text("---\nname: A\nemail: ana@example.org\n---\n", "utf-8")
    use = kb.root / "records" / "application" / "x.md"
    use.parent.mkdir(parents=True)
    front = "note: 20200101-x-zz99\nin: x\nby: a@example.org\non: 2026-01-01\noutcome: helped\n"
    use.write_text(f"---\n{front}---\n", "utf-8")
    ran = run(kb.root, "check")
    assert "people/b.md:3:8: duplicate-person" in ran.out
    assert "records/application/x.md:2:7: broken-link" in ran.out


def test_a_template_that_cannot_be_read(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    template = kb.root / "templates" / "notes" / "lesson.md.j2"
    template.parent.mkdir(parents=True)
    template.write_text("no front matter\n", "utf-8")
    ran = run(kb.root, "check")
    assert ran.code == 1
    assert "templates/notes/lesson.md.j2:1:1: bad-template" in ran.out
    assert str(note.path) in ran.out  # whose kind is then unknown


@pytest.mark.skipif(not hasattr(Path, "symlink_to"), reason="needs links")
def test_a_link_that_leads_nowhere(kb: KnowledgeBase, run: Run) -> None:
    captured(kb)
    (kb.root / "notes" / "gone.md").symlink_to("nowhere.md")
    ran = run(kb.root, "check")
    assert ran.code == 1
    assert "notes/gone.md:1:1: symbolic-link" in ran.out


@pytest.mark.skipif(not hasattr(Path, "symlink_to"), reason="needs links")
def test_a_symbolic_link_is_named_and_not_followed(
    kb: KnowledgeBase, run: Run, tmp_path: Path
) -> None:
    note, away = captured(kb), tmp_path / "elsewhere"
    away.mkdir()
    real = (kb.root / note.path).rename(away / "note.md")
    real.write_text(note.text.replace("state: captured", "state: nonsense"), "utf-8")
    for place, to in ((note.path, real), ("people", away), ("notes/more", away)):
        (kb.root / place).symlink_to(to)
    ran = run(kb.root, "check")
    assert ran.code == 1
    lines = ran.out.splitlines()
    told = ":1:1: symbolic-link: A symbolic link stands here, and what it leads to can change "
    assert [line.partition(told)[0] for line in lines] == [str(note.path), "notes/more", "people"]
    assert all(line.endswith("Put the real file in its place.") for line in lines)
    assert run(kb.root, "check", note.short).out == f"{lines[0]}\n"
    assert note.id in run(kb.root, "list", "--problem", "symbolic-link").out
    assert "audit" in run(kb.root, "check", "--explain", "symbolic-link").out
    (kb.root / note.path).unlink()
    real.rename(kb.root / note.path)
    assert run(kb.root, "list", "--problem", "symbolic-link").out.count("\n") == 1


def test_notes_by_id_and_files_by_path_in_one_call(kb: KnowledgeBase, run: Run) -> None:
    good, bad = captured(kb, "Good roads"), captured(kb, "Bad roads")
    spoil(kb, bad.path, "kind: lesson", "kind: lessn")
    assert run(kb.root, "check", good.short).code == 0
    for ref in (bad.short, bad.id, "bad-roads", bad.short.upper()):
        ran = run(kb.root, "check", ref)
        assert (ran.code, ran.out.count("\n")) == (1, 1), ref
        assert ran.out.startswith(f"{bad.path}:")
    ran = run(kb.root, "check", "policy.toml", good.short, str(bad.path), bad.short)
    assert (ran.code, ran.out.count("\n")) == (1, 1)
    shutil.copy(kb.root / bad.path, kb.root / "notes" / "copy.md")
    shown = run(kb.root, "check", bad.short).out.splitlines()
    assert {line.partition(":")[0] for line in shown} == {str(bad.path), "notes/copy.md"}


def test_what_is_neither_a_note_nor_a_file_is_told_with_the_nearest(
    kb: KnowledgeBase, run: Run, tmp_path: Path
) -> None:
    note = captured(kb, "Good roads")
    ran = run(kb.root, "check", note.short, "god-roads")
    assert (ran.code, ran.out) == (2, "")
    said = "There is no note, file or folder 'god-roads'."
    assert ran.err == f"{said}\nDid you mean {note.id}?\n"
    captured(kb, "Bad roads")
    assert "Did you mean kmkit.toml?" in run(kb.root, "check", "kmkit.tml").err
    ran = run(kb.root, "check", "roads")
    assert (ran.code, "'roads' means 2 notes: " in ran.err) == (2, True)
    ran = run(kb.root, "check", "")
    assert (ran.code, "There is no note, file or folder ''." in ran.err) == (2, True)
    ran = run(tmp_path, "check", "nowhere.md")
    assert (ran.code, "There is no note, file or folder 'nowhere.md'." in ran.err) == (2, True)


def test_protected_names_above_their_level(kb: KnowledgeBase, run: Run) -> None:
    captured(kb, "Ask Zoe first", protect=["Zoe"], level="domestic")
    ran = run(kb.root, "check")
    assert ran.code == 1
    assert "protected-name" in ran.out


def test_a_text_that_changed_after_its_approval(kb: KnowledgeBase, run: Run) -> None:
    note = validated(kb)
    spoil(kb, note.path, "Sign contracts early.", "Sign contracts late.")
    ran = run(kb.root, "check")
    assert ran.code == 1
    assert "unproved-state" in ran.out


def test_formats_are_those_of_the_views() -> None:
    assert [str(fmt) for fmt in Findings] == list(FORMATS)


@pytest.mark.parametrize("fmt", list(Findings))
def test_each_format(kb: KnowledgeBase, run: Run, fmt: str) -> None:
    note = captured(kb)
    spoil(kb, note.path, "state: captured", "state: captred")
    ran = run(kb.root, "check", "--format", fmt)
    assert ran.code == 1
    assert str(note.path) in ran.out
    if fmt in ("json", "gitlab", "sarif"):
        json.loads(ran.out)
    elif fmt == "junit":
        assert ElementTree.fromstring(ran.out).get("failures") == "1"
    elif fmt == "github":
        assert ran.out.startswith(f"::error file={note.path},line=5,col=8,")


def test_json_into_a_file(kb: KnowledgeBase, run: Run, tmp_path: Path) -> None:
    captured(kb)
    ran = run(kb.root, "check", "--json", "-o", str(tmp_path / "found.json"))
    assert ran.out == ""
    assert json.loads((tmp_path / "found.json").read_text("utf-8"))["schema"] == "kmkit.problems/1"


def test_explain(kb: KnowledgeBase, run: Run, tmp_path: Path) -> None:
    ran = run(tmp_path, "check", "--explain", "protected-name")
    assert ran.code == 0
    assert ran.out.startswith("protected-name\n\n")
    assert "docs/removal.md" in ran.out
    unknown = run(tmp_path, "check", "--explain", "protected-nam")
    assert unknown.code == 2
    assert "protected-name" in unknown.err


def test_outside_of_a_knowledge_base(run: Run, tmp_path: Path) -> None:
    ran = run(tmp_path, "check")
    assert ran.code == 4
    assert "kmkit init" in ran.err


def test_on_a_terminal_nothing_of_the_file_acts(kb: KnowledgeBase) -> None:
    note = captured(kb)
    spoil(kb, note.path, "state: captured", 'state: "[red]x[/red]\\e[31m\\u202e"')
    shown = on_terminal(kb.root, "check")
    assert "[red]x[/red]" in shown
    assert "\x1b[31m\u202e" not in shown
    assert "\u202e" not in shown
    assert not set(CONTROLS) & set(shown)


def test_ci_formats_name_files_from_the_top_of_the_repository(
    kb: KnowledgeBase, run: Run, tmp_path: Path
) -> None:
    """A knowledge base inside a folder of a repository."""
    note = captured(kb)
    spoil(kb, note.path, "state: captured", "state: captred")
    subprocess.run(["git", "init", "-q", str(tmp_path / "repo")], check=True)
    inside = tmp_path / "repo" / "docs" / "lessons"
    shutil.copytree(kb.root, inside, ignore=shutil.ignore_patterns(".git"))
    shown = run(inside, "check", "--format", "github").out
    assert shown.startswith(f"::error file=docs/lessons/{note.path},")
    assert run(inside, "check").out.startswith(f"{note.path}:")
    assert run(tmp_path / "repo", "check", str(inside)).out.startswith(f"docs/lessons/{note.path}:")


def test_a_note_in_conflict_is_told_in_one_sentence(kb: KnowledgeBase, run: Run) -> None:
    note, branch = captured(kb), kb.git.branch().removeprefix("refs/heads/")
    place = kb.root / note.path

    def write(summary: str, lesson: str) -> None:
        text = note.text.replace("Sign fuel contracts before the first warning.", summary)
        place.write_text(text.replace("Sign contracts early.", lesson), encoding="utf-8")
        kb.git.run("commit", "-q", "-a", "-m", summary)

    kb.git.run("switch", "-q", "-c", "side")
    write("Theirs.", "Sign in April.")
    kb.git.run("switch", "-q", branch)
    write("Ours.", "Sign in May.")
    kb.git.run("merge", "side", ok=(1,))
    lines = place.read_text(encoding="utf-8").split("\n")
    starts = [at for at, line in enumerate(lines, 1) if line.startswith("<<<<<<<")]
    ends = [at for at, line in enumerate(lines, 1) if line.startswith(">>>>>>>")]
    way = f"Run kmkit resolve {note.path}.\n"
    ran = run(kb.root, "check")
    assert ran.code == 1
    both = ", ".join(f"{start}-{end}" for start, end in zip(starts, ends, strict=True))
    head = f"{note.path}:{starts[0]}:1: merge-conflict: The file is in conflict: git's marks stand"
    assert ran.out == f"{head} in the lines {both}. {way}"
    assert "in conflict; the way out is: kmkit resolve" in run(kb.root, "list").err
    assert run(kb.root, "resolve", str(note.path)).code == 3
    front = [*lines[: starts[0] - 1], "summary: Ours.", *lines[ends[0] :]]
    place.write_text("\n".join(front), encoding="utf-8")
    ran = run(kb.root, "check")
    assert ran.out.count("\n") == 1
    assert "merge-conflict" in ran.out
    assert ran.out.endswith(way)


def test_marks_that_a_note_quotes_are_no_conflict(kb: KnowledgeBase, run: Run) -> None:
    captured(kb)
    note = captured(kb, "Merge with care")
    marks = "<<<<<<< ours\nMay\n=======\nApril\n>>>>>>> theirs\n"
    place = kb.root / note.path
    with place.open("a", encoding="utf-8") as file:
        file.write(f"\n```\n{marks}```\n\nA line <<<<<<< with an arrow.\n")
    assert "merge-conflict" not in run(kb.root, "check").out
    with place.open("a", encoding="utf-8") as file:
        file.write(f"\n{marks}")
    assert run(kb.root, "check").out.count("merge-conflict") == 1


def test_one_format_and_a_rule_that_is_named(kb: KnowledgeBase, run: Run) -> None:
    ran = run(kb.root, "check", "--json", "--format", "sarif")
    assert (ran.code, ran.out) == (2, "")
    assert run(kb.root, "check", "--json", "--format", "json").code == 0
    ran = run(kb.root, "check", "--explain", "")
    assert (ran.code, ran.out) == (2, "")
    assert "yaml-syntax" in ran.err
