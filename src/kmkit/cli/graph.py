"""``kmkit graph``: the notes and what they point to, for Graphviz or as JSON."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.completing import complete_note
from kmkit.cli.filters import filtered
from kmkit.cli.formats import OutputFile, deliver, many
from kmkit.cli.options import open_index
from kmkit.cli.screen import say
from kmkit.errors import UsageError
from kmkit.index.choosing.filters import Filter

if TYPE_CHECKING:
    from collections.abc import Collection

    from kmkit.index.book import Index
    from kmkit.index.listed import Listed
    from kmkit.views.graph import Edge, Node

_DEPTH = 2


class Format(StrEnum):
    """How a graph can be written."""

    DOT = "dot"
    JSON = "json"


@filtered()
def command(
    ctx: typer.Context,
    asked: Filter,
    note: Annotated[
        str,
        typer.Argument(
            metavar="[NOTE]", help="only what is linked with it", autocompletion=complete_note
        ),
    ] = "",
    depth: Annotated[
        int | None,
        typer.Option("--depth", metavar="N", min=1, help="so many links around NOTE; else 2"),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="notes without any link too")] = False,
    fmt: Annotated[Format, typer.Option("--format", help="for Graphviz, or for programs")] = (
        Format.DOT
    ),
    output: OutputFile = None,
) -> None:
    """Write the notes and their links as a graph.

    Links are those of the fields (derived from, translation of, supersedes, repeats) and those in
    the text. To see it: `kmkit graph | dot -Tsvg > notes.svg`, with Graphviz installed.
    """
    if depth and not note:
        raise UsageError("--depth goes around a note.", "Name the NOTE, or leave --depth out.")
    with open_index(ctx) as index:
        centre = index.resolve(note).n if note else 0
        numbers = _numbers(index, asked, centre, depth or _DEPTH)
        nodes, edges, bare = _graph(index, numbers, centre, every=every)
    from kmkit.views.graph import as_dot, as_json

    name = nodes[centre].name if centre else ""
    write = as_dot if fmt is Format.DOT else as_json
    deliver(write(nodes.values(), edges, centre=name), output)
    left = f"; {bare} without any link left out (--all shows them)" if bare else ""
    say(f"{many(len(nodes), 'note')}, {many(len(edges), 'link')}{left}.")


def _numbers(index: "Index", asked: Filter, centre: int, depth: int) -> set[int]:
    """The rows of the notes that are asked for."""
    from kmkit.index.choosing.conditions import where
    from kmkit.index.nearby.links import around

    numbers = set(index.numbers(*where(asked, index)))
    return numbers & around(index, centre, depth) | {centre} if centre else numbers


def _graph(
    index: "Index", numbers: "Collection[int]", centre: int, *, every: bool
) -> "tuple[dict[int, Node], list[Edge], int]":
    """The notes by row, their links, and how many notes are left out as they have none."""
    from kmkit.index.nearby.links import all_links, listed_by
    from kmkit.views.graph import Edge

    links = [link for link in all_links(index) if link.n in numbers and link.to in numbers]
    linked = {end for link in links for end in (link.n, link.to)} | {centre} - {0}
    shown = numbers if every else linked
    nodes: dict[int, Node] = {}
    taken: set[str] = set()
    for n, listed in listed_by(index, shown).items():
        nodes[n] = _node(listed, taken)
        taken.add(nodes[n].name)
    edges = [Edge(nodes[link.n].name, link.field, nodes[link.to].name) for link in links]
    return nodes, edges, len(numbers) - len(shown)


def _node(listed: "Listed", taken: set[str]) -> "Node":
    """A note of the graph; of two with one id the second goes by its path."""
    from kmkit.views.graph import Node

    card = listed.card
    name = card.path if card.id in taken else card.id
    return Node(name, card.path, card.title, card.kind, listed.state, listed.standing, card.topics)
