"""Metrics against answers counted by hand, and the identities that hold for any history."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.index.card import Profile, Use
from kmkit.learn.metrics.figures import Figure
from kmkit.learn.metrics.lives import Life, Step
from kmkit.learn.metrics.outputs import reviews
from kmkit.learn.metrics.scorecard import scorecard
from kmkit.learn.metrics.slices import BY, NONE, sliced
from kmkit.learn.metrics.table import BY_NAME, METRICS, measured
from kmkit.learn.metrics.world import World
from kmkit.lifecycle.states import State
from kmkit.period import Period
from tests.index_material import RULES

YEAR = Period(months=12)


def step(on: str, move: str, before: str, after: str, **more: str) -> Step:
    until = date.fromisoformat(more["until"]) if "until" in more else None
    return Step(
        date.fromisoformat(on), move, before, after, more.get("verdict", ""),
        more.get("channel", ""), until, more.get("email", "ana@example.org"),
    )  # fmt: skip


def life(id: str, *steps: Step, **more: object) -> Life:
    given: dict[str, object] = {
        "id": id, "title": id.title(), "kind": "lesson", "unit": "Water", "topics": ("logistics",),
        "claimed": steps[-1].after if steps else "captured", "every": YEAR, "steps": steps,
        "captured": steps[0].on if steps else date(2026, 2, 1),
    }  # fmt: skip
    return Life(**{**given, **more})  # type: ignore[arg-type]


def walked(id: str, *days: str, **more: object) -> Life:
    """A note that was captured, validated, formatted and disseminated on these days."""
    steps: Sequence[tuple[str, str, str, dict[str, str]]] = (
        ("capture", "", "captured", {}),
        ("validate", "captured", "validated", {"verdict": "approve", "email": "ben@example.org"}),
        ("format", "validated", "formatted", {}),
        ("disseminate", "formatted", "disseminated", {"channel": "weekly"}),
    )
    done = (step(on, *row[:3], **row[3]) for on, row in zip(days, steps, strict=False))
    return life(id, *done, **more)


def use(note: str, on: str, outcome: str = "helped") -> Use:
    return Use(
        path="records/application/x.md", id="x", note=note, where="Delta drill",
        by="dee@example.org", on=date.fromisoformat(on), outcome=outcome, because="", evidence=(),
    )  # fmt: skip


FUEL = walked("fuel", "2026-01-10", "2026-01-20", "2026-01-25", "2026-02-01")
BOATS = walked("boats", "2026-02-01", "2026-03-01", topics=("logistics", "rescue"), unit="Roads")
RADIO = walked("radio", "2025-01-05", "2025-01-15", "2025-01-16", "2025-01-20", unit="Roads")
RADIO = RADIO._replace(
    steps=(*RADIO.steps, step("2026-01-18", "confirm", "disseminated", "maintained"))
)
TENTS = walked("tents", "2025-02-01", "2025-02-02", "2025-02-03", "2025-02-05", topics=())
BAD = life(
    "bad",
    step("2026-03-01", "capture", "", "captured"),
    step("2026-03-05", "validate", "captured", "captured", verdict="return", email="b@example.org"),
    step("2026-03-09", "validate", "captured", "retired", verdict="reject", email="b@example.org"),
)
MINUTES = life("minutes", kind="meeting-minutes", every=None, unit="")

WORLD = World(
    since=date(2026, 1, 1),
    until=date(2026, 3, 31),
    rules=RULES._replace(critical=("logistics", "dams"), channels=("weekly", "portal")),
    lives=(FUEL, BOATS, RADIO, TENTS, BAD, MINUTES),
    uses=(
        use("fuel", "2026-02-20"),
        use("fuel", "2026-03-20", "no-difference"),
        use("radio", "2025-06-01"),
        use("gone", "2026-02-20"),
    ),
    learned={"fuel": date(2026, 3, 21), "radio": date(2026, 5, 1)},
    again=frozenset({"boats"}),
    alone=frozenset({"radio"}),
    people={
        "ana@example.org": Profile("", "", "ana@example.org", "Ana", "Water", (), (), None),
        "ben@example.org": Profile("", "", "ben@example.org", "Ben", "Health", (), (), None),
    },
    habits=2,
)

COUNTED_BY_HAND: dict[str, tuple[float | None, int, int]] = {
    # metric:part -> the value, how many were counted, of how many
    "notes:captured": (1, 1, 0),  # the minutes, which nobody validated
    "notes:validated": (1, 1, 0),  # boats
    "notes:formatted": (0, 0, 0),
    "notes:disseminated": (2, 2, 0),  # fuel and tents
    "notes:maintained": (1, 1, 0),  # radio
    "notes:retired": (1, 1, 0),  # bad
    "days-in-state:captured": (10, 3, 0),  # fuel 10, boats 28, bad 8
    "days-in-state:validated": (5, 1, 0),  # fuel
    "days-in-state:formatted": (7, 1, 0),  # fuel
    "days-in-state:disseminated": (363, 1, 0),  # radio, 2025-01-20 to 2026-01-18
    "days-in-state:maintained": (None, 0, 0),
    "captured": (4, 4, 0),  # fuel, boats, bad, minutes
    "accepted": (2 / 3, 2, 3),  # fuel and boats, not bad
    "returned": (1 / 3, 1, 3),  # bad
    "on-time": (1 / 2, 1, 2),  # radio, due 2026-01-20; tents, due 2026-02-05, not
    "habits": (2, 2, 0),
    "reach:weekly": (1, 1, 0),  # fuel
    "reach:portal": (0, 0, 0),
    "two-channels": (0, 0, 3),
    "covered": (1 / 2, 1, 2),
    "held-by-one": (1, 1, 0),
    "people": (3, 3, 0),  # Ana, Ben, b@example.org
    "units": (2 / 3, 2, 3),  # Water and Roads, not Health
    "applied": (1 / 2, 1, 2),  # of fuel and boats; bad is retired, minutes are never reviewed
    "learned": (1 / 2, 1, 2),  # fuel
    "days-to-use": (41, 1, 0),  # fuel, 2026-01-10 to 2026-02-20
    "days-to-learn": (70, 1, 0),  # fuel, 2026-01-10 to 2026-03-21
    "uses": (2, 2, 0),
    "helped": (1 / 2, 1, 2),
    "recurrence": (1 / 4, 1, 4),  # boats, of the four that were captured
}


def named(figure: Figure) -> str:
    return f"{figure.metric}:{figure.detail}" if figure.detail else figure.metric


def test_the_figures_are_those_that_were_counted_by_hand() -> None:
    found = {
        named(f): (f.value, len(f.part), len(f.whole) if f.shape == "share" else 0)
        for f in measured(WORLD)
    }
    assert found == COUNTED_BY_HAND


@pytest.mark.parametrize(
    ("steps", "due"),
    [
        ((), []),
        ((("2026-01-10", "confirm"),), [("2026-02-05", True), ("2027-01-10", False)]),
        ((("2026-02-05", "confirm"),), [("2026-02-05", True), ("2027-02-05", False)]),
        ((("2026-02-06", "confirm"),), [("2026-02-05", False), ("2027-02-06", False)]),
        ((("2026-01-20", "defer"), ("2026-03-01", "confirm")),
         [("2026-03-02", True), ("2027-03-01", False)]),
        ((("2026-01-20", "retire"),), [("2026-02-05", True)]),
    ],
)  # fmt: skip
def test_when_reviews_were_due_and_whether_they_happened(
    steps: Sequence[tuple[str, str]], due: list[tuple[str, bool]]
) -> None:
    ends = {"confirm": "maintained", "defer": "disseminated", "retire": "retired"}
    more = [step(on, m, "disseminated", ends[m], until="2026-03-02") for on, m in steps]
    found = [
        (str(day), met) for day, met in reviews(TENTS._replace(steps=TENTS.steps + tuple(more)))
    ]
    assert found == (due or [("2026-02-05", False)])


def test_a_review_that_is_due_on_the_last_day_can_still_happen() -> None:
    def on_time(until: date) -> float | None:
        (figure,) = BY_NAME["on-time"].figures(
            WORLD.of(frozenset({"tents"})).over(WORLD.since, until)
        )
        return figure.value

    assert on_time(date(2026, 2, 5)) is None
    assert on_time(date(2026, 2, 6)) == 0


def test_a_target_is_reached_from_its_better_side() -> None:
    targets = {"on-time": 0.5, "recurrence": 0.2, "notes:retired": 1, "notes": 5, "accepted": 0.9}
    lines = {named(line.figure): line for line in scorecard(WORLD, targets)}
    assert lines["on-time"].met is True
    assert lines["recurrence"].met is False
    assert (lines["notes:retired"].target, lines["notes:retired"].met) == (1, None)
    assert lines["notes:captured"].target is None
    assert lines["accepted"].met is None  # neither way is better by itself
    assert lines["captured"].change == 4
    assert lines["notes:disseminated"].before.value == 2  # radio and tents, before 2026


def test_parts_of_a_world() -> None:
    units = dict(sliced(WORLD, "unit"))
    assert list(units) == ["Roads", "Water", NONE]
    assert [one.id for one in units["Roads"].lives] == ["boats", "radio"]
    assert [one.id for one in units[NONE].lives] == ["minutes"]
    assert [use.note for use in units["Water"].uses] == ["fuel", "fuel"]
    months = dict(sliced(WORLD, "month"))
    assert [(name, w.since.day, w.until.day) for name, w in months.items()] == [
        ("2026-01", 1, 31), ("2026-02", 1, 28), ("2026-03", 1, 31),
    ]  # fmt: skip
    assert list(dict(sliced(WORLD, "topic"))) == ["logistics", "rescue", NONE]


# Whatever happened

_MOVES = [
    ("validate", "captured", "validated", "approve"),
    ("validate", "captured", "captured", "return"),
    ("validate", "captured", "retired", "reject"),
    ("format", "validated", "formatted", ""),
    ("disseminate", "formatted", "disseminated", ""),
    ("disseminate", "disseminated", "disseminated", ""),
    ("confirm", "disseminated", "maintained", ""),
    ("confirm", "maintained", "maintained", ""),
    ("defer", "maintained", "maintained", ""),
    ("revise", "maintained", "captured", ""),
    ("retire", "maintained", "retired", ""),
    ("reopen", "retired", "captured", ""),
]
FIRST = date(2025, 1, 1)


@st.composite
def ways(draw: st.DrawFn) -> Life:
    number, day = draw(st.integers(0, 10**6)), FIRST + timedelta(days=draw(st.integers(0, 300)))
    steps = [step(day.isoformat(), "capture", "", "captured")]
    for _ in range(draw(st.integers(0, 9))):
        fitting = [row for row in _MOVES if row[1] == steps[-1].after]
        move, before, after, verdict = draw(st.sampled_from(fitting))
        day += timedelta(days=draw(st.integers(0, 200)))
        channel = draw(st.sampled_from(["weekly", "portal"])) if move == "disseminate" else ""
        steps.append(Step(day, move, before, after, verdict, channel, day + timedelta(20), "a@b.c"))
    return life(
        f"n{number}", *steps,
        kind=draw(st.sampled_from(["lesson", "story", ""])),
        unit=draw(st.sampled_from("AaB ")).strip(),
        topics=tuple(draw(st.lists(st.sampled_from(["x", "y"]), unique=True))),
        every=draw(st.sampled_from([None, YEAR, Period(days=30)])),
    )  # fmt: skip


@st.composite
def worlds(draw: st.DrawFn) -> World:
    notes = draw(st.lists(ways(), max_size=8, unique_by=lambda life: life.id))
    ids = [one.id for one in notes] or ["none"]
    since = FIRST + timedelta(days=draw(st.integers(0, 700)))
    days = st.integers(0, 900).map(lambda n: (FIRST + timedelta(days=n)).isoformat())
    used = st.builds(use, st.sampled_from(ids), days, st.sampled_from(["helped", "did-not-help"]))
    some = st.frozensets(st.sampled_from(ids))
    return World(
        since=since, until=since + timedelta(days=draw(st.integers(0, 400))), rules=RULES,
        lives=tuple(notes), uses=tuple(draw(st.lists(used, max_size=6))),
        learned=dict.fromkeys(draw(some), date(2025, 9, 9)), again=draw(some), alone=draw(some),
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_every_figure_is_what_its_notes_add_up_to(world: World) -> None:
    for figure in measured(world):
        if figure.shape == "count":
            assert figure.value == len(figure.part)
        elif figure.shape == "share":
            assert not Counter(figure.part) - Counter(figure.whole)
            parts = len(figure.part) / len(figure.whole) if figure.whole else None
            assert figure.value == parts
            assert figure.value is None or 0 <= figure.value <= 1
        else:
            days = [item.days for item in figure.part if item.days is not None]
            assert len(days) == len(figure.part)
            assert figure.value == (median(days) if days else None)
            assert all(day >= 0 for day in days)


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_states_add_up_and_nothing_is_counted_twice(world: World) -> None:
    states = list(BY_NAME["notes"].figures(world))
    there = [one.id for one in world.lives if one.captured and one.captured <= world.until]
    counted = [item.note for figure in states for item in figure.part]
    assert sorted(counted) == sorted(there)
    assert {figure.detail for figure in states} == set(map(str, State))


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_parts_add_up_to_the_whole(world: World) -> None:
    flows = {"captured", "accepted", "returned", "on-time", "uses", "helped", "recurrence", "reach"}
    for by in BY:
        if by == "topic":
            continue  # a note may be in several
        parts = sliced(world, by)
        for metric in METRICS:
            if metric.name not in flows or (
                by == "month" and metric.name in ("on-time", "returned")
            ):
                continue  # of a review due on a month's last day nothing is known within the month
            whole = Counter(named(f) for f in metric.figures(world) for _ in f.part)
            told = Counter(
                named(f) for _, part in parts for f in metric.figures(part) for _ in f.part
            )
            assert told == whole, (by, metric.name)


def test_each_metric_says_what_it_is() -> None:
    for metric in METRICS:
        assert metric.definition.endswith((".", ")."))
        assert {f.metric for f in metric.figures(WORLD)} == {metric.name}
        assert metric.figures.__doc__
    assert len(BY_NAME) == len(METRICS)
