"""Days that are proposed: Tuesdays, and nobody twice within two weeks."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.learn.dating import APART, proposed

WHO = st.sampled_from("abcdef")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(WHO, WHO).filter(lambda pair: pair[0] != pair[1]), max_size=12),
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
)
def test_nobody_is_asked_too_often(pairs: list[tuple[str, str]], start: date) -> None:
    days = proposed(pairs, start)
    assert len(days) == len(pairs)
    assert all(day.weekday() == 1 and day >= start for day in days)
    met = sorted((who, day) for pair, day in zip(pairs, days, strict=True) for who in pair)
    for (who, day), (other, later) in pairwise(met):
        assert who != other or later - day >= timedelta(days=APART)


def test_pairs_that_share_nobody_can_meet_on_one_day() -> None:
    assert proposed([("a", "b"), ("c", "d")], date(2026, 11, 21)) == [date(2026, 11, 24)] * 2
