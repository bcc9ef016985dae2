"""Records of any kind: one model, one template, and the rest follows."""

import subprocess
from datetime import date
from pathlib import PurePosixPath
from typing import Literal

import pytest
from pydantic import Field

from kmkit.errors import Refused, UsageError
from kmkit.index.book import Index
from kmkit.index.problems import problems
from kmkit.kb import KnowledgeBase
from kmkit.kb.recording import change, draft, new, put
from kmkit.note.records import KINDS, Question, Record
from kmkit.note.records.base import Email, NoteIds
from tests.audited import audited
from tests.conftest import Run, at, captured
from tests.note_material import rules


class Community(Record):
    """People who meet about one thing: a kind that a newcomer adds."""

    kind: Literal["community"] = Field("community", description="that it is a community")
    name: str = Field(description="what it is called")
    by: Email = Field(description="e-mail of whoever convenes it")
    notes: NoteIds = Field((), description="ids of the notes that it looks after")

    @property
    def title(self) -> str:
        return self.name

    @property
    def who(self) -> str:
        return self.by


TEMPLATE = """---
kind: community
help: people who meet about one thing
x_meets: monthly
---

## What we meet about

<!-- One sentence. -->
"""


@pytest.fixture
def community(kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> str:
    """A kind that has a model and a template, and nothing else."""
    monkeypatch.setitem(KINDS, "community", Community)
    place = kb.root / "templates" / "records" / "community.md.j2"
    place.parent.mkdir(parents=True)
    place.write_text(TEMPLATE, encoding="utf-8")
    return "community"


def test_a_kind_costs_one_model_and_one_template(
    kb: KnowledgeBase, run: Run, community: str
) -> None:
    note = captured(kb)
    made = run(kb.root, "new", community, "--set", "name=Drivers", "--set", f"notes={note.id}")
    assert made.code == 0, made.err
    path = kb.root / made.out.strip()
    text = path.read_text(encoding="utf-8")
    assert "x_meets: monthly\n" in text
    assert text.endswith("## What we meet about\n\n<!-- One sentence. -->\n")
    (record,) = at(kb).records(Community)
    assert (record.name, record.by, record.notes) == ("Drivers", kb.actor.key, (note.id,))
    assert record.name in run(kb.root, "list", "--kind", community).out
    assert run(kb.root, "check").code == 0
    with Index.open(kb.root, today=kb.today) as index:
        assert index.records(community) == (record,)
    event = at(kb).events()[-1]
    assert (event.move, event.note) == ("new", record.id)
    assert kb.git.text("show", "--name-only", "--format=", "HEAD") == made.out.strip()


def test_what_its_template_and_its_files_get_wrong_is_found(
    kb: KnowledgeBase, community: str
) -> None:
    place = kb.root / "records" / community / "x.md"
    place.parent.mkdir(parents=True)
    place.write_text("---\nname: X\nby: ana\nnotes: [y]\nnmae: z\n---\n", encoding="utf-8")
    assert sorted(rules(problems(at(kb)))) == ["bad-email", "broken-link", "unknown-field"]
    found = next(p for p in problems(at(kb)) if p.rule == "bad-email")
    assert (found.line, found.col) == (3, 5)
    template = kb.root / "templates" / "records" / "community.md.j2"
    template.write_text("---\nkind: community\ncolour: red\n---\n", encoding="utf-8")
    assert "bad-template" in rules(problems(at(kb)))
    with pytest.raises(Exception, match="has no field 'colour'"):
        draft(at(kb), community, {"name": "X"})


def test_a_new_record_is_one_commit_of_one_file_with_its_trail(kb: KnowledgeBase) -> None:
    made = new(kb, "question", {"text": "Who has the keys?"}, because="For the drill.")
    assert made.path == PurePosixPath("records/question", f"{made.record.id}.md")
    assert made.record.id.startswith("20261121-who-has-the-keys-")
    (question,) = at(kb).records(Question)
    assert (question.by, question.on, question.level) == (kb.actor.key, kb.today, "internal")
    message = kb.git.text("log", "-1", "--format=%B")
    assert message.startswith("new: Who has the keys?\n\nFor the drill.\n\nKmkit-Record: 2026")
    assert kb.git.text("status", "--porcelain") == ""
    assert audited(kb) == ()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "text is missing"),
        ({"text": "Why?", "on": date(2027, 1, 1)}, "has not come yet"),
        ({"text": "Why?", "level": "public"}, "no level 'public'"),
        ({"text": "Why?", "answered_by": "x"}, "no note 'x'"),
        ({"text": "Why?", "colour": "red"}, "no field 'colour'"),
        ({"text": "Why?", "id": "../../x"}, "cannot name a file"),
    ],
)
def test_what_the_model_refuses_is_refused(
    kb: KnowledgeBase, fields: dict[str, object], said: str
) -> None:
    tip = kb.git.tip()
    with pytest.raises(Refused, match=said):
        new(kb, "question", fields)
    assert kb.git.tip() == tip
    assert not (kb.root / "records").exists()


def test_a_kind_that_is_not_there(kb: KnowledgeBase) -> None:
    with pytest.raises(UsageError, match="no kind of record 'quesion'") as caught:
        new(kb, "quesion", {})
    assert "question" in caught.value.mend


def test_a_record_that_is_there_is_not_written_over(kb: KnowledgeBase) -> None:
    made = new(kb, "person", {"name": "Zoë Ba", "email": "zoe@example.org"})
    assert made.path == PurePosixPath("people/zoe-ba.md")
    again = new(kb, "person", {"name": "Zoe Ba", "email": "other@example.org"})
    assert again.path != made.path
    with pytest.raises(Refused, match="is there already"):
        put(kb, "person", made.data.replace(b"zoe@", b"z@"), path=made.path)
    with pytest.raises(Refused, match="address of Zoë Ba already"):
        new(kb, "person", {"name": "Zed", "email": "ZOE@example.org"})


def test_a_change_keeps_every_other_byte_and_refuses_what_is_not_committed(
    kb: KnowledgeBase,
) -> None:
    made = new(kb, "question", {"text": "Why?"}, "Told by hand.  \n")
    place = kb.root / made.path
    changed = change(kb, made.path, {"level": "domestic"}, move="release")
    assert changed.data == made.data.replace(b"level: internal", b"level: domestic")
    assert place.read_bytes() == changed.data
    with pytest.raises(Refused, match="change nothing"):
        change(kb, made.path, {"level": "domestic"}, move="release")
    place.write_bytes(changed.data + b"More.\n")
    with pytest.raises(Refused, match="not committed"):
        change(kb, made.path, {"level": "internal"}, move="narrow")
    subprocess.run(["git", "commit", "-qam", "By hand"], cwd=kb.root, check=True)
    change(kb, made.path, {"level": "internal"}, move="narrow")
    assert place.read_bytes().endswith(b"More.\n")


def test_a_dry_run_writes_nothing(kb: KnowledgeBase) -> None:
    tip = kb.git.tip()
    dry = KnowledgeBase(kb.root, now=kb.now, actor=kb.actor, dry_run=True)
    assert new(dry, "question", {"text": "Why?"}).commit == ""
    assert (kb.git.tip(), (kb.root / "records").exists()) == (tip, False)
