"""What stands out in how notes are judged: counted, from thresholds on, and with nobody blamed."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from kmkit.learn.habits import Habit, habits, recent_habits
from kmkit.trail.event import Event

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
BEN, CY = "ben@example.org", "cy@example.org"


def event(
    move: str, after: float = 0, *, note: str = "n1", who: str = BEN, reason: str = "", **more: str
) -> Event:
    """A move so many seconds after the start."""
    trailers = {f"Kmkit-{name.replace('_', '-').title()}": value for name, value in more.items()}
    return Event(
        commit=f"{after}", when=START + timedelta(seconds=after), name="Name", email=who,
        subject=f"{move}: x", reason=reason or f"Read {after}.", note=note, move=move,
        trailers=trailers,
    )  # fmt: skip


def approve(after: float, **more: str) -> Event:
    return event("validate", after, **{"verdict": "approve", "method": "peer-review", **more})


def codes(found: list[Habit]) -> list[tuple[str, int]]:
    return [(habit.code, habit.times) for habit in found]


def test_many_within_a_minute() -> None:
    five = [event("confirm", at * 15, note=f"n{at}") for at in range(5)]
    assert codes(habits(five)) == [("bulk", 5)]
    [habit] = habits(five)
    assert habit.message == "5 notes were confirmed or approved within a minute."
    assert (habit.who, habit.notes) == (BEN, ("n0", "n1", "n2", "n3", "n4"))
    assert habits(five[:4]) == []
    assert habits([*five[:4], event("confirm", 61, note="n5")]) == []
    assert habits([*five[:4], event("confirm", 60, note="n5", who=CY)]) == []
    assert habits([*five[:4], event("confirm", 50, note="n0")]) == []
    again = [event("confirm", 5000 + at, note=f"n{at}") for at in range(7)]
    assert codes(habits([*again, *five])) == [("bulk", 7), ("bulk", 5)]


def test_one_reason_over_several_sittings() -> None:
    hour = 3601

    def said(at: float, reason: str = "Still valid.", **more: str) -> Event:
        return event("confirm", at, note=f"n{at}", reason=reason, **more)

    three = [said(0), said(hour, "still  VALID."), said(2 * hour)]
    assert codes(habits(three)) == [("repeated-reason", 3)]
    assert habits(three)[0].message == (
        "One reason stands word for word under 3 confirmations or approvals, in 3 sittings: "
        "'Still valid.'"
    )
    assert habits([said(0), said(10), said(20), said(hour + 20)]) == []
    assert habits([said(0), said(1800), said(3600), said(5400)]) == []
    assert habits([*three[:2], said(2 * hour, "Read it.")]) == []
    assert habits([*three[:2], said(2 * hour, who=CY)]) == []
    bidi = habits([said(at * hour, "\u202e" + "long " * 40) for at in range(3)])[0].message
    assert "\u202e" not in bidi
    assert len(bidi) < 170


def test_approvals_within_seconds_of_the_text() -> None:
    def quick(number: int, seconds: float, first: str = "capture", **more: str) -> list[Event]:
        at, note = number * 4000, f"n{number}"
        return [event(first, at, note=note, who=CY), approve(at + seconds, note=note, **more)]

    assert codes(habits([*quick(0, 2), *quick(1, 30), *quick(2, 0, "edit")])) == [
        ("quick-approval", 3)
    ]
    assert habits([*quick(0, 2), *quick(1, 31), *quick(2, 0)]) == []
    assert habits([*quick(0, 2), *quick(1, 1), *quick(2, 0, "ask")]) == []
    assert habits([*quick(0, 2), *quick(1, 1), *quick(2, 0, verdict="return")]) == []
    assert habits([*quick(0, 2), *quick(1, 1), *quick(2, 0, method="self-review")]) == []
    assert habits([*quick(0, 2), *quick(1, 1), *quick(2, 0, decided_by="Board")]) == []


def test_ten_verdicts_without_a_return() -> None:
    ten = [approve(number * 4000, note=f"n{number}") for number in range(10)]
    assert codes(habits(ten)) == [("never-returns", 10)]
    assert habits(ten[:9]) == []
    for verdict in ("return", "reject"):
        assert habits([*ten, approve(99, verdict=verdict)]) == []
    assert habits([*ten[:9], event("confirm", 99)]) == []
    assert codes(habits([*ten, approve(99, verdict="return", who=CY)])) == [("never-returns", 10)]


def test_nobody_is_named_in_what_is_said() -> None:
    rows = [approve(number, note=f"n{number}", reason="Fine.") for number in range(12)]
    found = habits(rows)
    assert codes(found) == [("bulk", 12), ("never-returns", 12)]
    assert all(BEN not in habit.message and "Name" not in habit.message for habit in found)


@pytest.mark.parametrize(("today", "times"), [("2027-03-02", 1), ("2027-03-03", 0)])
def test_a_year_is_looked_back(today: str, times: int) -> None:
    five = [event("confirm", at, note=f"n{at}") for at in range(5)]
    assert len(recent_habits(five, date.fromisoformat(today))) == times
    assert recent_habits(five, date.min) == [*habits(five)]


def test_the_page_has_the_figures_of_the_code() -> None:
    from kmkit.learn import habits as told

    place = Path(__file__).parent.parent / "docs" / "lifecycle.md"
    page = place.read_text(encoding="utf-8")
    for said in (
        f"| `bulk` | {told.MANY} notes",
        f"| `repeated-reason` | {told.SEVERAL} sittings",
        f"| `quick-approval` | {told.SEVERAL} approvals by one person, each within "
        f"{told.SECONDS.seconds} seconds",
        f"| `never-returns` | {told.VERDICTS} verdicts",
    ):
        assert said in page
