"""The template of a kind of record: what a new one begins with, and what is asked in it."""

from pathlib import Path
from typing import Any, NamedTuple

from kmkit.errors import Cannot
from kmkit.note.frontmatter import decoded, load, split
from kmkit.note.problem import Flaw
from kmkit.note.records.kinds import KINDS
from kmkit.places import read_plain
from kmkit.resources import template

_OWN = ("kind", "help")
"""What a template says of itself; the rest of its front matter goes into each new record."""


class Template(NamedTuple):
    """What a new record of a kind begins with."""

    help: str
    """What such a record is."""
    defaults: dict[str, Any]
    """Fields, as text, lists and maps."""
    body: str
    """What stands below the front matter: headings, and guidance in comments."""


def load_template(kind: str, kb: Path | None) -> Template:
    """The template of a kind of record, the knowledge base's own before the shipped one.

    Cannot where it is damaged.
    """
    path = template(f"records/{kind}.md.j2", kb)
    try:
        text, flaws = decoded(read_plain(path))
    except OSError as error:
        raise Cannot(f"{path} cannot be read: {error.strerror}.") from None
    document, cuts = split(text)
    loaded = load(document.front, first_line=document.front_line)
    known = {info.alias or name for name, info in KINDS[kind].model_fields.items()}
    for flaw in (*flaws, *cuts, *loaded.flaws):
        raise _damaged(path, flaw)
    if loaded.values.get("kind") != kind:
        raise _damaged(path, Flaw(2, 1, "bad-value", f"It does not say 'kind: {kind}'.", "Add it."))
    defaults = {name: value for name, value in loaded.values.items() if name not in _OWN}
    if odd := next((n for n in defaults if n not in known and not n.startswith("x_")), ""):
        message = f"A record of kind {kind} has no field '{odd}'."
        raise _damaged(path, Flaw(*loaded.where.names[odd], "unknown-field", message, "Delete it."))
    return Template(str(loaded.values.get("help") or ""), defaults, document.body.strip("\r\n"))


def _damaged(path: Path, flaw: Flaw) -> Cannot:
    where = f"{path}:{flaw.line}:{flaw.col}"
    return Cannot(f"The template {where} is damaged: {flaw.message}", flaw.mend)
