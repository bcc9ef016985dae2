"""``kmkit actions``: what is owed, by whom, until when."""

import json

import pytest

from kmkit.kb import KnowledgeBase
from tests.conftest import BEN, Run, captured, disseminated


@pytest.fixture
def owed(kb: KnowledgeBase, run: Run) -> str:
    """Two planned uses of one lesson; the id of the one that is due first, Ben's."""
    note = disseminated(kb)
    ids = []
    for who, where, due in ((BEN.email, "Coast", "2026-12-01"), ("", "Inland", "2027-06-01")):
        ran = run(
            kb.root, "apply", note.short, "--in", where, "--action", "Sign early",
            "--by", who, "--due", due,
        )  # fmt: skip
        assert ran.code == 0, ran.err
        ids.append(ran.out.strip().rpartition("/")[2].removesuffix(".md"))
    return ids[0]


def test_what_is_owed(kb: KnowledgeBase, run: Run, owed: str) -> None:
    ran = run(kb.root, "actions")
    assert ran.code == 0
    first, second = ran.out.splitlines()[1:]
    assert first.startswith(f"{owed}\tSign early\tCoast\t")
    assert "Inland" in second
    assert "2 actions owed, 0 overdue." in ran.err
    assert "Coast" not in run(kb.root, "actions", "--mine").out
    assert "Inland" not in run(kb.root, "actions", "--mine", who=BEN).out
    assert "Inland" not in run(kb.root, "actions", "--by", "BEN@").out
    assert "Inland" not in run(kb.root, "actions", "--in", "coast").out
    assert run(kb.root, "actions", "--overdue").code == 0


def test_what_is_overdue_fails_in_ci(kb: KnowledgeBase, run: Run, owed: str) -> None:
    ran = run(kb.root, "actions", "--overdue", "--json", today="2026-12-02")
    assert ran.code == 1
    found = json.loads(ran.out)
    assert (found["schema"], len(found["actions"])) == ("kmkit.actions/1", 1)
    assert (found["actions"][0]["id"], found["actions"][0]["overdue"]) == (owed, True)
    ran = run(kb.root, "actions", "--format", "github", today="2026-12-02")
    assert ran.code == 0
    late, early = ran.out.splitlines()
    place = f"file=records/application/{owed}.md,line=9,col=6,title=overdue-action"
    assert late.startswith(f"::error {place}::Coast: Sign early (ben@example.org, was due on 2026-")
    assert early.startswith("::warning ")
    assert "overdue-action" in run(kb.root, "check", "--explain", "overdue-action").out
    for fmt in ("gitlab", "sarif", "junit"):
        assert owed in run(kb.root, "actions", "--format", fmt).out


def test_what_is_done_waits_to_be_verified(kb: KnowledgeBase, run: Run, owed: str) -> None:
    args = ["--changed", "policy.toml", "--outcome", "helped", "--because", "Signed."]
    done = run(kb.root, "apply", owed[-4:], "--done", *args, who=BEN)
    assert done.code == 0, done.err
    assert owed not in run(kb.root, "actions").out
    assert owed in run(kb.root, "actions", "--to-verify").out
    ran = run(kb.root, "apply", owed[-4:], "--verify", "--evidence", "Log", today="2026-12-03")
    assert ran.code == 0, ran.err
    assert owed not in run(kb.root, "actions", "--to-verify").out
    shown = run(kb.root, "show", kb.applications[0].note, today="2026-12-04").out
    assert "learned: yes: It helped in Coast; ana@example.org verified it by Log" in shown
    ran = run(kb.root, "actions", "--learned", "--json", today="2026-12-04")
    (note,) = json.loads(ran.out)["notes"]
    assert (note["learned"], note["since"]) == (True, "2026-12-03")
    assert ran.err.startswith("1 learned, of 1 lesson applied or to be applied.\n")
    assert "\tyes\t2026-12-03\t" in run(kb.root, "actions", "--learned", today="2026-12-04").out


def test_nothing_is_owed_in_a_new_knowledge_base(kb: KnowledgeBase, run: Run) -> None:
    captured(kb)
    ran = run(kb.root, "actions", "--overdue")
    assert (ran.code, ran.err.startswith("Nothing is owed. A lesson to be used: ")) == (0, True)
    verify = run(kb.root, "actions", "--to-verify").err
    assert verify.startswith("Nothing waits to be verified.\n")
