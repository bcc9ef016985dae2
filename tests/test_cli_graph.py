"""``kmkit graph``: notes and links for Graphviz and as JSON."""

import json
from pathlib import Path

from kmkit.kb import KnowledgeBase
from kmkit.note.model import Note
from tests.conftest import Run, captured


def chain(kb: KnowledgeBase) -> list[Note]:
    """Four notes, each drawn from the one before, and one by itself."""
    notes = [captured(kb, "Note 0")]
    for number in range(1, 4):
        notes.append(captured(kb, f"Note {number}", derived_from=[notes[-1].id]))
    return [*notes, captured(kb, "Alone", topics=["fuel"])]


def told(run: Run, kb: KnowledgeBase, *args: str) -> tuple[list[str], int]:
    """The titles of the graph, and how many links it has."""
    graph = json.loads(run(kb.root, "graph", "--format", "json", *args).out)
    return sorted(note["title"] for note in graph["notes"]), len(graph["links"])


def test_a_graph_for_graphviz(kb: KnowledgeBase, run: Run) -> None:
    notes = chain(kb)
    ran = run(kb.root, "graph")
    assert ran.out.startswith("digraph kmkit {")
    assert f'"{notes[1].id}" -> "{notes[0].id}" [label="derived from"]' in ran.out
    assert "Alone" not in ran.out
    assert ran.err == "4 notes, 3 links; 1 without any link left out (--all shows them).\n"


def test_which_notes_are_shown(kb: KnowledgeBase, run: Run) -> None:
    notes = chain(kb)
    assert told(run, kb) == (["Note 0", "Note 1", "Note 2", "Note 3"], 3)
    assert told(run, kb, "--all") == (["Alone", "Note 0", "Note 1", "Note 2", "Note 3"], 3)
    assert told(run, kb, notes[0].id) == (["Note 0", "Note 1", "Note 2"], 2)
    assert told(run, kb, notes[0].id, "--depth", "1") == (["Note 0", "Note 1"], 1)
    assert told(run, kb, notes[4].id) == (["Alone"], 0)
    assert told(run, kb, "--topic", "fuel") == ([], 0)
    assert told(run, kb, "--all", "--topic", "fuel") == (["Alone"], 0)


def test_a_file_is_written(kb: KnowledgeBase, run: Run, tmp_path: Path) -> None:
    chain(kb)
    ran = run(kb.root, "graph", "-o", str(tmp_path / "notes.dot"))
    assert ran.out == ""
    assert (tmp_path / "notes.dot").read_text("utf-8").startswith("digraph kmkit {")


def test_two_notes_with_one_id_are_two_in_the_graph(kb: KnowledgeBase, run: Run) -> None:
    note = chain(kb)[1]
    (kb.root / "notes" / "copy.md").write_bytes(note.data)
    graph = json.loads(run(kb.root, "graph", "--format", "json", "--all").out)
    ids = [one["id"] for one in graph["notes"]]
    assert len(set(ids)) == len(ids) == 6


def test_a_depth_needs_a_note(kb: KnowledgeBase, run: Run) -> None:
    ran = run(kb.root, "graph", "--depth", "2")
    assert ran.code == 2
    assert "--depth goes around a note." in ran.err
