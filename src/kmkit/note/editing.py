"""The smallest edits of front matter's text that change a field's value."""

import json
import re
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Any, NamedTuple

import yaml

from kmkit.errors import Refused
from kmkit.note.layout import HEADER, Entry, Layout, is_lines, node_value
from kmkit.note.model import Fields
from kmkit.note.yamltext import (
    field_text,
    inline,
    is_block,
    item,
    part_text,
    parts,
    plain,
    quoted,
    scalar,
)

_COMMA = re.compile(r"[ \t]*,[ \t]*")
_ORDER = tuple(Fields.model_fields)


def rank(name: str) -> int:
    """A field's place in the order of the field table; free fields come last."""
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


class Edit(NamedTuple):
    """Replace the characters from ``start`` to ``end``."""

    start: int
    end: int
    text: str


class Front(Layout):
    """The text of front matter without flaws, and what to change in it."""

    def changed(self, name: str, value: object | None, *, careful: bool) -> str:
        """The text with another value in one field; without care its lines are written anew."""
        entry = next((entry for entry in self.entries if entry.name == name), None)
        if entry is None:
            edits = [] if value is None else [self._inserted(name, value)]
        elif value is None:
            edits = [Edit(*self.region(entry), "")]
        elif careful:
            edits = self._replaced(entry, value)
        else:
            edits = [self._rewritten_field(entry, value)]
        text = self.text
        ordered = sorted(enumerate(edits), key=lambda e: (e[1].start, e[1].end, e[0]))
        for _, edit in reversed(ordered):
            text = text[: edit.start] + edit.text + text[edit.end :]
        return text

    def _inserted(self, name: str, value: object) -> Edit:
        """A new field at its place in the order of the field table, or at the end."""
        earlier = [entry for entry in self.entries if rank(entry.name) < rank(name)]
        at = len(self.text)
        if earlier and name in _ORDER:
            nearest = max(earlier, key=lambda entry: rank(entry.name))
            at = self._after(nearest)
        first = self.entries[0].start if self.entries else 0
        indent = self.text[self.line_start(first) : first]
        return Edit(at, at, field_text(name, value, self.newline, indent))

    def _after(self, entry: Entry) -> int:
        """Where a line may follow a field: blank lines can belong to a text in lines."""
        last = entry.node
        while not isinstance(last, yaml.ScalarNode) and last.value and not last.flow_style:
            last = self.parts(last)[-1].node
        if isinstance(last, yaml.ScalarNode) and last.style in ("|", ">"):
            return max(self.region(entry)[1], self.line_start(last.end_mark.index))
        return self.region(entry)[1]

    def _rewritten_field(self, entry: Entry, value: object) -> Edit:
        start, end = self.region(entry)
        if self.commented(entry.node, entry.colon, end):
            raise Refused(
                f"A comment stands inside '{entry.name}'.", "Move it above the field first."
            )
        indent = self.text[start : entry.start]
        return Edit(start, end, field_text(entry.name, value, self.newline, indent))

    def _replaced(self, entry: Entry, value: object, *, flow: bool = False) -> list[Edit]:
        """Another value in the place of an entry's, with as little change as can be."""
        node = entry.node
        if isinstance(node, yaml.SequenceNode) and node.value and isinstance(plain(value), list):
            return self._list_edits(entry, value, flow=flow)
        if isinstance(node, yaml.MappingNode) and node.value and isinstance(plain(value), dict):
            return self._map_edits(entry, value, flow=flow)
        if isinstance(value, list | tuple) and is_block(value) and entry.name and not flow:
            return self._opened(entry, value)
        text = inline(value) if flow else _one_line(value, node)
        if flow and isinstance(value, str) and getattr(node, "style", None) in ("'", '"'):
            text = quoted(value)
        return [self._rewritten(entry, text)]

    def _rewritten(self, entry: Entry, text: str) -> Edit:
        """One line in the place of a value."""
        node = entry.node
        start, end = node.start_mark.index, self.end(node)
        block = not isinstance(node, yaml.ScalarNode) and not node.flow_style
        if block and entry.name:
            return Edit(entry.colon, end, f" {text}")
        blank = start == end and self.text[start - 1 : start] not in (" ", "\t")
        found = HEADER.match(self.text, start) if is_lines(node) else None
        return Edit(start, end, (" " if blank else "") + text + ((found and found[1]) or ""))

    def _opened(self, entry: Entry, value: list[Any] | tuple[Any, ...]) -> list[Edit]:
        """A list with one entry a line below a name that had none, or a value beside it."""
        node = entry.node
        end = self.end(node)
        indent = " " * (entry.start - self.line_start(entry.start))
        lines = "".join(f"{self.newline}{indent}  - {item(part)}" for part in value)
        if is_lines(node) or (node.start_mark.index != end and not _single(node)):
            return [Edit(entry.colon, end, lines)]
        line_end = self.line_end(end)[0]
        return [Edit(entry.colon, end, ""), Edit(line_end, line_end, lines)]

    def _list_edits(self, entry: Entry, value: Any, *, flow: bool) -> list[Edit]:
        """Entries of a list that changed; the others stay as they are written."""
        node = entry.node
        flow = flow or bool(node.flow_style)
        old, new = self.parts(node), list(value)
        if flow and not self.commented(node, node.start_mark.index, self.end(node)):
            kept = [node_value(part.node) for part in old]
            if [plain(part) for part in new[: len(kept)]] != kept:
                return [self._rewritten(entry, inline(value))]
        if not new and not flow:
            return [self._rewritten(entry, "[]")]
        edits: list[Edit] = []
        before = [_mark(node_value(part.node)) for part in old]
        after = [_mark(plain(part)) for part in new]
        matcher = SequenceMatcher(None, before, after, autojunk=False)
        for tag, i1, i2, j1, j2 in matcher.get_opcodes():
            if tag == "equal":
                continue
            both = min(i2 - i1, j2 - j1)
            for part, wanted in zip(old[i1 : i1 + both], new[j1 : j1 + both], strict=True):
                edits += self._replaced(part, wanted, flow=flow)
            last = i2 == len(old)
            edits += [self._removed(old, at, last, flow=flow) for at in range(i1 + both, i2)]
            if added := new[j1 + both : j2]:
                edits.append(self._added(entry, i1 + both, added, flow=flow))
        return edits

    def _added(self, entry: Entry, at: int, added: list[Any], *, flow: bool) -> Edit:
        """New entries before the ``at``-th old one."""
        node, old = entry.node, self.parts(entry.node)
        if flow:
            if at == 0:
                place = old[0].start
                return Edit(place, place, "".join(f"{inline(part)}, " for part in added))
            place = self.end(old[at - 1].node)
            return Edit(place, place, "".join(f", {inline(part)}" for part in added))
        dash = node.start_mark.index
        line = self.line_start(dash)
        place = self._after(old[at - 1]) if at else line
        gap = self.text[dash + 1 : old[0].start]
        start = self.text[line:dash] + "-" + (gap if gap.strip(" ") == "" and gap else " ")
        return Edit(place, place, "".join(start + item(part) + self.newline for part in added))

    def _removed(self, old: list[Entry], at: int, last: bool, *, flow: bool) -> Edit:
        """An entry or part gone: its lines, or what stands up to the next comma.

        Where none follows it, the comment above it goes along: it would be left outside the field.
        """
        entry = old[at]
        if not flow:
            start, end = self.region(entry)
            return Edit(self._after(old[at - 1]) if last and at else start, end, "")
        end = self.end(entry.node)
        found = _COMMA.match(self.text, end)
        return Edit(entry.start, found.end() if found else end, "")

    def _map_edits(self, entry: Entry, value: Any, *, flow: bool) -> list[Edit]:
        """Parts of a map that changed; the others stay as they are written."""
        node, wanted = entry.node, parts(value)
        flow = flow or bool(node.flow_style)
        old = self.parts(node)
        names = {part.name for part in old}
        gone = sum(1 for _ in takewhile(lambda part: part.name not in wanted, old))
        commented = self.commented(node, node.start_mark.index, self.end(node))
        if gone == len(old) or (flow and not commented and not names <= set(wanted)):
            return [self._rewritten(entry, inline(value))]
        edits: list[Edit] = []
        if gone and not entry.name and not flow:  # what follows moves up behind the dash
            edits.append(Edit(old[0].start, old[gone].start, ""))
            old = old[gone:]
        for at, part in enumerate(old):
            if part.name not in wanted:
                last = not any(later.name in wanted for later in old[at:])
                edits.append(self._removed(old, at, last, flow=flow))
            elif plain(wanted[part.name]) != node_value(part.node):
                edits += self._replaced(part, wanted[part.name], flow=flow)
        added = [part_text(*part) for part in wanted.items() if part[0] not in names]
        if added and flow:
            place = self.end(old[-1].node)
            edits.append(Edit(place, place, "".join(f", {text}" for text in added)))
        elif added:
            indent = " " * (old[0].start - self.line_start(old[0].start))
            place = self._after(old[-1])
            text = "".join(indent + line + self.newline for line in added)
            edits.append(Edit(place, place, text))
        return edits


def _single(node: Any) -> bool:
    return bool(node.start_mark.line == node.end_mark.line)


def _one_line(value: object, node: Any) -> str:
    """A field's value on its line, in the quotation marks that the old one had."""
    if isinstance(value, str):
        return scalar(value, getattr(node, "style", None))
    return inline(value)


def _mark(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
