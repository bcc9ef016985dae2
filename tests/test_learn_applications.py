from kmkit.index.carding import use_of
from kmkit.learn.applications import outcomes
from tests.note_material import use


def test_every_outcome_is_counted_even_if_nobody_reported_it() -> None:
    assert outcomes([]) == {"helped": 0, "no-difference": 0, "did-not-help": 0}
    uses = [use_of("records/application/x.md", u) for u in (use(), use(), use(outcome="helped"))]
    assert outcomes(uses) == {"helped": 1, "no-difference": 0, "did-not-help": 2}
