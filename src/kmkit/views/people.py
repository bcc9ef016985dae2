"""What hangs on a person as rows and JSON, and the drafts for the days before they leave."""

from collections.abc import Iterable, Iterator, Mapping

from kmkit.index.card import Card
from kmkit.learn.onboarding import Path
from kmkit.learn.people import Holding
from kmkit.learn.skills import Lesson, Skill
from kmkit.text import one_line
from kmkit.views.clean import escape_markdown as md
from kmkit.views.porcelain import dumps
from kmkit.views.tables import Cell

COLUMNS = ("about", "what", "day", "note", "command")
READING = ("order", "note", "title", "kind", "why")
SKILLS = ("skill", "wanted by", "offered by")
LESSONS = ("skill", "learns", "teaches", "why", "day")


def rows(found: Holding) -> list[tuple[Cell, ...]]:
    """A row of `COLUMNS` for each thing that hangs on the person."""
    told: list[tuple[Cell, ...]] = []
    for risk in found.alone:
        note = risk.note.id if risk.note else ""
        told.append(
            ("knows alone", risk.note.title if risk.note else risk.topic, None, note, risk.mend)
        )
    for debt in found.owes:
        told.append(("owes", debt.what, debt.due, "", debt.mend))
    for card in found.owns:
        told.append(("owns", card.title, None, card.id, f"kmkit reassign {card.short} --to EMAIL"))
    for card in found.backs:
        edit = f"kmkit edit {card.short} --backup EMAIL"
        told.append(("stands in for the owner", card.title, None, card.id, edit))
    return told


def summary(found: Holding) -> str:
    """What hangs on the person, in a sentence."""
    return (
        f"{found.name}: owns {len(found.owns)}, stands in for the owners of {len(found.backs)}, "
        f"knows {len(found.alone)} things alone, owes {len(found.owes)}."
    )


def holding_json(found: Holding) -> str:
    """What hangs on a person: ``kmkit.holding/1``."""

    def named(cards: Iterable[Card]) -> list[dict[str, str]]:
        return [{"id": card.id, "path": card.path, "title": card.title} for card in cards]

    return dumps(
        {
            "schema": "kmkit.holding/1",
            "email": found.email,
            "name": found.name,
            "unit": found.unit or None,
            "until": found.until,
            "owns": named(found.owns),
            "stands_in_for": named(found.backs),
            "knows_alone": [
                {
                    "topic": risk.topic or None,
                    "note": risk.note.id if risk.note else None,
                    "critical": risk.critical,
                    "command": risk.mend,
                }
                for risk in found.alone
            ],
            "owes": [
                {"what": debt.what, "due": debt.due, "command": debt.mend} for debt in found.owes
            ],
        }
    )


def exit_interview(found: Holding) -> str:
    """The questions of an exit interview, about what this person knows alone."""
    return "\n".join(_interview(found)) + "\n"


def _interview(found: Holding) -> Iterator[str]:
    yield f"# Exit interview: {md(found.name)}"
    yield ""
    yield "For a talk of an hour, before the last days. Ask for cases, not for rules: when did it"
    yield "go wrong, what did you see first, what would somebody new not see?"
    for title, alone in (
        ("What nobody else holds", [r for r in found.alone if not r.note]),
        ("Notes that nobody else knows", [r for r in found.alone if r.note]),
    ):
        if alone:
            yield f"\n## {title}"
        for risk in alone:
            name = risk.note.title if risk.note else risk.topic
            yield f"\n### {md(name)}\n"
            yield "- What does it take to do this well? What did it take you to learn it?"
            yield "- What is not written down anywhere? Whom do you call, and about what?"
            yield "- What will go wrong first when you are gone? How would one notice?"
    yield "\n## What else should be known\n"
    yield "- Which of our lessons is wrong, or was never followed, and why?"
    yield "- What would you do differently from the first day?"
    yield "- Whom may we ask you about in a year, and how do we reach you?"


def handover(found: Holding) -> str:
    """The handover: what is owned and owed, with a place for who takes it on."""
    return "\n".join(_handover(found)) + "\n"


def _handover(found: Holding) -> Iterator[str]:
    yield f"# Handover: {md(found.name)}"
    yield ""
    yield "For each line: who takes it on, and what that person has to know on the first day."
    yield "\n## What is owed\n"
    for debt in found.owes:
        by = f" (by {debt.due})" if debt.due else ""
        yield f"- [ ] {md(debt.what)}{by} Taken on by: "
    if not found.owes:
        yield "Nothing."
    yield "\n## Notes to answer for\n"
    for card in found.owns:
        yield f"- [ ] {md(card.title)} ({card.short}). Taken on by: "
    if not found.owns:
        yield "None."
    yield "\n## People, keys and habits\n"
    yield "- Partners who know this name and not the organisation's:"
    yield "- Access, accounts and keys to be handed back or over:"
    yield "- What happens every week or month and stands in no calendar:"


def reading_rows(path: Path) -> list[tuple[Cell, ...]]:
    """A row of `READING` for each note of a newcomer's path."""
    return [
        (number, one.note.short, one.note.title, one.note.kind, "; ".join(one.why))
        for number, one in enumerate(path.readings, 1)
    ]


def welcome(path: Path, *, organisation: str, unit: str, foot: str = "", wide: bool = False) -> str:
    """A newcomer's path as Markdown; ``wide``: for a circle beyond the narrowest."""
    return "\n".join(_welcome(path, organisation, unit, foot, wide=wide)) + "\n"


def _welcome(path: Path, organisation: str, unit: str, foot: str, *, wide: bool) -> Iterator[str]:
    place = f"{organisation}, {unit}" if unit else organisation
    yield f"# Welcome to {md(one_line(place))}"
    yield "\n## Read first\n"
    for number, one in enumerate(path.readings, 1):
        yield f"{number}. **{md(one.note.title)}** ({one.note.short}): {md(one.note.summary)}"
        yield f"   *Why: {md('; '.join(one.why))}.*"
    if not path.readings:
        yield "Nothing that fits is approved yet."
    if path.meetings:
        yield "\n## Meet\n"
    for person in path.meetings:
        yield f"- {md(person.name)} <{person.email}>: {md(', '.join(person.about))}"
    if not wide:
        yield "\n## In the first month\n"
        yield "- Ask one question that nobody has answered yet: `kmkit ask`."
        yield "- Write down what surprised you: `kmkit capture`. After a month it will not."
    if foot:
        yield f"\n{md(foot)}"


def path_json(path: Path, circle: str = "") -> str:
    """A newcomer's path: ``kmkit.onboarding/1``."""
    return dumps(
        {
            "schema": "kmkit.onboarding/1",
            "circle": circle or None,
            "readings": [
                {"id": one.note.id, "title": one.note.title, "why": list(one.why)}
                for one in path.readings
            ],
            "meetings": [one._asdict() for one in path.meetings],
        }
    )


def skill_rows(found: Iterable[Skill], names: Mapping[str, str]) -> list[tuple[Cell, ...]]:
    """A row of `SKILLS` for each skill; ``names``: address -> what people are called instead."""

    def listed(emails: Iterable[str]) -> str:
        return ", ".join(names.get(email, email) for email in emails)

    return [(one.name, listed(one.wanted), listed(one.offered)) for one in found]


def lesson_rows(found: Iterable[Lesson], names: Mapping[str, str]) -> list[tuple[Cell, ...]]:
    """A row of `LESSONS` for each pair; ``names`` as above."""
    return [
        (one.skill, names.get(one.learns, one.learns), names.get(one.teaches, one.teaches),
         one.why, one.on)
        for one in found
    ]  # fmt: skip
