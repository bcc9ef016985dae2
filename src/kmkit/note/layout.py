"""Where front matter's fields, their parts and their comments stand in its text."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import yaml

from kmkit.errors import Refused
from kmkit.note.loaded import NULLS
from kmkit.note.yamlread import LOADER

_BREAK = re.compile(r"\r\n|\n|\r|\Z")
HEADER = re.compile(r"[|>][-+0-9]*([ \t]+#[^\r\n]*)?")
"""The first line of a text in lines, and the comment behind it."""


class Entry(NamedTuple):
    """A field, a part of a map or an entry of a list, and where its text stands."""

    name: str
    start: int
    """Of its name; of its value in a list."""
    colon: int
    """Behind the colon; where the value begins in a list."""
    node: Any


class Layout:
    """The text of front matter without flaws, and where its fields stand in it."""

    def __init__(self, text: str, newline: str = "\n") -> None:
        self.text = text
        self.newline = newline
        root: Any = yaml.compose(text, Loader=LOADER)
        if isinstance(root, yaml.MappingNode) and root.flow_style:
            raise Refused("The front matter stands in braces.", "Write one field a line instead.")
        self.entries = self.parts(root) if isinstance(root, yaml.MappingNode) else []

    def parts(self, node: Any) -> list[Entry]:
        """The entries of a map or list."""
        if isinstance(node, yaml.MappingNode):
            return [
                Entry(
                    key.value,
                    key.start_mark.index,
                    self.text.find(":", key.end_mark.index) + 1,
                    value,
                )
                for key, value in node.value
            ]
        return [
            Entry("", value.start_mark.index, value.start_mark.index, value) for value in node.value
        ]

    def end(self, node: Any) -> int:
        """Where the text of a value ends, without comments and blank lines after it."""
        start, end = node.start_mark.index, node.end_mark.index
        if isinstance(node, yaml.ScalarNode):
            if node.style not in ("|", ">"):
                return int(end)
            return int(start + len(self.text[start:end].rstrip(" \t\r\n")))
        if node.flow_style or not node.value:
            return int(end)
        return self.end(self.parts(node)[-1].node)

    def line_start(self, at: int) -> int:
        """Where the line of ``at`` begins."""
        return max(self.text.rfind("\n", 0, at), self.text.rfind("\r", 0, at)) + 1

    def line_end(self, at: int) -> tuple[int, int]:
        """Where the line of ``at`` ends, and where the next one begins."""
        found = _BREAK.search(self.text, at)
        return found.span() if found else (len(self.text), len(self.text))

    def region(self, entry: Entry) -> tuple[int, int]:
        """All lines of a field or entry, with the comment behind it."""
        return self.line_start(entry.start), self.line_end(self.end(entry.node))[1]

    def commented(self, node: Any, start: int, end: int) -> bool:
        """Whether a comment stands between ``start`` and ``end``, around or inside ``node``."""
        at = start
        for leaf in _leaves(node):
            header = HEADER.match(self.text, leaf.start_mark.index) if is_lines(leaf) else None
            if "#" in self.text[at : leaf.start_mark.index] or (header and header[1]):
                return True
            at = leaf.end_mark.index
        return "#" in self.text[at:end]

    def without(self, names: Iterable[str]) -> str:
        """The text without the lines of the fields named."""
        kept, at = [], 0
        for entry in self.entries:
            if entry.name in names:
                start, end = self.region(entry)
                kept.append(self.text[at:start])
                at = end
        return "".join([*kept, self.text[at:]])


def node_value(node: Any) -> Any:
    """What a value reads as, in the way of `load`."""
    if isinstance(node, yaml.ScalarNode):
        return None if not node.style and node.value in NULLS else node.value
    if isinstance(node, yaml.MappingNode):
        return {key.value: node_value(value) for key, value in node.value}
    return [node_value(value) for value in node.value]


def _leaves(node: Any) -> Iterator[Any]:
    """Every scalar inside a value, names included, in the order of the text."""
    if isinstance(node, yaml.ScalarNode):
        yield node
        return
    for part in node.value:
        for inner in part if isinstance(part, tuple) else (part,):
            yield from _leaves(inner)


def is_lines(node: Any) -> bool:
    """Whether a value is a text in lines of its own, after ``|`` or ``>``."""
    return isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")
