"""``kmkit validate``: verdicts by option, requests, rewordings, and the reviewer's sitting."""

import json
import re
from pathlib import Path

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from kmkit.lifecycle.person import Person
from kmkit.note.model import Note
from tests.conftest import ANA, BEN, CY, DEE, Run, at, captured, validated
from tests.sitting import sitting

YES = ("--approve", "--because", "Checked against the log.")


def state(kb: KnowledgeBase, note: Note) -> str:
    return kb.read(note.path).state


def role(kb: KnowledgeBase, line: str) -> None:
    """One more line under [roles], committed."""
    path = kb.root / "policy.toml"
    path.write_text(path.read_text("utf-8").replace("[roles]", f"[roles]\n{line}"), "utf-8")
    kb.git.run("commit", "-qam", "Another role")


def reworded(kb: KnowledgeBase, who: Person = ANA) -> Note:
    """A note that Ben approved and somebody reworded since."""
    note = validated(kb)
    data = note.data.replace(b"Sign contracts early.", b"Sign the contracts early.")
    return at(kb, who).move("reword", note, data=data).note


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["NOTE"], 2, "--approve, --return or --reject"),
        ([], 2, "--approve, --return or --reject"),
        (["NOTE", "--approve"], 2, "--because is missing"),
        (["--approve", "--because", "x"], 2, "Which note?"),
        (["NOTE", "--approve", "--return", "--because", "x"], 2, "One thing at a time"),
        (["NOTE", "--ask", "x@y.z", "--reject"], 2, "One thing at a time"),
        (["NOTE", "--by", "2026-12-01"], 2, "--by goes with --ask"),
        (["NOTE", "--json"], 2, "--json goes with --queue"),
        (["NOTE", *YES, "--method", "vote"], 3, "Use --method with one of"),
        (["NOTE", *YES, "--method", "committee"], 3, "may not record decisions"),
        (["NOTE", *YES, "--method", "expert-review"], 3, "needs to know the note's topics"),
        (["NOTE", *YES, "--method", "self-review"], 3, "not validated by self-review"),
        (["NOTE", "--approve", "--because", "\u200b\u202e "], 2, "--because is missing"),
        (["zzzz", *YES], 2, "There is no note 'zzzz'"),
        (["NOTE", "--same-meaning", "--yes"], 3, "'same-meaning' needs a note that is validated"),
    ],
)
def test_what_is_not_understood_or_refused(
    kb: KnowledgeBase, run: Run, args: list[str], code: int, said: str
) -> None:
    note = captured(kb)
    tip = kb.git.tip()
    given = [note.short if part == "NOTE" else part for part in args]
    ran = run(kb.root, "validate", *given, who=BEN)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert kb.git.tip() == tip


