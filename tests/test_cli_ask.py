"""``kmkit ask``: questions are kept until a note answers them."""

import json

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.note.records import Question
from tests.conftest import BEN, Run, at, captured, disseminated
from tests.editor import editor
from tests.sitting import sitting


def test_a_question_is_kept_and_closed_by_a_note(kb: KnowledgeBase, run: Run) -> None:
    ran = run(
        kb.root, "ask", "How long does\nfuel keep?", "--level", "domestic", "--topic", "logistics",
        "--because", "For the stock plan.", who=BEN,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    (question,) = at(kb).records(Question)
    assert (question.text, question.by) == ("How long does fuel keep?", BEN.key)
    assert (question.level, question.topics, question.open) == ("domestic", ("logistics",), True)
    assert question.text in run(kb.root, "ask", "--list").out
    text = (kb.root / ran.out.strip()).read_text(encoding="utf-8")
    assert text.endswith("---\n\nFor the stock plan.\n")

    note = captured(kb)
    ran = run(kb.root, "ask", "--answered", question.id[-4:], note.short)
    assert ran.code == 0, ran.err
    (question,) = at(kb).records(Question)
    assert (question.answered_by, question.answered_on) == (note.id, kb.today)
    event = at(kb).events()[-1]
    assert (event.move, event.about) == ("answer", note.id)
    assert question.text not in run(kb.root, "ask", "--list").out
    again = run(kb.root, "ask", "--answered", question.id[-4:], note.short)
    assert again.code == 3
    assert f"is answered by {note.id} already" in again.err


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["--no-input"], 2, "QUESTION is missing"),
        (["Why?", "--level", "public"], 3, "no level 'public'"),
        (["--answered", "zzzz", "x"], 2, "no question 'zzzz'"),
        (["--answered", "zzzz"], 2, "Which note answers it?"),
    ],
)
def test_what_is_missing_or_wrong(
    kb: KnowledgeBase, run: Run, args: list[str], code: int, said: str
) -> None:
    disseminated(kb)
    ran = run(kb.root, "ask", *args)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err


def test_records_are_listed_like_notes(kb: KnowledgeBase, run: Run) -> None:
    run(kb.root, "ask", "How long does fuel keep?", "--topic", "fuel")
    run(kb.root, "ask", "Who has the keys?", who=BEN)

    def listed(*args: str) -> list[str]:
        ran = run(kb.root, "list", "--format", "json", *args)
        assert ran.code == 0, ran.err
        found = json.loads(ran.out)
        assert found["schema"] == "kmkit.records/1"
        return [record["title"] for record in found["records"]]

    every = ["--kind", "question"]
    assert listed(*every) == ["How long does fuel keep?", "Who has the keys?"]
    assert listed(*every, "--owner", "me") == ["How long does fuel keep?"]
    assert listed(*every, "keys") == ["Who has the keys?"]
    assert listed("kind:question", "not:topic:fuel") == ["Who has the keys?"]
    assert listed(*every, "--since", "2026-12") == []
    assert listed(*every, "--state", "open", "--until", "today") == listed(*every)
    for fmt, start in (("tsv", "id\tkind"), ("csv", "\ufeffid,kind"), ("jsonl", '{"id"')):
        assert run(kb.root, "list", *every, "--format", fmt).out.startswith(start)
    paths = run(kb.root, "list", *every, "--format", "paths", "-0").out.split("\0")
    assert len(paths) == 3
    lines = run(kb.root, "list", *every, "--format", r"{title}\t{topics}\t{by}\t{due}").out
    assert lines.splitlines()[0] == "How long does fuel keep?\tfuel\tana@example.org\t"
    assert run(kb.root, "list", *every, "-0", "--format", "{kind}").out == "question\0" * 2
    unknown = run(kb.root, "list", *every, "--format", "{topic}")
    assert (unknown.code, unknown.out) == (2, "")
    assert "topics" in unknown.err
    refused = run(kb.root, "list", *every, "--unit", "x")
    assert refused.code == 2
    assert "not chosen by 'unit'" in refused.err


def test_a_search_that_finds_nothing_offers_to_keep_the_question(kb: KnowledgeBase) -> None:
    disseminated(kb)
    sat = sitting(kb.root, "search", "zeppelin mooring", talk=[])
    assert 'kmkit ask "zeppelin mooring"' in sat.screen


def test_a_record_is_shown_and_edited_like_a_note(kb: KnowledgeBase, run: Run) -> None:
    made = run(kb.root, "ask", "Who has the keys?", "--because", "For the drill.")
    place = kb.root / made.out.strip()
    short = place.stem[-4:]
    shown = run(kb.root, "show", short).out
    assert shown.startswith("# Who has the keys?\n\nid: ")
    assert shown.endswith("\n\nFor the drill.\n")
    assert json.loads(run(kb.root, "show", short, "--json").out)["schema"] == "kmkit.records/1"
    assert run(kb.root, "show", short, "--raw").out == place.read_text(encoding="utf-8")

    ran = run(
        kb.root,
        "edit",
        short,
        "--because",
        "Two sets.",
        env=editor("^text: .*", "text: Who has the two keys?"),
    )
    assert ran.code == 0, ran.err
    assert at(kb).records(Question)[0].text == "Who has the two keys?"
    event = at(kb).events()[-1]
    assert (event.move, event.note, event.reason) == ("change", place.stem, "Two sets.")
    assert run(kb.root, "edit", short, env=editor()).err == "Nothing was changed.\n"


@pytest.mark.parametrize(
    ("pattern", "text", "said"),
    [
        ("^by: .*", "by: x", "no e-mail address"),
        ("^id: .*", "id: 20260101-x-aaaa", "stays as it is"),
        ("^text: (.*)", "text: y\nanswered_by: {note}\nanswered_on: 2026-11-21", "by hand"),
        ("^text: (.*)", "textt: y", "Did you mean text?"),
    ],
)
def test_what_no_hand_may_write_is_refused(
    kb: KnowledgeBase, run: Run, pattern: str, text: str, said: str
) -> None:
    note = captured(kb)
    made = run(kb.root, "ask", "Who has the keys?")
    place = kb.root / made.out.strip()
    before = place.read_bytes()
    text = text.replace("{note}", note.id).replace("\n", "\\n")
    ran = run(kb.root, "edit", place.stem[-4:], env=editor(pattern, text))
    assert ran.code == 3
    assert said in ran.err
    assert place.read_bytes() == before
