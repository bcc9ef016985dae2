import json
from datetime import date

from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from tests.conftest import BEN, Run, at, captured, disseminated, validated
from tests.terminal import CONTROLS, on_terminal


def test_an_empty_knowledge_base_says_how_to_begin(kb: KnowledgeBase, run: Run) -> None:
    ran = run(kb.root, "status")
    assert ran.code == 0
    assert "state\tcaptured\t0\t\t\n" in ran.out
    assert "next\tThere are no notes yet.\t\t\tkmkit capture\n" in ran.out


def test_states_gaps_and_what_waits(kb: KnowledgeBase, run: Run) -> None:
    config = kb.root / "kmkit.toml"
    text = config.read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("topics = [")]
    changed = "\n".join(lines).replace("[critical]", '[critical]\ntopics = ["fuel", "boats"]')
    config.write_text(changed, "utf-8")
    validated(kb, "Order fuel early", topics=["fuel"])
    waiting = captured(kb, "Boats need crews", topics=["boats"])
    asked = Request(to="ben@example.org", due=date(2026, 12, 1))
    kb.move("ask", waiting, asked)
    disseminated(kb, "Radios")
    ran = run(kb.root, "status", who=BEN)
    assert "state\tvalidated\t1\t2026-11-21\t" in ran.out
    assert "uncovered\tboats\t" in ran.out
    assert "uncovered\tfuel" not in ran.out
    assert f"mine\tasked\t{waiting.id}\t2026-12-01\tkmkit validate {waiting.id[-4:]}\n" in ran.out
    later = run(kb.root, "status", today="2028-01-01")
    assert "stale\toverdue\t1\t" in later.out
    assert "next\tYours, to be reviewed: 1 note.\t\t\tkmkit review\n" in later.out


def test_what_records_owe_is_among_the_next_steps(kb: KnowledgeBase, run: Run) -> None:
    note = disseminated(kb, "Radios")
    late = '{what: "Film the readers", focal_point: ana@example.org, timeline: "9/2026"}'
    asked = ("new", "plan", "--set", "name=2026", "--set", f"actions={late}")
    assert run(kb.root, *asked).code == 0
    use = ("--in", "Coast road", "--action", "Buy radios", "--due", "2026-12-01")
    assert run(kb.root, "apply", note.id, *use).code == 0
    after = run(kb.root, "status", today="2026-12-02").out
    assert "next\t1 lesson to be applied by now.\t\t\tkmkit actions --overdue\n" in after
    assert "next\t1 overdue action of plans.\t\t\tkmkit plan --overdue\n" in after
    assert "kmkit actions --overdue" not in run(kb.root, "status", today="2026-12-01").out


def test_json(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    found = json.loads(run(kb.root, "status", "--json").out)
    assert found["schema"] == "kmkit.status/1"
    assert found["notes"] == 1
    assert found["states"][0]["oldest"]["id"] == note.id


def test_a_broken_note_is_counted_and_named(kb: KnowledgeBase, run: Run) -> None:
    captured(kb, "Good")
    (kb.root / "notes" / "bad.md").write_text("no front matter\n", "utf-8")
    ran = run(kb.root, "status")
    assert ran.code == 0
    assert "notes/bad.md" in ran.err
    assert json.loads(run(kb.root, "status", "--json").out)["with_problems"] == 1


def test_on_a_terminal(kb: KnowledgeBase) -> None:
    note = captured(at(kb, BEN), "[/red] Fuel\u202e\x1b[31m", owner="ana@example.org")
    back = Request(method="peer-review", verdict="return", because="[b]Which year?")
    kb.move("validate", note, back)
    shown = on_terminal(kb.root, "status")
    assert "Test Agency: 1 note" in shown
    assert "[/red] Fuel" in shown
    assert "[b]Which year?" in shown
    assert f"kmkit edit {note.id[-4:]}" in shown
    assert "\u202e" not in shown
    assert not set(CONTROLS) & set(shown)
