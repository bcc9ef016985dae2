"""``kmkit index``: what listings and searches answer from, brought up ahead."""

import json
import shutil
from pathlib import Path

from kmkit.kb import KnowledgeBase
from kmkit.kb.applying import apply
from tests.conftest import Run, captured, disseminated


def test_it_says_what_it_holds_and_where(kb: KnowledgeBase, run: Run) -> None:
    note = disseminated(kb)
    captured(kb, "Another")
    apply(kb, note, where="The north", outcome="helped", because="It came in time.")
    ran = run(kb.root, "index")
    assert ran.code == 0
    rows = dict(line.split("\t") for line in ran.out.splitlines())
    size = rows.pop("size")
    place = Path(rows.pop("kept in"))
    assert rows == {"notes": "2", "people": "0", "applications": "1", "steps of the trail": "6"}
    assert size.endswith(("kB", "MB"))
    assert place.parent == kb.root / ".git" / "kmkit"
    assert place.is_file()
    assert ran.err.startswith("2 notes in ")


def test_all_of_it_is_there_afterwards(kb: KnowledgeBase, run: Run) -> None:
    captured(kb)
    assert run(kb.root, "index").code == 0
    own = kb.root / ".git" / "kmkit"
    before = {path: path.read_bytes() for path in own.rglob("*") if path.is_file()}
    assert run(kb.root, "search", "fuel").code == 0
    assert run(kb.root, "log", next(iter(kb.ids))).code == 0
    after = {path: path.read_bytes() for path in own.rglob("*") if path.is_file()}
    assert after == before


def test_rebuilt(kb: KnowledgeBase, run: Run) -> None:
    captured(kb)
    assert run(kb.root, "index").code == 0
    own = kb.root / ".git" / "kmkit"
    texts = {path.name for path in own.iterdir() if path.is_dir()}
    assert run(kb.root, "index", "--rebuild").code == 0
    assert texts
    assert not texts & {path.name for path in own.iterdir() if path.is_dir()}
    assert run(kb.root, "list").out.count("Order fuel early") == 1


def test_json(kb: KnowledgeBase, run: Run) -> None:
    captured(kb)
    found = json.loads(run(kb.root, "index", "--json").out)
    assert found.pop("seconds") > 0
    assert found.pop("size") > 0
    assert Path(found.pop("place")).is_file()
    assert found == {"schema": "kmkit.index/1", "notes": 1, "people": 0, "uses": 0, "steps": 1}


def test_where_none_can_be_kept(kb: KnowledgeBase, run: Run) -> None:
    captured(kb)
    shutil.rmtree(kb.root / ".git" / "kmkit", ignore_errors=True)
    (kb.root / ".git" / "kmkit").write_text("in the way")
    ran = run(kb.root, "index", "--json")
    assert ran.code == 0
    found = json.loads(ran.out)
    assert (found["notes"], found["place"], found["size"]) == (1, None, None)
    ran = run(kb.root, "index")
    assert ran.code == 0
    assert "It cannot be kept here" in ran.err


def test_without_a_knowledge_base(run: Run, tmp_path: Path) -> None:
    assert run(tmp_path, "index").code == 4
