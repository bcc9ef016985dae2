"""Plain values of the index for tests: cards, people, uses and rules, with as little as needed."""

from datetime import date
from typing import Any

from kmkit.index.card import Card, Judged, Profile, Use
from kmkit.index.rules import Rules

TODAY = date(2026, 11, 21)


def a_card(id: str, **fields: Any) -> Card:
    """A note about fuel that Ana owns and that says nothing else."""
    given: dict[str, Any] = {
        "n": 1, "path": f"notes/2026/{id}.md", "own_id": id, "title": id.capitalize(),
        "kind": "lesson", "state": "validated", "owner": "ana@example.org", "topics": ("fuel",),
        "gathered_on": date(2026, 11, 1), "review_every": None, "reviewed": None, "deferred": None,
        "in_force": None, "drifted": False, "errors": 0,
        "sources": ("anonymous",), "authors": (), "derived_from": (), "supersedes": (),
        "repeats": (), "verdicts": (), "asked": (), "disseminated": (),
    }  # fmt: skip
    return Card(**dict.fromkeys(Card._fields, "") | given | fields)


def judged(by: str, method: str = "peer-review", on: date = TODAY, **fields: Any) -> Judged:
    """An approval."""
    given: dict[str, Any] = {"verdict": "approve", "because": "", "topic": "", "decided_by": ""}
    return Judged(on=on, by=by, method=method, same_as=False, **given | fields)


def a_person(email: str, name: str = "", until: date | None = None, *skills: str) -> Profile:
    """Somebody of the organisation."""
    name = name or email.split("@")[0].capitalize()
    return Profile(f"people/{name}.md", "", email, name, "Field", skills, ("en",), until)


def a_use(note: str, by: str, on: date = TODAY, outcome: str = "helped") -> Use:
    """One time that a lesson was used."""
    return Use(f"records/application/{note}-{by}.md", "", note, "Drill", by, on, outcome, "", ())


def the_rules(**fields: Any) -> Rules:
    """The rules of a knowledge base about fuel, boats and radios."""
    given: dict[str, Any] = {
        "organisation": "Agency", "language": "en", "contact": "",
        "levels": ("internal", "domestic", "international"),
        "topics": {"fuel": "", "boats": "", "radios": ""},
        "critical": ("radios",), "filters": {}, "channels": (), "audiences": (), "waiting": {},
        "kinds": {"lesson": None}, "roles": {},
    }  # fmt: skip
    return Rules(**given | fields)