def test_approved_by_a_peer_and_refused_to_the_author(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    own = run(kb.root, "validate", note.short, *YES)
    assert own.code == 3
    assert f"kmkit validate {note.short} --ask EMAIL" in own.err
    peer = run(kb.root, "validate", note.short, *YES, who=BEN)
    assert peer.code == 0
    assert "captured → validated" in peer.err
    assert "it needs: topics, matters_to, Solution and actions, Results" in peer.err
    assert f"kmkit edit {note.short} --reword" in peer.err


def whole(kb: KnowledgeBase, **fields: object) -> str:
    """The short name of a captured note with every section filled."""
    names = ("Context and challenge", "Solution and actions", "Results", "Lessons")
    body = "".join(f"## {name}\n\nText of {name}.\n\n" for name in names)
    given = {"title": "Boil water", "summary": "Boil it.", "sources": ["anonymous"], **fields}
    return kb.capture(given, body).note.short


NEEDS = "Before it can be formatted, it needs: "


def test_what_is_next_can_be_done(kb: KnowledgeBase, run: Run) -> None:
    """Formatting would refuse a note that lacks something: that is named first, and the way."""
    kb.git.run("switch", "-q", "-c", "side")
    short = whole(kb)
    step = f"Next: kmkit format {short}"
    ran = run(kb.root, "validate", short, *YES, who=BEN)
    assert ran.err.splitlines()[1:] == [
        f"{NEEDS}topics, matters_to. {step} --topic TOPIC --matters-to '…'."
    ]
    ran = run(kb.root, "edit", short, "--topic", "fuel")
    assert ran.err.splitlines()[1:] == [f"{NEEDS}matters_to. {step} --matters-to '…'."]
    kb.git.run("switch", "-q", "main")
    kb.git.run("merge", "-q", "--squash", "side")  # which loses the moves
    kb.git.run("commit", "-q", "-m", "Boil water")
    ran = run(kb.root, "validate", short, "--renew", "--because", "It holds.", who=CY)
    assert ran.err.splitlines()[1:] == [f"{NEEDS}matters_to. {step} --matters-to '…'."]
    ran = run(kb.root, "edit", short, "--matters-to", "Whoever drives.")
    assert ran.err.splitlines()[1:] == [f"{step}."]
    assert run(kb.root, "format", short).code == 0


def test_empty_sections_are_next_and_a_rewording(kb: KnowledgeBase, run: Run) -> None:
    short = captured(kb, topics=["fuel"]).short
    ran = run(kb.root, "validate", short, *YES, who=BEN)
    assert ran.err.splitlines()[1:] == [
        f"{NEEDS}matters_to, Solution and actions, Results. Fill them in by kmkit edit {short} "
        f"--reword; then one of its approvers runs kmkit validate {short} --same-meaning."
    ]


def test_a_topic_that_formatting_will_not_take_is_named(kb: KnowledgeBase, run: Run) -> None:
    short = whole(kb, topics=["feul"], matters_to="Whoever drives.")
    path = kb.root / "kmkit.toml"
    path.write_text(path.read_text("utf-8").replace("[topics]", '[topics]\nfuel = ""'), "utf-8")
    kb.git.run("commit", "-qam", "A vocabulary")
    ran = run(kb.root, "validate", short, *YES, who=BEN)
    assert ran.err.splitlines()[1:] == [
        "The topic 'feul' is not in the vocabulary of kmkit.toml. Did you mean fuel? Or add it "
        f"there. Next: kmkit edit {short}."
    ]


def test_a_return_that_stands(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    back = run(kb.root, "validate", note.short, "--return", "--because", "Which year?", who=CY)
    assert back.code == 0
    assert f"{ANA.email} is to change it, or to ask back: kmkit edit {note.short}" in back.err
    yes = run(kb.root, "validate", note.short, *YES, who=BEN)
    assert "cy@example.org returned it: they approve, or the substance changes" in yes.err
    assert state(kb, note) == "captured"
    run(kb.root, "validate", note.short, *YES, who=CY)
    assert state(kb, note) == "validated"


def test_a_crowd_of_three(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    said = [
        run(kb.root, "validate", note.short, *YES, "--method", "crowd", who=who).err
        for who in (BEN, CY, CY._replace(email="CY@example.org"))
    ]
    assert "1 of 3 approvals by crowd." in said[0]
    assert "2 of 3 approvals" in said[1]
    assert "2 of 3 approvals" in said[2]
    other = run(kb.root, "validate", note.short, *YES, "--method", "peer-review", who=DEE)
    assert other.code == 3
    assert "This round of validation goes by crowd" in other.err
    assert run(kb.root, "validate", note.short, *YES, who=DEE).code == 0
    assert state(kb, note) == "validated"


def test_a_committee_decides_for_people_without_git(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb, sources=["Rosa Li"])
    half = run(kb.root, "validate", note.short, *YES, "--method", "committee")
    assert "--decided-by 'NAMES' --minutes REF" in half.err
    decided = ["--method", "committee", "--minutes", "2026/14"]
    involved = run(kb.root, "validate", note.short, *YES, *decided, "--decided-by", "Rosa Li, Jo")
    assert involved.code == 3
    assert "rosa li gave this knowledge and cannot decide on it" in involved.err
    ran = run(kb.root, "validate", note.short, *YES, *decided, "--decided-by", "Jo, Max")
    assert ran.code == 0
    entry = kb.read(note.path).fields.verdicts[0]
    assert (entry.by, entry.decided_by, entry.minutes) == (ANA.key, "Jo, Max", "2026/14")


def test_an_expert_by_topic(kb: KnowledgeBase, run: Run) -> None:
    role(kb, '"expert.fuel" = ["cy@example.org"]')
    note = captured(kb, topics=["fuel"])
    review = ["--method", "expert-review"]
    other = run(kb.root, "validate", note.short, *YES, *review, "--topic", "roads", who=CY)
    assert "Use --topic with one of: fuel" in other.err
    ben = run(kb.root, "validate", note.short, *YES, *review, who=BEN)
    assert ben.code == 3
    assert f"Ask cy@example.org: kmkit validate {note.short} --ask cy@example.org" in ben.err
    assert run(kb.root, "validate", note.short, *YES, who=CY).code == 0
    (entry,) = kb.read(note.path).fields.verdicts
    assert (entry.method, entry.topic) == ("expert-review", "fuel")


def test_rejected_is_retired(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    ran = run(kb.root, "validate", note.short, "--reject", "--because", "Known.", who=BEN)
    assert "captured → retired" in ran.err
    assert "kmkit reopen" in ran.err


def test_asking_somebody(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    ran = run(kb.root, "validate", note.short, "--ask", "ben@example.org", "--by", "2026-12-01")
    assert ran.code == 0
    assert "ben@example.org is asked, until 2026-12-01" in ran.err
    wrong = (("ben", "no e-mail", 2), ("ana@example.org", "cannot validate it", 3))
    for who, why, code in wrong:
        refused = run(kb.root, "validate", note.short, "--ask", who)
        assert refused.code == code
        assert why in refused.err
    assert run(kb.root, "validate", note.short, "--ask", "x@y.z", "--by", "soon").code == 2
    past = run(kb.root, "validate", note.short, "--ask", "x@y.z", "--by", "2026-01-01")
    assert past.code == 3


@pytest.mark.parametrize(
    "args",
    [
        ("--approve", "--because", "Read."),
        ("--approve", "--because", "Read.", "--method", "peer-review"),
        ("--return", "--because", "Read.", "--method", "crowd"),
        ("--ask", "ben@example.org"),
        ("--queue",),
    ],
)
def test_a_topic_is_of_an_experts_review_alone(
    kb: KnowledgeBase, run: Run, args: tuple[str, ...]
) -> None:
    note = captured(kb, topics=["logistics"])
    ran = run(kb.root, "validate", note.short, *args, "--topic", "logistics", who=BEN)
    assert (ran.code, ran.err.startswith("--topic is what an expert review is about.")) == (2, True)
    assert kb.read(note.path).data == note.data


def test_the_queue_shows_what_i_was_asked_first(kb: KnowledgeBase, run: Run) -> None:
    captured(kb, "Any")
    asked = captured(kb, "Asked")
    kb.move("ask", asked, Request(to=BEN.email))
    validated(kb, "Done")
    ran = run(kb.root, "validate", "--queue", who=BEN)
    lines = [line.split("\t") for line in ran.out.splitlines()]
    assert [line[1] for line in lines] == ["title", "Asked", "Any"]
    assert [line[5] for line in lines] == ["for me", "yes", "yes"]
    mine = run(kb.root, "validate", "--queue")
    assert [line.split("\t")[5] for line in mine.out.splitlines()[1:]] == ["", ""]
    assert '"schema": "kmkit.queue/1"' in run(kb.root, "validate", "--queue", "--json").out


def test_a_broken_note_stops_no_queue(kb: KnowledgeBase, run: Run) -> None:
    note, bad = captured(kb, "Good"), captured(kb, "Bad")
    text = (kb.root / bad.path).read_text("utf-8")
    (kb.root / bad.path).write_text(text.replace("level: internal", "level: [x"), "utf-8")
    ran = run(kb.root, "validate", "--queue", who=BEN)
    assert note.short in ran.out
    assert run(kb.root, "validate", note.short, *YES, who=BEN).code == 0
    refused = run(kb.root, "validate", "bad", *YES, who=BEN)
    assert refused.code == 3
    assert str(bad.path) in refused.err


# Rewordings


def test_the_word_diff_and_an_approvers_word(kb: KnowledgeBase, run: Run) -> None:
    note = reworded(kb)
    nobody = run(kb.root, "validate", note.short, "--same-meaning", who=BEN)
    assert nobody.code == 2
    assert "Sign {+the +}contracts early." in nobody.err
    ran = run(kb.root, "validate", note.short, "--same-meaning", "--yes", who=BEN)
    assert ran.code == 0
    assert kb.read(note.path).fields.verdicts[-1].same_as
    again = run(kb.root, "validate", note.short, "--same-meaning", "--yes", who=BEN)
    assert again.code == 3
    assert "already" in again.err


def test_not_the_one_who_reworded_nor_a_stranger(kb: KnowledgeBase, run: Run) -> None:
    role(kb, 'editor = ["ana@example.org", "ben@example.org"]')
    path = kb.root / "policy.toml"
    text = path.read_text("utf-8").replace('\neditor = ["ana@example.org"]\n', "\n", 1)
    path.write_text(text, "utf-8")
    kb.git.run("commit", "-qam", "Two editors")
    note = reworded(KnowledgeBase(kb.root, now=kb.now, actor=ANA), BEN)
    own = run(kb.root, "validate", note.short, "--same-meaning", "--yes", who=BEN)
    assert own.code == 3
    assert "ben@example.org reworded it" in own.err
    other = run(kb.root, "validate", note.short, "--same-meaning", "--yes", who=CY)
    assert other.code == 3
    assert "One of its approvers (ben@example.org)" in other.err
    assert "{+" not in other.err


# The reviewer's five minutes


def test_five_questions_and_a_verdict_in_one_line(kb: KnowledgeBase) -> None:
    note = captured(kb)
    sat = sitting(
        kb.root,
        "validate",
        who=BEN,
        talk=[
            ("Specific", "\n"), ("Evidenced", "n\n"), ("Context", "only in spring\n"),
            ("Transferable", "y\n"), ("Harmless", "Y\n"), ("and why", "what?\n"),
            ("and why", "a\n"), ("and why", "r please name the year\n"),
        ],
    )  # fmt: skip
    assert sat.code == 0, sat.screen
    assert "Context and challenge\nThe roads closed." in sat.screen
    assert "Your doubts: evidenced; context: only in spring." in sat.screen
    assert "Begin with a, r, x, s or q" in sat.screen
    assert "Say why" in sat.screen
    (entry,) = kb.read(note.path).fields.verdicts
    assert (entry.verdict, entry.method) == ("return", "peer-review")
    assert entry.because == "please name the year; evidenced; context: only in spring"


def test_one_note_after_the_other_and_none_that_is_my_own(kb: KnowledgeBase) -> None:
    captured(at(kb, BEN), "Ben's own")
    first, second = captured(kb, "First"), captured(kb, "Second", sources=["Ben Adu"])
    third = captured(kb, "Third")
    five = [(word, "\n") for word in ("Specific", "Evid", "Context", "Transf", "Harmless")]
    sat = sitting(
        kb.root, "validate", who=BEN,
        talk=[*five, ("and why", "s\n"), *five, ("and why", "approve: checked\n")],
    )  # fmt: skip
    assert sat.code == 0, sat.screen
    assert "Ben's own" not in sat.screen
    assert "Left out: Second" in sat.screen
    states = {state(kb, note) for note in (first, third)}
    assert states == {"captured", "validated"}
    assert state(kb, second) == "captured"


def test_refused_before_the_questions_not_after(kb: KnowledgeBase) -> None:
    note = captured(kb)
    sat = sitting(kb.root, "validate", note.short, talk=[])
    assert sat.code == 3
    assert "Specific" not in sat.screen
    assert "--ask EMAIL" in sat.screen


@pytest.mark.parametrize(("keys", "code"), [("q\n", 0), ("\x04", 130), ("\x03", 130)])
def test_leaving_the_sitting_changes_nothing(kb: KnowledgeBase, keys: str, code: int) -> None:
    note = captured(kb)
    five = [(word, "\n") for word in ("Specific", "Evid", "Context", "Transf", "Harmless")]
    sat = sitting(kb.root, "validate", note.short, who=BEN, talk=[*five, ("and why", keys)])
    assert sat.code == code
    assert kb.read(note.path).data == note.data


def test_nothing_waits(kb: KnowledgeBase, run: Run, tmp_path: Path) -> None:
    assert "Nothing waits for a verdict." in run(kb.root, "validate", "--queue").err
    assert "Nothing waits for your verdict." in sitting(kb.root, "validate", talk=[]).screen


@pytest.mark.parametrize("colour", ["", "1"])
def test_the_queue_on_a_narrow_terminal(kb: KnowledgeBase, colour: str) -> None:
    captured(kb, "[/red] Order fuel early, before the roads close and nobody can pass \u202e")
    sat = sitting(
        kb.root, "validate", "--queue", talk=[], who=BEN, columns=60,
        env={"NO_COLOR": colour, "COLUMNS": "60"},
    )  # fmt: skip
    assert sat.code == 0
    plain = re.sub(r"\x1b\[[0-9;]*m", "", sat.screen)
    assert all(len(line) <= 60 for line in plain.splitlines())
    assert "[/red]" in plain
    assert "\u202e" not in plain
    if colour:
        assert not re.search(r"\x1b\[(3|4|9)", sat.screen)


def test_approvals_that_a_merge_brought_together_are_to_be_settled(
    kb: KnowledgeBase, run: Run
) -> None:
    policy = kb.root / "policy.toml"
    policy.write_text(policy.read_text("utf-8").replace("crowd = 3", "crowd = 2"), "utf-8")
    kb.git.run("commit", "-q", "-a", "-m", "Two are a crowd")
    note, branch = captured(kb), kb.git.branch().removeprefix("refs/heads/")
    crowd = Request(method="crowd", verdict="approve", because="I saw it.")
    kb.git.run("switch", "-q", "-c", "side")
    at(kb, BEN).move("validate", note, crowd)
    kb.git.run("switch", "-q", branch)
    at(kb, CY).move("validate", at(kb).read(note.path), crowd)
    way = f"kmkit validate {note.short} --settle"
    assert way not in run(kb.root, "show", note.short).err
    assert "To be validated: 1 note.\t" in run(kb.root, "status").out
    kb.git.run("merge", "-q", "side", ok=(0, 1))
    assert way in run(kb.root, "resolve", str(note.path)).err
    kb.git.run("commit", "-q", "--no-edit")
    assert (
        f"2 of 2 approvals stand, so what is left is: {way}."
        in run(kb.root, "show", note.short).err
    )
    assert way in run(kb.root, "validate", "--queue").err
    for option in ("--json", "--raw", "--draft"):
        assert way in run(kb.root, "show", note.short, option).err
    (row,) = json.loads(run(kb.root, "validate", "--queue", "--json").out)["notes"]
    assert row["settle"] is True
    ran = run(kb.root, "validate", note.short, "--no-input")
    assert (ran.code, way in ran.err) == (2, True)
    ran = run(kb.root, "status")
    assert f"All approvals stand: {note.title}.\t\t\t{way}\n" in ran.out
    assert "To be validated" not in ran.out
    assert run(kb.root, "validate", note.short, "--settle").code == 0
    assert way not in run(kb.root, "show", note.short).err + run(kb.root, "status").out
