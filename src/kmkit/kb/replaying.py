"""Replaying what happened to records: planned and verified uses, questions, what else is kept."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from kmkit.kb import applying, asking
from kmkit.kb.base import KnowledgeBase
from kmkit.kb.recording import put

STEPS = ("plan", "done", "verify", "drop", "question", "answer", "keep")
"""The steps of a history that are about records alone."""


def take(kb: KnowledgeBase, source: Path, step: Mapping[str, Any]) -> None:
    """One of `STEPS`, as a history tells it; ``source`` holds the files in their last text."""
    path = PurePosixPath(step["record"])
    because = step.get("because", "")
    match step["do"]:
        case "plan":
            applying.plan(
                kb,
                kb.read(PurePosixPath(step["note"])),
                where=step["in"],
                action=step["action"],
                due=step["due"],
                by=step["by"],
                because=because,
                id=path.stem,
            )
        case "done":
            changed, outcome = step["changed"], step["outcome"]
            applying.done(kb, path, changed=changed, outcome=outcome, because=because)
        case "verify":
            applying.verify(kb, path, evidence=step["evidence"], because=because)
        case "drop":
            applying.drop(kb, path, because=because)
        case "question":
            level, topics = step.get("level", ""), step.get("topics", ())
            asking.ask(kb, step["text"], level=level, topics=topics, because=because, id=path.stem)
        case "keep":  # a record as it stands in the end
            put(kb, path.parts[1], (source / path).read_bytes(), path=path, because=because)
        case _:
            note = kb.read(PurePosixPath(step["note"]))
            asking.answer(kb, path, note, because=because)
