from kmkit.learn.applications import by_note, outcomes
from tests.note_material import use


def test_uses_by_note_latest_first() -> None:
    uses = [use("a", on="2026-01-01"), use("b"), use("a", on="2026-03-01", outcome="helped")]
    found = by_note(uses)
    assert list(found) == ["b", "a"]
    assert [u.on.month for u in found["a"]] == [3, 1]


def test_every_outcome_is_counted_even_if_nobody_reported_it() -> None:
    assert outcomes([]) == {"helped": 0, "no-difference": 0, "did-not-help": 0}
    counted = outcomes([use(), use(), use(outcome="helped")])
    assert counted == {"helped": 1, "no-difference": 0, "did-not-help": 2}
