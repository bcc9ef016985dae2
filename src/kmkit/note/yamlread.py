"""Front matter's YAML read strictly: what cannot be read for certain is a flaw with a place.

It is read from YAML's events. Every scalar is text: that ``no`` is a word and ``2026-11-20`` a date
is decided by the field table alone.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from kmkit.note.loaded import MAX_FLAWS, MAX_FRONT, NULLS, Loaded, Where, unwanted
from kmkit.note.problem import Flaw, Place

MAX_DEPTH = 8
"""Lists and maps may stand this deep inside one another."""

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where PyYAML was built with it."""

_BREAK = re.compile(r"\r\n|\n|\r")

_PLAIN_WORDS = (
    (
        "mapping values are not allowed",
        "A second ': ' stands in this line.",
        "Put the value in quotes.",
    ),
    ("found character '\\t'", "A tab stands where YAML wants blanks.", "Indent with blanks."),
    (
        "that cannot start any token",
        "A value cannot begin with this character.",
        "Put the value in quotes.",
    ),
    ("while scanning a quoted scalar", "A quotation mark is opened and not closed.", "Close it."),
    (
        "while parsing a flow sequence",
        "A '[' is opened and not closed, or a comma is missing.",
        "Mend the list, or put text that begins with '[' in quotes.",
    ),
    (
        "while parsing a flow mapping",
        "A '{' is opened and not closed, or a comma is missing.",
        "Mend it, or put text inside the braces in quotes.",
    ),
    (
        "could not find expected ':'",
        "A line without 'name:' stands here.",
        "Write 'name: value', or put text of several lines in quotes.",
    ),
    (
        "did not find expected key",
        "This line does not fit the lines above it.",
        "Check its indentation and quotation marks.",
    ),
    (
        "did not find expected '-' indicator",
        "This line does not fit the list above it.",
        "Check its indentation.",
    ),
    ("found undefined tag handle", "A value cannot begin with '!'.", "Put the value in quotes."),
    (
        "<document start>",
        "Something that is not a field stands here.",
        "Write only lines 'name: value'.",
    ),
    (
        "did not find expected alphabetic",
        "A value cannot begin with '*' or '&'.",
        "Put the value in quotes.",
    ),
)
"""What libyaml says, what it means, and what to do."""


def load(front: str, *, first_line: int = 1) -> Loaded:
    """Read front matter; a field that has a flaw inside, or stands twice, is left out.

    Where the YAML itself is broken no value is returned: nobody knows what was meant.
    """
    if len(front) > MAX_FRONT or len(front.encode("utf-8", "surrogatepass")) > MAX_FRONT:
        message = f"The front matter is larger than {MAX_FRONT // 1024} KiB and was not read."
        mend = "Move long text below the second '---'."
        flaws = [Flaw(first_line, 1, "too-large", message, mend)]
        return Loaded({}, flaws, lambda: Where({}, {}))
    clean, flaws = _without_unwanted(front, first_line)
    builder = _Builder(yaml.parse(clean, Loader=LOADER), first_line, flaws)
    where = Where(builder.places, builder.names)
    try:
        builder.document()
    except _StoppedError:
        pass
    except yaml.YAMLError as error:
        flaws.append(_syntax_flaw(error, clean, first_line))
        return Loaded({}, flaws[:MAX_FLAWS], lambda: where)
    values = {name: value for name, value in builder.values.items() if name not in builder.bad}
    return Loaded(values, flaws[:MAX_FLAWS], lambda: where)


def _without_unwanted(front: str, first_line: int) -> tuple[str, list[Flaw]]:
    """The text with a blank for each character that YAML must not see, so that places stay."""
    flaws = []
    for found in list(unwanted().finditer(front))[:MAX_FLAWS]:
        above = front[: found.start()]
        breaks = list(_BREAK.finditer(above))
        col = len(above) - (breaks[-1].end() if breaks else 0) + 1
        message = f"An invisible control character (U+{ord(found[0]):04X}) stands here."
        mend = "Delete it; inside double quotes it can be written as an escape such as \\n."
        flaws.append(Flaw(first_line + len(breaks), col, "control-character", message, mend))
    return (unwanted().sub(" ", front) if flaws else front), flaws


def _shown(word: str) -> str:
    return f"'{word}'" if len(word) <= 40 else f"'{word[:39]}…'"


class _StoppedError(Exception):
    """Nothing further can be read; what was read so far stands."""


