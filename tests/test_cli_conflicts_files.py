"""Settings, people and records that git could not merge are named as that, with the way on."""

import json
from collections.abc import Callable
from pathlib import PurePosixPath

import pytest

from kmkit.errors import Refused
from kmkit.kb import KnowledgeBase
from kmkit.kb.conflicts import Torn, torn
from kmkit.kb.recording import change, new
from tests.conftest import Run, captured
from tests.editor import editor

SETTINGS = {
    "kmkit.toml": ('language = "en"', 'language = "{}"'),
    "policy.toml": ("crowd = 3", "crowd = {}"),
}
PERSON = "people/ben-ba.md"


def write(kb: KnowledgeBase, path: str, old: str, new: str) -> None:
    """Change a file by hand, and commit it."""
    place = kb.root / path
    assert old in place.read_text("utf-8")
    place.write_text(place.read_text("utf-8").replace(old, new), "utf-8")
    kb.git.run("commit", "-qam", f"Say {new}")


def parted(kb: KnowledgeBase, path: str, old: str, new: str, ours: str, theirs: str) -> None:
    """Two branches that changed one line of a file, each otherwise."""
    branch = kb.git.branch().removeprefix("refs/heads/")
    kb.git.run("switch", "-q", "-c", "side")
    write(kb, path, old, new.format(theirs))
    kb.git.run("switch", "-q", branch)
    write(kb, path, old, new.format(ours))


def merging(kb: KnowledgeBase) -> None:
    kb.git.run("merge", "-q", "side", ok=(1,))


@pytest.fixture
def person(kb: KnowledgeBase) -> KnowledgeBase:
    """A knowledge base in which two branches gave Ben another unit, and git is merging them."""
    ben = {"name": "Ben Ba", "email": "ben@example.org", "unit": "Roads"}
    assert str(new(kb, "person", ben, "Knows every pump.\n").path) == PERSON
    parted(kb, PERSON, "unit: Roads", "unit: {}", "Rails", "Rivers")
    merging(kb)
    return kb


@pytest.mark.parametrize("path", SETTINGS)
def test_settings_in_conflict_are_no_bad_toml(kb: KnowledgeBase, run: Run, path: str) -> None:
    note = captured(kb)
    parted(kb, path, *SETTINGS[path], "4", "5")
    merging(kb)
    line = next(
        number
        for number, text in enumerate((kb.root / path).read_text("utf-8").split("\n"), 1)
        if text.startswith("<<<<<<<")
    )
    where = (
        f"is in conflict between two branches: git's marks stand in the lines {line}-{line + 4}."
    )
    way = f"Put what stands between them in order, then git add {path}; or take the merge back: "
    for args in (
        ("status",),
        ("list",),
        ("show", note.short),
        ("edit", note.short, "--as-is"),
        ("resolve", note.short),
        ("capture", "X", "-m", "Do it."),
        ("site", "out"),
    ):
        ran = run(kb.root, *args)
        assert (ran.code, ran.out) == (4, ""), args
        assert ran.err == f"{path} {where}\n{way}git merge --abort.\n"
    ran = run(kb.root, "check")
    assert ran.code == 1
    said = f"{path}:{line}:1: merge-conflict: The file {where} {way}git merge --abort."
    assert said in ran.out.splitlines()
    assert "TOML" not in ran.out


def by_rebase(kb: KnowledgeBase) -> None:
    kb.git.run("rebase", "-q", "side", ok=(1,))


def by_cherry_pick(kb: KnowledgeBase) -> None:
    kb.git.run("cherry-pick", "side", ok=(1,))


def by_revert(kb: KnowledgeBase) -> None:
    write(kb, "kmkit.toml", 'language = "fr"', 'language = "es"')
    kb.git.run("revert", "--no-edit", "HEAD~1", ok=(1,))


def by_stash(kb: KnowledgeBase) -> None:
    place = kb.root / "kmkit.toml"
    text = place.read_text("utf-8")
    place.write_text(text.replace('language = "fr"', 'language = "es"'), "utf-8")
    kb.git.run("stash", "-q")
    write(kb, "kmkit.toml", 'language = "fr"', 'language = "km"')
    kb.git.run("stash", "pop", "-q", ok=(1,))


def by_commit(kb: KnowledgeBase) -> None:
    merging(kb)
    kb.git.run("commit", "-qam", "Marks and all")


@pytest.mark.parametrize(
    ("begin", "whose", "way"),
    [
        (by_rebase, True, "git add kmkit.toml; or take the rebase back: git rebase --abort."),
        (
            by_cherry_pick,
            True,
            "git add kmkit.toml; or take the cherry-pick back: git cherry-pick --abort.",
        ),
        (by_revert, True, "git add kmkit.toml; or take the revert back: git revert --abort."),
        (by_stash, False, "git add kmkit.toml."),
        (by_commit, False, "commit that with git."),
    ],
)
def test_the_way_back_is_that_of_what_is_under_way(
    kb: KnowledgeBase, run: Run, begin: Callable[[KnowledgeBase], None], whose: bool, way: str
) -> None:
    captured(kb)
    parted(kb, "kmkit.toml", 'language = "en"', 'language = "{}"', "fr", "de")
    begin(kb)
    ran = run(kb.root, "list")
    assert ran.code == 4
    assert ran.err.startswith("kmkit.toml is in conflict")
    assert (" between two branches: git's marks" in ran.err) == whose
    assert ran.err.endswith(f"Put what stands between them in order, then {way}\n")


