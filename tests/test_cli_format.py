"""``kmkit format``: order, what retrieval needs, and the proof that the substance stayed."""

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from kmkit.note.model import Note
from tests.conftest import APPROVE, BEN, Run, at, formatted, settle, validated
from tests.sitting import sitting

BODY = (
    "## Lessons\n\nSign early.   \n\n\n\n## Context and challenge\n\nThe roads closed.\n\n"
    "## Solution and actions\n\nWe signed.\n\n## Results\n\nFuel came.\n"
)


def ready(kb: KnowledgeBase, body: str = BODY, title: str = "Fuel", **fields: object) -> Note:
    """A validated note with every section, not yet in order."""
    given = {"title": title, "summary": "Sign early.", **fields}
    note = kb.capture(given, body).note
    return at(kb, BEN).move("validate", note, APPROVE).note


def vocabulary(kb: KnowledgeBase, *topics: str) -> None:
    path = kb.root / "kmkit.toml"
    lines = "\n".join(f'{topic} = ""' for topic in topics)
    settle(kb, path.read_text("utf-8").replace("[topics]", f"[topics]\n{lines}"))


WITH = ("--topic", "fuel", "--matters-to", "Whoever drives.")


def test_in_order_with_the_substance_proved(kb: KnowledgeBase, run: Run) -> None:
    note = ready(kb)
    ran = run(kb.root, "format", note.short, *WITH)
    assert ran.code == 0, ran.err
    assert "+topics: [fuel]" in ran.err
    after = kb.read(note.path)
    assert after.state == "formatted"
    assert [section.heading for section in after.sections] == [
        "Context and challenge", "Solution and actions", "Results", "Lessons",
    ]  # fmt: skip
    assert b"Sign early.\n" in after.data
    last = kb.events(after)[-1]
    assert last.move == "format"
    assert last.fingerprint == kb.events(after)[0].fingerprint


def test_format_twice_is_nothing(kb: KnowledgeBase, run: Run) -> None:
    note = ready(kb)
    run(kb.root, "format", note.short, *WITH)
    tip = kb.git.tip()
    ran = run(kb.root, "format", note.short)
    assert ran.code == 0
    assert "is formatted and in order. Nothing was changed." in ran.err
    assert kb.git.tip() == tip
    assert run(kb.root, "format", note.short, "--check").code == 0


def test_a_formatted_note_is_put_in_order_again(kb: KnowledgeBase, run: Run) -> None:
    note = formatted(kb)
    (kb.root / note.path).write_bytes(note.data + b"\n\n\n")
    run(kb.root, "edit", note.short, "--as-is")
    ran = run(kb.root, "format", note.short)
    assert ran.code == 0
    assert kb.read(note.path).data == note.data
    assert kb.read(note.path).state == "formatted"


def test_check_says_what_is_missing_and_changes_nothing(kb: KnowledgeBase, run: Run) -> None:
    note = validated(kb)
    ran = run(kb.root, "format", note.short, "--check")
    assert ran.code == 1
    for what in ("'topics'", "'matters_to'", "'Solution and actions'", "'Results'"):
        assert what in ran.err
    assert kb.read(note.path).data == note.data
    assert kb.git.text("status", "--short") == ""


def test_what_is_missing_refuses_the_move(kb: KnowledgeBase, run: Run) -> None:
    note = validated(kb)
    ran = run(kb.root, "format", note.short, *WITH)
    assert ran.code == 3
    assert "and the section 'Results' is missing.\nFill them in: kmkit edit" in ran.err
    assert "+topics" not in ran.err
    assert kb.read(note.path).data == note.data


def test_a_topic_outside_the_vocabulary(kb: KnowledgeBase, run: Run) -> None:
    vocabulary(kb, "fuel", "roads", "medicine")
    note = ready(kb)
    near = run(kb.root, "format", note.short, "--topic", "feul", "--matters-to", "x")
    assert near.code == 3
    assert "The topic 'feul' is not in the vocabulary" in near.err
    assert "Did you mean fuel?" in near.err
    far = run(kb.root, "format", note.short, "--topic", "zzzz", "--check")
    assert far.code == 1
    assert "Topics: fuel, roads, medicine." in far.err
    assert kb.read(note.path).data == note.data
    assert run(kb.root, "format", note.short, *WITH).code == 0


def test_without_a_vocabulary_any_topic_will_do(kb: KnowledgeBase, run: Run) -> None:
    assert run(kb.root, "format", ready(kb).short, *WITH).code == 0