class _Builder:
    """Builds values and places from YAML's events, one event at a time."""

    def __init__(self, events: Iterator[Any], first_line: int, flaws: list[Flaw]) -> None:
        self.events = events
        self.first_line = first_line
        self.flaws = flaws
        self.values: dict[str, Any] = {}
        self.places: dict[str, Place] = {}
        self.names: dict[str, Place] = {}
        self.bad: set[str] = set()
        self.field = ""

    def flaw(self, event: Any, rule: str, message: str, mend: str) -> None:
        """Note a flaw where ``event`` begins."""
        self.flaws.append(Flaw(*self.place(event), rule, message, mend))

    def place(self, event: Any) -> Place:
        """Where ``event`` begins in the file."""
        mark = event.start_mark
        return Place(mark.line + self.first_line, mark.column + 1)

    def spoil(self) -> None:
        """The field being read is not to be trusted."""
        if self.field:
            self.bad.add(self.field)

    def document(self) -> None:
        """Read the one document that front matter is."""
        started = False
        for event in self.events:
            kind = type(event)
            if kind is yaml.DocumentStartEvent:
                if started:
                    message = "Front matter is one YAML document; another one begins here."
                    self.flaw(event, "yaml-syntax", message, "Delete this line.")
                    raise _StoppedError
                if event.version or event.tags:
                    message = "A '%' line has no place in front matter."
                    self.flaw(event, "yaml-syntax", message, "Delete it.")
                started = True
            elif kind is yaml.MappingStartEvent:
                self.properties(event)
                self.mapping("", 1, self.values)
            elif kind in (yaml.ScalarEvent, yaml.SequenceStartEvent, yaml.AliasEvent):
                what = "a list" if kind is yaml.SequenceStartEvent else "text"
                message = f"The front matter is {what}, but must be fields: 'name: value' lines."
                self.flaw(event, "not-a-mapping", message, "Write one field a line.")
                raise _StoppedError

    def properties(self, event: Any) -> None:
        """Anchors and tags are flaws."""
        if event.anchor is not None:
            message = f"{_shown('&' + event.anchor)} is a YAML anchor, which notes do not use."
            self.flaw(event, "anchor", message, "Delete it, or put the value in quotes.")
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!", 1)
            message = f"{_shown(tag)} is a YAML tag, which notes do not use."
            self.flaw(event, "tag", message, "Delete it, or put the value in quotes.")

    def node(self, event: Any, path: str, depth: int) -> Any:
        """The value that begins with ``event``."""
        kind = type(event)
        if path:
            self.places[path] = self.place(event)
        if kind is yaml.AliasEvent:
            message = f"{_shown('*' + event.anchor)} is a YAML alias, which notes do not use."
            self.flaw(event, "alias", message, "Write the value itself, or put it in quotes.")
            self.spoil()
            return None
        if event.anchor is not None or event.tag is not None:
            self.properties(event)
        if kind is yaml.ScalarEvent:
            value: str = event.value
            return None if not event.style and value in NULLS else value
        if depth >= MAX_DEPTH:
            message = f"Lists and maps stand more than {MAX_DEPTH} deep inside one another here."
            self.flaw(event, "too-deep", message, "Make it flatter.")
            self.spoil()
            raise _StoppedError
        if kind is yaml.MappingStartEvent:
            values: dict[str, Any] = {}
            self.mapping(path, depth + 1, values)
            return values
        return self.sequence(path, depth + 1)

    def sequence(self, path: str, depth: int) -> list[Any]:
        """A list up to its end."""
        items: list[Any] = []
        while type(event := next(self.events)) is not yaml.SequenceEndEvent:
            items.append(self.node(event, f"{path}.{len(items)}" if path else "", depth))
        return items

    def mapping(self, path: str, depth: int, values: dict[str, Any]) -> None:
        """A map up to its end, into ``values``."""
        while type(event := next(self.events)) is not yaml.MappingEndEvent:
            name = self.key(event, depth)
            if depth == 1:
                self.field = name or ""
            inner = f"{path}.{name}" if path else name
            if name is None or inner is None:
                self.spoil()
                self.node(next(self.events), "", depth)
            elif name in values:
                message = f"{_shown(name)} stands here a second time"
                if inner in self.names:
                    message += f"; the first is in line {self.names[inner].line}"
                mend = "Keep one of the two and delete the other."
                self.flaw(event, "duplicate-key", f"{message}.", mend)
                self.spoil()
                self.node(next(self.events), "", depth)
            else:
                values[name] = None
                self.names[inner] = self.place(event)
                values[name] = self.node(next(self.events), inner, depth)

    def key(self, event: Any, depth: int) -> str | None:
        """The name of a field, or None where it is not one."""
        if type(event) is not yaml.ScalarEvent:
            message, mend = "A field's name must be a word.", "Write 'name: value'."
            self.flaw(event, "yaml-syntax", message, mend)
            self.node(event, "", depth)
            return None
        if event.anchor is not None or event.tag is not None:
            self.properties(event)
        name: str = event.value
        if not event.style and name == "<<":
            message = "'<<' is a YAML merge key, which notes do not use."
            self.flaw(event, "merge-key", message, "Write the fields themselves.")
            return None
        if name == "":
            self.flaw(event, "yaml-syntax", "A field without a name.", "Write 'name: value'.")
            return None
        return name


def _syntax_flaw(error: yaml.YAMLError, front: str, first_line: int) -> Flaw:
    """What libyaml says, in plain words."""
    mark = getattr(error, "problem_mark", None)
    context, problem = (getattr(error, name, None) or "" for name in ("context", "problem"))
    if mark and front[mark.index : mark.index + 1] == "\t":
        problem = "found character '\\t'"
    elif context.startswith("while scanning"):
        mark = getattr(error, "context_mark", None) or mark  # where the word begins
    place = Place(mark.line + first_line, mark.column + 1) if mark else Place(first_line, 1)
    for needle, message, mend in _PLAIN_WORDS:
        if needle in problem or needle in context:
            return Flaw(*place, "yaml-syntax", message, mend)
    detail = problem or context or "it cannot be parsed"
    message = f"The front matter is not valid YAML here: {detail}."
    return Flaw(*place, "yaml-syntax", message, "Check quotation marks, brackets and indentation.")