def test_a_file_in_order_that_git_still_waits_for(kb: KnowledgeBase, run: Run) -> None:
    captured(kb)
    parted(kb, "policy.toml", "crowd = 3", "crowd = {}", "4", "5")
    merging(kb)
    kb.git.run("checkout", "-q", "--ours", "policy.toml")
    assert run(kb.root, "list").code == 0
    ran = run(kb.root, "check")
    assert (
        "policy.toml:1:1: merge-conflict: The file is in conflict between two branches: git has "
        "several versions of it. Put it in order, then git add policy.toml; or take the merge "
        "back: git merge --abort." in ran.out.splitlines()
    )
    kb.git.run("add", "policy.toml")
    assert run(kb.root, "check").code == 0
    place = kb.root / "policy.toml"
    kb.git.run("checkout", "-q", "--merge", "policy.toml")
    kb.git.run("checkout", "-q", "--ours", "policy.toml")
    place.write_text("x =\n", "utf-8")
    assert "policy.toml is not valid TOML" in run(kb.root, "list").err  # marks stand nowhere in it


def test_a_person_in_conflict_is_no_bad_yaml(person: KnowledgeBase, run: Run) -> None:
    note = captured_before(person)
    where = "is in conflict between two branches: git's marks stand in the lines 6-10."
    way = (
        f"Put what stands between them in order, then git add {PERSON}; or take the merge back: "
        "git merge --abort."
    )
    for args in (("list",), ("list", "--kind", "person"), ("status",), ("show", note), ("skills",)):
        ran = run(person.root, *args)
        assert ran.code == 0
        assert ran.err.count(f"{PERSON} {where} {way}\n") == 1, args
        assert "problems" not in ran.err
    ran = run(person.root, "check")
    assert f"{PERSON}:6:1: merge-conflict: The file {where} {way}" in ran.out.splitlines()
    assert "yaml" not in ran.out
    ran = run(person.root, "show", "ben-ba")
    assert (ran.code, ran.err) == (0, f"{PERSON} {where} {way}\n")
    assert "unit: Rails\n=======\nunit: Rivers\n" in ran.out
    env = editor("unit", "units")  # which is not asked
    for ref in ("ben-ba", PERSON):
        for command in ("edit", "resolve") if ref == "ben-ba" else ("resolve",):
            ran = run(person.root, command, ref, env=env)
            assert (ran.code, ran.err) == (3, f"{PERSON} {where}\n{way}\n")
    with pytest.raises(Refused, match="is in conflict between two branches"):
        change(person, PurePosixPath(PERSON), {"unit": "Roads"}, move="change")


def captured_before(kb: KnowledgeBase) -> str:
    """A note that is there without any move, since none can be made in a merge."""
    place = kb.root / "notes/2026/20261121-by-hand-x7k2.md"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("---\nid: 20261121-by-hand-x7k2\ntitle: By hand\n---\n", "utf-8")
    return "x7k2"


def test_a_record_in_order_is_told_of_until_it_is_added(person: KnowledgeBase, run: Run) -> None:
    person.git.run("checkout", "-q", "--ours", PERSON)
    said = f"{PERSON} is in conflict between two branches: git has several versions of it. Put it"
    ran = run(person.root, "list", "--kind", "person", "--json")
    assert ran.err.startswith(said)
    assert [one["id"] for one in json.loads(ran.out)["records"]] == ["ben-ba"]
    assert f"{PERSON}:1:1: merge-conflict" in run(person.root, "check").out
    person.git.run("add", PERSON)
    assert "conflict" not in run(person.root, "list").err
    assert run(person.root, "check").code == 0


def test_marks_in_the_text_of_a_record_are_no_story(kb: KnowledgeBase, run: Run) -> None:
    question = new(kb, "question", {"text": "Where is it?"}, "We looked in May.\n")
    path = str(question.path)
    parted(kb, path, "We looked in May.", "We looked in {}.", "June", "July")
    merging(kb)
    ran = run(kb.root, "list", "--kind", "question", "--json")
    assert [one["title"] for one in json.loads(ran.out)["records"]] == ["Where is it?"]
    assert "<<<<<<<" not in ran.out
    assert f"{path} is in conflict between two branches: git's marks" in ran.err
    kb.git.run("commit", "-qam", "Marks and all")
    found = torn(kb, question.path)
    assert isinstance(found, Torn)
    assert found.mend == "Put what stands between them in order, then commit that with git."
    assert run(kb.root, "list").err.startswith(f"{found}\n")


def test_several_files_are_named_together(person: KnowledgeBase, run: Run) -> None:
    for name in ("cy", "dee"):
        marks = "<<<<<<< a\nunit: X\n=======\nunit: Y\n>>>>>>> b\n"
        text = f"---\nname: {name}\nemail: {name}@example.org\n{marks}---\n"
        (person.root / f"people/{name}.md").write_text(text, "utf-8")
    said = f"3 files are in conflict ({PERSON}, people/cy.md, people/dee.md); kmkit check says"
    assert said in run(person.root, "list").err
    assert run(person.root, "check").out.count("merge-conflict") == 3
