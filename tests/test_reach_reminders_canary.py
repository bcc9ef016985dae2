"""Nothing leaves its circle in a reminder: canaries in every field, every level, every form."""

import os
from collections.abc import Iterator
from datetime import date
from random import Random

import pytest

from kmkit.audience.seeing import Seen
from kmkit.kb import KnowledgeBase
from kmkit.note.model import Note
from kmkit.reach.letters import eml
from kmkit.reach.reminders_letters import letter
from kmkit.views.digest_values import Contact
from kmkit.views.reminder import compose
from kmkit.views.reminder_render import render
from kmkit.views.reminder_values import ASKED, Earlier, Matter
from tests.canaries import said
from tests.canary_cases import CONFIG, LEVELS, POLICY, Case, case
from tests.digest_material import UNTIL

CASES = int(os.environ.get("KMKIT_CANARY", "20"))
"""How many cases are tried, each at every level, in shares that each end in a few minutes."""
SHARE = 500


def reminders(made: Case, seen: Seen, kb: KnowledgeBase) -> Iterator[tuple[str, str | bytes]]:
    """A letter that asks about every note, and tells all there is to tell of each."""
    notes = [one.note for one in (*made.notes, *made.aside)]
    reasons = {row.note.id: row.reasons for row in made.stale}

    def about(note: Note) -> Matter:
        others = [other for other in notes if other is not note]
        return Matter(
            note.id,
            "x7k2.3f9a1c2b",
            date(2026, 11, 1),
            reasons.get(note.id, ()),
            before=(Earlier("owner", note.owner, ASKED, date(2026, 10, 1)),),
            newer=tuple(other.id for other in others),
            broken=tuple(f"It links to {other.id} in {other.path}." for other in others),
        )

    reminder = compose(
        [about(note) for note in notes], seen, to=Contact("A", "a@example.org"), on=UNTIL,
        config=CONFIG, reply_to="a@example.org", names=made.names,
        link=lambda note: f"https://kb.example.org/{note.id}",
    )  # fmt: skip
    if reminder.items:
        yield "reminder.txt", render(reminder, "text")
        yield "reminder.html", render(reminder, "html")
        made_of_it = letter(kb, reminder, kb_id="x", run="2026-11-21")
        yield "reminder.eml", eml(made_of_it)
        for part in made_of_it.iter_attachments():
            yield f"the name {part.get_filename()}", str(part.get_filename())
            yield "reviews.ics", part.get_content()


@pytest.mark.parametrize("first", range(0, CASES, SHARE))
def test_no_canary_gets_out(kb: KnowledgeBase, first: int) -> None:
    shown, cases = 0, range(first, min(first + SHARE, CASES))
    for number in cases:
        made = case(Random(number))
        for level in LEVELS:
            outputs = list(reminders(made, made.seen(level), kb))
            leaked = made.canaries.leaked(POLICY.width(level), outputs)
            assert not leaked, f"case {number}, {level}: {leaked}"
            shown += len(outputs)
    assert shown > len(cases)


def test_the_canaries_are_in_what_is_shown(kb: KnowledgeBase) -> None:
    """For the narrowest circle they all stand there; else the test above could not fail."""
    made = case(Random(1))
    outputs = reminders(made, made.seen("internal"), kb)
    found = {word for _, output in outputs for word in said(output)}
    kinds = {made.canaries.what[word] for word in found}
    assert {"title", "summary", "name"} <= kinds
