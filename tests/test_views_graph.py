import json
import shutil
import subprocess

import pytest

from kmkit.views.graph import Edge, Node, as_dot, as_json

HOSTILE = [
    'He said "stop" \\ then \\n left\\',
    "R&amp;D & <b>bold</b> </script>",
    "two\nlines\r\n\tand a tab",
    "\u202egnp.exe\u2066\x1b[31m red \x00",
    "]; } digraph evil { a -> b",
    "ការព្រមាន 水灾预警 تحذير قبل الفيضان " * 4,
    "\\N \\G \\L {a|b} %s",
    "",
]


def node(name: str, title: str = "A title", state: str = "validated") -> Node:
    return Node(name, f"notes/{name}.md", title, "lesson", state, state, ("fuel",))


def test_a_graph_as_json() -> None:
    edges = [Edge("a", "derived_from", "b")]
    told = json.loads(as_json([node("a"), node("b", state="odd")], edges, centre="a"))
    assert told["schema"] == "kmkit.graph/1"
    assert told["around"] == "a"
    assert told["notes"][0] == {
        "id": "a",
        "path": "notes/a.md",
        "title": "A title",
        "kind": "lesson",
        "state": "validated",
        "topics": ["fuel"],
    }
    assert told["links"] == [{"from": "a", "field": "derived_from", "to": "b"}]


def test_two_fields_that_say_one_thing_are_one_line() -> None:
    both = [Edge("new", "supersedes", "old"), Edge("old", "superseded_by", "new")]
    line = '"new" -> "old" [label="supersedes", style=bold];'
    assert as_dot([node("new"), node("old")], both).count("->") == 1
    assert line in as_dot([], both)
    assert line in as_dot([], both[1:])


def test_the_note_in_the_middle_has_a_thick_line() -> None:
    lines = as_dot([node("a"), node("b")], [], centre="b").splitlines()
    assert ["penwidth" in line for line in lines if "tooltip" in line] == [False, True]


def test_no_title_breaks_out_of_its_label() -> None:
    for title in HOSTILE:
        text = as_dot([node("a", title)], [])
        (line,) = (line for line in text.split("\n") if "tooltip" in line)
        assert line.startswith('  "a" [label="')
        assert line.endswith('fillcolor="#dbe9fb"];')
        assert not {"\u202e", "\u2066", "\x1b", "\x00"} & set(text)


@pytest.mark.skipif(not shutil.which("dot"), reason="Graphviz is not installed")
def test_graphviz_draws_titles_letter_for_letter() -> None:
    nodes = [node(f"n{number}", title) for number, title in enumerate(HOSTILE)]
    nodes.append(node('20260101-"x"\\', "Odd name"))
    edges = [Edge("n0", "link", '20260101-"x"\\'), Edge("n1", "superseded_by", "n2")]
    done = subprocess.run(
        ["dot", "-Tjson"], input=as_dot(nodes, edges).encode(), capture_output=True, check=True
    )
    assert done.stderr == b""
    drawn = json.loads(done.stdout)
    labels = {one["name"]: _drawn(one) for one in drawn["objects"]}
    assert len(labels) == len(nodes)
    assert labels["n0"].startswith('He said "stop" \\ then \\n left\\')
    assert labels["n1"].startswith("R&amp;D & <b>bold</b> </script>")
    assert labels["n6"].startswith("\\N \\G \\L {a|b} %s")
    assert len(drawn["edges"]) == 2


def _drawn(one: dict[str, list[dict[str, str]]]) -> str:
    return " ".join(part["text"] for part in one["_ldraw_"] if part["op"] == "T")
