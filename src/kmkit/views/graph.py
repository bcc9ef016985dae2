"""Notes and what they point to, as a graph: for Graphviz, and as JSON."""

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kmkit.lifecycle.states import State
from kmkit.text import one_line
from kmkit.views.listing import escaped
from kmkit.views.words import wrap

_WIDTH = 26
_COLOURS = {
    State.CAPTURED: "#fff4cc",
    State.VALIDATED: "#dbe9fb",
    State.FORMATTED: "#d3f0ee",
    State.DISSEMINATED: "#dcf3d9",
    State.MAINTAINED: "#bfe6ba",
    State.RETIRED: "#e6e6e6",
}
_LINES = {
    "link": "dashed",
    "translation_of": "dotted",
    "supersedes": "bold",
    "superseded_by": "bold",
}
_BACK = {"superseded_by": "supersedes"}
"""Fields that say of the one note what another field says of the other."""
_HEAD = """\
  graph [rankdir=LR, charset="UTF-8", fontname="sans-serif", ranksep=0.8];
  node [shape=box, style="rounded,filled", fontname="sans-serif", fontsize=10, color="#555555"];
  edge [fontname="sans-serif", fontsize=9, color="#555555"];
"""


class Node(NamedTuple):
    """A note in the graph."""

    name: str
    """Its id, or its path: different for each."""
    path: str
    title: str
    kind: str
    state: str
    standing: str
    """The state in words, with 'being revised' and 'overdue'."""
    topics: tuple[str, ...]


class Edge(NamedTuple):
    """One note points to another; both by name."""

    of: str
    field: str
    to: str


def as_dot(nodes: Iterable[Node], edges: Sequence[Edge], *, centre: str = "") -> str:
    """The graph in Graphviz's language; ``centre`` names the note that it is drawn around."""
    told = {(edge.of, edge.field, edge.to) for edge in edges}
    lines = [_node(node, thick=node.name == centre) for node in nodes]
    for edge in edges:
        twin = (edge.to, _BACK.get(edge.field), edge.of)
        if twin not in told:
            lines.append(_edge(edge))
    return f"digraph kmkit {{\n{_HEAD}{''.join(lines)}}}\n"


def _node(node: Node, *, thick: bool) -> str:
    title = wrap(one_line(node.title), width=_WIDTH)
    label = f"{title}\n{node.kind or 'no kind'}, {node.standing or 'no state'}"
    colour = _COLOURS.get(State(node.state)) if node.state in set(State) else None
    said = {
        "label": _label(label),
        "tooltip": _label("\n".join((node.name, *node.topics))),
        "fillcolor": _quoted(colour or "#ffffff"),
        "penwidth": "2.5" if thick else "",
    }
    return f"  {_quoted(node.name)} [{_attributes(said)}];\n"


def _edge(edge: Edge) -> str:
    back = _BACK.get(edge.field)
    of, to = (edge.to, edge.of) if back else (edge.of, edge.to)
    field = back or edge.field
    words = "" if field == "link" else field.replace("_", " ")
    said = {"label": _label(words) if words else "", "style": _LINES.get(field, "")}
    return f"  {_quoted(of)} -> {_quoted(to)} [{_attributes(said)}];\n"


def _attributes(said: dict[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in said.items() if value)


def _quoted(text: str) -> str:
    """A name or a value as Graphviz reads it back."""
    return '"{}"'.format(one_line(text).replace("\\", "\\\\").replace('"', '\\"'))


def _label(text: str) -> str:
    """Text as Graphviz draws it letter for letter: it knows escapes and HTML's names in labels."""
    lines = (one_line(line).replace("&", "&amp;") for line in text.split("\n"))
    return '"{}"'.format(
        r"\n".join(line.replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    )


def as_json(nodes: Iterable[Node], edges: Iterable[Edge], *, centre: str = "") -> str:
    """The graph as ``kmkit.graph/1``."""
    value = {
        "schema": "kmkit.graph/1",
        "around": centre or None,
        "notes": [
            {
                "id": node.name,
                "path": node.path,
                "title": node.title,
                "kind": node.kind,
                "state": node.state,
                "topics": list(node.topics),
            }
            for node in nodes
        ],
        "links": [{"from": edge.of, "field": edge.field, "to": edge.to} for edge in edges],
    }
    return escaped(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
