"""The strict handler for python-frontmatter: files read and written by its way of working."""

import re
from typing import Any

from frontmatter.default_handlers import BaseHandler

from kmkit.errors import Cannot
from kmkit.note.frontmatter import load, split
from kmkit.note.problem import Flaw
from kmkit.note.yamltext import field_text

_OPEN = re.compile(r"---[ \t]*(\r\n|\n|\r|\Z)")


class FrontMatterError(Cannot):
    """Front matter that is read strictly has flaws."""

    def __init__(self, flaws: list[Flaw]) -> None:
        first = flaws[0]
        super().__init__(f"line {first.line}, column {first.col}: {first.message}", first.mend)
        self.flaws = flaws


class Handler(BaseHandler):
    """Makes ``frontmatter.loads(text, handler=Handler())`` read as strictly as kmkit does.

    python-frontmatter strips the text before it asks a handler, and the body after it;
    `kmkit.note.file.read`, which must keep every byte and tell every place, calls `split` and
    `load` itself. New files are written through it (`kmkit.note.file.compose`).
    """

    FM_BOUNDARY = re.compile(r"^---[ \t]*$", re.MULTILINE)
    START_DELIMITER = END_DELIMITER = "---"

    def detect(self, text: str) -> bool:
        """Whether the text begins with front matter."""
        return _OPEN.match(text.removeprefix("\ufeff")) is not None

    def split(self, text: str) -> tuple[str, str]:
        """Front matter and body; raise FrontMatterError where they cannot be told apart."""
        document, flaws = split(text)
        if flaws:
            raise FrontMatterError(flaws)
        return document.front, document.body

    def load(self, fm: str) -> dict[str, Any]:
        """The fields; raise FrontMatterError where there is any doubt."""
        loaded = load(fm, first_line=2)
        if loaded.flaws:
            raise FrontMatterError(loaded.flaws)
        return loaded.values

    def export(self, metadata: dict[str, object], **_: object) -> str:
        """The fields as YAML that reads the same in every tool."""
        return "".join(field_text(name, value) for name, value in metadata.items()).rstrip("\n")
