"""A knowledge base about fuel and sirens for the tests of `kmkit brief`."""

from datetime import date
from pathlib import Path

from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from kmkit.note.model import Note
from tests.conftest import APPROVE, BEN, at

TEXTS = {
    "Fuel": (
        "Order fuel before the roads close",
        "Diesel for generators and pumps has to be contracted before the first flood warning.",
        "Sign the diesel contract in the dry season. Keep two suppliers for the generators.",
    ),
    "Sirens": (
        "Test every siren with the village",
        "Sirens failed because nobody had tested the batteries with the volunteers.",
        "Sound each siren twice a year. Volunteers change the batteries of every siren.",
    ),
    "Dogs": (
        "Vaccinate dogs before the markets open",
        "Rabies spread by stray dogs around cattle markets.",
        "Vaccinate stray dogs in spring, market by market.",
    ),
}
DESCRIPTION = """# Flood preparedness

## Energy

Generators and pumps need diesel; a contract with two suppliers is signed.

## Warning

Sirens are installed in forty villages; volunteers look after the batteries.

## Budget

Two million over three years.
"""


def write(kb: KnowledgeBase, name: str, **fields: object) -> Note:
    """One of `TEXTS`, captured by Ana."""
    title, summary, lesson = TEXTS[name]
    given: dict[str, object] = {"title": title, "summary": summary, "sources": ["anonymous"]}
    body = f"## Context and challenge\n\n{summary}\n\n## Lessons\n\n- {lesson}\n"
    return kb.capture(given | fields, body).note


def approve(kb: KnowledgeBase, name: str, **fields: object) -> Note:
    """The same, approved by Ben."""
    return at(kb, BEN).move("validate", write(kb, name, **fields), APPROVE).note


def used(root: Path, note: Note, outcome: str, where: str, on: date = date(2026, 11, 20)) -> None:
    """A record that the note was used."""
    folder = root / "records" / "application"
    folder.mkdir(parents=True, exist_ok=True)
    text = (
        f"---\nid: 20261120-{outcome}-u1u1\nkind: application\nnote: {note.id}\nin: {where}\n"
        f"by: ben@example.org\non: {on}\noutcome: {outcome}\n---\n\nThe second supplier came.\n"
    )
    (folder / f"{outcome}.md").write_text(text, encoding="utf-8")


def revise(kb: KnowledgeBase, note: Note) -> Note:
    """The note reopened, its approved version staying in force."""
    return kb.move("reopen", note, Request(because="New prices.")).note