def test_mending_that_changes_the_substance_is_a_rewording(kb: KnowledgeBase, run: Run) -> None:
    body = BODY.replace("## Results", "### Results")
    note = kb.capture({"title": "Fuel", "summary": "Sign early."}, body).note
    note = at(kb, BEN).move("validate", note, APPROVE).note
    ran = run(kb.root, "format", note.short, *WITH)
    assert ran.code == 0, ran.err
    assert "reword: Fuel" in ran.err
    assert f"kmkit validate {note.short} --same-meaning" in ran.err
    assert kb.read(note.path).state == "validated"
    early = run(kb.root, "format", note.short)
    assert early.code == 3
    assert "--same-meaning" in early.err
    run(kb.root, "validate", note.short, "--same-meaning", "--yes", who=BEN)
    assert run(kb.root, "format", note.short).code == 0
    assert kb.read(note.path).state == "formatted"


def test_a_note_that_is_not_validated(kb: KnowledgeBase, run: Run) -> None:
    note = kb.capture({"title": "Fuel", "summary": "Sign early."}, BODY).note
    ran = run(kb.root, "format", note.short, *WITH)
    assert ran.code == 3
    assert "needs a note that is validated; 'Fuel' is captured" in ran.err
    assert f"kmkit validate {note.short}" in ran.err


def test_only_an_editor(kb: KnowledgeBase, run: Run) -> None:
    ran = run(kb.root, "format", ready(kb).short, *WITH, who=BEN)
    assert ran.code == 3
    assert "'format' is for the role editor. Ask ana@example.org." in ran.err.replace("\n", " ")


def test_all_goes_on_after_a_refusal(kb: KnowledgeBase, run: Run) -> None:
    bad = validated(kb, "Bad")
    good = ready(kb, topics=["fuel"], matters_to="Drivers.")
    ran = run(kb.root, "format", "--all")
    assert ran.code == 3
    assert f"Bad ({bad.short}):" in ran.err
    assert kb.read(good.path).state == "formatted"
    assert run(kb.root, "format", "--all", "--check").code == 1
    assert run(kb.root, "format", "--all", "--topic", "x").code == 2
    kb.move("retire", kb.read(bad.path), Request(because="x"))
    none = run(kb.root, "format", "--all")
    assert (none.code, none.err) == (0, "No validated note is waiting.\n")


@pytest.mark.parametrize("args", [[], ["x", "--all"]])
def test_one_note_or_all(kb: KnowledgeBase, run: Run, args: list[str]) -> None:
    assert run(kb.root, "format", *args).code == 2


def test_a_dry_run_changes_nothing(kb: KnowledgeBase, run: Run) -> None:
    note = ready(kb)
    ran = run(kb.root, "format", note.short, *WITH, "--dry-run")
    assert ran.code == 0
    assert "Would format: Fuel" in ran.err
    assert kb.read(note.path).data == note.data


def test_a_broken_note_is_told_not_guessed_at(kb: KnowledgeBase, run: Run) -> None:
    note = ready(kb)
    text = note.text.replace("level: internal", "level: [internal")
    (kb.root / note.path).write_text(text, "utf-8")
    for args in ([], ["--check"], [*WITH]):
        ran = run(kb.root, "format", note.short, *args)
        assert ran.code in (1, 3)
        assert str(note.path) in ran.err
    assert kb.read(note.path).text == text


def test_what_is_missing_is_asked_at_the_terminal(kb: KnowledgeBase) -> None:
    vocabulary(kb, "fuel", "roads")
    note = ready(kb)
    sat = sitting(
        kb.root, "format", note.short,
        talk=[
            ("Topics (fuel, roads)?", "fual, roads\n"), ("Topics (fuel, roads)?", "fuel, roads\n"),
            ("what is in it for them?", "Drivers.\n"), ("Write this?", "y\n"),
        ],
    )  # fmt: skip
    assert sat.code == 0, sat.screen
    assert "'fual' is not in the vocabulary. Did you mean fuel?" in sat.screen
    after = kb.read(note.path)
    assert (after.state, after.fields.topics) == ("formatted", ("fuel", "roads"))
    assert after.fields.matters_to == "Drivers."


def test_no_is_no(kb: KnowledgeBase) -> None:
    note = ready(kb)
    sat = sitting(kb.root, "format", note.short, *WITH, talk=[("Write this?", "\n")])
    assert (sat.code, "Nothing was changed." in sat.screen) == (0, True)
    assert kb.read(note.path).data == note.data
