"""Whatever people may do with records, at random."""

import random
from datetime import timedelta
from pathlib import PurePosixPath

from kmkit.errors import KmkitError
from kmkit.kb import KnowledgeBase, applying, asking
from kmkit.kb.recording import change
from kmkit.kb.screening import screen
from kmkit.lifecycle.person import Person
from kmkit.note.records.knowledge import CRITERIA

DEEDS = (
    *("plan", "plan", "apply", "done", "done", "done", "verify", "verify", "verify"),
    *("replan", "drop", "aside", "ask", "answer", "screen", "edit"),
)
"""What somebody may do; kmkit refuses what does not fit, and then nothing happens."""


def walk_a_record(kb: KnowledgeBase, people: tuple[Person, ...], chance: random.Random) -> str:
    """One step of some record, or as many attempts as it takes; what happened."""
    for _ in range(4):
        deed = chance.choice(DEEDS)
        try:
            _deed(kb, deed, people, chance)
        except (KmkitError, IndexError):
            continue
        return f"{kb.actor.key} {deed}"
    return ""


def _deed(kb: KnowledgeBase, deed: str, people: tuple[Person, ...], chance: random.Random) -> None:
    note = chance.choice(list(kb.notes()))
    due = kb.today + timedelta(days=chance.randrange(60))
    who = chance.choice(people).email
    outcome = chance.choice(("helped", "no-difference", "did-not-help"))
    match deed:
        case "plan":
            applying.plan(kb, note, where="Coast", action="Sign", due=due, by=who)
        case "apply":
            kb.apply(note, where="Flood", outcome=outcome, because="As it went.")
        case "aside":
            applying.set_aside(kb, note, where="Inland", status="no-action", because="No road.")
        case "ask":
            asking.ask(kb, f"How long, {chance.randrange(999)} times?")
        case "answer":
            asking.answer(kb, _some(kb, "question", chance), note, because="It says so.")
        case "screen":
            scores = {name: (chance.randint(1, 5), "As far as we know.") for name in CRITERIA}
            screen(kb, chance.choice(("Spillways", "Tenders")), scores)
        case _:
            _use(kb, deed, _some(kb, "application", chance), outcome, chance)


def _use(
    kb: KnowledgeBase, deed: str, path: PurePosixPath, outcome: str, chance: random.Random
) -> None:
    """One step of a use that is there."""
    changed, because = "Fuel procedure, paragraph 4", "a\n---\nKmkit-Move: verify"
    match deed:
        case "done":
            applying.done(kb, path, changed=changed, outcome=outcome, because=because)
        case "verify":
            other = outcome if chance.random() < 0.3 else ""
            applying.verify(kb, path, evidence="Log of June", outcome=other, changed=changed)
        case "replan":
            due = kb.today + timedelta(days=chance.randrange(99))
            applying.replan(kb, path, due=due, because=because)
        case "drop":
            applying.drop(kb, path, because=because)
        case _:
            change(kb, path, {"action": f"Sign {chance.randrange(99)}"}, move="change")


def _some(kb: KnowledgeBase, kind: str, chance: random.Random) -> PurePosixPath:
    """The file of some record of a kind; IndexError where there is none."""
    return chance.choice([path for path, _ in kb.shelves.of(kind).records])
